"""The embedded server: its paths, its users, and what a killed starter leaves behind."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psycopg
import pytest

from anlan.kernel.core.postgres import NotStartedError, Server, connection_settings
from anlan.kernel.core.postgres.sizing import sized

SMALL = {"shared_buffers": "16MB", "max_connections": "20"}
STARTER = """
    import sys, time
    from pathlib import Path
    from anlan.kernel.core.postgres import Server
    server = Server(Path(sys.argv[1]), options={"shared_buffers": "16MB"}, sync=False)
    server.start()
    print("up", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def make_server():
    made = []

    def make(var: Path) -> Server:
        made.append(Server(var, options=SMALL, sync=False))
        return made[-1]

    yield make
    for server in made:
        server.stop()
        shutil.rmtree(server.places.home, ignore_errors=True)
        shutil.rmtree(server.places.socket, ignore_errors=True)


@pytest.fixture
def var(tmp_path):
    """A var folder whose path has 120 characters, below a directory nobody else may enter."""
    folder = tmp_path / "closed" / "x"
    folder.parent.mkdir(mode=0o700)
    return folder.with_name("v" * max(120 - len(str(folder)) + 1, 1))


def test_a_long_path_below_a_closed_directory_works_and_opens_nothing(make_server, var):
    before = {folder: stat.S_IMODE(folder.stat().st_mode) for folder in var.parents}
    server = make_server(var)
    server.start()
    assert len(str(var)) >= 120
    assert server.answers()
    assert {folder: stat.S_IMODE(folder.stat().st_mode) for folder in var.parents} == before
    assert stat.S_IMODE(server.places.socket.stat().st_mode) == 0o700
    assert stat.S_IMODE(server.places.data.stat().st_mode) == 0o700


def test_a_stopped_server_keeps_its_rows_and_its_name(make_server, var):
    server = make_server(var)
    server.start()
    with psycopg.connect(server.conninfo("anlan_owner")) as owner:
        owner.execute("CREATE TABLE kept AS SELECT 1 AS one")
    server.stop()
    assert not server.processes()
    again = make_server(var)
    again.start()
    with psycopg.connect(again.conninfo("anlan_app")) as app:
        assert app.execute("SELECT one FROM kept").fetchone() == (1,)


def test_a_pid_file_that_names_somebody_elses_process_is_not_believed(make_server, var):
    server = make_server(var)
    server.start()
    server.stop()
    pid_file = server.places.data / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{server.places.data}\n")
    again = make_server(var)
    again.start()
    assert again.answers()


def test_a_server_that_runs_is_not_started_twice(make_server, var, monkeypatch):
    monkeypatch.setattr("anlan.kernel.core.postgres.server.STOP_SECONDS", 0.3)
    make_server(var).start()
    second = make_server(var)
    with pytest.raises(NotStartedError, match="in use by process"):
        second.start()


def test_the_server_dies_with_a_killed_starter_and_the_next_start_works(make_server, var):
    command = [sys.executable, "-c", textwrap.dedent(STARTER), str(var)]
    starter = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert starter.stdout.readline() == "up\n"
    starter.send_signal(signal.SIGKILL)
    starter.wait()
    starter.stdout.close()
    server = make_server(var)
    began = time.monotonic()
    server.start()
    assert time.monotonic() - began < 10
    assert server.answers()


def test_nobody_is_trusted(make_server, var):
    server = make_server(var)
    server.start()
    rules = (server.places.data / "pg_hba.conf").read_text()
    assert rules.split() == ["local", "all", "all", "peer", "map=anlan"]
    with psycopg.connect(server.conninfo()) as raw:
        assert raw.execute("SHOW listen_addresses").fetchone() == ("",)
        assert raw.execute("SELECT count(*) FROM pg_roles WHERE rolsuper").fetchone() == (1,)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_another_user_of_the_machine_does_not_get_in(make_server, var):
    server = make_server(var)
    server.start()
    server.places.socket.chmod(0o755)  # even if the directory stood open
    (server.places.socket / ".s.PGSQL.5432").chmod(0o777)
    psql = subprocess.run(
        [server.tool("psql"), server.conninfo("anlan_app"), "-c", "SELECT 1"],
        user="nobody",
        capture_output=True,
        text=True,
        cwd="/",
        check=False,
    )
    assert psql.returncode != 0
    assert "eer authentication failed" in psql.stderr


def test_text_sorts_by_code_point_without_the_systems_locale(cluster):
    with psycopg.connect(cluster.conninfo()) as raw:
        facts = raw.execute(
            "SELECT datlocprovider::text, datlocale FROM pg_database WHERE datname = 'anlan'"
        ).fetchone()
        assert facts == ("b", "C.UTF-8")
        assert raw.execute("SELECT upper('é'), '安' ~ '^[[:alpha:]]$'").fetchone() == ("É", True)


def test_the_application_role_has_time_outs(cluster):
    with psycopg.connect(cluster.conninfo("anlan_app")) as raw:
        shown = [raw.execute(f"SHOW {name}").fetchone()[0] for name in ("statement_timeout", "lock_timeout")]
        assert shown == ["10s", "5s"]
        assert raw.execute("SHOW idle_in_transaction_session_timeout").fetchone() == ("5s",)


@pytest.mark.parametrize("statement", ["TRUNCATE ledger_entry CASCADE", "UPDATE ledger_entry SET code = 'x'",
                                       "DELETE FROM ledger_entry", "ALTER TABLE ledger_entry DISABLE TRIGGER ALL",
                                       "DROP TABLE ledger_entry CASCADE", "DELETE FROM ledger_position"])  # fmt: skip
def test_the_application_cannot_change_the_ledger(cluster, django_db_setup, statement):
    with (
        psycopg.connect(cluster.conninfo("anlan_app")) as app,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        app.execute(statement)


def test_settings_name_the_socket_and_whose_server_it_must_be(tmp_path):
    found = connection_settings(tmp_path, "anlan_app")
    assert found["USER"] == "anlan_app"
    assert found["OPTIONS"]["requirepeer"]
    assert len(f"{found['HOST']}/.s.PGSQL.5432.lock") <= 107


@pytest.mark.parametrize(("memory_mb", "shared"), [(512, "64MB"), (24_000, "3000MB"), (200_000, "8192MB")])
def test_buffers_fit_the_machine(memory_mb, shared):
    assert sized(memory_mb * 2**20)["shared_buffers"] == shared
