"""The plan of the house as the architecture tests see it: floors, rooms, declared edges (read from pyproject.toml)."""

import tomllib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "anlan"
FLOORS = ("kernel", "domains", "surfaces", "config")  # lowest first


@cache
def contracts() -> list[dict]:
    """The contracts of import-linter, so that the plan stands in one place only."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]


@cache
def rooms() -> tuple[str, ...]:
    """The kernel's rooms, lowest first."""
    layers = next(each["layers"] for each in contracts() if each.get("containers") == ["anlan.kernel"])
    return tuple(reversed(layers))


@cache
def edges() -> frozenset[tuple[str, str]]:
    """Declared edges between domains: ("warnings", "sensing")."""
    allowed = next(each["ignore_imports"] for each in contracts() if each["type"] == "independence")
    pairs = (line.replace(" ", "").split("->") for line in allowed)
    return frozenset((source.split(".")[2], target.split(".")[2]) for source, target in pairs)


def ours(dotted: str) -> bool:
    """Whether a dotted app name belongs to the house."""
    return dotted.startswith("anlan.")


def may_reach(source: str, target: str) -> bool:
    """Whether app `source` may refer to app `target` (both dotted): down, or along a declared edge."""
    if source == target or not ours(target):
        return True
    from_floor, from_room = source.split(".")[1:3]
    to_floor, to_room = target.split(".")[1:3]
    if from_floor != to_floor:
        return FLOORS.index(from_floor) > FLOORS.index(to_floor)
    if from_floor == "kernel":
        return rooms().index(from_room) > rooms().index(to_room)
    return (from_room, to_room) in edges()


def sources() -> list[Path]:
    """Python files of the house that people write (no migrations)."""
    return sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)
