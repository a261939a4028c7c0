"""The rows behind the numbers of visits, as statements that the database adds up."""

from datetime import datetime

from anlan.domains.enterprises.public import firms_in_sector
from anlan.domains.patrols.models import Finding, Visit
from anlan.kernel.indicators.rowsets import Condition, Rowset, both, here, world
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
LEFT JOIN (SELECT item_id FROM {STEP} WHERE move IN ('accept', 'fix_on_spot') AND at <= %s AND happened_at >= %s
           GROUP BY item_id) p ON p.item_id = f.danger_id"""  # noqa: S608


def visits(cut: Cut, period: Period, as_of: datetime) -> Rowset:
    """Finished visits of the bureau's people; a hit for each trade that the firm was of then; the key is the firm."""
    where, more = _cut(cut)
    select = "SELECT v.item_id AS id, w.region_id AS region, s.happened_at AS at, v.organisation_id AS key"
    sql = f"{select}, {_OF_TRADE} {_FINISHED.format(more='', where=where)}"
    return Rowset(sql, (as_of, period.start, period.end, *more), TRADES, keyed=True)


def findings(cut: Cut, period: Period, as_of: datetime) -> Rowset:
    """Dangers found on those visits; hits by trade, and `passed` where the recheck was recorded by the period's end."""
    where, more = _cut(cut)
    joins = f"JOIN {FINDING} f ON f.visit_id = v.item_id AND f.danger_id IS NOT NULL{_PASSED}"
    both = ", ".join(
        f"v.tags @> '[\"{tag}\"]'::jsonb AND p.item_id IS NOT NULL AS {tag}_passed" for tag in TRADES
    )
    select = "SELECT f.danger_id AS id, w.region_id AS region, s.happened_at AS at, p.item_id IS NOT NULL AS passed"
    sql = f"{select}, {_OF_TRADE}, {both} {_FINISHED.format(more=joins, where=where)}"
    params = (min(as_of, period.end), period.start, as_of, period.start, period.end, *more)
    return Rowset(sql, params, ("passed", *TRADES, *(f"{tag}_passed" for tag in TRADES)))


def _cut(cut: Cut) -> Condition:
    conditions = [here(cut, "w.region_id"), world(cut, "s.exercise_id")]
    if cut.campaign:
        conditions.append((" AND v.campaign = %s", (cut.campaign,)))
    if cut.sector:
        conditions.append((" AND v.organisation_id = ANY(%s)", (firms_in_sector(cut.sector),)))
    return both(conditions)
