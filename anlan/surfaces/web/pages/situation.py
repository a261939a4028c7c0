"""The situation map: its page and the endpoints it draws from. All of it comes from our own rows."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST

from anlan.domains.sensing.models import Alarm, AlarmStep, Station
from anlan.domains.sensing.queries import states
from anlan.domains.sensing.queries import stations as reads
from anlan.domains.warnings.models import CallOut
from anlan.domains.warnings.queries import board as boards
from anlan.domains.warnings.queries.inforce import open_call_outs, signals_at
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.worlds import in_world
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.loop.queries import visible_items
from anlan.kernel.orgs.models import Person
from anlan.kernel.places.models import Place, PlaceKind, Region
from anlan.kernel.places.queries import affected
from anlan.surfaces.web import times
from anlan.surfaces.web.names import shown
from anlan.surfaces.web.pages import mapping
from anlan.surfaces.web.pages.items import url_of
from anlan.surfaces.web.pages.responses import in_english, latest_level, who
from anlan.surfaces.web.pages.stations import now_of
from anlan.surfaces.web.people import people_only
from anlan.surfaces.web.scales import SIGNAL, WEIGHT
from anlan.surfaces.web.worlds import World

HOURS_BACK = 24
NOBODY = UUID(int=0)
BASE_KINDS = ("river", "road", "coast", "hill", "water", "reservoir")
GROUND = ("river", "road", "coast", "hill")  # drawn under everything; nobody counts them in an area


@people_only
@require_GET
def situation(request: HttpRequest) -> HttpResponse:
    """The page: the head in figures, the feed, the map, the time line."""
    person, world = who(request)
    context = {"here": "map", "config": _config(), **mapping.choices(person), **head(person, world)}
    if request.headers.get("HX-Request"):
        return render(request, "web/pages/situation_feed.html", context)
    return render(request, "web/pages/situation.html", context)


def _config() -> dict[str, Any]:
    names = ("regions", "base", "stations", "alarms", "callouts", "area", "affected")
    return {
        **{name: reverse(f"web:map_{name}") for name in names},
        "panel": reverse("web:station_panel", args=[NOBODY]),
        "bounds": bounds(),
        "hours": HOURS_BACK,
        **mapping.config(),
    }


def bounds() -> list[list[float]]:
    """West, south, east, north of the streets loaded; a whole district when there is none."""
    points: list[tuple[float, float]] = []
    for outline in Region.objects.filter(level="street", outline__isnull=False).values_list(
        "outline", flat=True
    ):
        points += list(_positions(outline["coordinates"])) if outline else []
    if not points:
        points = list(Place.objects.values_list("lon", "lat")[:2000]) or [(113.75, 22.45), (114.1, 22.85)]
    lon, lat = [p[0] for p in points], [p[1] for p in points]
    return [[min(lon), min(lat)], [max(lon), max(lat)]]


def _positions(nested: Any) -> Iterable[tuple[float, float]]:
    if nested and isinstance(nested[0], int | float):
        yield float(nested[0]), float(nested[1])
        return
    for part in nested:
        yield from _positions(part)


def head(person: Person, world: World) -> dict[str, Any]:
    """Level now, the greatest rain with its gauge, answered, open alarms; and the feed, newest first."""
    now = now_of(world)
    seen = set(_stations_of(person, world))
    gauges = [
        g
        for g in states.gauge_states(exercise_id=world.exercise_id, at=now)
        if g.trusted and g.station_id in seen
    ]
    calls = [
        _call(c.call_out_id, person, world)
        for c in open_call_outs(at=world.now, exercise_id=world.exercise_id)[:3]
    ]
    response = latest_level(world)
    return {
        "time": now,
        "response": response,
        "response_opens": response is not None and _items_of(person, world).filter(pk=response.pk).exists(),
        "max_1h": max(gauges, key=lambda g: g.mm_1h, default=None),
        "max_24h": max(gauges, key=lambda g: g.mm_24h, default=None),
        "calls": [call for call in calls if call],
        "alarms": list(
            states.open_alarms(exercise_id=world.exercise_id).filter(item__in=_items_of(person, world))[:100]
        ),
        "signals": signals_at(at=world.now, exercise_id=world.exercise_id),
        "feed": feed(person, world),
        "windows": [(60, "1 h"), (180, "3 h"), (1440, "24 h")],
    }


def _call(pk: UUID, person: Person, world: World) -> dict[str, Any] | None:
    try:
        row = boards.call_out_for(person, pk, at=world.seen_at)
    except Refused:
        return None
    board = boards.board(call_out=row, at=world.now, person=person)
    return {"row": row, "total": board.total, "streets": board.streets}


def _items_of(person: Person, world: World) -> QuerySet[WorkItem]:
    return visible_items(person, at=world.seen_at).filter(in_world(world.exercise_id))


def _stations_of(person: Person, world: World) -> Iterable[UUID]:
    rows = reads.visible_stations(person, at=world.seen_at, exercise_id=world.exercise_id)
    return rows.values_list("pk", flat=True)


def feed(person: Person, world: World) -> list[dict[str, Any]]:
    """What happened last in one's regions: steps of alarms, signals, call-outs; newest first."""
    mine = _items_of(person, world)
    steps = (
        AlarmStep.objects.filter(alarm__exercise_id=world.exercise_id, alarm__item__in=mine)
        .select_related("alarm__item")
        .order_by("-at")
    )
    found = [
        _news(s.at, s.after, s.alarm.item.title, url_of(s.alarm.item), over=not s.after) for s in steps[:25]
    ]
    signals = signals_at(at=world.now, exercise_id=world.exercise_id)
    here = reverse("web:callouts")
    found += [_news(s.issued_at, s.colour, s.headline, here, issued=True) for s in signals]
    calls = CallOut.objects.filter(item__in=mine).select_related("item")
    found += [
        _news(c.released_at, "", c.item.title, url_of(c.item)) for c in calls.order_by("-released_at")[:10]
    ]
    return sorted(found, key=lambda each: each["at"], reverse=True)[:30]


def _news(
    at: datetime, colour: str, title: str, url: str, *, issued: bool = False, over: bool = False
) -> dict[str, Any]:
    return {"at": at, "colour": colour, "title": title, "url": url, "issued": issued, "over": over}


# ---- endpoints ----------------
def _collection(features: list[dict[str, Any]], **more: Any) -> JsonResponse:
    return JsonResponse({"type": "FeatureCollection", "features": features, **more})


def _feature(geometry: dict[str, Any], **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _point(lon: float, lat: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]}


@people_only
@require_GET
@cache_control(private=True, max_age=3600)
def regions(request: HttpRequest) -> JsonResponse:
    """Outlines of counties, streets and communities, and a name point a street."""
    features = []
    rows = Region.objects.filter(level__in=("county", "street", "community")).order_by("level", "code")
    for r in rows.only("code", "name", "name_en", "level", "outline", "lon", "lat"):
        if r.outline:
            features.append(_feature(r.outline, id=r.code, name=shown(r), level=r.level))
        if r.level == "street" and r.lon is not None and r.lat is not None:
            features.append(
                _feature(_point(r.lon, r.lat), id=f"{r.code}-name", name=shown(r), level="street-name")
            )
    origin = Region.objects.exclude(outline_origin="").values_list("outline_origin", flat=True).first()
    return _collection(features, origin=origin or "")


@people_only
@require_GET
@cache_control(private=True, max_age=3600)
def base(request: HttpRequest) -> JsonResponse:
    """Hills, rivers, roads and waters: places with a shape."""
    kinds = Q()
    for word in BASE_KINDS:
        kinds |= Q(kind__code__startswith=word)
    rows = Place.objects.filter(kinds, area__isnull=False).only("id", "name", "kind_id", "area")
    features = [
        _feature(p.area, id=str(p.pk), name=p.name, kind=_base_kind(p.kind_id)) for p in rows if p.area
    ]
    return _collection(features)


def _base_kind(kind: str) -> str:
    return next((word for word in BASE_KINDS if kind.startswith(word)), kind)


def moment_of(request: HttpRequest, world: World) -> datetime | None:
    """The moment the time line asks for; None for now."""
    raw = request.GET.get("at", "")
    at = parse_datetime(raw) if raw else None
    if at is None or at.tzinfo is None:
        return None
    return max(at, world.now - timedelta(hours=HOURS_BACK + 1))


@people_only
@require_GET
def stations(request: HttpRequest) -> JsonResponse:
    """Stations with the mark they stand at and what they measured over a window, now or at a moment."""
    person, world = who(request)
    at = moment_of(request, world)
    now = at or now_of(world)
    window = request.GET.get("window", "60")
    seen = set(_stations_of(person, world))
    names = Station.objects.in_bulk(seen) if in_english() else {}
    rain = {g.station_id: g for g in states.gauge_states(exercise_id=world.exercise_id, at=now)}
    water = {p.station_id: p for p in states.point_states(exercise_id=world.exercise_id, at=now)}
    colours = colours_at(world, at) if at else None
    features = []
    for s in states.station_summaries(exercise_id=world.exercise_id):
        if s.id not in seen or s.lon is None or s.lat is None:
            continue
        colour = s.colour if colours is None else colours.get(s.id, "")
        text = _value(rain.get(s.id), water.get(s.id), window)
        icon = f"level-{colour or 'none'}" + ("-untrusted" if s.doubts else "")
        features.append(
            _feature(
                _point(s.lon, s.lat),
                id=str(s.id),
                name=shown(names.get(s.id, s.name)),
                kind=s.kind,
                icon=icon,
                text=text,
                weight=WEIGHT.get(colour, 0) * 1000 + _amount(rain.get(s.id), window),
            )
        )
    return _collection(features, time=_("Data of {time}").format(time=times.when(now)))


def _amount(gauge: Any, window: str) -> float:
    names = {"60": "mm_1h", "180": "mm_3h", "1440": "mm_24h"}
    return float(getattr(gauge, names.get(window, "mm_1h"))) if gauge else 0.0


def _value(gauge: Any, point: Any, window: str) -> str:
    """The figure under a station: millimetres of the window, or centimetres; nothing where nothing fell."""
    if gauge is not None:
        amount = _amount(gauge, window)
        return f"{amount:g}" if amount >= 0.1 else ""
    return f"{point.cm:g} cm" if point is not None and point.cm is not None and point.cm > 0 else ""


def colours_at(world: World, at: datetime) -> dict[UUID, str]:
    """Station → the mark it stood at at a moment, from the steps of the alarms."""
    found: dict[UUID, str] = {}
    lasted = Alarm.objects.filter(exercise_id=world.exercise_id, began_at__lte=at, sensor__isnull=False)
    steps = (
        AlarmStep.objects.filter(alarm__in=lasted, at__lte=at).order_by("at").select_related("alarm__sensor")
    )
    for step in steps:
        if step.alarm.sensor is not None:
            found[step.alarm.sensor.station_id] = step.after
    return {station: colour for station, colour in found.items() if colour}


@people_only
@require_GET
def alarms(request: HttpRequest) -> JsonResponse:
    """Alarms that last (or lasted at a moment), with a place to put them."""
    person, world = who(request)
    at = moment_of(request, world)
    seen = set(_stations_of(person, world))
    if at is None:
        rows = states.open_alarms(exercise_id=world.exercise_id)
    else:
        lasted = Q(began_at__lte=at) & (Q(ended_at=None) | Q(ended_at__gt=at))
        rows = Alarm.objects.filter(lasted, exercise_id=world.exercise_id).select_related(
            "item__region", "sensor__station", "area"
        )
    mine = set(_items_of(person, world).filter(pk__in=[a.pk for a in rows]).values_list("pk", flat=True))
    found = [_alarm(a) for a in rows if (a.sensor.station_id in seen if a.sensor else a.pk in mine)]
    return JsonResponse({"alarms": [a for a in found if a]})


def _alarm(row: Alarm) -> dict[str, Any] | None:
    """An alarm as the map marks it: at its station, or in the middle of its street."""
    where: Any = row.sensor.station if row.sensor else row.area
    if where is None or where.lon is None or where.lat is None:
        return None
    colour = row.colour or row.peak
    return {
        "id": f"{row.pk}-{colour}", "lon": where.lon, "lat": where.lat, "colour": colour, "shape": SIGNAL[colour].shape,
        "title": row.item.title, "url": reverse("web:alarm_panel", args=[row.pk]),
    }  # fmt: skip


@people_only
@require_GET
def alarm_panel(request: HttpRequest, pk: UUID) -> HttpResponse:
    """An alarm beside the map: what it rests on, and the steps it took."""
    person, world = who(request)
    row = (
        Alarm.objects.filter(item__in=_items_of(person, world), pk=pk)
        .select_related("item", "sensor__station", "area")
        .first()
    )
    if row is None:
        raise Http404
    steps = AlarmStep.objects.filter(alarm=row).order_by("at")
    return render(
        request, "web/pages/alarm_panel.html", {"row": row, "steps": steps, "url": url_of(row.item)}
    )


@people_only
@require_GET
def callouts(request: HttpRequest) -> JsonResponse:
    """The call-out's state a street: answered of called, at the street's name."""
    person, world = who(request)
    counts: dict[str, list[int]] = {}
    for now in open_call_outs(at=world.now, exercise_id=world.exercise_id):
        call = _call(now.call_out_id, person, world)
        for share in call["streets"] if call else ():
            known = counts.setdefault(share.code, [0, 0])
            known[0] += share.received
            known[1] += share.called
    rows = Region.objects.filter(pk__in=counts, lon__isnull=False).only("code", "lon", "lat")
    features = [
        _feature(
            _point(r.lon, r.lat),
            id=r.code,
            text=_("answered {a}/{b}").format(a=counts[r.code][0], b=counts[r.code][1]),
        )
        for r in rows
        if r.lon is not None and r.lat is not None
    ]
    return _collection(features)


@people_only
@require_GET
def area(request: HttpRequest) -> JsonResponse:
    """The areas now warned or called: drawn ones as they were drawn, else the outlines of their regions."""
    _person, world = who(request)
    codes = {
        code for signal in signals_at(at=world.now, exercise_id=world.exercise_id) for code in signal.regions
    }
    calls = CallOut.objects.filter(
        item__exercise_id=world.exercise_id, item__closed_at=None
    ).prefetch_related("regions")
    features = []
    for call in calls:
        if call.area:
            features.append(_feature(call.area.get("geometry", call.area), id=str(call.pk)))
        else:
            codes |= {r.pk for r in call.regions.all()}
    outlines = Region.objects.filter(pk__in=codes, outline__isnull=False)
    return _collection(features + [_feature(r.outline, id=r.code) for r in outlines if r.outline])


@people_only
@require_POST
def area_counts(request: HttpRequest) -> HttpResponse:
    """What a drawn polygon touches, by kind and by street; it draws and counts, it calls nobody."""
    person, world = who(request)
    page: dict[str, Any] = {"area": request.POST.get("area", ""), "refusal": None}
    cut = mapping.cut_of(mapping.seen_by(person), request.POST)
    try:
        shape = json.loads(page["area"] or "{}")
        kinds = list(PlaceKind.objects.exclude(code__in=GROUND).values_list("code", flat=True))
        found = affected(area=shape, kinds=[*kinds, *cut.layers], at=world.now, within=cut.regions)
    except Refused as refusal:
        return render(request, "web/pages/affected.html", {**page, "refusal": refusal})
    labels = dict(PlaceKind.objects.values_list("code", "label_en" if in_english() else "label"))
    labels |= mapping.labels()
    rows = Region.objects.filter(pk__in=[*found.by_region, *found.regions]).only("code", "name", "name_en")
    names = {row.pk: shown(row) for row in rows}
    most_first = sorted(found.counts.items(), key=lambda pair: -pair[1])
    page["kinds"] = [(labels.get(k, k), n) for k, n in most_first]
    page["streets"] = [(names.get(code, code), n) for code, n in sorted(found.by_region.items())]
    page |= {"regions": [names.get(c, c) for c in found.regions], "total": sum(found.counts.values())}
    return render(request, "web/pages/affected.html", page)
