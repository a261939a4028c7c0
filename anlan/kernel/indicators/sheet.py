"""What came of a rowset: sums by hit, in all, by region and by month; taken from one another and kept as JSON. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

Sums = dict[str, int]
K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What came of a rowset, by hit ("" is every row): in all, by region one step inside, and by month.

    `spread`: value → how many rows had it, where the rowset names a column for that.
    """

    total: Sums
    regions: dict[str, Sums]
    months: dict[date, Sums]
    spread: Sums = field(default_factory=dict)

    def median(self) -> float | None:
        """The middle of the spread, as the database's `percentile_cont(0.5)`; None where nothing was told."""
        values = sorted((float(value), many) for value, many in self.spread.items())
        rows = sum(many for _, many in values)
        if not rows:
            return None
        low, high = (_nth(values, place) for place in ((rows - 1) // 2, rows // 2))
        return low + 0.5 * (high - low)

    def with_change(self, before: "Sheet", after: "Sheet") -> "Sheet":
        """This sheet when the rows behind `before` have become those behind `after`."""
        return Sheet(
            _moved(self.total, before.total, after.total),
            _each(self.regions, before.regions, after.regions),
            _each(self.months, before.months, after.months),
            {value: many for value, many in _moved(self.spread, before.spread, after.spread).items() if many},
        )

    def as_json(self) -> dict[str, Any]:
        """Plain data to be kept."""
        return {
            "total": self.total,
            "regions": self.regions,
            "months": {f"{month:%F}": sums for month, sums in self.months.items()},
        } | ({"spread": self.spread} if self.spread else {})


def of_json(kept: Mapping[str, Any]) -> Sheet:
    """A sheet out of what `as_json` gave."""
    months = {date.fromisoformat(month): dict(sums) for month, sums in kept["months"].items()}
    regions = {code: dict(sums) for code, sums in kept["regions"].items()}
    return Sheet(dict(kept["total"]), regions, months, dict(kept.get("spread", {})))


def _nth(values: Sequence[tuple[float, int]], place: int) -> float:
    for value, many in values:
        place -= many
        if place < 0:
            return value
    raise IndexError(place)


def _moved(sums: Sums, before: Sums, after: Sums) -> Sums:
    names = {**sums, **before, **after}
    return {name: sums.get(name, 0) - before.get(name, 0) + after.get(name, 0) for name in names}


def _each(sums: Mapping[K, Sums], before: Mapping[K, Sums], after: Mapping[K, Sums]) -> dict[K, Sums]:
    """By region or month; where no row is left there is no line, as in a sheet that was counted anew."""
    told = {
        key: _moved(sums.get(key, {}), before.get(key, {}), after.get(key, {}))
        for key in {**sums, **before, **after}
    }
    return {key: moved for key, moved in told.items() if moved[""]}
