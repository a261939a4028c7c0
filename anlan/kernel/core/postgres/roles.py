"""The two roles and what they may do; the same statements serve a server of the bureau's own."""

from typing import Any

import psycopg
from psycopg import sql

from anlan.kernel.core.postgres.places import APP, DATABASE, OWNER

# A writing transaction aims at 2 s, because an open one holds the whole feed back. These are the nets below it:
# a busy machine must not turn a slow act into a lost one.
TIMEOUTS = {
    "statement_timeout": "10s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "5s",
    "transaction_timeout": "15s",  # PostgreSQL 17 and later
}
_IN_PUBLIC = f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public"
GRANTS = (
    f"ALTER SCHEMA public OWNER TO {OWNER}",
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    f"GRANT USAGE ON SCHEMA public TO {APP}",
    f"{_IN_PUBLIC} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP}",
    f"{_IN_PUBLIC} GRANT USAGE, SELECT ON SEQUENCES TO {APP}",
)
_FROM_17 = {"transaction_timeout"}


def server_facts(conninfo: str) -> dict[str, Any]:
    """Who a running server says it is: data_directory, system_identifier, version (needs a superuser)."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        row = connection.execute(
            "SELECT current_setting('data_directory'), system_identifier::text,"
            " current_setting('server_version_num')::int FROM pg_control_system()"
        ).fetchone()
    assert row is not None
    return dict(zip(("data_directory", "system_identifier", "version"), row, strict=True))


def prepare(connection: psycopg.Connection[Any]) -> None:
    """Make the roles and the database where they are missing; idempotent. `connection` is autocommit, superuser."""
    for role in (OWNER, APP):
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
    version = connection.info.server_version
    for name, value in TIMEOUTS.items():
        if version >= 170000 or name not in _FROM_17:
            connection.execute(f"ALTER ROLE {APP} SET {name} = '{value}'")
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
        connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER} TEMPLATE template0")


def statements_for_admin() -> str:
    """The same as SQL text, for a server where Anlan is no superuser."""
    lines = [f"CREATE ROLE {role} LOGIN PASSWORD '…';" for role in (OWNER, APP)]
    lines += [f"ALTER ROLE {APP} SET {name} = '{value}';" for name, value in TIMEOUTS.items()]
    lines.append(f"CREATE DATABASE {DATABASE} OWNER {OWNER} TEMPLATE template0 ENCODING 'UTF8';")
    lines.append(f"\\connect {DATABASE}")
    return "\n".join([*lines, *(f"{statement};" for statement in GRANTS)])


def grants(connection: psycopg.Connection[Any]) -> None:
    """Inside the database: the owner owns the schema, the application reads and writes rows and no more."""
    for statement in GRANTS:
        connection.execute(statement)
