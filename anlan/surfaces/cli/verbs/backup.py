"""`anlan backup FILE`: database, seals and attachments in one archive; never the keys."""

from pathlib import Path

import click
from django.conf import settings

from anlan.surfaces.cli import archive


@click.command(name="backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def command(file: Path) -> None:
    """Write everything but the keys to FILE. Works while Anlan runs, and while it does not."""
    made = archive.write(file.absolute())
    click.echo(
        f"{file}: {file.stat().st_size / 2**20:.1f} MB, ledger to seq {made['seq']}, {made['files']} files."
    )
    click.echo(f"The keys are not in it. Keep a copy of {settings.ANLAN_VAR}/keys somewhere else.")
