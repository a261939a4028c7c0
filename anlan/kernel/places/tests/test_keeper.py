"""The index follows the ledger of a real PostgreSQL: what an act wrote shows after the next look at the feed."""

import time
from uuid import UUID

import numpy as np
import pytest

from anlan.kernel.core.errors import Refused
from anlan.kernel.ledger.actions import record
from anlan.kernel.ledger.sequencer import sequence_all
from anlan.kernel.places import layers
from anlan.kernel.places.actions import add_places, new_place
from anlan.kernel.places.columns import ids_text, read_rows
from anlan.kernel.places.index.counting import count, ids
from anlan.kernel.places.index.keeper import Keeper, keeper
from anlan.kernel.places.index.reading import PLACE
from anlan.kernel.places.index.snapshot import Filter
from anlan.kernel.places.models import Place, PlaceKind
from anlan.kernel.places.queries import affected
from anlan.kernel.places.spec import Layer
from tests.people import HARBOUR, LONG_AGO, NOON, QUAY, TERRACE, add_place, add_regions

pytestmark = pytest.mark.django_db(transaction=True)

COLOURS = ("none", "blue", "yellow", "orange", "red")
LAMPS = """
SELECT id, lon, lat, region_id::bigint, (attributes->>'now')::smallint, (attributes->>'worst')::smallint, 0::smallint,
       active
  FROM places_place WHERE kind_id = 'lamp'
"""
SQUARE = {
    "type": "Polygon",
    "coordinates": [[[113.9, 22.6], [113.92, 22.6], [113.92, 22.62], [113.9, 22.62], [113.9, 22.6]]],
}


def read_lamps(wanted):
    return (
        read_rows(LAMPS)
        if wanted is None
        else read_rows(LAMPS + "AND id = ANY(%s::uuid[])", [ids_text(wanted)])
    )


@pytest.fixture
def lamp_layer(monkeypatch):
    monkeypatch.setattr(layers, "_layers", {})
    layers.register_layer(Layer("lamp", "Lamps", read_lamps, ("places.regions_loaded",), COLOURS))


@pytest.fixture
def own():
    """A keeper of this test's own, and the house's let go."""
    found = Keeper()
    yield found
    found.stop()
    keeper.stop()


def add_lamp(name="lamp", lon=113.91, lat=22.61, region=QUAY, now=1, worst=4):
    place = add_place(name, region, lon=lon, lat=lat, kind="lamp")
    Place.objects.filter(pk=place.pk).update(attributes={"now": now, "worst": worst})
    return place


def tell(*lamps):
    """An act about some lamps, with its place in the sequence."""
    facts = {"rows": len(lamps), "origin": ""} | (
        {"ids": [str(each.pk) for each in lamps]} if len(lamps) > 1 else {}
    )
    record(
        code="places.regions_loaded", subject=("lamp", lamps[0].pk), facts=facts, by="service:test", at=NOON
    )
    sequence_all()


def seen(index, axis="current", regions=None):
    return (
        count(index.current, Filter(("lamp",), axis, regions=regions)).by_layer_and_colour().get("lamp", {})
    )


@pytest.mark.usefixtures("lamp_layer")
def test_a_row_recoloured_moved_closed_or_new_shows_after_a_look_at_the_feed(own):
    add_regions()
    lamp, other = add_lamp(), add_lamp("other", now=2)
    own.rebuild()
    assert (seen(own), seen(own, "worst")) == ({"blue": 1, "yellow": 1}, {"red": 2})
    Place.objects.filter(pk=lamp.pk).update(attributes={"now": 4, "worst": 4})
    tell(lamp)
    assert own.refresh() == 1
    assert seen(own) == {"red": 1, "yellow": 1}
    Place.objects.filter(pk=lamp.pk).update(lon=113.5, region_id=TERRACE)
    tell(lamp)
    own.refresh()
    assert (seen(own, regions=("440399001",)), seen(own, regions=("440399004",))) == (
        {"yellow": 1},
        {"red": 1},
    )
    Place.objects.filter(pk=lamp.pk).update(active=False)
    tell(lamp, other, add_lamp("third", now=3))
    assert own.refresh() == 3
    assert seen(own) == {"orange": 1, "yellow": 1}


@pytest.mark.usefixtures("lamp_layer")
def test_what_nobody_told_is_not_read_and_a_new_process_reads_all(own):
    add_regions()
    lamp = add_lamp()
    own.rebuild()
    Place.objects.filter(pk=lamp.pk).update(attributes={"now": 4, "worst": 4})
    assert own.refresh() == 0
    assert seen(own) == {"blue": 1}
    other = Keeper()
    other.rebuild()
    assert seen(other) == {"red": 1}


@pytest.mark.usefixtures("lamp_layer")
def test_the_thread_builds_follows_and_stops(own, monkeypatch):
    add_regions()
    lamp = add_lamp()
    assert own.current is None
    with monkeypatch.context() as patch:
        patch.setattr(own, "refresh", lambda: time.sleep(0.2))
        own.start()
        with pytest.raises(Refused, match=r"put together|正在"):
            own.ready()
    assert until(lambda: own.state == "ready")
    Place.objects.filter(pk=lamp.pk).update(attributes={"now": 3, "worst": 4})
    tell(lamp)
    assert until(lambda: seen(own) == {"orange": 1})
    assert own.detail()["rows"] == 2  # as a lamp, and as a place
    own.stop()
    assert (own.current, own.state) == (None, "off")


def until(true, tries=200):
    """Whether something comes true within ten seconds."""
    for _ in range(tries):
        if true():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.usefixtures("lamp_layer")
def test_a_layer_that_cannot_be_read_is_said_and_tried_again(own, monkeypatch):
    def broken(wanted):
        raise RuntimeError("no")

    monkeypatch.setattr(layers, "_layers", {"lamp": Layer("lamp", "", broken, (), COLOURS)})
    own.start()
    assert until(lambda: own.state == "failed")
    assert own.detail()["said"] == "RuntimeError"


@pytest.mark.usefixtures("lamp_layer")
def test_a_kind_of_place_that_came_later_is_read_too(own):
    add_regions()
    own.rebuild()
    kind = PlaceKind.objects.create(code="pump", label="泵站", label_en="Pump")
    add_places([new_place(kind=kind, name="p", region=QUAY, lon=113.91, lat=22.61, at=LONG_AGO)], by="service:test", at=NOON)  # fmt: skip
    sequence_all()
    own.refresh()
    assert count(own.current, Filter((PLACE,), sectors=("pump",))).total == 1


@pytest.mark.usefixtures("lamp_layer")
def test_an_affected_set_counts_layers_and_places_and_names_rows_when_asked(own):
    add_regions()
    inside, outside = add_lamp(), add_lamp("outside", lon=113.95)
    point = add_place("under the bridge", QUAY, lon=113.915, lat=22.615)
    assert affected(area=SQUARE, kinds=["lamp"], at=NOON).counts == {
        "lamp": 1
    }  # read for this question alone
    before = affected(area=SQUARE, kinds=["waterlogging_point"], at=NOON)
    assert len(keeper.rebuild()) == 5  # three places, two of them lamps as well
    found = affected(area=SQUARE, kinds=["lamp", "waterlogging_point"], at=NOON)
    assert found.cells == {("lamp", HARBOUR): 1, ("waterlogging_point", HARBOUR): 1}
    assert (found.counts["waterlogging_point"], found.by_region) == (
        before.counts["waterlogging_point"],
        {HARBOUR: 2},
    )
    assert (list(found.ids("lamp")), list(found.place_ids())) == ([inside.pk], [point.pk])
    whole = affected(area=[HARBOUR], kinds=["lamp"], at=NOON)
    assert set(whole.ids("lamp")) == {inside.pk, outside.pk}
    assert affected(area=SQUARE, kinds=["lamp"], at=NOON, within=["440399004"]).counts == {}


@pytest.mark.usefixtures("lamp_layer")
def test_places_are_read_from_their_rows_where_somebody_is_called(own):
    """The list of people to call must not lag a second behind."""
    add_regions()
    keeper.rebuild()
    late = add_place("just now", QUAY, lon=113.91, lat=22.61)
    found = affected(area=SQUARE, kinds=["waterlogging_point"], at=NOON)
    assert list(found.place_ids()) == [late.pk]


def test_columns_of_another_type_are_refused_by_name():
    with pytest.raises(ValueError, match="columns"):
        read_rows("SELECT 1")
    short = (
        "SELECT gen_random_uuid(), 1.0::float8, 2.0::float8, 3::bigint, {}, 0::smallint, 0::smallint, true"
    )
    assert len(read_rows(short.format("0::smallint")).ids) == 1
    with pytest.raises(ValueError, match="colum"):
        read_rows(f"{short.format('null::smallint')} UNION ALL {short.format('null::smallint')}")


def test_a_hundred_thousand_rows_come_over_whole():
    found = read_rows(
        "SELECT lpad(to_hex(n), 32, '0')::uuid, n / 1e4::float8, 22.5::float8, n::bigint, 1::smallint, 2::smallint,"
        " 3::smallint, n % 2 = 0 FROM generate_series(1, 100000) n"
    )
    assert found.region.tolist() == list(range(1, 100001))
    assert UUID(bytes=found.ids[-1].tobytes()) == UUID(int=100000)
    assert np.allclose(found.lon, np.arange(1, 100001) / 1e4)
    assert (found.colour_worst[5], found.sector[5], int(found.alive.sum())) == (2, 3, 50000)


@pytest.mark.usefixtures("lamp_layer")
def test_ids_are_the_rows_of_the_filter(own):
    add_regions()
    here, _there = add_lamp(now=4), add_lamp("b", now=1, region=TERRACE)
    own.rebuild()
    assert list(ids(own.current, Filter(("lamp",), colours=("red",)))) == [here.pk]
