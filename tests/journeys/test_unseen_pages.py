"""Pages that only a browser can show: the map's drawing tool and time line, the watch seat, the answer link, TOTP."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from anlan.domains.sensing.actions import declare_stations
from anlan.domains.sensing.actions.stations import StationGiven
from anlan.kernel.core import clock
from anlan.kernel.messaging.actions import send
from anlan.kernel.messaging.models import Answer
from anlan.kernel.messaging.registry import register_kind
from anlan.kernel.messaging.spec import MessageKind
from anlan.kernel.messaging.tokens import token_for
from anlan.kernel.orgs.actions import enrol_seat, set_pin
from anlan.kernel.orgs.models import Account
from anlan.kernel.places.models import Region
from anlan.surfaces.web.people import SEAT_COOKIE
from tests import people

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
LOOKS = [("desktop", "zh-hans"), ("phone", "en")]
SQUARE = {
    "type": "Polygon",
    "coordinates": [[[113.8, 22.55], [114.0, 22.55], [114.0, 22.75], [113.8, 22.75], [113.8, 22.55]]],
}


def come_in(page: Any, url: str, account: Account) -> Any:
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])
    return page


def on_the_map(here: people.District) -> None:
    Region.objects.filter(pk__in=[people.DISTRICT, people.HARBOUR]).update(
        outline=SQUARE, outline_origin="test", lon=113.9, lat=22.65
    )
    people.add_place("码头易涝点", people.QUAY, lon=113.9, lat=22.65)
    declare_stations(
        [StationGiven("YL1", "码头雨量站", people.QUAY, lon=113.905, lat=22.655)],
        exercise_id=None, by="service:test", at=clock.real_now() - timedelta(days=1),
    )  # fmt: skip


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_a_polygon_drawn_on_the_map_becomes_counts_and_the_time_line_goes_back(
    open_page: Callable[..., Any], see: Callable[..., None], live_server: Any, size: str, language: str
) -> None:
    here = people.district()
    on_the_map(here)
    page = come_in(open_page(size, language), live_server.url, here.owner.account)
    page.goto(f"{live_server.url}/map/")
    page.wait_for_selector("[data-island=map][data-idle]")
    see(page, f"map-{size}-{language}")
    page.locator("[data-draw]").first.click()
    box = page.locator("canvas.maplibregl-canvas").bounding_box()
    assert box is not None
    corners = [(0.3, 0.35), (0.7, 0.35), (0.7, 0.7), (0.3, 0.7)]
    for x, y in corners:
        page.mouse.click(box["x"] + box["width"] * x, box["y"] + box["height"] * y)
        page.wait_for_timeout(400)
    page.keyboard.press("Enter")
    page.wait_for_selector("#map-side.has-selection h2", timeout=20_000)
    assert "1" in page.locator("#map-side").inner_text()
    see(page, f"map-drawn-{size}-{language}")
    slider = page.locator(".map-scrub input[type=range]")
    slider.focus()
    page.keyboard.press("Home")
    page.wait_for_timeout(1500)
    see(page, f"map-scrubbed-{size}-{language}")


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_a_watch_seat_asks_for_the_pin_of_who_acts(
    open_page: Callable[..., Any], see: Callable[..., None], live_server: Any, size: str, language: str
) -> None:
    here = people.district()
    people.add_duty(here.colleague, "watch_officer", people.DISTRICT)
    now = clock.real_now()
    set_pin(person=here.colleague, pin="482913", by=here.colleague.by, at=now)
    _seat, token = enrol_seat(name="值班一席", region=people.DISTRICT, by="service:test", at=now)
    page = come_in(open_page(size, language), live_server.url, here.colleague.account)
    page.context.add_cookies([{"name": SEAT_COOKIE, "value": token, "url": live_server.url}])
    page.goto(f"{live_server.url}/seat/")
    see(page, f"seat-{size}-{language}")
    page.goto(f"{live_server.url}/signals/new/")
    see(page, f"seat-pin-{size}-{language}")
    assert page.locator("fieldset.pin").is_visible()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_answer_link_is_one_message_and_one_big_button(
    open_page: Callable[..., Any], see: Callable[..., None], live_server: Any, language: str
) -> None:
    here = people.district()
    now = clock.real_now()
    register_kind(MessageKind("test.unseen", "Call-out"))
    message = send(
        kind="test.unseen", to=here.owner.pk, text="18:06 起短时强降雨，请到岗巡查易涝点。", title="暴雨叫应", urgency=2,
        expires=now + timedelta(hours=2), answers=("received", "on_post"), subject=("test.thing", "1"),
        by="service:test", at=now,
    )  # fmt: skip
    page = open_page("phone", language)
    page.goto(f"{live_server.url}/a/{token_for(message.pk)}/")
    see(page, f"answer-{language}")
    page.locator("form button").first.click()
    page.wait_for_load_state()
    see(page, f"answered-{language}")
    assert Answer.objects.filter(message=message, kind="received").exists()


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_an_authenticator_is_enrolled(
    open_page: Callable[..., Any], see: Callable[..., None], live_server: Any, size: str, language: str
) -> None:
    here = people.district()
    page = come_in(open_page(size, language), live_server.url, here.owner.account)
    session = Client()
    session.force_login(here.owner.account, backend="django.contrib.auth.backends.ModelBackend")
    store = session.session
    store["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    store.save()
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": session.cookies[name].value, "url": live_server.url}])
    page.goto(f"{live_server.url}/accounts/2fa/")
    see(page, f"totp-index-{size}-{language}")
    page.goto(f"{live_server.url}/accounts/2fa/totp/activate/")
    see(page, f"totp-{size}-{language}")
    assert page.locator("input[name=code]").is_visible()
