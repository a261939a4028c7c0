"""Which region and which span a number on a page counts: read out of the query, and put back into links."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.dateparse import parse_date

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.indicators.spec import Cut, Period
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import region_in_scope, scope_of
from anlan.kernel.places.models import Region
from anlan.surfaces.web.times import local
from anlan.surfaces.web.worlds import World

CHOICES = (
    ("month", N_("This month")),
    ("year", N_("This year")),
    ("to_date", N_("To date")),
    ("dates", N_("From – to")),
)
SINCE_EVER = datetime(2000, 1, 1, tzinfo=UTC)
MOST_REGIONS = 200

BAD_DAY = reason("web.not_a_day", N_("“{given}” is not a date. Write it as 2026-07-03."))
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

    @property
    def query(self) -> str:
        """The same question as a query string."""
        said = {"period": self.choice, "region": self.region.pk}
        if self.choice == "dates":
            said |= {"from": self.first, "to": self.last}
        return urlencode(said | ({"as_of": self.known_on} if self.known_on else {}))


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
    period = _period(choice, first, last, world.now)
    if period.start >= period.end:
        raise Refused(BACKWARDS, field="from")
    as_of = min(world.now, _midnight(_day(known_on, "as_of") + timedelta(days=1))) if known_on else world.now
    return Span(Cut(region.pk, world.exercise_id), period, as_of, choice, region, first, last, known_on)


def _period(choice: str, first: str, last: str, now: datetime) -> Period:
    """No period runs past now: what is due later cannot have been done or missed."""
    today = local(now).date()
    if choice == "to_date":
        return Period(SINCE_EVER, now)
    if choice == "dates":
        end = _midnight(_day(last, "to") + timedelta(days=1)) if last else now
        return Period(_midnight(_day(first, "from")) if first else SINCE_EVER, min(end, now))
    return Period(_midnight(today.replace(day=1, **({"month": 1} if choice == "year" else {}))), now)


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
