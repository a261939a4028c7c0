"""A document is read with the numbers that Word sets itself, its tables become points; a person corrects the rest."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given
from hypothesis import strategies as st

from anlan.domains.workplan import actions
from anlan.domains.workplan.models import Draft, Plan
from anlan.domains.workplan.rules import documents
from anlan.domains.workplan.rules import tasks as rules
from anlan.domains.workplan.rules.outline import Fix, read
from anlan.domains.workplan.rules.reading import matching, proposed
from anlan.domains.workplan.tests.ground import ground
from anlan.kernel.core.errors import Refused
from tests.people import DISTRICT, NOON


def saved(document) -> bytes:
    data = BytesIO()
    document.save(data)
    return data.getvalue()


def numbered(document, text: str, level: int) -> None:
    """A paragraph whose number Word sets: 一、 on the first level, （一） on the second."""
    paragraph = document.add_paragraph(text)
    paragraph._p.get_or_add_pPr().append(
        parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="77"/></w:numPr>')
    )


def with_list() -> Document:
    document = Document()
    levels = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for at, (form, text) in enumerate(
            [("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3.")]
        )
    )
    root = document.part.numbering_part.element
    root.append(parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{levels}</w:abstractNum>'))
    root.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    return document


def test_the_numbers_that_word_sets_stand_in_the_text() -> None:
    document = with_list()
    for text, level in (
        ("责任", 0),
        ("巡查", 1),
        ("企业", 2),
        ("工地", 2),
        ("检查", 1),
        ("宣传", 0),
        ("进企业", 1),
    ):
        numbered(document, text, level)
    lines = documents.text_of(saved(document), "x.docx").splitlines()
    assert lines == ["一、责任", "（一）巡查", "1.企业", "2.工地", "（二）检查", "二、宣传", "（一）进企业"]


@pytest.mark.feature("M001")
def test_the_rows_of_a_decomposition_table_become_points_that_name_their_unit() -> None:
    document = Document()
    document.add_paragraph("一、安全生产")
    table = document.add_table(rows=1, cols=5)
    for cell, text in zip(
        table.rows[0].cells, ("序号", "工作任务", "牵头单位", "配合单位", "完成时限"), strict=True
    ):
        cell.text = text
    for row in (
        ("1", "检查企业1680家", "应急管理局", "各街道、消防", "2026年11月30日"),
        ("2", "演练不少于12场", "教育局", "", "年底前"),
    ):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    outline = read(documents.text_of(saved(document), "x.docx"))
    points = outline.roots[0].children
    assert [p.mark for p in points] == ["1.", "2."]
    said = [proposed(p.text, year=2026) for p in points]
    assert [(s.lead, s.supporters, s.due) for s in said] == [
        ("应急管理局", ("各街道", "消防"), date(2026, 11, 30)),
        ("教育局", (), date(2026, 12, 31)),
    ]
    assert [(s.target, s.unit) for s in said] == [(Decimal(1680), "家"), (Decimal(12), "场")]


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("6月底前完成", date(2026, 6, 30)), ("2月底前", date(2026, 2, 28)), ("9月15日前", date(2026, 9, 15)),
        ("2027年3月底前", date(2027, 3, 31)), ("三季度末", date(2026, 9, 30)), ("检查3家", None), ("13月底前", None),
    ],
)  # fmt: skip
def test_a_day_is_read_as_it_is_printed(text: str, due: date | None) -> None:
    assert proposed(text, year=2026).due == due


UNITS = [
    ("a", "安澜区应急管理局", "应急"),
    ("b", "安澜区临港街道办事处", "临港街道"),
    ("c", "安澜区水务局", "水务"),
    ("d", "安澜区水务集团", "供水"),
]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("区应急管理局", "a"),
        ("应急局", "a"),
        ("临港街道", "b"),
        ("临港街道办事处", "b"),
        ("水务局", "c"),
        ("各街道", ""),
        ("", ""),
        ("财政局", ""),
    ],
)
def test_a_printed_name_means_a_unit_or_none(name: str, key: str) -> None:
    assert matching(name, UNITS) == key


@given(st.text(max_size=200))
def test_reading_a_point_never_fails(text: str) -> None:
    said = proposed(text, year=2026)
    assert said.target is None or said.target >= 0
    matching(text, UNITS)


@given(
    st.lists(
        st.sampled_from(["一、甲", "（一）乙", "1.丙", "文字", "（六）丁", "2.1戊", "一是己。二是庚。"]),
        min_size=1,
        max_size=12,
    ),
    st.dictionaries(
        st.integers(1, 12),
        st.builds(
            Fix,
            st.sampled_from(["text", "point", "leave_out"]),
            st.sampled_from(["", "三、", "（二）", "x"]),
            st.integers(0, 4),
        ),
        max_size=4,
    ),
)
def test_whatever_is_corrected_parents_stand_before_their_children(
    lines: list[str], fixes: dict[int, Fix]
) -> None:
    outline = read("\n".join(lines), fixes=fixes)
    for node in outline.walk():
        for child in node.children:
            assert child.depth > node.depth
            assert child.line >= node.line
    left = [n for n, fix in fixes.items() if fix.how == "leave_out"]
    assert not [node for node in outline.walk() if node.line in left]


class TestCorrectingByHand:
    def test_a_line_becomes_text_or_a_point_of_a_level_or_is_left_out(self) -> None:
        text = "一、甲\n（一）乙\n第 3 页\n（三）丙\n散句"
        fixes = {3: Fix("leave_out"), 4: Fix("point", "（二）", 1), 5: Fix("point", "", 1)}
        outline = read(text, fixes=fixes)
        assert [(n.mark, n.depth, n.text) for n in outline.walk()] == [
            ("一、", 0, "甲"), ("（一）", 1, "乙"), ("（二）", 1, "丙"), ("", 1, "散句"),
        ]  # fmt: skip
        assert outline.doubts == ()
        assert [n.mark for n in read(text, fixes={4: Fix("text")}).walk()] == ["一、", "（一）"]

    def test_what_follows_a_corrected_line_hangs_beside_it(self) -> None:
        outline = read("一、甲\n（一）乙\n小标题\n（二）丙", fixes={3: Fix("point", "", 1)})
        assert [(n.mark, n.depth) for n in outline.walk()] == [
            ("一、", 0),
            ("（一）", 1),
            ("", 1),
            ("（二）", 1),
        ]


@pytest.mark.django_db
class TestADraft:
    def test_lands_only_when_every_doubt_was_corrected_or_said_to_be_right(self) -> None:
        g = ground()
        given = {"title": "要点", "year": 2026, "region": DISTRICT, "by": g.olga.by, "at": NOON}
        draft = actions.draft(text="一、甲\n三、乙\n五、丙", **given)
        with pytest.raises(Refused) as refused:
            actions.land(draft=draft, by=g.olga.by, at=NOON)
        assert refused.value.code == rules.UNSETTLED
        actions.fix(draft=draft, line=2, how="point", mark="二、", depth=0, by=g.olga.by, at=NOON)
        draft.refresh_from_db()
        actions.settle(draft=draft, lines=[3], by=g.olga.by, at=NOON)
        plan = actions.land(draft=draft, by=g.olga.by, at=NOON)
        assert [p.mark for p in plan.points.order_by("place")] == ["一、", "二、", "五、"]
        assert not Draft.objects.exists()
        assert Plan.objects.get().doubts == [{"line": 3, "mark": "五、", "what": "gap"}]

    def test_is_corrected_by_its_office_only_and_on_lines_that_are_there(self) -> None:
        g = ground()
        draft = actions.draft(text="一、甲", title="x", year=2026, region=DISTRICT, by=g.olga.by, at=NOON)
        with pytest.raises(Refused):
            actions.fix(draft=draft, line=1, how="text", by=g.here.owner.by, at=NOON)
        for wrong in ({"line": 2}, {"how": "x"}, {"how": "point", "depth": 9}):
            with pytest.raises(Refused) as refused:
                actions.fix(draft=draft, **({"line": 1, "how": "text"} | wrong), by=g.olga.by, at=NOON)
            assert refused.value.code == rules.BAD_FIX
