"""The database of a test session: a cluster of its own in a temporary folder, migrated once, gone at the end.

Tests run as `anlan_app`, as the house does, so what the application may not do fails in tests too. The flush
after a transactional test is therefore not Django's: it empties the tables as superuser and puts back the rows
that migrations made.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import TransactionTestCase
from psycopg import sql

from anlan.kernel.core import keys
from anlan.kernel.core.postgres import Server, connection_settings

SMALL = {"shared_buffers": "64MB", "max_connections": "60", "max_wal_size": "2GB", "autovacuum": "off"}
ALIASES = {"default": "anlan_app", "owner": "anlan_owner"}
# A breakpoint, or a browser between two clicks, must not end the transaction of a test.
PATIENT = "-c idle_in_transaction_session_timeout=0 -c statement_timeout=60s -c transaction_timeout=0"


@pytest.fixture(scope="session")
def var_dir() -> Iterator[Path]:
    """The var folder of the session: keys, files and the cluster. Nothing of the real one is touched."""
    var = Path(tempfile.mkdtemp(prefix="anlan-test-"))
    before = settings.ANLAN_VAR
    settings.ANLAN_VAR = var
    settings.MEDIA_ROOT = var / "files"
    keys.key.cache_clear()
    yield var
    settings.ANLAN_VAR = before
    shutil.rmtree(var, ignore_errors=True)


@pytest.fixture(scope="session")
def cluster(var_dir: Path) -> Iterator[Server]:
    """The running server of the session."""
    server = Server(var_dir, options=SMALL, sync=False)
    server.start()
    yield server
    server.stop()
    shutil.rmtree(server.places.home, ignore_errors=True)
    shutil.rmtree(server.places.socket, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_setup(cluster: Server, django_db_blocker: Any, pytestconfig: Any) -> Iterator[None]:
    """Point Django at the session's cluster and migrate it as owner (pytest-django's own hook)."""
    started = time.monotonic()
    for alias, role in ALIASES.items():
        _point(alias, {**connection_settings(cluster.places.var, role)})
    with django_db_blocker.unblock():
        call_command("migrate", database="owner", interactive=False, verbosity=0)
        if "django.core.cache.backends.db.DatabaseCache" in {c["BACKEND"] for c in settings.CACHES.values()}:
            call_command("createcachetable", database="owner", verbosity=0)
        connections["owner"].close()
    _remember_seeds(cluster)
    TransactionTestCase._fixture_teardown = lambda case: _empty(cluster)
    pytestconfig.stash[_SECONDS] = time.monotonic() - started
    yield
    with django_db_blocker.unblock():
        connections.close_all()


_SECONDS = pytest.StashKey[float]()


def pytest_report_header() -> str:
    return "database: a throw-away cluster, as anlan_app"


def pytest_terminal_summary(terminalreporter: Any, config: Any) -> None:
    if (seconds := config.stash.get(_SECONDS, None)) is not None:
        terminalreporter.write_line(f"migrations took {seconds:.1f} s")


def _point(alias: str, to: dict[str, Any]) -> None:
    connection = connections[alias]
    connection.close()
    to["OPTIONS"] = {**to["OPTIONS"], "options": PATIENT}
    to["CONN_MAX_AGE"] = 0
    connection.settings_dict.update(to)
    settings.DATABASES[alias].update(to)


def _tables(connection: psycopg.Connection[Any]) -> list[str]:
    """Every ordinary table of ours; partitions are emptied through their parent."""
    rows = connection.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
        " AND c.relname <> 'django_migrations'"
    )
    return [row[0] for row in rows]


def _filled(connection: psycopg.Connection[Any], tables: list[str]) -> list[str]:
    asks = [
        sql.SQL("SELECT {} WHERE EXISTS (SELECT 1 FROM {})").format(table, sql.Identifier("public", table))
        for table in tables
    ]
    return [row[0] for row in connection.execute(sql.SQL(" UNION ALL ").join(asks))] if asks else []


def _columns(connection: psycopg.Connection[Any], table: str) -> sql.Composed:
    rows = connection.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'",
        [table],
    )
    return sql.SQL(", ").join(sql.Identifier(row[0]) for row in rows)


def _superuser(cluster: Server) -> psycopg.Connection[Any]:
    return psycopg.connect(cluster.conninfo(), autocommit=True)


def _remember_seeds(cluster: Server) -> None:
    with _superuser(cluster) as connection:
        connection.execute("CREATE SCHEMA seed")
        for table in _filled(connection, _tables(connection)):
            connection.execute(
                sql.SQL("CREATE TABLE {} AS SELECT {} FROM {}").format(
                    sql.Identifier("seed", table),
                    _columns(connection, table),
                    sql.Identifier("public", table),
                )
            )


def _empty(cluster: Server) -> None:
    """`replica` switches off foreign keys and the ledger's triggers for this one connection."""
    for connection in connections.all(initialized_only=True):
        connection.close()
    with _superuser(cluster) as connection, connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        for table in _filled(connection, _tables(connection)):
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier("public", table)))
        for (table,) in connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'seed'"
        ).fetchall():
            columns = _columns(connection, table)
            connection.execute(
                sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE SELECT {} FROM {}").format(
                    sql.Identifier("public", table), columns, columns, sql.Identifier("seed", table)
                )
            )


os.environ.setdefault(
    "DJANGO_ALLOW_ASYNC_UNSAFE", "true"
)  # playwright keeps a loop running in the main thread
