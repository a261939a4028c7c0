"""积分制: enforcement points of the streets in a month, by a table that is data. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_

# What the points may count; the rule's rows name these.
COUNTS = {
    "visits": N_("Enforcement visits"),
    "dangers": N_("Dangers found on visits"),
    "majors": N_("Major dangers found on visits"),
    "case_penalties": N_("Cases decided"),
    "spot_penalties": N_("Spot penalties"),
    "dual": N_("Dual penalties"),
    "joint": N_("Joint single checks"),
    "plan_rate": N_("Plan completion, per cent"),
    "penalty_rate": N_("Supervision penalty rate, per cent"),
    "overdue": N_("Cases past their day of decision"),
    "unpaid": N_("Penalties past their day of payment"),
}
UNKNOWN_COUNT = reason(
    "enforcement.points_unknown", N_("{given} is nothing that points count. Use one of: {known}.")
)
TOO_SOON = reason(
    "enforcement.points_too_soon",
    N_("The streets may object until {until}. Settle the table after that."),
)
MONTH_RUNS = reason(
    "enforcement.points_month_runs", N_("The month is not over. Show the table from {day} on.")
)
SHOWN_ALREADY = reason("enforcement.points_shown", N_("The table of this month was shown already."))


@dataclass(frozen=True, slots=True)
class Line:
    """A street's month: what was counted, the points of each row of the rule, and their sum."""

    region: str
    counts: Mapping[str, Decimal | None]
    points: tuple[tuple[str, Decimal], ...]

    @property
    def total(self) -> Decimal:
        return sum((each for _name, each in self.points), Decimal(0))


def check_rows(rows: Any) -> None:
    """What a value of the rule must be: each row counts something that is known."""
    for row in rows:
        if row["count"] not in COUNTS:
            raise Refused(UNKNOWN_COUNT, given=row["count"], known=", ".join(COUNTS))


def line_of(region: str, counts: Mapping[str, Decimal | None], rows: Sequence[Mapping[str, Any]]) -> Line:
    """Points = so many for each unit counted, no more than the row's most (a deduction: no less than −most)."""
    return Line(
        region, counts, tuple([(row["count"], _points(counts.get(row["count"]), row)) for row in rows])
    )


def _points(count: Decimal | None, row: Mapping[str, Any]) -> Decimal:
    if count is None:  # nothing to share: neither points nor deduction
        return Decimal(0)
    made = count * Decimal(str(row["each"])) - (Decimal(str(row["deducted"])) * count)
    most = Decimal(str(row["most"]))
    return max(-most, min(most, made)).quantize(Decimal("0.1"))


def in_order(lines: Sequence[Line]) -> list[Line]:
    """By points, then by region: only for a table that was shown to the streets first (practice.md 3.9)."""
    return sorted(lines, key=lambda line: (-line.total, line.region))


def weak(lines: Sequence[Line], *, below: Mapping[str, Any]) -> dict[str, list[str]]:
    """Street → the counts in which it lies below what the rule calls low (隐患查处率, 执法处罚率低, 执法进度慢)."""
    found: dict[str, list[str]] = {}
    for line in lines:
        low = [
            name for name, least in below.items()
            if (value := line.counts.get(name)) is not None and value < Decimal(str(least))
        ]  # fmt: skip
        if low:
            found[line.region] = low
    return found
