"""Writes of the three administrators: accounts of their own, locking, watch seats, and the numbers behind the mask."""

import re
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.ledger.actions import record
from anlan.kernel.orgs.models import ADMIN_ROLES, Account, Person, WatchSeat

LOGIN = re.compile(r"[A-Za-z0-9._-]{3,60}")
CLASSES = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^A-Za-z0-9]")

BAD_LOGIN = reason(
    "orgs.bad_login", N_("A sign-in name has 3 to 60 letters, digits, dots or dashes; {login} has not.")
)
LOGIN_TAKEN = reason("orgs.login_taken", N_("The sign-in name {login} is taken. Choose another one."))
BAD_ROLE = reason("orgs.bad_role", N_("An administrator is one of system, security, audit; {role} is none."))
WEAK = reason("orgs.password_weak", N_("This password is too weak: {problem}"))
ONE_KIND = N_("It needs three of: small letters, capitals, digits, other characters.")
HOLDS_LOGIN = N_("It holds the sign-in name.")
NO_REASON = reason("orgs.no_reason", N_("Say why you need the number. The ledger keeps it."))
NO_PHONE = reason("orgs.no_phone", N_("No phone number is known of {name}."))
LOCKED_ALREADY = reason("orgs.locked_already", N_("The account of {name} was locked or unlocked already."))
REVOKED_ALREADY = reason("orgs.revoked_already", N_("The watch seat {name} was revoked already."))


def create_administrator(*, login: str, role: str, password: str, by: str, at: datetime) -> Account:
    """An account that administers and does nothing else; it has one role for good (三员分立).

    Raises `Refused`: orgs.bad_role, orgs.bad_login, orgs.login_taken, orgs.password_weak.
    """
    if not role or role not in ADMIN_ROLES:
        raise Refused(BAD_ROLE, field="role", role=role)
    if not LOGIN.fullmatch(login):
        raise Refused(BAD_LOGIN, field="login", login=login)
    if Account.objects.filter(login__iexact=login).exists():
        raise Refused(LOGIN_TAKEN, field="login", login=login)
    check_password_strength(password, login=login)
    with transaction.atomic():
        account = Account.objects.create_user(login=login, password=password, admin_role=role, created_at=at)
        facts = {"login": login, "role": role}
        record(
            code="orgs.administrator_made", subject=("orgs.account", account.pk), facts=facts, by=by, at=at
        )
    return account


def check_password_strength(password: str, *, login: str) -> None:
    """GB/T 22239-2019 §8.1.4.1: the validators of the settings, and three kinds of characters."""
    try:
        validate_password(password, Account(login=login))
    except ValidationError as problem:
        raise Refused(WEAK, field="password", problem=" ".join(problem.messages)) from problem
    if login.lower() in password.lower():
        raise Refused(WEAK, field="password", problem=HOLDS_LOGIN)
    if sum(1 for kind in CLASSES if re.search(kind, password)) < 3:
        raise Refused(WEAK, field="password", problem=ONE_KIND)


def set_locked(*, person: Person, locked: bool, by: str, at: datetime) -> Account:
    """Lock somebody out, or let them in again. Open sessions and unused links of a locked account are worth nothing."""
    with transaction.atomic():
        account = _account_of(person, at)
        changed = Account.objects.filter(pk=account.pk, is_active=locked).update(is_active=not locked)
        if changed != 1:
            raise Refused(LOCKED_ALREADY, name=person.name)
        record(
            code="orgs.account_locked" if locked else "orgs.account_unlocked",
            subject=("orgs.person", person.pk), facts={}, by=by, at=at,
        )  # fmt: skip
    account.is_active = not locked
    return account


def _account_of(person: Person, at: datetime) -> Account:
    """The person's account; somebody who never signed in gets one, so that no link can make another."""
    if person.account is not None:
        return person.account
    account = Account.objects.create_user(login=f"p-{person.pk.hex[:20]}", created_at=at)
    Person.objects.filter(pk=person.pk, account=None).update(account=account)
    return account


def reveal_phone(*, person: Person, why: str, by: str, at: datetime) -> str:
    """The whole number of a person, for a reason that the ledger keeps (个人信息保护法)."""
    if not why.strip():
        raise Refused(NO_REASON, field="why")
    if not person.phone:
        raise Refused(NO_PHONE, field="why", name=person.name)
    facts = {"why": why.strip()[:200]}
    record(code="orgs.phone_revealed", subject=("orgs.person", person.pk), facts=facts, by=by, at=at)
    return str(person.phone)


def masked(phone: str) -> str:
    """A phone number with its middle four hidden: 139****0001; a short one shows only its end."""
    if len(phone) >= 11:
        return f"{phone[:-8]}****{phone[-4:]}"
    return f"****{phone[-2:]}" if phone else ""


def revoke_seat(*, seat: WatchSeat, by: str, at: datetime) -> None:
    """Take a screen its seat away; its cookie opens nothing from now on."""
    with transaction.atomic():
        if WatchSeat.objects.filter(pk=seat.pk, revoked_at=None).update(revoked_at=at) != 1:
            raise Refused(REVOKED_ALREADY, name=seat.name)
        record(
            code="orgs.seat_revoked", subject=("orgs.watchseat", seat.pk), facts={"name": seat.name},
            by=by, at=at, region=seat.region_id,
        )  # fmt: skip
