"""Those who stand in the tests of warnings: a watch of two, a chief, a weather office, and keepers of two streets."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from anlan.domains.warnings.actions import deciding, signals
from anlan.domains.warnings.actions.signals import TakenIn
from anlan.domains.warnings.models import CallOut, Proposal
from anlan.domains.warnings.tests.samples import SENDER, message
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.orgs.models import Person
from tests import people
from tests.people import DISTRICT, HARBOUR, HILL, NOON, QUAY, TERRACE

KINDS = {  # code → (closes_on, rung_by_hand)
    "flood_office_head": ("received", False),
    "deputy_commander": ("received", True),
    "street_deputy": ("on_post", False),
    "flood_clerk": ("received", False),
    "community_leader": ("on_post", False),
    "slope_keeper": ("done", False),
    "grid_worker": ("received", False),
}


@dataclass
class Watch:
    """The rows that tests name. Harbour: principal, deputy head, clerk, two point keepers. Hill: one keeper."""

    officer: Person
    second: Person
    chief: Person
    commander: Person
    principal: Person
    deputy_head: Person
    clerk: Person
    keeper: Person
    keepers_deputy: Person
    hill_keeper: Person
    grid_worker: Person
    outsider: Person


def watch() -> Watch:
    """Create the district, its people and the weather office; once a test."""
    base = people.district()
    for code, (closes_on, by_hand) in KINDS.items():
        people.add_kind(code, closes_on, rung_by_hand=by_hand)
    bureau, street = base.bureau, base.street
    made = Watch(
        **{
            name: people.add_person(name, bureau, account=True, phone="13900000000")
            for name in ("officer", "second", "chief", "commander")
        },
        **{
            name: people.add_person(name, street, phone="13900000001")
            for name in (
                "principal",
                "deputy_head",
                "clerk",
                "keeper",
                "keepers_deputy",
                "hill_keeper",
                "grid_worker",
            )
        },
        outsider=base.outsider,
    )
    for person, kind, region in (
        (made.officer, "watch_officer", DISTRICT), (made.second, "watch_officer", DISTRICT),
        (made.chief, "watch_chief", DISTRICT), (made.commander, "deputy_commander", DISTRICT),
        (made.principal, "street_principal", HARBOUR), (made.deputy_head, "street_deputy", HARBOUR),
        (made.clerk, "flood_clerk", HARBOUR), (made.keeper, "waterlogging_keeper", QUAY),
        (made.keeper, "slope_keeper", QUAY), (made.hill_keeper, "waterlogging_keeper", TERRACE),
        (made.grid_worker, "grid_worker", QUAY),
    ):  # fmt: skip
        people.add_duty(person, kind, region)
    people.add_duty(made.keepers_deputy, "waterlogging_keeper", QUAY, rank=1)
    made.keeper.superior = made.deputy_head
    made.keeper.save()
    signals.register_office(sender=SENDER, name="安澜区气象台", region=DISTRICT, by="service:setup", at=NOON)
    return made


def take_in(*, at: datetime = NOON, exercise_id: Any = None, **said: Any) -> TakenIn:
    return signals.take_in_cap(data=message(**said), by="service:gateway", at=at, exercise_id=exercise_id)


def propose(
    w: Watch, *, colour: str = "orange", regions: tuple[str, ...] = (HARBOUR,), at: datetime = NOON
) -> WorkItem:
    return deciding.propose_call_out(
        hazard="rain", colour=colour, regions=regions, words="the weather office rang", by=w.officer.by, at=at
    )


def call(
    w: Watch, *, colour: str = "orange", regions: tuple[str, ...] = (HARBOUR,), at: datetime = NOON
) -> CallOut:
    """A call-out proposed by the officer, approved by the chief."""
    item = propose(w, colour=colour, regions=regions, at=at)
    _, released = deciding.approve_and_release(item=item, by=w.chief.by, at=at)
    assert released.call_out is not None
    return released.call_out


def waiting() -> list[Proposal]:
    return list(
        Proposal.objects.filter(item__state="proposed").select_related("item").order_by("item__opened_at")
    )


__all__ = [
    "DISTRICT",
    "HARBOUR",
    "HILL",
    "NOON",
    "QUAY",
    "TERRACE",
    "Watch",
    "call",
    "propose",
    "take_in",
    "waiting",
    "watch",
]
