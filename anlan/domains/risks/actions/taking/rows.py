"""Rows as COPY takes them: no model, no field, only values in the order of the columns."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg.types.json import Jsonb

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
NOTHING, NONE_RAISED = Jsonb({}), Jsonb([])


def copy(table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copying,
    ):
        for row in rows:
            copying.write_row(row)


def point_row(point: RiskPoint, firm: str) -> tuple[Any, ...]:
    filters = filter_tokens(
        region=point.region_id,
        section=point.section,
        worst=point.worst_case_level,
        colour=point.current_level,
    )
    search = " ".join(
        [pairs_of(point.name), pairs_of(point.number), pairs_of(firm), *(f"'{t}'" for t in filters)]
    )
    return (
        point.pk, point.number, point.enterprise_id, point.name, point.kind, point.region_id, point.section,
        point.lon, point.lat, point.responsible_level, point.responsible, point.method, point.worst_case_level,
        point.assessed_level, point.current_level, NOTHING, 0, point.signed_by, point.signed_at, True,
        folded(point.name, point.number, firm), search, point.act, point.created_at,
    )  # fmt: skip


def source_row(
    pk: UUID, point: RiskPoint, row: Mapping[str, Any], judged: Judged, ground: Ground
) -> tuple[Any, ...]:
    filters = filter_tokens(
        region=point.region_id, section=point.section, worst=judged.worst, colour=judged.assessed
    )
    search = " ".join([pairs_of(row["source"]), pairs_of(point.name), *(f"'{t}'" for t in filters)])
    return (
        pk, point.pk, row["source"], row.get("hazard_kind") or "", row.get("accident_kinds") or "", judged.method,
        Jsonb(judged.inputs) if judged.inputs else NOTHING, judged.score, judged.worst, judged.assessed, ground.by,
        ground.at, True, folded(row["source"], point.name), search, ground.act,
    )  # fmt: skip


def level_row(point: RiskPoint, ground: Ground) -> tuple[Any, ...]:
    raised = point.weighed.get("raised")
    return (
        new_id(), point.pk, point.worst_case_level, point.assessed_level, point.current_level, "imported",
        point.method, NOTHING, "", Jsonb(raised) if raised else NONE_RAISED, ground.by, ground.at,
    )  # fmt: skip
