"""Rows for spreadsheets on their way out: by the page of the key, so that no transaction stays open for long."""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from anlan.domains.risks import rules
from anlan.domains.risks.queries.lists import Asked, conditions
from anlan.domains.risks.queries.points import raised_by
from anlan.kernel.core import clock
from anlan.kernel.orgs.models import Person

PAGE = 5_000
_FIRST = UUID(int=0)
_POINTS = """
SELECT p.id, o.uscc, p.number, p.name, p.kind, r.name, p.lon, p.lat, p.responsible, p.worst_case_level, p.assessed_level
FROM risks_riskpoint p JOIN orgs_organisation o ON o.id = p.enterprise_id JOIN places_region r ON r.code = p.region_id
WHERE p.id > %(after)s AND p.active {where} ORDER BY p.id LIMIT %(page)s
"""
_SOURCES = """
SELECT s.id, o.uscc, p.number, p.name, p.kind, r.name, p.lon, p.lat, s.name, s.hazard_kind, s.accident_kinds,
 s.worst_case_level, s.assessed_level, s.method,
 (s.inputs->>'L')::float, (s.inputs->>'E')::float, (s.inputs->>'C')::float, (s.inputs->>'M')::float,
 (s.inputs->>'S')::float
FROM risks_risksource s JOIN risks_riskpoint p ON p.id = s.point_id
JOIN orgs_organisation o ON o.id = p.enterprise_id JOIN places_region r ON r.code = p.region_id
WHERE s.id > %(after)s AND s.active AND p.active {where} ORDER BY s.id LIMIT %(page)s
"""
_MEASURES = """
SELECT m.id, o.uscc, p.number, coalesce(s.name, ''), m.kind, m.text
FROM risks_measure m JOIN risks_riskpoint p ON p.id = m.point_id JOIN orgs_organisation o ON o.id = p.enterprise_id
LEFT JOIN risks_risksource s ON s.id = m.source_id
WHERE m.id > %(after)s AND m.active AND p.active {where} ORDER BY m.id LIMIT %(page)s
"""


_DUTIES = """
SELECT p.id, o.uscc, p.number, o.name, p.name, r.name, p.current_level, p.responsible_level, p.responsible
FROM risks_riskpoint p JOIN orgs_organisation o ON o.id = p.enterprise_id JOIN places_region r ON r.code = p.region_id
WHERE p.id > %(after)s AND p.active {where} ORDER BY p.id LIMIT %(page)s
"""
_TARGETS = """
SELECT p.id, o.uscc, p.number, o.name, p.name, r.name, p.current_level, p.assessed_level, p.open_dangers, p.weighed
FROM risks_riskpoint p JOIN orgs_organisation o ON o.id = p.enterprise_id JOIN places_region r ON r.code = p.region_id
WHERE p.id > %(after)s AND p.active AND p.open_dangers > 0 {where} ORDER BY p.id LIMIT %(page)s
"""


def points(*, person: UUID | None, filters: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """In the order of the sheet's columns; levels and kinds in the reader's words."""
    for row in _pages(_POINTS, person, filters, "p"):
        yield (*row[:3], _kind(row[3]), *row[4:8], _level(row[8]), _level(row[9]))


def sources(*, person: UUID | None, filters: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    for row in _pages(_SOURCES, person, filters, "s"):
        yield (
            *row[:3], _kind(row[3]), *row[4:8], _kind(row[8]), row[9], _level(row[10]), _level(row[11]),
            _(rules.METHODS.get(row[12], "")) if row[12] else "", *row[13:],
        )  # fmt: skip


def measures(*, person: UUID | None, filters: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    for row in _pages(_MEASURES, person, filters, "p"):
        yield (*row[:3], _kind(row[3]), row[4])


def responsibility(*, person: UUID | None, filters: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """责任清单: who answers for which point."""
    for row in _pages(_DUTIES, person, filters, "p"):
        yield (*row[:5], _level(row[5]), _(rules.RESPONSIBLE[row[6]]), row[7])


def targets(*, person: UUID | None, filters: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """目标清单: the points that open dangers raise, and the level each is to be brought back to."""
    asked = {name: value for name, value in filters.items() if name != "grave"}
    for row in _pages(_TARGETS, person, asked, "p"):
        weighed = json.loads(row[8]) if isinstance(row[8], str) else row[8]
        why = "；".join(raised_by(weighed.get("raised", [])))
        yield (*row[:5], _level(row[5]), _level(row[6]), row[7], why)


def _pages(
    statement: str, person: UUID | None, filters: Mapping[str, Any], table: str
) -> Iterator[tuple[Any, ...]]:
    one = Person.objects.select_related("organisation").get(pk=person) if person else None
    where, values = conditions(Asked.of(filters), one, at=clock.real_now(), table=table)
    text = statement.format(where=f"AND {where}" if where else "")
    after = _FIRST
    while True:
        with connection.cursor() as cursor:
            cursor.execute(text, {**values, "after": after, "page": PAGE})
            rows = cursor.fetchall()
        for row in rows:
            yield row[1:]
        if len(rows) < PAGE:
            return
        after = rows[-1][0]


def _level(level: int) -> str:
    return _(rules.LABELS[level]) if level else ""


def _kind(code: str) -> str:
    return _(rules.WORDS[code]) if code in rules.WORDS else code
