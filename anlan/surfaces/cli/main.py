"""The `anlan` command: one file a verb under `verbs/`, loaded only when it is asked for."""

import importlib
import os
from pathlib import Path

import click

VERBS = Path(__file__).with_name("verbs")

INTRODUCTION = """Anlan 安澜: the emergency-management platform of a district.

\b
Every day:
  anlan up            start everything on this machine; Ctrl-C stops it cleanly
  anlan up --demo     the same with an invented district and a storm that runs
  anlan backup        copy database and files to one archive
Ask `anlan VERB --help` for what a verb does and needs.
"""


class Verbs(click.Group):
    """A group whose commands are the modules of `verbs/`, each exposing `command`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        names = {path.stem for path in VERBS.glob("[a-z]*.py")}
        return sorted({name.replace("_", "-") for name in names} | set(super().list_commands(ctx)))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        own = super().get_command(ctx, cmd_name)
        stem = cmd_name.replace("-", "_")
        if own or not stem.isidentifier() or not (VERBS / f"{stem}.py").is_file():
            return own
        command = importlib.import_module(f"anlan.surfaces.cli.verbs.{stem}").command
        if not isinstance(command, click.Command):
            raise TypeError(f"verbs/{stem}.py: `command` is not a click command")
        return command


@click.group(cls=Verbs, help=INTRODUCTION, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="anlan", prog_name="anlan")
def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.config.settings")
