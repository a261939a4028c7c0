"""The `anlan` command: one file a verb, loaded only when it is asked for.

A surface brings the verbs that need it in a `verbs/` folder of its own (`anlan/surfaces/stream/verbs/replay.py`), so
that no surface imports another; those that need none stand here.
"""

import importlib
import os
from pathlib import Path
from typing import Any

import click
import django
from django.db import OperationalError

from anlan.kernel.core.errors import Refused

SURFACES = Path(__file__).resolve().parents[1]

INTRODUCTION = """Anlan 安澜: the emergency-management platform of a district.

\b
Every day:
  anlan up            start everything on this machine; Ctrl-C stops it cleanly
  anlan up --demo     the same with an invented district and a storm that runs
  anlan ledger verify prove that nobody touched what was written
  anlan backup FILE   copy database and files to one archive
Ask `anlan VERB --help` for what a verb does and needs.
"""
NO_DATABASE = "The database does not answer. Is `anlan up` running? It said: {said}"


def modules() -> dict[str, str]:
    """Verb → dotted module, over every surface's `verbs/` folder."""
    files = sorted(SURFACES.glob("*/verbs/[a-z]*.py"))
    return {
        path.stem.replace("_", "-"): f"anlan.surfaces.{path.parts[-3]}.verbs.{path.stem}" for path in files
    }


class Verbs(click.Group):
    """A group whose commands are the modules of `verbs/` folders, each exposing `command`.

    Django is set up before a verb's module is loaded, so a verb imports models at its top. A refusal, or a
    database that does not answer, becomes one line on stderr and exit code 1.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(modules())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = modules().get(cmd_name)
        if module is None:
            return None
        django.setup()
        command = importlib.import_module(module).command
        if not isinstance(command, click.Command):
            raise TypeError(f"{module}: `command` is not a click command")
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Refused as refusal:
            raise click.ClickException(f"{refusal} [{refusal.code}]") from refusal
        except OperationalError as failure:
            raise click.ClickException(NO_DATABASE.format(said=str(failure).strip())) from failure


CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 120}


@click.group(cls=Verbs, help=INTRODUCTION, context_settings=CONTEXT)
@click.version_option(package_name="anlan", prog_name="anlan")
def main() -> None:
    """Read the line; the verb does the work."""


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.config.settings")
