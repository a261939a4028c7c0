"""Writes of this room: people and duties taken on, sign-in links, watch seats, PINs."""

import secrets
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from stdnum.cn import uscc as uscc_number
from stdnum.exceptions import ValidationError as NumberInvalid

from anlan.kernel.core import keys
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.ledger.actions import record
from anlan.kernel.orgs.models import Absence, Account, Duty, Organisation, Person, SignInLink, WatchSeat

BAD_USCC = reason(
    "orgs.bad_uscc", N_("{uscc} is not a unified social credit code: {problem}. Check the 18 characters.")
)
LINK_DEAD = reason(
    "orgs.link_dead", N_("This sign-in link was used already or has expired. Ask for a new one.")
)
PIN_WRONG = reason("orgs.pin_wrong", N_("The PIN is not right. Nothing was done."))
PIN_WEAK = reason(
    "orgs.pin_weak", N_("A PIN has at least six digits that are neither all alike nor a sequence.")
)
DUTY_ENDED = reason("orgs.duty_ended_already", N_("This duty was ended already. Load the page anew."))
DUTY_HELD = reason("orgs.duty_held", N_("{name} holds this duty there already."))
LEAVE_WRONG = reason(
    "orgs.leave_wrong", N_("An absence ends after it starts, and nobody stands in for themselves.")
)
SEAT_UNKNOWN = reason(
    "orgs.seat_unknown", N_("This screen is not an enrolled watch seat. Ask the system administrator.")
)


def check_uscc(uscc: str) -> str:
    """The code in its usual form, or `Refused` (GB 32100-2015 check digit)."""
    try:
        return str(uscc_number.validate(uscc))
    except NumberInvalid as problem:
        raise Refused(BAD_USCC, field="uscc", uscc=uscc, problem=type(problem).__name__) from problem


def add_organisation(
    *, name: str, kind: str, region: str, uscc: str = "", by: str, at: datetime, **fields: object
) -> Organisation:
    """Take on an organisation; its credit code is checked."""
    code = check_uscc(uscc) if uscc else ""
    with transaction.atomic():
        row = Organisation.objects.create(name=name, kind=kind, region_id=region, uscc=code, **fields)
        record(
            code="orgs.organisation_added",
            subject=("orgs.organisation", row.pk),
            facts={"name": name},
            by=by,
            at=at,
            region=region,
        )
    return row


def grant_duty(
    *,
    person: Person,
    kind: str,
    region: str,
    place_id: UUID | None = None,
    rank: int = 0,
    by: str,
    at: datetime,
) -> Duty:
    """Give somebody a duty from a time on."""
    held = Duty.objects.filter(
        person=person, kind_id=kind, region_id=region, place_id=place_id, valid_to=None
    )
    if held.exists():
        raise Refused(DUTY_HELD, field="kind", name=person.name)
    with transaction.atomic():
        row = Duty.objects.create(
            person=person, kind_id=kind, region_id=region, place_id=place_id, rank=rank, valid_from=at
        )
        facts = {"person": str(person.pk), "kind": kind, "rank": rank}
        record(
            code="orgs.duty_granted", subject=("orgs.duty", row.pk), facts=facts, by=by, at=at, region=region
        )
    return row


def end_duty(*, duty: Duty, by: str, at: datetime) -> None:
    """End a duty; the row stays, so that what was done under it can be read."""
    with transaction.atomic():
        if Duty.objects.filter(pk=duty.pk, valid_to=None, valid_from__lt=at).update(valid_to=at) != 1:
            raise Refused(DUTY_ENDED)
        record(
            code="orgs.duty_ended",
            subject=("orgs.duty", duty.pk),
            facts={},
            by=by,
            at=at,
            region=duty.region_id,
        )


def leave(
    *, person: Person, start: datetime, end: datetime, deputy: Person | None, by: str, at: datetime
) -> Absence:
    """Note that somebody is away, and who stands in."""
    if end <= start or (deputy is not None and deputy.pk == person.pk):
        raise Refused(LEAVE_WRONG, field="end")
    with transaction.atomic():
        row = Absence.objects.create(person=person, start=start, end=end, deputy=deputy)
        facts = {
            "deputy": str(deputy.pk) if deputy else "",
            "start": start.isoformat(),
            "end": end.isoformat(),
        }
        record(code="orgs.absence_noted", subject=("orgs.person", person.pk), facts=facts, by=by, at=at)
    return row


def phone_fields(phone: str) -> dict[str, str]:
    """The two columns of a phone number: the encrypted text and the index that finds it."""
    return {"phone": phone, "phone_index": keys.hmac_index(phone) if phone else ""}


def make_sign_in_link(*, person: Person, by: str, at: datetime, minutes: int = 120) -> str:
    """A token that signs one person in once; only its SM3 is kept."""
    token = secrets.token_urlsafe(24)
    expires = at + timedelta(minutes=minutes)
    with transaction.atomic():
        SignInLink.objects.create(
            person=person, token_hash=keys.sm3(token.encode()), expires_at=expires, by=by
        )
        record(
            code="orgs.link_made",
            subject=("orgs.person", person.pk),
            facts={"expires": expires.isoformat()},
            by=by,
            at=at,
        )
    return token


def use_sign_in_link(*, token: str, at: datetime) -> Account:
    """The account behind a link, once. A person without an account gets one that has no password."""
    digest = keys.sm3(token.encode())
    with transaction.atomic():
        # Compare-and-set: of two clicks at the same moment one signs in.
        used = SignInLink.objects.filter(token_hash=digest, used_at=None, expires_at__gt=at).update(
            used_at=at
        )
        if used != 1:
            raise Refused(LINK_DEAD)
        link = SignInLink.objects.select_related("person__account").get(token_hash=digest)
        account = link.person.account
        if not link.person.active or (account is not None and not account.is_active):
            raise Refused(LINK_DEAD)  # locked since the link was made
        if account is None:
            account = Account.objects.create_user(login=f"p-{link.person_id.hex[:20]}", created_at=at)
            Person.objects.filter(pk=link.person_id).update(account=account)
        record(
            code="orgs.link_used", subject=("orgs.person", link.person_id), facts={}, by=link.person.by, at=at
        )
    return account


def set_pin(*, person: Person, pin: str, by: str, at: datetime) -> None:
    """Set the PIN a person gives at a watch seat."""
    steps = {ord(b) - ord(a) for a, b in pairwise(pin)}
    if not pin.isdigit() or len(pin) < 6 or (len(steps) == 1 and abs(steps.copy().pop()) <= 1):
        raise Refused(PIN_WEAK, field="pin")
    with transaction.atomic():
        Person.objects.filter(pk=person.pk).update(pin=make_password(pin))
        record(code="orgs.pin_set", subject=("orgs.person", person.pk), facts={}, by=by, at=at)


def check_pin(*, person: Person, pin: str) -> None:
    """Raise `Refused` unless this is the person's PIN. Throttling is the surface's (by person and seat)."""
    if not person.pin or not check_password(pin, person.pin):
        raise Refused(PIN_WRONG, field="pin")


def enrol_seat(*, name: str, region: str, by: str, at: datetime) -> tuple[WatchSeat, str]:
    """Make a screen a watch seat; the token goes into that browser's cookie and is kept here as SM3 only."""
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        seat = WatchSeat.objects.create(
            name=name, region_id=region, token_hash=keys.sm3(token.encode()), enrolled_by=by, enrolled_at=at
        )
        record(
            code="orgs.seat_enrolled",
            subject=("orgs.watchseat", seat.pk),
            facts={"name": name},
            by=by,
            at=at,
            region=region,
        )
    return seat, token


def seat_of(*, token: str) -> WatchSeat:
    """The seat behind a browser's token, or `Refused`."""
    seat = WatchSeat.objects.filter(token_hash=keys.sm3(token.encode()), revoked_at=None).first()
    if seat is None:
        raise Refused(SEAT_UNKNOWN)
    return seat
