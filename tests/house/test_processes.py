"""The loops of the processes: a leader stays the leader, a lost database is met by a new connection."""

import threading

import psycopg
import pytest
from django.db import connection, connections

from anlan.kernel.core.models import Process
from anlan.surfaces.cli import processes

pytestmark = pytest.mark.django_db(transaction=True)


def backend():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def test_one_leads_and_the_other_stands_by():
    others = []

    def other():
        others.append(processes._leads(processes.SWEEP_LOCK))
        connections.close_all()

    assert processes._leads(processes.SWEEP_LOCK)
    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    assert processes._leads(processes.SWEEP_LOCK), "asked twice, it still leads, and holds the lock once"
    assert others == [False]


def test_a_heartbeat_leaves_the_connection_and_its_locks_alone():
    assert processes._leads(processes.SWEEP_LOCK)
    connection.close_at = 0  # older than any connection may become
    before = backend()
    processes.heartbeats.beat("sweep")
    assert backend() == before
    assert Process.objects.filter(name__startswith="sweep:").exists()


def test_a_loop_outlives_its_database_connection(cluster, monkeypatch):
    monkeypatch.setattr(processes, "RETRY_SECONDS", 0.01)
    stop, seen = threading.Event(), []

    def once():
        seen.append(backend())
        if len(seen) == 1:
            with psycopg.connect(cluster.conninfo(), autocommit=True) as raw:
                raw.execute("SELECT pg_terminate_backend(%s)", [seen[0]])
        if len(seen) > 2:
            stop.set()
        return 1

    processes._repeat(stop, "sweep", once, pause=0.01)
    assert len(set(seen)) == 2
