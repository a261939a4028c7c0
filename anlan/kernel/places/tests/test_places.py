import random

import pytest

from anlan.kernel.core.errors import Refused
from anlan.kernel.places.actions import declare_kind, load_regions, new_place
from anlan.kernel.places.models import Place, Region
from anlan.kernel.places.queries import affected, metres_between, nearest, neighbours, regions_touching
from tests.people import DISTRICT, HARBOUR, LONG_AGO, NOON, QUAY, TERRACE, add_place, add_regions

pytestmark = pytest.mark.django_db

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[113.9, 22.6], [113.92, 22.6], [113.92, 22.62], [113.9, 22.62], [113.9, 22.6]]],
}


def test_nearest_orders_as_the_globe_does() -> None:
    add_regions()
    dice = random.Random(7)
    places = [
        add_place(f"p{i}", QUAY, lon=dice.uniform(113.7, 114.1), lat=dice.uniform(22.5, 22.8))
        for i in range(120)
    ]
    for _ in range(20):
        lon, lat = dice.uniform(113.7, 114.1), dice.uniform(22.5, 22.8)
        found = nearest(lon=lon, lat=lat, kinds=["waterlogging_point"], count=5)
        true = sorted(metres_between(lon, lat, p.lon, p.lat) for p in places)[:5]
        assert [distance for _, distance in found] == pytest.approx(true)


def test_a_polygon_gives_the_places_inside_it_by_kind_and_street() -> None:
    add_regions()
    inside = add_place("inside", QUAY, lon=113.91, lat=22.61)
    add_place("outside", QUAY, lon=113.95, lat=22.61)
    found = affected(area=SQUARE, kinds=["waterlogging_point"], at=NOON)
    assert (found.counts, found.by_region) == ({"waterlogging_point": 1}, {HARBOUR: 1})
    assert list(found.place_ids()) == [inside.pk]


def test_regions_give_what_lies_in_their_subtree() -> None:
    add_regions()
    harbour = add_place("at the quay", QUAY)
    add_place("on the hill", TERRACE)
    assert list(affected(area=[HARBOUR], kinds=["waterlogging_point"], at=NOON).place_ids()) == [harbour.pk]


def test_a_polygon_names_the_regions_it_covers_and_not_those_it_only_touches() -> None:
    beside = {
        "type": "Polygon",
        "coordinates": [[[113.92, 22.6], [113.94, 22.6], [113.94, 22.62], [113.92, 22.62], [113.92, 22.6]]],
    }
    load_regions(
        {DISTRICT: "d", HARBOUR: "h", QUAY: "a", "440399001002": "b"},
        outlines={QUAY: SQUARE, "440399001002": beside},
        origin="test",
        by="service:test",
        at=NOON,
    )
    assert regions_touching(SQUARE) == [QUAY]


def test_a_bow_tie_is_no_area() -> None:
    tie = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}
    with pytest.raises(Refused, match=r"closed polygon|闭合多边形"):
        affected(area=tie, kinds=["waterlogging_point"], at=NOON)


def test_loading_a_tree_twice_changes_nothing_and_keeps_parents() -> None:
    names = {"110000000000": "北京", "110101000000": "东城区", "110101001000": "东华门街道"}
    for _ in range(2):
        load_regions(names, by="service:test", at=NOON)
    assert Region.objects.count() == 3
    assert Region.objects.get(pk="110101001000").parent_id == "110101000000"
    assert Region.objects.get(pk="110101000000").parent_id == "110000000000"


def test_gcj02_is_turned_at_the_door() -> None:
    add_regions()
    kind = declare_kind(code="shelter", label="避难场所", label_en="Shelter")
    place = new_place(kind=kind, name="s", region=QUAY, lon=113.885, lat=22.557, system="gcj02", at=LONG_AGO)
    assert place.lon == pytest.approx(113.880, abs=0.001)


@pytest.mark.parametrize(("lon", "lat"), [(22.6, 113.9), (0, 0), (200, 10)])
def test_a_position_that_is_none_is_refused_by_name(lon: float, lat: float) -> None:
    kind = declare_kind(code="shelter", label="避难场所", label_en="Shelter")
    with pytest.raises(Refused) as refusal:
        new_place(kind=kind, name="Hall", region=QUAY, lon=lon, lat=lat, at=LONG_AGO)
    assert refusal.value.field == "lon"


def test_attributes_are_checked_against_their_declaration() -> None:
    kind = declare_kind(
        code="shelter",
        label="避难场所",
        label_en="Shelter",
        attributes={"beds": {"type": "number", "required": True}},
    )
    for attributes, word in (
        ({}, "missing"),
        ({"beds": "many"}, "not a number"),
        ({"beds": 3, "x": 1}, "not declared"),
    ):
        with pytest.raises(Refused) as refusal:
            new_place(
                kind=kind, name="Hall", region=QUAY, lon=113.9, lat=22.6, at=LONG_AGO, attributes=attributes
            )
        assert refusal.value.facts["problem"] == word
    assert Place.objects.count() == 0


def test_neighbours_touch_and_others_do_not() -> None:
    def box(x: float) -> dict:
        return {"type": "Polygon", "coordinates": [[[x, 0], [x + 1, 0], [x + 1, 1], [x, 1], [x, 0]]]}

    codes = [f"44039900{n}000" for n in (1, 2, 3)]
    outlines = {code: box(x) for code, x in zip(codes, (0, 1, 5), strict=True)}
    load_regions(
        {DISTRICT: "d", **dict.fromkeys(codes, "s")},
        outlines=outlines,
        origin="test",
        by="service:test",
        at=NOON,
    )
    found = neighbours(parent=DISTRICT)
    assert (found[codes[0]], found[codes[2]]) == (frozenset({codes[1]}), frozenset())
