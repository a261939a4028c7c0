"""Which checklists are in force, and which fit a firm."""

from collections.abc import Iterable, Sequence

from anlan.domains.patrols import rules
from anlan.domains.patrols.models import Checklist


def in_force() -> list[Checklist]:
    """The newest version of each list with its items, in the order of lists."""
    rows = Checklist.objects.filter(retired_at=None).prefetch_related("items")
    return list(rows.order_by("place", "code"))


def fitting(lists: Sequence[Checklist], tags: Iterable[str]) -> list[Checklist]:
    """The lists for a firm with these tags, its own trades first."""
    fits = {each.code: each.tags for each in lists}
    return rules.fitting(lists, tags, fits=fits, code=lambda each: each.code)
