"""The rows behind the numbers of dangers, as statements that the database adds up: a year holds hundreds of thousands.

Only append-only rows are read: steps, dates set, granted extensions. Names of tables come from the models.
"""

from datetime import datetime, timedelta

from django.db.models import Model

from anlan.domains.dangers.loop import DANGER
from anlan.domains.dangers.models import Danger, Term
from anlan.domains.enterprises.public import firms_in_sector
from anlan.kernel.core import rulesets
from anlan.kernel.indicators import keeping
from anlan.kernel.indicators.rowsets import EVER, Condition, Ids, Rowset, both, growing, here, only, world
from anlan.kernel.indicators.spec import Cut, Period
from anlan.kernel.loop.models import Extension, Step, WorkItem


def _table(model: type[Model]) -> str:
    return str(model._meta.db_table)


STEP, ITEM, DANGERS, TERM, MORE = (_table(model) for model in (Step, WorkItem, Danger, Term, Extension))
# The last recheck that passed. An earlier closing that did not last was followed by a later one.
_PASSED = (
    f"SELECT item_id, max(happened_at) AS passed_at FROM {STEP} WHERE move IN ('accept', 'fix_on_spot')"  # noqa: S608
    " AND at <= %s AND happened_at >= %s{only} GROUP BY item_id"
)
_FOUND = f"""
SELECT s.item_id AS id, w.region_id AS region, s.happened_at AS at, p.passed_at IS NOT NULL AS passed
FROM {STEP} s JOIN {ITEM} w ON w.id = s.item_id
LEFT JOIN ({{passed}}) p ON p.item_id = s.item_id
WHERE s.move = 'open' AND w.loop = %s AND s.at <= %s AND s.happened_at >= %s AND s.happened_at < %s
  AND NOT EXISTS (SELECT FROM {STEP} x WHERE x.item_id = s.item_id AND x.move = 'withdraw' AND x.at <= %s)
"""  # noqa: S608
# The last date known of each danger: an approved extension moves it, else the last one that was set.
_DUE = f"""
WITH granted AS (
  SELECT DISTINCT ON (e.of_id) e.of_id, e.until FROM {MORE} e JOIN {STEP} g ON g.item_id = e.item_id
  WHERE g.move = 'grant' AND g.at <= %s{{granted}} ORDER BY e.of_id, g.at DESC
)
SELECT t.item_id AS id, w.region_id AS region, coalesce(g.until, t.due_at) AS at,
       coalesce(p.passed_at <= coalesce(g.until, t.due_at), false) AS met,
       p.passed_at IS NULL OR p.passed_at > %s AS late
FROM {TERM} t JOIN {ITEM} w ON w.id = t.item_id LEFT JOIN granted g ON g.of_id = t.item_id
LEFT JOIN ({{passed}}) p ON p.item_id = t.item_id
WHERE t.set_at <= %s AND coalesce(g.until, t.due_at) >= %s AND coalesce(g.until, t.due_at) < %s
  AND NOT EXISTS (SELECT FROM {TERM} n WHERE n.item_id = t.item_id AND n.set_at <= %s
                  AND (n.set_at, n.id) > (t.set_at, t.id))
"""  # noqa: S608


# What was recorded between two times and can change a number of a span: dangers found in it, entered or withdrawn late;
_FOUND_SINCE = f"""
SELECT s.item_id AS id FROM {STEP} s WHERE s.at > %s AND s.at <= %s AND s.move = 'open'
   AND s.happened_at >= %s AND s.happened_at < %s
UNION ALL SELECT s.item_id FROM {STEP} s WHERE s.at > %s AND s.at <= %s AND s.move = 'withdraw'"""  # noqa: S608
# dates set, moved by an extension, or met, where one of the danger's dates lies in it.
_DUE_SINCE = f"""
SELECT t.item_id AS id FROM (
  SELECT item_id FROM {STEP} WHERE at > %s AND at <= %s AND move IN ('accept', 'fix_on_spot')
  UNION SELECT e.of_id FROM {STEP} g JOIN {MORE} e ON e.item_id = g.item_id
   WHERE g.at > %s AND g.at <= %s AND g.move = 'grant'
  UNION SELECT item_id FROM {TERM} WHERE set_at > %s AND set_at <= %s) t
WHERE EXISTS (SELECT FROM {TERM} d WHERE d.item_id = t.item_id AND d.due_at >= %s AND d.due_at < %s)
   OR EXISTS (SELECT FROM {MORE} e WHERE e.of_id = t.item_id AND e.until >= %s AND e.until < %s)"""  # noqa: S608


def found(cut: Cut, period: Period, as_of: datetime) -> Rowset:
    """Dangers found in a period, without those withdrawn. Hit `passed`: recheck recorded by the period's end."""
    return growing(_found, _found_since, cut, period, as_of, stands_on=(ITEM,))


def _found(cut: Cut, period: Period, as_of: datetime, ids: Ids) -> Rowset:
    inside, given = only("item_id", ids)
    where, more = both([_cut(cut, "s"), only("s.item_id", ids)])
    params = (
        min(as_of, period.end), period.start, *given, DANGER.name, as_of, period.start, period.end, as_of, *more,
    )  # fmt: skip
    return Rowset(_FOUND.format(passed=_PASSED.format(only=inside)) + where, params, ("passed",))


def _found_since(period: Period, since: datetime, until: datetime) -> Condition:
    return _FOUND_SINCE, (since, until, period.start, period.end, since, until)


def due(cut: Cut, period: Period, as_of: datetime) -> Rowset:
    """Dangers whose last known date lies in a period. Hits: `met` in time, `late` not passed by the period's end."""
    return growing(_due, _due_since, cut, period, as_of, stands_on=(ITEM,))


def _due(cut: Cut, period: Period, as_of: datetime, ids: Ids) -> Rowset:
    inside, given = only("item_id", ids)
    granted, of = only("e.of_id", ids)
    where, more = both([_cut(cut, "w"), only("t.item_id", ids)])
    sql = _DUE.format(passed=_PASSED.format(only=inside), granted=granted) + where
    params = (
        as_of, *of, period.end, as_of, EVER, *given, as_of, period.start, period.end, as_of, *more,
    )  # fmt: skip
    return Rowset(sql, params, ("met", "late"))


def _due_since(period: Period, since: datetime, until: datetime) -> Condition:
    times, days = (since, until), (period.start, period.end)
    return _DUE_SINCE, (*times, *times, *times, *days, *days)


def due_before(cut: Cut, period: Period, as_of: datetime) -> Rowset:
    """The same for all dates before the end of a period."""
    end = min(period.end, as_of)
    return due(cut, Period(EVER, end), as_of)


_AGAIN = f"""
SELECT d.item_id AS id, w.region_id AS region, NULL::timestamptz AS at, d.organisation_id AS key,
       count(*) OVER (PARTITION BY d.organisation_id, d.category, d.check_item) > 1 AS again
FROM {DANGERS} d JOIN {ITEM} w ON w.id = d.item_id
WHERE d.organisation_id IS NOT NULL AND w.opened_at >= %s AND w.opened_at <= %s
  AND NOT EXISTS (SELECT FROM {STEP} x WHERE x.item_id = w.id AND x.move = 'withdraw' AND x.at <= %s)
"""  # noqa: S608
_AGAIN_SINCE = f"""
SELECT d.organisation_id AS id FROM {STEP} s JOIN {DANGERS} d ON d.item_id = s.item_id JOIN {ITEM} w ON w.id = d.item_id
WHERE s.at > %s AND s.at <= %s AND s.move = 'withdraw' AND w.opened_at <= %s"""  # noqa: S608


@keeping.read_at_night
def again(cut: Cut, period: Period, as_of: datetime) -> Rowset:
    """Dangers of firms opened in the days of the rule before the end of a period; the key is the firm. Hit `again`: the
    firm had the same item more than once."""
    return growing(_again, _again_since, cut, period, as_of, stands_on=(ITEM, DANGERS))


def _again(cut: Cut, period: Period, as_of: datetime, firms: Ids) -> Rowset:
    end = min(period.end, as_of)
    span = timedelta(days=int(rulesets.value_of("dangers.repeat_days", region=cut.region, at=end)))
    conditions = [here(cut, "w.region_id"), world(cut, "w.exercise_id"), only("d.organisation_id", firms)]
    where, more = both(conditions)
    return Rowset(_AGAIN + where, (end - span, end, as_of, *more), ("again",), keyed=True)


def _again_since(period: Period, since: datetime, until: datetime) -> Condition:
    """The firms of dangers withdrawn late, by which these rows are narrowed."""
    return _AGAIN_SINCE, (since, until, period.end)


def _cut(cut: Cut, worldly: str) -> Condition:
    conditions = [here(cut, "w.region_id"), world(cut, f"{worldly}.exercise_id")]
    of_danger: list[Condition] = []
    if cut.campaign:
        of_danger.append(("d.campaign_id = %s", (cut.campaign,)))
    if cut.unit:
        of_danger.append(("d.organisation_id = %s", (cut.unit,)))
    if cut.sector:
        of_danger.append(("d.organisation_id = ANY(%s)", (firms_in_sector(cut.sector),)))
    for condition, values in of_danger:
        said = f" AND EXISTS (SELECT FROM {DANGERS} d WHERE d.item_id = w.id AND {condition})"
        conditions.append((said, values))
    return both(conditions)
