"""Office documents keep their numbering; what was ambiguous is said. The five published documents are the real test."""

from collections import Counter
from pathlib import Path

import pytest

from anlan.domains.workplan.rules.outline import Fix, Outline, chinese, read

SEEDS = Path(__file__).resolve().parents[5] / "shared" / "seeds"


def seed(number: str) -> str:
    found = sorted(SEEDS.glob(f"{number}_*.txt"))
    if not found:
        pytest.skip(f"the published document {number} is not on this machine ({SEEDS})")
    return found[0].read_text(encoding="utf-8")


def kinds(outline: Outline) -> dict[str, int]:
    return dict(Counter(node.kind for node in outline.walk()))


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("000", {"cn": 6, "arabic": 24}),
        ("001", {"cn": 3, "cn_paren": 12, "arabic": 3, "decimal": 53, "circled": 8, "inline": 54}),
        ("002", {"cn": 2, "cn_paren": 15, "inline": 2}),
        ("003", {"cn": 7, "arabic": 28}),
        ("004", {"cn": 3, "cn_paren": 8, "arabic": 27, "inline": 83}),
    ],
)
@pytest.mark.feature("M001")
def test_a_published_document_keeps_its_numbering(number: str, expected: dict[str, int]) -> None:
    assert kinds(read(seed(number))) == expected


# What the five documents leave unclear, by line; the rest of their numbers run without a gap or a double.
UNCLEAR = {
    "000": [],
    "001": [
        (118, "(六)", "gap"),  # there is no (五)
        (124, "1.1", "orphan"),  # 1.1 to 1.9 without a 1. above them
        (136, "②", "gap"),  # the paragraph before it lost its ①
        (154, "", "stray"),  # … and this one its ④
        (156, "⑤", "gap"),
        (180, "①", "inside"),  # seven points 1. to 7. in one paragraph
    ],
    "002": [],
    "003": [],
    "004": [
        (118, "", "stray"),
        (119, "", "stray"),
        (120, "", "stray"),
    ],  # buttons of the page it was printed from
}


@pytest.mark.parametrize("number", sorted(UNCLEAR))
def test_what_a_document_leaves_unclear_is_said_and_nothing_else(number: str) -> None:
    assert [(d.line, d.mark, d.what) for d in read(seed(number)).doubts] == UNCLEAR[number]


@pytest.mark.parametrize("number", ["000", "001", "002", "003", "004"])
def test_no_word_of_a_document_is_lost(number: str) -> None:
    text = seed(number)
    outline = read(text)
    kept = outline.preface + "".join(node.mark + node.text for node in outline.walk())
    squeezed = "".join(kept.split())
    for line in filter(str.strip, text.splitlines()):
        for piece in filter(None, "".join(line.split()).split("。")):
            assert piece[-12:] in squeezed


def test_ranks_follow_the_markers_not_the_indentation() -> None:
    outline = read("一、甲\n(一)乙\n1.丙\n2.1丁。说明\n(1)戊\n二、己")
    assert [(node.mark, node.depth) for node in outline.walk()] == [
        ("一、", 0), ("(一)", 1), ("1.", 2), ("2.1", 3), ("(1)", 4), ("二、", 0),
    ]  # fmt: skip


def test_a_number_in_the_text_opens_nothing() -> None:
    outline = read("一、形势\n2024年上半年共发生12起。\n40.49%的检查\n3.5万人")
    assert [node.mark for node in outline.walk()] == ["一、"]
    assert "40.49%" in outline.roots[0].text


def test_firstly_and_secondly_open_points_even_where_a_full_stop_was_forgotten() -> None:
    outline = read("1.防汛。一是排查隐患二是落实人员。三是演练。唯一是难点。")
    assert [(node.mark, node.text) for node in outline.roots[0].children] == [
        ("一是", "排查隐患"), ("二是", "落实人员"), ("三是", "演练。唯一是难点"),
    ]  # fmt: skip


def test_one_firstly_alone_is_a_turn_of_phrase() -> None:
    assert read("1.防汛。一是排查隐患。").roots[0].children == []


def test_paragraphs_that_each_begin_with_firstly_are_points() -> None:
    outline = read("三、安排\n一是健全机制。\n二是推进行动。")
    assert [node.mark for node in outline.roots[0].children] == ["一是", "二是"]


def test_numbers_that_jump_or_come_twice_are_said_and_kept() -> None:
    outline = read("一、甲\n三、乙\n三、丙")
    assert [(d.mark, d.what, d.line) for d in outline.doubts] == [("三、", "gap", 2), ("三、", "repeat", 3)]
    assert len(outline.roots) == 3


@pytest.mark.parametrize(
    ("text", "doubts"),
    [
        ("一、甲\n①乙\n②丙\n④丁", [("④", "gap")]),
        ("1.甲\n1.1乙\n2.1丙\n2.2丁", [("2.1", "orphan")]),
        ("3.甲\n3.2乙\n3.2.1丙", [("3.2", "gap")]),
        ("3.甲\n3.2.1丙", [("3.2.1", "orphan")]),
        ("1.甲。一是乙。二是丙。\n散句", [("", "stray")]),
        ("1.甲。一是乙。二是丙。\n另：一是丁。二是戊。", [("", "stray")]),  # a new run is no gap
        ("1.甲。一是乙。二是丙。四是丁。", [("四是", "gap")]),
        ("一、甲\n一是乙\n三是丙", [("三是", "gap")]),
        ("一、甲\n1.乙；2.丙；3.丁", [("1.", "inside")]),
        ("一、甲：①乙；②丙", [("一、", "inside")]),
        ("一、甲（1）乙（2）丙", [("一、", "inside")]),
        ("一、完成3.5万人、12.8亿元，其中（三）级2家", []),
    ],
)
def test_what_is_unclear_is_said_of_its_line(text: str, doubts: list[tuple[str, str]]) -> None:
    assert [(d.mark, d.what) for d in read(text).doubts] == doubts


def test_circled_numbers_hang_below_all_others_and_hold_what_is_in_them() -> None:
    outline = read("1.甲\n1.1乙\n①丙：一是丁；二是戊\n②)己\n1.2庚")
    assert [(node.mark, node.depth) for node in outline.walk()] == [
        ("1.", 0), ("1.1", 1), ("①", 2), ("一是", 3), ("二是", 3), ("②)", 2), ("1.2", 1),
    ]  # fmt: skip


def test_a_correction_ends_the_doubt() -> None:
    text = "1.甲。一是乙。二是丙。\n散句\n另外一句"
    assert [d.line for d in read(text).doubts] == [2, 3]
    assert read(text, fixes={2: Fix("text"), 3: Fix("leave_out")}).doubts == ()
    named = read("一、甲\n一是乙\n三是丙", fixes={3: Fix("point", "二是", 1)})
    assert ([n.mark for n in named.walk()], named.doubts) == (["一、", "一是", "二是"], ())
    assert named.roots[0].children[1].text == "丙"


def test_arabic_numbers_may_run_on_through_the_whole_document() -> None:
    assert read("一、甲\n1.a\n2.b\n二、乙\n3.c").doubts == ()


@pytest.mark.parametrize(
    ("said", "value"), [("一", 1), ("十", 10), ("十三", 13), ("二十", 20), ("九十九", 99)]
)
def test_chinese_numbers(said: str, value: int) -> None:
    assert chinese(said) == value
