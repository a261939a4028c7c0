"""项目化台账: schemes as projects; penalties of major dangers; what was found out by street; how early it was seen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import median
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from anlan.domains.dangers.models import Candidate, Danger, Penalised, Scheme, Unlawful
from anlan.kernel.core.worlds import in_world
from anlan.kernel.loop.models import Step
from anlan.kernel.loop.queries import visible_items
from anlan.kernel.orgs.models import Person
from anlan.kernel.places.regions import prefix_of


def projects_for(
    person: Person, *, at: datetime, exercise_id: UUID | None = None, state: str = "open"
) -> QuerySet[Scheme]:
    """The schemes one may see; state: open | late (its next stage is past) | done | all. What is due first on top."""
    rows = Scheme.objects.filter(item__in=visible_items(person, at=at), item__exercise_id=exercise_id)
    if state == "open":
        rows = rows.filter(item__closed_at=None)
    elif state == "late":
        rows = rows.filter(item__closed_at=None, next_due__lt=at)
    elif state == "done":
        rows = rows.filter(item__state="done")
    return (
        rows.select_related("item__region", "danger__item", "danger__organisation")
        .prefetch_related("stages")
        .order_by("item__closed_at", "next_due", "pk")
    )


def penalty_share(
    *, region: str, start: datetime, end: datetime, as_of: datetime, exercise_id: UUID | None = None
) -> tuple[set[UUID], set[UUID]]:
    """Major dangers that enforcement found and two officers decided in the span; and those of them with a penalty.

    重大事故隐患处罚率 = the second ÷ the first.
    """
    decided = Step.objects.filter(
        in_world(exercise_id), item__loop="dangers.candidate", move="decide_major", at__lte=as_of,
        happened_at__gte=start, happened_at__lt=end,
    )  # fmt: skip
    if region:
        decided = decided.filter(item__region__code__startswith=prefix_of(region))
    marked = Candidate.objects.filter(pk__in=decided.values("item_id"), danger__source="enforcement")
    found = set(marked.values_list("danger_id", flat=True))
    penalised = Penalised.objects.filter(danger__in=found, at__lte=as_of)
    return found, set(penalised.values_list("danger_id", flat=True))


def unlawful_by_street(
    person: Person,
    *,
    start: datetime,
    end: datetime,
    at: datetime,
    goods: str = "",
    exercise_id: UUID | None = None,
) -> list[dict[str, Any]]:
    """Street × act: cases, quantity and persons of what was found in the span; those with nothing in them left out."""
    rows = Unlawful.objects.filter(
        item__in=visible_items(person, at=at), item__exercise_id=exercise_id, item__opened_at__gte=start,
        item__opened_at__lt=end,
    ).exclude(item__state="unfounded")  # fmt: skip
    if goods:
        rows = rows.filter(goods=goods)
    counted = rows.values("item__region__code", "what").annotate(
        n=Count("pk"), much=Sum("quantity"), persons=Sum("persons"),
        handed=Count("pk", filter=~Q(handed_to="")),
    )  # fmt: skip
    streets: dict[str, dict[str, Any]] = {}
    for row in counted:
        code = f"{row['item__region__code'][:9]}000"
        line = streets.setdefault(
            code, {"code": code, "n": 0, "much": Decimal(0), "persons": 0, "handed": 0, "acts": {}}
        )
        line["n"] += row["n"]
        line["much"] += row["much"] or 0
        line["persons"] += row["persons"] or 0
        line["handed"] += row["handed"]
        line["acts"][row["what"]] = line["acts"].get(row["what"], 0) + row["n"]
    return [streets[code] for code in sorted(streets)]


# ---- 早发现 早预警 早报告 ----------------
@dataclass(frozen=True, slots=True)
class Early:
    """How early danger was seen in a span: by source; minutes until the firm was told, until the street answered."""

    by_source: Mapping[str, int]
    found: int
    candidates: int
    told: int
    told_minutes: float | None
    answered: int
    answered_minutes: float | None
    in_time: int


def early_of(
    person: Person,
    *,
    start: datetime,
    end: datetime,
    at: datetime,
    within: timedelta,
    exercise_id: UUID | None = None,
) -> Early:
    """Counted from steps: found → the firm is told to stop (the mark itself tells it) → the street answers."""
    seen = visible_items(person, at=at)
    rows = Danger.objects.filter(
        item__in=seen, item__exercise_id=exercise_id, item__opened_at__gte=start, item__opened_at__lt=end
    ).exclude(item__state="withdrawn")
    sources = dict(rows.order_by().values_list("source").annotate(n=Count("pk")))
    marks = Candidate.objects.filter(danger__in=rows).select_related("item", "danger__item")
    opened = {mark.pk: (mark.danger.item.opened_at, mark.item.opened_at) for mark in marks}
    answers = dict(
        Step.objects.filter(item__in=opened, move__in=("answer", "decide_major", "decide_ordinary"))
        .order_by("-happened_at")
        .values_list("item_id", "happened_at")
    )
    told = [(mark - found) / timedelta(minutes=1) for found, mark in opened.values()]
    waited = [(answers[pk] - opened[pk][1]) / timedelta(minutes=1) for pk in answers]
    most = within / timedelta(minutes=1)
    return Early(
        sources, sum(sources.values()), len(opened), len(told), _median(told), len(waited), _median(waited),
        sum(1 for minutes in waited if minutes <= most),
    )  # fmt: skip


def _median(minutes: Iterable[float]) -> float | None:
    known = list(minutes)
    return round(median(known), 1) if known else None
