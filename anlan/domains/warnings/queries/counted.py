"""Rows behind the indicators: who was called in a period, and the answers as they were recorded by a date."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from anlan.domains.warnings.models import CallOutAnswer, CallOutItem, Signal
from anlan.kernel.core.worlds import in_world
from anlan.kernel.indicators.spec import Cut, Period
from anlan.kernel.places.regions import ancestors, prefix_of


@dataclass(slots=True)
class CalledPerson:
    """One person of one call-out."""

    item_id: UUID
    called_at: datetime
    limit_minutes: int
    closes_on: str
    first_answer: datetime | None = None
    on_post: bool = False


def called(cut: Cut, period: Period, as_of: datetime) -> list[CalledPerson]:
    """Those called in the period and region, without those called in error; answers recorded by `as_of`."""
    rows = CallOutItem.objects.filter(
        called_at__gte=period.start, called_at__lt=period.end, item__opened_at__lte=as_of,
        item__exercise_id=cut.exercise_id,
    ).exclude(item__steps__move="cancel", item__steps__at__lte=as_of)  # fmt: skip
    if cut.region:
        rows = rows.filter(item__region__code__startswith=prefix_of(cut.region))
    values = rows.order_by("called_at", "pk").values_list(
        "pk", "called_at", "call_out__answer_minutes", "closes_on"
    )
    found = {row[0]: CalledPerson(*row) for row in values}
    answers = CallOutAnswer.objects.filter(item__in=rows.values("pk"), recorded_at__lte=as_of)
    for item, kind, happened_at in answers.order_by("happened_at").values_list("item", "kind", "happened_at"):
        person = found.get(item)
        if person is not None:
            person.first_answer = person.first_answer or happened_at
            person.on_post = person.on_post or kind in ("on_post", "done")
    return list(found.values())


def signals(cut: Cut, period: Period, as_of: datetime) -> list[UUID]:
    """The signals issued in a period that held for a region, a part of it, or more than it."""
    rows = Signal.objects.filter(
        in_world(cut.exercise_id, path="item__exercise_id"), issued_at__gte=period.start, issued_at__lt=period.end,
        notice__taken_in_at__lte=as_of,
    )  # fmt: skip
    if cut.region:
        inside = Q(regions__code__startswith=prefix_of(cut.region))
        rows = rows.filter(inside | Q(regions__code__in=ancestors(cut.region)))
    return list(rows.order_by("pk").values_list("pk", flat=True).distinct())
