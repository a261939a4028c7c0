"""`anlan domain NAME`: the folder of a new subject."""

import keyword
import re
from pathlib import Path
from string import Template

import click
from django.apps import apps
from django.conf import settings

SKELETON = Path(__file__).resolve().parents[1] / "skeleton"


def written(folder: Path, *, package: str, name: str, record: str, label: str, zh: str) -> list[Path]:
    """Fill the skeleton into `folder`; returns the files made. Refuses a folder that is there."""
    folder.mkdir(parents=True)
    words = {
        "package": package, "name": name, "record": record, "label": label, "zh": zh, "title": _camel(name),
        "Record": _camel(record), "upper": record.upper(),
    }  # fmt: skip
    made = []
    for source in sorted(SKELETON.rglob("*.txt")):
        target = folder / source.relative_to(SKELETON).with_suffix("")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(Template(source.read_text(encoding="utf-8")).substitute(words), encoding="utf-8")
        made.append(target)
    return made


def _camel(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


def _identifier(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    if not re.fullmatch(r"[a-z][a-z_]*[a-z]", value) or keyword.iskeyword(value):
        raise click.BadParameter(f"{value!r}: small English letters, e.g. snow")
    return value


@click.command(name="domain")
@click.argument("name", callback=_identifier)
@click.option(
    "--record", callback=_identifier, required=True, help="What one of them is called, e.g. stretch."
)
@click.option("--label", required=True, help="English words for the subject, e.g. 'Snow clearing'.")
@click.option("--zh", required=True, help="The bureau's words for it, e.g. 扫雪除冰.")
def command(name: str, record: str, label: str, zh: str) -> None:
    """Make the folder of a new subject, with a loop that works and tests that pass."""
    if any(config.label == name for config in apps.get_app_configs()):
        raise click.BadParameter(f"there is an app called {name!r} already")
    folder = Path(settings.BASE_DIR) / "anlan/domains" / name
    if folder.exists():
        raise click.BadParameter(f"{folder} is there already")
    for path in written(
        folder, package=f"anlan.domains.{name}", name=name, record=record, label=label, zh=zh
    ):
        click.echo(f"made {path.relative_to(settings.BASE_DIR)}")
    click.echo(
        f'Next: put "anlan.domains.{name}" into INSTALLED_APPS (anlan/config/settings.py), then\n'
        f"  anlan manage makemigrations {name}\n  make check\n"
    )
