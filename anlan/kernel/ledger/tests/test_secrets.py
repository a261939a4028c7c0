"""Personal data: sealed, revealed with a reason, shredded for good, and the chain still holds."""

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from anlan.kernel.core.errors import Refused
from anlan.kernel.ledger import verify as proof
from anlan.kernel.ledger.facts import hide, secret_ids
from anlan.kernel.ledger.models import Entry, Secret
from anlan.kernel.ledger.secrets import reveal, secrets_of, shred, still_there
from anlan.kernel.ledger.sequencer import sequence_all
from anlan.kernel.ledger.tests.helpers import NOON, OFFICER, SUBJECT, as_owner, write, write_many
from anlan.kernel.ledger.verify import verify

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
PHONE = "13900000001"


@pytest.fixture
def entry():
    write_many(2)
    written = write(facts={"road": "北环", "caller": {"phone": hide(PHONE), "name": hide("秦远")}})
    sequence_all()
    return written


def ask(secret, reason="回拨核实"):
    return reveal(secret=secret, reason=reason, by=OFFICER, at=NOON)


def test_personal_data_stands_nowhere_in_the_clear(entry, cluster):
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(e::text, '') FROM ledger_entry e")
        assert PHONE not in cursor.fetchone()[0]
    assert all(PHONE.encode() not in bytes(secret.ciphertext) for secret in Secret.objects.all())


def test_a_secret_is_revealed_and_the_ledger_keeps_who_and_why(entry):
    name, phone = secret_ids(entry.facts["caller"]["name"]) + secret_ids(entry.facts["caller"]["phone"])
    assert (ask(name), ask(phone)) == ("秦远", PHONE)
    asked = Entry.objects.filter(code="ledger.revealed").last()
    assert (asked.by, asked.facts["reason"], asked.subject_id) == (OFFICER, "回拨核实", str(entry.id))


def test_nothing_is_revealed_or_shredded_without_a_reason(entry):
    for refused in (
        lambda: ask(secrets_of(SUBJECT)[0], " "),
        lambda: shred(secrets=[], reason="", by=OFFICER, at=NOON),
    ):
        with pytest.raises(Refused) as refusal:
            refused()
        assert refusal.value.code == "ledger.no_reason"


def test_shredding_is_for_good_and_is_itself_an_entry(entry):
    ids = secrets_of(SUBJECT)
    shredding = shred(secrets=ids, reason="保存期满", by=OFFICER, at=NOON)
    assert shredding.gone == 2
    assert secrets_of(SUBJECT) == []
    assert still_there(entry.facts) == set()
    with pytest.raises(Refused) as refusal:
        ask(ids[0])
    assert refusal.value.code == "ledger.shredded"
    sequence_all()
    assert verify(open_secrets=True).ok


def test_what_is_not_there_can_not_be_shredded(entry):
    with pytest.raises(Refused) as refusal:
        shred(secrets=[entry.id], reason="保存期满", by=OFFICER, at=NOON)
    assert refusal.value.code == "ledger.nothing_to_shred"


def test_the_application_can_not_shred_without_saying_so(entry):
    with pytest.raises(ProgrammingError, match="no entry of this transaction"), connection.cursor() as cursor:
        cursor.execute("SELECT ledger_shred(%s)", [entry.id])


def test_yesterdays_shredding_is_no_leave_to_shred_again(entry):
    ids = secrets_of(SUBJECT)
    told = shred(secrets=ids[:1], reason="保存期满", by=OFFICER, at=NOON).entry
    with pytest.raises(ProgrammingError, match="no entry of this transaction"), connection.cursor() as cursor:
        cursor.execute("SELECT ledger_shred(%s)", [told.id])


def test_a_failed_act_takes_its_secrets_with_it():
    with pytest.raises(RuntimeError), transaction.atomic():
        write(facts={"phone": hide(PHONE)})
        raise RuntimeError
    assert not Secret.objects.exists()


def test_a_secret_deleted_in_the_dark_is_named(entry):
    as_owner("DELETE FROM ledger_secret WHERE id = %s", [secrets_of(SUBJECT)[0]])
    assert [(finding.what, finding.seq) for finding in verify().findings] == [(proof.SECRET_GONE, 3)]


def test_a_secret_exchanged_for_another_is_named(entry):
    first, second = secrets_of(SUBJECT)
    as_owner(
        "UPDATE ledger_secret SET ciphertext = (SELECT ciphertext FROM ledger_secret WHERE id = %s) WHERE id = %s",
        [first, second],
    )
    assert verify().ok, "without the key a ciphertext can't be judged"
    assert [(each.what, each.seq) for each in verify(open_secrets=True).findings] == [
        (proof.SECRET_CHANGED, 3)
    ]


def test_a_ciphertext_that_was_tampered_with_is_named(entry):
    as_owner("UPDATE ledger_secret SET ciphertext = set_bit(ciphertext, 3, 1 - get_bit(ciphertext, 3)) WHERE id = %s",
             [secrets_of(SUBJECT)[0]])  # fmt: skip
    assert [(each.what, each.seq) for each in verify(open_secrets=True).findings] == [
        (proof.SECRET_CHANGED, 3)
    ]
