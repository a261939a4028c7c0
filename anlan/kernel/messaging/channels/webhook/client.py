"""A post to a group by its robot. It announces; nobody can answer it, and it reaches nobody in particular."""

from collections.abc import Sequence

import httpx

from anlan.kernel.core import clock
from anlan.kernel.messaging import rules
from anlan.kernel.messaging.channels.base import Config, Outcome, Parcel, number_of, one_by_one, text_of
from anlan.kernel.messaging.channels.webhook.dialects import DIALECTS
from anlan.kernel.orgs.models import Person


class WebhookChannel:
    batch = 20

    def __init__(self, config: Config) -> None:
        name = text_of(config, "dialect")
        if name not in DIALECTS:
            raise ValueError(f"webhook: no dialect {name!r}; known: {', '.join(DIALECTS)}")
        self._dialect = DIALECTS[name]
        self._url = text_of(config, "url")
        self._secret = text_of(config, "secret", "")
        self._timeout_s = number_of(config, "timeout_s", 10)

    def address_of(self, person: Person) -> str:
        """A robot speaks to groups; no person has an address in it."""
        return ""

    def send(self, parcels: Sequence[Parcel]) -> list[Outcome]:
        with httpx.Client(timeout=self._timeout_s, trust_env=False) as client:
            return one_by_one(parcels, lambda parcel: self._post(client, parcel))

    def _post(self, client: httpx.Client, parcel: Parcel) -> Outcome:
        text = f"{parcel.title}\n{parcel.text}" if parcel.title else parcel.text
        request = self._dialect.ask(self._url, self._secret, text, clock.real_now())
        answer = client.post(request.url, json=request.body)
        if not answer.is_success:
            verdict = (
                rules.NEVER
                if 400 <= answer.status_code < 500 and answer.status_code != 429
                else rules.TRY_AGAIN
            )
            return Outcome(verdict, detail=f"HTTP {answer.status_code}")
        told = answer.json()
        code = self._dialect.code(told)
        if code == 0:
            return Outcome(rules.ACCEPTED)
        detail = str(told.get("errmsg") or told.get("msg") or code)[:300]
        return Outcome(rules.TRY_AGAIN if code in self._dialect.busy else rules.NEVER, detail=detail)
