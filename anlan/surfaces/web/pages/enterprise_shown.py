"""What the page of a firm shows of its neighbours' rows: where it lies, its risks by level, who was there last."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from anlan.domains.dangers.models import Danger
from anlan.domains.enforcement.models import Check
from anlan.domains.enterprises.models import Enterprise, Site
from anlan.domains.patrols.queries.visits import visible_visits
from anlan.domains.risks.models import RiskPoint
from anlan.kernel.core.worlds import in_world
from anlan.kernel.loop.queries import visible_items
from anlan.kernel.orgs.models import Person
from anlan.kernel.places.models import Region
from anlan.surfaces.web.pages.items import url_of
from anlan.surfaces.web.worlds import World

LEVELS = ((4, "major"), (3, "considerable"), (2, "moderate"), (1, "low"))
SHOWN = 12  # rows of a section before the rest is left to its own list
VISITS = 6
MOST_POINTS = 2_000


# ---- risks and dangers ----------------
def others_of(firm: Enterprise, exercise_id: UUID | None) -> dict[str, Any]:
    """The firm's risk points in use by level, each number a door; its open dangers by what runs out first."""
    rows = RiskPoint.objects.filter(enterprise=firm.pk, active=True).values("current_level")
    counted = {row["current_level"]: row["n"] for row in rows.annotate(n=Count("pk"))}
    here = Q(item__exercise=None) | Q(item__exercise=exercise_id)
    open_now = Danger.objects.filter(here, organisation=firm.pk, item__closed_at=None)
    listed = reverse("web:risks")
    return {
        "risks": [
            (name, counted.get(level, 0), f"{listed}?{urlencode({'firm': firm.pk, 'level': level})}")
            for level, name in LEVELS
        ],
        "unlevelled": sum(n for level, n in counted.items() if level not in dict(LEVELS)),
        "risk_sum": sum(counted.values()),
        "dangers": [
            (row, url_of(row.item)) for row in open_now.select_related("item").order_by("item__due_at")[:SHOWN]
        ],
        "dangers_open": open_now.count(),
    }  # fmt: skip


# ---- who was there ----------------
def visits_of(firm: Enterprise, person: Person, world: World) -> list[dict[str, Any]]:
    """The last patrols and enforcement checks that the reader may see, newest first."""
    patrols = visible_visits(person, at=world.seen_at, exercise_id=world.exercise_id)
    checks = Check.objects.filter(
        in_world(world.exercise_id, path="item__exercise_id"),
        organisation=firm.pk,
        item__in=visible_items(person, at=world.seen_at),
    ).select_related("item", "first_officer", "second_officer")
    found = [
        {
            "at": row.started_at, "kind": row.kind_name(), "who": row.patroller.name, "found": row.n,
            "url": url_of(row.item), "law": False,
        }
        for row in patrols.filter(organisation=firm.pk).annotate(n=Count("findings"))[:VISITS]
    ] + [
        {
            "at": row.checked_at, "kind": row.kind_name(), "found": row.n or row.found, "url": url_of(row.item),
            "who": "、".join(o.name for o in (row.first_officer, row.second_officer) if o), "law": True,
        }
        for row in checks.annotate(n=Count("findings")).order_by("-checked_at")[:VISITS]
    ]  # fmt: skip
    return sorted(found, key=lambda each: each["at"], reverse=True)[:VISITS]


# ---- where it lies ----------------
WIDTH, HEIGHT = 480, 280  # units of the drawing
EDGE = 28
REACH = (
    100,
    150,
    200,
    300,
    400,
    600,
    800,
    1000,
    1500,
    2000,
    3000,
    5000,
    10_000,
    20_000,
    50_000,
)  # metres, half the height
BARS = (50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000)  # what the scale is drawn with
CELL = 18  # marks nearer than this are one, with their number
SPAN = {"4": "major", "3": "considerable", "2": "moderate", "1": "low"}


def sketch(firm: Enterprise, sites: Sequence[Site]) -> dict[str, Any] | None:
    """Sites and risk points drawn to scale from our own rows, north up; None where nothing has a position."""
    placed = [site for site in sites if site.lon is not None and site.lat is not None]
    points = list(
        RiskPoint.objects.filter(enterprise=firm.pk, active=True, lon__isnull=False, lat__isnull=False)
        .order_by("-current_level", "pk")
        .values_list("pk", "name", "lon", "lat", "current_level")[:MOST_POINTS]
    )
    spots = [(s.lon, s.lat) for s in placed] + [(lon, lat) for _pk, _name, lon, lat, _level in points]
    if not spots:
        return None
    frame = _Frame(spots)
    lon, lat = frame.middle
    return {
        "width": WIDTH, "height": HEIGHT, "metres": frame.bar, "bar": round(frame.bar * frame.scale, 1),
        "outline": frame.path(_outlines(placed)),
        "sites": [{**frame.at(s.lon, s.lat), "name": s.name} for s in placed],
        "points": list(_grouped(frame, points, firm)),
        "map": f"{reverse('web:map')}?place={lon:.5f},{lat:.5f},{frame.zoom}",
    }  # fmt: skip


class _Frame:
    """From degrees to units of the drawing: flat, which is fit for a firm."""

    def __init__(self, spots: Sequence[tuple[Any, Any]]) -> None:
        lons, lats = [lon for lon, _lat in spots], [lat for _lon, lat in spots]
        self.middle = ((min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2)
        self.east = 111_320 * math.cos(math.radians(self.middle[1]))
        across = (max(lons) - min(lons)) / 2 * self.east / ((WIDTH / 2 - EDGE) / (HEIGHT / 2))
        up = (max(lats) - min(lats)) / 2 * 110_574 / ((HEIGHT / 2 - EDGE) / (HEIGHT / 2))
        reach = next((each for each in REACH if each >= max(across, up)), max(across, up, 1))
        self.scale = HEIGHT / 2 / reach
        self.bar = next((each for each in reversed(BARS) if each <= reach * 0.7), 50)
        self.zoom = max(
            9, min(18, round(math.log2(156_543 * math.cos(math.radians(self.middle[1])) / (reach / 300))))
        )

    def at(self, lon: Any, lat: Any) -> dict[str, float]:
        return {
            "x": round(WIDTH / 2 + (lon - self.middle[0]) * self.east * self.scale, 1),
            "y": round(HEIGHT / 2 - (lat - self.middle[1]) * 110_574 * self.scale, 1),
        }

    def path(self, rings: Iterable[Sequence[Sequence[float]]]) -> str:
        drawn = []
        for ring in rings:
            corners = (self.at(lon, lat) for lon, lat, *_height in ring)
            drawn.append("M" + "L".join(f"{corner['x']:.0f} {corner['y']:.0f}" for corner in corners) + "Z")
        return "".join(drawn)


def _outlines(sites: Sequence[Site]) -> Iterable[Sequence[Sequence[float]]]:
    """The outer lines of the communities that the sites lie in."""
    rows = Region.objects.filter(pk__in={s.region_id for s in sites}, outline__isnull=False)
    for outline in rows.values_list("outline", flat=True):
        shape: Mapping[str, Any] = outline or {}
        if shape.get("type") == "Polygon":
            yield shape["coordinates"][0]
        elif shape.get("type") == "MultiPolygon":
            yield from (polygon[0] for polygon in shape["coordinates"])


def _grouped(
    frame: _Frame, points: Sequence[tuple[Any, ...]], firm: Enterprise
) -> Iterable[Mapping[str, Any]]:
    """Marks that would lie on each other are one: of the gravest level, with how many they are."""
    cells: dict[tuple[int, int], list[tuple[Any, ...]]] = defaultdict(list)
    for row in points:
        spot = frame.at(row[2], row[3])
        cells[int(spot["x"] // CELL), int(spot["y"] // CELL)].append(row)
    for rows in reversed(list(cells.values())):  # the gravest on top
        pk, name, lon, lat, level = rows[0]
        n = len(rows)
        yield {
            **frame.at(lon, lat), "n": n, "level": SPAN.get(str(level), "none"),
            "name": name if n == 1 else _("{n} risk points, the gravest: {name}").format(n=n, name=name),
            "url": reverse("web:risk_point", args=[pk]) if n == 1 else f"{reverse('web:risks')}?firm={firm.pk}",
        }  # fmt: skip
