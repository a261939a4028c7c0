"""四个一律、五个一批: the lists in force, what a matter's own rows point to, marks by month and street."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from anlan.domains.enforcement.models import Measure as Compulsory
from anlan.domains.enforcement.models import Penalty, Publication, Referral, StrictMark
from anlan.kernel.core import rulesets
from anlan.kernel.core.worlds import in_world
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.places.regions import prefix_of

LISTS = {"four": "enforcement.four_all", "five": "enforcement.five_batches"}
MATTERS = tuple(f"enforcement.{name}" for name in ("check", "case", "spot", "measure", "referral"))


@dataclass(frozen=True, slots=True)
class Strict:
    """One measure of the two lists (`kind` four or five) and what in a matter points to it."""

    kind: str
    code: str
    name: str
    name_en: str
    when: tuple[str, ...]


def measures(*, region: str, at: datetime) -> list[Strict]:
    """Both lists in force, in their order."""
    return [
        Strict(kind, row["code"], row["name"], row.get("name_en") or row["name"], tuple(row.get("when", ())))
        for kind, rule in LISTS.items()
        for row in rulesets.value_of(rule, region=region, at=at)
    ]


def marks_of(item: WorkItem) -> QuerySet[StrictMark]:
    """Under which measures a matter falls now."""
    return StrictMark.objects.filter(item=item, taken_back_at=None).order_by("marked_at", "pk")


def pointed_to(item: WorkItem, known: list[Strict]) -> list[Strict]:
    """The measures that the matter's own rows point to and that nobody has marked yet; a person decides."""
    facts = _facts(item)
    marked = set(marks_of(item).values_list("measure", flat=True))
    return [each for each in known if each.code not in marked and facts & set(each.when)]


def _facts(item: WorkItem) -> set[str]:
    """Kinds and tiers of its penalties, whether a person is penalised, what was published or handed over."""
    found: set[str] = set()
    for kind, tier, respondent in Penalty.objects.filter(item=item).values_list("kind", "tier", "respondent"):
        found |= {kind, tier} | ({"person"} if respondent == "person" else set())
    found |= set(Compulsory.objects.filter(pk=item.pk).values_list("kind", flat=True))
    if Referral.objects.filter(Q(pk=item.pk) | Q(case=item.pk)).exists():
        found.add("referral")
    if Publication.objects.filter(case=item.pk, item__state="published").exists():
        found.add("published")
    return found - {""}


def marked(
    *, region: str, start: datetime, end: datetime, as_of: datetime, exercise_id: UUID | None, kind: str = ""
) -> QuerySet[StrictMark]:
    """Marks of some days, without those taken back by then."""
    rows = StrictMark.objects.filter(
        Q(taken_back_at=None) | Q(taken_back_at__gt=as_of), in_world(exercise_id, path="item__exercise_id"),
        marked_at__gte=start, marked_at__lt=end, recorded_at__lte=as_of,
    )  # fmt: skip
    if region:
        rows = rows.filter(item__region__code__startswith=prefix_of(region))
    if kind:
        rows = rows.filter(kind=kind)
    return rows.order_by("marked_at", "pk")


def by_street(rows: QuerySet[StrictMark]) -> dict[str, dict[str, int]]:
    """Street → measure → how many matters."""
    found: dict[str, dict[str, Any]] = defaultdict(lambda: defaultdict(int))
    for region, measure in rows.values_list("item__region_id", "measure"):
        found[f"{region[:9]}000"][measure] += 1
    return {street: dict(line) for street, line in found.items()}
