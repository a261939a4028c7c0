"""The place's own lists: substances forbidden, restricted or controlled (禁限控), processes to be phased out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

ORDER = {"forbid": 0, "restrict": 1, "control": 2}


@dataclass(frozen=True, slots=True)
class Hit:
    """Something of a firm that stands on a list: its name there, and how it is held (or what takes its place)."""

    name: str
    listed: str
    how: str


def substances(held: Iterable[tuple[str, str]], listed: Iterable[Mapping[str, Any]]) -> list[Hit]:
    """Names and CAS numbers against the list, by number first; the gravest on top."""
    rows = list(listed)
    found = []
    for name, cas in held:
        row = next((r for r in rows if (cas and r["cas"] == cas) or r["name"] == name), None)
        if row is not None:
            found.append(Hit(name, str(row["name"]), str(row["how"])))
    return sorted(found, key=lambda hit: (ORDER.get(hit.how, 9), hit.name))


def obsolete(names: Iterable[str], listed: Iterable[Mapping[str, Any]]) -> list[Hit]:
    """Facilities whose name holds the words of a phased-out process; a person looks whether it is one."""
    rows = list(listed)
    return [
        Hit(name, str(row["words"]), str(row["instead"]))
        for name in names
        for row in rows
        if str(row["words"]) in name
    ]
