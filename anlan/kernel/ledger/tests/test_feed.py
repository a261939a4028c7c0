"""The feed misses nothing, tells nothing twice, and can be taken up again anywhere."""

import random
import threading
import time

import psycopg
import pytest
from django.db import connections, transaction

from anlan.kernel.core.models import Exercise
from anlan.kernel.ledger.feed import SPAN, last_seq, read_feed
from anlan.kernel.ledger.models import Entry
from anlan.kernel.ledger.sequencer import sequence_all
from anlan.kernel.ledger.tests.helpers import NOON, write, write_many

pytestmark = pytest.mark.django_db(transaction=True)


def read_all(after=0, limit=100, **cut):
    entries = []
    while True:
        feed = read_feed(after=after, limit=limit, **cut)
        entries += feed.entries
        if feed.seq == after:
            return entries
        after = feed.seq


def test_an_empty_ledger_gives_an_empty_feed():
    assert read_feed(after=0, limit=10) == read_feed(after=0, limit=10)
    assert read_feed(after=0, limit=10).seq == 0


def test_a_reader_goes_on_from_the_seq_it_was_given():
    entries = write_many(5)
    sequence_all()
    first = read_feed(after=0, limit=2)
    second = read_feed(after=first.seq, limit=10)
    assert first.entries + second.entries == entries
    assert [entry.seq for entry in first.entries] == [1, 2]
    assert read_feed(after=second.seq, limit=10).entries == []


def test_an_entry_without_a_place_is_not_in_the_feed_yet():
    write()
    assert read_feed(after=0, limit=10).entries == []


@pytest.fixture
def drill():
    return Exercise.objects.create(name="drill", real_start=NOON, sim_start=NOON)


def test_a_reader_of_one_world_sees_that_world_only(drill):
    real, simulated = write(), write(exercise_id=drill.id)
    sequence_all()
    assert read_all(exercise_id=None) == [real]
    assert read_all(exercise_id=drill.id) == [simulated]
    assert read_all() == [real, simulated]


def test_a_reader_of_some_codes_sees_those_only():
    write_many(3)
    cleared = write(code="snow.cleared")
    sequence_all()
    assert read_all(codes=("snow.cl", "ice.")) == [cleared]


def test_a_cut_feed_moves_on_over_entries_that_are_not_for_it():
    write_many(SPAN)
    wanted = write(code="snow.cleared")
    write_many(10)
    sequence_all()
    feed = read_feed(after=0, limit=10, codes=("snow.cleared",))
    assert feed.entries == [wanted]
    assert feed.seq == last_seq()


def test_a_reader_ahead_of_a_restored_ledger_is_told_to_start_afresh():
    write()
    sequence_all()
    feed = read_feed(after=900, limit=10)
    assert (feed.reset, feed.seq, feed.entries) == (True, 1, [])


def test_eight_writers_at_once_and_nothing_is_missed(cluster):
    """The naive reader that resumes by id is run beside it, to show that the trouble is real."""
    writers, acts = 8, 40
    done = threading.Event()
    told, naive = [], []

    def work(seed):
        dice = random.Random(seed)
        for _ in range(acts):
            with transaction.atomic():
                write_many(dice.randint(1, 3))
                time.sleep(dice.random() * 0.01)
        connections.close_all()

    def sequence():
        while not done.is_set():
            sequence_all()
        connections.close_all()

    def follow():
        after, last = 0, None
        with psycopg.connect(cluster.conninfo("anlan_app"), autocommit=True) as other:
            while not done.is_set():
                feed = read_feed(after=after, limit=50)
                told.extend(entry.id for entry in feed.entries)
                after = feed.seq
                rows = other.execute(
                    "SELECT id FROM ledger_entry WHERE %s::uuid IS NULL OR id > %s ORDER BY id", [last, last]
                ).fetchall()
                naive.extend(row[0] for row in rows)
                last = naive[-1] if naive else None
        told.extend(entry.id for entry in read_all(after=after))
        connections.close_all()

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(writers)]
    others = [threading.Thread(target=sequence), threading.Thread(target=follow)]
    for thread in (*others, *threads):
        thread.start()
    for thread in threads:
        thread.join()
    sequence_all()
    done.set()
    for thread in others:
        thread.join()
    written = set(Entry.objects.values_list("id", flat=True))
    assert len(written) >= writers * acts
    assert len(told) == len(set(told)), "an entry was told twice"
    assert set(told) == written, "the feed missed entries"
    assert written - set(naive), "resuming by id missed nothing: the test is too tame to prove anything"
