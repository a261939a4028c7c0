"""What lies around an event: places by kind, firms, points of risk, forces in reach, gauges, and who answers there."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from anlan.domains.enterprises.models import Site
from anlan.domains.incidents.models import Incident
from anlan.domains.resources.queries import Line, in_reach
from anlan.domains.risks.models import RiskPoint
from anlan.domains.sensing.queries import states
from anlan.domains.sensing.queries.stations import visible_stations
from anlan.kernel.core import rulesets
from anlan.kernel.core.words import N_
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import duty_names, visible_regions, who_answers
from anlan.kernel.places.models import Place, PlaceKind
from anlan.kernel.places.queries import metres_between
from anlan.surfaces.web.names import shown
from anlan.surfaces.web.pages.responses import in_english
from anlan.surfaces.web.pages.situation import GROUND
from anlan.surfaces.web.worlds import World

FEW = 6  # rows of a kind that the board shows before somebody opens it
MOST = 500
RADII = (1, 3, 5, 10)  # km
FIRMS, RISKS, GAUGES = "firms", "risks", "gauges"  # what is found beside places, by the word in the address
NAMES = {FIRMS: N_("Firms"), RISKS: N_("Points of major and considerable risk"), GAUGES: N_("Gauges")}
GRAVE = 3  # considerable, of the scale of risk
ANSWERING = (
    "watch_chief", "watch_leader", "street_principal", "street_deputy", "flood_clerk", "street_safety_officer",
    "community_leader", "community_clerk", "disaster_reporter", "grid_worker",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spot:
    """Where an event is looked at from; `how` says how well that is known."""

    lon: float
    lat: float
    how: str  # exact | firm | region


@dataclass(frozen=True, slots=True)
class Near:
    """Something near an event: what the list and the sketch show of it."""

    name: str
    metres: float
    lon: float
    lat: float
    url: str = ""
    note: str = ""

    @property
    def km(self) -> float:
        return self.metres / 1000


@dataclass(frozen=True, slots=True)
class Found:
    """A kind of things near an event, nearest first."""

    code: str
    label: str
    rows: Sequence[Near]

    @property
    def first(self) -> Sequence[Near]:
        return self.rows[:FEW]

    @property
    def more(self) -> int:
        return max(len(self.rows) - FEW, 0)


def spot_of(row: Incident) -> Spot | None:
    """The position of an event, else of its firm, else the middle of its region; None where nothing has one."""
    for where, how in ((row, "exact"), (row.organisation, "firm"), (row.item.region, "region")):
        lon, lat = getattr(where, "lon", None), getattr(where, "lat", None)
        if lon is not None and lat is not None:
            return Spot(float(lon), float(lat), how)
    return None


def radius(row: Incident, said: str, *, at: datetime) -> int:
    """How many kilometres around are looked at: the ones asked for, else those of the rule."""
    given = int(said) if said.isdigit() else 0
    default = int(rulesets.value_of("incidents.around_km", region=row.item.region_id, at=at))
    return given if given in RADII else default


def _box(spot: Spot, km: float) -> Q:
    up = km / 111.0
    across = km / (111.0 * max(math.cos(math.radians(spot.lat)), 0.01))
    return Q(lon__range=(spot.lon - across, spot.lon + across), lat__range=(spot.lat - up, spot.lat + up))


def _sorted(spot: Spot, km: float, found: Iterable[Near]) -> list[Near]:
    inside = [each for each in found if each.metres <= km * 1000]
    return sorted(inside, key=lambda each: (each.metres, each.name))[:MOST]


def _near(spot: Spot, row: Any, name: str, url: str = "", note: str = "") -> Near:
    return Near(name, metres_between(spot.lon, spot.lat, row.lon, row.lat), row.lon, row.lat, url, note)


# ---- what is found ----------------
def places(spot: Spot, km: float) -> list[Found]:
    """Places by kind, those with most rows first; a force is shown with its contact, not as a place."""
    kinds = {kind.pk: kind for kind in PlaceKind.objects.exclude(code__in=(*GROUND, "rescue_force"))}
    by_kind: dict[str, list[Near]] = {}
    for row in Place.objects.filter(_box(spot, km), active=True, kind__in=kinds):
        by_kind.setdefault(row.kind_id, []).append(_near(spot, row, row.name))
    found = [Found(code, _kind_name(kinds[code]), _sorted(spot, km, rows)) for code, rows in by_kind.items()]
    return sorted((each for each in found if each.rows), key=lambda each: (-len(each.rows), each.label))


def _kind_name(kind: PlaceKind) -> str:
    return kind.label_en if in_english() else kind.label


def firms(spot: Spot, km: float, person: Person, *, at: datetime) -> Found:
    """Firms at work near by, of the regions one sees."""
    rows: QuerySet[Site] = Site.objects.filter(
        _box(spot, km), visible_regions(person, at=at), active=True, enterprise__status="operating"
    )
    found = [
        _near(
            spot, site, shown(site.enterprise.organisation), reverse("web:enterprise", args=[site.enterprise_id]),
            site.name if site.name != site.enterprise.organisation.name else "",
        )
        for site in rows.select_related("enterprise__organisation")
    ]  # fmt: skip
    return Found(FIRMS, _(NAMES[FIRMS]), _sorted(spot, km, found))


def risks(spot: Spot, km: float, person: Person, *, at: datetime) -> Found:
    """Points whose current risk is major or considerable, of the regions one sees."""
    rows = RiskPoint.objects.filter(
        _box(spot, km), visible_regions(person, at=at), active=True, current_level__gte=GRAVE
    )
    found = [
        _near(
            spot, row, row.name, reverse("web:risk_point", args=[row.pk]), shown(row.enterprise.organisation)
        )
        for row in rows.select_related("enterprise__organisation")[:MOST]
    ]
    return Found(RISKS, _(NAMES[RISKS]), _sorted(spot, km, found))


def gauges(spot: Spot, km: float, person: Person, world: World) -> Found:
    """Gauges near by with what they measured last."""
    rows = visible_stations(person, at=world.seen_at, exercise_id=world.exercise_id)
    rain = {g.station_id: g for g in states.gauge_states(exercise_id=world.exercise_id, at=world.now)}
    water = {p.station_id: p for p in states.point_states(exercise_id=world.exercise_id, at=world.now)}
    found = [
        _near(
            spot, row, shown(row), reverse("web:station", args=[row.pk]),
            _measured(rain.get(row.pk), water.get(row.pk)),
        )
        for row in rows.filter(_box(spot, km))
    ]  # fmt: skip
    return Found(GAUGES, _(NAMES[GAUGES]), _sorted(spot, km, found))


def _measured(gauge: Any, point: Any) -> str:
    if gauge is not None:
        doubt = "" if gauge.trusted else " ×"
        return _("1 h {a} mm, 24 h {b} mm").format(a=f"{gauge.mm_1h:g}", b=f"{gauge.mm_24h:g}") + doubt
    if point is not None and point.cm is not None:
        return f"{point.cm:g} cm" + ("" if point.trusted else " ×")
    return _("no reading")


def forces(spot: Spot, person: Person, region: str, *, at: datetime) -> list[Line]:
    """Forces in reach, nearest first."""
    km = float(rulesets.value_of("resources.reach_km", region=region, at=at))
    return in_reach(person, lon=spot.lon, lat=spot.lat, at=at, km=km)


def answering(region: str, *, at: datetime) -> list[tuple[str, str, str]]:
    """Who answers for the region now, by duty: duty, name, title. One person is named once."""
    names = dict(zip(ANSWERING, duty_names(ANSWERING), strict=True))
    found: dict[Any, str] = {}
    for kind in ANSWERING:
        for each in who_answers(duty=kind, where=region, at=at)[:2]:
            found.setdefault(each.person_id, names[kind])
    people = Person.objects.in_bulk(list(found))
    return [(duty, people[pk].name, people[pk].title) for pk, duty in found.items() if pk in people]


def everything(row: Incident, spot: Spot, km: float, person: Person, world: World) -> list[Found]:
    """All that lies around, gauges and grave risks first."""
    at = world.seen_at
    found = [
        gauges(spot, km, person, world), risks(spot, km, person, at=at), firms(spot, km, person, at=at),
        *places(spot, km),
    ]  # fmt: skip
    return [each for each in found if each.rows]


# ---- the sketch ----------------
SIZE, EDGE = 400, 190  # units of the drawing: its side, and the radius of the outer ring


def sketch(spot: Spot, km: float, found: Sequence[Found], lines: Sequence[Line]) -> dict[str, Any]:
    """The surroundings drawn to scale from our own rows: rings, and a mark a thing. North is up."""
    scale = EDGE / (km * 1000)
    marks = [
        {**_at(spot, each.lon, each.lat, scale), "kind": _mark(group.code), "name": each.name}
        for group in found
        for each in group.rows[:60]
    ]
    marks += [
        {
            **_at(spot, line.force.place.lon, line.force.place.lat, scale),
            "kind": "force",
            "name": line.force.name,
        }
        for line in lines
        if line.force.place is not None and line.km is not None and line.km <= km
    ]
    rings = [
        {
            "r": round(EDGE * part / 3, 1),
            "y": round(SIZE / 2 - EDGE * part / 3 + 13, 1),
            "label": f"{km * part / 3:.2g} km",
        }
        for part in (1, 2, 3)
    ]
    return {"marks": marks, "rings": rings, "kinds": _legend(marks)}


def _at(spot: Spot, lon: float, lat: float, scale: float) -> Mapping[str, float]:
    east = (lon - spot.lon) * 111_320 * math.cos(math.radians(spot.lat))
    north = (lat - spot.lat) * 110_574
    return {"x": round(SIZE / 2 + east * scale, 1), "y": round(SIZE / 2 - north * scale, 1)}


def _mark(code: str) -> str:
    known = {GAUGES: "gauge", RISKS: "risk", FIRMS: "firm"}
    return known.get(code, "shelter" if "shelter" in code else "place")


MARKS = {
    "force": N_("Rescue force"), "shelter": N_("Shelter"), "gauge": N_("Gauge"), "risk": N_("Grave risk"),
    "firm": N_("Firm"), "place": N_("Other place"),
}  # fmt: skip


def _legend(marks: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    there = {mark["kind"] for mark in marks}
    return [(code, _(label)) for code, label in MARKS.items() if code in there]
