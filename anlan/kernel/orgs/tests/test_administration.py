"""The three administrators, and what they do to others."""

import pytest

from anlan.kernel.core.errors import Refused
from anlan.kernel.ledger.models import Entry
from anlan.kernel.orgs import actions, administration
from anlan.kernel.orgs.models import Account, Person
from tests.people import DISTRICT, NOON, district

pytestmark = pytest.mark.django_db
GOOD = "Tide-table 77"


def make(**other: str) -> Account:
    given = {"login": "sys-1", "role": "system", "password": GOOD, **other}
    return administration.create_administrator(by="service:terminal", at=NOON, **given)


def test_an_administrator_has_one_role_and_a_password_of_their_own() -> None:
    account = make()
    assert (account.admin_role, account.check_password(GOOD)) == ("system", True)
    assert Entry.objects.get(code="orgs.administrator_made").facts == {"login": "sys-1", "role": "system"}


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("password", "short1A-", "orgs.password_weak"),
        ("password", "password1234", "orgs.password_weak"),
        ("password", "lowercaseonlyletters", "orgs.password_weak"),
        ("password", "sys-1-Sys-1", "orgs.password_weak"),
        ("role", "", "orgs.bad_role"),
        ("role", "all", "orgs.bad_role"),
        ("login", "a b", "orgs.bad_login"),
    ],
)
def test_what_is_weak_or_wrong_is_refused(field: str, value: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        make(**{field: value})
    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert not Account.objects.exists()


def test_a_second_administrator_cannot_take_the_first_one_s_name() -> None:
    make()
    with pytest.raises(Refused) as refusal:
        make(login="SYS-1", role="audit")
    assert refusal.value.code == "orgs.login_taken"


def test_a_locked_person_comes_in_by_no_link_made_before_and_can_be_let_in_again() -> None:
    here = district()
    token = actions.make_sign_in_link(person=here.owner, by="service:test", at=NOON)
    administration.set_locked(person=here.owner, locked=True, by="service:test", at=NOON)
    with pytest.raises(Refused) as refusal:
        actions.use_sign_in_link(token=token, at=NOON)
    assert refusal.value.code == "orgs.link_dead"
    with pytest.raises(Refused):
        administration.set_locked(person=here.owner, locked=True, by="service:test", at=NOON)
    administration.set_locked(person=here.owner, locked=False, by="service:test", at=NOON)
    assert actions.use_sign_in_link(token=token, at=NOON).person == here.owner


def test_somebody_who_never_signed_in_can_be_locked_out_too() -> None:
    here = district()
    stranger = Person.objects.create(name="Dan", organisation=here.street)
    token = actions.make_sign_in_link(person=stranger, by="service:test", at=NOON)
    administration.set_locked(person=stranger, locked=True, by="service:test", at=NOON)
    with pytest.raises(Refused):
        actions.use_sign_in_link(token=token, at=NOON)


def test_a_number_is_shown_for_a_reason_that_the_ledger_keeps_and_never_in_the_ledger() -> None:
    here = district()
    Person.objects.filter(pk=here.owner.pk).update(**actions.phone_fields("15400000001"))
    here.owner.refresh_from_db()
    with pytest.raises(Refused) as refusal:
        administration.reveal_phone(person=here.owner, why=" ", by="account:1", at=NOON)
    assert refusal.value.code == "orgs.no_reason"
    shown = administration.reveal_phone(
        person=here.owner, why="wrong number reported", by="account:1", at=NOON
    )
    assert shown == "15400000001"
    entry = Entry.objects.get(code="orgs.phone_revealed")
    assert entry.facts == {"why": "wrong number reported"}


@pytest.mark.parametrize(
    ("phone", "shown"),
    [("15400000001", "154****0001"), ("075512345678", "0755****5678"), ("12345", "****45"), ("", "")],
)
def test_the_middle_of_a_number_is_hidden(phone: str, shown: str) -> None:
    assert administration.masked(phone) == shown


def test_a_revoked_seat_is_no_seat() -> None:
    district()
    seat, token = actions.enrol_seat(name="1", region=DISTRICT, by="account:1", at=NOON)
    administration.revoke_seat(seat=seat, by="account:1", at=NOON)
    with pytest.raises(Refused):
        actions.seat_of(token=token)
    with pytest.raises(Refused):
        administration.revoke_seat(seat=seat, by="account:1", at=NOON)


def test_the_same_duty_is_not_given_twice_and_not_ended_twice() -> None:
    here = district()
    given = {"person": here.outsider, "kind": "watch_officer", "region": DISTRICT, "by": "account:1"}
    duty = actions.grant_duty(**given, at=NOON)
    with pytest.raises(Refused) as refusal:
        actions.grant_duty(**given, at=NOON)
    assert refusal.value.code == "orgs.duty_held"
    later = NOON.replace(hour=9)
    actions.end_duty(duty=duty, by="account:1", at=later)
    with pytest.raises(Refused):
        actions.end_duty(duty=duty, by="account:1", at=later)
