"""`anlan restore FILE`: put a backup in place and prove its ledger."""

from pathlib import Path

import click
from django.conf import settings

from anlan.kernel.ledger.verify import verify
from anlan.surfaces.cli import archive
from anlan.surfaces.cli.supervisor import lock


@click.command(name="restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--replace", is_flag=True, help="There are records here: keep that database under another name."
)
@click.option(
    "--other-keys", is_flag=True, help="Restore although the keys here are not those of the backup."
)
def command(file: Path, replace: bool, other_keys: bool) -> None:
    """Read FILE into the database of this installation. Stop `anlan up` first."""
    with lock.held(Path(settings.ANLAN_VAR)), archive.server():
        made = archive.read(file, replace=replace, other_keys=other_keys)
        verdict = verify(expect=(made["seq"], bytes.fromhex(made["seal"])) if made["seq"] else None)
    click.echo(
        f"Restored: ledger to seq {verdict.last_seq}, {verdict.checked} entries checked, {made['files']} files."
    )
    if not verdict.ok:
        raise click.ClickException(f"The ledger does not verify: {len(verdict.findings)} findings.")
    click.echo("The ledger verifies.")
