"""What this domain knows against units: penalties decided, cases without a decision, measures in force."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q

from anlan.domains.enforcement.models import Case, Measure, Penalty
from anlan.domains.enforcement.queries.counting import ENDED, OPENED
from anlan.domains.enforcement.queries.plans import undone
from anlan.domains.enforcement.rules import days, words
from anlan.domains.enforcement.rules.cases import plain
from anlan.kernel.core import rulesets
from anlan.kernel.core.worlds import in_world
from anlan.kernel.domain.looking_back import Trace
from anlan.kernel.loop.models import Step

PROCEDURES = {"case": "立案", "spot": "当场"}


def penalties(
    *,
    organisations: Sequence[UUID],
    start: datetime,
    end: datetime,
    as_of: datetime,
    exercise_id: UUID | None,
) -> Iterator[Trace]:
    """Penalties decided in some days, one trace a matter. Which are grave, a row of the rules says."""
    firms = Q(item__enforcement_case__organisation__in=organisations)
    firms |= Q(item__enforcement_spot__organisation__in=organisations)
    rows = Penalty.objects.filter(
        firms, in_world(exercise_id, path="item__exercise_id"), decided_at__gte=start, decided_at__lt=end,
        recorded_at__lte=as_of,
    ).exclude(item__in=undone("revoke", as_of=as_of))  # fmt: skip
    matters: dict[UUID, list[Penalty]] = {}
    more = ("item__enforcement_case", "item__enforcement_spot")
    for row in rows.select_related(*more).order_by("decided_at", "-respondent", "pk"):
        matters.setdefault(row.item_id, []).append(row)
    for item, own in matters.items():
        matter: Any = getattr(own[0].item, f"enforcement_{own[0].procedure}")
        grave = rulesets.value_of("enforcement.grave_penalty", region=own[0].item.region_id, at=as_of)
        yield Trace(
            matter.organisation_id,
            item,
            own[0].decided_at,
            _told(own, matter.cause),
            bars=_is_grave(own, grave),
        )


def _told(own: Sequence[Penalty], cause: str) -> str:
    """Procedure, kinds and the sum, never a person's name."""
    kinds = "、".join(dict.fromkeys(words.PENALTIES_SAID[row.kind] for row in own))
    fine = sum((row.amount for row in own), Decimal(0))
    both = "，一案双罚" if len({row.respondent for row in own}) == 2 else ""
    money = f"{plain(fine)}元" if fine else ""
    return f"行政处罚（{PROCEDURES[own[0].procedure]}）：{kinds}{money}{both}。{cause[:100]}"


def _is_grave(own: Sequence[Penalty], grave: dict[str, Any]) -> bool:
    fine = sum((row.amount for row in own), Decimal(0))
    return any(row.kind in grave["kinds"] for row in own) or fine >= Decimal(str(grave["amount"]))


def open_cases(
    *,
    organisations: Sequence[UUID],
    start: datetime,
    end: datetime,
    as_of: datetime,
    exercise_id: UUID | None,
) -> Iterator[Trace]:
    """Cases opened before the end of some days and still without a decision. One that was opened before those days
    stands in them from their first on; its own day is in the words."""
    steps = Step.objects.filter(
        in_world(exercise_id), item__enforcement_case__organisation__in=organisations, move__in=OPENED,
        happened_at__lt=end, at__lte=as_of,
    )  # fmt: skip
    began = dict(steps.order_by("-happened_at").values_list("item_id", "happened_at"))
    gone = Step.objects.filter(item__in=began, move__in=ENDED, at__lte=as_of).values("item")
    decided = Penalty.objects.filter(item__in=began, recorded_at__lte=as_of).values("item")
    rows = Case.objects.filter(pk__in=began).exclude(pk__in=gone).exclude(pk__in=decided)
    for row in rows:
        opened = began[row.pk]
        if row.organisation_id is not None:
            said = f"立案调查中（{_day(opened)}立案）：{row.cause[:100]}"
            yield Trace(row.organisation_id, row.pk, max(opened, start), said)


def measures_in_force(
    *,
    organisations: Sequence[UUID],
    start: datetime,
    end: datetime,
    as_of: datetime,
    exercise_id: UUID | None,
) -> Iterator[Trace]:
    """Compulsory measures imposed before the end of some days and not lifted by `as_of`."""
    rows = Measure.objects.filter(
        Q(item__closed_at=None) | Q(item__closed_at__gt=as_of),
        in_world(exercise_id, path="item__exercise_id"), organisation__in=organisations, imposed_at__lt=end,
        item__opened_at__lte=as_of,
    ).select_related("item")  # fmt: skip
    for row in rows:
        said = f"{words.MEASURES_SAID[row.kind]}（{_day(row.imposed_at)}起，尚未解除）：{row.what[:100]}"
        yield Trace(row.organisation_id, row.pk, max(row.imposed_at, start), said)


def _day(when: datetime) -> str:
    return f"{when.astimezone(days.LOCAL):%Y-%m-%d}"
