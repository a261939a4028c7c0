"""Forms, heads, texts and differences: pure, with the forms of the house and with broken ones."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.domains.returns.rules import comparing, matching, periods, texts
from anlan.domains.returns.rules.forms import Column, Form, forms, head_cells, load
from anlan.domains.returns.rules.texts import Cell, cell

MONTH, FLOOD, QUICK = (forms()[code] for code in ("danger_month", "flood_return", "accident_quick"))
NAMES = {"440399001000": "临港街道", "440399004000": "石矶街道"}
COUNT = Column("found", ("隐患", "发现数"), "Found", "indicator", ("dangers.found",))
RATE = Column("rate", ("整改率",), "Rate", "indicator", ("x.y",), digits=1)

GOOD = """
label = "表"
english = "Form"
upper = "市局"
upper_english = "City"
system = "系统"
system_english = "System"
period = "month"
title = "{district}表"
fillers = ["watch_officer"]
source = "惯例"
tag = "M"
[[column]]
code = "a"
heads = ["甲"]
english = "A"
indicator = "dangers.found"
"""


def faulty(tmp_path: Path, *changes: tuple[str, str]) -> str:
    text = GOOD
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "form.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"form\.toml") as raised:
        load(path)
    return str(raised.value)


class TestForms:
    def test_the_house_has_the_forms_that_upper_levels_ask_for(self) -> None:
        assert list(forms()) == [
            "danger_month", "enforcement_month", "accident_quick", "disaster_situation", "duty_day", "flood_return",
        ]  # fmt: skip

    @pytest.mark.parametrize("form", forms().values(), ids=lambda form: form.code)
    def test_every_form_says_whence_its_order_comes_and_speaks_both_languages(self, form: Form) -> None:
        assert form.source and form.tag in ("C", "P", "M")
        assert all(column.english for column in form.columns)
        assert form.english and form.upper_english and form.system_english

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ([('"month"', '"fortnight"')], "period fortnight"),
            ([("{district}", "{province}")], "unknown name {province}"),
            ([('indicator = "dangers.found"', "")], "give one source"),
            ([('"A"', '"A"\nserial = true')], "give one source, not 2"),
            ([('tag = "M"', 'tag = "X"')], "tag X"),
            ([('tag = "M"', 'tag = "M"\nkey = "b"')], "key names unknown column b"),
            ([('tag = "M"', 'tag = "M"\nrows = "streets"')], "needs the column that names it"),
            ([('"month"', '"cut"')], "the day it is cut on"),
            ([('indicator = "dangers.found"', 'field = "incident.dead"')], "no field incident.dead"),
            (
                [('"month"', '"duty_day"'), ('indicator = "dangers.found"', 'field = "incident.dead"')],
                "duty_day",
            ),
            ([('heads = ["甲"]', 'heads = ["甲","乙","丙","丁"]')], "one to 3 rows"),
            ([('label = "表"', "")], "label"),
            ([('label = "表"', 'label = "表"\ncolour = "red"')], "colour"),
        ],
    )
    def test_a_faulty_form_stops_the_start_and_says_where(
        self, tmp_path: Path, changes: list[tuple[str, str]], said: str
    ) -> None:
        assert said in faulty(tmp_path, *changes)

    def test_equal_groups_beside_each_other_are_one_cell(self) -> None:
        cells = {(c.row, c.column): (c.down, c.right, c.text) for c in head_cells(MONTH.columns, MONTH.depth)}
        assert cells[0, 0] == (2, 1, "序号")
        assert cells[0, 2] == (1, 2, "排查")
        assert cells[0, 4] == (1, 4, "隐患")

    @pytest.mark.parametrize("form", forms().values(), ids=lambda form: form.code)
    def test_the_cells_of_a_head_cover_it_once(self, form: Form) -> None:
        covered = [
            (c.row + down, c.column + right)
            for c in head_cells(form.columns, form.depth)
            for down in range(c.down)
            for right in range(c.right)
        ]
        assert sorted(covered) == [(r, c) for r in range(form.depth) for c in range(len(form.columns))]


class TestTexts:
    def test_no_value_is_the_blank_sign_of_the_form_and_never_nought(self) -> None:
        assert cell(COUNT, None, blank="不详").text == "不详"
        assert cell(COUNT, 0, blank="不详").text == "0"

    def test_numbers_are_rounded_half_up_without_thousands(self) -> None:
        assert cell(RATE, Decimal("66.65"), blank="—").text == "66.7"
        assert cell(COUNT, 12345, blank="—").text == "12345"

    @pytest.mark.parametrize(
        ("given", "means"),
        [
            ("１２", "12"),
            (12.0, "12"),
            ("1,234", "1234"),
            (" 12 ", "12"),
            ("—", ""),
            ("／", ""),
            (None, ""),
            ("十二", "十二"),
        ],
    )
    def test_what_an_office_program_leaves_means_the_same(self, given: object, means: str) -> None:
        assert texts.theirs(COUNT, given, blank="—") == means

    def test_nothing_and_nought_are_two(self) -> None:
        none, nought = cell(COUNT, None, blank="—"), cell(COUNT, 0, blank="—")
        assert texts.ours(none) != texts.ours(nought)
        assert texts.theirs(COUNT, 0, blank="—") == texts.ours(nought)

    def test_times_are_compared_to_the_minute_however_they_are_written(self) -> None:
        column = Column("at", ("时间",), "At", "field", ("incident.occurred_at",), kind="time")
        mine = cell(column, datetime(2026, 7, 3, 4, 5, tzinfo=UTC), blank="—")
        assert mine.text == "2026-07-03 12:05"
        for there in ("2026年7月3日12时05分", "2026/7/3 12:05:00", datetime(2026, 7, 3, 12, 5)):
            assert texts.theirs(column, there, blank="—") == texts.ours(mine)

    @given(value=st.decimals(-(10**9), 10**9, places=4), digits=st.integers(0, 4))
    @settings(max_examples=100, deadline=None)
    def test_what_is_copied_and_pasted_is_no_difference(self, value: Decimal, digits: int) -> None:
        column = Column("a", ("甲",), "A", "indicator", ("x.y",), digits=digits)
        mine = cell(column, value, blank="—")
        assert texts.theirs(column, mine.text, blank="—") == texts.ours(mine)
        assert texts.theirs(column, float(mine.text), blank="—") == texts.ours(mine)


def sheet(form: Form, *rows: list[object], above: int = 2) -> list[list[object]]:
    """A leaf as calamine gives it: of merged cells only the first is filled."""
    block: list[list[object]] = [["表"] for _ in range(above)]
    heads: list[list[object]] = [[""] * len(form.columns) for _ in range(form.depth)]
    for place in head_cells(form.columns, form.depth):
        heads[place.row][place.column] = place.text
    return [*block, *heads, *rows]


class TestMatching:
    @pytest.mark.parametrize("form", [MONTH, FLOOD], ids=lambda form: form.code)
    @pytest.mark.parametrize("above", [0, 1, 3])
    def test_merged_heads_are_found_whatever_stands_above(self, form: Form, above: int) -> None:
        found = matching.heads_in(form, sheet(form, above=above))
        assert found is not None
        assert found.places == {column.code: at for at, column in enumerate(form.columns)}
        assert found.begins == above + form.depth

    def test_columns_in_another_order_with_flat_heads_units_and_other_names_are_found(self) -> None:
        found = matching.heads_in(
            MONTH, [["街道（镇）", "整改率(%)", "发现隐患数（项）", "巡查企业数（家）", "备注"]]
        )
        assert found is not None
        assert found.places == {"street": 0, "rate": 1, "found": 2, "firms": 3}

    def test_a_foreign_sheet_has_no_heads(self) -> None:
        assert matching.heads_in(MONTH, [["姓名", "电话", "住址"], ["甲", "1", "乙"]]) is None

    def test_rows_go_by_name_or_code_and_those_that_are_none_of_ours_are_named(self) -> None:
        rows = sheet(
            MONTH, ["1", "临港", "3"], ["2", "440399004000", "4"], [], ["3", "不夜城", "9"], ["4", "临港街道", "8"],
            ["", "合计", "7"],
        )  # fmt: skip
        found = matching.heads_in(MONTH, rows)
        assert found is not None
        theirs = matching.rows_in(MONTH, found, rows, NAMES, total="total")
        assert {key: values["visits"] for key, values in theirs.rows.items()} == {
            "440399001000": "3", "440399004000": "4", "total": "7",
        }  # fmt: skip
        assert theirs.bad == [(8, "不夜城", "unknown"), (9, "临港街道", "twice")]

    def test_labels_stand_beside_their_values(self) -> None:
        rows = [["快报"], ["发生地点：", "码头路", "死亡人数", 1.0], ["轻伤人数", "", "重伤人数", "2"]]
        found = matching.labels_in(QUICK, rows, "d")
        assert found is not None
        assert found.rows["d"] == {"place": "码头路", "dead": 1.0, "hurt": "", "badly_hurt": "2"}
        assert "unit" in found.lacking

    @given(order=st.permutations(range(len(FLOOD.columns))))
    @settings(max_examples=30, deadline=None)
    def test_no_order_of_whole_flat_heads_confuses_it(self, order: list[int]) -> None:
        heads = ["".join(FLOOD.columns[at].heads) for at in order]
        found = matching.heads_in(FLOOD, [heads])
        assert found is not None
        assert found.places == {FLOOD.columns[at].code: place for place, at in enumerate(order)}


class TestDiffering:
    def mine(self, value: object) -> dict[str, tuple[Cell, ...]]:
        return {"r": (cell(COUNT, value, blank="—"),)}

    @pytest.mark.parametrize(
        ("now", "there", "copied", "cause"),
        [
            (5, "5", "4", None), (5, "4", "4", "late"), (5, "6", "5", "typed"), (5, "6", "4", "both"),
            (5, "6", None, "unmarked"), (None, "0", "", "typed"), (None, "—", "", None),
        ],
    )  # fmt: skip
    def test_it_is_told_who_changed(
        self, now: object, there: str, copied: str | None, cause: str | None
    ) -> None:
        kept = None if copied is None else {"r": {"found": copied}}
        found = comparing.differences(MONTH, self.mine(now), {"r": {"found": there}}, kept)
        assert [each.cause for each in found] == ([cause] if cause else [])

    def test_a_form_names_what_cannot_be(self) -> None:
        form = forms()["duty_day"]
        cells = [
            cell(c, {"checked": 1, "check_failed": 2}[c.code], blank="—")
            for c in form.columns
            if c.code in ("checked", "check_failed")
        ]
        assert comparing.broken(form, cells) == [("checked", "check_failed")]
        assert comparing.broken(form, cells[:1]) == []


class TestDays:
    def test_the_last_month_that_is_over(self) -> None:
        assert periods.last_ended(MONTH, date(2026, 7, 1)).last == date(2026, 6, 30)
        assert periods.last_ended(MONTH, date(2026, 6, 30)).last == date(2026, 5, 31)

    def test_due_counts_from_the_midnight_that_ends_the_days(self) -> None:
        span = periods.span_of(MONTH, date(2026, 6, 9))
        assert periods.due_at(span, minutes=3900) == datetime(2026, 7, 3, 9, 0, tzinfo=UTC)
