"""The text of an office document, paragraph by paragraph: with the numbers that Word sets by itself, and with the rows
of its tables as paragraphs. Bytes in, text out. Pure.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

from docx import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_

UNREADABLE = reason(
    "workplan.unreadable", N_("{name} can be read neither as .docx nor as text. Save it as .docx.")
)
_CN = "零一二三四五六七八九"
_CHINESE = ("chineseCounting", "chineseCountingThousand", "ideographTraditional", "japaneseCounting")
# Heads of the columns of a decomposition table (任务分解表), and what a row says of itself behind its words.
_TASK, _NUMBER = (
    ("工作任务", "重点任务", "任务", "工作内容", "具体任务", "主要任务", "工作要点"),
    ("序号", "编号"),
)
_SAID = {
    "牵头单位": ("牵头单位", "牵头部门", "责任单位", "责任部门", "主办单位"),
    "配合单位": ("配合单位", "配合部门", "协办单位", "参与单位"),
    "措施": ("工作措施", "具体措施", "措施"),
    "目标": ("量化目标", "工作目标", "目标"),
    "完成时限": ("完成时限", "完成时间", "时限", "时间节点"),
    "佐证": ("佐证材料", "完成标志", "成果形式"),
}


def text_of(data: bytes, name: str) -> str:
    """The text of a .docx, or of a text file (UTF-8 or GB 18030). Raises `Refused` workplan.unreadable."""
    if data[:2] == b"PK":
        try:
            return "\n".join(_lines(Document(BytesIO(data))))
        except (BadZipFile, PackageNotFoundError, KeyError, ValueError):
            raise Refused(UNREADABLE, field="document", name=name) from None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise Refused(UNREADABLE, field="document", name=name)


def _lines(document: Any) -> Iterator[str]:
    """Paragraphs and tables in the order of the document."""
    counter = _Counter(document)
    for each in document.iter_inner_content():
        if isinstance(each, Paragraph):
            yield (counter.number(each) + each.text).replace("\n", " ")
        elif isinstance(each, Table):
            yield from _table(each)


def _table(table: Table) -> Iterator[str]:
    """A table of tasks: one numbered paragraph a row, what its columns say in brackets behind. Another: its cells."""
    rows = [_cells(row) for row in table.rows]
    heads = _heads(rows[0]) if rows else {}
    if "task" not in heads:
        yield from ("　".join(filter(None, row)) for row in rows)
        return
    for place, row in enumerate(rows[1:], start=1):
        words = row[heads["task"]]
        if not words:
            continue
        number = row[heads["number"]] if "number" in heads else str(place)
        said = "；".join(f"{name}：{row[at]}" for name, at in heads.items() if name in _SAID and row[at])
        mark = f"{number}." if number.isdecimal() else number
        yield f"{mark}{words}" + (f"（{said}）" if said else "")


def _cells(row: Any) -> list[str]:
    """A merged cell comes once for each column it covers, as it reads on paper."""
    return ["".join(cell.text.split()) for cell in row.cells]


def _heads(row: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, text in enumerate(row):
        if text in _TASK:
            found.setdefault("task", place)
        elif text in _NUMBER:
            found.setdefault("number", place)
        else:
            name = next((name for name, aliases in _SAID.items() if text in aliases), None)
            if name is not None:
                found.setdefault(name, place)
    return found


# ---- numbers that Word sets by itself ----------------
@dataclass(frozen=True, slots=True)
class _Level:
    """A level of a list as the document declares it."""

    form: str
    text: str  # "%1、"
    start: int


class _Counter:
    """Counts the paragraphs of numbered lists as Word does, so that their numbers stand in the text."""

    def __init__(self, document: Any) -> None:
        self.levels: dict[str, dict[int, _Level]] = {}
        self.seen: dict[str, dict[int, int]] = defaultdict(dict)
        self.document = document
        part = document.part.numbering_part if _has_numbering(document) else None
        if part is not None:
            self._read(part.element)

    def _read(self, element: Any) -> None:
        abstract = {each.get(qn("w:abstractNumId")): each for each in element.iter(qn("w:abstractNum"))}
        for num in element.iter(qn("w:num")):
            of = num.find(qn("w:abstractNumId"))
            declared = abstract.get(of.get(qn("w:val"))) if of is not None else None
            if declared is not None:
                self.levels[num.get(qn("w:numId"))] = dict(_levels(declared))

    def number(self, paragraph: Paragraph) -> str:
        """The number that Word prints before a paragraph, or nothing."""
        place = _place(paragraph)
        if place is None or place[0] not in self.levels or place[1] not in self.levels[place[0]]:
            return ""
        name, depth = place
        levels, counts = self.levels[name], self.seen[name]
        counts[depth] = counts.get(depth, levels[depth].start - 1) + 1
        for deeper in [each for each in counts if each > depth]:
            del counts[deeper]
        return _printed(levels, counts, depth)


def _has_numbering(document: Any) -> bool:
    return any(rel.reltype.endswith("/numbering") for rel in document.part.rels.values())


def _levels(declared: Any) -> Iterator[tuple[int, _Level]]:
    for each in declared.iter(qn("w:lvl")):
        said = {name: each.find(qn(f"w:{name}")) for name in ("numFmt", "lvlText", "start")}
        value = {name: found.get(qn("w:val")) if found is not None else None for name, found in said.items()}
        level = _Level(value["numFmt"] or "decimal", value["lvlText"] or "", int(value["start"] or 1))
        yield int(each.get(qn("w:ilvl"))), level


def _place(paragraph: Paragraph) -> tuple[str, int] | None:
    """The list and level of a paragraph: its own, else its style's."""
    for properties in (
        paragraph._p.pPr,
        getattr(paragraph.style.element, "pPr", None) if paragraph.style else None,
    ):
        numbering = properties.find(qn("w:numPr")) if properties is not None else None
        if numbering is None:
            continue
        name = numbering.find(qn("w:numId"))
        if name is not None:
            depth = numbering.find(qn("w:ilvl"))
            return name.get(qn("w:val")), int(depth.get(qn("w:val"))) if depth is not None else 0
    return None


def _printed(levels: Mapping[int, _Level], counts: Mapping[int, int], depth: int) -> str:
    if levels[depth].form in ("bullet", "none"):
        return ""
    text = levels[depth].text
    for at in range(depth + 1):
        level = levels.get(at)
        text = text.replace(f"%{at + 1}", _digits(counts.get(at, 1), level.form if level else "decimal"))
    return text


def _digits(value: int, form: str) -> str:
    if form not in _CHINESE or not 0 < value < 100:
        return str(value)
    tens, ones = divmod(value, 10)
    return ("" if tens == 0 else "十" if tens == 1 else f"{_CN[tens]}十") + (_CN[ones] if ones else "")
