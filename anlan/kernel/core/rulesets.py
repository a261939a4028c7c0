"""Values of rules that vary by place and time: TOML files in, rows out; the row in force is chosen by nearest
region ancestor and by the day the thing happened.

A file holds `[[rule]]` tables: rule, value, valid_from, tag (C confirmed, P secondary, M memory) and, where known,
region (significant digits of a region code, "" = everywhere), valid_to, unit, law, article.
"""

import json
import tomllib
from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from anlan.kernel.core import clock, keys
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.models import RuleValue
from anlan.kernel.core.words import N_

MISSING = reason(
    "ruleset.missing",
    N_("No value of rule {rule} is in force for region {region} on {day}. Add a row for it in the rules."),
)
BAD_FILE = reason("ruleset.bad_file", N_("{file}: rule {rule}: {problem}"))

_LOCAL = ZoneInfo("Asia/Shanghai")
_REQUIRED = {"rule", "value", "valid_from", "tag"}
_OPTIONAL = {"region", "valid_to", "unit", "law", "article"}


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


def load_files(paths: Iterable[Path]) -> int:
    """Validate TOML files and add the rows that are not there yet; returns how many were new."""
    rows = [row for path in sorted(paths) for row in _read(path)]
    before = RuleValue.objects.count()
    RuleValue.objects.bulk_create(rows, ignore_conflicts=True)
    forget()
    return RuleValue.objects.count() - before


def _read(path: Path) -> list[RuleValue]:
    tables = tomllib.loads(path.read_text(encoding="utf-8")).get("rule", [])
    return [_row(path.name, table) for table in tables if isinstance(table, dict)]


def _row(file: str, table: dict[str, Any]) -> RuleValue:
    name = str(table.get("rule", "?"))
    if lacking := _REQUIRED - table.keys():
        raise Refused(BAD_FILE, file=file, rule=name, problem=f"missing {', '.join(sorted(lacking))}")
    if unknown := table.keys() - _REQUIRED - _OPTIONAL:
        raise Refused(BAD_FILE, file=file, rule=name, problem=f"unknown {', '.join(sorted(unknown))}")
    if table["tag"] not in ("C", "P", "M"):
        raise Refused(BAD_FILE, file=file, rule=name, problem="tag must be C, P or M")
    # The file name is left out of the digest: a rule that moves to another file is still the same row.
    digest = keys.sm3(json.dumps(table, sort_keys=True, default=str).encode())
    return RuleValue(**table, origin=file, digest=digest, by="service:rulesets", recorded_at=clock.real_now())
