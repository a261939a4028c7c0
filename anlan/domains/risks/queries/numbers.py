"""The rows behind the numbers of risks: for each point the last levels that its history had by a time."""

from datetime import datetime

from anlan.domains.risks import rules
from anlan.domains.risks.models import Level, RiskPoint, RiskSource
from anlan.kernel.indicators.rowsets import Condition, Ids, Rowset, both, growing, here, only
from anlan.kernel.indicators.spec import Cut, Period

LEVEL, POINT, SOURCE = (str(model._meta.db_table) for model in (Level, RiskPoint, RiskSource))
NAMES = {4: "major", 3: "considerable", 2: "moderate", 1: "low"}
AXES = {"current": "current_level", "worst_case": "worst_case_level"}
_HITS = {
    f"{axis}_{name}": f"l.{column} = {level}"
    for axis, column in AXES.items()
    for level, name in NAMES.items()
}
# A later row takes the place of an earlier one; nearly every point has one row, so that looking for a later one is
# cheaper than putting all in order.
_POINTS = f"""
SELECT l.point_id AS id, p.region_id AS region, NULL::timestamptz AS at,
       {", ".join(f"{condition} AS {name}" for name, condition in _HITS.items())}
FROM {LEVEL} l JOIN {POINT} p ON p.id = l.point_id
WHERE l.cause <> '{rules.ENDED}' AND l.at <= %s
AND NOT EXISTS (SELECT FROM {LEVEL} n WHERE n.point_id = l.point_id AND n.at <= %s
                                 AND (n.at, n.id) > (l.at, l.id))"""  # noqa: S608
_SOURCES = f"""
SELECT s.id AS id, p.region_id AS region, NULL::timestamptz AS at FROM {SOURCE} s JOIN {POINT} p ON p.id = s.point_id
WHERE p.created_at <= %s AND (s.ended_at IS NULL OR s.ended_at > %s)
AND NOT EXISTS (SELECT FROM {LEVEL} l WHERE l.point_id = p.id AND l.cause = '{rules.ENDED}' AND l.at <= %s
                AND NOT EXISTS (SELECT FROM {LEVEL} n WHERE n.point_id = p.id AND n.at <= %s
                                AND (n.at, n.id) > (l.at, l.id)))"""  # noqa: S608


def points(cut: Cut, period: Period, as_of: datetime) -> Rowset:
    """Points that had a level by the end of a period and were not ended; a hit for each level on each of the two axes.

    A level holds from when it is written: what is written after the end of a span does not reach into it.
    """
    return growing(_points, _none_since, cut, period, as_of, stands_on=(POINT,))


def _points(cut: Cut, period: Period, as_of: datetime, ids: Ids) -> Rowset:
    end = min(period.end, as_of)
    where, more = both([here(cut, "p.region_id"), only("l.point_id", ids)])
    return Rowset(_POINTS + where, (end, end, *more), tuple(_HITS))


def sources(cut: Cut, period: Period, as_of: datetime) -> Rowset:
    """Sources of the points that were taken in by the end of a period."""
    return growing(_sources, _none_since, cut, period, as_of, stands_on=(POINT, SOURCE))


def _sources(cut: Cut, period: Period, as_of: datetime, ids: Ids) -> Rowset:
    end = min(period.end, as_of)
    where, more = both([here(cut, "p.region_id"), only("s.id", ids)])
    return Rowset(_SOURCES + where, (end, end, end, end, *more))


def _none_since(period: Period, since: datetime, until: datetime) -> Condition:
    """Nothing that is recorded between two times after a span changes it, unless it is changed in place."""
    del period, since, until
    return "SELECT NULL::uuid AS id WHERE false", ()
