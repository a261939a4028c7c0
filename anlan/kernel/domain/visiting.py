"""Visits to firms, whoever makes them: those that are due and those that were made. Each domain declares its own, so
that whoever sends people out sees the others first and imports none of them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Expected:
    """A visit that a firm may expect: until when, what it is, whose people go. `item`: its matter, where it has one."""

    organisation: UUID
    due_at: datetime
    words: str
    who: str = ""
    item: UUID | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A visit that was made; `item` is the matter behind it."""

    organisation: UUID
    item: UUID
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Visits:
    """What a domain knows of visits to firms.

    expected(*, organisations, until, at, exercise_id) -> those of these firms that fall due by `until`, not made yet
    due(*, region, until, at, exercise_id) -> the same as queries of firms, a row a visit: for whoever counts a district
    made(*, region, start, end, as_of, exercise_id) -> those made in [start, end) and recorded by `as_of`: a query of
        firm, item, region of the item, time
    late(*, since, until, start, end) -> a query of the firms of those whose being known changed between two times
    stands_on: tables of which something that counts is changed in place (kernel/indicators/keeping.py)
    """

    code: str
    label: str
    expected: Callable[..., Iterable[Expected]]
    due: "Callable[..., Iterable[QuerySet[Any, Any]]]"
    made: "Callable[..., QuerySet[Any, Any]]"
    late: "Callable[..., QuerySet[Any, Any]]"
    stands_on: tuple[str, ...] = ()


def expected_visits(
    known: Iterable[Visits],
    *,
    organisations: Sequence[UUID],
    until: datetime,
    at: datetime,
    exercise_id: UUID | None = None,
) -> list[tuple[Visits, Expected]]:
    """Every visit that firms may expect until a time, by what falls due first; each with who knows of it."""
    found = [
        (each, visit)
        for each in known
        for visit in each.expected(
            organisations=list(organisations), until=until, at=at, exercise_id=exercise_id
        )
    ]
    return sorted(found, key=lambda pair: (pair[1].due_at, pair[0].code, pair[1].words))


def visits_made(
    known: Iterable[Visits],
    *,
    region: str,
    start: datetime,
    end: datetime,
    as_of: datetime,
    exercise_id: UUID | None = None,
) -> list[Made]:
    """Every visit made to a firm of a region in some days, whoever made it, by time."""
    found = [
        Made(firm, item, when)
        for each in known
        for firm, item, _region, when in each.made(
            region=region, start=start, end=end, as_of=as_of, exercise_id=exercise_id
        )
    ]
    return sorted(found, key=lambda visit: (visit.made_at, str(visit.item)))
