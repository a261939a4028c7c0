"""Which law and which article a text names; written as people write, read as one."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.domains.knowledge.rules.laws import Law, articles_in, in_order, keys_of, named_in, number_of, split


def law(code: str, name: str, *names: str, begins: date | None = None, ends: date | None = None) -> Law:
    return Law(code, name, "", "law", names, begins, ends, "", "", "C")


LAWS = (
    law("aqscf", "安全生产法", "中华人民共和国安全生产法"),
    law("zj15", "安全生产违法行为行政处罚办法（原15号令）", "安全生产违法行为行政处罚办法（原15号令"),
    law("ajl18", "安全生产违法行为行政处罚办法（令18）", "令18号"),
    law("xzcff", "行政处罚法"),
    law("aq3067", "化工和危险化学品企业重大事故隐患判定准则", "AQ 3067-2026"),
    law("gb6441", "生产安全事故分类与编码", "GB 6441-2025"),
    law("gb6441old", "企业职工伤亡事故分类", "GB 6441-1986"),
)  # fmt: skip


@pytest.mark.feature("M174")
class TestNames:
    @pytest.mark.parametrize(
        ("text", "codes"),
        [
            ("安全生产法", ["aqscf"]),
            ("《中华人民共和国安全生产法》", ["aqscf"]),
            ("化工和危险化学品生产经营单位重大事故隐患判定准则（AQ 3067—2026）", ["aq3067"]),
            (
                "GB 6441-1986 → GB 6441-2025; where the new edition splits a type a person decides",
                ["gb6441old", "gb6441"],
            ),
            ("安全生产违法行为行政处罚办法（原15号令；令18号数值待核）", ["zj15", "ajl18"]),
            ("裁量基准由本局公布（行政处罚法第34条）；此处划分为自定，待替换", ["xzcff"]),
            ("practice of bureaus", []),
            ("", []),
        ],
    )
    def test_are_found_however_they_are_written(self, text: str, codes: list[str]) -> None:
        assert named_in(text, LAWS) == codes

    def test_an_article_belongs_to_the_one_law_that_is_named(self) -> None:
        assert keys_of("安全生产法", "第一百零一条", LAWS) == ["aqscf#101"]
        assert keys_of("安全生产法", "13, 20", LAWS) == ["aqscf#13", "aqscf#20"]
        assert keys_of("裁量基准由本局公布（行政处罚法第34条）", "", LAWS) == ["xzcff#34"]
        assert keys_of("安全生产法、行政处罚法", "34", LAWS) == ["aqscf#", "xzcff#"]
        assert keys_of("practice", "3", LAWS) == []
        assert split("aqscf#101") == ("aqscf", "101")


@pytest.mark.feature("M174")
class TestArticles:
    @pytest.mark.parametrize(
        ("text", "articles"),
        [
            ("101", ["101"]), ("第十三条", ["13"]), ("第20条", ["20"]), ("86 ¶3", ["86"]), ("5.1", ["5.1"]),
            ("第十四条第（二）项", ["14"]), ("第一百一十四条", ["114"]), ("13, 20、第七条", ["13", "20", "7"]),
            ("表1、表3", ["表1", "表3"]), ("附件二 任务清单", ["附件二 任务清单"]), ("", [""]), ("第六条之一", ["6-1"]),
        ],
    )  # fmt: skip
    def test_are_read_as_one(self, text: str, articles: list[str]) -> None:
        assert articles_in(text) == articles

    def test_stand_in_the_order_of_the_law(self) -> None:
        assert in_order(["附件", "101", "", "22", "5.10", "5.2"]) == ["", "5.2", "5.10", "22", "101", "附件"]

    @settings(max_examples=150)
    @given(st.integers(min_value=1, max_value=999))
    def test_chinese_numerals_are_read_back(self, number: int) -> None:
        assert number_of(chinese(number)) == number


def chinese(number: int) -> str:
    """A number as laws write it: 14 → 十四, 101 → 一百零一, 110 → 一百一十."""
    signs = "零一二三四五六七八九"
    hundreds, rest = divmod(number, 100)
    tens, units = divmod(rest, 10)
    text = f"{signs[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else signs[tens]) + "十"
    elif hundreds and units:
        text += "零"
    return text + (signs[units] if units else "")


def test_a_law_holds_from_its_first_to_its_last_day() -> None:
    old = law("zj30", "旧规定", begins=date(2010, 7, 1), ends=date(2026, 5, 31))
    assert [old.holds(day) for day in (date(2010, 6, 30), date(2010, 7, 1), date(2026, 5, 31), date(2026, 6, 1))] == [
        False, True, True, False,
    ]  # fmt: skip
