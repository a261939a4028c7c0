"""What a bundle of papers is made of, and its door. Who prints loads the drawing (`bundle`), nobody else: its libraries
with their fonts are a third of the time in which a process starts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import cast


@dataclass(frozen=True, slots=True)
class Enclosure:
    """One paper of a section. `path` holds its bytes; `late` and `times` are told in the catalogue."""

    title: str
    name: str  # of the file, for its ending
    path: Path
    happened: str
    recorded: str
    late: str = ""  # the mark of a late entry, in words


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered part: lines of words about it, a table of rows, its enclosures."""

    title: str
    words: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    enclosures: tuple[Enclosure, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """What the bundle says of itself, in the reader's language."""

    catalogue: str
    heads: tuple[str, str, str, str, str]  # number, title, happened, recorded, page
    foot: str  # "{page} / {pages}"
    not_printable: str  # "{name} …"
    whole: str  # the file name of the PDF, without its ending


@dataclass(frozen=True, slots=True)
class Cover:
    """The first page: a title, lines under it, lines at its foot."""

    title: str
    lines: tuple[str, ...] = ()
    foot: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Built:
    """What came out: pages, enclosures, and the catalogue as rows (number, title, happened, recorded, mark, page)."""

    pages: int
    files: int
    catalogue: tuple[tuple[str, ...], ...] = field(default_factory=tuple)


def build(
    *,
    cover: Cover,
    sections: Sequence[Section],
    words: Words,
    font: Path,
    at: datetime,
    pdf: Path,
    folder: Path,
) -> Built:
    """Write the PDF and the zip. `font` is a file with Chinese characters (ttf, otf, ttc); what is used is embedded."""
    drawing = import_module("anlan.kernel.papers.bundle")
    asked = {"sections": sections, "words": words, "font": font, "at": at, "pdf": pdf, "folder": folder}
    return cast(Built, drawing.build(cover=cover, **asked))
