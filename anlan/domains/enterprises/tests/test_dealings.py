"""Between firm and bureau: plan filings with two clocks, commitments, self-checks, own reports, comparisons."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest

from anlan.domains.enterprises.actions import comparing, filing, selfwork
from anlan.domains.enterprises.actions.registering import register, set_status
from anlan.domains.enterprises.models import (
    Commitment,
    Comparison,
    Enterprise,
    Finding,
    PlanFiling,
    SelfCheck,
    SelfReport,
    SourceRow,
    Tag,
)
from anlan.domains.enterprises.queries import lists
from anlan.domains.enterprises.tests.firms import Archive, archive, code, elsewhere
from anlan.kernel.core import attachments
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.workdays import end_of, local_day
from anlan.kernel.indicators.queries import indicator
from anlan.kernel.indicators.spec import Cut, Period
from anlan.kernel.loop.actions import move
from anlan.kernel.loop.evidence import Given
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.loop.sweep import sweep
from tests.people import DISTRICT, HARBOUR, HILL, NOON, QUAY

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def paper(name: str) -> Given:
    return Given("file", file=attachments.keep(data=name.encode(), media_type="application/pdf", name=f"{name}.pdf", by="service:test"))  # fmt: skip


def plan(it: Archive, issued_on: date = date(2026, 7, 1)) -> WorkItem:
    return filing.open_filing(
        firm=it.firm, plan_name="综合应急预案", issued_on=issued_on, by=it.here.manager.by, at=NOON
    )


def settle_sweep(at: datetime) -> None:
    while sweep(exercise_id=None, at=at):
        pass


class TestPlanFiling:
    def test_the_firm_has_twenty_working_days_from_the_day_of_issue(self) -> None:
        it = archive()
        item = plan(it)
        assert (item.state, item.due_at, item.charge_org) == ("due", end_of(date(2026, 7, 29)), it.here.firm)
        with pytest.raises(Refused):
            plan(it, date(2026, 7, 4))

    def test_the_bureau_tells_once_what_lacks_and_then_files(self) -> None:
        it = archive()
        item = plan(it)
        filing.submit(item=item, by=it.here.manager.by, at=NOON, evidence=[paper("plan"), paper("review")])
        record = PlanFiling.objects.get(pk=item.pk)
        assert item.due_at == record.check_by == end_of(date(2026, 7, 10))
        assert set(record.papers) == {"plan", "review"}
        filing.tell_what_lacks(
            item=item, lacks="风险评估报告；应急资源调查", by=it.here.owner.by, at=NOON + DAY
        )
        record.refresh_from_db()
        assert (record.lacks, record.notices, item.charge_org) == (
            ["风险评估报告", "应急资源调查"],
            1,
            it.here.firm,
        )
        filing.complete(
            item=item, by=it.here.manager.by, at=NOON + 3 * DAY, evidence=[paper("risk_assessment")]
        )
        with pytest.raises(Refused):
            filing.tell_what_lacks(item=item, lacks="还缺", by=it.here.owner.by, at=NOON + 3 * DAY)
        filing.take_on_file(item=item, by=it.here.owner.by, at=NOON + 4 * DAY)
        record = PlanFiling.objects.select_related("item").get(pk=item.pk)
        assert record.item.state == "filed" and record.receipt.startswith("YABA-440399001-2026-")

    def test_silence_after_five_working_days_counts_as_filed(self) -> None:
        it = archive()
        item = plan(it)
        filing.submit(item=item, by=it.here.manager.by, at=NOON, evidence=[paper("plan")])
        settle_sweep(end_of(date(2026, 7, 10)) - timedelta(minutes=1))
        item.refresh_from_db()
        assert item.state == "submitted"
        settle_sweep(end_of(date(2026, 7, 10)) + timedelta(minutes=1))
        record = PlanFiling.objects.select_related("item").get(pk=item.pk)
        assert record.item.state == "filed" and record.receipt
        assert Step.objects.filter(item=item).order_by("-at", "-pk")[0].move == "by_silence"

    def test_an_empty_envelope_is_refused_and_a_firm_does_not_file_itself(self) -> None:
        it = archive()
        item = plan(it)
        with pytest.raises(Refused):
            filing.submit(item=item, by=it.here.manager.by, at=NOON)
        filing.submit(item=item, by=it.here.manager.by, at=NOON, evidence=[paper("scan"), paper("scan2")])
        assert set(PlanFiling.objects.get(pk=item.pk).papers) == {"application", "review"}
        with pytest.raises(Refused):
            filing.take_on_file(item=item, by=it.here.manager.by, at=NOON)
        with pytest.raises(Refused):
            filing.tell_what_lacks(item=item, lacks=" ； ", by=it.here.owner.by, at=NOON)


class TestSelfWork:
    @pytest.mark.feature("M271")
    def test_a_commitment_by_a_patroller_is_marked_as_entered_for_the_firm(self) -> None:
        it = archive()
        selfwork.post_commitment(firm=it.firm, text="今日装置运行正常", by=it.here.manager.by, at=NOON)
        selfwork.post_commitment(firm=it.firm, text="今日停产", by=it.here.owner.by, at=NOON + DAY)
        own, helped = Commitment.objects.order_by("posted_at")
        assert (own.entered_for, helped.entered_for) == ("", f"enterprise:{it.firm.pk}")
        for wrong in ({"text": " "}, {"text": "x", "start": date(2026, 7, 2), "end": date(2026, 7, 1)}):
            with pytest.raises(Refused):
                selfwork.post_commitment(firm=it.firm, by=it.here.manager.by, at=NOON, **wrong)

    @pytest.mark.feature("M073", "M098")
    def test_each_post_checks_itself_in_its_rhythm_once_a_period(self) -> None:
        it = archive()
        for level, name in (("principal", "厂长"), ("workshop", "打磨车间"), ("key_post", "除尘岗位")):
            selfwork.set_post(firm=it.firm, level=level, name=name, by=it.here.manager.by, at=NOON)
        assert selfwork.due_round(region=DISTRICT, at=NOON) == 3
        assert selfwork.due_round(region=DISTRICT, at=NOON) == 0
        assert selfwork.open_due(at=NOON + DAY) == 1  # the key post's next day
        due = {c.post.level: local_day(c.due_by) for c in SelfCheck.objects.filter(start__lte=date(2026, 7, 3)).select_related("post")}  # fmt: skip
        assert due == {
            "key_post": date(2026, 7, 4),
            "workshop": date(2026, 7, 6),
            "principal": date(2026, 8, 1),
        }

    @pytest.mark.feature("M098")
    def test_a_self_check_is_written_down_by_the_firm_or_for_it_and_misses_by_itself(self) -> None:
        it = archive()
        selfwork.set_post(firm=it.firm, level="key_post", name="除尘岗位", by=it.here.manager.by, at=NOON)
        for back in range(3):
            selfwork.open_due(at=NOON + back * DAY)
        first, second, third = WorkItem.objects.filter(loop="enterprises.self_check").order_by("opened_at")
        selfwork.do_check(item=first, found=2, by=it.here.manager.by, at=NOON)
        selfwork.do_check(item=second, found="0", by=it.here.owner.by, at=NOON + DAY)
        assert [c.entered_for for c in SelfCheck.objects.order_by("start")][:2] == [
            "",
            f"enterprise:{it.firm.pk}",
        ]
        assert sorted(SelfReport.objects.values_list("found", flat=True)) == [0, 2]
        with pytest.raises(Refused):
            selfwork.do_check(item=third, found="many", by=it.here.manager.by, at=NOON + 2 * DAY)
        with pytest.raises(Refused):
            selfwork.do_check(item=third, found=0, by=it.here.outsider.by, at=NOON + 2 * DAY)
        settle_sweep(NOON + 12 * DAY)
        third.refresh_from_db()
        assert third.state == "missed"

    @pytest.mark.feature("M269")
    def test_who_reports_nothing_for_ninety_days_is_listed_by_itself(self) -> None:
        it = archive()
        other = elsewhere(it.here)
        asked = lists.Asked(view="long_zero")
        assert not lists.found(it.here.owner, asked, at=NOON + 89 * DAY)
        assert list(lists.found(it.here.owner, asked, at=NOON + 91 * DAY)) == [it.firm]
        selfwork.report_own(firm=it.firm, found=0, by=it.here.manager.by, at=NOON + 50 * DAY)
        assert list(lists.found(it.here.owner, asked, at=NOON + 91 * DAY)) == [it.firm], (
            "a nil return is none"
        )
        selfwork.report_own(firm=it.firm, danger=uuid4(), by=it.here.manager.by, at=NOON + 60 * DAY)
        assert not lists.found(it.here.owner, asked, at=NOON + 91 * DAY)
        assert list(lists.found(it.here.outsider, asked, at=NOON + 91 * DAY)) == [other]


ROWS = {
    "business_register": [
        {"name": "海风家具有限公司", "uscc": "", "address": "临港街道码头路8号"},
        {"name": "新到五金加工厂", "uscc": code(31), "address": "临港街道后街2号"},
    ],
    "power": [
        {"name": "新到五金", "uscc": code(31), "address": "后街2号", "status": "在用"},
        {"name": "海风家具厂", "address": "码头路8号"},
        {"name": "海风家具厂", "address": "码头路8号"},
        {"name": "", "address": "无名户"},
        {"name": "夜间打磨点", "address": "后街巷尾"},
    ],
}


@pytest.mark.feature("M066", "M067")
class TestComparing:
    def run(self, it: Archive) -> Comparison:
        given = [comparing.Given(source, f"{source}.csv", rows) for source, rows in ROWS.items()]
        return comparing.compare(name="七月比对", region=HARBOUR, lists=given, by=it.here.owner.by, at=NOON)

    def test_rows_become_findings_with_the_reason_of_each(self) -> None:
        it = archive()
        run = self.run(it)
        found = {f.name: f for f in Finding.objects.filter(comparison=run)}
        assert found["海风家具有限公司"].enterprise_id == it.firm.pk
        assert found["新到五金加工厂"].sources == ["business_register", "power"]
        assert found["夜间打磨点"].verdict == "missing"
        assert SourceRow.objects.count() == 5, "a doubled row and one without a name are not kept"
        assert run.counts["rows"] == 5

    def test_a_person_settles_and_the_lists_come_out(self) -> None:
        it = archive()
        run = self.run(it)
        new, hidden = Finding.objects.filter(comparison=run, verdict="missing").order_by("-uscc")
        comparing.settle(finding=new, as_what="registered", by=it.here.owner.by, at=NOON)
        comparing.settle(
            finding=hidden, as_what="scattered_poor", words="无牌无证", by=it.here.owner.by, at=NOON
        )
        assert Enterprise.objects.get(organisation__uscc=code(31)).origin == "comparison"
        assert Tag.objects.get(kind="scattered_poor").enterprise.organisation.name == "夜间打磨点"
        with pytest.raises(Refused):
            comparing.settle(finding=new, as_what="gone", by=it.here.owner.by, at=NOON)
        assert list(lists.found(it.here.owner, lists.Asked(tag="scattered_poor"), at=NOON).values_list("organisation__name", flat=True)) == ["夜间打磨点"]  # fmt: skip

    def test_another_street_neither_compares_nor_settles(self) -> None:
        it = archive()
        run = self.run(it)
        with pytest.raises(Refused):
            comparing.compare(name="x", region=HARBOUR, lists=[], by=it.here.outsider.by, at=NOON)
        with pytest.raises(Refused):
            comparing.settle(
                finding=Finding.objects.filter(comparison=run)[0],
                as_what="gone",
                by=it.here.outsider.by,
                at=NOON,
            )
        with pytest.raises(Refused):
            comparing.settle(
                finding=Finding.objects.filter(comparison=run)[0],
                as_what="matched",
                by=it.here.owner.by,
                at=NOON,
            )


class TestNumbers:
    def read(self, name: str, region: str = DISTRICT, at: datetime = NOON + DAY) -> tuple[object, int]:
        period = Period(NOON - 30 * DAY, at)
        read = indicator(code=f"enterprises.{name}", cut=Cut(region), period=period, as_of=at)
        return read.value, read.base

    def test_numbers_are_counted_from_the_history(self) -> None:
        it = archive()
        elsewhere(it.here)
        register(name="第二家", region=QUAY, by=it.here.owner.by, at=NOON)
        assert self.read("in_operation") == (3, 3)
        assert self.read("in_operation", HILL) == (1, 1)
        assert self.read("profile_rate") == (0, 3)
        assert self.read("standardisation_valid")[1] == 3
        assert self.read("certificates_overdue") == (0, 0)
        assert self.read("colour_red") == (0, 0)
        assert self.read("major_installations") == (0, 0)

    def test_a_late_change_does_not_change_what_was_known_before(self) -> None:
        it = archive()
        set_status(
            firm=it.firm, status="closed", why="", by=it.here.owner.by, at=NOON + 2 * DAY, happened_at=NOON
        )
        assert self.read("in_operation", at=NOON + DAY) == (1, 1)
        assert self.read("in_operation", at=NOON + 3 * DAY) == (0, 0)


def test_moves_are_refused_to_strangers_by_the_loop_itself() -> None:
    it = archive()
    item = plan(it)
    with pytest.raises(Refused):
        move(item=item, name="submit", by=it.here.outsider.by, at=NOON)
