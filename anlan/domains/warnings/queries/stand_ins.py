"""Who is told when somebody is silent: read for all silent people of a pass at once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from anlan.domains.warnings.models import CallOutDuty, CallOutItem
from anlan.kernel.loop.spec import DEPUTY, SUPERIOR
from anlan.kernel.orgs.models import Duty, Person
from anlan.kernel.orgs.queries import in_force
from anlan.kernel.places.regions import ancestors


@dataclass(frozen=True, slots=True)
class StandIn:
    """Somebody who can be told, by name; leaders are told without a machine's voice."""

    person_id: UUID
    name: str
    by_hand: bool = False


def choose(items: Sequence[CallOutItem], duties: Mapping[UUID, str], *, at: datetime) -> dict[UUID, StandIn]:
    """Item → who is told, by the word of the ladder's rung: deputy, superior, or a duty kind. Nobody: left out."""
    found: dict[UUID, StandIn] = {}
    found |= _deputies([i for i in items if duties[i.pk] == DEPUTY], at=at)
    found |= _superiors([i for i in items if duties[i.pk] == SUPERIOR])
    others: dict[str, list[CallOutItem]] = defaultdict(list)
    for item in items:
        if duties[item.pk] not in (DEPUTY, SUPERIOR):
            others[duties[item.pk]].append(item)
    for kind, some in others.items():
        found |= _holders(kind, some, at=at)
    return found


def _deputies(items: Sequence[CallOutItem], *, at: datetime) -> dict[UUID, StandIn]:
    """The other holders of the same duty at the same place, else in the same region: lowest rank first.

    Whoever is silent in the same call-out deputises for nobody.
    """
    rows = CallOutDuty.objects.filter(item__in=items).values_list("item", "kind", "region", "duty__place")
    wanted: dict[UUID, list[tuple[str, str, UUID | None]]] = defaultdict(list)
    for called, kind, region, place in rows:
        wanted[called].append((kind, region, place))
    holders = _duty_holders(
        {kind for some in wanted.values() for kind, _, _ in some},
        {region for some in wanted.values() for _, region, _ in some},
        at=at,
    )
    silent = _silent({i.call_out_id for i in items})
    found = {}
    for item in items:
        for key in wanted[item.pk]:
            able = [s for s in holders.get(key, ()) if (item.call_out_id, s.person_id) not in silent]
            if able:
                found[item.pk] = able[0]
                break
    return found


def _silent(call_outs: set[UUID]) -> set[tuple[UUID, UUID]]:
    """(call-out, person) of everybody who was called and has not answered."""
    rows = CallOutItem.objects.filter(call_out__in=call_outs, answer="")
    return set(rows.values_list("call_out", "person"))


def _duty_holders(
    kinds: set[str], regions: set[str], *, at: datetime
) -> dict[tuple[str, str, UUID | None], list[StandIn]]:
    rows = Duty.objects.filter(in_force(at), kind__in=kinds, region__in=regions, person__active=True)
    found: dict[tuple[str, str, UUID | None], list[StandIn]] = defaultdict(list)
    values = rows.order_by("rank", "pk").values_list(
        "kind", "region", "place", "person", "person__name", "kind__rung_by_hand"
    )
    for kind, region, place, person, name, by_hand in values:
        found[kind, region, place].append(StandIn(person, name, by_hand))
    return found


def _superiors(items: Sequence[CallOutItem]) -> dict[UUID, StandIn]:
    rows = Person.objects.filter(pk__in=[i.person_id for i in items], superior__active=True)
    bosses = {
        pk: StandIn(boss, name, by_hand=True)
        for pk, boss, name in rows.values_list("pk", "superior", "superior__name")
        if boss is not None
    }
    return {item.pk: bosses[item.person_id] for item in items if item.person_id in bosses}


def _holders(kind: str, items: Sequence[CallOutItem], *, at: datetime) -> dict[UUID, StandIn]:
    """The first holder of a duty at the item's region or the nearest above it."""
    above = {item.pk: ancestors(item.item.region_id) for item in items}
    holders = _duty_holders({kind}, {code for codes in above.values() for code in codes}, at=at)
    by_region: dict[str, list[StandIn]] = defaultdict(list)
    for (_, region, _), some in holders.items():
        by_region[region] += some
    found = {}
    for item in items:
        able = [
            s for code in above[item.pk] for s in by_region.get(code, ()) if s.person_id != item.person_id
        ]
        if able:
            found[item.pk] = able[0]
    return found
