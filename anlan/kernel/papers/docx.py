"""A paper as an office document, laid out as official papers are (GB/T 9704-2012): A4, margins 37 / 35 / 28 / 26 mm,
title in 方正小标宋 二号, text in 仿宋 三号 on lines of 28 points, page numbers at the foot. The fonts are named, not
embedded: where a machine lacks one, its office puts another in its place.
"""

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from anlan.kernel.papers.templates import Part, Template, filled

TITLE_FONT, TEXT_FONT, HEAD_FONT = "方正小标宋简体", "仿宋_GB2312", "黑体"
TITLE_PT, TEXT_PT, TABLE_PT = 22, 16, 12  # 二号, 三号, 小四
LINE_PT = 28
INDENT_PT = 2 * TEXT_PT
TOP_MM, BOTTOM_MM, LEFT_MM, RIGHT_MM = 37, 35, 28, 26
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def render(
    template: Template, values: Mapping[str, Any], *, number: str, signed: Sequence[str], at: datetime
) -> bytes:
    """The document's bytes. `signed` are the lines at its end: the office and the date."""
    document = Document()
    _page(document)
    _paragraph(document, number, size=TEXT_PT, align=WD_ALIGN_PARAGRAPH.RIGHT, indent=False)
    title = filled(template.title, values)
    _paragraph(document, title, font=TITLE_FONT, size=TITLE_PT, align=WD_ALIGN_PARAGRAPH.CENTER, indent=False)
    _paragraph(document, "", indent=False)
    if template.to:
        _paragraph(document, filled(template.to, values), indent=False)
    for part in template.parts:
        _part(document, part, values)
    _paragraph(document, "", indent=False)
    for line in signed:
        _paragraph(document, line, align=WD_ALIGN_PARAGRAPH.RIGHT, indent=False)
    document.core_properties.title = f"{title} {number}"
    document.core_properties.created = at.replace(tzinfo=None)
    document.core_properties.author = signed[0] if signed else ""
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _page(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(TOP_MM), Mm(BOTTOM_MM)
    section.left_margin, section.right_margin = Mm(LEFT_MM), Mm(RIGHT_MM)
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(foot, "— ", size=14)
    _page_number(_run(foot, "", size=14))
    _run(foot, " —", size=14)


def _page_number(run: Any) -> None:
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        name = "w:fldChar" if kind else "w:instrText"
        element = OxmlElement(name)
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)


def _part(document: Any, part: Part, values: Mapping[str, Any]) -> None:
    if part.kind == "heading":
        _paragraph(document, filled(part.words, values), font=HEAD_FONT)
    elif part.kind == "text":
        _paragraph(document, filled(part.words, values))
    elif part.kind == "list":
        for place, row in enumerate(values[part.words], start=1):
            _paragraph(document, filled(part.item, {"number": place, **row}))
    elif part.kind == "table":
        _table(document, part, values[part.words])
    else:
        for line in part.words:
            _paragraph(document, line, indent=False)


def _table(document: Any, part: Part, rows: Sequence[Mapping[str, Any]]) -> None:
    table = document.add_table(rows=1, cols=len(part.heads), style="Table Grid")
    for cell, (_name, label) in zip(table.rows[0].cells, part.heads, strict=True):
        _cell(cell, label, font=HEAD_FONT)
    for row in rows:
        for cell, (name, _label) in zip(table.add_row().cells, part.heads, strict=True):
            _cell(cell, str(row.get(name, "")))


def _cell(cell: Any, text: str, *, font: str = TEXT_FONT) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(paragraph, text, font=font, size=TABLE_PT)


def _paragraph(
    document: Any,
    text: str,
    *,
    font: str = TEXT_FONT,
    size: int = TEXT_PT,
    align: Any = None,
    indent: bool = True,
) -> None:
    paragraph = document.add_paragraph()
    shape = paragraph.paragraph_format
    shape.space_before = shape.space_after = Pt(0)
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(max(LINE_PT, size + 8))
    if indent:
        shape.first_line_indent = Pt(INDENT_PT)
    if align is not None:
        paragraph.alignment = align
    _run(paragraph, text, font=font, size=size)


def _run(paragraph: Any, text: str, *, font: str = TEXT_FONT, size: int = TEXT_PT) -> Any:
    run = paragraph.add_run(text)
    run.font.name, run.font.size = font, Pt(size)
    # Word keeps a font of its own for Chinese characters.
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    return run
