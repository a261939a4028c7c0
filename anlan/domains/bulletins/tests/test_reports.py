"""A report from its first words to the archive: counted numbers, changed words, signatures, approval, number, scan."""

import io
from datetime import date
from decimal import Decimal

import pytest
from docx import Document

from anlan.domains.bulletins.actions import drafting, editing, issuing
from anlan.domains.bulletins.actions.annex import give
from anlan.domains.bulletins.models import Contradiction, Number, Opening, Share
from anlan.domains.bulletins.queries.reports import (
    chain_of,
    facts_of,
    findings_of,
    left_out,
    previous_of,
    standing,
    visible_reports,
)
from anlan.domains.bulletins.rules.templates import templates
from anlan.domains.bulletins.tests.ground import DAY, JUNE, danger, handed, monthly, office, said
from anlan.kernel.core import attachments
from anlan.kernel.core.errors import Refused
from anlan.kernel.indicators import spans
from anlan.kernel.indicators.queries import indicator
from anlan.kernel.indicators.spec import Cut, Period
from anlan.kernel.ledger.models import Entry
from anlan.kernel.loop.actions import move
from anlan.kernel.loop.evidence import Given
from anlan.kernel.loop.queries import my_worklist
from anlan.kernel.loop.sweep import sweep
from anlan.kernel.papers.queries import bytes_of
from tests.people import DISTRICT, NOON, TERRACE, District, add_duty

pytestmark = pytest.mark.django_db


class TestAnEditor:
    def test_may_change_words_and_the_numbers_go_with_them(self, here: District) -> None:
        writer = office(here)
        danger(here)
        report = monthly(here, writer)
        whole = said(report, "whole")
        found = editing.reword(paragraph=whole, text="据统计，" + whole.text, by=writer.by, at=NOON)
        assert found.typed == ()
        whole.refresh_from_db()
        number = standing(report).get(slot="found", paragraph=whole)
        assert whole.text[number.start : number.end] == "1"
        assert whole.wordings.count() == 1
        assert Entry.objects.filter(code="bulletins.reworded").exists()

    def test_who_changes_a_number_says_why_and_it_stays_flagged(self, here: District) -> None:
        writer = office(here)
        danger(here)
        report = monthly(here, writer)
        whole = said(report, "whole")
        text = whole.text.replace("发现隐患1项", "发现隐患一百二十项")
        with pytest.raises(Refused) as refusal:
            editing.reword(paragraph=whole, text=text, by=writer.by, at=NOON)
        assert (refusal.value.code, refusal.value.field) == ("bulletins.typed_number", "reason")
        assert "一百二十（原为1）" in str(refusal.value)
        editing.reword(paragraph=whole, text=text, by=writer.by, at=NOON, reason="含部门自查")
        typed = standing(report).get(kind="typed")
        assert (typed.printed, typed.reason, typed.slot) == ("一百二十", "含部门自查", "found")
        assert [one.printed for one in chain_of(typed)] == ["1"]
        assert facts_of(standing(report).filter(paragraph=whole))["found"].value == 120

    def test_a_number_that_breaks_a_sum_is_wrong_and_keeps_the_text_from_being_handed_in(
        self, here: District
    ) -> None:
        writer = office(here)
        danger(here), danger(here, TERRACE)
        report = monthly(here, writer)
        table = report.paragraphs.get(key="streets")
        Number.objects.filter(paragraph=table, slot="found").update(value=Decimal(3))
        Number.objects.filter(paragraph__key="whole", slot="found").update(value=Decimal(3))
        drafting.note_findings(report, at=NOON)
        assert [one.verdict for one in findings_of(report)][:1] == ["wrong"]
        with pytest.raises(Refused) as refusal:
            issuing.hand_in(item=report.item, by=writer.by, at=NOON)
        assert refusal.value.code == "bulletins.wrong"
        assert Contradiction.objects.filter(verdict="wrong").count() == 1

    def test_a_number_that_says_otherwise_than_the_table_is_another_scope(self, here: District) -> None:
        writer = office(here)
        danger(here)
        report = monthly(here, writer)
        whole = said(report, "whole")
        text = whole.text.replace("发现隐患1项", "发现隐患3项")
        editing.reword(paragraph=whole, text=text, by=writer.by, at=NOON, reason="含部门自查")
        (finding,) = findings_of(report)
        assert (finding.relation.code, finding.verdict) == ("same.found", "scope")
        editing.explain(item=report.item, key=finding.key, note="文中含部门自查", by=writer.by, at=NOON)
        assert findings_of(report) == []

    def test_a_number_left_out_of_the_text_is_told_with_whoever_did_it(self, here: District) -> None:
        writer = office(here)
        danger(here)
        report = monthly(here, writer)
        whole = said(report, "whole")
        text = whole.text.replace("发现隐患1项", "发现隐患一起")  # not a count, as 一起推进 is none
        editing.reword(paragraph=whole, text=text, by=writer.by, at=NOON)
        (gone,) = left_out(report)
        assert (gone.slot, gone.printed, gone.gone_by) == ("found", "1", writer.by)
        entry = Entry.objects.get(code="bulletins.number_left_out")
        assert entry.facts["dropped"] == "发现隐患1"

    def test_two_scopes_want_a_note_and_are_silent_afterwards(self, here: District) -> None:
        writer = office(here, "work_plan_office")
        danger(here)
        report = monthly(here, writer, template="half_year")
        whole = said(report, "dangers")
        Number.objects.create(
            paragraph=whole,
            slot="visited",
            printed="9",
            kind="count",
            label="巡查企业家数",
            value=9,
            unit="家",
            by="x",
            at=NOON,
        )
        Number.objects.create(
            paragraph=whole,
            slot="visits",
            printed="8",
            kind="count",
            label="巡查企业",
            value=8,
            unit="家次",
            by="x",
            at=NOON,
        )
        (finding,) = findings_of(report)
        assert finding.verdict == "scope"
        with pytest.raises(Refused) as refusal:
            issuing.hand_in(item=report.item, by=writer.by, at=NOON)
        assert refusal.value.code == "bulletins.scope"
        with pytest.raises(Refused) as refusal:
            editing.explain(item=report.item, key=finding.key, note=" ", by=writer.by, at=NOON)
        assert refusal.value.field == "note"
        editing.explain(item=report.item, key=finding.key, note="家数含部门巡查", by=writer.by, at=NOON)
        assert findings_of(report) == []

    def test_of_another_office_and_of_a_handed_in_text_is_refused(self, here: District) -> None:
        writer = office(here)
        report = handed(here, writer)
        whole = said(report, "whole")
        with pytest.raises(Refused) as refusal:
            editing.reword(paragraph=whole, text="改", by=writer.by, at=NOON)
        assert refusal.value.code == "bulletins.not_draft"


class TestSigningAndApproval:
    def test_every_office_is_asked_once_and_signs_its_parts(self, here: District) -> None:
        writer = office(here, "work_plan_office")
        safety, flood, chief = (office(here, kind, kind) for kind in ("safety_section", "flood_office_head", "watch_chief"))  # fmt: skip
        report = monthly(here, writer, template="half_year")
        assert Share.objects.filter(report=report).count() == 4
        assert [item.loop for item in my_worklist(safety, at=NOON)] == ["bulletins.share"]
        with pytest.raises(Refused) as refusal:
            issuing.hand_in(item=report.item, by=writer.by, at=NOON)
        assert refusal.value.code == "bulletins.unsigned"
        for person in (safety, flood, chief):
            move(item=my_worklist(person, at=NOON)[0], name="sign", by=person.by, at=NOON)
        issuing.hand_in(item=report.item, by=writer.by, at=NOON)  # the writer's own part is signed with it
        assert report.item.state == "handed_in"

    def test_a_changed_text_is_signed_again(self, here: District) -> None:
        writer = office(here)
        report = monthly(here, writer)
        share = Share.objects.get(report=report)
        move(item=share.item, name="sign", by=writer.by, at=NOON)
        editing.reword(paragraph=said(report, "next"), text="改了的要求。", by=writer.by, at=NOON)
        share.item.refresh_from_db()
        assert share.item.state == "asked"

    def test_whoever_wrote_it_does_not_approve_it(self, here: District) -> None:
        writer = office(here)
        add_duty(writer, "bureau_chief", DISTRICT)
        report = handed(here, writer)
        with pytest.raises(Refused) as refusal:
            issuing.approve(item=report.item, by=writer.by, at=NOON)
        assert refusal.value.code == "loop.second_person"

    def test_the_papers_of_the_watch_go_to_the_watch_chief(self, here: District) -> None:
        writer, chief = office(here, "watch_officer"), office(here, "watch_chief", "Lin")
        report = monthly(here, writer, template="daily_sheet", day=date(2026, 7, 2))
        with pytest.raises(Refused) as refusal:
            issuing.hand_in(item=report.item, by=writer.by, at=NOON)
        assert refusal.value.code == "bulletins.other_way"
        issuing.hand_to_watch(item=report.item, by=writer.by, at=NOON)
        assert issuing.approve(item=report.item, by=chief.by, at=NOON).target == "approved"


@pytest.mark.feature("M361")
class TestIssuing:
    def test_takes_the_next_number_and_keeps_the_document(self, here: District) -> None:
        writer, chief = office(here), office(here, "bureau_chief", "Chen")
        danger(here)
        report = handed(here, writer)
        issuing.approve(item=report.item, by=chief.by, at=NOON)
        issuing.issue(item=report.item, by=writer.by, at=NOON)
        report.refresh_from_db()
        assert (report.number, report.paper.number) == ("〔2026〕第1期", "〔2026〕第1期")
        document = Document(io.BytesIO(bytes_of(report.paper)))
        text = [each.text for each in document.paragraphs]
        assert {"〔2026〕第1期", report.title, "一、总体形势", "安澜区应急管理局", "2026年7月3日"} <= set(
            text
        )
        assert any("发现隐患1项" in line for line in text)
        heads = [[cell.text for cell in table.rows[0].cells] for table in document.tables]
        assert ["序号", "数字", "名称和口径", "时段", "截至", "基数", "来源"] in heads
        kinds = {
            part.partname.split("/")[2]
            for part in document.part.package.iter_parts()
            if "chart" in part.partname
        }
        assert kinds == {"charts", "embeddings"}

    def test_of_a_red_head_document_brings_number_and_scan_from_the_office_system(
        self, here: District
    ) -> None:
        writer, chief = office(here, "work_plan_office"), office(here, "bureau_chief", "Chen")
        for kind in ("safety_section", "flood_office_head", "watch_chief"):
            add_duty(writer, kind, DISTRICT)
        report = monthly(here, writer, template="half_year")
        issuing.hand_in(item=report.item, by=writer.by, at=NOON)
        issuing.approve(item=report.item, by=chief.by, at=NOON)
        with pytest.raises(Refused) as refusal:
            issuing.issue(item=report.item, by=writer.by, at=NOON)
        assert refusal.value.code == "bulletins.in_oa"
        scan = Given(
            "file", file=attachments.keep(data=b"%PDF-1.4", media_type="application/pdf", by=writer.by)
        )
        issuing.enter_number(
            item=report.item, number="安应急〔2026〕18号", by=writer.by, at=NOON, evidence=[scan]
        )
        report.refresh_from_db()
        assert (report.number, report.scan_id, report.paper) == ("安应急〔2026〕18号", scan.file.pk, None)

    def test_goes_to_the_archive_by_itself_and_stands_beside_the_next_one(self, here: District) -> None:
        writer, chief = office(here), office(here, "bureau_chief", "Chen")
        report = handed(here, writer)
        issuing.approve(item=report.item, by=chief.by, at=NOON)
        issuing.issue(item=report.item, by=writer.by, at=NOON)
        sweep(exercise_id=None, at=NOON + 31 * DAY, limit=100)
        report.item.refresh_from_db()
        assert report.item.state == "archived"
        july = monthly(here, writer, day=date(2026, 7, 31), at=NOON + 31 * DAY)
        assert july.previous == report
        kind = templates()["monthly_analysis"]
        assert (
            previous_of(template=kind, span=spans.month(2026, 5), region=DISTRICT, exercise_id=None) is None
        )

    def test_given_up_needs_nobodys_signature_any_more(self, here: District) -> None:
        writer = office(here)
        report = monthly(here, writer)
        issuing.give_up(item=report.item, by=writer.by, at=NOON, reason="并入半年总结")
        assert [share.item.state for share in Share.objects.filter(report=report)] == ["void"]


class TestOneFactEnteredOnce:
    def test_stands_in_the_daily_sheet_the_month_and_the_half_year(self, here: District) -> None:
        watch, plan = office(here, "watch_officer"), office(here, "work_plan_office", "Pia")
        safety = office(here, "safety_section", "Sam")
        item = danger(here, days=5)
        found = {
            "daily_sheet": (watch, date(2026, 6, 28), "daily", "新登记隐患1项"),
            "monthly_analysis": (safety, JUNE, "whole", "发现隐患1项"),
            "half_year": (plan, JUNE, "dangers", "发现隐患1项"),
        }
        for template, (writer, day, key, words) in found.items():
            report = monthly(here, writer, template=template, day=day)
            assert words in said(report, key).text, template
            number = standing(report).get(slot="found", paragraph__key=key)
            assert number.rows == [str(item.pk)]


class TestTheNumbersOfReports:
    PERIOD = Period(NOON - 30 * DAY, NOON + DAY)

    def read(self, code: str) -> Decimal | None:
        return indicator(
            code=f"bulletins.{code}", cut=Cut(DISTRICT), period=self.PERIOD, as_of=NOON + DAY
        ).value

    def test_count_issues_openings_and_findings(self, here: District) -> None:
        writer, chief = office(here), office(here, "bureau_chief", "Chen")
        report = handed(here, writer)
        issuing.approve(item=report.item, by=chief.by, at=NOON)
        issuing.issue(item=report.item, by=writer.by, at=NOON)
        number = standing(report)[0]
        for at in (NOON, NOON, NOON + DAY / 2):
            editing.note_opened(number=number, by=chief.by, at=at)
        assert Opening.objects.count() == 2 - (
            NOON.astimezone().date() == (NOON + DAY / 2).astimezone().date()
        )
        Contradiction.objects.create(report=report, key="k", verdict="wrong", words="…", at=NOON)
        assert [
            self.read(code) for code in ("issued", "letters", "orders", "wrong_findings", "scope_notes")
        ] == [1, 0, 0, 1, 0]
        assert self.read("numbers_opened") >= 1


class TestWhoSeesAReport:
    def test_its_own_region_always_a_street_once_it_is_issued(self, here: District) -> None:
        writer, chief = office(here), office(here, "bureau_chief", "Chen")
        report = handed(here, writer)
        assert list(visible_reports(writer, at=NOON)) == [report]
        assert list(visible_reports(here.owner, at=NOON)) == []
        issuing.approve(item=report.item, by=chief.by, at=NOON)
        issuing.issue(item=report.item, by=writer.by, at=NOON)
        assert list(visible_reports(here.owner, at=NOON)) == [report]
        assert list(visible_reports(here.manager, at=NOON)) == []

    def test_the_annex_gives_the_rows_behind_each_number_to_its_readers(self, here: District) -> None:
        writer = office(here)
        item = danger(here)
        report = monthly(here, writer)
        rows = list(give(person=writer.pk, filters={"report": str(report.pk)}))
        assert any(row[11] == str(item.pk) and row[5] == "dangers.found" for row in rows)
        assert list(give(person=here.owner.pk, filters={"report": str(report.pk)})) == []
