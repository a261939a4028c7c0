"""Which sites are owed a visit by the class of their firm, at any size: counted and listed by the database."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, overload
from uuid import UUID

from django.db import connection
from django.db.models import Max, Q, QuerySet

from anlan.domains.enterprises.public import sites_at_work
from anlan.domains.patrols.models import Visit
from anlan.domains.patrols.rules import UNCLASSED
from anlan.kernel.core.worlds import in_world

VIEWS = ("late", "soon", "never")


@dataclass(frozen=True, slots=True)
class Owed:
    """A site with when its next visit is due by its class, and when the last one was."""

    site: UUID
    region: str
    grade: str
    due_at: datetime
    last: datetime | None


@dataclass(frozen=True, slots=True)
class Community:
    """A region with its sites at work, those overdue, those due within the days ahead."""

    region: str
    firms: int
    late: int
    soon: int


@dataclass(frozen=True, slots=True)
class Asked:
    """Sites of some regions at a time. `every`: days between visits by class; what is due by `ahead` is due soon;
    `within`: a region whose sites are counted and listed, "" for all."""

    scope: Sequence[str]
    every: Mapping[str, Any]
    at: datetime
    ahead: datetime
    exercise_id: UUID | None
    within: str = ""


def communities(asked: Asked) -> list[Community]:
    """Every region of the scope, those that owe most on top."""
    told = "region, count(*), count(*) FILTER (WHERE late) AS late, count(*) FILTER (WHERE soon) AS soon"
    order = 'GROUP BY region ORDER BY 3 DESC, 4 DESC, region COLLATE "C"'
    rows = _read(asked, f"SELECT {told} FROM owed {order}")  # noqa: S608 - the words above
    return [Community(*row) for row in rows]


def counts(asked: Asked) -> dict[str, int]:
    """View → sites of the region asked for."""
    told = ", ".join(f"count(*) FILTER (WHERE {view})" for view in VIEWS)
    (row,) = _read(asked, f"SELECT {told} FROM owed WHERE here")  # noqa: S608 - the words above
    return dict(zip(VIEWS, row, strict=True))


class Listed(Sequence[Owed]):
    """The sites of a view and a class, what is due first on top, read by the page."""

    def __init__(self, asked: Asked, view: str, grade: str = "") -> None:
        self.asked, self.grade = asked, grade
        self.fits = f"here AND {view if view in VIEWS else 'late'} AND %s IN ('', grade)"

    def __len__(self) -> int:
        sql = f"SELECT count(*) FROM owed WHERE {self.fits}"  # noqa: S608 - one of the views
        ((many,),) = _read(self.asked, sql, self.grade)
        return int(many)

    def __iter__(self) -> Iterator[Owed]:
        return iter(self[:])  # one reading, not one a site

    @overload
    def __getitem__(self, place: int) -> Owed: ...
    @overload
    def __getitem__(self, place: slice) -> list[Owed]: ...
    def __getitem__(self, place: int | slice) -> Owed | list[Owed]:
        if isinstance(place, int):
            return self[place : place + 1][0]
        start, stop = place.start or 0, place.stop
        columns = "id, region, grade, due_at, last"
        sql = f"SELECT {columns} FROM owed WHERE {self.fits} ORDER BY due_at, id OFFSET %s LIMIT %s"  # noqa: S608
        rows = _read(self.asked, sql, self.grade, start, None if stop is None else stop - start)
        return [Owed(*row) for row in rows]


def _read(asked: Asked, sql: str, *more: Any) -> list[tuple[Any, ...]]:
    owed, values = _owed(asked)
    with connection.cursor() as cursor:
        cursor.execute(f"{owed} {sql}", (*values, *more))
        return list(cursor.fetchall())


def _owed(asked: Asked) -> tuple[str, tuple[Any, ...]]:
    """`owed`: each site with its class, its last visit, when the next is due, and in which views that puts it."""
    sites = sites_at_work(asked.scope).values_list("pk", "region_id", "enterprise__grade", "created_at")
    f, last = (_sql(rows) for rows in (sites, _visited(asked)))
    classed = {grade: days for grade, days in asked.every.items() if grade != UNCLASSED}
    days = " ".join("WHEN %s THEN %s" for _grade in classed) or "WHEN NULL THEN NULL"
    sql = f"""WITH due AS (
SELECT f.id, f.region, coalesce(nullif(f.grade, ''), %s) AS grade, l.last,
       CASE WHEN l.last IS NULL THEN f.since
            ELSE l.last + (CASE f.grade {days} ELSE %s END)::float8 * interval '24 hours' END AS due_at
  FROM ({f[0]}) f (id, region, grade, since) LEFT JOIN ({last[0]}) l (id, last) ON l.id = f.id
), owed AS (
SELECT *, due_at < %s AS late, due_at BETWEEN %s AND %s AS soon, last IS NULL AS never,
       starts_with(region, %s) AS here FROM due)"""  # noqa: S608 - Django's own statements
    by_grade = [each for pair in classed.items() for each in pair]
    within = asked.within.rstrip("0") or ("0" if asked.within else "")
    values = (
        UNCLASSED,
        *by_grade,
        asked.every.get(UNCLASSED),
        *f[1],
        *last[1],
        asked.at,
        asked.at,
        asked.ahead,
        within,
    )
    return sql, values


def _visited(asked: Asked) -> QuerySet[Any, Any]:
    """Site and beginning of its last finished visit by the bureau's people, a row each."""
    inside = Q(item__region="")  # of no region: nothing
    for prefix in asked.scope:
        inside |= Q(item__region__code__startswith=prefix)
    rows = Visit.objects.filter(
        inside,
        in_world(asked.exercise_id, path="item__exercise_id"),
        item__state="finished",
        site__isnull=False,
    )
    found = rows.exclude(kind="self_check").values("site").annotate(last=Max("started_at"))
    return found.values_list("site", "last")


def _sql(rows: QuerySet[Any, Any]) -> tuple[str, tuple[Any, ...]]:
    sql, values = rows.order_by().query.sql_with_params()
    return sql, tuple(values)
