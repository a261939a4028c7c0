"""A return read from the real rows, its clock, its exact sheet."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from anlan.domains.incidents import public as incidents
from anlan.domains.returns.actions import entering, opening
from anlan.domains.returns.models import Return
from anlan.domains.returns.queries import records, workbook
from anlan.domains.returns.queries.reading import TOTAL
from anlan.domains.returns.rules import periods
from anlan.domains.returns.rules.forms import forms
from anlan.domains.returns.tests.ground import (
    DAY,
    DISASTER,
    HOUR,
    JUNE,
    MONTH,
    QUICK,
    ZONE,
    Office,
    cells,
    enter,
    known,
)
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused
from anlan.kernel.indicators.queries import indicator
from anlan.kernel.indicators.spec import Cut, Period
from anlan.kernel.loop.sweep import sweep
from anlan.kernel.messaging.models import Message
from tests.people import DISTRICT, HARBOUR, HILL, NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Office:
    return Office()


class TestReading:
    def test_each_street_has_its_line_and_the_last_one_is_the_district(self, office: Office) -> None:
        for _n in range(3):
            office.danger(at=NOON - 20 * DAY)
        filled = known(MONTH).filled()
        assert [row.key for row in filled.lines] == [HARBOUR, HILL, TOTAL]
        assert filled.title == "安澜区2026年6月隐患排查治理情况统计表"
        assert cells(filled, HARBOUR)["found"] == "3"
        assert cells(filled, HILL)["found"] == "0"  # the register is kept, so nothing is a statement
        assert cells(filled, TOTAL)["found"] == "3"

    def test_nothing_to_share_is_the_blank_sign_and_never_nought(self, office: Office) -> None:
        del office
        filled = known(MONTH).filled()
        assert cells(filled, HARBOUR)["rate"] == "—"
        assert "0" not in {one.text for row in filled.lines for one in row.cells if one.column.unit == "%"}

    def test_a_number_opens_to_its_rows(self, office: Office) -> None:
        item = office.danger(at=NOON - 20 * DAY)
        reading = known(MONTH).reading(HARBOUR, "found")
        assert reading is not None
        assert list(reading.rows) == [item.pk]

    def test_it_reads_what_was_known_then(self, office: Office) -> None:
        office.danger(at=NOON - 20 * DAY)
        assert cells(known(MONTH, at=NOON - 21 * DAY).filled(), TOTAL)["found"] == "0"

    def test_a_quick_report_reads_the_event_and_what_nobody_told_is_not_known(self, office: Office) -> None:
        item = office.event()
        told = cells(known(QUICK, matter=item).filled(), DISTRICT)
        assert (told["dead"], told["loss"]) == ("不详", "不详")
        incidents.add_figures(item=item, by=office.officer.by, at=NOON + HOUR, dead=1, loss_yuan=1_234_500)
        told = cells(known(QUICK, matter=item, at=NOON + HOUR).filled(), DISTRICT)
        assert (told["dead"], told["hurt"], told["loss"]) == ("1", "0", "123.45")
        assert (told["unit"], told["occurred"]) == ("海风家具厂", "2026-07-03 11:50")
        assert "死亡1人" in told["course"]

    def test_every_field_of_every_form_is_read(self, office: Office) -> None:
        event, disaster = office.event(dead=1), office.event(event_class="natural", kind="flood", dead=1)
        for form in forms().values():
            matter = {"accident_quick": event, "disaster_situation": disaster}.get(form.code)
            if form.period != "response":
                filled = known(form, matter=matter).filled()
                assert all(len(row.cells) == len(form.columns) for row in filled.lines)

    def test_a_figure_that_no_register_keeps_is_told_once_with_its_source(self, office: Office) -> None:
        item = office.event(event_class="natural", kind="flood", dead=1)
        given = {
            "form": DISASTER, "region": DISTRICT, "span": opening.span_about(DISASTER, item), "matter": item,
            "by": office.officer.by,
        }  # fmt: skip
        entering.tell_fact(code="affected", value="320", source="临港街道电话", at=NOON, **given)
        entering.tell_fact(code="crop_affected", value="1.5", source="街道", at=NOON, **given)
        entering.tell_fact(code="crop_damaged", value="2", source="街道", at=NOON, **given)
        filled = known(DISASTER, matter=item, at=NOON + HOUR).filled()
        assert cells(filled, DISTRICT)["affected"] == "320"
        assert filled.rows[0].broken == (("crop_affected", "crop_damaged"),)
        with pytest.raises(Refused):  # another value needs its reason
            entering.tell_fact(code="affected", value="300", source="", at=NOON + HOUR, **given)
        entering.tell_fact(code="affected", value="300", source="", why="核减重复", at=NOON + HOUR, **given)
        with pytest.raises(Refused) as refused:
            entering.tell_fact(code="dead", value="0", source="x", at=NOON, **given)
        assert refused.value.code == entering.NO_FACT


class TestTheClock:
    def test_the_round_opens_what_is_over_once(self, office: Office) -> None:
        del office
        opened = opening.open_due(region=DISTRICT, at=NOON)
        assert opened == 3  # two of the month, one of the day of the watch
        assert opening.open_due(region=DISTRICT, at=NOON + HOUR) == 0
        row = Return.objects.select_related("item").get(form="danger_month")
        assert (row.first, row.last) == (date(2026, 6, 1), date(2026, 6, 30))
        assert row.item.due_at == row.due_at
        assert row.due_at.astimezone(ZONE).strftime("%m-%d %H:%M") == "07-03 17:00"

    def test_late_is_named_and_the_chief_hears_of_it(self, office: Office) -> None:
        opening.open_due(region=DISTRICT, at=NOON)
        while sweep(exercise_id=None, at=NOON + 6 * HOUR, limit=100):
            pass
        assert Message.objects.filter(person=office.chief).exists()
        enter(office, at=NOON + 6 * HOUR)
        span = {"cut": Cut(DISTRICT), "period": Period(NOON - DAY, NOON + DAY), "as_of": NOON + DAY}
        assert (
            indicator(code="returns.late", **span).value == 2
        )  # entered late, and the day of the watch not at all
        assert indicator(code="returns.on_time", **span).value == 0

    @pytest.mark.feature("M321")
    def test_figures_of_an_event_start_the_clock_of_its_form(self, office: Office) -> None:
        item = office.event(dead=1)
        row = Return.objects.get(form="accident_quick")
        assert (row.subject_id, row.due_at) == (item.pk, NOON + 2 * HOUR)
        assert not Return.objects.filter(form="disaster_situation").exists()
        incidents.add_figures(item=item, by=office.officer.by, at=NOON + HOUR, dead=2)
        assert Return.objects.filter(form="accident_quick").count() == 1
        assert rulesets.row_of("returns.due_accident_quick", region=DISTRICT, at=NOON).tag == "C"

    def test_a_form_without_a_clock_holds_up_nobody_who_enters_a_death(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def none(*_given: Any) -> float:
            raise Refused(rulesets.MISSING, rule="returns.due_accident_quick", region="*", day="2026-07-03")

        monkeypatch.setattr(opening, "_minutes", none)
        item = office.event(dead=1)
        assert incidents.figures_of(item.pk).dead == 1
        assert not Return.objects.exists()

    def test_what_is_not_asked_for_owes_nothing(self, office: Office) -> None:
        opening.open_due(region=DISTRICT, at=NOON)
        item = Return.objects.get(form="danger_month").item
        with pytest.raises(Refused):
            entering.skip(item=item, by=office.section.by, at=NOON)
        entering.skip(item=item, by=office.section.by, at=NOON, reason="本月免报")
        assert item.state == "skipped"
        assert item.pk not in [row.pk for row, _at in records.due_in(
            region=DISTRICT, start=NOON - DAY, end=NOON + DAY, as_of=NOON + DAY)]  # fmt: skip

    def test_only_those_whose_form_it_is_enter_it(self, office: Office) -> None:
        span = periods.span_of(MONTH, JUNE)
        with pytest.raises(Refused) as refused:
            entering.mark_entered(form=MONTH, region=DISTRICT, span=span, by=office.here.owner.by, at=NOON)
        assert refused.value.code == opening.NOT_FILLER

    def test_a_page_that_was_left_open_is_not_what_is_entered(self, office: Office) -> None:
        with pytest.raises(Refused) as refused:
            enter(office, as_of=NOON - DAY)
        assert refused.value.code == entering.OLD_PAGE

    def test_a_form_about_one_matter_is_asked_for_about_one_of_its_kind(self, office: Office) -> None:
        item = office.event(event_class="natural", kind="flood")
        for matter, code in ((None, opening.NO_MATTER), (item, opening.WRONG_MATTER)):
            with pytest.raises(Refused) as refused:
                opening.open_return(form=QUICK, region=DISTRICT, span=periods.span_of(QUICK, JUNE),
                                    by=office.officer.by, at=NOON, matter=matter)  # fmt: skip
            assert refused.value.code == code


class TestTheSheet:
    def test_heads_are_merged_and_widths_and_formats_are_the_forms(
        self, office: Office, tmp_path: Path
    ) -> None:
        office.danger(at=NOON - 20 * DAY)
        filled = known(MONTH).filled()
        path = tmp_path / "form.xlsx"
        path.write_bytes(workbook.written(filled))
        leaf = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
        rows = leaf.to_python()
        assert rows[0][0] == filled.title
        assert rows[2][4] == "隐患"
        assert rows[3][4:8] == ["发现数", "整改率", "按期整改率", "逾期未改数"]
        assert rows[4][1] == "临港街道"
        assert (rows[4][4], rows[4][5]) == (1.0, 0.0)
        assert rows[5][5] == "—"  # the hill street had nothing to rectify
        assert ((0, 0), (0, 11)) in (leaf.merged_cell_ranges or [])
        assert ((2, 4), (2, 7)) in (leaf.merged_cell_ranges or [])

    def test_a_text_that_looks_like_a_formula_stays_a_text(self, office: Office, tmp_path: Path) -> None:
        item = office.event(description="=1+1 起火", dead=0, hurt=1)
        path = tmp_path / "form.xlsx"
        path.write_bytes(workbook.written(known(QUICK, matter=item).filled()))
        leaf = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
        assert any("=1+1 起火" in str(value) for row in leaf.to_python() for value in row)
