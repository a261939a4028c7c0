"""Rows behind the indicators: who was called in a period, and the answers as they were recorded by a date."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from anlan.domains.warnings.models import CallOut, CallOutAnswer, CallOutItem, Signal
from anlan.kernel.core.worlds import in_world
from anlan.kernel.indicators.rowsets import (
    Condition,
    Ids,
    LazyIds,
    RowFormula,
    Rowset,
    both,
    growing,
    here,
    only,
    world,
)
from anlan.kernel.indicators.spec import Cut, Period
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.places.regions import ancestors, prefix_of

CALLED, CALL_OUT, ANSWER, STEP, ITEM = (
    str(model._meta.db_table) for model in (CallOutItem, CallOut, CallOutAnswer, Step, WorkItem)
)
_CALLED = f"""
SELECT i.item_id AS id, w.region_id AS region, i.called_at AS at, i.closes_on <> 'received' AS asked,
       coalesce(a.first_at - i.called_at <= c.answer_minutes * interval '1 minute', false) AS in_time,
       i.closes_on <> 'received' AND coalesce(a.posted, false) AS posted, a.first_at IS NOT NULL AS answered,
       extract(epoch FROM a.first_at - i.called_at) AS seconds
FROM {CALLED} i JOIN {ITEM} w ON w.id = i.item_id JOIN {CALL_OUT} c ON c.item_id = i.call_out_id
LEFT JOIN (SELECT item_id, min(happened_at) AS first_at, bool_or(kind IN ('on_post', 'done')) AS posted
           FROM {ANSWER} WHERE recorded_at <= %s{{answers}} GROUP BY item_id) a ON a.item_id = i.item_id
WHERE i.called_at >= %s AND i.called_at < %s AND w.opened_at <= %s
  AND NOT EXISTS (SELECT FROM {STEP} x WHERE x.item_id = i.item_id AND x.move = 'cancel' AND x.at <= %s)
"""  # noqa: S608
# Answers and cancellings recorded between two times. A person is called in the moment in which the item is opened, so
# that nobody is called late into a span that is over.
_SINCE = f"""
SELECT i.item_id AS id FROM (
  SELECT item_id FROM {ANSWER} WHERE recorded_at > %s AND recorded_at <= %s
  UNION SELECT item_id FROM {STEP} WHERE at > %s AND at <= %s AND move = 'cancel') x
JOIN {CALLED} i ON i.item_id = x.item_id WHERE i.called_at >= %s AND i.called_at < %s"""  # noqa: S608


def called(cut: Cut, period: Period, as_of: datetime) -> Rowset:
    """One row a person of a call-out, without those called in error; answers recorded by `as_of`.

    Hits: `in_time` answered within the limit · `asked` whose duty asks for more than received · `posted` of those, on
    post or further · `answered` at all.
    """
    return growing(_called, _called_since, cut, period, as_of, stands_on=(ITEM, CALLED))


def _called(cut: Cut, period: Period, as_of: datetime, ids: Ids) -> Rowset:
    answers, given = only("item_id", ids)
    where, more = both([here(cut, "w.region_id"), world(cut, "w.exercise_id"), only("i.item_id", ids)])
    params = (as_of, *given, period.start, period.end, as_of, as_of, *more)
    hits = ("asked", "in_time", "posted", "answered")
    return Rowset(_CALLED.format(answers=answers) + where, params, hits, spread="seconds")


def _called_since(period: Period, since: datetime, until: datetime) -> Condition:
    return _SINCE, (since, until, since, until, period.start, period.end)


def median_answer(cut: Cut, period: Period, as_of: datetime) -> tuple[float | None, LazyIds]:
    """Median of the seconds from the call to the first answer, and those who answered."""
    sheet = RowFormula(called).sheet(cut, period, as_of)
    return sheet.median(), LazyIds(lambda: called(cut, period, as_of), "answered", sheet.total["answered"])


def signals(cut: Cut, period: Period, as_of: datetime) -> list[UUID]:
    """The signals issued in a period that held for a region, a part of it, or more than it."""
    rows = Signal.objects.filter(
        in_world(cut.exercise_id, path="item__exercise_id"), issued_at__gte=period.start, issued_at__lt=period.end,
        notice__taken_in_at__lte=as_of,
    )  # fmt: skip
    if cut.region:
        inside = Q(regions__code__startswith=prefix_of(cut.region))
        rows = rows.filter(inside | Q(regions__code__in=ancestors(cut.region)))
    return list(rows.order_by("pk").values_list("pk", flat=True).distinct())
