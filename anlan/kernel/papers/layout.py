"""What official papers are made of in an office document (GB/T 9704-2012): the page, its paragraphs, tables and runs.

A4, margins 37 / 35 / 28 / 26 mm, 22 lines of 28 characters; title in 小标宋 二号, text in 仿宋 三号, headings of the
first rank in 黑体, of the second in 楷体; page numbers — 1 — at the outer edge. The fonts are named, not embedded:
where a machine lacks one, its office puts another in its place.
"""

from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

TITLE_FONT, TEXT_FONT, HEAD_FONT, SUBHEAD_FONT = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"
FOOT_FONT = "宋体"
TITLE_PT, TEXT_PT, TABLE_PT, FOOT_PT = 22, 16, 12, 14  # 二号, 三号, 小四, 四号
LINE_PT = 28.95  # 22 of them are the 225 mm of a page
CHARACTER_TWIPS = -5  # a quarter point closer: 28 characters are the 156 mm of a line
INDENT_PT = 2 * TEXT_PT
TOP_MM, BOTTOM_MM, LEFT_MM, RIGHT_MM = 37, 35, 28, 26
FOOT_MM = 23  # so that the page number stands 7 mm below the text
TEXT_MM = 210 - LEFT_MM - RIGHT_MM
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
CENTRE, RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT


def new_document() -> Any:
    """An empty official page."""
    document = Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = TEXT_FONT, Pt(TEXT_PT)
    _chinese(style.element.get_or_add_rPr(), TEXT_FONT)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(TOP_MM), Mm(BOTTOM_MM)
    section.left_margin, section.right_margin = Mm(LEFT_MM), Mm(RIGHT_MM)
    section.footer_distance = Mm(FOOT_MM)
    _no_grid(section)
    document.settings.odd_and_even_pages_header_footer = True
    _foot(section.footer.paragraphs[0], WD_ALIGN_PARAGRAPH.RIGHT)
    _foot(section.even_page_footer.paragraphs[0], WD_ALIGN_PARAGRAPH.LEFT)
    return document


def _no_grid(section: Any) -> None:
    """22 lines of 28 characters come from the spacing of lines and characters, not from a grid: offices differ in how
    they read one (a page of LibreOffice then holds half the text)."""
    for old in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(old)


def _foot(paragraph: Any, side: Any) -> None:
    """— 1 —, one character from the outer edge."""
    paragraph.alignment = side
    shape = paragraph.paragraph_format
    shape.first_line_indent = Pt(0)
    if side == WD_ALIGN_PARAGRAPH.RIGHT:
        shape.right_indent = Pt(FOOT_PT)
    else:
        shape.left_indent = Pt(FOOT_PT)
    run(paragraph, "— ", font=FOOT_FONT, size=FOOT_PT)
    _page_number(run(paragraph, "", font=FOOT_FONT, size=FOOT_PT))
    run(paragraph, " —", font=FOOT_FONT, size=FOOT_PT)


def _page_number(made: Any) -> None:
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        made._r.append(element)


def paragraph(
    document: Any,
    text: str,
    *,
    font: str = TEXT_FONT,
    size: int = TEXT_PT,
    align: Any = None,
    indent: bool = True,
    bold: bool = False,
    keep: bool = False,
    new_page: bool = False,
) -> Any:
    """One paragraph on the lines of the page; `keep` holds it beside what follows."""
    made = document.add_paragraph()
    shape = made.paragraph_format
    shape.space_before = shape.space_after = Pt(0)
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(max(LINE_PT, size + 8))
    shape.keep_with_next, shape.page_break_before = keep, new_page
    if indent:
        shape.first_line_indent = Pt(INDENT_PT)
    if align is not None:
        made.alignment = align
    run(made, text, font=font, size=size, bold=bold)
    return made


def run(paragraph: Any, text: str, *, font: str = TEXT_FONT, size: int = TEXT_PT, bold: bool = False) -> Any:
    """Words in one font and size."""
    made = paragraph.add_run(text)
    made.font.name, made.font.size, made.font.bold = font, Pt(size), bold or None
    _chinese(made._r.get_or_add_rPr(), font)
    if size == TEXT_PT:
        _closer(made._r.get_or_add_rPr())
    return made


def _closer(properties: Any) -> None:
    spacing = OxmlElement("w:spacing")
    spacing.set(qn("w:val"), str(CHARACTER_TWIPS))
    # The schema wants it before the size.
    size = properties.find(qn("w:sz"))
    if size is None:
        properties.append(spacing)
    else:
        size.addprevious(spacing)


def _chinese(properties: Any, font: str) -> None:
    # Word keeps a font of its own for Chinese characters.
    properties.get_or_add_rFonts().set(qn("w:eastAsia"), font)


def table(
    document: Any,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    widths: Sequence[int] = (),
    size: int = TABLE_PT,
) -> Any:
    """A table as wide as the text, its head repeated on every page. `widths` are shares of it."""
    made = document.add_table(rows=1, cols=len(heads), style="Table Grid")
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    made.autofit = False
    shares = widths or [1] * len(heads)
    for cell, text in zip(made.rows[0].cells, heads, strict=True):
        _cell(cell, text, font=HEAD_FONT, size=size)
    _repeat(made.rows[0])
    for row in rows:
        added = made.add_row()
        _whole(added)
        for cell, text in zip(added.cells, row, strict=True):
            _cell(cell, text, size=size)
    for number, share in enumerate(shares):
        made.columns[number].width = Mm(TEXT_MM * share / sum(shares))
        for cell in made.columns[number].cells:
            cell.width = Mm(TEXT_MM * share / sum(shares))
    return made


def _repeat(row: Any) -> None:
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _whole(row: Any) -> None:
    """A row is not split between two pages."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _cell(cell: Any, text: str, *, font: str = TEXT_FONT, size: int = TABLE_PT) -> None:
    inside = cell.paragraphs[0]
    inside.alignment = CENTRE if len(text) <= 14 else None
    shape = inside.paragraph_format
    shape.space_before = shape.space_after = Pt(0)
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(size + 6)
    run(inside, text, font=font, size=size)
