"""Who is called: read from duty rows in the transaction that releases, absences resolved, one entry a person."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from anlan.domains.warnings.models import CallOut, CallOutItem
from anlan.domains.warnings.rules import calls
from anlan.kernel.messaging.models import Message
from anlan.kernel.messaging.sending import open_about
from anlan.kernel.orgs.models import Absence, DutyKind, Person
from anlan.kernel.orgs.queries import duties_inside
from anlan.kernel.places.models import PlaceKind
from anlan.kernel.places.queries import affected
from anlan.kernel.places.regions import street_of

APP = calls.Means(0)
ENDED = ("superseded", "ended", "cancelled")


@dataclass(frozen=True, slots=True)
class DutyRow:
    """A duty as it was read."""

    id: UUID
    person_id: UUID
    kind: str
    region: str
    place_id: UUID | None
    rank: int


@dataclass(slots=True)
class Callee:
    """One person with all the duties for which they are called now."""

    person_id: UUID
    stands_in_for: UUID | None
    duties: list[DutyRow] = field(default_factory=list)
    means: calls.Means = APP
    closes_on: str = "received"

    @property
    def region(self) -> str:
        """Of the first duty: where the person is listed."""
        return self.duties[0].region

    @property
    def street(self) -> str:
        return street_of(self.region)


def callees(
    *, plan: Mapping[str, calls.Means], regions: Sequence[str], area: dict[str, Any] | None, at: datetime
) -> list[Callee]:
    """Everybody to call for a plan inside an area, in a fixed order."""
    kinds = {kind.pk: kind for kind in DutyKind.objects.filter(pk__in=plan)}
    rows = _duties(kinds, regions, area, at=at)
    stand_ins = _stand_ins(rows, at=at)
    found: dict[UUID, Callee] = {}
    for row in rows:
        person = stand_ins.get(row.person_id, row.person_id)
        callee = found.get(person)
        if callee is None:
            callee = found[person] = Callee(person, row.person_id if person != row.person_id else None)
        _add(callee, row, plan[row.kind], kinds[row.kind])
    active = set(Person.objects.filter(pk__in=found, active=True).values_list("pk", flat=True))
    return [callee for person, callee in found.items() if person in active]


def names_of(kinds: Sequence[str]) -> str:
    """Duties for a sentence, in the order given."""
    labels = dict(DutyKind.objects.filter(pk__in=list(kinds)).values_list("pk", "label"))
    return "、".join(labels[kind] for kind in dict.fromkeys(kinds) if kind in labels)


def recent_calls(*, exercise_id: UUID | None, at: datetime) -> dict[UUID, CallOut]:
    """The call-outs of a world that are still open, newest first; few at any time."""
    rows = CallOut.objects.filter(item__closed_at=None, item__exercise_id=exercise_id, released_at__lte=at)
    return {
        call.pk: call
        for call in rows.select_related("item").prefetch_related("regions").order_by("-released_at")
    }


def items_of(people: Sequence[UUID], *, call_outs: Sequence[UUID]) -> dict[UUID, list[CallOutItem]]:
    """Person → their items in some call-outs that were not ended before their time, newest first."""
    rows = CallOutItem.objects.filter(call_out__in=call_outs, person__in=people).exclude(
        item__state__in=ENDED
    )
    found: dict[UUID, list[CallOutItem]] = defaultdict(list)
    for row in rows.select_related("item").order_by("-called_at"):
        found[row.person_id].append(row)
    return found


def messages_of(call_out_id: UUID | str, people: Collection[UUID]) -> dict[UUID, UUID]:
    """Person → the unfinished message of a call-out."""
    rows = Message.objects.filter(open_about(("warnings.call_out", call_out_id)), person__in=people)
    return dict(rows.values_list("person_id", "pk"))


def _duties(
    kinds: Mapping[str, DutyKind], regions: Sequence[str], area: dict[str, Any] | None, *, at: datetime
) -> list[DutyRow]:
    rows = duties_inside(kinds=kinds, regions=regions, at=at)
    values = rows.order_by("rank", "kind__ring_order", "pk").values_list(
        "pk", "person_id", "kind_id", "region_id", "place_id", "rank"
    )
    found = [DutyRow(*row) for row in values]
    if area is None:
        return found
    # A drawn area: keepers of a place are called where the place lies in it, everybody else by region.
    inside = set(
        affected(area=area, kinds=list(PlaceKind.objects.values_list("pk", flat=True)), at=at).place_ids()
    )
    return [row for row in found if row.place_id is None or row.place_id in inside]


def _stand_ins(rows: Sequence[DutyRow], *, at: datetime) -> dict[UUID, UUID]:
    """Those away now who named somebody. Who is away and named nobody is called all the same: better than silence."""
    people = {row.person_id for row in rows}
    away = Absence.objects.filter(start__lte=at, end__gt=at, deputy__isnull=False).order_by("start")
    return {
        person: deputy for person, deputy in away.values_list("person_id", "deputy_id") if person in people
    }


def _add(callee: Callee, row: DutyRow, means: calls.Means, kind: DutyKind) -> None:
    means = calls.for_leader(means) if kind.rung_by_hand else means
    callee.closes_on = (
        calls.strictest([callee.closes_on, kind.closes_on]) if callee.duties else kind.closes_on
    )
    callee.means = callee.means | means if callee.duties else means
    callee.duties.append(row)
