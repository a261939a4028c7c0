"""Patrols of the demo: a quarter's visits in bulk, what they found tied to the dangers of the demo.

A year of the district has 118,000 visits; the small demo keeps a twentieth of a quarter.
"""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from anlan.domains.dangers.models import Danger
from anlan.domains.enterprises import public as enterprises
from anlan.domains.enterprises.models import Site
from anlan.domains.patrols import actions
from anlan.domains.patrols.models import Checklist, Finding, Visit
from anlan.domains.patrols.queries import lists
from anlan.kernel.core import clock
from anlan.kernel.core.bulk import insert_rows
from anlan.kernel.core.ids import new_id
from anlan.kernel.ledger.actions import Row, record_all
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.orgs.models import Duty, Person
from anlan.surfaces.cli.demo.district import BY, key

SEED = 11
MANY = {"small": 1475, "district": 29_500}  # of 118,000 a year, a quarter; a twentieth of it
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NOTES = ("", "", "", "已当场讲解整改要求", "企业负责人在场", "夜班情况另查")


def is_there() -> bool:
    return Visit.objects.exists()


def write(scale: str = "small") -> int:
    """Checklists and a quarter of visits, once. Returns how many visits there are."""
    at = clock.real_now()
    actions.load_checklists(by=BY, at=at - 100 * DAY)
    if is_there():
        return 0
    sites = list(Site.objects.filter(active=True).select_related("enterprise__organisation").order_by("pk"))
    carriers = _carriers()
    sites = [site for site in sites if site.region_id in carriers]
    if not sites:
        return 0
    dice = random.Random(SEED)  # noqa: S311 - the same demo every time
    tags = enterprises.tags_of({site.enterprise_id for site in sites})
    for start in range(0, MANY[scale], 1000):
        _chunk(sites, carriers, tags, min(1000, MANY[scale] - start), dice, at)
    _findings(at)
    return Visit.objects.count()


def _carriers() -> dict[str, list[Person]]:
    """Community → its patrollers."""
    found: dict[str, list[Person]] = {}
    for duty in (
        Duty.objects.filter(kind="patroller", valid_to=None).select_related("person").order_by("rank")
    ):
        found.setdefault(duty.region_id, []).append(duty.person)
    return found


def _chunk(
    sites: Sequence[Site],
    carriers: dict[str, list[Person]],
    tags: dict[UUID, list[str]],
    many: int,
    dice: random.Random,
    at: datetime,
) -> None:
    in_force = lists.in_force()
    items: list[WorkItem] = []
    rows: list[Visit] = []
    steps: list[Step] = []
    followed = []
    for _number in range(many):
        site = dice.choice(sites)
        person = dice.choice(carriers[site.region_id])
        own = tags.get(site.enterprise_id, [])
        chosen = lists.fitting(in_force, own)
        item, visit = _visit(site, person, own, chosen, dice, at)
        items.append(item)
        rows.append(visit)
        followed += [Visit.lists.through(visit_id=item.pk, checklist_id=each.pk) for each in chosen]
        steps += _steps(item, visit)
    with transaction.atomic():
        for made in (items, rows, steps):
            insert_rows(made)
        Visit.lists.through.objects.bulk_create(followed, batch_size=2000)
        record_all([_entry(step) for step in steps])


def _visit(
    site: Site, person: Person, tags: list[str], chosen: list[Checklist], dice: random.Random, at: datetime
) -> tuple[WorkItem, Visit]:
    day = (at - dice.uniform(1, 90) * DAY).replace(minute=0, second=0, microsecond=0)
    started = day.replace(hour=1) + dice.uniform(0, 8) * HOUR  # nine to five in Shanghai
    ended = started + timedelta(minutes=dice.uniform(22, 45))
    firm = site.enterprise
    item = WorkItem(
        loop="patrols.visit", state="finished", title=firm.organisation.name, region_id=site.region_id,
        charge_person=person, opened_at=started, opened_by=person.by, state_since=ended, closed_at=ended,
    )  # fmt: skip
    codes = [each.code for row in chosen for each in row.items.all()]
    answers = {code: {"answer": dice.choices(("fine", "not_here"), (9, 1))[0], "note": ""} for code in codes}
    visit = Visit(
        item=item, key=new_id(), kind=dice.choices(("patrol", "campaign", "second_look", "led"), (84, 10, 3, 3))[0],
        organisation=firm.organisation, site=site, tags=tags, grade=firm.grade, patroller=person, started_at=started,
        ended_at=ended, lon=site.lon, lat=site.lat, answers=answers, note=dice.choice(NOTES), version=2,
        metres_off=dice.choices((dice.uniform(3, 60), dice.uniform(320, 900)), (30, 1))[0], recorded_at=ended,
    )  # fmt: skip
    return item, visit


def _steps(item: WorkItem, visit: Visit) -> list[Step]:
    ended = visit.ended_at or visit.started_at
    way = (("open", "", "begun", visit.started_at), ("finish", "begun", "finished", ended))
    return [
        Step(
            item=item, act=new_id(), move=name, source=source, target=target, by=visit.patroller.by, at=when,
            happened_at=when,
        )
        for name, source, target, when in way
    ]  # fmt: skip


def _entry(step: Step) -> Row:
    facts = {"loop": "patrols.visit", "move": step.move, "from": step.source, "to": step.target}
    return Row(
        code="loop.opened" if step.move == "open" else "loop.moved", subject=("loop.item", step.item_id), facts=facts,
        by=step.by, at=step.at, region=step.item.region_id,
    )  # fmt: skip


def _findings(at: datetime) -> None:
    """Each danger that a patrol found in the quarter belongs to a visit to its firm in those days, if there was one."""
    found = Danger.objects.filter(source="patrol", item__exercise=None, item__opened_at__gte=at - 90 * DAY)
    by_firm: dict[UUID, list[Visit]] = {}
    for visit in Visit.objects.filter(organisation__in=found.values("organisation")):
        by_firm.setdefault(visit.organisation_id, []).append(visit)
    pairs = [
        (danger, visit)
        for danger in found.exclude(organisation=None)
        for visit in by_firm.get(danger.organisation_id or UUID(int=0), [])[:1]
    ]
    rows = [
        Finding(id=key("finding", str(danger.pk)), visit=visit, danger=danger, found_at=visit.started_at)
        for danger, visit in pairs
    ]
    Finding.objects.bulk_create(rows, ignore_conflicts=True)
