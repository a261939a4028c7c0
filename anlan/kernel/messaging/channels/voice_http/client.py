"""A voice gateway over HTTP: it rings, speaks the text, takes a key, and tells us by a signed call-back.

POST {url} {"key", "to", "text", "keys", "times", "call_back"} with Idempotency-Key → 200/201/202 {"ref"};
409 = it has this key already (as good as accepted); 404/410/422 = this number can never be rung; else try again.
"""

import json
from collections.abc import Sequence

import httpx
from django.conf import settings

from anlan.kernel.core import clock
from anlan.kernel.messaging import rules
from anlan.kernel.messaging.channels.base import Config, Outcome, Parcel, number_of, one_by_one, text_of
from anlan.kernel.messaging.channels.signing import sign
from anlan.kernel.messaging.ladders import ladders
from anlan.kernel.messaging.spec import NEED_HELP
from anlan.kernel.orgs.models import Person

CALL_BACK_PATH = "/api/messaging/voice/call-back"
_NEVER = (404, 410, 422)


class VoiceChannel:
    def __init__(self, config: Config) -> None:
        self._lines = int(number_of(config, "lines", 16))
        self.batch = self._lines * 4
        self._url = text_of(config, "url")
        self._secret = text_of(config, "secret", "")
        self._call_back = text_of(config, "call_back", settings.ANLAN_PUBLIC_URL + CALL_BACK_PATH)
        self._timeout_s = number_of(config, "timeout_s", 10)

    def address_of(self, person: Person) -> str:
        return str(person.phone)

    def send(self, parcels: Sequence[Parcel]) -> list[Outcome]:
        limits = httpx.Limits(max_connections=self._lines)
        with httpx.Client(timeout=self._timeout_s, trust_env=False, limits=limits) as client:
            return one_by_one(parcels, lambda parcel: self._ring(client, parcel), lines=self._lines)

    def _ring(self, client: httpx.Client, parcel: Parcel) -> Outcome:
        body = json.dumps(self._call(parcel), ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": parcel.key,
            **sign(body, secret=self._secret, at=clock.real_now()),
        }
        answer = client.post(self._url, content=body, headers=headers)
        if answer.status_code in _NEVER:
            return Outcome(rules.NEVER, detail=_told(answer, "reason"))
        if answer.is_success or answer.status_code == 409:
            return Outcome(rules.ACCEPTED, provider_ref=_told(answer, "ref")[:120])
        return Outcome(rules.TRY_AGAIN, detail=f"HTTP {answer.status_code}")

    def _call(self, parcel: Parcel) -> dict[str, object]:
        asked = {*parcel.answers, NEED_HELP}
        return {
            "key": parcel.key,
            "to": parcel.to,
            "text": parcel.text,
            "times": 2,  # spoken twice: the first time one is still waking up
            "keys": {key: kind for key, kind in ladders().keys.items() if kind in asked},
            "call_back": self._call_back,
        }


def _told(answer: httpx.Response, name: str) -> str:
    try:
        return str(answer.json().get(name, ""))[:300]
    except (ValueError, AttributeError):
        return ""
