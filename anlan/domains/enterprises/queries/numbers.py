"""The rows behind the numbers of the archive: for each firm the last thing that was said of it by a time."""

from datetime import datetime, timedelta
from typing import Any

from anlan.domains.enterprises.models import Certificate, Enterprise, History, SelfReport, Standardisation
from anlan.kernel.core import rulesets
from anlan.kernel.core.workdays import local_day
from anlan.kernel.indicators.rowsets import Condition, Ids, Rowset, both, growing, here, only
from anlan.kernel.indicators.spec import Cut, Period
from anlan.kernel.indicators.sums import Touched
from anlan.kernel.orgs.models import Organisation

HISTORY, FIRM, ORG, REPORT, CARD, STANDARD = (
    str(model._meta.db_table)
    for model in (History, Enterprise, Organisation, SelfReport, Certificate, Standardisation)
)
COLOURS = ("green", "yellow", "red")
_LAST = f"""
SELECT DISTINCT ON (enterprise_id) enterprise_id, value FROM {HISTORY}
WHERE kind = %s AND happened_at < %s AND at <= %s{{only}} ORDER BY enterprise_id, happened_at DESC, at DESC, id DESC"""  # noqa: S608
_OPERATING = f"""
SELECT o.id AS id, o.region_id AS region, NULL::timestamptz AS at, p.value = '100' AS whole,
       c.enterprise_id IS NOT NULL AS signed, {", ".join(f"c.value = '{colour}' AS {colour}" for colour in COLOURS)}
FROM ({{last}}) s JOIN {ORG} o ON o.id = s.enterprise_id JOIN {FIRM} e ON e.organisation_id = o.id
LEFT JOIN ({{last}}) p ON p.enterprise_id = o.id LEFT JOIN ({{last}}) c ON c.enterprise_id = o.id
WHERE s.value = 'operating'"""  # noqa: S608


_ZERO = f"""
SELECT o.id AS id, o.region_id AS region, NULL::timestamptz AS at, NOT EXISTS (
  SELECT FROM {REPORT} r WHERE r.enterprise_id = o.id AND r.found > 0 AND r.happened_at >= %s AND r.happened_at < %s
  AND r.at <= %s) AS silent
FROM ({{last}}) s JOIN {ORG} o ON o.id = s.enterprise_id JOIN {FIRM} e ON e.organisation_id = o.id
WHERE s.value = 'operating' AND e.created_at <= %s"""  # noqa: S608


# What was said of firms between two times about the time before the end of a span.
_SAID_SINCE = f"""
SELECT enterprise_id AS id FROM {HISTORY} WHERE at > %s AND at <= %s AND kind = ANY(%s) AND happened_at < %s"""  # noqa: S608
_REPORTED_SINCE = f"""
UNION ALL SELECT enterprise_id FROM {REPORT} WHERE at > %s AND at <= %s AND happened_at < %s"""  # noqa: S608


def _said_since(*kinds: str) -> Touched:
    def since(period: Period, after: datetime, until: datetime) -> Condition:
        return _SAID_SINCE, (after, until, list(kinds), period.end)

    return since


def _last(sql: str, ids: Ids) -> tuple[str, tuple[Any, ...]]:
    """A statement with what was said last, of some firms alone where ids are given; and the values of each of them."""
    inside, given = only("enterprise_id", ids)
    return sql.format(last=_LAST.format(only=inside)), given


def _of_firms(cut: Cut, ids: Ids) -> Condition:
    sector = (" AND e.sector LIKE %s", (f"{cut.sector}%",)) if cut.sector else ("", ())
    return both([here(cut, "o.region_id"), sector, only("o.id", ids)])


def silent(cut: Cut, period: Period, as_of: datetime) -> Rowset:
    """Firms in operation that are known for so many days as the rules give; hit `silent`: no danger of its own reported
    in them."""
    return growing(_silent, _silent_since, cut, period, as_of, stands_on=(ORG,))


def _silent(cut: Cut, period: Period, as_of: datetime, ids: Ids) -> Rowset:
    end = min(period.end, as_of)
    days = int(rulesets.value_of("enterprises.long_zero_days", region=cut.region, at=end))
    where, more = _of_firms(cut, ids)
    since = end - timedelta(days=days)
    sql, given = _last(_ZERO, ids)
    params = (since, end, as_of, "status", period.end, as_of, *given, since, *more)
    return Rowset(sql + where, params, ("silent",))


def _silent_since(period: Period, after: datetime, until: datetime) -> Condition:
    said, params = _said_since("status")(period, after, until)
    return said + _REPORTED_SINCE, (*params, after, until, period.end)


def operating(cut: Cut, period: Period, as_of: datetime) -> Rowset:
    """Firms in operation at the end of a period. Hits: `whole` archive, `signed` colour, and the colours."""
    return growing(
        _operating, _said_since("status", "profile", "colour"), cut, period, as_of, stands_on=(ORG,)
    )


def _operating(cut: Cut, period: Period, as_of: datetime, ids: Ids) -> Rowset:
    where, more = _of_firms(cut, ids)
    sql, given = _last(_OPERATING, ids)
    times = tuple(
        value for kind in ("status", "profile", "colour") for value in (kind, period.end, as_of, *given)
    )
    return Rowset(sql + where, (*times, *more), ("whole", "signed", *COLOURS))


_DUTIES = f"""
SELECT o.id AS id, o.region_id AS region, NULL::timestamptz AS at, d.value = '100' AS whole
FROM ({{last}}) s JOIN {ORG} o ON o.id = s.enterprise_id JOIN {FIRM} e ON e.organisation_id = o.id
LEFT JOIN ({{last}}) d ON d.enterprise_id = o.id WHERE s.value = 'operating'"""  # noqa: S608


def duties(cut: Cut, period: Period, as_of: datetime) -> Rowset:
    """Firms in operation; hit `whole`: the ledger of everybody's responsibility lacked nothing when last looked at."""
    return growing(_duties, _said_since("status", "duties"), cut, period, as_of, stands_on=(ORG,))


def _duties(cut: Cut, period: Period, as_of: datetime, ids: Ids) -> Rowset:
    where, more = _of_firms(cut, ids)
    sql, given = _last(_DUTIES, ids)
    times = tuple(value for kind in ("status", "duties") for value in (kind, period.end, as_of, *given))
    return Rowset(sql + where, (*times, *more), ("whole",))


_STANDARD = f"""
SELECT o.id AS id, o.region_id AS region, NULL::timestamptz AS at, EXISTS (
  SELECT FROM {STANDARD} t WHERE t.enterprise_id = o.id AND t.valid_from <= %s AND t.valid_to >= %s
  AND t.revoked_on IS NULL) AS valid
FROM ({{last}}) s JOIN {ORG} o ON o.id = s.enterprise_id JOIN {FIRM} e ON e.organisation_id = o.id
WHERE s.value = 'operating'"""  # noqa: S608
_CARDS = f"""
SELECT o.id AS id, o.region_id AS region, NULL::timestamptz AS at, c.person_id AS key,
       c.due_on < %s AS overdue, c.due_on >= %s AND c.due_on <= %s AS soon
FROM {CARD} c JOIN {ORG} o ON o.id = c.enterprise_id
JOIN LATERAL (SELECT h.value FROM {HISTORY} h WHERE h.enterprise_id = o.id AND h.kind = 'status' AND h.happened_at < %s
              AND h.at <= %s ORDER BY h.happened_at DESC, h.at DESC, h.id DESC LIMIT 1) s ON s.value = 'operating'
WHERE (c.ended_on IS NULL OR c.ended_on > %s) AND c.created_at <= %s AND c.issued_on <= %s"""  # noqa: S608


def standardised(cut: Cut, period: Period, as_of: datetime) -> Rowset:
    """Firms in operation; hit `valid`: a standardisation in validity on the last day."""
    return growing(_standardised, _said_since("status"), cut, period, as_of, stands_on=(ORG, STANDARD))


def _standardised(cut: Cut, period: Period, as_of: datetime, ids: Ids) -> Rowset:
    day = local_day(min(period.end, as_of))
    where, more = _of_firms(cut, ids)
    sql, given = _last(_STANDARD, ids)
    return Rowset(sql + where, (day, day, "status", period.end, as_of, *given, *more), ("valid",))


def certificates(cut: Cut, period: Period, as_of: datetime) -> Rowset:
    """Certificates held in firms in operation on the last day; the key is the person, the row its firm.

    Hits: `overdue` past its day · `soon` due within the days that the rules give.
    """
    end = min(period.end, as_of)
    day = local_day(end)
    warn = rulesets.value_of("enterprises.certificate_warn_days", region=cut.region, at=end)
    where, more = here(cut, "o.region_id")
    params = (day, day, day + timedelta(days=warn), period.end, as_of, day, as_of, day, *more)
    return Rowset(_CARDS + where, params, ("overdue", "soon"), keyed=True)
