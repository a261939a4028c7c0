"""Plans by street, what a draw may draw from, and a draw made again from its own row."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from anlan.domains.enforcement.models import Check, CheckPlan, Draw, PlanLine, Task
from anlan.domains.enforcement.rules import drawing
from anlan.domains.enforcement.rules.drawing import Drawn, Lists
from anlan.kernel.core.worlds import in_world
from anlan.kernel.loop.models import Step
from anlan.kernel.orgs.models import Duty, Organisation, Person
from anlan.kernel.orgs.queries import in_force
from anlan.kernel.places.models import Region
from anlan.kernel.places.regions import prefix_of


def lines_in_force(*, year: int, region: str = "", exercise_id: UUID | None = None) -> QuerySet[PlanLine]:
    """The firms of the approved plans of a year."""
    rows = PlanLine.objects.filter(
        in_world(exercise_id, path="plan__item__exercise_id"), plan__year=year, dropped_at=None,
        plan__item__state__in=("in_force", "ended"),
    ).select_related("plan__item", "organisation", "region")  # fmt: skip
    return rows.filter(region__code__startswith=prefix_of(region)) if region else rows


def standing_checks(
    *, start: datetime, end: datetime, as_of: datetime, exercise_id: UUID | None
) -> QuerySet[Check]:
    """Visits of a span that were known at a time and not withdrawn by then."""
    rows = Check.objects.filter(
        in_world(exercise_id, path="item__exercise_id"), checked_at__gte=start, checked_at__lt=end,
        recorded_at__lte=as_of,
    )  # fmt: skip
    return rows.exclude(item__in=undone("withdraw", as_of=as_of))


def undone(move: str, *, as_of: datetime) -> list[UUID]:
    """The items that were withdrawn or revoked, as known at a time: few."""
    rows = Step.objects.filter(move=move, item__loop__startswith="enforcement.", at__lte=as_of)
    return list(rows.order_by("item_id").values_list("item_id", flat=True))


@dataclass(frozen=True, slots=True)
class StreetDone:
    """How far a plan is in a street: firms, of them checked, of the key ones, of the general ones."""

    region: str
    name: str
    planned: int
    checked: int
    key_planned: int
    key_checked: int

    @property
    def share(self) -> float | None:
        return 100 * self.checked / self.planned if self.planned else None


def by_street(plan: CheckPlan, *, checked: Iterable[UUID]) -> list[StreetDone]:
    """A plan street by street; `checked`: the firms that were visited."""
    done = set(checked)
    rows = plan.lines.filter(dropped_at=None).values_list("region_id", "organisation_id", "kind")
    found: dict[str, list[int]] = {}
    for region, firm, kind in rows:
        line = found.setdefault(f"{region[:9]}000", [0, 0, 0, 0])
        key = kind == "key"
        for place, counts in enumerate((True, firm in done, key, key and firm in done)):
            line[place] += counts
    names = dict(Region.objects.filter(code__in=found).values_list("code", "name"))
    return [StreetDone(code, names.get(code, code), *line) for code, line in sorted(found.items())]


def checked_firms(plan: CheckPlan, *, start: datetime, end: datetime, as_of: datetime) -> set[UUID]:
    """The firms of a plan that were visited in a span."""
    checks = standing_checks(start=start, end=end, as_of=as_of, exercise_id=plan.item.exercise_id)
    lines = plan.lines.filter(dropped_at=None).values("organisation")
    return set(checks.filter(organisation__in=lines).values_list("organisation_id", flat=True))


def drawable(
    *, region: str, year: int, start: datetime, end: datetime, as_of: datetime, exercise_id: UUID | None
) -> list[PlanLine]:
    """General firms of the plan that were neither checked nor drawn in the year; key firms are never drawn."""
    checks = standing_checks(start=start, end=end, as_of=as_of, exercise_id=exercise_id)
    drawn = Task.objects.filter(line__plan__year=year).exclude(item__state="called_off")
    lines = lines_in_force(year=year, region=region, exercise_id=exercise_id).filter(kind="general")
    seen = set(checks.values_list("organisation_id", flat=True))
    waiting = set(drawn.values_list("line_id", flat=True))
    return [
        line for line in lines.order_by("pk") if line.organisation_id not in seen and line.pk not in waiting
    ]


def officers_in(region: str, *, at: datetime) -> list[Person]:
    """Everybody with the duty of an enforcement officer in a region or above it."""
    prefix = prefix_of(region)
    duties = Duty.objects.filter(
        in_force(at), kind="enforcement_officer", person__active=True
    ).select_related("person__organisation", "region")
    found = {
        duty.person_id: duty.person
        for duty in duties
        if duty.region.code.startswith(prefix) or prefix.startswith(prefix_of(duty.region_id))
    }
    return sorted(found.values(), key=lambda person: str(person.pk))


def lists_of(draw: Draw) -> Lists:
    """What a draw was made from, out of its own row."""
    recused = frozenset((officer, firm) for officer, firm in draw.recused)
    weights = tuple(sorted(draw.weights.items()))
    return Lists(tuple(draw.firms), tuple(draw.officers), recused, draw.pair_limit, weights)


@dataclass(frozen=True, slots=True)
class Proof:
    """A draw made again: whether lists and tasks are those of then, and the numbers that decided."""

    lists_same: bool
    tasks_same: bool
    rows: Sequence[tuple[Drawn, str]]  # with the number of the firm

    @property
    def holds(self) -> bool:
        return self.lists_same and self.tasks_same


def prove(draw: Draw) -> Proof:
    """Draw again from the seed and the lists of the row, and compare with the tasks that were given out."""
    lists = lists_of(draw)
    again = drawing.draw(lists, seed=draw.seed, count=draw.count)
    given = {
        (str(firm), str(first), str(second))
        for firm, first, second in draw.tasks.values_list(
            "organisation_id", "first_officer_id", "second_officer_id"
        )
    }
    return Proof(
        lists.digest() == draw.lists_sm3,
        given == {(each.firm, each.first, each.second) for each in again},
        [(each, drawing.number(draw.seed, each.firm, draw.weights.get(each.firm, 1))) for each in again],
    )


def names_of(proof: Proof) -> dict[str, str]:
    """Names of the firms and officers of a proof, by id."""
    firms = [UUID(each.firm) for each, _number in proof.rows]
    people = [UUID(pk) for each, _number in proof.rows for pk in (each.first, each.second)]
    found = {str(pk): row.name for pk, row in Organisation.objects.in_bulk(firms).items()}
    return found | {str(pk): row.name for pk, row in Person.objects.in_bulk(people).items()}
