"""A report as it is first written: counted numbers with their sources, and words where there are none."""

import io
from datetime import date

import pytest
from docx import Document

from anlan.domains.bulletins.actions import issuing
from anlan.domains.bulletins.queries.gathering import Gathering
from anlan.domains.bulletins.queries.reports import (
    findings_of,
    standing,
)
from anlan.domains.bulletins.rules.templates import templates
from anlan.domains.bulletins.tests.ground import JUNE, danger, monthly, office, said
from anlan.kernel.core.errors import Refused
from anlan.kernel.indicators import counting, spans
from tests.people import DISTRICT, NOON, TERRACE, District

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
            report = monthly(here, writer, template=code, given=asks)
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
