"""Stations: the list, and one station's hydrograph with its marks, episodes, bad readings and neighbours."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anlan.domains.sensing.actions import upkeep
from anlan.domains.sensing.models import AlarmStep, Station
from anlan.domains.sensing.queries import states
from anlan.domains.sensing.queries import stations as reads
from anlan.domains.sensing.queries.stations import Hydrograph, Point
from anlan.domains.sensing.rules.sources import RAIN_MM
from anlan.domains.sensing.rules.words import FAULT_LABELS
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.words import N_
from anlan.kernel.orgs.models import Person
from anlan.surfaces.web import times
from anlan.surfaces.web.names import shown
from anlan.surfaces.web.pages.items import url_of
from anlan.surfaces.web.pages.responses import ms, who
from anlan.surfaces.web.pages.station_setup import keeps_any
from anlan.surfaces.web.people import people_only
from anlan.surfaces.web.scales import SIGNAL
from anlan.surfaces.web.worlds import World

KINDS = {
    "rain": N_("Rain gauge"),
    "river": N_("River level"),
    "reservoir": N_("Reservoir"),
    "street": N_("Street depth"),
    "tide": N_("Tide"),
}
STAGES = {
    "warning": N_("Warning stage"),
    "guarantee": N_("Guarantee stage"),
    "flood_limit": N_("Flood limit"),
    "flood_high": N_("High flood level"),
}
READING_FLAGS = {**FAULT_LABELS, "missing": N_("no value came"), "late": N_("came too late to be evaluated")}
SPANS = (6, 12, 24, 72)
NEIGHBOURS = 3


@people_only
@require_GET
def stations(request: HttpRequest) -> HttpResponse:
    """Every station of one's regions: those at a mark first, then the doubted, then by what they measure."""
    person, world = who(request)
    seen = {s.pk: s for s in reads.visible_stations(person, at=world.seen_at, exercise_id=world.exercise_id)}
    summaries = [s for s in states.station_summaries(exercise_id=world.exercise_id) if s.id in seen]
    rain = {g.station_id: g for g in states.gauge_states(exercise_id=world.exercise_id, at=now_of(world))}
    water = {p.station_id: p for p in states.point_states(exercise_id=world.exercise_id, at=now_of(world))}
    order = ("red", "orange", "yellow", "blue", "")
    summaries.sort(
        key=lambda s: (
            order.index(s.colour),
            not s.doubts,
            -(rain[s.id].mm_1h if s.id in rain else 0),
            s.code,
        )
    )
    rows = [
        {
            "row": s,
            "kind": _(KINDS[s.kind]),
            "name": shown(seen[s.id]),
            "region": shown(seen[s.id].region),
            "rain": rain.get(s.id),
            "water": water.get(s.id),
            "doubts": [_(FAULT_LABELS.get(d, d)) for d in s.doubts],
        }
        for s in summaries
    ]
    page = {"here": "stations", "rows": rows, "time": now_of(world), "doubted": sum(1 for s in summaries if s.doubts),
            "at_mark": sum(1 for s in summaries if s.colour), "keeps": keeps_any(person, world),
            "retired": reads.retired_stations(person, at=world.seen_at, exercise_id=world.exercise_id)}  # fmt: skip
    return render(request, "web/pages/stations.html", page)


def now_of(world: World) -> datetime:
    """The time up to which readings of a world were evaluated; its clock before the first one came."""
    return states.watermark(exercise_id=world.exercise_id) or world.now


def _station(person: Person, pk: UUID, at: datetime) -> Station:
    try:
        return reads.station_for(person, pk, at=at)
    except Refused:
        raise Http404 from None


@people_only
@require_GET
def station(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One station's page."""
    person, world = who(request)
    row = _station(person, pk, world.seen_at)
    keeps = upkeep.may_keep(person.pk, row.region_id, at=world.seen_at)
    context = {
        "here": "stations",
        **facts(row, world),
        "spans": SPANS,
        "span": hours_of(request),
        "keeps": keeps,
    }
    return render(request, "web/pages/station.html", context)


@people_only
@require_GET
def panel(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The same beside the map, short."""
    person, world = who(request)
    row = _station(person, pk, world.seen_at)
    return render(request, "web/pages/station_panel.html", {**facts(row, world), "span": 12})


def hours_of(request: HttpRequest) -> int:
    raw = request.GET.get("hours", "24")
    return int(raw) if raw.isdigit() and int(raw) in SPANS else 24


def facts(row: Station, world: World) -> dict[str, Any]:
    """What is known of a station: figures now, the rules that apply, episodes, faults, neighbours."""
    now = now_of(world)
    since = now - timedelta(hours=72)
    graphs = reads.hydrographs(row, since=now - timedelta(hours=1), until=now)
    return {
        "row": row,
        "kind": _(KINDS[row.kind]),
        "time": now,
        "sums": next(
            (g for g in states.gauge_states(exercise_id=row.exercise_id, at=now) if g.station_id == row.pk),
            None,
        ),
        "point": next(
            (p for p in states.point_states(exercise_id=row.exercise_id, at=now) if p.station_id == row.pk),
            None,
        ),
        "marks": [(m, mark_label(m)) for g in graphs for m in g.marks],
        "episodes": [(s, url_of(s.alarm.item)) for s in reads.episodes_of(row, since=since, until=now)],
        "faults": [
            (f, _(FAULT_LABELS.get(f.kind, f.kind)), url_of(f.item))
            for f in reads.faults_of(row, since=since)
        ],
        "neighbours": reads.neighbours_of(row, count=6) if row.kind == "rain" else [],
    }


def mark_label(mark: dict[str, Any]) -> str:
    """What a mark is called: the stage's name, or the window it is about."""
    if mark["label"]:
        return _(STAGES.get(mark["label"], mark["label"]))
    return _("{n} h sum").format(n=mark["window_minutes"] // 60) if mark["window_minutes"] else _("Depth")


# ---- the data of the chart ----------------
@people_only
@require_GET
def hydrograph(request: HttpRequest, pk: UUID) -> JsonResponse:
    """The hydrograph as JSON: times in milliseconds, nulls where readings are missing."""
    person, world = who(request)
    row = _station(person, pk, world.seen_at)
    until = now_of(world)
    return JsonResponse(graph(row, since=until - timedelta(hours=hours_of(request)), until=until))


def graph(row: Station, *, since: datetime, until: datetime) -> dict[str, Any]:
    """Rain hanging, level rising, marks, bands and neighbours of a station in a span."""
    found: dict[str, Any] = {
        "unit": "", "rain": [], "level": [], "bad": [], "marks": [],
        "episodes": _bands(list(reads.episodes_of(row, since=since - timedelta(days=2), until=until)), since, until),
        "neighbours": [],
    }  # fmt: skip
    for each in reads.hydrographs(row, since=since, until=until):
        if each.metric == RAIN_MM:
            _add_rain(found, each, row, since=since, until=until)
        else:
            _add_level(found, each)
    return found


def _add_level(found: dict[str, Any], each: Hydrograph) -> None:
    found["unit"] = each.unit
    found["level"] = [_pair(p) for p in each.points]
    found["bad"] += [_bad(p) for p in each.points if p.flags and p.value is not None]
    found["marks"] += [_line(m, "level") for m in each.marks]


def _add_rain(
    found: dict[str, Any], each: Hydrograph, row: Station, *, since: datetime, until: datetime
) -> None:
    """Amounts as bars; where the station measures nothing else, the sum that the first mark is about as a line."""
    found["rain"] = [_pair(p) for p in each.points]
    found["bad"] += [_bad(p) for p in each.points if p.flags and p.value is not None]
    windows = [m["window_minutes"] for m in each.marks if m["window_minutes"]]
    if row.kind != "rain" or not windows:
        return
    window = timedelta(minutes=min(windows))
    found["unit"] = _("mm in {n} h").format(n=min(windows) // 60)
    found["level"] = sums(_more(each.sensor_id, since - window, until), window, since)
    found["marks"] += [_line(m, "level") for m in each.marks if m["window_minutes"] == min(windows)]
    for near, km in reads.neighbours_of(row, count=NEIGHBOURS):
        sensor = near.sensors.filter(metric=RAIN_MM).first()
        if sensor is not None:
            points = sums(_more(sensor.pk, since - window, until), window, since)
            found["neighbours"].append({"name": f"{near.name} {km:g} km", "points": points})


def _more(sensor_id: int, since: datetime, until: datetime) -> list[Point]:
    return reads.readings_of(sensor_id, since=since, until=until)


def sums(points: Sequence[Point], window: timedelta, since: datetime) -> list[tuple[int, float | None]]:
    """The running sum of believed amounts over a window, from `since` on."""
    found: list[tuple[int, float | None]] = []
    total, first = 0.0, 0
    for number, point in enumerate(points):
        total += _counted(point)
        while points[first].at <= point.at - window:
            total -= _counted(points[first])
            first += 1
        if point.at > since:
            found.append((ms(points[number].at), round(max(total, 0.0), 1)))
    return found


def _counted(point: Point) -> float:
    return point.value if point.value is not None and not point.flags else 0.0


def _pair(point: Point) -> tuple[int, float | None]:
    """A flagged reading counts in nothing, so it is not drawn as if it were one."""
    return ms(point.at), None if point.flags else point.value


def _bad(point: Point) -> dict[str, Any]:
    return {
        "at": ms(point.at),
        "value": point.value,
        "reason": "；".join(_(READING_FLAGS.get(f, f)) for f in point.flags),
    }


def _line(mark: dict[str, Any], on: str) -> dict[str, Any]:
    return {"value": mark["value"], "label": mark_label(mark), "colour": mark["colour"], "on": on}


def _bands(steps: Sequence[AlarmStep], since: datetime, until: datetime) -> list[dict[str, Any]]:
    """Each stretch between two steps of an alarm at one colour."""
    open_since: dict[UUID, tuple[datetime, str]] = {}
    bands: list[dict[str, Any]] = []
    for step in steps:
        if step.alarm_id in open_since:
            begun, colour = open_since.pop(step.alarm_id)
            bands.append(_band(begun, step.at, colour))
        if step.after:
            open_since[step.alarm_id] = (step.at, step.after)
    bands += [_band(begun, until, colour) for begun, colour in open_since.values()]
    return [band for band in bands if band["to"] >= ms(since)]


def _band(begun: datetime, ended: datetime, colour: str) -> dict[str, Any]:
    return {
        "from": ms(begun),
        "to": ms(ended),
        "colour": colour,
        "label": f"{SIGNAL[colour].shape} {SIGNAL[colour].word}",
    }


__all__ = ["hydrograph", "panel", "station", "stations", "times"]
