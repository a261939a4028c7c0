"""What stands around every page: the rail, who sits here, which world, and the words the scripts speak."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from anlan.kernel.orgs.models import Person
from anlan.surfaces.web.people import person_of, seat_at
from anlan.surfaces.web.worlds import demo_now, world_of


@dataclass(frozen=True, slots=True)
class Door:
    """One entry of the rail."""

    name: str
    label: str | Promise
    icon: str
    url: str
    phone: bool = True  # stands in the bottom bar of a phone
    role: str = ""  # of the administrator whose page it is; "" = of the people of the bureau
    bureau: bool = False  # not for the people of an enterprise, who have no region


DOORS = (
    Door("home", _("My matters"), "list", "web:home"),
    Door("map", _("Situation"), "map", "web:map"),
    Door("callouts", _("Call-outs"), "bell", "web:callouts"),
    Door("responses", _("Responses"), "flag", "web:responses"),
    Door("incidents", _("Watch"), "phone", "web:duty_day", phone=False, bureau=True),
    Door("dangers", _("Dangers"), "danger", "web:dangers"),
    Door("enterprises", _("Enterprises"), "firm", "web:enterprises", phone=False),
    Door("risks", _("Risks"), "risk", "web:risks", phone=False),
    Door("stations", _("Stations"), "gauge", "web:stations", phone=False),
    Door("registers", _("Registers"), "book", "web:registers", phone=False),
    Door("knowledge", _("Graph"), "graph", "web:knowledge", phone=False, bureau=True),
    Door("sheets", _("Sheets"), "sheet", "web:sheets", phone=False),
    Door("numbers", _("Numbers"), "number", "web:numbers", phone=False, bureau=True),
    Door("rules", _("Rules"), "rule", "web:rules", phone=False, bureau=True),
    Door("ledger", _("Ledger"), "seal", "web:ledger", phone=False, role="audit"),
    Door("people", _("People and duties"), "people", "web:people", role="security"),
    Door("rules", _("Rules"), "rule", "web:rules", role="system"),
    Door("seats", _("Watch seats"), "seat", "web:seats", role="system"),
)

WORDS: dict[str, str | Promise] = {
    "live.open": _("Live · {time}"),
    "live.lost": _("Not live since {time} ({span}) · trying again"),
    "clock.left": _("{span} left"),
    "clock.late": _("{span} late"),
    "span.seconds": _("{s} s"),
    "span.minutes": _("{m} min"),
    "span.hours": _("{h} h"),
    "span.hours_minutes": _("{h} h {m} min"),
    "span.days": _("{d} days"),
    "photo.size": _("{n} photos, {before} MB made {after} MB"),
    "map.title": _("Map"),
    "map.building": _("The map is being put together …"),
    "map.in_view": _("In view"),
    "map.no_count": _("The figures could not be fetched. Move the map to ask again."),
    "map.not_assessed": _("not yet assessed"),
    "map.zoom_in": _("Nearer"),
    "map.zoom_out": _("Farther"),
    "scrub.now": _("now"),
    "scrub.play": _("Play"),
    "scrub.stop": _("Stop"),
    "chart.rain": _("Rain"),
    "chart.rain_unit": _("mm each interval"),
    "chart.level": _("Level or sum"),
    "chart.bad": _("Not believed"),
    "chart.tasks": _("tasks"),
    "chart.plan": _("Plan"),
    "chart.fact": _("Fact"),
    "chart.now": _("now"),
    "chart.ended": _("ended"),
    "chart.months_now": _("Months to the end of the span"),
    "chart.months_then": _("Year before"),
    "locate.ask": _("Use my position"),
    "locate.asking": _("Looking for the position …"),
    "locate.none": _("No position found. Type it, or leave it out."),
    "locate.found": _("Position to {m} m"),
}


def frame_of(request: HttpRequest, here: str = "") -> dict[str, Any]:
    """Everything the base template needs, in one dictionary."""
    person = person_of(request)
    role = getattr(request.user, "admin_role", "")
    doors = [door for door in DOORS if _open_to(door, role, person)]
    world = world_of(request)
    return {
        "person": person,
        "seat": seat_at(request),
        "world": world,
        "playing": demo_now() if person and world.exercise is None else None,
        "clock": {"now": world.now.isoformat(), "speed": world.speed, "frozen": world.frozen},
        "rail": [{"door": door, "url": reverse(door.url), "here": door.name == here} for door in doors],
        "words": {key: str(text) for key, text in WORDS.items()},
    }


def _open_to(door: Door, role: str, person: Person | None) -> bool:
    if door.role or person is None:
        return bool(door.role) and role == door.role
    return not (door.bureau and person.organisation.kind == "enterprise")
