"""Where the paragraphs of an older text stand beside a report: by order and likeness."""

from hypothesis import given
from hypothesis import strategies as st

from anlan.domains.bulletins.rules.placing import Line, Spot, lines_of, placed

SPOTS = (
    Spot("preface", "2026年1月1日至6月30日，在区委、区政府的坚强领导下，我局统筹发展和安全，总体情况如下。"),
    Spot("b2", "一、安全生产和防灾减灾形势", heading=True),
    Spot("b3", "（一）生产安全事故情况", heading=True),
    Spot(
        "accidents",
        "工矿商贸及其他领域，初步判定为生产安全事故12起，死亡10人、重伤2人，事故起数同比下降33.3%。",
    ),
    Spot("b5", "（二）自然灾害情况", heading=True),
    Spot("disasters", "全区平均雨量1073.2毫米，收到台风暴雨预警信号36次，启动防汛防风应急响应33次。"),
    Spot("b7", "二、主要工作", heading=True),
    Spot("b8", "（一）深入开展隐患排查整治", heading=True),
    Spot("dangers", "全区在营企业900家，巡查企业13900家次。发现隐患2729项，整改率85.93%。"),
    Spot("b10", "三、下一步工作安排", heading=True),
    Spot("next", "一是对逾期未整改的隐患逐项挂牌督办，按期销号。"),
)
OLD = """某某区应急管理局2025年上半年工作总结
2025年上半年，在区委区政府的坚强领导下，我局统筹发展和安全，工作情况如下。
一、安全生产和防灾减灾形势
（一）生产安全事故情况。工矿商贸领域发生生产安全事故18起，死亡14人，重伤4人。
（二）自然灾害情况
上半年收到台风暴雨预警信号30次，启动应急响应25次。
其中暴雨红色预警一次，两处道路中断。
（三）森林防灭火
扑救山火两宗。
二、主要工作
（一）开展隐患排查整治
1.突出重点行业
对粉尘涉爆、有限空间开展专项治理。
巡查企业12000家次，发现隐患2500项。
三、下一步工作安排
对逾期未整改隐患挂牌督办。"""


def test_each_paragraph_stands_beside_its_like_in_the_order_of_the_text() -> None:
    lines = lines_of(OLD)
    found = {line.words[:8]: key for line, key in zip(lines, placed(lines, SPOTS), strict=True)}
    assert found["2025年上半年"[:8]] == "preface"
    assert found["工矿商贸领域发生"] == "accidents"
    assert found["上半年收到台风暴"] == "disasters"
    assert found["其中暴雨红色预警"] == "disasters"  # like nothing: it stays with the one before it
    assert found["扑救山火两宗。"] == ""  # under a heading that the report does not have
    assert found["对粉尘涉爆、有限"] == "dangers"  # like nothing, but under the heading that is there
    assert found["巡查企业12000"[:8]] == "dangers"
    assert found["对逾期未整改隐患"] == "next"


def test_without_headings_it_is_the_words_alone() -> None:
    lines = lines_of("收到台风暴雨预警信号30次，启动防汛防风应急响应25次。\n发现隐患2500项，整改率八成。")
    assert placed(lines, SPOTS) == ["disasters", "dangers"]


def test_a_paragraph_stays_under_its_heading_unless_another_is_much_like_it() -> None:
    lines = lines_of(
        "二、主要工作\n（一）深入开展隐患排查整治\n对隐患逐项督办销号。\n三、下一步工作安排\n按期销号。"
    )
    assert [key for line, key in zip(lines, placed(lines, SPOTS), strict=True) if not line.rank] == [
        "dangers",
        "next",
    ]


def test_a_heading_that_runs_on_is_cut_off_its_paragraph() -> None:
    assert lines_of("（一）生产安全事故情况。发生事故18起。\n\n1.开展巡查。\n2.宣传") == [
        Line("（一）生产安全事故情况", 2), Line("发生事故18起。"), Line("1.开展巡查。"), Line("2.宣传", 3),
    ]  # fmt: skip


@given(st.lists(st.text("一二、（）。1.安全生产隐患排查整治预警", max_size=20), max_size=12))
def test_every_paragraph_comes_once_and_the_pairs_never_cross(texts: list[str]) -> None:
    lines = lines_of("\n".join(texts))
    keys = placed(lines, SPOTS)
    assert len(keys) == len(lines)
    body = {spot.key for spot in SPOTS if not spot.heading}
    assert set(keys) <= body | {""}
