"""Firms by class at any size: the database counts them and gives a page of them. `classes.py` says it of single firms.

A district has forty thousand: each of them in memory, for a table of five lines and a page of fifty, took seconds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, overload
from uuid import UUID

from django.db import connection
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Least

from anlan.domains.enforcement.models import CheckPlan
from anlan.domains.enforcement.queries import classes
from anlan.domains.enforcement.queries.classes import Firm
from anlan.domains.enforcement.rules.classes import GRADES
from anlan.domains.enterprises.public import in_operation, signed_since, tagged
from anlan.kernel.core import rulesets

Statement = tuple[str, tuple[Any, ...]]
# What a view shows, as a condition on `seen`; its %s is the time one looks.
VIEWS = {
    "past": "due_at < %s", "owed": "owed", "planned": "planned <> ''", "key": "planned = 'key'",
    "lacking": "owed AND planned = ''", "checked": "checked", "all": "true",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ClassLine:
    """A class in a year: firms, those owed a check, of them planned, firms planned as key, checked, past their day."""

    grade: str
    firms: int
    owed: int
    owed_planned: int
    planned: int
    key: int
    checked: int
    past: int

    @property
    def lacking(self) -> int:
        """Owed a check and in no plan."""
        return self.owed - self.owed_planned


@dataclass(frozen=True, slots=True)
class Asked:
    """The firms in operation of a region beside a plan, that of the year where none is given."""

    region: str
    at: datetime
    exercise_id: UUID | None = None
    plan: CheckPlan | None = None


def lines(asked: Asked) -> list[ClassLine]:
    """One line a class, the gravest first; a class without a firm stands there with nothing."""
    seen, values = _seen(asked)
    counts = (
        "true",
        "owed",
        "owed AND planned <> ''",
        "planned <> ''",
        "planned = 'key'",
        "checked",
        "due_at < %s",
    )
    told = ", ".join(f"count(*) FILTER (WHERE {each})" for each in counts)
    sql = f"{seen} SELECT grade, {told} FROM seen GROUP BY grade"  # noqa: S608 - the words above
    found = _read(sql, (*values, asked.at))
    known = {row[0]: ClassLine(*row) for row in found}
    return [known.get(grade, ClassLine(grade, 0, 0, 0, 0, 0, 0, 0)) for grade in GRADES]


class Listed(Sequence[Firm]):
    """The firms of a view by what ran out first, read by the page. `grade`: one class, "" where nobody signed one.

    `among`: a statement of firms, where only those are asked for.
    """

    def __init__(
        self, asked: Asked, view: str, *, grade: str | None = None, among: Statement | None = None
    ) -> None:
        condition = VIEWS[view]
        values: list[Any] = [asked.at] if "%s" in condition else []
        if grade is not None:
            condition, values = f"{condition} AND grade = %s", [*values, grade]
        if among is not None:
            condition, values = f"{condition} AND id IN ({among[0]})", [*values, *among[1]]
        seen, own = _seen(asked)
        self.asked = asked
        self.sql = f"{seen} SELECT {{what}} FROM seen WHERE {condition}"  # noqa: S608 - a view, Django's statement
        self.values = (*own, *values)
        self._length: int | None = None

    def __len__(self) -> int:
        if self._length is None:
            ((self._length,),) = _read(self.sql.replace("{what}", "count(*)"), self.values)
        return self._length

    def __iter__(self) -> Iterator[Firm]:
        return iter(self[:])  # one reading, not one a firm

    @overload
    def __getitem__(self, place: int) -> Firm: ...
    @overload
    def __getitem__(self, place: slice) -> list[Firm]: ...
    def __getitem__(self, place: int | slice) -> Firm | list[Firm]:
        if isinstance(place, int):
            return self[place : place + 1][0]
        start, stop, _step = place.indices(len(self))
        # By the letters themselves, as Python sorts: a list reads the same whatever the database's language.
        order = 'ORDER BY due_at, name COLLATE "C", id LIMIT %s OFFSET %s'
        sql = f"{self.sql.replace('{what}', 'id')} {order}"
        found = _read(sql, (*self.values, max(0, stop - start), start))
        return self._firms([row[0] for row in found])

    def _firms(self, ids: Sequence[UUID]) -> list[Firm]:
        of = self.asked
        rows = classes.firms(
            region=of.region, at=of.at, exercise_id=of.exercise_id, plan=of.plan, organisations=ids
        )
        known = {row.id: row for row in rows}
        return [known[pk] for pk in ids if pk in known]


def _seen(asked: Asked) -> Statement:
    """`seen`: each firm with its class, when it is due, whether a check is owed, planned, made in the year."""
    start, end = classes.year_of_plan(asked.at, asked.plan)
    firms = in_operation(asked.region).annotate(every=_every(asked.region, asked.at))
    parts = (
        firms.values_list("pk", "organisation__name", "grade", "created_at", "every"),
        signed_since(),
        classes.checked_last(end=asked.at, exercise_id=asked.exercise_id),
        classes.checked_last(end=min(start, asked.at), exercise_id=asked.exercise_id),
        classes.planned(asked.region, start.year, asked.exercise_id, asked.plan),
    )
    f, s, last, before, p = (_sql(each) for each in parts)
    sql = f"""WITH seen AS MATERIALIZED (
SELECT f.id, f.name, f.grade, coalesce(l.last, s.since, f.since) + f.every * interval '24 hours' AS due_at,
       coalesce(b.last, s.since, f.since) + f.every * interval '24 hours' < %s AS owed, coalesce(p.kind, '') AS planned,
       coalesce(l.last >= %s AND l.last < %s, false) AS checked
  FROM ({f[0]}) f (id, name, grade, since, every)
  LEFT JOIN ({s[0]}) s (id, since) ON s.id = f.id
  LEFT JOIN ({last[0]}) l (id, last) ON l.id = f.id
  LEFT JOIN ({before[0]}) b (id, last) ON b.id = f.id
  LEFT JOIN (SELECT id, max(kind) FROM ({p[0]}) q (id, kind) GROUP BY id) p (id, kind) ON p.id = f.id)
"""  # noqa: S608 - Django's own statements
    return sql, (end, start, end, *f[1], *s[1], *last[1], *before[1], *p[1])


def _every(region: str, at: datetime) -> Any:
    """How often a firm is checked: by class, and more often where a kind or sector of the rules fits."""
    by_class = rulesets.value_of("enforcement.classes", region=region, at=at)
    sectors = rulesets.value_of("enforcement.class_sectors", region=region, at=at)
    base = [When(grade=row["grade"], then=Value(int(row["every_days"]))) for row in by_class]
    more = [
        Case(When(_fits(row), then=Value(int(row["every_days"]))), output_field=IntegerField())
        for row in sectors
        if row.get("tag") or row.get("sector")
    ]
    usual = Case(*base, output_field=IntegerField())
    return Least(usual, *more) if more else usual


def _fits(row: Any) -> Q:
    return Q(pk__in=tagged([row["tag"]])) if row.get("tag") else Q(sector__startswith=str(row["sector"]))


def _sql(rows: QuerySet[Any, Any]) -> Statement:
    sql, values = rows.order_by().query.sql_with_params()
    return sql, tuple(values)


def _read(sql: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
