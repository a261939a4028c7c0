"""Catalogues, one per app: `make messages` updates them, setup compiles them, tests ask whether they are complete.

messages.py update     put every English string of each app into its zh_Hans catalogue
messages.py check      print what is missing, fuzzy or stale; exit 1 if anything is
messages.py compile    .po → .mo where the .mo is older
"""

import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
LOCALE = "zh_Hans"
# Where strings stand under another name than gettext: N_ marks them where Django is barred, `reason` words refusals.
KEYWORDS: dict[str, Any] = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None, "N_": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2), "npgettext": ((1, "c"), 2, 3), "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}  # fmt: skip
# Tests, bundles and migrations hold no words that a person of the bureau reads.
PASSED_OVER = {"tests", "migrations", "node_modules", "build", "locale"}


def apps() -> list[Path]:
    """Every app folder of ours: one that has an apps.py."""
    return sorted(path.parent for path in (ROOT / "anlan").rglob("apps.py"))


def catalogue_path(app: Path) -> Path:
    return app / "locale" / LOCALE / "LC_MESSAGES" / "django.po"


def _sources(app: Path) -> Iterator[Path]:
    for path in sorted(app.rglob("*")):
        inside = set(path.relative_to(app).parts[:-1])
        if path.suffix in {".py", ".html", ".txt", ".xml"} and not inside & PASSED_OVER:
            yield path


def _python_of(path: Path) -> bytes:
    text = path.read_text(encoding="utf-8")
    return (text if path.suffix == ".py" else templatize(text, origin=str(path))).encode()


def extracted(app: Path) -> Catalog:
    """The strings an app shows, with where they stand."""
    catalogue = Catalog(locale=LOCALE, domain="django", project="Anlan", charset="utf-8")
    for path in _sources(app):
        if path.suffix != ".py" and "{%" not in path.read_text(encoding="utf-8"):
            continue
        where = str(path.relative_to(app))
        found = extract("python", BytesIO(_python_of(path)), keywords=KEYWORDS, options={"encoding": "utf-8"})
        for _line, words, _comments, context in found:
            # files, not lines: a moved line is no change of a catalogue
            catalogue.add(words, locations=[(where, 0)], context=context)
    return catalogue


def read(app: Path) -> Catalog:
    """The app's catalogue as it stands; empty when there is none."""
    path = catalogue_path(app)
    if not path.exists():
        return Catalog(locale=LOCALE, domain="django")
    with path.open("rb") as file:
        return read_po(file, locale=LOCALE, domain="django")


def key_of(message: Message) -> tuple[str, str | None]:
    """What tells messages apart: the (first) English text and the context."""
    text = message.id if isinstance(message.id, str) else message.id[0]
    return text, message.context


def _filled(message: Message) -> bool:
    return all(message.string) if isinstance(message.string, list | tuple) else bool(message.string)


def problems(app: Path) -> list[str]:
    """What keeps an app's catalogue from being complete, one line each."""
    wanted = {key_of(message): message for message in extracted(app) if message.id}
    have = {key_of(message): message for message in read(app) if message.id}
    name = str(app.relative_to(ROOT))
    lines = [f"{name}: not in the catalogue: {text!r}" for text, _ in wanted.keys() - have.keys()]
    lines += [f"{name}: no longer used: {text!r}" for text, _ in have.keys() - wanted.keys()]
    for key in wanted.keys() & have.keys():
        message = have[key]
        if message.fuzzy or not _filled(message):
            lines.append(f"{name}: not translated: {key[0]!r}")
        lines += [f"{name}: {error}: {key[0]!r}" for error in message.check()]
        lines += _lost_fields(name, message)
    return sorted(lines)


def contradictions() -> list[str]:
    """English strings that two apps translate differently: Django would show whichever app it lists first."""
    known: dict[tuple[str, str | None], tuple[str, Message]] = {}
    lines = []
    for app in apps():
        name = str(app.relative_to(ROOT))
        for message in read(app):
            if not message.id or not _filled(message):
                continue
            other, first = known.setdefault(key_of(message), (name, message))
            if first.string != message.string:
                lines.append(
                    f"{name} and {other} differ: {message.id!r}: {message.string!r}, {first.string!r}"
                )
    return lines


FIELD = re.compile(r"%\((\w+)\)[sd]|\{(\w*)[^{}]*\}")


def _lost_fields(name: str, message: Message) -> list[str]:
    """A translation that names a field its English does not have would fail at the moment it is needed."""
    english = message.id if isinstance(message.id, str) else " ".join(message.id)
    chinese = message.string if isinstance(message.string, str) else " ".join(message.string or ())
    invented = set(FIELD.findall(chinese)) - set(FIELD.findall(english))
    return [
        f"{name}: field {''.join(field)!r} is not in the English: {english!r}" for field in sorted(invented)
    ]


def update(app: Path) -> None:
    """Merge what the app shows into its catalogue; nothing is guessed, what went away is dropped."""
    fresh, old = extracted(app), {key_of(message): message for message in read(app) if message.id}
    if not any(message.id for message in fresh):
        return
    for message in fresh:
        if message.id and (known := old.get(key_of(message))):
            message.string = known.string
    path = catalogue_path(app)
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_bytes() if path.exists() else b""
    buffer = BytesIO()
    write_po(
        buffer, _without_date(fresh), width=100, sort_output=True, omit_header=False, include_lineno=False
    )
    if buffer.getvalue() != before:
        path.write_bytes(buffer.getvalue())
        sys.stdout.write(f"updated {path.relative_to(ROOT)}\n")


def _without_date(catalogue: Catalog) -> Catalog:
    """A header that says nothing but what gettext needs: two people updating at once make no conflict of it."""
    catalogue.header_comment = "# 安澜 · Anlan"
    catalogue.mime_headers = [
        ("Project-Id-Version", "anlan"), ("Language", LOCALE), ("Plural-Forms", "nplurals=1; plural=0;"),
        ("MIME-Version", "1.0"), ("Content-Type", "text/plain; charset=utf-8"), ("Content-Transfer-Encoding", "8bit"),
    ]  # fmt: skip
    return catalogue


def compile_one(path: Path) -> None:
    """One .po into the .mo beside it, when older."""
    target = path.with_suffix(".mo")
    if target.exists() and target.stat().st_mtime >= path.stat().st_mtime:
        return
    with path.open("rb") as source:
        catalogue = read_po(source, locale=LOCALE, domain="django")
    partial = target.with_suffix(".mo.part")
    with partial.open("wb") as out:
        write_mo(out, catalogue)
    partial.replace(target)


def main(verb: str) -> int:
    settings.configure(USE_I18N=False)
    if verb == "update":
        for app in apps():
            update(app)
    elif verb == "check":
        lines = [line for app in apps() for line in problems(app)] + contradictions()
        sys.stdout.writelines(f"{line}\n" for line in lines)
        return 1 if lines else 0
    elif verb == "compile":
        for path in sorted((ROOT / "anlan").rglob("*.po")):
            compile_one(path)
    else:
        sys.stderr.write(str(__doc__))
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
