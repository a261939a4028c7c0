"""Writes about a firm's people: roles in it, and certificates that run out."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from anlan.domains.enterprises.actions.common import check_keeper, check_why, note, renew
from anlan.domains.enterprises.models import Certificate, Enterprise, KeyPerson
from anlan.domains.enterprises.models.staff import ROLES
from anlan.domains.enterprises.rules import certificates
from anlan.kernel.core import keys, rulesets
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.core.workdays import local_day
from anlan.kernel.orgs.actions import end_duty, grant_duty, phone_fields
from anlan.kernel.orgs.models import Duty, DutyKind, Person

MANAGER = "safety_manager"
BAD_PHONE = reason("enterprises.bad_phone", N_("{given} is no phone number: 8 to 20 digits."))
NO_NAME = reason("enterprises.person_without_name", N_("Give the person's name."))
BAD_ROLE = reason("enterprises.bad_role", N_("{given} is no role in a firm."))
ENDED = reason("enterprises.ended_already", N_("This was ended already. Load the page anew."))
BAD_TRADE = reason("enterprises.bad_trade", N_("{given} is no trade of the list."))
HELD_ALREADY = reason("enterprises.certificate_held", N_("This certificate is in the archive already."))


def set_person(
    *, firm: Enterprise, name: str, role: str, by: str, at: datetime, phone: str = "", post: str = "",
    full_time: bool = False, since: date | None = None,
) -> KeyPerson:  # fmt: skip
    """Give somebody a role in a firm. One principal and one controller: a new one ends the old one's.

    The same name and phone in the firm are the same person; the phone is what the person signs in with.
    """
    check_keeper(firm, by=by, at=at)
    if role not in ROLES:
        raise Refused(BAD_ROLE, field="role", given=role)
    day = since or local_day(at)
    with transaction.atomic():
        person = person_in(firm, name.strip(), phone, post)
        if role in ("principal", "controller"):
            KeyPerson.objects.filter(enterprise=firm, role=role, until=None).exclude(person=person).update(
                until=day
            )
        row, _ = KeyPerson.objects.update_or_create(
            enterprise=firm, person=person, role=role, until=None,
            defaults={"post": post, "full_time": full_time},
            create_defaults={"post": post, "full_time": full_time, "since": day},
        )  # fmt: skip
        note(firm, "person_set", {"person": str(person.pk), "role": role, "post": post}, by=by, at=at)
        if role == MANAGER:
            _give_duty(firm, person, by=by, at=at)
        renew([firm.pk], by=by, at=at)
    return row


def _give_duty(firm: Enterprise, person: Person, *, by: str, at: datetime) -> None:
    """安全管理人员: the role is the duty that signs the firm's risks and sends its sheets in; it reaches no other firm,
    for a firm's people see their own alone."""
    held = _duty_of(person)
    if not held.exists() and DutyKind.objects.filter(pk=MANAGER).exists():
        grant_duty(person=person, kind=MANAGER, region=firm.organisation.region_id, by=by, at=at)


def _duty_of(person: Person) -> QuerySet[Duty]:
    return Duty.objects.filter(person=person, kind_id=MANAGER, valid_to=None)


def person_in(firm: Enterprise, name: str, phone: str, post: str) -> Person:
    """Somebody of a firm by name and phone, entered where nobody is known by them."""
    if not name:
        raise Refused(NO_NAME, field="name")
    digits = phone.replace(" ", "").replace("-", "")
    if digits and not (digits.isascii() and digits.isdigit() and 8 <= len(digits) <= 20):
        raise Refused(BAD_PHONE, field="phone", given=phone)
    rows = Person.objects.filter(organisation=firm.pk, name=name)
    known = rows.filter(phone_index=keys.hmac_index(digits)).first() if digits else rows.first()
    known = known or rows.filter(phone_index="").first()
    if known is None:
        return Person.objects.create(
            name=name, title=post[:60], organisation_id=firm.pk, **phone_fields(digits)
        )
    if digits and not known.phone_index:
        for field, value in phone_fields(digits).items():
            setattr(known, field, value)
    known.active = True
    known.save()
    return known


def end_person(*, row: KeyPerson, why: str, by: str, at: datetime) -> None:
    """Somebody no longer has the role; who has none left can no longer come in."""
    check_keeper(row.enterprise, by=by, at=at)
    why = check_why(why)
    with transaction.atomic():
        if KeyPerson.objects.filter(pk=row.pk, until=None).update(until=local_day(at)) != 1:
            raise Refused(ENDED)
        if not KeyPerson.objects.filter(person=row.person_id, until=None).exists():
            Person.objects.filter(pk=row.person_id).update(active=False)
        if row.role == MANAGER:
            for duty in _duty_of(row.person).filter(valid_from__lt=at):
                end_duty(duty=duty, by=by, at=at)
        note(
            row.enterprise,
            "person_ended",
            {"person": str(row.person_id), "role": row.role, "why": why},
            by=by,
            at=at,
        )
        renew([row.enterprise_id], by=by, at=at)


def set_certificate(
    *, firm: Enterprise, name: str, trade: str, issued_on: date, by: str, at: datetime, number: str = "",
    expires_on: date | None = None, review_on: date | None = None,
) -> Certificate:  # fmt: skip
    """A certificate of one of the firm's people. A new one of the same person and trade takes the old one's place.

    Where end and review are not given they follow from the trade's years (a value of the rules).
    """
    check_keeper(firm, by=by, at=at)
    known = {
        row["code"]: row
        for row in rulesets.value_of("enterprises.trades", region=firm.organisation.region_id, at=at)
    }
    if trade not in known:
        raise Refused(BAD_TRADE, field="trade", given=trade)
    end = expires_on or years_after(issued_on, known[trade]["years"])
    review = review_on or (
        years_after(issued_on, known[trade]["review_years"]) if known[trade]["review_years"] else None
    )
    review = review if review is not None and review <= end else None
    due = certificates.due_on(issued_on=issued_on, expires_on=end, review_on=review)
    plain = number.strip().upper()
    with transaction.atomic():
        person = person_in(firm, name.strip(), "", "")
        index = keys.hmac_index(plain) if plain else ""
        if (
            index
            and Certificate.objects.filter(number_index=index, trade=trade, issued_on=issued_on).exists()
        ):
            raise Refused(HELD_ALREADY, field="number")
        older = Certificate.objects.filter(enterprise=firm, person=person, trade=trade, ended_on=None)
        older.filter(issued_on__lte=issued_on).update(ended_on=local_day(at))
        row = Certificate.objects.create(
            enterprise=firm, person=person, trade=trade, number=plain, number_index=index, issued_on=issued_on,
            review_on=review, expires_on=end, due_on=due, created_at=at,
        )  # fmt: skip
        facts = {"person": str(person.pk), "trade": trade, "due": due.isoformat()}
        note(firm, "certificate_set", facts, by=by, at=at)
        renew([firm.pk], by=by, at=at)
    return row


def end_certificate(*, row: Certificate, why: str, by: str, at: datetime) -> None:
    """A certificate that no longer counts: its holder left, or it was revoked."""
    check_keeper(row.enterprise, by=by, at=at)
    why = check_why(why)
    with transaction.atomic():
        if Certificate.objects.filter(pk=row.pk, ended_on=None).update(ended_on=local_day(at)) != 1:
            raise Refused(ENDED)
        note(row.enterprise, "certificate_ended", {"certificate": str(row.pk), "why": why}, by=by, at=at)


def years_after(day: date, years: int) -> date:
    """The same day so many years on; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
