"""`anlan restore FILE`: put a backup in place and prove its ledger."""

from pathlib import Path

import click
from django.conf import settings
from django.utils.translation import gettext as _

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
    told = _("Restored: ledger to seq {seq}, {checked} entries checked, {files} files.")
    click.echo(told.format(seq=verdict.last_seq, checked=verdict.checked, files=made["files"]))
    if not verdict.ok:
        told = _("The ledger does not verify: {count} findings. `anlan ledger verify` names them.")
        raise click.ClickException(told.format(count=len(verdict.findings)))
    click.echo(_("The ledger verifies."))
