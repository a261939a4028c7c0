"""The door for people of firms: phone, six digits, five minutes. No password is ever made for them."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from anlan.domains.enterprises.models import SignInCode
from anlan.kernel.core import keys
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.ledger.actions import record
from anlan.kernel.messaging.models import Message
from anlan.kernel.messaging.sending import send
from anlan.kernel.orgs.actions import make_sign_in_link, use_sign_in_link
from anlan.kernel.orgs.models import Account, Person

KIND = "enterprises.code"
VALID = timedelta(minutes=5)
TRIES = 5  # of one code
SENT_TO_PHONE = (3, timedelta(minutes=10))
ASKED_FROM_ADDRESS = (20, timedelta(hours=1))
TRIED_FROM_ADDRESS = (30, timedelta(hours=1))
WAIT = reason(
    "enterprises.code_wait", N_("Too many codes were asked for. Wait {minutes} minutes, then try again.")
)
WRONG = reason(
    "enterprises.code_wrong",
    N_("The code is wrong or older than five minutes. Ask for a new one if in doubt."),
)
WRITTEN = N_(
    "{code} is your Anlan sign-in code, good for 5 minutes. Nobody of the bureau will ask you for it."
)
GONE = "······"


def ask_code(*, phone: str, address: str, at: datetime, words: str = WRITTEN) -> SignInCode:
    """Send a code to a phone of a firm's person. An unknown phone looks the same from outside: nothing is sent.

    Raises `Refused` enterprises.code_wait: three codes a phone in ten minutes, twenty an address in an hour.
    """
    index = keys.hmac_index(_digits(phone))
    with transaction.atomic():
        _check_asked(index, address, at)
        person = _person(index)
        row = SignInCode(phone_index=index, person=person, address=address, sent_at=at, expires_at=at + VALID)
        if person is not None:
            code = f"{secrets.randbelow(1_000_000):06d}"
            row.digest = _digest(row, code)
            sent = send(
                kind=KIND, to=person.pk, text=words.format(code=code), urgency=3, expires=row.expires_at,
                subject=("orgs.person", person.pk), by="service:enterprises", at=at,
            )  # fmt: skip
            row.message = sent.pk
        row.save(force_insert=True)
    return row


def use_code(*, phone: str, code: str, address: str, at: datetime) -> Account:
    """The account behind a phone and its code, once. Six wrong tries end it, whichever process counts them.

    The try is written before the answer is known and stands even where the answer is no.
    """
    index = keys.hmac_index(_digits(phone))
    _check_tried(address, at)
    row = SignInCode.objects.filter(phone_index=index).order_by("-sent_at", "-pk").first()
    if row is None:
        SignInCode.objects.create(phone_index=index, address=address, sent_at=at, expires_at=at, tries=1)
        raise Refused(WRONG, field="code")
    counted = SignInCode.objects.filter(pk=row.pk, tries__lt=TRIES, used_at=None, expires_at__gt=at)
    good = counted.update(tries=F("tries") + 1) == 1
    if not (good and row.digest and secrets.compare_digest(row.digest, _digest(row, code.strip()))):
        raise Refused(WRONG, field="code")
    return _let_in(row, at)


def _let_in(row: SignInCode, at: datetime) -> Account:
    with transaction.atomic():
        if SignInCode.objects.filter(pk=row.pk, used_at=None).update(used_at=at) != 1 or row.person is None:
            raise Refused(WRONG, field="code")
        # The code has done its work: it must not stand in a row that many can read.
        message = Message.objects.filter(pk=row.message).first() if row.message else None
        if message is not None:
            Message.objects.filter(pk=message.pk).update(text=_without_code(message.text))
        token = make_sign_in_link(person=row.person, by="service:enterprises", at=at, minutes=1)
        account = use_sign_in_link(token=token, at=at)
        record(
            code="enterprises.signed_in", subject=("orgs.person", row.person.pk), facts={}, by=row.person.by, at=at,
            region=row.person.organisation.region_id,
        )  # fmt: skip
    return account


def _without_code(text: str) -> str:
    return "".join(GONE if part.isdigit() and len(part) == 6 else part for part in _runs(text))


def _runs(text: str) -> list[str]:
    """The text cut where digits begin and end."""
    runs: list[str] = []
    for letter in text:
        if runs and runs[-1][-1].isdigit() == letter.isdigit():
            runs[-1] += letter
        else:
            runs.append(letter)
    return runs


def _check_asked(index: str, address: str, at: datetime) -> None:
    for most, span, which in (
        (*SENT_TO_PHONE, {"phone_index": index}),
        (*ASKED_FROM_ADDRESS, {"address": address}),
    ):
        if SignInCode.objects.filter(sent_at__gt=at - span, **which).count() >= most:
            raise Refused(WAIT, field="phone", minutes=int(span.total_seconds() // 60))


def _check_tried(address: str, at: datetime) -> None:
    most, span = TRIED_FROM_ADDRESS
    tries = SignInCode.objects.filter(address=address, sent_at__gt=at - span).values_list("tries", flat=True)
    if sum(tries) >= most:
        raise Refused(WAIT, field="phone", minutes=int(span.total_seconds() // 60))


def _person(index: str) -> Person | None:
    """Whose phone it is: of a firm, active, not locked; of several firms the one that came in last decides nothing."""
    rows = Person.objects.filter(phone_index=index, active=True, organisation__kind="enterprise")
    return rows.exclude(account__is_active=False).select_related("organisation").order_by("pk").first()


def _digits(phone: str) -> str:
    return phone.replace(" ", "").replace("-", "").removeprefix("+86")


def _digest(row: SignInCode, code: str) -> str:
    return keys.sm3(f"{row.pk}:{code}".encode())
