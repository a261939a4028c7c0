"""The cell index against the plainest thing that gives the same answer: a list of rows, looked through."""

import gzip
from collections import Counter
from dataclasses import dataclass, replace
from uuid import UUID

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.kernel.places.index import grid
from anlan.kernel.places.index.area import Polygon, Rectangle
from anlan.kernel.places.index.block import build, columns_of, hash_ids, short_ids
from anlan.kernel.places.index.counting import count, ids
from anlan.kernel.places.index.snapshot import Filter, Names, Snapshot
from anlan.kernel.places.index.tiles import MOST, Tiles, tag_of
from anlan.kernel.places.index.views import CELL_BITS, EXACT

NAMES = Names(("point", "source"), ("none", "blue", "yellow", "orange", "red"), ("", "C", "G"))
REGIONS = (440399001001, 440399001002, 440399002001, 110101001001)


@dataclass(frozen=True)
class Row:
    """A row as a person would write it down."""

    number: int
    layer: int
    lon: float
    lat: float
    colour: int
    worst: int
    sector: int
    region: int

    @property
    def id(self):
        return UUID(int=self.number + 1)


# A few rows lie on one spot, most in a district, some anywhere.
NEARBY = st.one_of(st.sampled_from([113.9, 113.9001]), st.floats(113.7, 114.1))
rows = st.builds(
    Row,
    number=st.integers(0, 40),
    layer=st.integers(0, 1),
    lon=st.one_of(NEARBY, st.floats(-180, 180)),
    lat=st.one_of(st.sampled_from([22.6, 22.6001]), st.floats(22.4, 22.8), st.floats(-84, 84)),
    colour=st.integers(0, 4),
    worst=st.integers(0, 4),
    sector=st.integers(0, 2),
    region=st.sampled_from(REGIONS),
)
# An act of writing: rows that come or change, and ids that go.
acts = st.lists(
    st.tuples(
        st.lists(rows, max_size=12), st.sets(st.tuples(st.integers(0, 1), st.integers(0, 40)), max_size=6)
    ),
    max_size=5,
)
filters = st.builds(
    Filter,
    layers=st.sampled_from([("point", "source"), ("point",), ("source",), ()]),
    axis=st.sampled_from(["current", "worst"]),
    colours=st.sampled_from([(), ("red",), ("none", "orange"), ("green",)]),
    sectors=st.sampled_from([(), ("C",), ("", "G")]),
    regions=st.sampled_from([None, ("440399",), ("440399001", "110101"), ("440399002001",), ()]),
)


def id_bytes(numbers):
    return np.frombuffer(b"".join(UUID(int=n + 1).bytes for n in numbers), np.uint8).reshape(-1, 16)


def columns(some, layer):
    some = [row for row in some if row.layer == layer]
    array = lambda name, kind: np.array([getattr(row, name) for row in some], kind)  # noqa: E731
    return columns_of(
        layer=layer, ids=id_bytes([row.number for row in some]), lon=array("lon", float), lat=array("lat", float),
        colour=array("colour", np.uint8), worst=array("worst", np.uint8), sector=array("sector", np.uint16),
        region=array("region", np.int64),
    )  # fmt: skip


def one_each(some):
    """The last word on each (layer, id)."""
    return list({(row.layer, row.number): row for row in some}.values())


def written(begin, history):
    """A snapshot after some acts, and the plain list it must equal."""
    plain = {(row.layer, row.number): row for row in begin}
    snapshot = Snapshot(NAMES, build([columns(plain.values(), 0), columns(plain.values(), 1)]))
    for came, went in history:
        came = one_each(came)
        for layer in (0, 1):
            gone = [n for where, n in went if where == layer]
            new = [row for row in came if row.layer == layer and row.number not in gone]
            touched = gone + [row.number for row in came if row.layer == layer]
            snapshot = snapshot.replaced(layer=layer, ids=id_bytes(touched), rows=columns(new, layer))
            for number in touched:
                plain.pop((layer, number), None)
            plain |= {(layer, row.number): row for row in new}
    return snapshot, list(plain.values())


def kept(plain, cut):
    """What a filter leaves of a list."""
    return [
        row for row in plain
        if NAMES.layers[row.layer] in cut.layers
        and (not cut.colours or NAMES.colours[colour_of(row, cut)] in cut.colours)
        and (not cut.sectors or NAMES.sectors[row.sector] in cut.sectors)
        and (cut.regions is None or any(str(row.region).startswith(part) for part in cut.regions))
    ]  # fmt: skip


def colour_of(row, cut):
    return row.worst if cut.axis == "worst" else row.colour


def place_of(row):
    x, y = grid.project(np.array([row.lon]), np.array([row.lat]))
    return int(x[0]), int(y[0])


def clusters_of(plain, cut, zoom):
    """(cell x, cell y) → rows by colour, over the whole world."""
    found = {}
    for row in kept(plain, cut):
        x, y = place_of(row)
        shift = grid.BITS - zoom - CELL_BITS
        found.setdefault((x >> shift, y >> shift), Counter())[NAMES.colours[colour_of(row, cut)]] += 1
    return found


def decoded(tile):
    body = tile.body if not tile.packed else gzip.decompress(tile.body)
    found = mapbox_vector_tile.decode(body, default_options={"y_coord_down": True})
    return {name: each["features"] for name, each in found.items()}


@settings(max_examples=100, deadline=None)
@given(begin=st.lists(rows, max_size=40), history=acts, cut=filters, zoom=st.sampled_from([0, 3, 9, 12, 14, EXACT - 1]), merge=st.booleans())  # fmt: skip
def test_clusters_equal_a_count_by_hand_after_any_writing(begin, history, cut, zoom, merge):
    snapshot, plain = written(begin, history)
    snapshot = snapshot.merged() if merge else snapshot
    expected, tiles = clusters_of(plain, cut, zoom), Tiles()
    for x, y in {(cx >> CELL_BITS, cy >> CELL_BITS) for cx, cy in expected} | {(0, 0)}:
        mine = {
            cell: n for cell, n in expected.items() if (cell[0] >> CELL_BITS, cell[1] >> CELL_BITS) == (x, y)
        }
        features = decoded(tiles.tile(snapshot, cut, zoom, x, y)).get("cells", [])
        assert len(features) == len(mine)
        for feature in features:
            said = feature["properties"]
            px, py = feature["geometry"]["coordinates"]
            counts = mine[(x << CELL_BITS) + (px >> 9), (y << CELL_BITS) + (py >> 9)]
            assert {c: said[f"n_{c}"] for c in NAMES.colours if said[f"n_{c}"]} == dict(counts)
            assert said["n"] == counts.total()
            assert said["colour"] == max(counts, key=NAMES.colours.index)


@settings(max_examples=80, deadline=None)
@given(
    begin=st.lists(rows, min_size=1, max_size=40),
    history=acts,
    cut=filters,
    zoom=st.sampled_from([EXACT, 19, MOST]),
)
def test_a_close_tile_holds_every_row_once_with_what_is_said_of_it(begin, history, cut, zoom):
    snapshot, plain = written(begin, history)
    x, y = (each >> (grid.BITS - zoom) for each in place_of(begin[0]))
    mine = [
        row for row in kept(plain, cut) if tuple(p >> (grid.BITS - zoom) for p in place_of(row)) == (x, y)
    ]
    features = decoded(Tiles().tile(snapshot, cut, zoom, x, y)).get("objects", [])
    short = lambda row: int(short_ids(hash_ids(id_bytes([row.number]), np.array([row.layer])))[0])  # noqa: E731
    expected = Counter(
        (short(row), NAMES.layers[row.layer], NAMES.colours[colour_of(row, cut)], NAMES.sectors[row.sector])
        for row in mine
    )
    assert Counter((f["id"], *(f["properties"][k] for k in ("layer", "colour", "sector"))) for f in features) == expected  # fmt: skip
    for row in mine:
        assert snapshot.find(short(row)) == [(NAMES.layers[row.layer], row.id)]


@settings(max_examples=100, deadline=None)
@given(begin=st.lists(rows, max_size=60), history=acts, cut=filters, data=st.data())
def test_counts_in_a_polygon_equal_shapely_row_by_row(begin, history, cut, data):
    snapshot, plain = written(begin, history)
    corners = data.draw(
        st.lists(st.tuples(st.floats(113.6, 114.2), st.floats(22.3, 22.9)), min_size=3, max_size=12)
    )
    hull = shapely.MultiPoint(corners).convex_hull
    hole = shapely.Point(113.9, 22.6).buffer(data.draw(st.floats(0.001, 0.05)))
    polygon = data.draw(st.sampled_from([hull, hull.difference(hole), hull.union(hole)]))
    if polygon.geom_type not in ("Polygon", "MultiPolygon") or not polygon.is_valid or polygon.is_empty:
        return
    inside = [row for row in kept(plain, cut) if polygon.contains(shapely.Point(*stored(row)))]
    # A corner may fall on a row's centimetre: such a draw says nothing.
    if any(polygon.boundary.distance(shapely.Point(*stored(row))) < 1e-6 for row in plain):
        return
    found = count(snapshot, cut, Polygon(polygon))
    assert found.by_kind_and_region(12) == Counter(
        (NAMES.layers[row.layer], NAMES.sectors[row.sector], str(row.region)) for row in inside
    )
    assert Counter(ids(snapshot, cut, Polygon(polygon))) == Counter(row.id for row in inside)


@settings(max_examples=100, deadline=None)
@given(begin=st.lists(rows, max_size=60), history=acts, cut=filters, data=st.data())
def test_counts_on_a_screen_equal_a_count_by_hand(begin, history, cut, data):
    snapshot, plain = written(begin, history)
    west, east = sorted(data.draw(st.tuples(st.floats(113.5, 114.2), st.floats(113.5, 114.2))))
    south, north = sorted(data.draw(st.tuples(st.floats(22.3, 22.9), st.floats(22.3, 22.9))))
    (x0, x1), (y0, y1) = grid.project(np.array([west, east]), np.array([north, south]))
    places = [(row, *place_of(row)) for row in kept(plain, cut)]
    mine = [row for row, x, y in places if x0 <= x <= x1 and y0 <= y <= y1]
    found = count(snapshot, cut, Rectangle(west, south, east, north))
    expected = Counter((NAMES.layers[row.layer], NAMES.colours[colour_of(row, cut)]) for row in mine)
    assert {(a, c): n for a, each in found.by_layer_and_colour().items() for c, n in each.items()} == expected
    assert count(snapshot, cut).total == len(kept(plain, cut))


@settings(max_examples=50, deadline=None)
@given(begin=st.lists(rows, max_size=30), history=acts)
def test_the_tag_of_a_tile_is_that_of_its_rows_however_they_came(begin, history):
    snapshot, plain = written(begin, history)
    again, _ = written(plain, [])
    whole = grid.tile_run(0, 0, 0)
    assert tag_of(snapshot, *whole) == tag_of(again, *whole) == tag_of(snapshot.merged(), *whole)
    if plain:
        changed, _ = written([replace(plain[0], colour=(plain[0].colour + 1) % 5), *plain[1:]], [])
        assert tag_of(changed, *whole) != tag_of(again, *whole)


def stored(row):
    """Degrees of the row as the index keeps them: to the centimetre."""
    x, y = place_of(row)
    lon, lat = grid.unproject(np.array([x]), np.array([y]))
    return lon[0], lat[0]


def test_a_place_is_kept_to_a_centimetre():
    lon, lat = np.array([113.912345678, -70.1]), np.array([22.654321098, -53.2])
    x, y = grid.project(lon, lat)
    back = grid.unproject(np.floor(x), np.floor(y))
    assert np.abs(back[0] - lon).max() < 1.2e-7
    assert np.abs(back[1] - lat).max() < 1.2e-7


def test_keys_go_there_and_back():
    x = np.array([0, 1, 2**32 - 1, 0x12345678], np.uint64)
    found = grid.separate(grid.interleave(x, x[::-1]))
    assert found[0].tolist() == x.tolist()
    assert found[1].tolist() == x[::-1].tolist()


@pytest.mark.parametrize("address", [(3, 8, 0), (3, 0, -1), (-1, 0, 0), (21, 0, 0)])
def test_there_is_no_tile_outside_the_world(address):
    with pytest.raises(ValueError, match="tile"):
        Tiles().tile(Snapshot(NAMES), Filter(("point",)), *address)


def test_a_large_delta_is_merged_and_nothing_changes():
    dice = np.random.default_rng(5)
    begin = [Row(n, 0, 113.9 + n / 1e5, 22.6, n % 5, 0, 0, REGIONS[0]) for n in range(6000)]
    snapshot, plain = written(
        begin, [([replace(row, lat=22.7) for row in begin if dice.random() < 0.9], set())]
    )
    assert snapshot.heavy
    merged = snapshot.merged()
    assert not merged.heavy
    cut = Filter(("point",))
    box = Rectangle(113.0, 22.65, 115.0, 23.0)
    assert (
        count(merged, cut, box).total
        == count(snapshot, cut, box).total
        == sum(row.lat == 22.7 for row in plain)
    )
