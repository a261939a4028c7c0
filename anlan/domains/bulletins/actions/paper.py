"""The report as an office document: text, tables, charts, and an annex that says what each number is."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from anlan.domains.bulletins.models import Number, Paragraph, Report
from anlan.domains.bulletins.queries.reports import standing
from anlan.kernel.papers.charts import Chart, Series
from anlan.kernel.papers.composing import Annex, Block, Composition, Heading, Table, Text, compose
from anlan.kernel.papers.layout import MEDIA_TYPE as MEDIA_TYPE

NO_DATA = "无数据"
DRAFT = "（征求意见稿）"
DEFINITIONS = "本报告数字口径说明"
HEADS = ("序号", "数字", "名称和口径", "时段", "截至", "基数", "来源")
LISTED = ("序号", "事项", "属地", "时限")
PLANNED = ("序号", "任务", "牵头单位", "目标", "时限")
WIDTHS = (9, 14, 36, 20, 18, 12, 26)
ANNEX_PT = 10


def document(report: Report, *, title: str, number: str, at: datetime) -> bytes:
    """The bytes of a report; without a number it is a draft and says so."""
    numbers = list(standing(report))
    blocks: list[Block] = []
    for paragraph in report.paragraphs.order_by("place"):
        blocks += _blocks(paragraph, [one for one in numbers if one.paragraph_id == paragraph.pk])
    day = report.issued_on or timezone.localdate(at)
    paper = Composition(
        title=title, number=number, to=report.to, blocks=tuple(blocks), draft="" if number else DRAFT,
        signed=(report.office.name, f"{day.year}年{day.month}月{day.day}日"),
        annexes=(Annex(DEFINITIONS, (definitions(numbers),)),),
    )  # fmt: skip
    return compose(paper, at=at)


def _blocks(paragraph: Paragraph, numbers: list[Number]) -> list[Block]:
    if paragraph.kind == "heading":
        return [Heading(paragraph.text, paragraph.rank)]
    if paragraph.kind == "table":
        empty = not paragraph.data["rows"] and "name" in paragraph.data
        return [Text(f"{paragraph.text}：无。") if empty else _table(paragraph, numbers)]
    if paragraph.kind == "chart":
        chart = chart_of(paragraph)
        drawn = any(value is not None for one in chart.series for value in one.values)
        return [chart] if drawn else [Text(f"{paragraph.text}：{NO_DATA}。")]
    if paragraph.kind == "list":
        return _list(paragraph)
    return [Text(paragraph.text)]


def _table(paragraph: Paragraph, numbers: list[Number]) -> Table:
    heads, rows = grid(paragraph, numbers)
    lines = [(name, *(one.printed if one else NO_DATA for one in cells)) for name, cells in rows]
    return Table(paragraph.text, tuple(heads), tuple(lines))


def grid(
    paragraph: Paragraph, numbers: Iterable[Number]
) -> tuple[list[str], list[tuple[str, list[Number | None]]]]:
    """Heads and lines of a table: the name of a street and its numbers, the whole last."""
    by_slot = {one.slot: one for one in numbers}
    columns = [name for name, _label, _unit in paragraph.data["heads"]]
    heads = [
        paragraph.data.get("name", "街道"),
        *(f"{label}（{unit}）" if unit else label for _name, label, unit in paragraph.data["heads"]),
    ]
    rows = [
        (row["name"], [by_slot.get(f"{column}@{row['region']}") for column in columns])
        for row in paragraph.data["rows"]
    ]
    if not rows and "name" in paragraph.data:
        return heads, []
    return heads, [*rows, ("合计", [by_slot.get(column) for column in columns])]


def chart_of(paragraph: Paragraph) -> Chart:
    data: dict[str, Any] = paragraph.data
    series = tuple(
        Series(one["name"], tuple(None if v is None else Decimal(v) for v in one["values"]))
        for one in data["series"]
    )
    return Chart(data["kind"], paragraph.text, data["unit"], tuple(data["labels"]), series)


def _list(paragraph: Paragraph) -> list[Block]:
    rows, more = paragraph.data["rows"], paragraph.data["more"]
    if not rows:
        return [Text(f"{paragraph.text}：无。")]
    names = ("title", "where", "target", "due") if "targets" in paragraph.data else ("title", "where", "due")
    heads, widths = (PLANNED, (1, 6, 3, 5, 3)) if "targets" in paragraph.data else (LISTED, (1, 7, 3, 3))
    lines = tuple((str(n), *(row[name] for name in names)) for n, row in enumerate(rows, start=1))
    made: list[Block] = [Table(paragraph.text, heads, lines, widths)]
    rest = f"另有{more}项。" if "targets" in paragraph.data else f"另有{more}项，见附表。"
    return [*made, Text(rest)] if more else made


def definitions(numbers: Iterable[Number]) -> Table:
    """What each number of the text is; the cells of a table by street are told by their column."""
    shown = [one for one in numbers if one.value is not None and not set("@#~") & set(one.slot)]
    rows = [
        (
            str(place), one.printed, f"{one.label}。{one.definition}" if one.definition else one.label or "手工录入",
            f"{one.first:%Y-%m-%d}至{one.last:%Y-%m-%d}" if one.first and one.last else "",
            timezone.localtime(one.as_of).strftime("%Y-%m-%d %H:%M") if one.as_of else "",
            "" if one.base is None else str(one.base), source_of(one),
        )
        for place, one in enumerate(shown, start=1)
    ]  # fmt: skip
    return Table("", HEADS, tuple(rows), WIDTHS, ANNEX_PT)


def source_of(one: Number) -> str:
    """Where a number came from, in a few words."""
    if one.kind == "typed":
        before = f"（原为{one.instead_of.printed}）" if one.instead_of else ""
        return f"手工录入{before}：{one.reason}"
    if one.kind in ("indicator", "mean"):
        entered = "计数记录 " if one.opens == "indicators.count" else ""
        return f"{entered}{one.code} v{one.version}"
    return {"count": "计数记录", "items": "平台事项"}.get(one.kind, "由上列数字计算")
