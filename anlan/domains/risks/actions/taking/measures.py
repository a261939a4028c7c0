"""Measures out of a spreadsheet: for a point, or against one of its sources."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from anlan.domains.risks.actions.taking.ground import Ground, UnfitError, alone, ground_of
from anlan.domains.risks.actions.taking.points import Points, points_of
from anlan.domains.risks.actions.taking.sources import Known, sources_of
from anlan.domains.risks.models import Measure
from anlan.kernel.core.bulk import insert_rows
from anlan.kernel.core.words import N_
from anlan.kernel.sheets.spec import Taken

_KEY = ("point_id", "source_id", "kind", "text")
NO_POINT = N_("The enterprise has no risk point of this number.")
NO_SOURCE = N_("The risk point has no source of this name.")


def take_measures(rows: Sequence[Mapping[str, Any]], *, by: str, at: datetime, act: UUID, dry: bool) -> Taken:
    """A measure that is there word for word is the same one."""
    alone(dry)
    ground = ground_of(rows, by=by, at=at, act=act)
    points = points_of(rows, ground)
    known = sources_of(points)
    there = Measure.objects.filter(point__in=[p.pk for p in points.there.values()])
    before = set(there.values_list(*_KEY))
    refused: dict[int, tuple[str, str]] = {}
    new: dict[tuple[Any, ...], Measure] = {}
    met: set[tuple[Any, ...]] = set()
    for number, row in enumerate(rows):
        try:
            found = _measure(row, ground, points, known)
        except UnfitError as unfit:
            refused[number] = unfit.column, unfit.text
            continue
        key = found.point_id, found.source_id, found.kind, found.text
        met.add(key)
        if key not in before:
            new.setdefault(key, found)
    if not dry:
        insert_rows(list(new.values()))
        _take_up(there.filter(active=False), met)
    return Taken(
        [] if dry else [row.pk for row in new.values()], len(rows) - len(refused) - len(new), refused
    )


def _take_up(ended: QuerySet[Measure], met: set[tuple[Any, ...]]) -> None:
    """Measures that had ended and are in the sheet again."""
    again = [pk for pk, *key in ended.values_list("pk", *_KEY) if tuple(key) in met]
    Measure.objects.filter(pk__in=again).update(active=True)


def _measure(row: Mapping[str, Any], ground: Ground, points: Points, known: Known) -> Measure:
    firm = ground.firm(row["uscc"])
    point = points.there.get((firm.id, row["number"]))
    if point is None:
        raise UnfitError("number", NO_POINT)
    source = known.get(point.pk, {}).get(row["source"]) if row["source"] else None
    if row["source"] and source is None:
        raise UnfitError("source", NO_SOURCE)
    return Measure(point=point, source=source, kind=row["kind"], text=row["text"], by=ground.by, at=ground.at)
