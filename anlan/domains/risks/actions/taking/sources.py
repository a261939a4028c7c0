"""Sources out of a spreadsheet, by USCC of the firm, number of the point and name; points come with them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from anlan.domains.risks.actions.taking import rows as copied
from anlan.domains.risks.actions.taking.ground import Ground, Judged, UnfitError, alone, ground_of
from anlan.domains.risks.actions.taking.points import Points, points_of
from anlan.domains.risks.models import RiskPoint, RiskSource
from anlan.kernel.core.bulk import update_rows
from anlan.kernel.sheets.spec import Taken

Known = Mapping[UUID, Mapping[str, RiskSource]]
_CHANGEABLE = (
    "hazard_kind", "accident_kinds", "method", "inputs", "score", "worst_case_level", "assessed_level", "signed_by",
    "signed_at", "words", "search", "act",
)  # fmt: skip


class New(NamedTuple):
    """A source that is not there yet."""

    id: str
    point: RiskPoint
    row: Mapping[str, Any]
    judged: Judged


def take_sources(rows: Sequence[Mapping[str, Any]], *, by: str, at: datetime, act: UUID, dry: bool) -> Taken:
    """Sources with their points. A point is as grave as its gravest source."""
    alone(dry)
    ground = ground_of(rows, by=by, at=at, act=act)
    points = points_of(rows, ground)
    known = sources_of(points)
    ids = copied.fresh_ids(len(rows))
    refused: dict[int, tuple[str, str]] = {}
    new: list[New] = []
    changed: list[RiskSource] = []
    for number, row in enumerate(rows):
        try:
            firm = ground.firm(row["uscc"])
            judged = ground.judged(row, firm.region)
            point = points.of(firm, row)
        except UnfitError as unfit:
            refused[number] = unfit.column, unfit.text
            continue
        source = known.get(point.id, {}).get(row["source"])
        if source is None:
            new.append(New(ids[number], point, row, judged))
        elif _changes(source, row, judged, ground):
            source.point = point
            changed.append(source)
    _lift(points, known, new)
    same = len(rows) - len(refused) - len(new) - len(changed)
    return Taken([] if dry else [*points.write(), *_write(new, changed, ground)], same, refused)


def sources_of(points: Points) -> Known:
    """The sources of the points that are there: point → name → source."""
    found: dict[UUID, dict[str, RiskSource]] = {}
    there = [point.id for point in points.there.values()]
    if there:
        for source in RiskSource.objects.filter(point__in=there).defer("search"):
            found.setdefault(source.point_id, {})[source.name] = source
    return found


def _changes(source: RiskSource, row: Mapping[str, Any], judged: Judged, ground: Ground) -> bool:
    said = {name: row[name] for name in ("hazard_kind", "accident_kinds") if row.get(name)}
    said |= {"worst_case_level": judged.worst, "assessed_level": judged.assessed, "method": judged.method}
    if judged.inputs:
        said |= {"inputs": judged.inputs, "score": judged.score}
    if not source.active:  # who sends its row says that it is there
        said |= {"active": True, "ended_at": None}
    if all(getattr(source, name) == value for name, value in said.items()):
        return False
    said |= {"signed_by": ground.by, "signed_at": ground.at, "act": ground.act}
    for name, value in said.items():
        setattr(source, name, value)
    return True


def _lift(points: Points, known: Known, new: Sequence[New]) -> None:
    """Each point that the chunk names gets the levels of its gravest source, those of this chunk included."""
    gravest: dict[UUID, tuple[RiskPoint, int, int, str]] = {}
    for point, worst, assessed, method in _all_levels(points, known, new):
        before = gravest.get(point.id)
        if before is not None:
            worst, assessed = max(worst, before[1]), max(assessed, before[2])
        gravest[point.id] = point, worst, assessed, method
    for point, worst, assessed, method in gravest.values():
        points.judge(point, worst, assessed, method)


def _all_levels(
    points: Points, known: Known, new: Sequence[New]
) -> Iterator[tuple[RiskPoint, int, int, str]]:
    for point in points.there.values():
        for source in known.get(point.id, {}).values():
            if source.active:
                yield point, source.worst_case_level, source.assessed_level, source.method
    for each in new:
        yield each.point, each.judged.worst, each.judged.assessed, each.judged.method


def _take_up(changed: Sequence[RiskSource]) -> None:
    """Sources that had ended and are there again: a statement of its own, for numbers count what has not ended."""
    ended = RiskSource.objects.filter(pk__in=[source.pk for source in changed], active=False)
    if changed and ended.exists():
        ended.update(active=True, ended_at=None)


def _write(new: Sequence[New], changed: Sequence[RiskSource], ground: Ground) -> list[UUID | str]:
    copied.copy(
        "risks_risksource", copied.SOURCE_COLUMNS, (copied.source_line(*each, ground) for each in new)
    )
    for source in changed:
        source.index(source.point)
    update_rows(changed, _CHANGEABLE)
    _take_up(changed)
    return [*(each.id for each in new), *(source.id for source in changed)]
