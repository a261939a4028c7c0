"""`anlan features`: what the platform can do, each with the tests that prove it."""

from pathlib import Path

import click
from django.conf import settings

from anlan.surfaces.cli import features


@click.command(name="features")
@click.option("--check", is_flag=True, help="Print only what does not fit; exit 1 if anything does not.")
def command(check: bool) -> None:
    """List what is true now (docs/features.csv) and the tests behind it."""
    root = Path(settings.BASE_DIR)
    wrong = features.problems(root)
    if not check:
        proved = features.proofs(root)
        for feature in features.features(root):
            tests = " ".join(proved.get(feature.id, ["—"]))
            click.echo(f"{feature.id}  {feature.feature_en:<34} {feature.codes:<16} {tests}")
    for line in wrong:
        click.echo(line, err=True)
    if wrong:
        raise SystemExit(1)
