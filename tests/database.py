"""The database of a test session: a cluster of its own in a temporary folder, migrated once, gone at the end.

Tests run as `anlan_app`, as the house does, so what the application may not do fails in tests too. The flush
after a transactional test is therefore not Django's: it empties the tables as superuser and puts back the rows
that migrations made.
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import TransactionTestCase
from psycopg import sql

from anlan.kernel.core import keys, postgres
from anlan.kernel.core.postgres import Server, connection_settings, migrating, places

SMALL = {"shared_buffers": "64MB", "max_connections": "60", "max_wal_size": "2GB", "autovacuum": "off"}
TEMPLATES = 4  # migrated clusters kept for the next sessions, 60 MB each
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
    take_template(server)
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
    if not _migrated(cluster):
        _migrate(cluster, django_db_blocker)
        _keep(_template(), cluster)
    TransactionTestCase._fixture_teardown = lambda case: _empty(cluster)
    pytestconfig.stash[_SECONDS] = time.monotonic() - started
    yield
    with django_db_blocker.unblock():
        connections.close_all()


def _migrate(cluster: Server, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        migrating.migrate()
        if "django.core.cache.backends.db.DatabaseCache" in {c["BACKEND"] for c in settings.CACHES.values()}:
            call_command("createcachetable", database="owner", verbosity=0)
        connections.close_all()
    _remember_seeds(cluster)


def _migrated(cluster: Server) -> bool:
    with _superuser(cluster) as connection:
        return connection.execute("SELECT to_regnamespace('seed') IS NOT NULL").fetchone() == (True,)


def _template() -> Path:
    """A migrated cluster of exactly these migrations, kept from an earlier session; may not be there."""
    digest = hashlib.sha256(repr(settings.INSTALLED_APPS).encode())
    folders = [Path(app.path) / "migrations" for app in apps.get_app_configs()]
    files = [
        file for folder in [*folders, Path(postgres.__file__).parent] for file in sorted(folder.glob("*.py"))
    ]
    for file in [*files, Path(__file__)]:
        digest.update(file.read_bytes())
    return Path(tempfile.gettempdir()) / f"anlan-test-clusters-{os.getuid()}" / digest.hexdigest()[:16]


def take_template(server: Server) -> None:
    """Give a new server the migrated cluster when one is kept: the start then migrates nothing."""
    template = _template()
    if template.exists():
        os.utime(template)
        places.ensure(server.places)
        subprocess.run(["cp", "-a", str(template), str(server.places.data)], check=True)


def _keep(template: Path, server: Server) -> None:
    """A stopped server's files are whole. The newest few are kept; a name appears only when it is complete."""
    template.parent.mkdir(mode=0o700, exist_ok=True)
    server.stop()
    fresh = template.with_name(f"{template.name}.{os.getpid()}")
    subprocess.run(["cp", "-a", str(server.places.data), str(fresh)], check=True)
    server.start()
    if template.exists():
        shutil.rmtree(fresh)
        return
    os.utime(fresh)
    fresh.rename(template)
    kept = sorted(template.parent.iterdir(), key=lambda each: each.stat().st_mtime)
    for old in kept[:-TEMPLATES]:
        shutil.rmtree(old, ignore_errors=True)


_SECONDS = pytest.StashKey[float]()


def pytest_report_header() -> str:
    return "database: a throw-away cluster, as anlan_app"


def pytest_terminal_summary(terminalreporter: Any, config: Any) -> None:
    if (seconds := config.stash.get(_SECONDS, None)) is not None:
        terminalreporter.write_line(f"database ready after {seconds:.1f} s")


def _point(alias: str, to: dict[str, Any]) -> None:
    connection = connections[alias]
    connection.close()
    to["OPTIONS"] = {**to["OPTIONS"], "options": PATIENT}
    to["CONN_MAX_AGE"] = 0
    connection.settings_dict.update(to)
    settings.DATABASES[alias].update(to)


def _tables(connection: psycopg.Connection[Any]) -> list[str]:
    """Our ordinary tables that may hold rows: of most even the file is empty. Partitions are emptied by their parent."""
    rows = connection.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = 'public' AND NOT c.relispartition AND c.relname <> 'django_migrations'"
        " AND (c.relkind = 'p' OR c.relkind = 'r' AND pg_relation_size(c.oid) > 0)"
    )
    return [row[0] for row in rows]


def _filled(connection: psycopg.Connection[Any]) -> list[str]:
    """The tables with rows in them."""
    tables = _tables(connection)
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
        for table in _filled(connection):
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
        for table in _filled(connection):
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
