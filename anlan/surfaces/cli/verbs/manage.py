"""`anlan manage …`: Django's own commands (migrate, shell, check, makemigrations)."""

import click
from django.core.management import execute_from_command_line


@click.command(
    name="manage",
    context_settings={
        "ignore_unknown_options": True,
        "allow_interspersed_args": False,
        "help_option_names": [],
    },
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(arguments: tuple[str, ...]) -> None:
    """Run one of Django's own commands: migrate, shell, check, makemigrations …"""
    execute_from_command_line(["anlan manage", *arguments])
