"""What a file may be, what is refused, and what is read out of it."""

import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from anlan.kernel.core.errors import Refused
from anlan.kernel.sheets import inspecting, ole, peeking, reading, writing
from anlan.kernel.sheets.cells import checked
from anlan.kernel.sheets.spec import Sheet, SheetColumn

OLD = Path(__file__).parent / "files" / "old.xls"
HEADS = ["名称", "数量", "日期"]


def an_xlsx(path: Path, rows: list[list[object]], heads: list[str] = HEADS) -> Path:
    writing.write_xlsx(path, name="台账", heads=heads, rows=rows)
    return path


def refusal_of(path: Path) -> str:
    with pytest.raises(Refused) as refused:
        inspecting.kind_of(path)
    assert str(refused.value) != refused.value.code
    return refused.value.code


def parts_of(path: Path, more: dict[str, bytes]) -> Path:
    """A copy of a workbook with some parts replaced or added."""
    copy = path.with_name("copy.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in more:
                new.writestr(name, old.read(name))
        for name, data in more.items():
            new.writestr(name, data)
    return copy


class TestAFileIsRefused:
    def test_when_it_is_empty_or_no_spreadsheet_or_a_web_page(self, tmp_path: Path) -> None:
        path = tmp_path / "x.xlsx"
        for data, code in (
            (b"", "sheets.empty"),
            (b"\x89PNG\r\n\x1a\n\0\0", "sheets.no_sheet"),
            (b"<html><table><tr><td>1</td></tr></table>", "sheets.web_page"),
            (b"PK\x03\x04 broken", "sheets.broken"),
        ):
            path.write_bytes(data)
            assert refusal_of(path) == code

    def test_when_it_holds_macros_or_a_formula_or_a_password(self, tmp_path: Path) -> None:
        path = an_xlsx(tmp_path / "a.xlsx", [["喷漆房", 3, None]])
        assert refusal_of(parts_of(path, {"xl/vbaProject.bin": b"x"})) == "sheets.macros"
        leaf = "xl/worksheets/sheet1.xml"
        with zipfile.ZipFile(path) as archive:
            text = archive.read(leaf).replace(b"<v>3</v>", b"<f>SUM(A1:A9)</f><v>3</v>")
        with pytest.raises(Refused) as refused:
            inspecting.kind_of(parts_of(path, {leaf: text}))
        assert (refused.value.code, refused.value.facts["cell"]) == ("sheets.formulas", "B2")
        # Programs that write their parts with a prefix hide no formula and no row behind it.
        head, _sep, rest = text.partition(b"<worksheet")
        prefixed = (
            (b"<worksheet" + rest).replace(b"</", b"</x:").replace(b"<", b"<x:").replace(b"<x:/x:", b"</x:")
        )
        assert refusal_of(parts_of(path, {leaf: head + prefixed})) == "sheets.formulas"
        many = b"<x:worksheet><x:sheetData>" + b"<x:row/>" * 2_000_001 + b"</x:sheetData></x:worksheet>"
        with zipfile.ZipFile(tmp_path / "many.xlsx", "w", zipfile.ZIP_STORED) as new:
            new.writestr("xl/workbook.xml", b"<w/>")
            new.writestr(leaf, many)
        assert refusal_of(tmp_path / "many.xlsx") == "sheets.too_many_rows"
        locked = tmp_path / "locked.xlsx"
        locked.write_bytes(
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
            + b"\0" * 600
            + "EncryptedPackage".encode("utf-16-le")
            + b"\0\0"
        )
        assert refusal_of(locked) == "sheets.encrypted"

    def test_when_an_old_xls_holds_a_formula_or_a_password(self, tmp_path: Path) -> None:
        data = OLD.read_bytes()
        book = ole.workbook_of(data)
        assert book and ole.first_formula(book) == "" and not ole.locked(book)
        path = tmp_path / "old.xls"
        cell = b"\x0a\x00\x01\x00\x00\x00"  # ten bytes about the first cell of the second row
        path.write_bytes(data.replace(b"\xfd\x00" + cell, b"\x06\x00" + cell, 1))
        with pytest.raises(Refused) as refused:
            inspecting.kind_of(path)
        assert (refused.value.code, refused.value.facts["cell"]) == ("sheets.formulas", "A2")
        assert ole.locked(b"\x2f\x00\x00\x00") and ole.workbook_of(b"\xd0\xcf" + b"\0" * 600) == b""

    def test_when_it_unpacks_to_far_more_than_a_spreadsheet(self, tmp_path: Path) -> None:
        path = an_xlsx(tmp_path / "a.xlsx", [])
        bomb = parts_of(path, {"xl/worksheets/sheet1.xml": b"<row>" + b" " * (60 * 2**20)})
        assert refusal_of(bomb) == "sheets.bomb"

    def test_when_it_has_ten_million_rows(self, tmp_path: Path) -> None:
        path = tmp_path / "long.csv"
        path.write_bytes("名称\n".encode() + b"a\n" * 10_000_000)
        with pytest.raises(Refused) as refused:
            next(reading.leaves(path))
        assert refused.value.code == "sheets.too_many_rows"


class TestReading:
    def test_takes_gb18030_utf8_and_utf16_with_any_separator(self, tmp_path: Path) -> None:
        path = tmp_path / "a.csv"
        for encoding, sep in (("gb18030", ","), ("utf-8", ";"), ("utf-8-sig", "\t"), ("utf-16", ",")):
            path.write_text(f"名称{sep}数量\n喷漆房{sep}3\n", encoding=encoding)
            leaf = next(reading.leaves(path))
            assert (list(leaf.rows), leaf.height) == ([["名称", "数量"], ["喷漆房", "3"]], 2)

    def test_takes_an_old_xls(self) -> None:
        leaf = next(reading.leaves(OLD))
        assert leaf.name == "台账"
        assert list(leaf.rows)[1][:2] == ["喷漆房", 3]

    def test_peeks_at_the_first_rows_without_reading_the_rest(self, tmp_path: Path) -> None:
        path = an_xlsx(tmp_path / "a.xlsx", [[f"点{n}", n, date(2026, 7, 3)] for n in range(500)])
        (found,) = peeking.peek(path, rows=3, heights=inspecting.let_in(path).heights)
        assert (found.name, found.height, len(found.top)) == ("台账", 501, 3)
        assert found.top[1][:2] == ["点0", "0"]


class TestWriting:
    def test_gives_back_what_was_written(self, tmp_path: Path) -> None:
        at = datetime(2026, 7, 3, 6, 5, tzinfo=UTC)
        path = an_xlsx(
            tmp_path / "a.xlsx", [["<喷漆&房>\x01", 3, date(2026, 7, 3)], ["", 2.5, at], ["=1+1", None, True]]
        )
        rows = list(next(reading.leaves(path)).rows)
        assert rows[0] == HEADS
        assert rows[1] == ["<喷漆&房>", 3, date(2026, 7, 3)]
        assert rows[2][1:] == [2.5, datetime(2026, 7, 3, 14, 5)]
        assert rows[3][0] == "=1+1"  # words, not a formula: nothing here was refused

    def test_disarms_formulas_in_csv(self, tmp_path: Path) -> None:
        path = tmp_path / "a.csv"
        writing.write_csv(path, name="x", heads=["a"], rows=[["=cmd()"], ["安全"]])
        assert path.read_text(encoding="utf-8-sig").split() == ["a", "'=cmd()", "安全"]


SHEET = Sheet(
    code="test.sheet",
    label="test",
    columns=(
        SheetColumn("name", "名称", required=True, most=5),
        SheetColumn("n", "数量", "integer"),
        SheetColumn("day", "日期", "date"),
        SheetColumn("level", "等级", "choice", choices=(("4", "重大"), ("1", "低"))),
        SheetColumn("yes", "是否", "flag"),
        SheetColumn("uscc", "代码", "uscc"),
    ),
    key=("name",),
)


class TestCells:
    def check(self, *row: object):
        heads = ["名称", "数量", "日期", "等级", "是否", "代码"]
        names = ["name", "n", "day", "level", "yes", "uscc"]
        return checked(SHEET, heads, dict(zip(heads, names, strict=True)), [list(row)])

    def test_become_typed_values(self) -> None:
        found = self.check(" 甲 ", "1,200", "2026年7月3日", "重大", "√", "").values[0]
        assert found == {
            "name": "甲",
            "n": 1200,
            "day": date(2026, 7, 3),
            "level": "4",
            "yes": True,
            "uscc": "",
        }
        assert self.check("甲", 3.0, 46206, "4", False, None).values[0]["day"] == date(2026, 7, 3)

    @pytest.mark.parametrize(
        ("row", "column", "code"),
        [
            (("", 1, "", "", "", ""), "name", "sheets.needed"),
            (("太长的名字啊", "", "", "", "", ""), "name", "sheets.too_long"),
            (("甲", "三", "", "", "", ""), "n", "sheets.not_whole"),
            (("甲", "", "2026-13-40", "", "", ""), "day", "sheets.not_a_date"),
            (("甲", "", "", "紫", "", ""), "level", "sheets.not_a_choice"),
            (("甲", "", "", "", "也许", ""), "yes", "sheets.not_a_flag"),
            (("甲", "", "", "", "", "91440300MA5ABCDE0X"), "uscc", "sheets.not_a_uscc"),
        ],
    )
    def test_that_do_not_fit_say_why(self, row: tuple[object, ...], column: str, code: str) -> None:
        found = self.check(*row)
        assert found.values == []
        assert (found.bad[0][0], found.bad[0][1].code) == (column, code)

    def test_of_empty_rows_are_nothing_and_the_same_key_twice_is_refused(self) -> None:
        found = checked(SHEET, ["名称"], {"名称": "name"}, [["甲"], [""], ["甲"]], first=2)
        assert (len(found.values), list(found.bad)) == (1, [2])
        assert found.bad[2][1].facts["row"] == 2
