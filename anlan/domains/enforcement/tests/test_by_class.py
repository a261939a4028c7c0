"""What the database counts and lists by class is what the sums over single firms say, for firms of every sort."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random
from uuid import uuid4

import pytest
from django.apps import apps

from anlan.domains.enforcement.actions import planning
from anlan.domains.enforcement.models import Check, CheckPlan, PlanLine, Task
from anlan.domains.enforcement.queries import by_class, classes
from anlan.domains.enforcement.queries import together as reads
from anlan.domains.enforcement.queries.by_class import Asked, ClassLine, Listed
from anlan.domains.enforcement.queries.classes import Firm
from anlan.domains.enforcement.rules.classes import GRADES
from anlan.domains.enforcement.tests.ground import DAY, Bureau, Campaign, Enterprise, Tag, bureau
from anlan.kernel.loop.actions import open_item
from anlan.kernel.loop.models import LoopRecord, Step, WorkItem
from anlan.kernel.orgs.models import Organisation
from tests.people import DISTRICT, HARBOUR, HILL, NOON, QUAY, TERRACE

pytestmark = pytest.mark.django_db
Visit, JointCheck, History = (
    apps.get_model(name) for name in ("patrols.Visit", "patrols.JointCheck", "enterprises.History")
)
MANY = 70
OF: dict[str, Callable[[Firm], bool]] = {
    "past": lambda firm: firm.due_at < NOON,
    "owed": lambda firm: firm.owed,
    "planned": lambda firm: bool(firm.planned),
    "key": lambda firm: firm.planned == "key",
    "lacking": lambda firm: firm.owed and not firm.planned,
    "checked": lambda firm: firm.checked,
    "all": lambda _firm: True,
}


class Ground:
    """Seventy firms drawn by lot: class, kind, sector, when signed, checked, patrolled, planned, sent to, in a campaign."""

    def __init__(self, ours: Bureau, seed: int) -> None:
        self.ours, self.lot = ours, Random(seed)
        self.plan = self._plan("draft", HARBOUR)
        plans = [self.plan, self._plan("in_force", DISTRICT), self._plan("in_force", QUAY)]
        self.campaigns = [self._campaign(*each) for each in (
            (["dust"], ["C26"], DISTRICT, 7), ([], ["C2"], HILL, 3), (["dust"], [], DISTRICT, 60))]  # fmt: skip
        for number in range(MANY):
            self._firm(number, plans)

    def _firm(self, number: int, plans: list[CheckPlan]) -> None:
        lot = self.lot
        # Two of a name: then the order is by their ids.
        name = f"{lot.choice('甲乙丙Aaz')}{number // 2}厂"
        org = Organisation.objects.create(
            name=name, kind="enterprise", region_id=lot.choice((QUAY, QUAY, TERRACE))
        )
        known = NOON - lot.choice((0, 100, 500, 1200)) * DAY
        firm = Enterprise.objects.create(
            organisation=org, grade=lot.choice(GRADES), sector=lot.choice(("C2110", "C2614", "F5165")),
            status=lot.choice(("operating",) * 5 + ("closed",)), created_at=known, updated_at=known,
        )  # fmt: skip
        for kind in lot.sample(("dust", "hazchem", "ammonia"), lot.randrange(3)):
            ended = lot.choice((None, None, date(2026, 1, 1)))
            Tag.objects.create(
                enterprise=firm, kind=kind, since=date(2024, 1, 1), until=ended, by="service:test"
            )
        for ago in lot.sample((30, 300, 900), lot.randrange(3)):
            History.objects.create(
                enterprise=firm, kind="grade", at=NOON, happened_at=NOON - ago * DAY, by="x"
            )
        for ago in lot.sample((0.5, 40, 170, 200, 400, 800), lot.randrange(3)):
            self._check(org, ago, lot.choice((None, None, *self.campaigns)), withdrawn=lot.random() < 0.2)
        for ago in lot.sample((1, 25, 80, 100, 179), lot.randrange(3)):
            self._visit(
                org, ago, lot.choice(("routine", "self_check")), lot.choice(("finished", "under_way"))
            )
        for plan in lot.sample(plans, lot.randrange(3)):
            PlanLine.objects.create(
                plan=plan, organisation=org, region_id=org.region_id, kind=lot.choice(("key", "general")),
                month=lot.choice((None, 2, 7, 11)), recorded_at=NOON, by="x",
                dropped_at=lot.choice((None, None, NOON)),
            )  # fmt: skip
        if lot.random() < 0.3:
            self._sent(org, lot.choice((2, 40)))
        if lot.random() < 0.3:
            row = JointCheck(
                unit=self._unit(firm),
                organisation=org,
                half="2026H2",
                due_at=NOON + lot.choice((2, 40)) * DAY,
            )
            self._open("patrols.joint", row, org, NOON)

    def _unit(self, firm: object) -> object:
        return apps.get_model("enterprises.HazardUnit").objects.create(
            enterprise=firm, name="罐区", kind="storage"
        )

    def _open(
        self, loop: str, row: LoopRecord, org: Organisation, at: datetime, state: str = "open"
    ) -> WorkItem:
        """Straight into the tables: what is read is rows."""
        item = WorkItem.objects.create(
            loop=loop, state=state, title=org.name, region_id=org.region_id, opened_at=at, opened_by="service:test",
            state_since=at, closed_at=at if state == "finished" else None,
        )  # fmt: skip
        row.item = item
        row.save(force_insert=True)
        return item

    def _check(self, org: Organisation, ago: float, campaign: object, *, withdrawn: bool) -> None:
        at, officers = NOON - timedelta(days=ago), self.ours.pair
        row = Check(
            organisation=org, checked_at=at, recorded_at=at, campaign=campaign, kind="general", **officers
        )
        item = self._open("enforcement.check", row, org, at)
        if withdrawn:
            made = {"act": uuid4(), "by": "x", "at": NOON - DAY, "happened_at": NOON - DAY}
            Step.objects.create(item=item, move="withdraw", target="withdrawn", **made)

    def _visit(self, org: Organisation, ago: int, kind: str, state: str) -> None:
        at = NOON - ago * DAY
        row = Visit(
            key=uuid4(),
            kind=kind,
            organisation=org,
            patroller=self.ours.here.owner,
            started_at=at,
            recorded_at=at,
        )
        self._open("patrols.visit", row, org, at, state)

    def _sent(self, org: Organisation, days: int) -> None:
        row = Task(organisation=org, kind="general", due_by=NOON + days * DAY, **self.ours.pair)
        self._open("enforcement.task", row, org, NOON)

    def _plan(self, state: str, region: str) -> CheckPlan:
        item = planning.draft_plan(year=2026, region=region, by=self.ours.section.by, at=NOON - DAY)
        WorkItem.objects.filter(pk=item.pk).update(state=state)
        return CheckPlan.objects.get(pk=item.pk)

    def _campaign(self, tags: list[str], sectors: list[str], region: str, days: int) -> object:
        ends = (NOON + days * DAY).date()
        row = Campaign(
            name=f"专项{days}", starts_on=date(2026, 5, 1), ends_on=ends, tags=tags, sectors=sectors
        )
        return Campaign.objects.get(
            pk=open_item(
                loop="dangers.campaign",
                record=row,
                title=row.name,
                region=region,
                by="service:test",
                at=NOON - DAY,
            ).pk
        )


def summed(rows: list[Firm]) -> list[ClassLine]:
    """The lines as they were once made: every firm in memory, class by class."""
    own: dict[str, list[Firm]] = {grade: [] for grade in GRADES}
    for row in rows:
        own[row.grade].append(row)
    return [
        ClassLine(
            grade, len(mine), sum(each.owed for each in mine), sum(each.owed and bool(each.planned) for each in mine),
            sum(bool(each.planned) for each in mine), sum(each.planned == "key" for each in mine),
            sum(each.checked for each in mine), sum(each.due_at < NOON for each in mine),
        )
        for grade, mine in own.items()
    ]  # fmt: skip


@pytest.mark.feature("M277")
def test_lines_views_and_joint_visits_are_those_of_the_single_firms() -> None:
    ground = Ground(bureau(many=2), 2)
    for region in (DISTRICT, HARBOUR):
        for plan in (None, ground.plan):
            rows = classes.firms(region=region, at=NOON, plan=plan)
            asked = Asked(region, NOON, plan=plan)
            assert by_class.lines(asked) == summed(rows)
            ordered = sorted(rows, key=lambda each: (each.due_at, each.name))
            for view, of in OF.items():
                assert list(Listed(asked, view)) == [each for each in ordered if of(each)], view
        others = reads.others_of([each.id for each in ordered], region=region, at=NOON)
        assert {len(found) for found in others.values()} >= {1, 2, 3}, "firms of every sort"
        several = reads.several(region=region, at=NOON)
        for grade in (None, *GRADES):
            wanted = [
                each for each in ordered if len(others.get(each.id, ())) > 1 and grade in (None, each.grade)
            ]
            listed = Listed(Asked(region, NOON, plan=ground.plan), "all", grade=grade, among=several)
            assert (len(listed), listed[3:9], listed[:]) == (len(wanted), wanted[3:9], wanted)
