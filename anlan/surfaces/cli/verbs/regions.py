"""`anlan regions load FILE`: any region tree, and whose lines its outlines are."""

import json
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import click
from django.utils.translation import gettext as _

from anlan.kernel.core import clock
from anlan.kernel.places.actions import load_regions, regions_from_csv
from anlan.kernel.places.models import Region
from anlan.kernel.places.regions import prefix_of

BY = "service:terminal"
CODE_NAMES = ("code", "gb", "adcode", "region_code", "county_code")
CHUNK = 4000  # regions in one transaction; a province has forty thousand


@click.group(name="regions")
def command() -> None:
    """The tree of regions (行政区划): district, streets, communities."""


@command.command(name="load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--outlines",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="GeoJSON with the shapes, WGS-84 or CGCS2000.",
)
@click.option("--origin", default="", help="Whose lines they are; said on the map.")
@click.option("--under", default="", help="Only codes that begin with these digits, such as 4403.")
def load(file: Path, outlines: Path | None, origin: str, under: str) -> None:
    """Load regions from a CSV file with the columns community_code, community, street_code, street, county_code, …

    Columns of levels that the file does not have may be missing. A known code takes the file's name; nothing is
    removed. Shapes are found by the code in a feature's properties (code, gb, adcode …; 6, 9 or 12 digits).
    """
    names = {code: name for code, name in regions_from_csv(file).items() if code.startswith(under)}
    shapes = {code: (shape, origin) for code, shape in _shapes(outlines)} if outlines else {}
    shapes = _standing(names) | shapes
    # Parents first, and what bears the same origin together: the door takes one origin at a time.
    rows = sorted(names, key=lambda code: (len(prefix_of(code)), shapes.get(code, (None, ""))[1]))
    for (_cut, whose), codes in groupby(
        rows, key=lambda code: (len(prefix_of(code)), shapes.get(code, (None, ""))[1])
    ):
        _load({code: names[code] for code in codes}, shapes, whose)
    drawn = len(shapes.keys() & names.keys())
    click.echo(
        _("{rows} regions stand as the file says; {drawn} of them have an outline.").format(
            rows=len(names), drawn=drawn
        )
    )


def _load(names: dict[str, str], shapes: dict[str, tuple[Any, str]], origin: str) -> None:
    outlines = {code: shapes[code][0] for code in names if code in shapes}
    codes = list(names)
    for start in range(0, len(codes), CHUNK):
        some = {code: names[code] for code in codes[start : start + CHUNK]}
        load_regions(some, outlines=outlines, origin=origin, by=BY, at=clock.real_now())


def _standing(names: dict[str, str]) -> dict[str, tuple[Any, str]]:
    """Outlines that are there already, and whose: a list of names without shapes must not wipe them out."""
    rows = Region.objects.filter(pk__in=names, outline__isnull=False)
    return {
        row.code: (row.outline, row.outline_origin) for row in rows.only("code", "outline", "outline_origin")
    }


def _shapes(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """12-digit code → geometry of each feature that names one."""
    for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
        said = {str(key).lower(): str(value) for key, value in feature["properties"].items()}
        code = next((digits for key in CODE_NAMES if (digits := said.get(key, "").removeprefix("156"))), "")
        if code.isdigit() and len(code) <= 12:
            yield code.ljust(12, "0"), feature["geometry"]
