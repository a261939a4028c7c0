"""The register of dangers and the copy-out sheet of direct reports as spreadsheets."""

from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from anlan.domains.dangers import actions
from anlan.kernel.sheets.registry import all_sheets
from anlan.kernel.sheets.writing import write_xlsx
from tests.people import DISTRICT, NOON, QUAY
from tests.workshop import DAY, FIVE, photo, workshop

pytestmark = pytest.mark.django_db


def written(code: str, person, path: Path) -> list[list[object]]:
    sheet = next(each for each in all_sheets() if each.code == code)
    rows = sheet.give(person=person, filters={})
    write_xlsx(path, name="x", heads=[column.label for column in sheet.columns], rows=rows)
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()


@pytest.mark.feature("M074", "M209")
def test_a_person_gets_the_rows_that_are_theirs_in_the_order_of_the_columns(tmp_path: Path) -> None:
    shop = workshop()
    actions.start_campaign(
        name="治本攻坚", region=DISTRICT, starts_on=NOON.date(), ends_on=(NOON + 90 * DAY).date(), categories=["dust"],
        by=shop.section.by, at=NOON,
    )  # fmt: skip
    given = {"region": QUAY, "organisation": shop.here.firm, "by": shop.here.owner.by, "at": NOON}
    dust = actions.report_danger(description="积尘", category="dust", **given)
    actions.report_danger(description="堵塞", category="exit", **given)
    actions.rectify(item=dust, by=shop.here.manager.by, at=NOON + DAY, evidence=[photo(b"a")], **FIVE)
    actions.accept(item=dust, how="visit", by=shop.here.owner.by, at=NOON + DAY)

    heads, *rows = written("dangers.register", shop.section.pk, tmp_path / "a.xlsx")
    assert len(rows) == 2
    assert dict(zip(heads, rows[0], strict=False))["What is wrong"] == "积尘"
    assert len(written("dangers.register", shop.here.outsider.pk, tmp_path / "b.xlsx")) == 1  # its head alone

    heads, *rows = written("dangers.direct_report", shop.section.pk, tmp_path / "c.xlsx")
    (row,) = (dict(zip(heads, each, strict=False)) for each in rows)
    assert (row["Campaign"], row["Street"], row["Firm"]) == ("治本攻坚", "临港街道", "海风家具厂")
    assert (row["State"], row["Measures"]) == ("closed_off", "有")
