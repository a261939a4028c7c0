from datetime import timedelta

import pytest

from anlan.kernel.core.errors import Refused
from anlan.kernel.orgs import actions
from anlan.kernel.orgs.models import Person
from tests.people import DISTRICT, NOON, district

pytestmark = pytest.mark.django_db


def test_a_sign_in_link_opens_once() -> None:
    here = district()
    token = actions.make_sign_in_link(person=here.owner, by="service:test", at=NOON)
    assert actions.use_sign_in_link(token=token, at=NOON).person == here.owner
    with pytest.raises(Refused, match=r"used already|已使用"):
        actions.use_sign_in_link(token=token, at=NOON)


def test_a_sign_in_link_expires() -> None:
    here = district()
    token = actions.make_sign_in_link(person=here.owner, by="service:test", at=NOON, minutes=5)
    with pytest.raises(Refused):
        actions.use_sign_in_link(token=token, at=NOON + timedelta(minutes=5))


def test_an_account_made_by_a_link_has_no_password() -> None:
    here = district()
    Person.objects.filter(pk=here.outsider.pk).update(account=None)
    token = actions.make_sign_in_link(person=here.outsider, by="service:test", at=NOON)
    account = actions.use_sign_in_link(token=token, at=NOON)
    assert not account.has_usable_password()


@pytest.mark.parametrize("pin", ["1234", "111111", "123456", "654321", "12a456"])
def test_a_weak_pin_is_refused(pin: str) -> None:
    here = district()
    with pytest.raises(Refused) as refusal:
        actions.set_pin(person=here.owner, pin=pin, by=here.owner.by, at=NOON)
    assert refusal.value.field == "pin"


def test_a_pin_opens_only_for_its_person() -> None:
    here = district()
    actions.set_pin(person=here.owner, pin="739105", by=here.owner.by, at=NOON)
    here.owner.refresh_from_db()
    actions.check_pin(person=here.owner, pin="739105")
    for person, pin in ((here.owner, "739106"), (here.colleague, "739105"), (here.colleague, "")):
        with pytest.raises(Refused):
            actions.check_pin(person=person, pin=pin)


def test_a_watch_seat_is_known_by_its_token_alone() -> None:
    district()
    seat, token = actions.enrol_seat(name="值班一号", region=DISTRICT, by="service:test", at=NOON)
    assert actions.seat_of(token=token) == seat
    assert token not in seat.token_hash
    with pytest.raises(Refused):
        actions.seat_of(token="another")


@pytest.mark.parametrize("uscc", ["91440300708461136X", "12345", "91440300708461136O"])
def test_a_wrong_credit_code_is_refused(uscc: str) -> None:
    with pytest.raises(Refused) as refusal:
        actions.check_uscc(uscc)
    assert refusal.value.field == "uscc"


def test_a_right_credit_code_passes() -> None:
    assert actions.check_uscc("91440300708461136T") == "91440300708461136T"


def test_a_phone_is_not_readable_in_the_table_and_found_by_its_index() -> None:
    here = district()
    Person.objects.filter(pk=here.owner.pk).update(**actions.phone_fields("19900001234"))
    row = Person.objects.extra(select={"raw": "phone"}).get(
        phone_index=actions.phone_fields("19900001234")["phone_index"]
    )
    assert row.phone == "19900001234"
    assert b"1234" not in bytes(row.raw)
