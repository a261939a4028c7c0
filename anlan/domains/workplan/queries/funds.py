"""Reads about funds: what was paid by a day, as known on a day, against the share of the year that has passed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet, Sum

from anlan.domains.workplan.models import Fund, Payment
from anlan.domains.workplan.rules.asking import lags, time_share
from anlan.kernel.core import rulesets
from anlan.kernel.core.worlds import in_world
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import visible_regions
from anlan.kernel.places.regions import prefix_of

_LOCAL = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Spending:
    """How far a fund is spent: paid and share in per cent, beside the share of its year that has passed."""

    fund: Fund
    paid: Decimal
    share: Decimal
    time: Decimal
    lags: bool


def funds_for(person: Person, *, at: datetime, exercise_id: UUID | None = None) -> QuerySet[Fund]:
    """The funds of a person's regions and of the person's own unit."""
    seen = Fund.objects.filter(in_world(exercise_id)).filter(visible_regions(person, at=at))
    own = Fund.objects.filter(in_world(exercise_id), organisation=person.organisation_id)
    return (seen | own).select_related("organisation").order_by("-year", "organisation_id", "name")


def paid_of(funds: Iterable[UUID], *, end: datetime | None, as_of: datetime | None) -> dict[UUID, Decimal]:
    """Fund → what was paid before a time, as known at a time; what was taken back counts no more."""
    rows = Payment.objects.filter(fund__in=list(funds))
    if end is not None:
        rows = rows.filter(happened_at__lt=end)
    if as_of is not None:
        rows = rows.filter(recorded_at__lte=as_of)
    return dict(rows.values_list("fund_id").annotate(sum=Sum("paid_yuan")))


def spending(funds: Iterable[Fund], *, at: datetime) -> list[Spending]:
    """Each fund with how far it is at a time."""
    rows = list(funds)
    paid = paid_of([fund.pk for fund in rows], end=None, as_of=at)
    day = at.astimezone(_LOCAL).date()
    found = []
    for fund in rows:
        sum_ = paid.get(fund.pk, Decimal(0))
        points = Decimal(str(rulesets.value_of("workplan.spending_lag_points", region=fund.region_id, at=at)))
        found.append(
            Spending(
                fund, sum_, sum_ * 100 / fund.arranged_yuan, time_share(fund.year, day=day),
                lags(sum_, fund.arranged_yuan, year=fund.year, day=day, points=points),
            )
        )  # fmt: skip
    return found


def arranged_in(
    region: str, *, years: Iterable[int], as_of: datetime, exercise_id: UUID | None
) -> QuerySet[Fund]:
    """The funds of some years that were known at a time."""
    rows = Fund.objects.filter(in_world(exercise_id), year__in=list(years), recorded_at__lte=as_of)
    return rows.filter(region__code__startswith=prefix_of(region)) if region else rows
