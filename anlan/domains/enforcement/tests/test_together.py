"""能合并的督查检查决不再单独开展: others due are shown before one goes; a person decides; both are counted with rows."""

from datetime import date

import pytest
from django.apps import apps

from anlan.domains.enforcement.actions import checking, drawing, planning, together
from anlan.domains.enforcement.actions.taking import CheckGiven, enter_checks
from anlan.domains.enforcement.models import Check, Task, Together
from anlan.domains.enforcement.queries import together as reads
from anlan.domains.enforcement.tests.ground import (
    DAY,
    Bureau,
    Campaign,
    Enterprise,
    add_firms,
    bureau,
    plan_of,
)
from anlan.kernel.core.errors import Refused
from anlan.kernel.indicators.queries import indicator
from anlan.kernel.indicators.spec import Cut, Period, Reading
from anlan.kernel.loop.actions import open_item
from anlan.kernel.loop.models import WorkItem
from tests.people import DISTRICT, HILL, NOON, QUAY

pytestmark = pytest.mark.django_db
Visit = apps.get_model("patrols", "Visit")  # a neighbour's rows by name


@pytest.fixture
def ours() -> Bureau:
    return bureau(many=5)


def visited(ours: Bureau, firm, *, days_ago: int) -> WorkItem:
    """A patrol that was finished; the next one is due by class ninety days later."""
    at = NOON - days_ago * DAY
    row = Visit(
        key=firm.pk,
        kind="patrol",
        organisation=firm,
        patroller=ours.here.owner,
        started_at=at,
        ended_at=at,
        recorded_at=at,
    )
    item = open_item(loop="patrols.visit", record=row, title=firm.name, region=QUAY, charge_person=ours.here.owner,
                     by=ours.here.owner.by, at=at)  # fmt: skip
    WorkItem.objects.filter(pk=item.pk).update(state="finished", closed_at=at, next_at=None)
    return item


def campaign(*, tags=("dust",), ends=date(2026, 7, 10)) -> None:
    row = Campaign(name="粉尘百日", starts_on=date(2026, 5, 1), ends_on=ends, tags=list(tags))
    open_item(
        loop="dangers.campaign",
        record=row,
        title=row.name,
        region=DISTRICT,
        by="service:test",
        at=NOON - 60 * DAY,
    )


def due(ours: Bureau, firm) -> list[str]:
    return [visit.words for _each, visit in together.others_before(firm, at=NOON)]


def send(ours: Bureau, firm, **more) -> Task:
    given = {"kind": "general", "due_by": NOON + 9 * DAY, "by": ours.section.by, "at": NOON, **ours.pair}
    return Task.objects.get(pk=together.send(organisation=firm, **(given | more)).pk)


def read(code: str, *, region: str = DISTRICT, days: int = 30) -> Reading:
    period = Period(NOON - days * DAY, NOON + DAY)
    return indicator(code=f"enforcement.{code}", cut=Cut(region), period=period, as_of=NOON + 9 * DAY)


def refused(act, *args, **given) -> Refused:
    with pytest.raises(Refused) as caught:
        act(*args, **given)
    assert "{" not in str(caught.value)
    return caught.value


@pytest.mark.feature("M332")
class TestBeforeOneGoes:
    def test_patrols_drawn_checks_months_of_the_plan_and_campaigns_of_the_firm_are_shown(
        self, ours: Bureau
    ) -> None:
        firm, other = add_firms(ours, 2, tags=("dust",))
        for each, days_ago in ((firm, 85), (other, 20)):
            Enterprise.objects.filter(pk=each.pk).update(created_at=NOON - 300 * DAY)
            visited(ours, each, days_ago=days_ago)
        campaign()
        assert due(ours, firm) == ["按企业等级巡查", "粉尘百日"]
        assert due(ours, other) == ["粉尘百日"]  # its patrol is ten weeks away
        checking.record_check(
            organisation=other,
            campaign=Campaign.objects.get().pk,
            **ours.pair,
            by=ours.officers[0].by,
            at=NOON,
        )
        assert due(ours, other) == []
        plan_of(ours, [firm])
        drawing.draw_checks(region=DISTRICT, count=1, by=ours.section.by, at=NOON - 25 * DAY)
        assert due(ours, firm) == ["按企业等级巡查", "双随机抽查", "粉尘百日"]

    def test_a_person_goes_together_or_alone_with_a_reason(self, ours: Bureau) -> None:
        firm = add_firms(ours, 1)[0]  # never patrolled: due
        told = refused(send, ours, firm)
        assert (told.code, told.field, told.facts["n"]) == (together.UNDECIDED, "decision", 1)
        assert refused(send, ours, firm, decision="alone").code == together.NO_REASON
        assert not Task.objects.exists()
        task = send(ours, firm, decision="alone", reason="举报核查，不能提前告知")
        row = Together.objects.get(task=task)
        assert (row.joint, row.merged, row.reason) == (False, 0, "举报核查，不能提前告知")
        assert [each["words"] for each in row.others] == ["按企业等级巡查"]

    def test_together_brings_the_others_along_and_ends_own_visits_to_the_same_firm(
        self, ours: Bureau
    ) -> None:
        firm = add_firms(ours, 1)[0]
        plan_of(ours, [firm])
        drawing.draw_checks(region=DISTRICT, count=1, by=ours.section.by, at=NOON - 25 * DAY)
        drawn = Task.objects.get()
        task = send(ours, firm, kind="campaign", partners="临港街道办事处，消防救援大队")
        drawn.item.refresh_from_db()
        assert drawn.item.state == "merged"
        assert task.partners == ["临港街道办事处", "消防救援大队"]
        assert Together.objects.get().merged == 2  # the draw and the patrol
        checking.record_check(
            organisation=firm, task=task.item, **ours.pair, by=ours.officers[0].by, at=NOON + DAY
        )
        assert Check.objects.get().partners == task.partners
        assert (read("merged").value, read("merge_rate").value, read("visits_saved").value) == (2, 100, 0)
        assert list(read("merged").rows) == [task.pk]
        assert read("merged", region=HILL).value == 0

    def test_a_drawn_visit_is_decided_on_its_page_or_when_it_is_recorded(self, ours: Bureau) -> None:
        firms = add_firms(ours, 2)
        plan_of(ours, firms)
        drawing.draw_checks(region=DISTRICT, count=2, by=ours.section.by, at=NOON)
        first, second = Task.objects.order_by("organisation__name")
        together.go_together(item=first.item, by=ours.section.by, at=NOON)
        first.refresh_from_db()
        assert first.partners == []  # the patrol is of the officers' own office
        given = {
            "organisation": second.organisation,
            "task": second.item,
            **ours.pair,
            "by": ours.officers[0].by,
            "at": NOON,
        }
        told = refused(checking.record_check, **given)
        assert (told.code, told.field) == (together.UNDECIDED, "alone_why")
        assert not Check.objects.exists()
        checking.record_check(**given, alone_why="抽查不预告")
        assert [row.joint for row in Together.objects.order_by("decided_at", "pk")] == [True, False]
        assert (read("merge_rate").value, read("merge_rate").base) == (50, 2)

    def test_where_nobody_else_is_due_nothing_is_asked(self, ours: Bureau) -> None:
        task = send(ours, ours.firm)  # without an archive nobody patrols it by class
        assert reads.undecided(task, at=NOON) == []
        assert (
            refused(together.go_together, item=task.item, by=ours.section.by, at=NOON).code == together.NOBODY
        )
        line = plan_of(ours, [ours.firm]).enforcement_checkplan.lines.get()
        told = refused(
            planning.assign, line=line, due_by=NOON + DAY, by=ours.section.by, at=NOON, **ours.pair
        )
        assert told.facts["words"] == "计划一般检查"  # the first one waits there already
        assert not Together.objects.exists()


@pytest.mark.feature("M332")
def test_a_firm_visited_more_often_in_a_month_than_the_rule_says_is_named_with_its_visits(
    ours: Bureau,
) -> None:
    firms = add_firms(ours, 2)
    days = (date(2026, 6, 29), date(2026, 7, 1), date(2026, 7, 2))
    given = [
        CheckGiven(day, QUAY, firm.name, firm, number=f"{firm.name}{day}", source="s")
        for firm in firms
        for day in days
    ]
    enter_checks(given, by=ours.section.by, at=NOON)
    assert (read("visited_often").value, read("visited_often").base) == (0, 2)  # two in July, one in June
    patrol = visited(ours, firms[0], days_ago=1)
    steps = apps.get_model("loop", "Step")
    steps.objects.create(
        item=patrol, act=patrol.pk, move="finish", target="finished", by="x", at=NOON, happened_at=NOON - DAY
    )
    reading = read("visited_often")
    assert (reading.value, reading.base) == (1, 2)
    own = set(
        Check.objects.filter(organisation=firms[0], checked_at__gte=NOON - 3 * DAY).values_list(
            "pk", flat=True
        )
    )
    assert set(reading.rows) == own | {patrol.pk}
