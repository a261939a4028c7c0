"""Entries are written with their act, and never changed."""

from datetime import datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from django.db import Error, connection, transaction
from django.db.utils import ProgrammingError
from django.test.utils import CaptureQueriesContext

from anlan.kernel.core.errors import Refused
from anlan.kernel.core.ids import new_id
from anlan.kernel.ledger.actions import in_order
from anlan.kernel.ledger.models import Entry, Horizon, Position, Secret
from anlan.kernel.ledger.tests.helpers import NOON, SUBJECT, as_owner, write, write_many

pytestmark = pytest.mark.django_db


def test_an_entry_reads_back_as_it_was_written():
    written = write(
        facts={"road": "北环", "depth_cm": 12.5, "cleared": None}, region="440399001000", happened_at=NOON
    )
    read = Entry.objects.get(pk=written.pk)
    for name in ("act", "code", "subject_id", "region", "facts", "by", "at", "happened_at", "xid", "recorded_at",
                 "system_identifier"):  # fmt: skip
        assert getattr(read, name) == getattr(written, name)
    assert bytes(read.hash) == written.hash
    assert read.seq is None


def test_the_entries_of_one_call_are_one_act_in_their_order():
    entries = write_many(3)
    assert len({entry.act for entry in entries}) == 1
    assert [entry.id for entry in entries] == sorted(entry.id for entry in entries)


def test_acts_that_are_written_together_stand_in_the_order_of_their_times():
    later = NOON + timedelta(minutes=5)
    with in_order():
        assert write_many(2, at=later) == []
        write_many(1)
        write_many(1, at=later)
        assert not Entry.objects.exists()
    told = list(Entry.objects.order_by("id"))
    assert [entry.at for entry in told] == [NOON, later, later, later]
    assert len({entry.act for entry in told}) == 3


def test_a_block_that_fails_writes_none_and_keeps_nothing_back():
    with pytest.raises(RuntimeError), in_order():
        write_many(1)
        raise RuntimeError
    assert not Entry.objects.exists()
    assert len(write_many(1)) == Entry.objects.count() == 1


def test_an_act_id_can_be_carried_over_several_calls():
    act = uuid4()
    assert {write(act=act).act, *(entry.act for entry in write_many(2, act=act))} == {act}


def test_an_entry_goes_when_its_act_is_rolled_back():
    with pytest.raises(RuntimeError, match="the act failed"), transaction.atomic():
        write()
        raise RuntimeError("the act failed")
    assert not Entry.objects.exists()


def test_nothing_is_written_for_an_empty_list():
    assert write_many(0) == []


def test_an_unknown_code_is_refused():
    with pytest.raises(Refused) as refusal:
        write(code="snow.unheard_of")
    assert refusal.value.code == "ledger.unknown_code"


@pytest.mark.parametrize("by", ["", "admin", "person:", "person:a b"])
def test_an_entry_without_an_author_is_refused(by):
    with pytest.raises(Refused) as refusal:
        write(by=by)
    assert refusal.value.code == "ledger.bad_author"


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="aware"):
        write(at=datetime(2026, 6, 1))


def test_ten_thousand_entries_take_no_more_statements_than_two(django_assert_num_queries):
    with CaptureQueriesContext(connection) as two:
        write_many(2)
    with django_assert_num_queries(len(two)):
        write_many(10_000)


def test_the_model_itself_neither_saves_nor_deletes():
    entry = write()
    with pytest.raises(TypeError, match="record"):
        entry.save()
    with pytest.raises(TypeError, match="never deleted"):
        entry.delete()


@pytest.mark.parametrize("table", ["entry", "position", "secret"])
@pytest.mark.parametrize(
    "verb", ["UPDATE ledger_{0} SET {1} = {1}", "DELETE FROM ledger_{0}", "TRUNCATE ledger_{0} CASCADE"]
)
def test_the_application_can_change_nothing(table, verb):
    column = "seq" if table == "position" else "id"
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(verb.format(table, column))


@pytest.mark.parametrize("column", ["recorded_at", "xid", "system_identifier"])
def test_the_application_can_not_stamp_an_entry_itself(column):
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"INSERT INTO ledger_entry ({column}) VALUES (DEFAULT)")


def test_the_guard_stops_even_a_role_that_was_given_the_right(cluster):
    with psycopg.connect(cluster.conninfo()) as superuser:
        for verb in (
            "UPDATE ledger_entry SET code = code",
            "DELETE FROM ledger_position",
            "TRUNCATE ledger_secret",
        ):
            with (
                pytest.raises(psycopg.errors.InsufficientPrivilege, match="only ever added to"),
                superuser.transaction(),
            ):
                superuser.execute(verb)


@pytest.mark.django_db(databases=["default", "owner"])
def test_only_the_owner_can():
    assert as_owner("DELETE FROM ledger_entry") == 0


def test_every_ledger_table_belongs_to_the_owner():
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT tableowner FROM pg_tables WHERE tablename LIKE 'ledger\\_%%'", [])
        assert cursor.fetchall() == [("anlan_owner",)]
    assert {model._meta.db_table for model in (Entry, Position, Horizon, Secret)} == {
        "ledger_entry", "ledger_position", "ledger_horizon", "ledger_secret"}  # fmt: skip


def test_a_chunk_entry_is_an_ordinary_one():
    entry = write(facts={"ids_from": new_id(), "rows": 5000})
    assert entry.facts["rows"] == 5000
    assert entry.subject_type == SUBJECT[0]


def test_an_error_of_the_database_leaves_no_half_act():
    with pytest.raises(Error), transaction.atomic():
        write(region="4403990010001")  # thirteen digits
    assert not Entry.objects.exists()
