"""`anlan admin create`: the three administrators, each with a password of their own choosing."""

import click
from django.utils.translation import gettext as _

from anlan.kernel.core import clock
from anlan.kernel.orgs.administration import create_administrator
from anlan.surfaces.cli.tables import BY


@click.group(name="admin")
def command() -> None:
    """The three administrators (三员): system, security, audit. None has a default password."""


@command.command(name="create")
@click.option("--role", type=click.Choice(["system", "security", "audit"]), required=True)
@click.option("--login", required=True, help="Sign-in name: letters, digits, dots, dashes.")
@click.password_option(help="Asked for twice on the terminal when it is left out, which is better.")
def create(role: str, login: str, password: str) -> None:
    """Make an administrator's account. One account has one role; weak passwords are refused."""
    account = create_administrator(login=login, role=role, password=password, by=BY, at=clock.real_now())
    click.echo(
        _(
            "{login} is now the {role} administrator. Sign in at /accounts/login/ and add a second factor."
        ).format(login=account.login, role=role)
    )
