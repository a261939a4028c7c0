"""Mail over SMTP: one connection a batch; the delivery's key is the Message-ID, by which servers drop a double."""

import smtplib
from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import format_datetime

from anlan.kernel.core import clock
from anlan.kernel.messaging import rules
from anlan.kernel.messaging.channels.base import Config, Outcome, Parcel, describe, number_of, text_of
from anlan.kernel.orgs.models import Person


class MailChannel:
    batch = 50

    def __init__(self, config: Config) -> None:
        self._host = text_of(config, "host")
        self._port = int(number_of(config, "port", 25))
        self._sender = text_of(config, "sender")
        self._user = text_of(config, "user", "")
        self._secret = text_of(config, "secret", "")
        self._tls = bool(config.get("starttls", False))
        self._timeout_s = number_of(config, "timeout_s", 15)

    def address_of(self, person: Person) -> str:
        return person.email

    def send(self, parcels: Sequence[Parcel]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        try:
            with smtplib.SMTP(self._host, self._port, timeout=self._timeout_s) as server:
                self._greet(server)
                outcomes.extend(self._post(server, parcel) for parcel in parcels)
        except (smtplib.SMTPException, OSError) as failure:
            lost = Outcome(rules.TRY_AGAIN, detail=describe(failure))
            outcomes += [lost] * (len(parcels) - len(outcomes))
        return outcomes

    def _greet(self, server: smtplib.SMTP) -> None:
        if self._tls:
            server.starttls()
        if self._user:
            server.login(self._user, self._secret)

    def _post(self, server: smtplib.SMTP, parcel: Parcel) -> Outcome:
        mail = self.letter(parcel)
        try:
            server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as refused:
            code, words = next(iter(refused.recipients.values()))
            verdict = rules.NEVER if code >= 500 else rules.TRY_AGAIN
            return Outcome(verdict, detail=f"{code} {words.decode(errors='replace')}"[:300])
        return Outcome(rules.ACCEPTED, provider_ref=mail["Message-ID"])

    def letter(self, parcel: Parcel) -> EmailMessage:
        """The mail as it leaves."""
        mail = EmailMessage()
        mail["Message-ID"] = f"<{parcel.key}@{self._sender.rpartition('@')[2]}>"
        mail["Date"] = format_datetime(clock.real_now())
        mail["From"] = self._sender
        mail["To"] = parcel.to
        mail["Subject"] = " ".join((parcel.title or parcel.text[:60]).split())
        mail.set_content(f"{parcel.text}\n\n{parcel.link}\n" if parcel.link else f"{parcel.text}\n")
        return mail
