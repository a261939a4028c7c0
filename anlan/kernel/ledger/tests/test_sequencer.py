"""Every entry gets one place, in time, whoever writes and whoever dawdles."""

import contextlib
import threading
import time
from threading import Event

import psycopg
import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from anlan.kernel.ledger import sequencer
from anlan.kernel.ledger.models import Entry, Horizon, Position
from anlan.kernel.ledger.sequencer import GENESIS, blocked, head, sequence_all, sequence_once
from anlan.kernel.ledger.tests.helpers import as_owner, write, write_many
from anlan.kernel.ledger.verify import verify

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def dawdler(cluster):
    """A connection of its own that has written and does not commit."""
    with psycopg.connect(cluster.conninfo("anlan_app")) as other:
        other.execute("SET idle_in_transaction_session_timeout = 0")
        other.execute("SELECT pg_current_xact_id()")
        yield other


def test_places_are_dense_and_in_the_order_of_writing():
    entries = [*write_many(3), write(), *write_many(2)]
    assert sequence_once() == 6
    assert list(Position.objects.order_by("seq").values_list("seq", "entry_id")) == [
        (number, entry.id) for number, entry in enumerate(entries, 1)
    ]
    assert sequence_once() == 0


def test_an_empty_ledger_has_no_head():
    assert (sequence_once(), head()) == (0, (0, GENESIS))


def test_a_second_pass_goes_on_where_the_first_ended():
    write_many(2)
    sequence_once()
    write_many(2)
    sequence_once()
    assert [entry.seq for entry in Entry.objects.select_related("position").order_by("id")] == [1, 2, 3, 4]
    assert verify().ok


def test_a_full_chunk_leaves_the_rest_of_a_transaction_to_the_next_pass():
    write_many(7)
    assert [sequence_once(limit=3) for _ in range(4)] == [3, 3, 1, 0]
    assert verify().ok


def test_an_entry_waits_while_an_older_transaction_is_open(dawdler):
    write()
    assert sequence_once() == 0
    assert blocked()
    dawdler.commit()
    assert sequence_once() == 1
    assert not blocked()


def test_an_open_reading_transaction_holds_nothing_back(cluster):
    with psycopg.connect(cluster.conninfo("anlan_app")) as reader:
        reader.execute("SELECT count(*) FROM ledger_entry")
        write()
        assert sequence_once() == 1


def test_an_open_writing_transaction_delays_the_feed_by_no_more_than_its_limit(cluster):
    with contextlib.closing(psycopg.connect(cluster.conninfo("anlan_app"))) as dawdler:
        dawdler.execute("SET idle_in_transaction_session_timeout = '400ms'")
        dawdler.commit()
        dawdler.execute("SELECT pg_current_xact_id()")
        write()
        assert sequence_once() == 0
        wait_for(lambda: not works(cluster, dawdler.info.backend_pid))  # the server ends it at its limit
        assert sequence_once() == 1
        with pytest.raises(psycopg.errors.IdleInTransactionSessionTimeout):
            dawdler.commit()


def test_the_role_of_the_application_has_limits(cluster):
    with psycopg.connect(cluster.conninfo("anlan_app")) as app:
        shown = {
            name: app.execute(f"SHOW {name}").fetchone()[0]
            for name in ("idle_in_transaction_session_timeout", "statement_timeout")
        }
    assert "0" not in shown.values(), f"a dawdler would hold the feed for ever: {shown}"


def test_entries_of_a_rolled_back_transaction_leave_no_hole():
    write()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        write_many(3)
        raise ZeroDivisionError
    write()
    assert sequence_all() == 2
    assert head()[0] == 2


def test_it_refuses_to_run_inside_somebody_elses_transaction():
    with pytest.raises(RuntimeError), transaction.atomic():
        sequence_once()


def test_entries_of_another_cluster_are_placed_whatever_their_transaction_id():
    write_many(5)
    as_owner(
        "UPDATE ledger_entry SET system_identifier = 42, xid = (xid::text::bigint + 5000000)::text::xid8"
    )
    write()
    assert sequence_once() == 6
    sequence_all()
    assert head()[0] == 6


def test_a_copy_of_this_cluster_from_further_on_in_its_time_stops_nothing():
    """The same name, but transaction ids and horizon that this cluster has yet to reach."""
    write_many(3)
    as_owner("UPDATE ledger_entry SET xid = (xid::text::bigint + 5000000)::text::xid8")
    Horizon.objects.create(system_identifier=Entry.objects.first().system_identifier, xid=4_000_000)
    mine = write()
    assert sequence_all() == 4
    write()
    assert sequence_all() == 1
    assert mine.xid < 4_000_000
    assert not verify().waiting


def test_two_sequencers_at_once_place_every_entry_once():
    write_many(2_000)
    placed = []

    def work():
        while found := sequence_once(limit=100):
            placed.append(found)
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(placed) == 2_000
    assert verify().ok


def test_a_pass_takes_no_more_statements_for_five_thousand_entries_than_for_one(django_assert_num_queries):
    write()
    with CaptureQueriesContext(connection) as one:
        sequence_once()
    write_many(5_000)
    with django_assert_num_queries(len(one)):
        assert sequence_once() == 5_000


def test_a_pass_does_not_read_the_whole_ledger():
    write_many(5_000)
    sequence_all()
    as_owner("ANALYZE ledger_entry, ledger_position")
    write()
    with connection.cursor() as cursor:
        since = Horizon.objects.get().xid
        cluster = Entry.objects.first().system_identifier
        cursor.execute(
            "EXPLAIN (ANALYZE, BUFFERS OFF, COSTS OFF) " + sequencer.OURS,
            {"cluster": cluster, "since": since + 1, "limit": 5000},
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Seq Scan" not in plan
    assert "entry_xid" in plan


class Running:
    """A sequencer in a thread, as the process would run it."""

    def __init__(self):
        self.stop, self.leading = Event(), Event()
        self.thread = threading.Thread(target=self.work)

    def work(self):
        sequencer.run(self.stop, beat=lambda leading: self.leading.set() if leading else None)
        connections.close_all()

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, '')", [sequencer.WAKE_CHANNEL])
        self.thread.join(10)
        assert not self.thread.is_alive()


def wait_for(condition, seconds=20.0):
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < seconds, "waited in vain"
        time.sleep(0.01)


def works(cluster, pid):
    with psycopg.connect(cluster.conninfo(), autocommit=True) as superuser:
        return (
            superuser.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", [pid]).fetchone() is not None
        )


@pytest.fixture
def never_idle(monkeypatch):
    """The pause of an idle round is longer than any of these tests waits: only what it is told moves it."""
    monkeypatch.setattr(sequencer, "IDLE_SECONDS", 120.0)


def test_the_process_is_woken_by_an_entry(never_idle):
    with Running() as process:
        assert process.leading.wait(5)
        write()
        wait_for(lambda: head()[0] == 1)


def test_the_process_goes_on_when_a_dawdler_ends_though_nobody_wakes_it(dawdler, never_idle):
    with Running() as process:
        assert process.leading.wait(5)
        write()
        time.sleep(0.2)
        assert head()[0] == 0
        dawdler.commit()
        wait_for(lambda: head()[0] == 1)


def test_a_dawdler_that_ends_right_after_a_pass_is_not_waited_for(dawdler, never_idle, monkeypatch):
    write()
    through = sequencer.sequence_all

    def pass_then_commit():
        placed = through()
        dawdler.commit()
        return placed

    monkeypatch.setattr(sequencer, "sequence_all", pass_then_commit)
    with Running():
        wait_for(lambda: head()[0] == 1)


def test_a_standby_takes_over_when_the_leader_loses_its_connection(cluster):
    with Running() as first:
        assert first.leading.wait(5)
        with Running() as second:
            time.sleep(0.3)
            assert not second.leading.is_set()
            first.stop.set()
            assert second.leading.wait(5)
            write()
            wait_for(lambda: head()[0] == 1)


def test_the_process_survives_the_loss_of_its_connection(cluster):
    with Running() as process:
        assert process.leading.wait(5)
        with psycopg.connect(cluster.conninfo(), autocommit=True) as superuser:
            superuser.execute(
                "SELECT pg_terminate_backend(l.pid) FROM pg_locks l WHERE locktype = 'advisory' AND granted"
            )
        write()
        wait_for(lambda: head()[0] == 1)


def test_readers_are_told_the_last_seq(cluster):
    with psycopg.connect(cluster.conninfo("anlan_app"), autocommit=True) as reader:
        reader.execute("LISTEN anlan_feed")
        write_many(3)
        sequence_once()
        assert [note.payload for note in reader.notifies(timeout=5, stop_after=1)] == ["3"]
