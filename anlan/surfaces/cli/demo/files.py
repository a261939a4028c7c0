"""The demo's files as rows."""

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent / "data"
DISTRICT = "440399000000"


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    """The rows of one of the CSV files."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def geojson(name: str) -> dict[str, Any]:
    """A FeatureCollection, with `origin` saying whose lines they are."""
    found: dict[str, Any] = json.loads((DATA / f"{name}.geojson").read_text(encoding="utf-8"))
    return found


def street_names() -> list[str]:
    """The ten streets, in the order of their codes."""
    return [row["name"] for row in table("streets")]


def street_code(name: str) -> str:
    return f"440399{street_names().index(name) + 1:03d}000"
