"""A paper written part by part, for texts too long and too various for a template: reports, bulletins, letters.

Blocks in their order; annexes begin on a page of their own. Same page and fonts as every paper (`layout.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from docx.shared import Pt

from anlan.kernel.papers import layout
from anlan.kernel.papers.charts import Chart, draw
from anlan.kernel.papers.docx import saved
from anlan.kernel.papers.layout import CENTRE, HEAD_FONT, RIGHT, SUBHEAD_FONT, TITLE_FONT, TITLE_PT, paragraph

RANKS = {1: (HEAD_FONT, False), 2: (SUBHEAD_FONT, False), 3: (layout.TEXT_FONT, True)}
CAPTION_PT = 14


@dataclass(frozen=True, slots=True)
class Heading:
    """`rank` 1 一、 2 （一） 3 1."""

    text: str
    rank: int = 1


@dataclass(frozen=True, slots=True)
class Text:
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """`widths` are shares of the page."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...] = ()
    size: int = layout.TABLE_PT


Block = Heading | Text | Table | Chart


@dataclass(frozen=True, slots=True)
class Annex:
    """附件: its title and blocks, on a page of its own."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Composition:
    """A whole paper. `signed` are the lines at its end: the office and the date."""

    title: str
    blocks: tuple[Block, ...]
    number: str = ""
    to: str = ""
    signed: tuple[str, ...] = ()
    annexes: tuple[Annex, ...] = ()
    draft: str = ""  # what stands above it while it is none yet


def compose(paper: Composition, *, at: datetime) -> bytes:
    """The document's bytes."""
    document = layout.new_document()
    if paper.draft:
        paragraph(document, paper.draft, font=HEAD_FONT, align=RIGHT, indent=False)
    if paper.number:
        paragraph(document, paper.number, align=CENTRE, indent=False)
    for line in paper.title.split("\n"):
        paragraph(document, line, font=TITLE_FONT, size=TITLE_PT, align=CENTRE, indent=False, keep=True)
    paragraph(document, "", indent=False)
    if paper.to:
        paragraph(document, paper.to, indent=False)
    count = _blocks(document, paper.blocks, 0)
    _annexes_named(document, paper.annexes)
    paragraph(document, "", indent=False)
    for line in paper.signed:
        made = paragraph(document, line, align=RIGHT, indent=False)
        made.paragraph_format.right_indent = Pt(2 * layout.TEXT_PT)
    for number, annex in enumerate(paper.annexes, start=1):
        paragraph(
            document, _annex(number, paper.annexes), font=HEAD_FONT, indent=False, keep=True, new_page=True
        )
        paragraph(
            document, annex.title, font=TITLE_FONT, size=TITLE_PT, align=CENTRE, indent=False, keep=True
        )
        paragraph(document, "", indent=False, keep=True)
        count = _blocks(document, annex.blocks, count)
    title = paper.title.replace("\n", "")
    return saved(
        document,
        title=f"{title} {paper.number}".strip(),
        author=paper.signed[0] if paper.signed else "",
        at=at,
    )


def _annex(number: int, annexes: Sequence[Annex]) -> str:
    return "附件" if len(annexes) == 1 else f"附件{number}"


def _annexes_named(document: Any, annexes: Sequence[Annex]) -> None:
    """附件：1.…  below the text, before the signature."""
    if not annexes:
        return
    paragraph(document, "", indent=False)
    for number, annex in enumerate(annexes, start=1):
        head = "附件：" if number == 1 else "　　　"
        mark = "" if len(annexes) == 1 else f"{number}."
        paragraph(document, f"{head}{mark}{annex.title}")


def _blocks(document: Any, blocks: Sequence[Block], charts: int) -> int:
    for block in blocks:
        if isinstance(block, Heading):
            font, bold = RANKS.get(block.rank, RANKS[3])
            paragraph(document, block.text, font=font, bold=bold, keep=True)
        elif isinstance(block, Text):
            for line in block.text.split("\n"):
                paragraph(document, line)
        elif isinstance(block, Table):
            if block.title:
                paragraph(
                    document,
                    block.title,
                    font=HEAD_FONT,
                    size=CAPTION_PT,
                    align=CENTRE,
                    indent=False,
                    keep=True,
                )
            layout.table(document, block.heads, block.rows, widths=block.widths, size=block.size)
        else:
            charts += 1
            made = document.add_paragraph()
            made.alignment = CENTRE
            draw(document, made, block, number=charts)
    return charts
