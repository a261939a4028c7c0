"""A kind of numbered paper as its owner declares it: what it is called and where its template lies."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class PaperKind:
    """One kind of paper; `template` is a TOML file beside the declaration (see `templates.py`)."""

    code: str  # dangers.danger_notice
    label: str
    template: Path


@dataclass(frozen=True, slots=True)
class Office:
    """Who issues: its code keeps the numbers apart, its short name stands in them, its name under the text."""

    code: str
    name: str
    short: str
