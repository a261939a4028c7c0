"""What is a number: how much, and not which."""

from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from anlan.domains.bulletins.rules.numerals import Held, figures, narrow, nouns, reread

FIGURES = {
    "监督处罚率40.49%，立案处罚率34.16%": ["40.49", "34.16"],
    "约3万名": ["30000"],
    "检查１，０１３家次": ["1013"],
    "检查1,013家次": ["1013"],
    "整改率９８．５％": ["98.5"],
    "发生十二起，死亡一百零三人": ["12", "103"],
    "完成百分之四十点五": ["40.5"],
    "过火面积330平方米": ["330"],
    "资金2.98亿元": ["298000000"],
    "变化−3.5个百分点": ["-3.5"],
    "死亡1人": ["1"],
    "死亡一人": ["1"],
    "与去年同期持平": ["0"],
    "5km、12起": ["5", "12"],
    "检查13900家次（企业1680家）": ["13900", "1680"],
    "三万元以上": ["30000"],
    "检查企业100+家": ["100"],
}
REFERENCES = (
    "2024年上半年", "2023-2024年度", "6月20日", "2026年7月3日14时05分", "第1期", "第三", "第十二届", "安委办〔2026〕3号",
    "14:05", "5G+AI", "GB18030", "12345政务服务便民热线", "《月度形势分析》7期的《第7期》", "5·12防灾减灾日",
    "1.不断压实责任。", "（2）排查", "一是压实责任，二是排查", "一起推进", "千方百计", "“三个清单”为抓手", "三个清单", "两个维护",
    "全力以赴、一个不漏", "三防责任人", "百格千场万企", "六个一", "一次性告知", "1+10+N+124保障体系", "万无一失", "十分重视",
)  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), FIGURES.items())
def test_a_figure_says_how_much(text: str, wanted: list[str]) -> None:
    assert [f"{one.value.normalize():f}" for one in figures(text)] == wanted


@pytest.mark.parametrize("text", REFERENCES)
def test_a_reference_says_which_and_is_no_figure(text: str) -> None:
    wanted = ["7期"] if text.startswith("《月度") else []
    assert [text[one.start : one.end] + "期" for one in figures(text)] == wanted


def test_the_way_a_number_went_belongs_to_it() -> None:
    down, up = (figures(f"同比{way}33.3%")[0] for way in ("下降", "上升"))
    assert (down.value, down.way, up.way) == (Decimal("33.3"), "down", "up")
    assert down.key != up.key


def test_the_same_number_written_otherwise_is_the_same() -> None:
    assert figures("30000人")[0].key == figures("３万人")[0].key == figures("30,000人")[0].key
    assert narrow("１２．５％") == "12.5%"


WORDS = st.text(alphabet="安全生产隐患排查治理，。、企业街道部门督促落实", max_size=12)
NUMBERS = st.one_of(
    st.integers(0, 99_999).map(str),
    st.decimals("0", "999", places=2).map(lambda value: f"{value}%"),
    st.integers(1, 99).map(lambda value: f"{value}万"),
)


@st.composite
def marked(draw: st.DrawFn) -> tuple[list[str], list[str]]:
    """Words and numbers by turns: a text is their zip; every number has a unit behind it, as reports write."""
    numbers = draw(st.lists(NUMBERS, min_size=1, max_size=8))
    return draw(st.lists(WORDS, min_size=len(numbers) + 1, max_size=len(numbers) + 1)), numbers


def joined(words: list[str], numbers: list[str]) -> tuple[str, list[Held]]:
    text, held = words[0], []
    for place, (number, more) in enumerate(zip(numbers, words[1:], strict=True)):
        held.append(Held(len(text), len(text) + len(number), place))
        text += f"{number}项{more}"
    return text, held


@settings(max_examples=150, deadline=None)
@given(marked(), st.data())
def test_whoever_changes_words_only_keeps_every_number_where_it_stands(made, data) -> None:
    words, numbers = made
    before, held = joined(words, numbers)
    other = data.draw(st.lists(WORDS, min_size=len(words), max_size=len(words)))
    told = [noun for noun in nouns(before, figures(before)) if noun]
    after, places = joined(other, numbers)
    assume(not set(told) & set(nouns(after, figures(after))))  # no number takes another's noun
    found = reread(before, held, after)
    assert (found.typed, found.dropped) == ((), ())
    assert [(one.start, one.end, one.of) for one in found.kept] == [
        (one.start, one.end, one.of) for one in places
    ]


@settings(max_examples=150, deadline=None)
@given(marked(), st.data())
def test_one_changed_number_is_one_flag_that_names_what_stood_there(made, data) -> None:
    words, numbers = made
    before, held = joined(words, numbers)
    place = data.draw(st.integers(0, len(numbers) - 1))
    other = data.draw(
        NUMBERS.filter(lambda text: all(figures(text)[0].key != figures(n)[0].key for n in numbers))
    )
    after, places = joined(words, [*numbers[:place], other, *numbers[place + 1 :]])
    found = reread(before, held, after)
    assert [(one.text, one.before.of if one.before else None) for one in found.typed] == [(other, place)]
    assert (found.typed[0].start, found.typed[0].end) == (places[place].start, places[place].end)
    assert {one.of for one in found.kept} == set(range(len(numbers))) - {place}


@settings(max_examples=150, deadline=None)
@given(marked())
def test_full_width_digits_change_no_number(made) -> None:
    words, numbers = made
    before, held = joined(words, numbers)
    wide = before.translate({ord(str(n)): chr(ord("０") + n) for n in range(10)})
    found = reread(before, held, wide)
    assert (found.typed, [one.of for one in found.kept]) == ((), list(range(len(numbers))))


def test_two_numbers_that_change_places_are_flagged() -> None:
    before = "死亡2人，重伤10人"
    held = [Held(2, 3, "dead"), Held(7, 9, "hurt")]
    found = reread(before, held, "死亡10人，重伤2人")
    assert found.typed != ()


@pytest.mark.parametrize(
    ("before", "after", "flagged"),
    [
        ("死亡2人、重伤4人", "重伤2人、死亡4人", ["2", "4"]),
        ("其中死亡人数2人，重伤人数4人。", "重伤人数2人。", ["2"]),
        ("发现隐患12项，整改隐患10项", "发现并登记隐患12项，整改隐患10项", []),
        ("发现隐患12项，同比上升5%；死亡2人，同比下降20%", "隐患12项，上升5%；亡2人，下降20%", []),
        ("巡查企业30家，检查企业12家", "全区巡查企业30家，其中检查企业12家", []),
    ],
)
def test_a_number_that_takes_anothers_noun_is_changed(before: str, after: str, flagged: list[str]) -> None:
    held = [Held(one.start, one.end, one.text) for one in figures(before)]
    assert [one.text for one in reread(before, held, after).typed] == flagged


def test_a_number_left_out_is_told_and_one_of_the_templates_own_words_is_not() -> None:
    before = "发现12项，目标不少于9000人"
    found = reread(before, [Held(2, 4, "found")], "继续排查")
    assert [one.of for one in found.dropped] == ["found"]


def test_a_new_number_is_typed_by_hand() -> None:
    found = reread("发现12项", [Held(2, 4, "found")], "发现12项，整改十项")
    assert [(one.text, one.before) for one in found.typed] == [("十", None)]
