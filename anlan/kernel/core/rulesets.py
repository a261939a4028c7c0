"""Values of rules that vary by place and time: TOML files in, rows out; the row in force is chosen by nearest
region ancestor and by the day the thing happened.

A file holds `[[rule]]` tables: rule, value, valid_from, tag (C confirmed, P secondary, M memory) and, where known,
region (significant digits of a region code, "" = everywhere), valid_to, unit, law, article.
"""

import json
import time
import tomllib
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Max

from anlan.kernel.core import clock, keys
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.models import RuleValue
from anlan.kernel.core.ruleset_shapes import check, shape_of
from anlan.kernel.core.words import N_

MISSING = reason(
    "ruleset.missing",
    N_("No value of rule {rule} is in force for region {region} on {day}. Add a row for it in the rules."),
)
BAD_FILE = reason("ruleset.bad_file", N_("{file}: rule {rule}: {problem}"))
LACKS = reason("ruleset.lacks", N_("missing {names}. Give it."))
HAS_UNKNOWN = reason("ruleset.has_unknown", N_("unknown {names}. Leave it out."))
BAD_TAG = reason(
    "ruleset.bad_tag", N_("tag must be C, P or M: confirmed, from a second source, or practice.")
)
BAD_REGION = reason(
    "ruleset.bad_region", N_("{given} is no region: give its first 2, 4, 6, 9 or 12 digits, or nothing.")
)
BAD_DAYS = reason("ruleset.bad_days", N_("A rule holds from a day to the same or a later one."))
TOO_LONG = reason("ruleset.too_long", N_("{name} has more than {most} characters. Shorten it."))

_LOCAL = ZoneInfo("Asia/Shanghai")
_REQUIRED = {"rule", "value", "valid_from", "tag"}
_OPTIONAL = {"region", "valid_to", "unit", "law", "article"}
_DIGITS = (0, 2, 4, 6, 9, 12)
_LONGEST = {"unit": 40, "law": 300, "article": 100, "rule": 100}
FRESH_SECONDS = 2.0
FROM_PAGE = "page"
_checks: dict[str, Callable[[Any], None]] = {}


def row_of(rule: str, *, region: str = "", at: datetime) -> RuleValue:
    """The row in force: longest region prefix first, then the latest start; raises `Refused`."""
    day = at.astimezone(_LOCAL).date()
    fitting = [row for row in _rows(rule) if region.startswith(row.region) and _in_force(row, day)]
    if not fitting:
        raise Refused(MISSING, rule=rule, region=region or "*", day=day)
    return max(fitting, key=lambda row: (len(row.region), row.valid_from, row.recorded_at))


def value_of(rule: str, *, region: str = "", at: datetime) -> Any:
    """The value in force for a region code (any length) at a time; raises `Refused` where no row fits."""
    return row_of(rule, region=region, at=at).value


def _in_force(row: RuleValue, day: date) -> bool:
    return row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)


@lru_cache(maxsize=512)
def _rows(rule: str) -> tuple[RuleValue, ...]:
    return tuple(RuleValue.objects.filter(rule=rule))


def forget() -> None:
    """Drop the cached rows: after a load, an edit, or when the feed says that a rule changed."""
    _rows.cache_clear()


_mark: tuple[float, Any] = (float("-inf"), None)


def keep_fresh(*, every_s: float = FRESH_SECONDS) -> bool:
    """Drop the cached rows if another process has added some; asks at most every so many seconds. True if it did.

    Called where a process begins a piece of work (a request, a pass), never in the midst of one.
    """
    global _mark
    asked, before = _mark
    if time.monotonic() - asked < every_s:
        return False
    now = tuple(RuleValue.objects.aggregate(n=Count("pk"), last=Max("recorded_at")).values())
    _mark = (time.monotonic(), now)
    if now == before:
        return False
    forget()
    return True


def load_files(paths: Iterable[Path]) -> int:
    """Validate TOML files and add the rows that are not there yet; returns how many were new."""
    rows = [row for path in sorted(paths) for row in _read(path)]
    _check_shapes(rows)
    before = RuleValue.objects.count()
    RuleValue.objects.bulk_create(rows, ignore_conflicts=True)
    forget()
    return RuleValue.objects.count() - before


def _read(path: Path) -> list[RuleValue]:
    tables = tomllib.loads(path.read_text(encoding="utf-8")).get("rule", [])
    return [_row(path.name, table) for table in tables if isinstance(table, dict)]


def _row(file: str, table: dict[str, Any]) -> RuleValue:
    try:
        check_table(table)
    except Refused as refusal:
        raise Refused(
            BAD_FILE, file=file, rule=str(table.get("rule", "?")), problem=str(refusal)
        ) from refusal
    # The file name is left out of the digest: a rule that moves to another file is still the same row.
    digest = keys.sm3(json.dumps(table, sort_keys=True, default=str).encode())
    return RuleValue(**table, origin=file, digest=digest, by="service:rulesets", recorded_at=clock.real_now())


def register_check(rule: str, asks: Callable[[Any], None]) -> None:
    """What a domain asks of the values of one of its rules beyond their shape; it raises `Refused`."""
    _checks[rule] = asks


def check_value(rule: str, value: Any, models: Iterable[Any], *, known: Iterable[str] | None = ()) -> None:
    """Refuse a value that has not the shape of the rule's other values, or that its domain cannot mean."""
    models = list(models)
    if models:
        check(shape_of(models), value, known=known)
    if rule in _checks:
        _checks[rule](value)


def _check_shapes(rows: Iterable[RuleValue]) -> None:
    """Rows of one rule look alike: a region may have other numbers, not another table."""
    first: dict[str, RuleValue] = {}
    for row in rows:
        model = first.setdefault(row.rule, row)
        try:
            check_value(row.rule, row.value, [model.value] if model is not row else [], known=None)
        except Refused as refusal:
            raise Refused(BAD_FILE, file=row.origin, rule=row.rule, problem=str(refusal)) from refusal


def check_table(table: Mapping[str, Any]) -> None:
    """What holds for every row, from a file or from a page; raises `Refused` with the field at fault."""
    if lacking := _REQUIRED - table.keys():
        raise Refused(LACKS, field=min(lacking), names=", ".join(sorted(lacking)))
    if unknown := table.keys() - _REQUIRED - _OPTIONAL:
        raise Refused(HAS_UNKNOWN, field=min(unknown), names=", ".join(sorted(unknown)))
    if table["tag"] not in ("C", "P", "M"):
        raise Refused(BAD_TAG, field="tag")
    region = str(table.get("region", ""))
    if len(region) not in _DIGITS or (region and not (region.isascii() and region.isdigit())):
        raise Refused(BAD_REGION, field="region", given=region)
    until = table.get("valid_to")
    if until is not None and until < table["valid_from"]:
        raise Refused(BAD_DAYS, field="valid_to")
    for name, most in _LONGEST.items():
        if len(str(table.get(name, ""))) > most:
            raise Refused(TOO_LONG, field=name, name=name, most=most)


def add_row(table: Mapping[str, Any], *, why: str, by: str, at: datetime) -> RuleValue:
    """A row from a page, checked like a row of a file. It stands beside the others and overwrites none.

    Whether its value has the shape of the rule's other rows is asked by the caller, who has them at hand.
    """
    check_table(table)
    said = json.dumps([dict(table), by, at.isoformat()], sort_keys=True, default=str)
    row = RuleValue(
        **table, origin=FROM_PAGE, digest=keys.sm3(said.encode()), by=by, reason=why, recorded_at=at
    )
    row.save(force_insert=True)
    forget()
    return row
