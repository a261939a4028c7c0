"""Stations set up by those who keep them: one by a form, many by a sheet with a dry run, changed, retired, revived."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from anlan.domains.sensing.actions import upkeep
from anlan.domains.sensing.actions.stations import StationGiven
from anlan.domains.sensing.domain import STATIONS
from anlan.domains.sensing.models import SensorFault, Station
from anlan.domains.sensing.queries import stations as reads
from anlan.domains.sensing.queries.setup import LONGEST_LATENESS_S, allowed_lateness
from anlan.domains.sensing.rules.sources import METRICS
from anlan.domains.sensing.rules.words import FAULT_LABELS, STATION_LABELS
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.uploads import TEXTS
from anlan.kernel.core.words import N_
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import duty_names, scope_of
from anlan.kernel.places.models import Region
from anlan.kernel.sheets import cells, mapping
from anlan.surfaces.web import handed_in
from anlan.surfaces.web.pages.items import url_of
from anlan.surfaces.web.pages.responses import who
from anlan.surfaces.web.people import author_of, people_only
from anlan.surfaces.web.refusals import REFUSED_STATUS
from anlan.surfaces.web.worlds import World

NOT_A_NUMBER = reason("web.station_number", N_("{given} is no number. Give one, or leave it out."))
NO_SHEET = reason("web.no_sheet", N_("Choose a CSV file whose first row names its columns."))
NO_HEADS = reason(
    "web.no_heads", N_("The first row lacks a column: {lacking}. Take the empty sheet and fill it in.")
)
TOO_LONG = reason(
    "web.sheet_too_long", N_("The sheet has {n} rows; {most} at a time are the limit. Send it in parts.")
)
MOST_ROWS = 5000
STAGE_LABELS = (
    ("warning", N_("Warning stage")),
    ("guarantee", N_("Guarantee stage")),
    ("flood_limit", N_("Flood limit")),
    ("flood_high", N_("High flood level")),
)
METRIC_LABELS = (("rain_mm", N_("Rain")), ("level_cm", N_("Water level")), ("depth_cm", N_("Depth of water")))


def keeps_any(person: Person, world: World) -> bool:
    """Whether somebody keeps stations anywhere."""
    return any(
        upkeep.may_keep(person.pk, prefix.ljust(12, "0"), at=world.seen_at)
        for prefix in scope_of(person, at=world.seen_at)
    )


def _keeper(request: HttpRequest) -> tuple[Person, World]:
    person, world = who(request)
    if not keeps_any(person, world):
        raise Http404
    return person, world


@people_only
@require_http_methods(["GET", "POST"])
def station_new(request: HttpRequest) -> HttpResponse:
    """Declare one station with what it measures."""
    _person, world = _keeper(request)
    if request.method == "GET":
        typed = {"every_s": "300", "silent_s": "1800", "kind": "rain", "metrics": ["rain_mm"]}
        return _form(request, world, typed, None)
    try:
        given = _given(request)
        made = upkeep.declare_station(
            given,
            exercise_id=world.exercise_id,
            by=author_of(request).by,
            at=world.now,
            seen_at=world.seen_at,
        )
    except Refused as refusal:
        return _form(request, world, _typed(request), None, refusal)
    messages.success(
        request, _("{name} is declared. Its readings are taken from now on.").format(name=made.name)
    )
    return redirect("web:station", pk=made.pk)


def _typed(request: HttpRequest) -> dict[str, Any]:
    return {**request.POST.dict(), "metrics": request.POST.getlist("metrics")}


def _given(request: HttpRequest) -> StationGiven:
    posted = request.POST
    text: dict[str, Any] = {
        name: posted.get(name, "").strip()
        for name in ("code", "name", "name_en", "kind", "siting_note", "owner")
    }
    return StationGiven(
        **text,
        region=upkeep.region_named(posted.get("region", "")),
        metrics=tuple(posted.getlist("metrics")),
        lon=_number(posted, "lon"),
        lat=_number(posted, "lat"),
        every_s=_whole(posted, "every_s") or 0,
        silent_s=_whole(posted, "silent_s") or 0,
        late_s=_whole(posted, "late_s"),
        marks={name: cm for name, _label in STAGE_LABELS if (cm := _number(posted, name)) is not None},
    )


def _number(posted: Mapping[str, str], name: str) -> float | None:
    raw = posted.get(name, "").strip()
    if not raw:
        return None
    try:
        return float(raw)
    except ValueError:
        raise Refused(NOT_A_NUMBER, field=name, given=raw) from None


def _whole(posted: Mapping[str, str], name: str) -> int | None:
    value = _number(posted, name)
    if value is not None and (value != value or abs(value) > 1e9):
        raise Refused(NOT_A_NUMBER, field=name, given=posted.get(name, ""))
    return None if value is None else int(value)


def _form(
    request: HttpRequest,
    world: World,
    typed: Mapping[str, Any],
    row: Station | None,
    refusal: Refused | None = None,
) -> HttpResponse:
    person, _world = who(request)
    scope = scope_of(person, at=world.seen_at)
    regions = Region.objects.order_by("code")
    faults = (
        SensorFault.objects.filter(sensor__station=row, recovered_at=None).select_related("item")
        if row
        else ()
    )
    page = {
        "here": "stations",
        "row": row,
        "typed": typed,
        "refusal": refusal,
        "kinds": [(code, _(text)) for code, text in STATION_LABELS],
        "metrics": [(code, _(text)) for code, text in METRIC_LABELS if code in METRICS],
        "stages": [(code, _(text), typed.get(code, "")) for code, text in STAGE_LABELS],
        "regions": [r for r in regions if any(r.code.startswith(prefix) for prefix in scope)][:1000],
        "wait": allowed_lateness(exercise_id=world.exercise_id, at=world.now),
        "longest": LONGEST_LATENESS_S,
        "faults": [(_(FAULT_LABELS.get(f.kind, f.kind)), url_of(f.item)) for f in faults],
    }
    status = 200 if refusal is None else REFUSED_STATUS
    return render(request, "web/pages/station_setup.html", page, status=status)


def _kept(request: HttpRequest, pk: UUID) -> tuple[Station, World]:
    person, world = _keeper(request)
    try:
        row = reads.station_for(person, pk, at=world.seen_at)
    except Refused:
        raise Http404 from None
    if not upkeep.may_keep(person.pk, row.region_id, at=world.seen_at):
        raise Http404
    return row, world


@people_only
@require_http_methods(["GET", "POST"])
def station_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change a station: its note, position, cadence, silence, allowed lateness, stages."""
    row, world = _kept(request, pk)
    if request.method == "GET":
        return _form(request, world, _as_typed(row), row)
    try:
        posted = request.POST.copy()
        posted["region"], posted["kind"] = row.region_id, row.kind
        request.POST = posted  # type: ignore[assignment]
        upkeep.change_station(
            row, _given(request), by=author_of(request).by, at=world.now, seen_at=world.seen_at
        )
    except Refused as refusal:
        return _form(request, world, _typed(request), Station.objects.get(pk=pk), refusal)
    messages.success(request, _("Changed. The running engine uses it from its next readings on."))
    return redirect("web:station", pk=pk)


def _as_typed(row: Station) -> dict[str, Any]:
    first = row.sensors.order_by("pk").first()
    typed: dict[str, Any] = {
        name: "" if getattr(row, name) is None else str(getattr(row, name))
        for name in ("code", "name", "name_en", "kind", "siting_note", "owner", "lon", "lat", "late_s")
    }
    typed |= {
        "region": row.region_id,
        "metrics": list(row.sensors.values_list("metric", flat=True)),
        **row.marks,
    }
    return typed | ({"every_s": first.every_s, "silent_s": first.silent_s} if first else {})


@people_only
@require_POST
def station_retire(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Retire a station, or put it to work again."""
    row, world = _kept(request, pk)
    try:
        by = author_of(request).by
        if row.active:
            upkeep.retire_station(
                row, why=request.POST.get("why", ""), by=by, at=world.now, seen_at=world.seen_at
            )
        else:
            upkeep.revive_station(row, by=by, at=world.now, seen_at=world.seen_at)
    except Refused as refusal:
        return _form(request, world, {**_as_typed(row), "why": request.POST.get("why", "")}, row, refusal)
    messages.success(
        request, _("Retired; it stays to be read.") if not row.active else _("It is at work again.")
    )
    return redirect("web:station", pk=pk)


# ---- many by a sheet ----------------
@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was not taken: its number in the sheet (the heads are row 1), the column's label, and why."""

    number: int
    column: str
    why: str


@people_only
@require_http_methods(["GET", "POST"])
def station_sheet(request: HttpRequest) -> HttpResponse:
    """A sheet of stations: first tried, then taken in; good rows are kept, the others come back with their reasons."""
    _person, world = _keeper(request)
    page: dict[str, Any] = {
        "here": "stations",
        "columns": [
            (_(c.label), c.required, "、".join(_(text) for _code, text in c.choices))
            for c in STATIONS.columns
        ],
        "duties": duty_names(upkeep.STATION_KEEPERS),
    }
    if request.method == "GET":
        if request.GET.get("empty"):
            return _empty_sheet()
        return render(request, "web/pages/station_sheet.html", page)
    try:
        text = _text_of(request)
        dry = request.POST.get("take") != "1"
        by = author_of(request).by
        taken, bad, n = _taken(text, world, by=by, dry=dry)
    except Refused as refusal:
        return render(
            request, "web/pages/station_sheet.html", {**page, "refusal": refusal}, status=REFUSED_STATUS
        )
    good = n - len(bad) - taken.same
    page |= {
        "text": text,
        "dry": dry,
        "n": n,
        "good": good,
        "same": taken.same,
        "bad": bad[:200],
        "n_bad": len(bad),
    }
    return render(request, "web/pages/station_sheet.html", page)


def _text_of(request: HttpRequest) -> str:
    upload = handed_in.read(request, "sheet", allowed=TEXTS)
    if upload is None:
        return str(request.POST.get("text", ""))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return upload.data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused(NO_SHEET, field="sheet")


def _taken(text: str, world: World, *, by: str, dry: bool) -> tuple[Any, list[BadRow], int]:
    rows = [row for row in csv.reader(io.StringIO(text)) if any(cell.strip() for cell in row)]
    if len(rows) < 2:
        raise Refused(NO_SHEET, field="sheet")
    heads, data = [head.strip() for head in rows[0]], rows[1:]
    if len(data) > MOST_ROWS:
        raise Refused(TOO_LONG, field="sheet", n=len(data), most=MOST_ROWS)
    known = mapping.known_heads(STATIONS)
    columns = {head: known.get(mapping.plain(head), "") for head in heads}
    lacking = [_(c.label) for c in STATIONS.columns if c.required and c.name not in columns.values()]
    if lacking:
        raise Refused(NO_HEADS, field="sheet", lacking="、".join(lacking))
    chunk = cells.checked(STATIONS, heads, columns, data, first=2)
    taken = upkeep.take_stations(
        chunk.values, by=by, at=world.now, dry=dry, exercise_id=world.exercise_id, seen_at=world.seen_at
    )
    labels = {c.name: _(c.label) for c in STATIONS.columns}
    bad = [BadRow(n + 2, labels.get(name, name), str(why)) for n, (name, why) in chunk.bad.items()]
    bad += [
        BadRow(chunk.places[n] + 2, labels.get(name, name), why) for n, (name, why) in taken.refused.items()
    ]
    return taken, sorted(bad, key=lambda row: row.number), len(data)


def _empty_sheet() -> HttpResponse:
    """The heads alone, with the mark by which office programs know UTF-8."""
    answer = HttpResponse(
        "\ufeff" + ",".join(_(c.label) for c in STATIONS.columns) + "\r\n", content_type="text/csv"
    )
    answer.headers["Content-Disposition"] = 'attachment; filename="stations.csv"'
    return answer
