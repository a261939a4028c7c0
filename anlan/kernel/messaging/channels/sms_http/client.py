"""An SMS gateway over HTTP: a batch of texts in one signed POST; receipts and replies come by call-back.

POST {url} {"messages": [{"key", "to", "text"}]} → 200 {"results": [{"key", "status", "ref", "reason"}]}, status
accepted | refused (never for this number) | busy (try again). The gateway drops a key that it already has.
"""

import json
from collections.abc import Sequence

import httpx
from django.conf import settings
from django.utils.translation import gettext, override

from anlan.kernel.core import clock
from anlan.kernel.core.words import N_
from anlan.kernel.messaging import rules
from anlan.kernel.messaging.channels.base import Config, Outcome, Parcel, describe, number_of, text_of
from anlan.kernel.messaging.channels.signing import sign
from anlan.kernel.messaging.spec import DONE, ON_POST, RECEIVED
from anlan.kernel.orgs.models import Person

_VERDICTS = {"accepted": rules.ACCEPTED, "refused": rules.NEVER}
REPLIES = {RECEIVED: N_("1 received"), ON_POST: N_("2 on post"), DONE: N_("3 measures taken")}
HOW_TO_REPLY = N_("Reply: {answers}, 9 need help.")


class SmsChannel:
    def __init__(self, config: Config) -> None:
        self.batch = int(number_of(config, "batch", 200))
        self._url = text_of(config, "url")
        self._secret = text_of(config, "secret", "")
        self._sign_off = text_of(config, "sign_off", "")
        self._timeout_s = number_of(config, "timeout_s", 10)

    def address_of(self, person: Person) -> str:
        return str(person.phone)

    def send(self, parcels: Sequence[Parcel]) -> list[Outcome]:
        body = json.dumps(
            {"messages": [{"key": p.key, "to": p.to, "text": self.wording(p)} for p in parcels]},
            ensure_ascii=False,
        ).encode()
        headers = {"Content-Type": "application/json", **sign(body, secret=self._secret, at=clock.real_now())}
        try:
            with httpx.Client(timeout=self._timeout_s, trust_env=False) as client:
                answer = client.post(self._url, content=body, headers=headers)
            answer.raise_for_status()
            told = {str(row["key"]): row for row in answer.json()["results"]}
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as failure:
            return [Outcome(rules.TRY_AGAIN, detail=describe(failure)) for _ in parcels]
        return [_outcome(told.get(parcel.key)) for parcel in parcels]

    def wording(self, parcel: Parcel) -> str:
        """The text with how to reply. No link: links in texts are taken for fraud and often stripped."""
        with override(settings.LANGUAGE_CODE):  # the bureau's language: a worker has no reader of its own
            asked = [gettext(REPLIES[answer]) for answer in parcel.answers if answer in REPLIES]
            how = gettext(HOW_TO_REPLY).format(answers=", ".join(asked)) if asked else ""
        return f"{self._sign_off}{parcel.text} {how}".strip()


def _outcome(row: dict[str, object] | None) -> Outcome:
    if row is None:
        return Outcome(rules.TRY_AGAIN, detail="the gateway said nothing about this text")
    verdict = _VERDICTS.get(str(row.get("status")), rules.TRY_AGAIN)
    return Outcome(
        verdict, provider_ref=str(row.get("ref", ""))[:120], detail=str(row.get("reason", ""))[:300]
    )
