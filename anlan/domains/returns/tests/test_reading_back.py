"""An export held beside ours: what differs, why, and how it is settled; files that are none are refused."""

from io import BytesIO
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from anlan.domains.returns.actions import entering, opening, reading_back
from anlan.domains.returns.models import Difference
from anlan.domains.returns.queries import workbook
from anlan.domains.returns.queries.reading import TOTAL, Filled
from anlan.domains.returns.tests.ground import (
    DAY,
    HOUR,
    MONTH,
    QUICK,
    Danger,
    Office,
    cells,
    enter,
    export,
    keep,
    known,
    read_back,
)
from anlan.kernel.core import attachments
from anlan.kernel.core.errors import Refused
from anlan.kernel.ledger.models import Entry
from anlan.kernel.loop.actions import open_item
from anlan.kernel.loop.models import Step, WorkItem
from tests.people import DISTRICT, HARBOUR, HILL, NOON, QUAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Office:
    return Office()


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
