"""Which region and which span a number on a page counts: read out of the query, and put back into links."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.dateparse import parse_date, parse_datetime

from anlan.domains.dangers.models import Campaign
from anlan.domains.dangers.queries import visible_campaigns
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.indicators import comparing, spans
from anlan.kernel.indicators.spec import Cut, Period
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import region_in_scope, scope_of
from anlan.kernel.places.models import Region
from anlan.surfaces.web.times import local
from anlan.surfaces.web.worlds import World

CHOICES = (
    ("month", N_("This month")),
    ("cut", N_("Month to the 25th")),
    ("last_cut", N_("Last month to the 25th")),
    ("quarter", N_("This quarter")),
    ("half", N_("This half-year")),
    ("year", N_("This year")),
    ("last_month", N_("Last month")),
    ("last_half", N_("Last half-year")),
    ("last_year", N_("Last year")),
    ("campaign", N_("Since the campaign began")),
    ("to_date", N_("To date")),
    ("dates", N_("From – to")),
)
CUT_DAY = 25
SINCE_EVER = datetime(2000, 1, 1, tzinfo=UTC)
MOST_REGIONS = 200

BAD_DAY = reason("web.not_a_day", N_("“{given}” is not a date. Write it as 2026-07-03."))
NO_CAMPAIGN = reason("web.no_campaign", N_("Choose the campaign whose days are meant."))
BACKWARDS = reason("web.period_backwards", N_("The period ends before it starts."))


@dataclass(frozen=True, slots=True)
class Span:
    """What was asked for: the cut, the period, and how it was said."""

    cut: Cut
    period: Period
    as_of: datetime
    choice: str
    region: Region
    first: str
    last: str
    known_on: str
    days: spans.Span
    campaign: Campaign | None = None

    @property
    def query(self) -> str:
        """The same question as a query string."""
        said = {"period": self.choice, "region": self.region.pk}
        if self.choice == "dates":
            said |= {"from": self.first, "to": self.last}
        more = {"as_of": self.known_on, "sector": self.cut.sector, "campaign": self.cut.campaign}
        return urlencode(said | {name: value for name, value in more.items() if value})

    def query_of(self, region: str) -> str:
        """The same question for another region."""
        return replace(self, region=Region(pk=region)).query


def span_of(request: HttpRequest, person: Person, world: World) -> Span:
    """The span of a request; what is not said is this month in the widest region of one's own.

    Raises `Refused`: orgs.region_not_yours, web.not_a_day, web.period_backwards.
    """
    said = request.GET if request.method == "GET" else request.POST
    code = region_in_scope(person, said.get("region", "").strip(), at=world.seen_at)
    region = Region.objects.filter(pk=code).first()
    if region is None:
        region_in_scope(person, "-", at=world.seen_at)
        raise AssertionError("unreachable: no prefix starts with a dash")
    choice = said.get("period", "month")
    choice = choice if choice in dict(CHOICES) else "month"
    first, last = said.get("from", "").strip(), said.get("to", "").strip()
    known_on = said.get("as_of", "").strip()
    campaign = _campaign(said.get("campaign", ""), person, world)
    days = _days(choice, first, last, campaign, local(world.now).date())
    # No period runs past now: what is due later cannot have been done or missed.
    whole = days.period(comparing.LOCAL)
    period = Period(whole.start, min(whole.end, world.now))
    if period.start >= period.end:
        raise Refused(BACKWARDS, field="from")
    as_of = min(world.now, _known_at(known_on)) if known_on else world.now
    cut = Cut(
        region.pk,
        world.exercise_id,
        said.get("sector", "").strip()[:6],
        campaign.pk if campaign is not None else None,
    )
    return Span(cut, period, as_of, choice, region, first, last, known_on, days, campaign)


def _known_at(text: str) -> datetime:
    """The end of a day, or the very moment that a link of a report names."""
    try:
        moment = parse_datetime(text) if "T" in text else None
    except ValueError:
        moment = None
    return (
        moment if moment is not None and moment.tzinfo else _midnight(_day(text, "as_of") + timedelta(days=1))
    )


def _days(choice: str, first: str, last: str, campaign: Campaign | None, today: date) -> spans.Span:
    """The span of days that was asked for; comparisons know from it what the span before is."""
    if choice == "dates":
        start, end = _day(first, "from") if first else SINCE_EVER.date(), _day(last, "to") if last else today
        if end < start:
            raise Refused(BACKWARDS, field="from")
        return spans.since(start, end)
    if choice == "campaign":
        if campaign is None:
            raise Refused(NO_CAMPAIGN, field="campaign")
        return spans.since(campaign.starts_on, max(today, campaign.starts_on))
    return _CALENDAR[choice](today)


def _cut_month(today: date) -> spans.Span:
    month = today if today.day <= CUT_DAY else (today.replace(day=1) + timedelta(days=31))
    return spans.month(month.year, month.month, cut=CUT_DAY)


def _half(today: date) -> spans.Span:
    return spans.half(today.year, 1 if today.month <= 6 else 2)


_CALENDAR: dict[str, Callable[[date], spans.Span]] = {
    "month": lambda today: spans.month(today.year, today.month),
    "cut": _cut_month,
    "last_cut": lambda today: _cut_month(today).before(),
    "quarter": lambda today: spans.quarter(today.year, (today.month + 2) // 3),
    "half": _half,
    "year": lambda today: spans.year(today.year),
    "last_month": lambda today: spans.month(today.year, today.month).before(),
    "last_half": lambda today: _half(today).before(),
    "last_year": lambda today: spans.year(today.year - 1),
    "to_date": lambda today: spans.since(SINCE_EVER.date(), today),
}


def _campaign(key: str, person: Person, world: World) -> Campaign | None:
    """The campaign of a key among those one may see; none for an empty or another's."""
    try:
        pk = UUID(key)
    except ValueError:
        return None
    return campaigns_of(person, world).filter(pk=pk).first()


def campaigns_of(person: Person, world: World) -> QuerySet[Campaign]:
    """The campaigns that a number may be cut by."""
    return visible_campaigns(person, at=world.seen_at, exercise_id=world.exercise_id)


def _day(text: str, field: str) -> date:
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None or not 1990 < day.year < 2200:
        raise Refused(BAD_DAY, field=field, given=text)
    return day


def _midnight(day: date) -> datetime:
    zone = local(SINCE_EVER).tzinfo
    return datetime.combine(day, time(), zone)


def regions_of(person: Person, world: World) -> list[Region]:
    """The regions a person may choose from: their own and the streets and communities inside."""
    found: list[Region] = []
    for prefix in scope_of(person, at=world.seen_at):
        own = Region.objects.filter(code__startswith=prefix)
        street = own.exclude(level="community") if len(prefix) <= 6 else own
        found += street.order_by("code")[:MOST_REGIONS]
    return found
