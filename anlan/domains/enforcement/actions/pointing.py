"""积分制: the table of a month is shown to the streets, counted again where one objects, settled, and circulated."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.domains.enforcement.actions import common, issuing
from anlan.domains.enforcement.models import PointTable
from anlan.domains.enforcement.queries import months
from anlan.domains.enforcement.rules import days, points
from anlan.domains.enforcement.rules.points import Line
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.worlds import in_world
from anlan.kernel.loop.actions import move, open_item
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.places.models import Region


def show_month(
    *, region: str, month: datetime, by: str, at: datetime, exercise_id: UUID | None = None, **_more: Any
) -> WorkItem:
    """Count the month that `month` lies in and show it to the streets; a month is shown once, when it is over."""
    start, end = months.month_of(month)
    if at < end:
        raise Refused(points.MONTH_RUNS, field="month", day=common.says(end))
    there = PointTable.objects.filter(
        in_world(exercise_id, path="item__exercise_id"), start=start, item__region=region
    )
    if there.exists():
        raise Refused(points.SHOWN_ALREADY, field="month")
    table = PointTable(
        start=start, end=end, counted_at=at, object_until=common.due("enforcement.object_days", at, region=region),
        lines=_counted(region, start, end, at, exercise_id),
    )  # fmt: skip
    title = f"{start.year}年{start.month}月街道执法积分表"
    return open_item(
        loop="enforcement.points", record=table, title=title, region=region, charge_duty="safety_section", by=by, at=at,
        exercise_id=exercise_id,
    )  # fmt: skip


def _counted(
    region: str, start: datetime, end: datetime, at: datetime, exercise_id: UUID | None
) -> list[Any]:
    rows = months.lines(region=region, start=start, end=end, as_of=at, exercise_id=exercise_id)
    return [
        {
            "region": line.region,
            "counts": {name: None if value is None else str(value) for name, value in line.counts.items()},
            "points": [[name, str(value)] for name, value in line.points],
        }
        for line in rows
    ]


def lines_of(table: PointTable) -> list[Line]:
    """The lines as they were counted; in the order of points once the table is settled, of regions before."""
    found = [
        Line(
            row["region"],
            {name: None if value is None else Decimal(value) for name, value in row["counts"].items()},
            tuple([(name, Decimal(value)) for name, value in row["points"]]),
        )
        for row in table.lines
    ]
    return points.in_order(found) if table.item.closed_at else found


def objected(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """A street says what is wrong with its line."""
    return move(item=item, name="object", by=by, at=at, **rest)


def recount(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """Count again from the rows as they are now: what was entered or withdrawn since counts."""
    with transaction.atomic():
        table = common.lock(PointTable, item)
        table.lines = _counted(item.region_id, table.start, table.end, at, table.item.exercise_id)
        table.counted_at = at
        table.save(update_fields=["lines", "counted_at"])
        return move(item=item, name="count_again", by=by, at=at, **rest)


def settle(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """After the days in which the streets may object: the table stands, the circular goes out."""
    with transaction.atomic():
        table = common.lock(PointTable, item)
        if at < table.object_until:
            raise Refused(points.TOO_SOON, until=common.says(table.object_until))
        step = move(item=item, name="settle", by=by, at=at, **rest)
        table.item.refresh_from_db()
        table.paper = issuing.circular(
            table, _rows(table), month=f"{table.start.astimezone(days.LOCAL):%Y年%m月}", by=by, at=at
        )
        table.save(update_fields=["paper"])
    return step


def _rows(table: PointTable) -> Sequence[dict[str, str]]:
    lines = lines_of(table)
    names = dict(Region.objects.filter(code__in=[line.region for line in lines]).values_list("code", "name"))
    low = points.weak(
        lines, below=rulesets.value_of("enforcement.points_low", region=table.item.region_id, at=table.start)
    )
    zh = {"plan_rate": "计划完成率", "penalty_rate": "监督处罚率"}
    return [
        {
            "street": names.get(line.region, line.region),
            "visits": _said(line.counts.get("visits")),
            "cases": _said(line.counts.get("case_penalties")),
            "spots": _said(line.counts.get("spot_penalties")),
            "rate": _rate(line.counts.get("penalty_rate")),
            "points": f"{line.total}",
            "low": "、".join(zh.get(name, name) for name in low.get(line.region, [])) or "—",
        }
        for line in lines
    ]


def _said(value: Decimal | None) -> str:
    return "—" if value is None else f"{value.normalize():f}"


def _rate(value: Decimal | None) -> str:
    return "—" if value is None else f"{value:.2f}%"
