"""Web Push to the browsers a person has allowed. The VAPID key is made on first use under var/keys."""

import json
import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from django.conf import settings
from py_vapid import Vapid02
from py_vapid.utils import b64urlencode
from pywebpush import WebPushException, webpush

from anlan.kernel.core import clock
from anlan.kernel.messaging import rules
from anlan.kernel.messaging.channels.base import Config, Outcome, Parcel, number_of, one_by_one, text_of
from anlan.kernel.messaging.models import WebPushSubscription
from anlan.kernel.orgs.models import Person

_GONE = (404, 410)


@cache
def vapid_key() -> Vapid02:
    """This installation's key pair; browsers bind their permission to it."""
    path = Path(settings.ANLAN_VAR) / "keys" / "vapid.pem"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    vapid = Vapid02()
    vapid.generate_keys()
    draft = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(vapid.private_pem())
    try:
        # A hard link refuses to overwrite: of two processes starting together the first one's key holds.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return Vapid02.from_file(str(path))


def public_key() -> str:
    """What the browser's `applicationServerKey` wants."""
    point = vapid_key().public_key.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return str(b64urlencode(point))


class WebPushChannel:
    batch = 100

    def __init__(self, config: Config) -> None:
        self._contact = text_of(config, "contact", "mailto:duty@anlan.example")
        self._timeout_s = number_of(config, "timeout_s", 10)
        self._lines = int(number_of(config, "lines", 8))

    def address_of(self, person: Person) -> str:
        """The subscriptions are read in `send`, once for the whole batch."""
        return "browser"

    def send(self, parcels: Sequence[Parcel]) -> list[Outcome]:
        people = {parcel.person_id for parcel in parcels if parcel.person_id}
        browsers: dict[object, list[WebPushSubscription]] = {}
        for row in WebPushSubscription.objects.filter(person_id__in=people, gone_at=None):
            browsers.setdefault(row.person_id, []).append(row)
        asked = [parcel for parcel in parcels if parcel.person_id in browsers]
        gone: list[WebPushSubscription] = []
        sent = one_by_one(
            asked, lambda parcel: self._push(parcel, browsers[parcel.person_id], gone), lines=self._lines
        )
        WebPushSubscription.objects.filter(pk__in=[row.pk for row in gone]).update(gone_at=clock.real_now())
        told = {parcel.key: outcome for parcel, outcome in zip(asked, sent, strict=True)}
        none = Outcome(rules.ABSENT, detail="no browser has been allowed to show messages")
        return [told.get(parcel.key, none) for parcel in parcels]

    def _push(
        self, parcel: Parcel, browsers: Sequence[WebPushSubscription], gone: list[WebPushSubscription]
    ) -> Outcome:
        failures = []
        reached = 0
        for browser in browsers:
            try:
                self._to_browser(parcel, browser)
                reached += 1
            except WebPushException as failure:
                status = failure.response.status_code if failure.response is not None else 0
                failures.append(f"HTTP {status}" if status else type(failure).__name__)
                if status in _GONE:
                    gone.append(browser)
        if reached:
            return Outcome(rules.ACCEPTED, detail=f"{reached} of {len(browsers)} browsers")
        left = [browser for browser in browsers if browser not in gone]
        return Outcome(rules.TRY_AGAIN if left else rules.NEVER, detail=", ".join(failures)[:300])

    def _to_browser(self, parcel: Parcel, browser: WebPushSubscription) -> None:
        webpush(
            subscription_info={
                "endpoint": browser.endpoint,
                "keys": {"p256dh": browser.p256dh, "auth": browser.auth},
            },
            data=json.dumps(
                {"title": parcel.title, "text": parcel.text, "link": parcel.link, "tag": parcel.key}
            ),
            vapid_private_key=vapid_key(),
            vapid_claims={"sub": self._contact},
            ttl=3600,
            # `Topic` lets the push service replace a double that waits for a sleeping phone.
            headers={
                "Urgency": "high" if parcel.urgency >= 2 else "normal",
                "Topic": parcel.key.replace("-", "")[-32:],
            },
            timeout=self._timeout_s,
        )
