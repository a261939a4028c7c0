"""A dump restored into a fresh cluster: transaction ids start again, and every reader still catches up."""

import subprocess

import psycopg
import pytest
from django.db import connections

from anlan.kernel.core.postgres import Server
from anlan.kernel.ledger.facts import hide
from anlan.kernel.ledger.feed import read_feed
from anlan.kernel.ledger.models import Entry
from anlan.kernel.ledger.sequencer import head, sequence_all
from anlan.kernel.ledger.tests.helpers import write, write_many
from anlan.kernel.ledger.verify import verify

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def fresh_cluster(tmp_path):
    server = Server(tmp_path / "var", options={"shared_buffers": "32MB", "max_connections": "20"}, sync=False)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def move_to():
    """Point the application at another server, and back at the end."""
    connection = connections["default"]
    before = connection.settings_dict["HOST"]

    def move(server):
        connection.close()
        connection.settings_dict["HOST"] = str(server.places.socket)

    yield move
    connection.close()
    connection.settings_dict["HOST"] = before


def carry_over(old, new, folder):
    dump = folder / "anlan.dump"
    with dump.open("wb") as file:
        subprocess.run(
            [old.tool("pg_dump"), "-Fc", "-n", "public", "-d", old.conninfo()], stdout=file, check=True
        )
    with dump.open("rb") as file:
        subprocess.run(
            [new.tool("pg_restore"), "--clean", "--if-exists", "--exit-on-error", "-d", new.conninfo()],
            stdin=file, check=True,
        )  # fmt: skip


def age(cluster, transactions):
    """A cluster that has been at work: its transaction ids are far beyond those of a fresh one."""
    with psycopg.connect(cluster.conninfo(), autocommit=True) as superuser:
        superuser.execute(
            f"DO $$ BEGIN FOR i IN 1..{transactions} LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$"
        )


def test_a_dump_restored_into_a_fresh_cluster_loses_no_reader(cluster, fresh_cluster, move_to, tmp_path):
    age(cluster, 20_000)
    before = write_many(5)
    sequence_all()
    reader, handed_over = read_feed(after=0, limit=100).seq, head()
    unplaced = write_many(
        3, facts={"phone": hide("13900000001")}
    )  # written, not yet placed when the dump is made
    carry_over(cluster, fresh_cluster, tmp_path)
    move_to(fresh_cluster)

    after = [write(), *write_many(3)]
    assert max(entry.xid for entry in after) < before[0].xid, (
        "transaction ids did not start again: proves nothing"
    )
    sequence_all()
    feed = read_feed(after=reader, limit=100)
    assert feed.entries == unplaced + after
    assert [entry.seq for entry in feed.entries] == list(range(6, 13))

    verdict = verify(expect=handed_over, open_secrets=True)
    assert (verdict.ok, verdict.checked, verdict.waiting) == (True, 12, 0)
    assert Entry.objects.count() == 12


def test_the_guards_travel_with_the_dump(cluster, fresh_cluster, tmp_path):
    write()
    carry_over(cluster, fresh_cluster, tmp_path)
    with psycopg.connect(fresh_cluster.conninfo("anlan_app")) as app:
        for verb in ("UPDATE ledger_entry SET code = code", "DELETE FROM ledger_position"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), app.transaction():
                app.execute(verb)
    refused = pytest.raises(psycopg.errors.InsufficientPrivilege, match="only ever added to")
    with psycopg.connect(fresh_cluster.conninfo()) as superuser, refused:
        superuser.execute("TRUNCATE ledger_entry CASCADE")
