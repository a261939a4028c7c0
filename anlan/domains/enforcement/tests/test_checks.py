from datetime import date

import pytest

from anlan.domains.enforcement.actions import casework, checking, measures, officers, planning, referring
from anlan.domains.enforcement.actions.checking import Found
from anlan.domains.enforcement.models import Check, Measure, Referral, Task
from anlan.domains.enforcement.queries import plans
from anlan.domains.enforcement.rules import officers as rules
from anlan.domains.enforcement.tests.ground import (
    DAY,
    HOUR,
    Bureau,
    Danger,
    add_firms,
    bureau,
    certify,
    plan_of,
)
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.ids import new_id
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.papers.models import Paper
from tests.people import DISTRICT, NOON, add_person

pytestmark = pytest.mark.django_db
WRONG = Found("除尘风管积尘", category="dust")


@pytest.fixture
def ours() -> Bureau:
    return bureau()


def checked(ours: Bureau, *findings: Found, **more) -> WorkItem:
    given = {"organisation": ours.firm, "by": ours.officers[0].by, "at": NOON, **ours.pair}
    return checking.record_check(findings=findings, **(given | more))


def refused(act, *args, **given) -> str:
    with pytest.raises(Refused) as caught:
        act(*args, **given)
    assert "{" not in str(caught.value)
    return caught.value.code


@pytest.mark.feature("M022")
class TestACheck:
    def test_is_made_by_two_officers_with_a_certificate_of_the_day(self, ours: Bureau) -> None:
        alone = {"second_officer": ours.officers[0]}
        assert refused(checked, ours, **alone) == rules.SECOND
        new = add_person("新人", ours.here.street)
        assert refused(checked, ours, second_officer=new) == rules.NO_CERTIFICATE
        certify(new, "粤B1", until=date(2026, 7, 2))
        assert refused(checked, ours, second_officer=new) == rules.NO_CERTIFICATE
        yesterday = checked(ours, second_officer=new, happened_at=NOON - DAY)
        assert Check.objects.get(pk=yesterday.pk).certificates == ["粤A0000", "粤B1"]

    def test_is_not_made_by_somebody_with_an_interest(self, ours: Bureau) -> None:
        officers.recuse(
            person=ours.officers[1],
            organisation=ours.firm,
            why="股东",
            since=date(2026, 1, 1),
            by="service:test",
            at=NOON,
        )
        assert refused(checked, ours) == rules.RECUSED
        officers.recuse(person=ours.officers[2], organisation=ours.firm, why="已退股", since=date(2020, 1, 1),
                        until=date(2021, 1, 1), by="service:test", at=NOON)  # fmt: skip
        checked(ours, second_officer=ours.officers[2])

    def test_without_findings_is_concluded_at_once(self, ours: Bureau) -> None:
        item = checked(ours)
        item.refresh_from_db()
        assert item.state == "concluded"

    @pytest.mark.feature("M276")
    def test_finds_dangers_with_a_firm_a_date_and_an_order_of_both_officers(self, ours: Bureau) -> None:
        item = checked(ours, WRONG, Found("通道堵塞", category="exit"))
        dangers = list(Danger.objects.order_by("item__opened_at", "pk"))
        assert {(d.source, d.organisation_id, d.item.state) for d in dangers} == {
            ("enforcement", ours.firm.pk, "rectifying")
        }
        paper = Paper.objects.get(kind="dangers.rectification_order")
        assert paper.values["officers"] == "Bo、执法0"
        assert list(Check.objects.get(pk=item.pk).papers.all()) == [paper]
        assert refused(checking.conclude, item=item, by=ours.officers[0].by, at=NOON) == checking.STILL_OPEN
        assert checking.conclude_settled(region=DISTRICT, at=NOON) == 0
        WorkItem.objects.filter(pk__in=[d.pk for d in dangers]).update(closed_at=NOON, next_at=None)
        assert checking.conclude_settled(region=DISTRICT, at=NOON) == 1

    def test_may_be_concluded_when_what_is_left_stands_in_a_case(self, ours: Bureau) -> None:
        item = checked(ours, WRONG)
        casework.open_case(check=item, cause="积尘", **ours.pair, by=ours.officers[0].by, at=NOON)
        checking.conclude(item=item, by=ours.officers[0].by, at=NOON)

    def test_sent_twice_by_a_phone_is_one_visit(self, ours: Bureau) -> None:
        key = new_id()
        assert checked(ours, WRONG, key=key).pk == checked(ours, WRONG, key=key).pk
        assert (Check.objects.count(), Danger.objects.count()) == (1, 1)

    def test_asks_for_a_witness_of_a_refused_signature(self, ours: Bureau) -> None:
        assert refused(checked, ours, sign_how="refused") == checking.NO_WITNESS
        assert refused(checked, ours, Found(" ")) == checking.NO_TEXT
        assert refused(checked, ours, kind="made-up") == checking.BAD_KIND

    @pytest.mark.feature("M017")
    @pytest.mark.feature("M272")
    def test_keeps_experts_departments_and_what_the_firm_was(self, ours: Bureau) -> None:
        firm = add_firms(ours, 1, tags=("dust", "ammonia"))[0]
        row = Check.objects.get(
            pk=checked(
                ours, organisation=firm, experts="周专家，吴专家", partners="生态环境局", kind="full"
            ).pk
        )
        assert (row.experts, row.partners, row.tags, row.sector) == (
            ["周专家", "吴专家"],
            ["生态环境局"],
            ["ammonia", "dust"],
            "C2110",
        )

    def test_may_be_unannounced(self, ours: Bureau) -> None:
        row = Check.objects.get(pk=checked(ours, kind="unannounced").pk)
        assert row.kind_name() == "暗访暗查"

    @pytest.mark.feature("M117")
    def test_looks_at_the_firms_own_control(self, ours: Bureau) -> None:
        assert Check.objects.get(pk=checked(ours, prevention="paper").pk).prevention == "paper"


@pytest.mark.feature("M015")
@pytest.mark.feature("M379")
class TestThePlan:
    def test_counts_firms_checked_not_visits(self, ours: Bureau) -> None:
        firms = add_firms(ours, 4)
        item = plan_of(ours, firms)
        for firm in (firms[0], firms[0], firms[1]):
            checked(ours, organisation=firm)
        plan = item.enforcement_checkplan
        done = plans.checked_firms(plan, start=NOON - 100 * DAY, end=NOON + DAY, as_of=NOON)
        (street,) = plans.by_street(plan, checked=done)
        assert (street.planned, street.checked, street.key_planned) == (4, 2, 0)
        assert street.share == 50

    def test_is_approved_by_another_and_not_without_firms(self, ours: Bureau) -> None:
        item = planning.draft_plan(year=2026, region=DISTRICT, by=ours.section.by, at=NOON)
        assert (
            refused(planning.approve, item=item, approval="1", by=ours.chief.by, at=NOON) == planning.NO_LINES
        )
        assert (
            refused(planning.draft_plan, year=2026, region=DISTRICT, by=ours.section.by, at=NOON)
            == planning.PLANNED_ALREADY
        )

    def test_gives_a_firm_to_two_officers_whose_visit_fulfils_it(self, ours: Bureau) -> None:
        firm = add_firms(ours, 1)[0]
        plan = plan_of(ours, [firm], kind="key").enforcement_checkplan
        planning.assign(
            line=plan.lines.get(),
            **ours.pair,
            due_by=NOON + 9 * DAY,
            by=ours.section.by,
            at=NOON,
            partners="消防",
        )
        item = checked(ours, organisation=firm)
        task = Task.objects.get()
        assert (task.item.state, task.check_row.pk) == ("checked", item.pk)
        assert Check.objects.get().partners == ["消防"]
        assert refused(checked, ours, organisation=firm, task=task.item) == checking.NO_TASK


@pytest.mark.feature("M392")
class TestAMeasure:
    def impose(self, ours: Bureau, **more) -> WorkItem:
        given = {
            "kind": "seal",
            "what": "喷漆房",
            "organisation": ours.firm,
            "by": ours.officers[0].by,
            "at": NOON,
            **ours.pair,
        }
        return measures.impose(**(given | more))

    def test_of_sealing_holds_thirty_days_and_is_prolonged_once(self, ours: Bureau) -> None:
        item = self.impose(ours)
        row = Measure.objects.get(pk=item.pk)
        assert (row.due_by - NOON).days == 30
        assert item.due_at == row.due_by
        assert refused(self.impose, ours, until=NOON + 31 * DAY) == measures.TOO_LONG
        prolonging = {"item": item, "reason": "检测", "by": ours.chief.by, "at": NOON + DAY}
        assert refused(measures.prolong, until=row.due_by + 31 * DAY, **prolonging) == measures.TOO_LONG
        measures.prolong(until=row.due_by + 30 * DAY, **prolonging)
        assert refused(measures.prolong, until=row.due_by + 35 * DAY, **prolonging) == measures.ONCE

    def test_of_suspension_names_its_day_and_is_lifted_by_two(self, ours: Bureau) -> None:
        assert refused(self.impose, ours, kind="suspension") == measures.NO_DATE
        item = self.impose(ours, kind="suspension", until=NOON + 10 * DAY)
        lifting = {"item": item, "reason": "整改合格", "by": ours.officers[0].by, "at": NOON + DAY}
        assert refused(measures.lift, second_officer=ours.officers[0].by, **lifting) == rules.SECOND
        measures.lift(second_officer=ours.officers[1].by, **lifting)
        item.refresh_from_db()
        assert item.state == "lifted"


@pytest.mark.feature("M373")
class TestAReferral:
    def test_has_a_receipt_and_an_answer_and_hides_the_names(self, ours: Bureau) -> None:
        item = referring.refer(offence="重大责任事故罪", to="区公安分局", organisation=ours.firm, persons=2, names="甲\n乙",
                               by=ours.officers[0].by, at=NOON)  # fmt: skip
        assert item.due_at == NOON + 72 * HOUR
        referring.receipted(item=item, receipt="接字1号", by=ours.officers[0].by, at=NOON + DAY)
        referring.taken(item=item, answer="公刑立字〔2026〕1号", by=ours.officers[0].by, at=NOON + 9 * DAY)
        row = Referral.objects.get(pk=item.pk)
        assert (row.receipt, row.answer, row.names) == ("接字1号", "公刑立字〔2026〕1号", "甲\n乙")
        paper = Paper.objects.get(kind="enforcement.referral")
        assert paper.values["persons"] == 2
        assert "甲" not in str(paper.values)
        assert (
            refused(referring.refer, offence=" ", to="x", by=ours.officers[0].by, at=NOON)
            == referring.NO_OFFENCE
        )
