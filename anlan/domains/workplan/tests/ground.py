"""The district of these tests with an office of two, a leader, and a liaison in the street."""

from dataclasses import dataclass
from datetime import datetime

from anlan.domains.workplan import actions
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.orgs.models import Person
from tests.people import DISTRICT, HARBOUR, NOON, District, add_duty, add_kind, add_person, district


@dataclass
class Ground:
    """Who keeps the plan (two), who leads the district, and the street's liaison."""

    here: District
    olga: Person
    pia: Person
    leader: Person
    liaison: Person


def ground() -> Ground:
    here = district()
    add_kind("district_leader")
    olga, pia = (add_person(name, here.bureau, account=True) for name in ("Olga", "Pia"))
    for person in (olga, pia):
        add_duty(person, "work_plan_office", DISTRICT)
    leader = add_person("高区长", here.bureau, account=True)
    add_duty(leader, "district_leader", DISTRICT)
    liaison = add_person("Lia", here.street, account=True)
    add_duty(liaison, "liaison_a", HARBOUR)
    return Ground(here, olga, pia, leader, liaison)


def ask(
    g: Ground, kind: str = "follow_up", *, due: datetime, at: datetime = NOON, **more: object
) -> WorkItem:
    given = {"unit": g.here.street, "text": "清理码头积水", "due_at": due, "by": g.olga.by, "at": at}
    return actions.ask(kind=kind, **(given | more))
