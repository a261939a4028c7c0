"""From the rows of layers to a snapshot, and from what the ledger tells to the next one."""

import logging
from collections.abc import Iterable, Sequence
from uuid import UUID

import numpy as np

from anlan.kernel.ledger.models import Entry
from anlan.kernel.places.columns import ids_text, read_rows
from anlan.kernel.places.index.block import Columns, build, columns_of
from anlan.kernel.places.index.snapshot import Names, Snapshot
from anlan.kernel.places.layers import all_layers
from anlan.kernel.places.models import PlaceKind
from anlan.kernel.places.spec import Layer, LayerRows

logger = logging.getLogger(__name__)

PLACE = "place"  # the layer of the places themselves; its sectors are their kinds
CHUNK = 5_000
HUES = ("blue", "yellow", "orange", "red")

_PLACES = """
SELECT id, lon, lat, region_id::bigint, 0::smallint, 0::smallint,
       coalesce(array_position(%s::text[], kind_id::text), 0)::smallint - 1::smallint, active
  FROM places_place
"""


class UnknownNameError(LookupError):
    """A row speaks of a kind that came after the snapshot was made: everything is to be read again."""


def place_layer() -> Layer:
    """The places as a layer, with the kinds there are now."""
    kinds = tuple(PlaceKind.objects.order_by("code").values_list("code", flat=True))

    def read(ids: Sequence[UUID] | None) -> LayerRows:
        if ids is None:
            return read_rows(_PLACES + "WHERE active", [list(kinds)])
        return read_rows(_PLACES + "WHERE id = ANY(%s::uuid[])", [list(kinds), ids_text(ids)])

    return Layer(code=PLACE, label="", read=read, entries=("places.places_added",), sectors=kinds or ("",))


def names_of(layers: Sequence[Layer]) -> Names:
    """The words of all layers together; colours in the order in which they win."""
    rank: dict[str, int] = {}
    for layer in layers:
        for place, colour in enumerate(layer.colours):
            rank[colour] = max(rank.get(colour, 0), layer.rank.get(colour, place))
    sectors = dict.fromkeys(sector for layer in layers for sector in layer.sectors)
    # Hue means hazard: a level of it is never hidden by what is no hue.
    colours = sorted(rank, key=lambda colour: (colour in HUES, rank[colour]))
    names = Names(tuple(layer.code for layer in layers), tuple(colours), tuple(sectors))
    if len(names.layers) > 64 or len(names.colours) > 16 or len(names.sectors) > 1024:
        raise ValueError("the map holds 64 layers, 16 colours and 1,024 sectors at most")
    return names


def columns(layer: Layer, rows: LayerRows, names: Names) -> Columns:
    """The rows of a layer that are alive and lie somewhere, in the words of the snapshot."""
    good = rows.alive & np.isfinite(rows.lon) & np.isfinite(rows.lat)
    colour, sector = (
        np.array([known.index(word) for word in words], np.uint16)
        for known, words in ((names.colours, layer.colours), (names.sectors, layer.sectors))
    )
    if len(rows.sector) and int(rows.sector[good].max(initial=0)) >= len(sector):
        raise UnknownNameError(layer.code)
    return columns_of(
        layer=names.layers.index(layer.code),
        ids=rows.ids[good],
        lon=rows.lon[good],
        lat=rows.lat[good],
        colour=colour[rows.colour[good]],
        worst=colour[rows.colour_worst[good]],
        sector=sector[rows.sector[good]],
        region=rows.region[good],
    )


def read_all(seq: int) -> tuple[Snapshot, list[Layer]]:
    """Every row of every layer. `seq` is a place of the feed from before the reading."""
    layers = [*all_layers(), place_layer()]
    names = names_of(layers)
    parts = []
    for layer in layers:  # one after another: the wide columns of one go before the next one's come
        parts.append(columns(layer, layer.read(None), names))  # noqa: PERF401
    return Snapshot(names, build(parts), seq=seq), layers


def touched(entries: Iterable[Entry], layers: Sequence[Layer]) -> dict[str, list[UUID]]:
    """Layer → ids that entries of the ledger name: the subject, or the ids of a chunk."""
    found: dict[str, dict[UUID, None]] = {}
    for entry in entries:
        for layer in layers:
            if entry.code in layer.entries:
                found.setdefault(layer.code, {}).update(dict.fromkeys(_ids(entry)))
    return {code: list(ids) for code, ids in found.items()}


def _ids(entry: Entry) -> Iterable[UUID]:
    for text in entry.facts.get("ids") or [entry.subject_id]:
        try:
            yield UUID(str(text))
        except ValueError:
            logger.warning("map: entry %s names no row: %s", entry.pk, text)


def read_again(snapshot: Snapshot, layer: Layer, ids: Sequence[UUID]) -> Snapshot:
    """The snapshot with these rows of a layer as they are now."""
    for start in range(0, len(ids), CHUNK):
        asked = ids[start : start + CHUNK]
        rows = layer.read(asked)
        named = np.concatenate((_bytes(asked), rows.ids))  # dead ones among the answers go too
        snapshot = snapshot.replaced(
            layer=snapshot.names.layers.index(layer.code),
            ids=named,
            rows=columns(layer, rows, snapshot.names),
        )
    return snapshot


def _bytes(ids: Sequence[UUID]) -> "np.ndarray[tuple[int, int], np.dtype[np.uint8]]":
    return np.frombuffer(b"".join(each.bytes for each in ids), np.uint8).reshape(-1, 16)
