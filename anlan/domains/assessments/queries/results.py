"""Results and their order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from anlan.domains.assessments.models import Result, Round, Sheet
from anlan.domains.assessments.rules import scoring


@dataclass(frozen=True, slots=True)
class Placed:
    """A sheet in the table: its last result and its place among units of its kind; a veto has no place."""

    sheet: Sheet
    result: Result | None
    place: int | None


def last_results(sheets: Sequence[UUID], *, as_of: datetime) -> dict[UUID, Result]:
    """Sheet → its last result as known at a time."""
    rows = Result.objects.filter(sheet__in=sheets, at__lte=as_of).order_by("number")
    return {row.sheet_id: row for row in rows}


def table_of(of: Round, *, as_of: datetime) -> dict[str, list[Placed]]:
    """Kind of unit → its sheets in order. Streets and departments are never ranked among each other."""
    sheets = list(Sheet.objects.filter(round=of).select_related("item", "unit", "round"))
    found = last_results([sheet.pk for sheet in sheets], as_of=as_of)
    table: dict[str, list[Placed]] = {}
    for kind in sorted({sheet.unit.kind for sheet in sheets}, reverse=True):
        mine = [sheet for sheet in sheets if sheet.unit.kind == kind]
        table[kind] = _placed(mine, found)
    return table


def _placed(sheets: Sequence[Sheet], found: dict[UUID, Result]) -> list[Placed]:
    ranked = scoring.ranks(
        {pk: row.total for pk, row in found.items() if not row.vetoed and pk in {s.pk for s in sheets}}
    )
    rows = [Placed(sheet, found.get(sheet.pk), ranked.get(sheet.pk)) for sheet in sheets]
    return sorted(rows, key=_order)


def _order(row: Placed) -> tuple[bool, int, str, str]:
    return row.place is None, row.place or 0, row.sheet.unit.region_id, str(row.sheet.unit)
