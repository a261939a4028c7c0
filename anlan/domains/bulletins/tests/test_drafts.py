"""A report as it is first written: counted numbers with their sources, and words where there are none."""

import io
from datetime import date

import pytest
from docx import Document

from anlan.domains.bulletins.actions import issuing
from anlan.domains.bulletins.actions.text import Part, Text
from anlan.domains.bulletins.models import Report
from anlan.domains.bulletins.queries import gathering
from anlan.domains.bulletins.queries.behind import lines_behind, rows_of
from anlan.domains.bulletins.queries.gathering import Gathering
from anlan.domains.bulletins.queries.reports import (
    findings_of,
    standing,
)
from anlan.domains.bulletins.rules.templates import Slot, templates
from anlan.domains.bulletins.rules.writing import write
from anlan.domains.bulletins.tests.ground import DAY, JUNE, danger, monthly, office, said
from anlan.domains.bulletins.tests.ground import campaign as start
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.ids import new_id
from anlan.kernel.indicators import comparing, counting, spans
from anlan.kernel.indicators.spec import Cut
from tests.people import DISTRICT, HARBOUR, HILL, NOON, TERRACE, District

pytestmark = pytest.mark.django_db


class TestADraft:
    def test_prints_what_was_counted_and_says_where_each_number_comes_from(self, here: District) -> None:
        writer = office(here)
        rows = [danger(here), danger(here, TERRACE, 12)]
        report = monthly(here, writer)
        assert report.title == "安澜区安全生产形势分析（2026年6月）"
        text = said(report, "whole").text
        assert "发现隐患2项" in text
        found = standing(report).get(slot="found", paragraph__key="whole")
        assert text[found.start : found.end] == found.printed == "2"
        assert (found.kind, found.code, found.version, found.base) == ("indicator", "dangers.found", 1, 2)
        assert (found.first, found.last, found.as_of) == (date(2026, 6, 1), JUNE, NOON)
        assert set(found.rows) == {str(row.pk) for row in rows}

    def test_says_that_there_is_no_data_and_never_a_nought(self, here: District) -> None:
        report = monthly(here, office(here))
        text = "".join(report.paragraphs.values_list("text", flat=True))
        assert "巡查企业、发现隐患、隐患整改率：无数据。" in text
        assert "发现隐患0" not in text

    @pytest.mark.feature("M362", "M363", "M443")
    def test_every_number_of_every_template_stands_where_it_says(self, here: District) -> None:
        people = {kind: office(here, kind, kind) for kind in ("work_plan_office", "flood_office_head", "watch_officer", "watch_chief", "safety_section")}  # fmt: skip
        danger(here)
        for code, kind in templates().items():
            writer = next(people[one] for one in kind.writers if one in people)
            asks = {ask.name: f"{ask.label}若干" for ask in kind.asks}
            campaign = (new_id(), "演示专项行动") if kind.by else None
            report = monthly(here, writer, template=code, given=asks, campaign=campaign)
            for number in standing(report).exclude(start=None):
                assert number.paragraph.text[number.start : number.end] == number.printed, code
            assert Document(io.BytesIO(issuing.document(report, title=report.title, number="", at=NOON))), (
                code
            )

    def test_of_a_street_that_adds_up_has_no_finding_and_its_table_is_numbers(self, here: District) -> None:
        danger(here), danger(here, TERRACE)
        report = monthly(here, office(here))
        cells = {n.slot: n.value for n in standing(report).filter(slot__startswith="found@")}
        assert sum(cells.values()) == 2
        assert [one for one in findings_of(report) if one.verdict == "wrong"] == []

    def test_is_written_once_at_a_time_and_by_its_offices(self, here: District) -> None:
        writer = office(here)
        monthly(here, writer)
        with pytest.raises(Refused) as refusal:
            monthly(here, writer)
        assert refusal.value.code == "bulletins.there"
        with pytest.raises(Refused) as refusal:
            monthly(here, here.outsider)
        assert refusal.value.code == "bulletins.not_writer"

    def test_pressed_twice_is_written_once(self, here: District, monkeypatch: pytest.MonkeyPatch) -> None:
        writer, written, calls = office(here), Text.written, []

        def slow(text: Text) -> list[Part]:
            calls.append(text)
            if len(calls) == 1:
                monthly(here, writer)  # the other press is through while this one still reads
            return written(text)

        monkeypatch.setattr(Text, "written", slow)
        with pytest.raises(Refused) as refusal:
            monthly(here, writer)
        assert (refusal.value.code, Report.objects.count()) == ("bulletins.there", 1)

    def test_of_time_to_come_is_refused_and_a_letter_wants_its_words(self, here: District) -> None:
        writer = office(here)
        with pytest.raises(Refused) as refusal:
            monthly(here, writer, day=date(2026, 9, 1))
        assert refusal.value.code == "bulletins.future"
        with pytest.raises(Refused) as refusal:
            monthly(here, writer, template="risk_notice_letter")
        assert (refusal.value.code, refusal.value.field) == ("bulletins.asked", "to")

    def test_marks_the_numbers_in_words_that_a_person_gave(self, here: District) -> None:
        given = {
            "to": "区住房和建设局",
            "risk": "近期外地发生事故3起、死亡5人。",
            "measures": "一是自查，二是整改。",
        }
        report = monthly(here, office(here), template="risk_notice_letter", given=given)
        assert (report.to, said(report, "risk").text[:5]) == ("区住房和建设局：", "近期外地发")
        assert [n.printed for n in standing(report).filter(kind="typed")] == ["3", "5"]

    def test_of_counted_facts_prints_them_with_their_source(self, here: District) -> None:
        writer = office(here, "work_plan_office")
        counting.count(
            code="fund.arranged", value="29800", unit="万元", scope="安全生产专项经费", region=DISTRICT,
            span=spans.half(2026, 1), source="区财政批复", by=writer.by, at=NOON,
        )  # fmt: skip
        report = monthly(here, writer, template="half_year")
        assert "安排安全生产专项经费29800万元" in said(report, "plan").text
        assert "区财政批复" in standing(report).get(slot="fund").definition

    def test_of_a_span_that_is_not_over_is_held_against_as_many_days_of_last_year(
        self, here: District
    ) -> None:
        slots = templates()["half_year"].slots
        running = Gathering(DISTRICT, spans.half(2026, 2), NOON)
        then = running.span_of(slots["found_before"])
        assert (then.first, then.last) == (date(2025, 7, 1), date(2025, 7, 3))
        over = Gathering(DISTRICT, spans.half(2026, 1), NOON)
        assert over.span_of(slots["found_before"]) == spans.half(2025, 1)


class TestACampaignsBulletin:
    def test_counts_what_was_done_for_it_and_nothing_else(self, here: District) -> None:
        writer = office(here)
        ours, other = start("有限空间整治", writer), start("电镀整治", writer)
        rows = [danger(here, campaign=ours), danger(here, TERRACE, campaign=ours)]
        danger(here), danger(here, campaign=other)
        report = monthly(here, writer, template="campaign_bulletin", campaign=(ours, "有限空间整治"))
        assert (report.title, report.campaign) == ("有限空间整治简报", ours)
        found = standing(report).get(slot="found", paragraph__key="progress")
        assert (found.value, found.campaign, set(rows_of(found))) == (2, ours, {str(row.pk) for row in rows})
        assert "仅计专项行动“有限空间整治”" in found.definition
        cells = {n.slot: n.value for n in standing(report).filter(slot__startswith="found@")}
        assert cells == {f"found@{HARBOUR}": 1, f"found@{HILL}": 1}
        assert list(rows_of(standing(report).get(slot=f"found@{HILL}"))) == [rows[1].pk]

    def test_without_a_campaign_is_refused_beside_its_field(self, here: District) -> None:
        with pytest.raises(Refused) as refusal:
            monthly(here, office(here), template="campaign_bulletin")
        assert (refusal.value.code, refusal.value.field) == ("bulletins.no_campaign", "campaign")

    def test_says_of_a_number_that_is_not_kept_by_campaign_that_it_is_not_counted(self) -> None:
        slot = Slot("major", "indicator", "dangers.major_found", label="重大事故隐患")
        known = Gathering(DISTRICT, spans.half(2026, 1), NOON, campaign=new_id())
        said = write([["判定{major}项。", "未判定重大事故隐患。"]], known.values({"major": slot}), {})
        assert said.text == "重大事故隐患：不分专项，未计。"


class TestManyRows:
    def test_of_streets_and_months_is_what_each_reads_by_itself(self, here: District) -> None:
        for days, region in ((3, TERRACE), (5, TERRACE), (30, HILL)):
            danger(here, region, days)
        danger(here, days=70)
        known = Gathering(DISTRICT, spans.half(2026, 1), NOON)
        slot = templates()["half_year"].slots["found"]
        for street, value in known.by_street(slot).items():
            alone = comparing.read(code=slot.code, cut=Cut(street), span=known.span, as_of=NOON).value
            assert (value.value or 0, value.region) == (alone, street)
        months = [spans.month(2026, number) for number in range(1, 7)]
        for month, value in zip(months, known.by_month(slot, months), strict=True):
            alone = comparing.read(code=slot.code, cut=Cut(DISTRICT), span=month, as_of=NOON).value
            assert (value.value or 0, value.first, value.last) == (alone, month.first, month.last)

    def test_are_read_again_when_somebody_opens_it_as_they_were_known_then(
        self, here: District, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        writer = office(here)
        rows = [danger(here), danger(here, TERRACE)]
        monkeypatch.setattr(gathering, "MOST_KEPT", 1)
        report = monthly(here, writer)
        danger(here, days=9, at=NOON + DAY)  # entered late: nobody knew of it
        found = standing(report).get(slot="found", paragraph__key="whole")
        assert (found.rows, found.many) == ([], 2)
        assert set(rows_of(found)) == {row.pk for row in rows}
        daily = monthly(
            here, office(here, "watch_officer", "Will"), template="daily_sheet", day=date(2026, 7, 3)
        )
        still = standing(daily).get(slot="open")
        assert (still.rows, still.many, len(rows_of(still))) == ([], 2, 2)
        lines = [line for line in lines_behind([found]) if line[11]]
        assert {line[11] for line in lines} == {str(row.pk) for row in rows}
