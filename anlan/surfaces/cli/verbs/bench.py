"""`anlan bench [NAME]`: measure on this machine and print ratios."""

import importlib
import json
from pathlib import Path
from typing import Any

import click
from django.conf import settings

HELPERS = {"__init__", "result"}


def names() -> list[str]:
    """The benches there are: modules of bench/ that expose `run`."""
    folder = Path(settings.BASE_DIR) / "bench"
    modules = [path for path in folder.glob("[a-z]*.py") if path.stem not in HELPERS]
    return sorted(path.stem for path in modules if "\ndef run(" in path.read_text(encoding="utf-8"))


def _measure(name: str) -> list[Any]:
    return list(importlib.import_module(f"bench.{name}").run())


def _line(result: Any) -> str:
    ratio = f"×{result.ratio:.2f}" if result.ratio is not None else ""
    verdict = "" if result.held else "  MISSED"
    return f"{result.name:<34} {result.value:>14,.3f} {result.unit:<14} {ratio:>9}  {result.against}{verdict}"


@click.command(name="bench")
@click.argument("name", required=False)
@click.option(
    "--json", "as_json", is_flag=True, help="One JSON object a line: name, value, unit, against, ratio …"
)
def command(name: str | None, as_json: bool) -> None:
    """Measure NAME, or everything, against peers and limits (exit 1: a limit missed)."""
    known = names()
    if name and name not in known:
        raise click.BadParameter(f"no bench {name!r}; there are: {', '.join(known) or 'none'}")
    held = True
    for each in [name] if name else known:
        for result in _measure(each):
            click.echo(json.dumps(result.as_dict(), ensure_ascii=False) if as_json else _line(result))
            held = held and result.held
    if known and not as_json:
        click.echo(f"machine: {importlib.import_module('bench.result').machine()}")
    if not held:
        raise SystemExit(1)
