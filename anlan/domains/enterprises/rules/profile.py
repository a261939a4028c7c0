"""Completeness of an archive: what is asked of a firm of its kind, and what of it is missing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

NEEDS_FACILITY = frozenset(
    {
        "dust",
        "confined_space",
        "ammonia",
        "smelting",
        "plating",
        "lithium",
        "spraying",
        "tailings",
        "deep_well",
    }
)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one firm."""

    uscc: bool = False
    sector: bool = False
    scale: bool = False
    site: bool = False
    principal: bool = False
    controller: bool = False
    safety_manager: bool = False
    posts: bool = False
    units: bool = False  # at least one, and each has a substance with a quantity
    people_500m: bool = False
    facilities: frozenset[str] = frozenset()
    leases: bool = False
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Completeness:
    """`rate` in per cent, rounded down: 100 only where nothing is missing."""

    rate: int
    lacks: tuple[str, ...]
    asked: int


def completeness(known: Known, *, asked: Sequence[str]) -> Completeness:
    """`asked` is what the region asks of every firm; hazards ask for more."""
    wanted = [*asked, *_by_hazard(known.tags)]
    lacks = tuple(section for section in wanted if not _has(known, section))
    return Completeness(
        (len(wanted) - len(lacks)) * 100 // len(wanted) if wanted else 100, lacks, len(wanted)
    )


def _by_hazard(tags: Collection[str]) -> list[str]:
    more = []
    if "hazchem" in tags:
        more += ["units", "people_500m"]
    if NEEDS_FACILITY & set(tags):
        more.append("facilities")
    if "multi_tenant" in tags or "park" in tags:
        more.append("leases")
    return more


def _has(known: Known, section: str) -> bool:
    if section == "facilities":
        return NEEDS_FACILITY & known.tags <= known.facilities
    return bool(getattr(known, section))
