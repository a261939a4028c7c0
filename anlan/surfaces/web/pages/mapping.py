"""The risk map: tiles, counts and cards of what lies there by the hundred thousand, cut by what one may see."""

import json
import time
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from http import HTTPStatus
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anlan.domains.enterprises.rules.sectors import sections
from anlan.kernel.core import clock
from anlan.kernel.core.errors import Refused
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import scope_of
from anlan.kernel.places.index.area import Rectangle
from anlan.kernel.places.index.counting import count
from anlan.kernel.places.index.keeper import keeper
from anlan.kernel.places.index.snapshot import Filter
from anlan.kernel.places.index.views import Kept
from anlan.kernel.places.layers import all_layers
from anlan.kernel.places.models import Region
from anlan.kernel.places.regions import meet, prefix_of
from anlan.surfaces.web import scales
from anlan.surfaces.web.cards import CARDS, Card
from anlan.surfaces.web.pages.responses import in_english
from anlan.surfaces.web.people import View, people_only, person_of

AXES = ("worst", "current")
MOST_CARDS = 60
KNOWN_S = 3.0
CLASSES = {
    "class_a": "A",
    "class_b": "B",
    "class_c": "C",
    "class_d": "D",
}  # no hue: a class is no statutory level
FIRST_COLUMN = 12  # digits of a region code


def config() -> dict[str, Any]:
    """What the island needs: addresses, layers with their words, what can be chosen."""
    tile = reverse("web:map_tile", args=[0, 0, 0]).replace("/0/0/0", "/{z}/{x}/{y}")
    layers = [
        {"code": layer.code, "label": _(layer.label), "colours": list(layer.colours)}
        for layer in all_layers()
    ]
    return {
        "tiles": tile,
        "counts": reverse("web:map_counts"),
        "objects": reverse("web:map_objects"),
        "layers": layers,
        "shapes": {hue: look.shape for hue, look in scales.SIGNAL.items()},
        "letters": CLASSES,
        "big": {"by": 1000, "unit": "k"} if in_english() else {"by": 10000, "unit": "万"},
        "topics": topics(),
    }


def labels() -> dict[str, str]:
    """Layer → its word."""
    return {layer.code: _(layer.label) for layer in all_layers()}


def topics() -> list[str]:
    """The live topics that may move something on the map."""
    return sorted({code.partition(".")[0] for layer in all_layers() for code in layer.entries})


def choices(person: Person) -> dict[str, Any]:
    """What the panel of the risk map offers: layers, colours in words, sectors, regions that one may see."""
    if person.organisation.kind == "enterprise":
        return {}  # a firm sees itself alone, on its own pages
    hues = {colour for layer in all_layers() for colour in layer.colours}
    words = {"red": "major", "orange": "considerable", "yellow": "moderate", "blue": "low"}
    letters = {sector for layer in all_layers() for sector in layer.sectors if sector}
    return {
        "map_layers": [(layer.code, _(layer.label)) for layer in all_layers()],
        "map_colours": [
            (hue, scales.SIGNAL[hue].shape, scales.RISK[word]) for hue, word in words.items() if hue in hues
        ],
        "map_sectors": [(code, name) for code, name in sections().items() if code in letters],
        "map_regions": regions_for(person),
    }


def regions_for(person: Person) -> list[tuple[str, str]]:
    """Streets of what a person sees; communities where that is one street or less."""
    prefixes = seen_by(person)
    rows = [
        (code, name, level)
        for code, name, level in Region.objects.filter(level__in=("street", "community"))
        .order_by("code")
        .values_list("code", "name", "level")
        if any(code.startswith(prefix) for prefix in prefixes)
    ]
    streets = [(code, name) for code, name, level in rows if level == "street"]
    return streets if len(streets) > 1 else [(code, name) for code, name, _level in rows]


def seen_by(person: Person) -> tuple[str, ...]:
    """The subtrees a person sees now."""
    return tuple(scope_of(person, at=clock.real_now()))


def cut_of(seen: Sequence[str], given: Mapping[str, str]) -> Filter:
    """What the address asks for, cut to the subtrees one may see; words that nobody declared fall out."""
    known = {layer.code for layer in all_layers()}
    region = given.get("region", "")
    asked = (prefix_of(region),) if len(region) == FIRST_COLUMN and region.isdigit() else None
    axis = given.get("axis", "")
    return Filter(
        layers=tuple(word for word in _words(given, "layers") if word in known),
        axis=axis if axis in AXES else "current",
        colours=_words(given, "colours"),
        sectors=_words(given, "sectors"),
        regions=meet(seen, asked),
    )


def _words(given: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(sorted({word for word in given.get(name, "").split(",") if word}))[:40]


def _person(request: HttpRequest) -> Person:
    person = person_of(request)
    if person is None:
        raise Http404
    return person


class Sighted(Protocol):
    """A view that is told which subtrees its reader sees."""

    def __call__(
        self, request: HttpRequest, seen: tuple[str, ...], *args: Any, **kwargs: Any
    ) -> HttpResponse: ...


_known: Kept[str, tuple[float, tuple[str, ...]]] = Kept(
    5000
)  # session → until when it is known, what it sees


def seen_lately(session: str) -> tuple[str, ...] | None:
    """The subtrees that a session's reader was found to see in the last seconds; None where that must be looked up."""
    until, seen = _known.peek(session) or (0.0, ())
    return seen if until > time.monotonic() else None


def sighted(view: Sighted) -> View:
    """`people_only` for what one screen asks for by the dozen: who may see what is read from rows every few seconds,
    not for every tile. A session that ended, or a duty taken away, is known here so much later.
    """

    @people_only
    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        begun = time.monotonic()
        seen = seen_by(_person(request))
        _known.put(_session(request), (begun + KNOWN_S, seen))
        return view(request, seen, *args, **kwargs)

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        seen = seen_lately(_session(request))
        return asked(request, *args, **kwargs) if seen is None else view(request, seen, *args, **kwargs)

    return guarded


def _session(request: HttpRequest) -> str:
    return request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes out, through Django or past it."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    def in_django(self) -> HttpResponse:
        return HttpResponse(self.body, status=self.status, headers=dict(self.headers))


_TILE = {"content-type": "application/vnd.mapbox-vector-tile", "cache-control": "private, no-cache"}
_COUNTS = {"content-type": "application/json", "cache-control": "private, no-store"}
_ALWAYS = {"vary": "Cookie", "x-content-type-options": "nosniff"}


@sighted
@require_GET
def tile(request: HttpRequest, seen: tuple[str, ...], zoom: int, x: int, y: int) -> HttpResponse:
    """A vector tile of what one may see; 503 while the rows are still being read."""
    known = request.headers.get("If-None-Match", "")
    answer = tile_of(seen, request.GET, zoom, x, y, known)
    if answer.status == HTTPStatus.NOT_FOUND:
        raise Http404
    return answer.in_django()


def tile_of(seen: tuple[str, ...], given: Mapping[str, str], zoom: int, x: int, y: int, known: str) -> Answer:
    """The tile as an answer; `known` is the tag (If-None-Match) of what the browser holds."""
    cut = cut_of(seen, given)
    try:
        found = keeper.tiles.tile(keeper.ready(), cut, zoom, x, y)
    except ValueError:
        return Answer(404, headers=_ALWAYS)
    except Refused:
        return Answer(503, headers=_ALWAYS | {"retry-after": "1"})
    # The tag tells the rows of the tile, not who asks: the address and this browser's session say the rest.
    etag = f'"{found.tag}-{zlib.crc32(repr(cut).encode()):08x}"'
    headers = _ALWAYS | _TILE | {"etag": etag}
    if known and etag in parse_etags(known):
        return Answer(304, headers=headers)
    return Answer(200, found.body, headers | ({"content-encoding": "gzip"} if found.packed else {}))


@sighted
@require_GET
def counts(request: HttpRequest, seen: tuple[str, ...]) -> HttpResponse:
    """How many of each layer and colour the screen shows: `bbox` is west, south, east, north in degrees."""
    return counts_of(seen, request.GET).in_django()


def counts_of(seen: tuple[str, ...], given: Mapping[str, str]) -> Answer:
    """The counts as an answer."""
    cut = cut_of(seen, given)
    try:
        snapshot = keeper.ready()
    except Refused:
        return _json({"state": "building"})
    box = _box(given.get("bbox", ""))
    found = count(snapshot, cut, Rectangle(*box) if box else None)
    return _json({"state": "ready", "total": found.total, "layers": found.by_layer_and_colour()})


def _json(found: Any) -> Answer:
    return Answer(200, json.dumps(found).encode(), _ALWAYS | _COUNTS)


def _box(text: str) -> tuple[float, float, float, float] | None:
    """Four finite degrees, west before east and south before north; None where they are not."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        return None
    good = -180 <= west < east <= 180 and -90 <= south < north <= 90
    return (west, south, east, north) if good else None


@people_only
@require_GET
def objects(request: HttpRequest) -> HttpResponse:
    """Cards of what was clicked: `o` are the short ids of a tile's features. What is not yours is not there."""
    person = _person(request)
    shorts = [
        int(text) for text in request.GET.getlist("o")[:MOST_CARDS] if text.isdecimal() and len(text) < 17
    ]
    cards = cards_of(person, shorts)
    if not cards:
        raise Http404
    label = labels()
    groups = [(label.get(code, code), found) for code, found in cards.items()]
    number = sum(len(found) for found in cards.values())
    return render(request, "web/pages/map_objects.html", {"groups": groups, "number": number})


def cards_of(person: Person, shorts: Sequence[int]) -> dict[str, list[Card]]:
    """Layer → cards of those objects that a person may see, in the order of the layers."""
    try:
        snapshot = keeper.ready()
    except Refused:
        return {}
    wanted: dict[str, list[UUID]] = {}
    for short in shorts:
        for code, pk in snapshot.find(short):
            wanted.setdefault(code, []).append(pk)
    at = clock.real_now()
    found = {code: CARDS[code](person, pks, at) for code, pks in wanted.items() if code in CARDS}
    return {code: cards for code, cards in found.items() if cards}
