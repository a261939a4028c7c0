"""Which entries of a counted fact a number takes, so that no day of any place is counted twice. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from anlan.kernel.places.regions import contains, prefix_of

SUM, LAST, TOLD = "sum", "last", "told"


@dataclass(frozen=True, slots=True)
class Given:
    """One entry: for a region and some days, both counted."""

    id: UUID
    region: str
    first: date
    last: date
    value: Decimal
    scope: str = ""
    source: str = ""

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def key(self) -> tuple[str, date, date]:
        """Whose and when: a share takes its two numbers from the same."""
        return self.region, self.first, self.last


def chosen(kind: str, entries: Iterable[Given], *, region: str, first: date, last: date) -> list[Given]:
    """The entries that make up a number of a region and a span.

    sum    what lies inside the span: the widest region first, then the longest span; nothing is counted twice
    last   the newest entry by the end of the span, of the region or else of the parts of it
    told   the one entry for the region itself inside the span that covers most of it: medians and scores do not add up
    """
    within = [each for each in entries if each.last <= last and (kind == LAST or each.first >= first)]
    if kind == TOLD:
        own = [each for each in within if each.region == region]
        return sorted(own, key=lambda each: (-each.days, each.last, str(each.id)))[:1]
    if kind == LAST:
        ordered = sorted(within, key=lambda each: (-each.last.toordinal(), _width(each), str(each.id)))
        return _apart(ordered, days=False)
    ordered = sorted(within, key=lambda each: (_width(each), -each.days, each.first, str(each.id)))
    return _apart(ordered, days=True)


def _width(each: Given) -> int:
    return len(prefix_of(each.region))


def _apart(ordered: Sequence[Given], *, days: bool) -> list[Given]:
    taken: list[Given] = []
    for each in ordered:
        if not any(_meet(each, other, days=days) for other in taken):
            taken.append(each)
    return taken


def _meet(one: Given, other: Given, *, days: bool) -> bool:
    near = contains(one.region, other.region) or contains(other.region, one.region)
    return near and (not days or (one.first <= other.last and other.first <= one.last))
