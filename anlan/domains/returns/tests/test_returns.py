"""A return from its opening to its export: read from the real rows, entered, read back, settled."""

from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import xlsxwriter
from django.apps import apps
from python_calamine import CalamineWorkbook

from anlan.domains.incidents import public as incidents
from anlan.domains.returns.actions import entering, opening, reading_back
from anlan.domains.returns.models import Difference, Entered, ReadBack, Return
from anlan.domains.returns.queries import records, workbook
from anlan.domains.returns.queries.reading import TOTAL, Filled, Known
from anlan.domains.returns.rules import periods
from anlan.domains.returns.rules.forms import Form, forms
from anlan.kernel.core import attachments, rulesets
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.models import Attachment
from anlan.kernel.indicators.queries import indicator
from anlan.kernel.indicators.spec import Cut, Period
from anlan.kernel.ledger.models import Entry
from anlan.kernel.loop.actions import open_item
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.loop.sweep import sweep
from anlan.kernel.messaging.models import Message
from anlan.kernel.orgs.models import Person
from tests.people import DISTRICT, HARBOUR, HILL, NOON, QUAY, add_duty, add_person, district

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
JUNE = date(2026, 6, 15)
MONTH, QUICK, DISASTER, DUTY = (
    forms()[code] for code in ("danger_month", "accident_quick", "disaster_situation", "duty_day")
)
Danger = apps.get_model("dangers", "Danger")  # a neighbour's rows by name: only its public.py is imported
Incident = apps.get_model("incidents", "Incident")


class Office:
    """Those who fill forms of the district, and a street whose dangers are counted."""

    def __init__(self) -> None:
        self.here = district()
        self.section = self._person("吴科员", "safety_section")
        self.officer = self._person("陈值班员", "watch_officer")
        self.chief = self._person("林值班长", "watch_chief")

    def _person(self, name: str, kind: str) -> Person:
        person = add_person(name, self.here.bureau)
        add_duty(person, kind, DISTRICT)
        return person

    def danger(self, *, at: Any, street: str = QUAY, by: str = "") -> WorkItem:
        """A danger as patrols report it, through the kernel's door."""
        row = Danger(description="通道堆物", category="exit", source="patrol")
        return open_item(
            loop="dangers.danger",
            record=row,
            title="通道堆物",
            region=street,
            by=by or self.here.owner.by,
            at=at,
        )

    def event(self, **more: Any) -> WorkItem:
        """An event with figures, told to the watch."""
        row = Incident(
            event_class=more.pop("event_class", "accident"), kind=more.pop("kind", "work"), kind_label="生产安全事故",
            description=more.pop("description", "工人从脚手架坠落"), spot="码头路", organisation=self.here.firm,
            occurred_at=NOON - 10 * MINUTE, received_at=NOON,
        )  # fmt: skip
        item = open_item(
            loop="incidents.incident",
            record=row,
            title=row.description,
            region=QUAY,
            by=self.officer.by,
            at=NOON,
        )
        if more:
            incidents.add_figures(item=item, by=self.officer.by, at=NOON, **more)
        return item


@pytest.fixture
def office() -> Office:
    return Office()


def known(form: Form, *, at: Any = NOON, matter: WorkItem | None = None, day: date = JUNE) -> Known:
    span = periods.span_of(form, day) if matter is None else opening.span_about(form, matter)
    return Known(form, DISTRICT, span, at, None, matter)


def cells(filled: Filled, row: str) -> dict[str, str]:
    line = next(each for each in filled.lines if each.key == row)
    return {one.column.code: one.text for one in line.cells}


def enter(office: Office, *, at: Any = NOON, **more: Any) -> Entered:
    span = periods.span_of(MONTH, JUNE)
    return entering.mark_entered(form=MONTH, region=DISTRICT, span=span, by=office.section.by, at=at, **more)


def export(
    filled: Filled, change: dict[tuple[str, str], Any] | None = None, *, more: list[list[Any]] | None = None
) -> Attachment:
    """The upper system's export: our own sheet with some cells typed differently and further rows below it."""
    book = CalamineWorkbook.from_filelike(BytesIO(workbook.written(filled)))
    rows = book.get_sheet_by_index(0).to_python()
    begins = 2 + filled.form.depth
    codes = [column.code for column in filled.form.columns]
    for (row, code), value in (change or {}).items():
        at = [line.key for line in filled.lines].index(row)
        rows[begins + at][codes.index(code)] = value
    return keep(rows + (more or []))


def keep(rows: list[list[Any]]) -> Attachment:
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        leaf = book.add_worksheet("导出")
        for number, row in enumerate(rows):
            leaf.write_row(number, 0, row)
    return attachments.keep(data=out.getvalue(), media_type="application/octet-stream", by="service:test")


def read_back(item: WorkItem, file: Attachment, by: str, *, at: Any = NOON + DAY) -> ReadBack:
    return reading_back.read_back(item=item, file=file, name="导出.xlsx", by=by, at=at)


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


class TestReadingBack:
    def entered(self, office: Office) -> tuple[WorkItem, Filled]:
        for _n in range(4):
            office.danger(at=NOON - 20 * DAY)
        item = enter(office).item
        return item, known(MONTH).filled()

    def test_our_own_sheet_comes_back_without_a_difference(self, office: Office) -> None:
        item, filled = self.entered(office)
        read = read_back(item, export(filled), office.section.by)
        assert (read.rows, read.bad, read.missing, read.lacking) == (3, [], [], [])
        assert item.state == "confirmed"
        assert not read.differences.exists()

    def test_typed_wrong_there_and_entered_late_here_are_told_apart(self, office: Office) -> None:
        item, filled = self.entered(office)
        late_at = NOON + 5 * HOUR
        office_late = office.danger(at=NOON - 20 * DAY)
        del office_late
        row = Danger(description="晚录", category="exit", source="patrol")
        open_item(loop="dangers.danger", record=row, title="晚录", region=QUAY, by=office.here.owner.by, at=late_at,
                  happened_at=NOON - 15 * DAY)  # fmt: skip
        read = read_back(item, export(filled, {(HILL, "found"): 7}), office.section.by)
        found = {(each.row, each.column): each for each in read.differences.all()}
        assert item.state == "differs"
        assert found[HILL, "found"].cause == "typed"
        assert (found[HILL, "found"].ours, found[HILL, "found"].theirs) == ("0", "7")
        late = found[HARBOUR, "found"]
        assert (late.cause, late.ours, late.theirs, late.copied) == ("late", "6", "4", "4")
        assert late.since is not None
        assert late.since > NOON

    def test_bad_rows_are_named_and_the_good_ones_are_compared(self, office: Office) -> None:
        item, filled = self.entered(office)
        file = export(filled, {(HARBOUR, "found"): "肆"}, more=[["9", "不夜城", 3]])
        read = read_back(item, file, office.section.by)
        assert read.bad == [[8, "不夜城", "unknown"]]
        assert Difference.objects.get(read=read).theirs == "肆"

    def test_rows_that_are_not_there_keep_it_open(self, office: Office) -> None:
        item, filled = self.entered(office)
        heads = [column.aliases[0] if column.aliases else column.head for column in MONTH.columns]
        codes = [column.code for column in MONTH.columns]
        line = [cells(filled, HARBOUR)[code] for code in codes]
        read = read_back(item, keep([heads, line]), office.section.by)
        assert [key for key, _label in read.missing] == [HILL, TOTAL]
        assert item.state == "differs"

    @pytest.mark.parametrize("rows", [[["姓名", "电话"], ["甲", "1"]], [["街道"], ["临港街道"]]])
    def test_a_foreign_file_is_refused_with_what_was_found(
        self, office: Office, rows: list[list[Any]]
    ) -> None:
        item, _filled = self.entered(office)
        with pytest.raises(Refused) as refused:
            read_back(item, keep(rows), office.section.by)
        assert refused.value.code == reading_back.FOREIGN
        assert rows[0][0] in refused.value.facts["found"]
        assert item.state == "entered"

    def test_a_file_without_the_column_of_streets_is_refused_by_its_name(self, office: Office) -> None:
        item, _filled = self.entered(office)
        heads = [column.aliases[0] if column.aliases else column.head for column in MONTH.columns[2:]]
        with pytest.raises(Refused) as refused:
            read_back(item, keep([heads, ["1"] * len(heads)]), office.section.by)
        assert (refused.value.code, refused.value.facts["head"]) == (reading_back.NO_KEY, "街道")

    @pytest.mark.parametrize(
        "data", [b"", b"%PDF-1.7 ...", b"PK\x03\x04 broken", b"<html><table></table></html>"]
    )
    def test_what_is_no_spreadsheet_is_refused_by_its_content(self, office: Office, data: bytes) -> None:
        item, _filled = self.entered(office)
        file = attachments.keep(data=data, media_type="application/octet-stream", by="service:test")
        with pytest.raises(Refused) as refused:
            read_back(item, file, office.section.by)
        assert refused.value.code.startswith("sheets.")

    def test_accepted_needs_a_reason_and_the_last_one_settled_confirms(self, office: Office) -> None:
        item, filled = self.entered(office)
        read = read_back(item, export(filled, {(HILL, "found"): 7, (HILL, "visits"): 2}), office.section.by)
        first, second = read.differences.order_by("place")
        given = {"by": office.section.by, "at": NOON + DAY}
        with pytest.raises(Refused) as refused:
            reading_back.settle(difference=first, how="accepted", **given)
        assert refused.value.facts["field"] == "reason"
        reading_back.settle(difference=first, how="accepted", why="口径不同，已电话说明", **given)
        item.refresh_from_db()
        assert item.state == "differs"
        reading_back.settle(difference=second, how="corrected", **given)
        item.refresh_from_db()
        assert item.state == "confirmed"
        with pytest.raises(Refused):
            reading_back.settle(difference=second, how="corrected", **given)
        codes = Entry.objects.filter(subject_id=str(item.pk)).values_list("code", flat=True)
        assert {"returns.entered", "returns.read_back", "returns.settled"} <= set(codes)

    def test_a_later_export_takes_the_place_of_an_earlier_one(self, office: Office) -> None:
        item, filled = self.entered(office)
        old = read_back(item, export(filled, {(HILL, "found"): 7}), office.section.by)
        read_back(item, export(filled), office.section.by, at=NOON + DAY + HOUR)
        assert item.state == "confirmed"
        with pytest.raises(Refused) as refused:
            reading_back.settle(
                difference=old.differences.get(), how="corrected", by=office.section.by, at=NOON + 2 * DAY
            )
        assert refused.value.code == reading_back.OLD_READ

    def test_entered_anew_after_a_difference_waits_for_an_export_again(self, office: Office) -> None:
        item, filled = self.entered(office)
        read_back(item, export(filled, {(HILL, "found"): 7}), office.section.by)
        enter(office, at=NOON + DAY)
        item.refresh_from_db()
        assert item.state == "entered"
        assert Step.objects.filter(item=item, move="again").exists()

    def test_a_form_of_labels_is_read_back_from_its_labels(self, office: Office) -> None:
        item = office.event(dead=1)
        kept = entering.mark_entered(
            form=QUICK, region=DISTRICT, span=opening.span_about(QUICK, item), matter=item, by=office.officer.by,
            at=NOON + HOUR, number="2026-118",
        )  # fmt: skip
        filled = known(QUICK, matter=item, at=NOON + HOUR).filled()
        rows = (
            CalamineWorkbook.from_filelike(BytesIO(workbook.written(filled)))
            .get_sheet_by_index(0)
            .to_python()
        )
        read = read_back(kept.item, keep(rows), office.officer.by)
        assert (read.differences.count(), kept.item.state, kept.number) == (0, "confirmed", "2026-118")
        changed = [
            ["2" if row[at - 1 : at] == ["死亡人数"] else cell for at, cell in enumerate(row)] for row in rows
        ]
        read = read_back(kept.item, keep(changed), office.officer.by)
        assert [(each.column, each.cause) for each in read.differences.all()] == [("dead", "typed")]
        assert kept.item.state == "differs"
