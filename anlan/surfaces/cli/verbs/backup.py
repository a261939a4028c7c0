"""`anlan backup FILE`: database, seals and attachments in one archive; never the keys."""

from pathlib import Path

import click
from django.conf import settings
from django.utils.translation import gettext as _

from anlan.surfaces.cli import archive


@click.command(name="backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def command(file: Path) -> None:
    """Write everything but the keys to FILE. Works while Anlan runs, and while it does not."""
    made = archive.write(file.absolute())
    told = _("{file}: {size} MB, ledger to seq {seq}, {files} files.")
    size = f"{file.stat().st_size / 2**20:.1f}"
    click.echo(told.format(file=file, size=size, seq=made["seq"], files=made["files"]))
    told = _("The keys are not in it. Keep a copy of {folder} somewhere else.")
    click.echo(told.format(folder=Path(settings.ANLAN_VAR) / "keys"))
