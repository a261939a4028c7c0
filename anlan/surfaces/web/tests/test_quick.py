"""Tiles and counts past Django: the same answers, and never to a session that Django has not let in."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from anlan.kernel.places.index.keeper import keeper
from anlan.surfaces.web.pages import mapping
from anlan.surfaces.web.quick import answer_quick, quick
from anlan.surfaces.web.tests.test_map import address, here  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
COUNTS = "/map/counts.json?layers=risk_point"


class Headers(dict):
    def get_all(self, name):
        return [self[name]] if name in self else []


class Scope:
    def __init__(self, url, browser=None, method="GET", **headers):
        self.method = method
        self.path, _, self.query_string = url.partition("?")
        cookie = {"cookie": f"a=b; anlan_session={browser.cookies['anlan_session'].value}"} if browser else {}
        self.headers = Headers(cookie | {name.replace("_", "-"): value for name, value in headers.items()})


class Proto:
    def response_bytes(self, status, headers, body):
        self.status, self.headers, self.body = status, dict(headers), body


def answered(make):
    proto = Proto()
    with ThreadPoolExecutor(1) as pool:
        asyncio.run(answer_quick(make, proto, pool))
    return proto


@pytest.mark.parametrize("url", [address(12), address(17), COUNTS, f"{COUNTS}&bbox=113.8,22.5,114,22.7", address(12, region="0")])  # fmt: skip
def test_past_django_the_same_bytes_and_headers_go_out(here, signed_in, url):  # noqa: F811
    browser = signed_in(here.owner)
    through = browser.get(url)
    made = quick(Scope(url, browser))()
    assert (made.status, made.body) == (200, through.content)
    same = {name: value for name, value in made.headers.items() if name != "vary"}
    assert {name: through.headers[name] for name in same} == same


def test_a_session_that_django_has_not_let_in_is_not_answered(here, signed_in, client):  # noqa: F811
    browser = signed_in(here.owner)
    assert quick(Scope(COUNTS, browser)) is None
    assert quick(Scope(COUNTS)) is None
    client.get(COUNTS)
    assert quick(Scope(COUNTS, client if "anlan_session" in client.cookies else None)) is None


def test_after_the_seconds_for_which_a_reader_is_known_django_is_asked_again(here, signed_in, monkeypatch):  # noqa: F811
    monkeypatch.setattr(mapping, "KNOWN_S", 0.0)
    browser = signed_in(here.owner)
    assert browser.get(COUNTS).status_code == 200
    assert quick(Scope(COUNTS, browser)) is None


def test_only_tiles_and_counts_are_answered_past_django(here, signed_in):  # noqa: F811
    browser = signed_in(here.owner)
    browser.get(COUNTS)
    for url in (
        "/map/",
        "/map/base.geojson",
        "/map/objects/?o=1",
        "/map/tiles/1/0/0.mvt/",
        "/map/tiles/1/0/-1.mvt",
    ):
        assert quick(Scope(url, browser)) is None
    assert quick(Scope(COUNTS, browser, method="POST")) is None
    assert quick(Scope(f"{COUNTS}&{'a=1&' * 60}", browser)) is None


def test_a_tile_past_django_is_not_sent_twice_and_one_that_is_not_there_is_404(here, signed_in, monkeypatch):  # noqa: F811
    browser = signed_in(here.owner)
    monkeypatch.setattr(keeper, "current", keeper.ready())  # as in a server: no rows are read for a tile
    first = browser.get(address(12))
    again = answered(quick(Scope(address(12), browser, if_none_match=first.headers["ETag"])))
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", first.headers["ETag"])
    assert answered(quick(Scope("/map/tiles/3/9/0.mvt?layers=risk_point", browser))).status == 404


def test_what_one_may_see_cuts_past_django_too(here, signed_in, monkeypatch):  # noqa: F811
    outsider = signed_in(here.outsider)
    monkeypatch.setattr(keeper, "current", keeper.ready())
    outsider.get(COUNTS)
    found = answered(quick(Scope(COUNTS, outsider)))
    assert json.loads(found.body)["total"] == 0
