"""Rows as COPY takes them, spelled as text: no model, no field, no adapter, a few microseconds each."""

import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

from django.db import connection

from anlan.domains.risks.actions.taking.ground import Ground, Judged
from anlan.domains.risks.models import RiskPoint, filter_tokens, pairs_of
from anlan.kernel.core.ids import new_id
from anlan.kernel.core.search import folded

POINT_COLUMNS = (
    "id", "number", "enterprise_id", "name", "kind", "region_id", "section", "lon", "lat", "responsible_level",
    "responsible", "method", "worst_case_level", "assessed_level", "current_level", "weighed", "open_dangers",
    "signed_by", "signed_at", "active", "words", "search", "act", "created_at",
)  # fmt: skip
SOURCE_COLUMNS = (
    "id", "point_id", "name", "hazard_kind", "accident_kinds", "method", "inputs", "score", "worst_case_level",
    "assessed_level", "signed_by", "signed_at", "active", "words", "search", "act",
)  # fmt: skip
LEVEL_COLUMNS = (
    "id", "point_id", "worst_case_level", "assessed_level", "current_level", "cause", "method", "inputs", "reason",
    "raised", "by", "at",
)  # fmt: skip
_SPECIAL = re.compile(r"[\\\t\n\r\x00]")
_ESCAPED = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": ""}
_TAIL = (1 << 62) - 1
_BLOCK = 150  # lines handed over at a time


def copy(table: str, columns: Sequence[str], lines: Iterable[str]) -> None:
    """COPY lines as they are made: the database works on the first while the last are still being spelled."""
    names = ", ".join(f'"{name}"' for name in columns)
    stream = iter(lines)
    block = "".join(islice(stream, _BLOCK))
    if not block:
        return
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copying,
    ):
        while block:
            copying.write(block)
            block = "".join(islice(stream, _BLOCK))


def fresh_ids(many: int) -> list[str]:
    """UUIDs of version 7 as 32 digits, of one instant, so many at once that a dice throw each would cost more."""
    base = new_id().int & ~_TAIL
    dice = os.urandom(8 * many)
    return [f"{base | int.from_bytes(dice[n : n + 8], 'big') & _TAIL:032x}" for n in range(0, 8 * many, 8)]


def said(text: str) -> str:
    """A text as COPY wants it."""
    return _SPECIAL.sub(lambda found: _ESCAPED[found[0]], text) if _SPECIAL.search(text) else text


@lru_cache(maxsize=100_000)
def searched(text: str) -> tuple[str, str]:
    """A text folded, and its pairs as COPY wants them. Names repeat by the thousand."""
    return said(folded(text)), said(pairs_of(text))


@lru_cache(maxsize=50_000)
def filters(region: str, section: str, worst: int, colour: int) -> str:
    """The filters of a row, spelled as tokens."""
    tokens = filter_tokens(region=region, section=section, worst=worst, colour=colour)
    return " ".join(f"'{token}'" for token in tokens)


def spelled(value: float | None) -> str:
    return "\\N" if value is None else str(value)


@lru_cache(maxsize=10_000)
def _factors(inputs: tuple[tuple[str, float], ...]) -> str:
    return said(json.dumps(dict(inputs)))


def point_line(point: RiskPoint, firm: str, ground: Ground) -> str:
    """A point that is made by this chunk."""
    name, number, of = searched(point.name), searched(point.number), searched(firm)
    cut = filters(point.region_id, point.section, point.worst_case_level, point.current_level)
    return (
        f"{point.id}\t{said(point.number)}\t{point.enterprise_id}\t{said(point.name)}\t{point.kind}\t{point.region_id}"
        f"\t{point.section}\t{spelled(point.lon)}\t{spelled(point.lat)}\t{point.responsible_level}"
        f"\t{said(point.responsible)}\t{point.method}\t{point.worst_case_level}\t{point.assessed_level}"
        f"\t{point.current_level}\t{{}}\t0\t{ground.signed}\tt\t{name[0]} {number[0]} {of[0]}"
        f"\t{name[1]} {number[1]} {of[1]} {cut}\t{ground.written}\t{ground.at}\n"
    )


def source_line(pk: str, point: RiskPoint, row: Mapping[str, Any], judged: Judged, ground: Ground) -> str:
    name, at = searched(row["source"]), searched(point.name)
    cut = filters(point.region_id, point.section, judged.worst, judged.assessed)
    inputs = _factors(tuple(judged.inputs.items())) if judged.inputs else "{}"
    return (
        f"{pk}\t{point.id}\t{said(row['source'])}\t{row['hazard_kind']}\t{said(row['accident_kinds'])}\t{judged.method}"
        f"\t{inputs}\t{spelled(judged.score)}\t{judged.worst}\t{judged.assessed}\t{ground.signed}\tt"
        f"\t{name[0]} {at[0]}\t{name[1]} {at[1]} {cut}\t{ground.written}\n"
    )


def level_line(pk: str, point: RiskPoint, ground: Ground) -> str:
    raised = said(json.dumps(point.weighed.get("raised", []))) if point.weighed else "[]"
    return (
        f"{pk}\t{point.id}\t{point.worst_case_level}\t{point.assessed_level}\t{point.current_level}\timported"
        f"\t{point.method}\t{{}}\t\t{raised}\t{ground.signed}\n"
    )
