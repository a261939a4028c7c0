"""A chart as the office program's own drawing: its numbers can be read, selected and changed there, not only looked at.

The numbers stand twice, as the format wants it: in the drawing, and in a small workbook embedded beside it.
"""

import tempfile
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.shared import Mm

from anlan.kernel.papers.layout import TEXT_MM
from anlan.kernel.sheets.mapping import letters
from anlan.kernel.sheets.writing import write_xlsx

_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_BOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_INKS = ("0A6B68", "9AA8A2", "14211F")  # read in black and white too: dark, light, darkest
HEIGHT_MM = 70


@dataclass(frozen=True, slots=True)
class Series:
    """One line, or one set of bars; a value that is not known is a gap, never a zero."""

    name: str
    values: tuple[Decimal | None, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """`kind`: bar (side by side) or line; `labels` along the axis; `unit` beside the other one."""

    kind: str
    title: str
    unit: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]


def draw(document: Any, paragraph: Any, chart: Chart, *, number: int) -> None:
    """Put a chart into a paragraph; `number` is its place among those of the document."""
    package = document.part.package
    book = Part(PackURI(f"/word/embeddings/chart{number}.xlsx"), _BOOK_TYPE, _book(chart), package)
    part = Part(PackURI(f"/word/charts/chart{number}.xml"), _CHART_TYPE, b"", package)
    part._blob = _xml(chart, part.relate_to(book, RELATIONSHIP_TYPE.PACKAGE)).encode()
    relation = document.part.relate_to(part, RELATIONSHIP_TYPE.CHART)
    paragraph.add_run()._r.append(parse_xml(_frame(chart, relation, number)))


def _frame(chart: Chart, relation: str, number: int) -> str:
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return (
        f'<w:drawing xmlns:w="{word}" xmlns:wp="{_DRAWING}/wordprocessingDrawing" xmlns:a="{_DRAWING}/main" '
        f'xmlns:c="{_DRAWING}/chart" xmlns:r="{_OFFICE}"><wp:inline distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{Mm(TEXT_MM)}" cy="{Mm(HEIGHT_MM)}"/>'
        f'<wp:docPr id="{1000 + number}" name="chart {number}" descr={quoteattr(_told(chart))}/>'
        f'<a:graphic><a:graphicData uri="{_DRAWING}/chart"><c:chart r:id="{relation}"/></a:graphicData></a:graphic>'
        "</wp:inline></w:drawing>"
    )


def _told(chart: Chart) -> str:
    """The chart in words, for whoever cannot see it."""
    lines = [
        f"{one.name}："
        + "，".join(f"{label} {_said(v)}" for label, v in zip(chart.labels, one.values, strict=True))
        for one in chart.series
    ]
    return f"{chart.title}（{chart.unit}）。" + "；".join(lines)


def _said(value: Decimal | None) -> str:
    return "无数据" if value is None else f"{value.normalize():f}"


def _book(chart: Chart) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "chart.xlsx"
        rows = [[label, *(one.values[n] for one in chart.series)] for n, label in enumerate(chart.labels)]
        write_xlsx(path, name="Sheet1", heads=["", *(one.name for one in chart.series)], rows=rows)
        return path.read_bytes()


def _xml(chart: Chart, book: str) -> str:
    bars = chart.kind == "bar"
    shape = "barChart" if bars else "lineChart"
    kind = '<c:barDir val="col"/><c:grouping val="clustered"/>' if bars else '<c:grouping val="standard"/>'
    tail = '<c:gapWidth val="60"/>' if bars else '<c:marker val="1"/>'
    series = "".join(_series(chart, n, bars=bars) for n in range(len(chart.series)))
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<c:chartSpace xmlns:c="{_DRAWING}/chart" xmlns:a="{_DRAWING}/main" xmlns:r="{_OFFICE}">'
        '<c:roundedCorners val="0"/><c:chart>'
        f"<c:title><c:tx><c:rich><a:bodyPr/><a:p><a:pPr>{_look(1200)}</a:pPr><a:r>"
        f"<a:t>{escape(chart.title)}（{escape(chart.unit)}）</a:t></a:r></a:p></c:rich></c:tx>"
        '<c:overlay val="0"/></c:title><c:autoTitleDeleted val="0"/><c:plotArea><c:layout/>'
        f'<c:{shape}>{kind}<c:varyColors val="0"/>{series}{tail}<c:axId val="1"/><c:axId val="2"/></c:{shape}>'
        f'{_axes()}</c:plotArea><c:legend><c:legendPos val="b"/><c:overlay val="0"/></c:legend>'
        f'<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart><c:txPr><a:bodyPr/><a:p><a:pPr>{_look(1000)}'
        f'</a:pPr><a:endParaRPr/></a:p></c:txPr><c:externalData r:id="{book}"><c:autoUpdate val="0"/></c:externalData>'
        "</c:chartSpace>"
    )


def _look(size: int) -> str:
    return f'<a:defRPr sz="{size}" b="0"><a:latin typeface="仿宋_GB2312"/><a:ea typeface="仿宋_GB2312"/></a:defRPr>'


def _axes() -> str:
    line = '<c:spPr><a:ln w="6350"><a:solidFill><a:srgbClr val="9AA8A2"/></a:solidFill></a:ln></c:spPr>'
    return (
        '<c:catAx><c:axId val="1"/><c:scaling><c:orientation val="minMax"/></c:scaling><c:delete val="0"/>'
        f'<c:axPos val="b"/><c:majorTickMark val="none"/><c:tickLblPos val="low"/>{line}<c:crossAx val="2"/></c:catAx>'
        '<c:valAx><c:axId val="2"/><c:scaling><c:orientation val="minMax"/><c:min val="0"/></c:scaling>'
        f'<c:delete val="0"/><c:axPos val="l"/><c:majorGridlines>{line.replace("9AA8A2", "D5DCD8")}</c:majorGridlines>'
        f'<c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/>{line}'
        '<c:crossAx val="1"/></c:valAx>'
    )


def _series(chart: Chart, n: int, *, bars: bool) -> str:
    one, column, last = chart.series[n], letters(n + 1), len(chart.labels) + 1
    ink = f'<a:solidFill><a:srgbClr val="{_INKS[n % len(_INKS)]}"/></a:solidFill>'
    look = ink if bars else f'<a:ln w="25400">{ink}</a:ln>'
    labels = "".join(f'<c:pt idx="{i}"><c:v>{escape(v)}</c:v></c:pt>' for i, v in enumerate(chart.labels))
    values = "".join(
        f'<c:pt idx="{i}"><c:v>{v}</c:v></c:pt>' for i, v in enumerate(one.values) if v is not None
    )
    count = f'<c:ptCount val="{len(chart.labels)}"/>'
    smooth = "" if bars else '<c:smooth val="0"/>'
    shown = (
        '<c:dLbls><c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/><c:showSerName val="0"/>'
        '<c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>'
        if n == 0
        else ""
    )
    marker = (
        ""
        if bars
        else f'<c:marker><c:symbol val="circle"/><c:size val="5"/><c:spPr>{ink}</c:spPr></c:marker>'
    )
    return (
        f'<c:ser><c:idx val="{n}"/><c:order val="{n}"/><c:tx><c:strRef><c:f>Sheet1!${column}$1</c:f><c:strCache>'
        f'<c:ptCount val="1"/><c:pt idx="0"><c:v>{escape(one.name)}</c:v></c:pt></c:strCache></c:strRef></c:tx>'
        f"<c:spPr>{look}</c:spPr>{marker}{shown}<c:cat><c:strRef><c:f>Sheet1!$A$2:$A${last}</c:f>"
        f"<c:strCache>{count}{labels}</c:strCache></c:strRef></c:cat><c:val><c:numRef>"
        f"<c:f>Sheet1!${column}$2:${column}${last}</c:f><c:numCache><c:formatCode>General</c:formatCode>{count}{values}"
        f"</c:numCache></c:numRef></c:val>{smooth}</c:ser>"
    )
