"""Arithmetic of region codes: 2 digits a province, 4 a city, 6 a county, 9 a street, 12 a community."""

from collections.abc import Sequence

_CUTS = (12, 9, 6, 4, 2)
_LEVEL_OF_CUT = {2: "province", 4: "city", 6: "county", 9: "street", 12: "community"}


def prefix_of(code: str) -> str:
    """The significant digits of a 12-digit code: a region's subtree is every code that starts with them."""
    return next((code[:cut] for cut in (2, 4, 6, 9) if not code[cut:].strip("0")), code)


def level_of(code: str) -> str:
    """The level a code's zeros say it has."""
    return _LEVEL_OF_CUT[len(prefix_of(code))]


def ancestors(code: str) -> list[str]:
    """The region itself and everything above it, nearest first, as 12-digit codes."""
    own = prefix_of(code)
    return list(dict.fromkeys(code[:cut].ljust(12, "0") for cut in _CUTS if cut <= len(own)))


def street_of(code: str) -> str:
    """The street a code lies in, or the code itself where it is a street or higher."""
    return code[:9].ljust(12, "0") if len(prefix_of(code)) > 9 else code


def contains(outer: str, inner: str) -> bool:
    """Whether one region lies inside another (or is it)."""
    return inner.startswith(prefix_of(outer))


def meet(some: Sequence[str] | None, others: Sequence[str] | None) -> tuple[str, ...] | None:
    """The subtrees (significant digits) that lie in both of two lists; None is everywhere."""
    if some is None or others is None:
        only = others if some is None else some
        return None if only is None else tuple(only)
    both = (max(a, b, key=len) for a in some for b in others if a.startswith(b) or b.startswith(a))
    return tuple(dict.fromkeys(both))
