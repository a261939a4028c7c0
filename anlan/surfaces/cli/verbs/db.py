"""`anlan db …`: the database of this installation by hand."""

import os
from contextlib import nullcontext
from pathlib import Path

import click
import psycopg
from django.conf import settings
from django.utils.translation import gettext as _

from anlan.kernel.core.postgres import Server, running
from anlan.kernel.core.postgres.places import APP
from anlan.kernel.core.postgres.roles import statements_for_admin
from anlan.surfaces.cli.supervisor.house import embedded, migrate


@click.group(name="db")
def command() -> None:
    """The database: bring it up to date, look into it, prepare a server of your own."""


@command.command(name="migrate")
def bring_up_to_date() -> None:
    """Apply migrations and rulesets as owner (`anlan up` does it at every start)."""
    with running(Path(settings.ANLAN_VAR)) if embedded() else nullcontext():
        migrate()
    click.echo(_("Up to date."))


@command.command(name="shell")
@click.option("--role", default=APP, help="anlan_app [default], anlan_owner or postgres.")
def shell(role: str) -> None:
    """psql on the embedded database; `anlan up` must be running."""
    server = Server(Path(settings.ANLAN_VAR))
    psql = server.tool("psql")
    os.execv(psql, [psql, server.conninfo(role)])  # noqa: S606


@command.command(name="who")
def who() -> None:
    """Ask the running server who it is."""
    server = Server(Path(settings.ANLAN_VAR))
    with psycopg.connect(server.conninfo(), autocommit=True) as raw:
        (version,) = raw.execute("SELECT version()").fetchone() or ("",)
    click.echo(f"{version}\ndata: {server.places.data}\nsocket: {server.places.socket}")


@command.command(name="sql")
def sql() -> None:
    """What the administrator of a PostgreSQL server of your own runs once, before DATABASE_URL is set."""
    click.echo(statements_for_admin())
