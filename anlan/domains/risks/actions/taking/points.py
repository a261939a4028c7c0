"""Points out of a spreadsheet, by USCC of the firm and number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from anlan.domains.risks import rules
from anlan.domains.risks.actions.taking import rows as copied
from anlan.domains.risks.actions.taking.ground import HALF_PLACE, Firm, Ground, UnfitError, alone, ground_of
from anlan.domains.risks.models import RiskPoint
from anlan.kernel.core.bulk import update_rows
from anlan.kernel.core.words import N_
from anlan.kernel.sheets.spec import Taken

NO_NAME = N_("A new risk point needs a name.")
_CHANGEABLE = (
    "name", "kind", "region", "lon", "lat", "responsible_level", "responsible", "method", "worst_case_level",
    "assessed_level", "current_level", "signed_by", "signed_at", "words", "search", "act",
)  # fmt: skip


@dataclass(slots=True)
class Points:
    """The points that a chunk names: those there, those to be made, those to be changed."""

    ground: Ground
    there: dict[tuple[UUID, str], RiskPoint]
    new: dict[tuple[UUID, str], RiskPoint] = field(default_factory=dict)
    changed: dict[UUID, RiskPoint] = field(default_factory=dict)

    def of(self, firm: Firm, row: Mapping[str, Any]) -> RiskPoint:
        """The point of a row, made or changed by what the row says of it."""
        region = self.ground.region(row.get("region") or "")
        lon, lat = _position(row)
        said = {name: row[name] for name in ("name", "kind", "responsible") if row.get(name)}
        key = firm.id, row["number"]
        point = self.there.get(key) or self.new.get(key)
        if point is None:
            if "name" not in said:
                raise UnfitError("name", NO_NAME)
            if lon is None:
                lon, lat = firm.lon, firm.lat
            point = self.new[key] = self._made(firm, key, said, region or firm.region, lon, lat)
            return point
        if region:
            said["region_id"] = region
        if lon is not None:
            said |= {"lon": lon, "lat": lat}
        self._change(point, said)
        return point

    def _made(
        self, firm: Firm, key: tuple[UUID, str], said: dict[str, Any], region: str, lon: Any, lat: Any
    ) -> RiskPoint:
        ground = self.ground
        return RiskPoint(
            number=key[1], enterprise_id=firm.id, region_id=region, section=firm.section, lon=lon, lat=lat,
            act=ground.act, created_at=ground.at, signed_by=ground.by, signed_at=ground.at,
            **({"kind": "place"} | said),
        )  # fmt: skip

    def _change(self, point: RiskPoint, said: Mapping[str, Any]) -> None:
        different = {name: value for name, value in said.items() if getattr(point, name) != value}
        for name, value in different.items():
            setattr(point, name, value)
        if different and not point._state.adding:
            self.changed[point.pk] = point

    def judge(self, point: RiskPoint, worst: int, assessed: int, method: str) -> None:
        """Give a point levels; the current one keeps what its open dangers raise."""
        raised = max([assessed, *(found["to"] for found in point.weighed.get("raised", []))])
        by_level = self.ground.table("risks.responsible", point.region_id)
        self._change(
            point,
            {
                "worst_case_level": worst, "assessed_level": assessed, "current_level": raised,
                "method": method or point.method, "responsible_level": rules.responsible_for(assessed, by_level),
            },
        )  # fmt: skip

    def write(self) -> list[UUID]:
        """Write what is new or changed, with a row of history each. Returns the ids."""
        ground = self.ground
        names = {firm.id: firm.name for firm in ground.firms.values()}
        new, changed = list(self.new.values()), list(self.changed.values())
        copied.copy(
            "risks_riskpoint",
            copied.POINT_COLUMNS,
            (copied.point_row(p, names[p.enterprise_id]) for p in new),
        )
        judged = (copied.level_row(p, ground) for p in [*new, *changed] if p.assessed_level)
        copied.copy("risks_level", copied.LEVEL_COLUMNS, judged)
        for point in changed:
            point.act, point.signed_by, point.signed_at = ground.act, ground.by, ground.at
            point.index(names[point.enterprise_id])
        update_rows(changed, _CHANGEABLE)
        return [point.pk for point in (*new, *changed)]


def points_of(rows: Sequence[Mapping[str, Any]], ground: Ground) -> Points:
    """The points of a chunk that are there already, by one statement."""
    keys = {(ground.firms[row["uscc"]].id, row["number"]) for row in rows if row["uscc"] in ground.firms}
    found = RiskPoint.objects.raw(
        "SELECT p.* FROM risks_riskpoint p JOIN unnest(%s::uuid[], %s::text[]) AS k (firm, number)"
        " ON p.enterprise_id = k.firm AND p.number = k.number",
        [[key[0] for key in keys], [key[1] for key in keys]],
    )
    return Points(ground, {(point.enterprise_id, point.number): point for point in found})


def _position(row: Mapping[str, Any]) -> tuple[float | None, float | None]:
    lon, lat = row.get("lon"), row.get("lat")
    if (lon is None) != (lat is None) or (lon is not None and not (70 < lon < 140 and 0 < lat < 56)):
        raise UnfitError("lon", HALF_PLACE)
    return lon, lat


def take_points(rows: Sequence[Mapping[str, Any]], *, by: str, at: datetime, act: UUID, dry: bool) -> Taken:
    """Points, by USCC of the firm and number. Levels may be left out: they then come with the sources."""
    alone(dry)
    ground = ground_of(rows, by=by, at=at, act=act)
    points = points_of(rows, ground)
    refused: dict[int, tuple[str, str]] = {}
    for number, row in enumerate(rows):
        try:
            firm = ground.firm(row["uscc"])
            said = row["assessed_level"] or row["worst_case_level"]
            judged = ground.judged(row, firm.region) if said else None
            point = points.of(firm, row)
            if judged is not None:
                points.judge(point, judged.worst, judged.assessed, judged.method)
        except UnfitError as unfit:
            refused[number] = unfit.column, unfit.text
    same = len(rows) - len(refused) - len(points.new) - len(points.changed)
    return Taken([] if dry else points.write(), same, refused)
