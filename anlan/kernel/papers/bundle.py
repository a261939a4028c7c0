"""A bundle of papers: a numbered folder (zip), and one PDF with cover, catalogue with page numbers, and all enclosures.

Pictures become pages, the pages of a PDF are laid on ours; what can be neither is told on a page of its own and lies in
the folder. Everything is known before the first page is drawn, so that the catalogue's page numbers are right at once.
"""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fpdf import FPDF
from PIL import Image, ImageOps
from pypdf import PageObject, PdfReader, PdfWriter, Transformation
from pypdf.errors import PyPdfError

from anlan.kernel.papers.enclosures import Built, Cover, Enclosure, Section, Words

MM = 72 / 25.4
WIDE, HIGH, MARGIN = 210, 297, 20
FRAME_TOP, FRAME_BOTTOM = 34, 22  # an enclosure stands between its heading and the page's foot
ROWS_A_PAGE = 24
ROW_MM = 9.5
PICTURE_SIDE = 2000  # pixels: 200 dots an inch on our frame
MOST_PAGES = 3000
FONT = "bundle"


@dataclass
class _Part:
    """An enclosure with its number, how many pages it takes, and from which page of the whole on."""

    number: str
    section: Section
    enclosure: Enclosure
    pages: int
    kind: str  # picture | pdf | other
    start: int = 0


def build(
    *,
    cover: Cover,
    sections: Sequence[Section],
    words: Words,
    font: Path,
    at: datetime,
    pdf: Path,
    folder: Path,
) -> Built:
    """Write the PDF and the zip. `font` is a file with Chinese characters (ttf, otf, ttc); what is used is embedded."""
    parts = [part for number, section in enumerate(sections, start=1) for part in _parts(number, section)]
    places, pages = _places(sections, parts)
    catalogue = _catalogue(sections, parts, places)
    sheet = _sheet(font, words, pages, at, cover)
    _cover(sheet, cover)
    _catalogue_pages(sheet, catalogue, words)
    for number, section in enumerate(sections, start=1):
        _section_pages(sheet, number, section)
        for part in (each for each in parts if each.section is section):
            _enclosure_pages(sheet, part, words)
    _lay_on(sheet, parts, pdf)
    _write_folder(folder, pdf, sections, parts, catalogue, words)
    return Built(pages, len(parts), tuple(catalogue))


# ---- what there is, before a page is drawn ----
def _parts(number: int, section: Section) -> Iterator[_Part]:
    for place, each in enumerate(section.enclosures, start=1):
        kind, pages = _look(each.path)
        yield _Part(f"{number:02d}-{place:02d}", section, each, pages, kind)


def _look(path: Path) -> tuple[str, int]:
    """What a file can be printed as, by its bytes and not by its name, and on how many pages."""
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(b"%PDF"):
        try:
            reader = PdfReader(path)
            many = 0 if reader.is_encrypted else len(reader.pages)
        except (PyPdfError, ValueError, KeyError, RecursionError, OSError):
            many = 0
        return ("pdf", many) if 0 < many <= MOST_PAGES else ("other", 1)
    try:
        with Image.open(path) as picture:
            picture.verify()
        return "picture", 1
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return "other", 1


def _places(sections: Sequence[Section], parts: Sequence[_Part]) -> tuple[list[int], int]:
    """The first page of each section, each part's own, and how many pages there are."""
    lines = len(sections) + len(parts)
    page = 1 + max(1, -(-lines // ROWS_A_PAGE)) + 1
    places = []
    for section in sections:
        places.append(page)
        page += _own_pages(section)
        for part in (each for each in parts if each.section is section):
            part.start = page
            page += part.pages
    return places, page - 1


def _own_pages(section: Section) -> int:
    return max(1, -(-len(section.rows) // ROWS_A_PAGE))


def _catalogue(
    sections: Sequence[Section], parts: Sequence[_Part], places: Sequence[int]
) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for number, (section, page) in enumerate(zip(sections, places, strict=True), start=1):
        rows.append((f"{number:02d}", section.title, "", "", "", str(page)))
        rows += [
            (part.number, part.enclosure.title, part.enclosure.happened, part.enclosure.recorded, part.enclosure.late,
             str(part.start))
            for part in parts if part.section is section
        ]  # fmt: skip
    return rows


# ---- pages ----
class _Sheet(FPDF):
    """A4 with one font, a foot on every page but the cover, no page breaks but ours."""

    def __init__(self, words: Words, pages: int) -> None:
        super().__init__(format="A4")
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.set_auto_page_break(False)
        self._words, self._pages = words, pages

    def footer(self) -> None:
        if self.page_no() == 1:
            return
        self.set_y(HIGH - 14)
        self.set_font(FONT, size=9)
        foot = self._words.foot.format(page=self.page_no(), pages=self._pages)
        self.cell(WIDE - 2 * MARGIN, 6, foot, align="C")

    def line_of(self, text: str, *, size: float, high: float, align: str = "L", wide: float = 0) -> None:
        """One line, cut with … where it is too long."""
        self.set_font(FONT, size=size)
        wide = wide or WIDE - 2 * MARGIN
        self.cell(wide, high, self.cut(text, wide - 2), align=align, new_x="LMARGIN", new_y="NEXT")

    def cut(self, text: str, wide: float) -> str:
        text = " ".join(text.split())
        if self.get_string_width(text) <= wide:
            return text
        while text and self.get_string_width(text + "…") > wide:
            text = text[:-1]
        return text + "…"


def _sheet(font: Path, words: Words, pages: int, at: datetime, cover: Cover) -> _Sheet:
    sheet = _Sheet(words, pages)
    # In a collection of the Noto fonts the third face is the simplified Chinese one.
    face = 2 if font.suffix == ".ttc" and "Noto" in font.name else 0
    sheet.add_font(FONT, fname=font, collection_font_number=face)
    sheet.set_creation_date(at)
    sheet.set_title(cover.title)
    return sheet


def _cover(sheet: _Sheet, cover: Cover) -> None:
    sheet.add_page()
    sheet.set_y(88)
    sheet.set_font(FONT, size=26)
    sheet.multi_cell(WIDE - 2 * MARGIN, 14, cover.title, align="C", new_x="LMARGIN", new_y="NEXT")
    sheet.ln(10)
    for line in cover.lines:
        sheet.line_of(line, size=14, high=10, align="C")
    sheet.set_y(HIGH - 40 - 9 * len(cover.foot))
    for line in cover.foot:
        sheet.line_of(line, size=14, high=9, align="C")


_COLUMNS = (18, 82, 23, 23, 24)


def _catalogue_pages(sheet: _Sheet, rows: Sequence[tuple[str, ...]], words: Words) -> None:
    for first in range(0, max(1, len(rows)), ROWS_A_PAGE):
        sheet.add_page()
        sheet.line_of(words.catalogue, size=18, high=14, align="C")
        _cells(sheet, words.heads, _COLUMNS, size=9.5, high=8)
        for number, title, happened, recorded, mark, page in rows[first : first + ROWS_A_PAGE]:
            indent = "  " if "-" in number else ""
            told = f"{indent}{title}" + (f"  【{mark}】" if mark else "")
            _cells(sheet, (number, told, happened, recorded, page), _COLUMNS, size=9.5, high=ROW_MM)


def _cells(sheet: _Sheet, texts: Sequence[str], wides: Sequence[float], *, size: float, high: float) -> None:
    sheet.set_font(FONT, size=size)
    for place, (text, wide) in enumerate(zip(texts, wides, strict=True)):
        align = "R" if place == len(wides) - 1 else "L"
        sheet.cell(wide, high, _fitted(sheet, text, wide - 2), border="B", align=align)
    sheet.ln(high)


def _fitted(sheet: _Sheet, text: str, wide: float) -> str:
    """A title keeps its mark at the end when it is cut: 【补录】 must not be what falls off."""
    head, sep, mark = text.rpartition("  【")
    if not sep:
        return sheet.cut(text, wide) if text.strip() else text
    tail = sep + mark
    return sheet.cut(head, wide - sheet.get_string_width(tail)) + tail


def _section_pages(sheet: _Sheet, number: int, section: Section) -> None:
    for first in range(0, max(1, len(section.rows)), ROWS_A_PAGE):
        sheet.add_page()
        sheet.line_of(f"{number:02d}  {section.title}", size=15, high=12)
        if first == 0:
            for line in section.words[:6]:
                sheet.line_of(line, size=10.5, high=7)
            sheet.ln(3)
        if section.heads:
            wides = _wides(len(section.heads))
            _cells(sheet, section.heads, wides, size=9.5, high=8)
            for row in section.rows[first : first + ROWS_A_PAGE]:
                _cells(sheet, row, wides, size=9, high=ROW_MM - 1.5)


def _wides(many: int) -> list[float]:
    """The first column takes what the others leave."""
    rest = 30.0
    return [WIDE - 2 * MARGIN - rest * (many - 1), *([rest] * (many - 1))]


def _enclosure_pages(sheet: _Sheet, part: _Part, words: Words) -> None:
    for _page in range(part.pages):
        sheet.add_page()
        mark = f"  【{part.enclosure.late}】" if part.enclosure.late else ""
        sheet.set_font(FONT, size=10)
        heading = _fitted(sheet, f"{part.number}  {part.enclosure.title}{mark}", WIDE - 2 * MARGIN - 2)
        sheet.cell(WIDE - 2 * MARGIN, 8, heading, border="B", new_x="LMARGIN", new_y="NEXT")
        if part.kind == "picture":
            _picture(sheet, part.enclosure.path)
        elif part.kind == "other":
            sheet.ln(20)
            told = words.not_printable.format(name=_file_name(part))
            sheet.set_font(FONT, size=12)
            sheet.multi_cell(WIDE - 2 * MARGIN, 9, told, align="C")


def _picture(sheet: _Sheet, path: Path) -> None:
    """A picture the right way up, no larger than a printer can show."""
    with Image.open(path) as opened:
        picture = ImageOps.exif_transpose(opened).convert("RGB")
    picture.thumbnail((PICTURE_SIDE, PICTURE_SIDE))
    wide, high = WIDE - 2 * MARGIN, HIGH - FRAME_TOP - FRAME_BOTTOM
    scale = min(wide / picture.width, high / picture.height)
    w, h = picture.width * scale, picture.height * scale
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=82)
    sheet.image(out, x=(WIDE - w) / 2, y=FRAME_TOP, w=w, h=h)


def _lay_on(sheet: _Sheet, parts: Sequence[_Part], pdf: Path) -> None:
    """Lay the pages of enclosed PDFs on the pages that were kept for them."""
    writer = PdfWriter(clone_from=io.BytesIO(bytes(sheet.output())))
    for part in (each for each in parts if each.kind == "pdf"):
        reader = PdfReader(part.enclosure.path)
        for place in range(part.pages):
            _merge(writer.pages[part.start - 1 + place], reader.pages[place])
    writer.compress_identical_objects()
    with pdf.open("wb") as file:
        writer.write(file)


def _merge(ours: PageObject, theirs: PageObject) -> None:
    """Lay a page in the frame of ours, turned the way its viewer would turn it."""
    box = theirs.cropbox
    wide, high = float(box.width) or 1.0, float(box.height) or 1.0
    way = Transformation().translate(-float(box.left), -float(box.bottom))
    turned = theirs.rotation % 360
    if turned == 90:
        way, wide, high = way.rotate(-90).translate(0, wide), high, wide
    elif turned == 180:
        way = way.rotate(180).translate(wide, high)
    elif turned == 270:
        way, wide, high = way.rotate(90).translate(high, 0), high, wide
    room_wide, room_high = (WIDE - 2 * MARGIN) * MM, (HIGH - FRAME_TOP - FRAME_BOTTOM) * MM
    scale = min(room_wide / wide, room_high / high)
    way = way.scale(scale).translate(
        (WIDE * MM - wide * scale) / 2, FRAME_BOTTOM * MM + (room_high - high * scale)
    )
    ours.merge_transformed_page(theirs, way, expand=False)


# ---- the folder ----
def _write_folder(
    folder: Path, pdf: Path, sections: Sequence[Section], parts: Sequence[_Part], catalogue: Sequence[tuple[str, ...]],
    words: Words,
) -> None:  # fmt: skip
    numbers = {
        id(section): f"{number:02d} {_safe(section.title)}"
        for number, section in enumerate(sections, start=1)
    }
    with zipfile.ZipFile(folder, "w", zipfile.ZIP_DEFLATED) as bag:
        bag.write(pdf, f"{_safe(words.whole)}.pdf", zipfile.ZIP_STORED)
        bag.writestr(f"{_safe(words.catalogue)}.csv", _csv(catalogue, words))
        for part in parts:
            bag.write(part.enclosure.path, f"{numbers[id(part.section)]}/{_file_name(part)}")


def _csv(catalogue: Sequence[tuple[str, ...]], words: Words) -> bytes:
    out = io.StringIO()
    number, title, happened, recorded, page = words.heads
    writer = csv.writer(out)
    writer.writerow([number, title, happened, recorded, "", page])
    # A cell that begins like a formula would be one in a spreadsheet.
    writer.writerows(
        [f"'{cell}" if cell[:1] in "=+-@" and cell else cell for cell in row] for row in catalogue
    )
    return out.getvalue().encode("utf-8-sig")


def _file_name(part: _Part) -> str:
    ending = Path(part.enclosure.name).suffix[:10] or {"pdf": ".pdf", "picture": ".jpg"}.get(part.kind, "")
    return f"{part.number} {_safe(Path(part.enclosure.title).stem)}{ending}"


def _safe(text: str) -> str:
    """A name that every file system takes, and that leads out of no folder."""
    kept = "".join("_" if each in '\\/:*?"<>|' or ord(each) < 32 else each for each in text)
    return kept.strip(" .")[:80] or "_"
