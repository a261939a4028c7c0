"""Points out of a spreadsheet, by USCC of the firm and number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.db.models.base import ModelState

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
    "assessed_level", "current_level", "signed_by", "signed_at", "words", "search", "act", "active",
)  # fmt: skip
_IDS = 500
# What a new point has before anything is said of it.
_BLANK: dict[str, Any] = {
    field.attname: field.get_default() for field in RiskPoint._meta.concrete_fields if field.name != "weighed"
} | {"kind": "place"}


@dataclass(slots=True)
class Points:
    """The points that a chunk names: those there, those to be made, those to be changed."""

    ground: Ground
    there: dict[tuple[UUID, str], RiskPoint]
    new: dict[tuple[UUID, str], RiskPoint] = field(default_factory=dict)
    changed: dict[UUID, RiskPoint] = field(default_factory=dict)
    last: tuple[Any, Any] = (None, None)
    ids: list[str] = field(default_factory=list)

    def of(self, firm: Firm, row: Mapping[str, Any]) -> RiskPoint:
        """The point of a row, made or changed by what the row says of it."""
        key = firm.id, row["number"]
        told = (
            row.get("region"),
            row.get("lon"),
            row.get("lat"),
            row["name"],
            row["kind"],
            row.get("responsible"),
        )
        if self.last[0] == (key, told):  # the sources of a point stand below one another
            return cast(RiskPoint, self.last[1])
        point = self._of(firm, key, row)
        self.last = (key, told), point
        return point

    def _of(self, firm: Firm, key: tuple[UUID, str], row: Mapping[str, Any]) -> RiskPoint:
        region = self.ground.region(row.get("region") or "")
        lon, lat = _position(row)
        said = {name: row[name] for name in ("name", "kind", "responsible") if row.get(name)}
        point = self.there.get(key) or self.new.get(key)
        if point is None:
            if "name" not in said:
                raise UnfitError("name", NO_NAME)
            if lon is None:
                lon, lat = firm.lon, firm.lat
            point = self.new[key] = self._made(firm, key, said, region or firm.region, lon, lat)
            return point
        if not point.active:  # who sends its row says that it is there
            said["active"] = True
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
        # A model's own __init__ costs ten times this, three hundred thousand times.
        point = RiskPoint.__new__(RiskPoint)
        point.__dict__ |= _BLANK | said
        point.__dict__ |= {
            "_state": ModelState(), "id": self._next_id(), "number": key[1], "enterprise_id": firm.id,
            "region_id": region, "section": firm.section, "lon": lon, "lat": lat, "act": ground.act,
            "created_at": ground.at,
            "signed_by": ground.by, "signed_at": ground.at, "weighed": {},
        }  # fmt: skip
        return point

    def _next_id(self) -> str:
        if not self.ids:
            self.ids = copied.fresh_ids(_IDS)
        return self.ids.pop()

    def _change(self, point: RiskPoint, said: Mapping[str, Any]) -> None:
        different = {name: value for name, value in said.items() if getattr(point, name) != value}
        for name, value in different.items():
            setattr(point, name, value)
        if different and not point._state.adding:
            self.changed[point.id] = point

    def judge(self, point: RiskPoint, worst: int, assessed: int, method: str) -> None:
        """Give a point levels; the current one keeps what its open dangers raise."""
        current = max([assessed, *(found["to"] for found in point.weighed.get("raised", []))])
        by_level = self.ground.table("risks.responsible", point.region_id)
        said = {
            "worst_case_level": worst, "assessed_level": assessed, "current_level": current,
            "method": method or point.method, "responsible_level": rules.responsible_for(assessed, by_level),
        }  # fmt: skip
        if point._state.adding:
            point.__dict__ |= said
        else:
            self._change(point, said)

    def write(self) -> list[UUID | str]:
        """Write what is new or changed, with a row of history each. Returns the ids."""
        ground = self.ground
        names = ground.names
        new, changed = list(self.new.values()), list(self.changed.values())
        copied.copy(
            "risks_riskpoint",
            copied.POINT_COLUMNS,
            (copied.point_line(p, names[p.enterprise_id], ground) for p in new),
        )
        judged = [point for point in (*new, *changed) if point.assessed_level]
        pairs = zip(copied.fresh_ids(len(judged)), judged, strict=True)
        copied.copy(
            "risks_level", copied.LEVEL_COLUMNS, (copied.level_line(pk, point, ground) for pk, point in pairs)
        )
        for point in changed:
            point.act, point.signed_by, point.signed_at = ground.act, ground.by, ground.at
            point.index(names[point.enterprise_id])
        update_rows(changed, _CHANGEABLE)
        return [point.id for point in (*new, *changed)]


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
    if lon is None and lat is None:
        return None, None
    if lon is None or lat is None or not (70 < lon < 140 and 0 < lat < 56):
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
