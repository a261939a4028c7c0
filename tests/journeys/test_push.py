"""Messages on a device: allowed by a tap, shown while no page is open, a tap on them opens the page; taken back."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from anlan.kernel.core import clock
from anlan.kernel.messaging.models import WebPushSubscription
from anlan.kernel.orgs.models import Account
from tests.people import district

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

SCOPE = "/static/build/"
# The one thing that is not there without the internet: the maker's push service, which hands out the endpoint.
SERVICE = """
let made = null;
const fake = () => ({
  endpoint: "https://push.example/1", unsubscribe: async () => { made = null; localStorage.removeItem("made"); return true; },
  toJSON: () => ({ endpoint: "https://push.example/1", keys: { p256dh: "p", auth: "a" } }),
});
PushManager.prototype.subscribe = async (how) => {
  if (how.applicationServerKey.length !== 65) throw new Error("no key");
  localStorage.setItem("made", "1"); made = fake(); return made;
};
PushManager.prototype.getSubscription = async () => (localStorage.getItem("made") ? fake() : null);
"""


def come_in(page: Any, url: str, account: Account) -> Any:
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])
    return page


def push(page: Any, url: str, told: dict[str, str]) -> None:
    """What the push service would bring: the browser's own door for it."""
    tools = page.context.new_cdp_session(page)
    found: list[str] = []
    tools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda news: found.extend(row["registrationId"] for row in news["registrations"]),
    )
    tools.send("ServiceWorker.enable")
    page.wait_for_timeout(200)
    tools.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": url, "registrationId": found[0], "data": json.dumps(told)},
    )


def shown(page: Any) -> list[dict[str, str]]:
    return page.evaluate(
        "async (scope) => { const r = await navigator.serviceWorker.getRegistration(scope);"
        " return (await r.getNotifications()).map((n) => ({title: n.title, body: n.body, link: n.data.link})); }",
        SCOPE,
    )


@pytest.mark.parametrize(("size", "language"), [("desktop", "zh-hans"), ("phone", "en")])
def test_a_device_is_allowed_by_a_tap_shows_a_message_and_is_taken_back(
    open_page: Callable[..., Any], see: Callable[..., None], live_server: Any, size: str, language: str
) -> None:
    here = district()
    page = come_in(open_page(size, language), live_server.url, here.owner.account)
    page.add_init_script(SERVICE)
    page.context.grant_permissions(["notifications"], origin=live_server.url)
    page.goto(f"{live_server.url}/account/messages/")
    page.locator("[data-island=push] button").wait_for()
    see(page, f"push-off-{size}-{language}")
    assert not WebPushSubscription.objects.exists()  # opening the page asks for nothing
    page.locator("[data-island=push] button").click()
    page.locator("form[action*='/end/']").wait_for()
    see(page, f"push-on-{size}-{language}")
    row = WebPushSubscription.objects.get()
    assert (row.person, row.endpoint, row.gone_at) == (here.owner, "https://push.example/1", None)

    told = {"title": "叫应", "text": "请立即到岗。", "link": "http://other.example/a/token/", "tag": "1"}
    for _ in range(2):  # told twice it is shown once
        push(page, live_server.url, told)
    page.wait_for_timeout(500)
    assert shown(page) == [{"title": "叫应", "body": "请立即到岗。", "link": told["link"]}]
    assert opened_by_a_tap(page) == f"{live_server.url}/a/token/"

    page.locator("[data-island=push] button").click()
    page.locator("form[action*='/end/']").wait_for(state="detached")
    row.refresh_from_db()
    assert row.gone_at is not None


def opened_by_a_tap(page: Any) -> str:
    """Tap the notification in the worker itself; which window would it open? (A real one needs a real finger.)"""
    (worker,) = page.context.service_workers
    return worker.evaluate(
        "async () => { let url = ''; self.clients.openWindow = async (to) => { url = to; };"
        " const [notification] = await self.registration.getNotifications();"
        " const tap = new NotificationEvent('notificationclick', {notification});"
        " self.dispatchEvent(tap); await new Promise((done) => setTimeout(done, 300)); return url; }"
    )


def test_another_device_is_taken_back_from_the_list(open_page: Callable[..., Any], live_server: Any) -> None:
    here = district()
    WebPushSubscription.objects.create(
        person=here.owner, endpoint="https://push.example/lost", p256dh="p", auth="a", created_at=clock.real_now()
    )  # fmt: skip
    page = come_in(open_page(), live_server.url, here.owner.account)
    page.goto(f"{live_server.url}/account/messages/")
    page.locator("form[action*='/end/'] button").click()
    page.locator("form[action*='/end/']").wait_for(state="detached")
    assert not WebPushSubscription.objects.filter(gone_at=None).exists()
