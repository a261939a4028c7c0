"""The risk map: what somebody sees on it is what they see in the lists, and nothing of it is drawn twice."""

import json
from urllib.parse import urlencode

import mapbox_vector_tile
import numpy as np
import pytest
from django.urls import reverse

from anlan.domains.risks.models import RiskPoint
from anlan.domains.risks.tests.ground import a_firm, a_point, a_source, another_firm
from anlan.kernel.core import clock
from anlan.kernel.places.index.grid import BITS, project
from anlan.kernel.places.index.keeper import keeper
from anlan.kernel.places.index.views import EXACT
from anlan.surfaces.web.pages import mapping
from tests import people

pytestmark = pytest.mark.django_db
LON, LAT = 113.9, 22.6
RING = [[113.89, 22.59], [113.91, 22.59], [113.91, 22.61], [113.89, 22.61], [113.89, 22.59]]


@pytest.fixture
def here(db):
    """Two firms at the quay: a red point with a source, and a blue one beside it."""
    district = people.district()
    red = a_point(a_firm(district), current_level=4)
    a_source(red)
    a_point(another_firm("91440399000000000X"), "FX-2", name="氨机房", current_level=1, lon=LON + 0.00001)
    return district


def address(zoom, **asked):
    x, y = (int(each[0]) >> (BITS - zoom) for each in project(np.array([LON]), np.array([LAT])))
    return f"{reverse('web:map_tile', args=[zoom, x, y])}?{urlencode({'layers': 'risk_point'} | asked)}"


def features(answer):
    """Properties of the features of a tile, by its layers."""
    found = mapbox_vector_tile.decode(answer.content, default_options={"y_coord_down": True})
    return {name: [(f["id"], f["properties"]) for f in each["features"]] for name, each in found.items()}


@pytest.mark.feature("M369")
def test_from_afar_a_cell_says_how_many_of_each_level_on_the_axis_chosen(here, signed_in):
    browser = signed_in(here.owner)
    [(_, cell)] = features(browser.get(address(12)))["cells"]
    assert (cell["n"], cell["colour"], cell["n_red"], cell["n_blue"]) == (2, "red", 1, 1)
    [(_, cell)] = features(browser.get(address(12, axis="worst", colours="red")))["cells"]
    assert (cell["n"], cell["n_red"]) == (2, 2)
    [(_, cell)] = features(browser.get(address(12, layers="risk_point,risk_source", sectors="C")))["cells"]
    assert cell["n"] == 2


@pytest.mark.feature("M369")
def test_a_close_tile_holds_each_point_and_a_click_opens_its_card(here, signed_in):
    browser = signed_in(here.owner)
    objects = features(browser.get(address(EXACT)))["objects"]
    assert sorted(each["colour"] for _, each in objects) == ["blue", "red"]
    red = next(short for short, each in objects if each["colour"] == "red")
    card = browser.get(reverse("web:map_objects"), {"o": red}).content.decode()
    assert "喷漆车间除尘器" in card
    assert "海风家具厂" in card
    both = browser.get(reverse("web:map_objects"), {"o": [short for short, _ in objects]}).content.decode()
    assert "氨机房" in both


def test_another_street_gets_no_tile_no_count_and_no_card(here, signed_in):
    short, _ = features(signed_in(here.owner).get(address(EXACT)))["objects"][0]
    outsider = signed_in(here.outsider)
    for zoom in (5, 12, EXACT):
        assert features(outsider.get(address(zoom))) == {}
    assert counted(outsider)["total"] == 0
    assert outsider.get(reverse("web:map_objects"), {"o": short}).status_code == 404


def test_a_firm_sees_no_tiles_of_others_and_the_card_of_its_own_point(here, signed_in):
    objects = features(signed_in(here.owner).get(address(EXACT)))["objects"]
    manager = signed_in(here.manager)
    assert features(manager.get(address(12))) == {}
    assert "data-objects" not in manager.get(reverse("web:map")).content.decode()
    status = {each["colour"]: manager.get(reverse("web:map_objects"), {"o": short}).status_code for short, each in objects}  # fmt: skip
    assert status == {"red": 200, "blue": 404}


def counted(browser, **asked):
    return browser.get(reverse("web:map_counts"), {"layers": "risk_point,risk_source", **asked}).json()


def test_the_strip_counts_what_the_screen_shows(here, signed_in):
    browser = signed_in(here.owner)
    all_of_it = {"risk_point": {"red": 1, "blue": 1}, "risk_source": {"yellow": 1}}
    assert counted(browser, bbox="113.8,22.5,114,22.7")["layers"] == all_of_it
    assert counted(browser, bbox="113.0,22.5,113.1,22.7")["total"] == 0
    assert counted(browser, region=people.HILL)["total"] == 0
    assert counted(browser, region=people.QUAY)["total"] == 3
    assert counted(browser, bbox="nonsense")["layers"] == all_of_it


def test_a_tile_that_did_not_change_is_not_sent_again(here, signed_in):
    browser = signed_in(here.owner)
    first = browser.get(address(12))
    assert "private" in first.headers["Cache-Control"]
    assert browser.get(address(12), headers={"if-none-match": first.headers["ETag"]}).status_code == 304
    RiskPoint.objects.filter(number="FX-2").update(current_level=3)
    again = browser.get(address(12), headers={"if-none-match": first.headers["ETag"]})
    assert features(again)["cells"][0][1]["n_orange"] == 1
    assert browser.get(address(12, colours="red")).headers["ETag"] != again.headers["ETag"]


def test_a_stranger_and_one_who_signed_out_get_no_tile(here, signed_in, client, monkeypatch):
    assert client.get(address(12)).status_code == 302
    browser = signed_in(here.owner)
    assert browser.get(address(12)).status_code == 200
    browser.cookies["anlan_session"] = "another"
    assert browser.get(address(12)).status_code == 302
    monkeypatch.setattr(mapping, "KNOWN_S", 0.0)
    browser = signed_in(here.colleague)
    assert browser.get(address(12)).status_code == 200
    here.colleague.duties.update(valid_to=clock.real_now())
    assert features(browser.get(address(12))) == {}


def test_while_the_rows_are_read_tiles_say_so_and_counts_too(here, signed_in, monkeypatch):
    monkeypatch.setattr(keeper, "_thread", object())
    browser = signed_in(here.owner)
    answer = browser.get(address(12))
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert counted(browser) == {"state": "building"}


@pytest.mark.parametrize("place", ["25/0/0", "3/9/0"])
def test_no_tile_where_there_is_none(here, signed_in, place):
    assert signed_in(here.owner).get(f"/map/tiles/{place}.mvt?layers=risk_point").status_code == 404


def test_a_drawn_area_counts_the_layers_that_are_switched_on(here, signed_in):
    area = json.dumps({"type": "Polygon", "coordinates": [RING]})
    page = signed_in(here.owner).post(reverse("web:map_affected"), {"area": area, "layers": "risk_point"})
    assert '<td class="num">2</td>' in page.content.decode()
    page = signed_in(here.outsider).post(reverse("web:map_affected"), {"area": area, "layers": "risk_point"})
    assert '<td class="num">2</td>' not in page.content.decode()


def test_the_page_offers_the_layers_the_axes_and_one_s_own_regions(here, signed_in):
    page = signed_in(here.owner).get(reverse("web:map")).content.decode()
    assert 'value="risk_point"' in page
    assert 'value="worst"' in page
    assert people.QUAY in page
    assert people.HILL not in page.split("data-objects")[1].split("</details>")[0]


def test_the_map_s_script_and_sheet_are_asked_for_while_the_page_is_read(here, signed_in):
    page = signed_in(here.owner).get(reverse("web:map")).content.decode()
    head = page.partition("</head>")[0]
    assert '<link rel="modulepreload" href="/static/build/assets/map-' in head
    assert '<link rel="stylesheet" href="/static/build/assets/map-' in head
