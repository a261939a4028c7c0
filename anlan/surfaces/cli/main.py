"""The `anlan` command: one file a verb under `verbs/`, loaded only when it is asked for."""

import importlib
import os
from pathlib import Path
from typing import Any

import click
import django
from django.db import OperationalError

from anlan.kernel.core.errors import Refused

VERBS = Path(__file__).with_name("verbs")

INTRODUCTION = """Anlan 安澜: the emergency-management platform of a district.

\b
Every day:
  anlan up            start everything on this machine; Ctrl-C stops it cleanly
  anlan up --demo     the same with an invented district and a storm that runs
  anlan backup        copy database and files to one archive
Ask `anlan VERB --help` for what a verb does and needs.
"""
NO_DATABASE = "The database does not answer. Is `anlan up` running? It said: {said}"


class Verbs(click.Group):
    """A group whose commands are the modules of `verbs/`, each exposing `command`.

    Django is set up before a verb's module is loaded, so a verb imports models at its top. A refusal, or a
    database that does not answer, becomes one line on stderr and exit code 1.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(path.stem.replace("_", "-") for path in VERBS.glob("[a-z]*.py"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        stem = cmd_name.replace("-", "_")
        if not stem.isidentifier() or stem.startswith("_") or not (VERBS / f"{stem}.py").is_file():
            return None
        django.setup()
        command = importlib.import_module(f"anlan.surfaces.cli.verbs.{stem}").command
        if not isinstance(command, click.Command):
            raise TypeError(f"verbs/{stem}.py: `command` is not a click command")
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Refused as refusal:
            raise click.ClickException(f"{refusal} [{refusal.code}]") from refusal
        except OperationalError as failure:
            raise click.ClickException(NO_DATABASE.format(said=str(failure).strip())) from failure


@click.group(cls=Verbs, help=INTRODUCTION, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="anlan", prog_name="anlan")
def main() -> None:
    """Read the line; the verb does the work."""


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.config.settings")
