"""The rows behind the numbers of visits, as statements that the database adds up."""

from datetime import datetime

from anlan.domains.enterprises.public import firms_in_sector
from anlan.domains.patrols.models import Finding, Visit
from anlan.kernel.indicators.rowsets import Condition, Ids, Rowset, both, growing, here, only, world
from anlan.kernel.indicators.spec import Cut, Period
from anlan.kernel.loop.models import Step, WorkItem

STEP, ITEM, VISIT, FINDING = (str(model._meta.db_table) for model in (Step, WorkItem, Visit, Finding))
TRADES = ("dust", "confined_space", "plating", "hazchem")
_OF_TRADE = ", ".join(f"v.tags @> '[\"{tag}\"]'::jsonb AS {tag}" for tag in TRADES)
_FINISHED = f"""
FROM {STEP} s JOIN {VISIT} v ON v.item_id = s.item_id JOIN {ITEM} w ON w.id = s.item_id
{{more}}
WHERE s.move = 'finish' AND w.loop = 'patrols.visit' AND s.at <= %s
  AND s.happened_at >= %s AND s.happened_at < %s AND v.kind <> 'self_check'{{where}}
"""
_PASSED = f"""
LEFT JOIN (SELECT item_id FROM {STEP} WHERE move IN ('accept', 'fix_on_spot') AND at <= %s AND happened_at >= %s{{only}}
           GROUP BY item_id) p ON p.item_id = f.danger_id"""  # noqa: S608
# What was recorded between two times: visits of the span finished late, and what was found on them and reported late.
_VISITS_SINCE = f"""
SELECT item_id AS id FROM {STEP} WHERE at > %s AND at <= %s AND move = 'finish' AND happened_at >= %s
   AND happened_at < %s"""  # noqa: S608
_FINDINGS_SINCE = f"""
SELECT f.danger_id AS id FROM {STEP} s JOIN {FINDING} f ON f.visit_id = s.item_id
WHERE s.at > %s AND s.at <= %s AND s.move = 'finish' AND s.happened_at >= %s AND s.happened_at < %s
UNION ALL SELECT f.danger_id FROM {STEP} o JOIN {FINDING} f ON f.danger_id = o.item_id
JOIN {STEP} s ON s.item_id = f.visit_id AND s.move = 'finish'
WHERE o.at > %s AND o.at <= %s AND o.move = 'open' AND s.happened_at >= %s AND s.happened_at < %s"""  # noqa: S608


def visits(cut: Cut, period: Period, as_of: datetime) -> Rowset:
    """Finished visits of the bureau's people; a hit for each trade that the firm was of then; the key is the firm."""
    return growing(_visits, _visits_since, cut, period, as_of, stands_on=(ITEM, VISIT))


def _visits(cut: Cut, period: Period, as_of: datetime, ids: Ids) -> Rowset:
    """Narrowed: all visits to the firms of these visits, since firms are counted once."""
    where, more = both([_cut(cut), _to_firms_of(ids)])
    select = "SELECT v.item_id AS id, w.region_id AS region, s.happened_at AS at, v.organisation_id AS key"
    sql = f"{select}, {_OF_TRADE} {_FINISHED.format(more='', where=where)}"
    return Rowset(sql, (as_of, period.start, period.end, *more), TRADES, keyed=True)


def _to_firms_of(ids: Ids) -> Condition:
    if ids is None:
        return "", ()
    firms = f"SELECT organisation_id FROM {VISIT} WHERE item_id = ANY(%s::uuid[])"  # noqa: S608 - a model's table
    return f" AND v.organisation_id = ANY(ARRAY({firms}))", (list(ids),)


def _visits_since(period: Period, since: datetime, until: datetime) -> Condition:
    return _VISITS_SINCE, (since, until, period.start, period.end)


def findings(cut: Cut, period: Period, as_of: datetime) -> Rowset:
    """Dangers found on those visits; hits by trade, and `passed` where the recheck was recorded by the period's end.

    A finding that was reported after `as_of` on a visit known before is not counted yet.
    """
    return growing(_findings, _findings_since, cut, period, as_of, stands_on=(ITEM, VISIT, FINDING))


def _findings(cut: Cut, period: Period, as_of: datetime, ids: Ids) -> Rowset:
    inside, given = only("item_id", ids)
    where, more = both([_cut(cut), (" AND o.opened_at <= %s", (as_of,)), only("f.danger_id", ids)])
    passed = _PASSED.format(only=inside)
    joins = f"JOIN {FINDING} f ON f.visit_id = v.item_id JOIN {ITEM} o ON o.id = f.danger_id{passed}"
    both_hits = ", ".join(
        f"v.tags @> '[\"{tag}\"]'::jsonb AND p.item_id IS NOT NULL AS {tag}_passed" for tag in TRADES
    )
    select = "SELECT f.danger_id AS id, w.region_id AS region, s.happened_at AS at, p.item_id IS NOT NULL AS passed"
    sql = f"{select}, {_OF_TRADE}, {both_hits} {_FINISHED.format(more=joins, where=where)}"
    params = (min(as_of, period.end), period.start, *given, as_of, period.start, period.end, *more)
    return Rowset(sql, params, ("passed", *TRADES, *(f"{tag}_passed" for tag in TRADES)))


def _findings_since(period: Period, since: datetime, until: datetime) -> Condition:
    once = (since, until, period.start, period.end)
    return _FINDINGS_SINCE, (*once, *once)


def _cut(cut: Cut) -> Condition:
    conditions = [here(cut, "w.region_id"), world(cut, "s.exercise_id")]
    if cut.campaign:
        conditions.append((" AND v.campaign = %s", (cut.campaign,)))
    if cut.sector:
        conditions.append((" AND v.organisation_id = ANY(%s)", (firms_in_sector(cut.sector),)))
    return both(conditions)
