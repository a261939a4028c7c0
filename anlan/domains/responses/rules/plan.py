"""The flood plan as data: rows of the rulesets turned into typed values, and the lines a level gives to each unit."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from anlan.domains.responses.rules.levels import latin, rank, up_to


@dataclass(frozen=True, slots=True)
class Level:
    """A level of the plan: who approves it, how often streets return their figures (hours), when it ends."""

    level: str
    approver: tuple[str, ...]
    return_hours: float
    ends_when: str
    ends_when_en: str
    lowers_to: str
    first_return_hours: float | None
    first_hours: float | None
    row: Mapping[str, Any]

    def rhythm(self, since_start: timedelta) -> timedelta:
        """The span between two returns at a moment of the level: Ⅰ begins with half an hour for three hours."""
        early = self.first_hours is not None and since_start < timedelta(hours=self.first_hours)
        return timedelta(hours=self.first_return_hours or self.return_hours if early else self.return_hours)


@dataclass(frozen=True, slots=True)
class Line:
    """One line for one unit: what, by when after the start of its level (minutes), how proved, how counted."""

    code: str
    unit: str
    deputy_unit: str
    from_level: str
    action: str
    action_en: str
    clock_min: float | None
    repeat_min: float | None
    proof: str
    base: int | None
    counts: tuple[Mapping[str, Any], ...] = ()
    after_reading_min: float | None = None
    metric: str = ""
    value: float = 0.0


def read_levels(rows: Iterable[Mapping[str, Any]]) -> dict[str, Level]:
    return {
        row["level"]: Level(
            level=row["level"],
            approver=tuple(row["approver"]),
            return_hours=float(row["return_hours"]),
            ends_when=row["ends_when"],
            ends_when_en=row["ends_when_en"],
            lowers_to=row.get("lowers_to", ""),
            first_return_hours=row.get("first_return_hours"),
            first_hours=row.get("first_hours"),
            row=row,
        )
        for row in rows
    }


def unit_lines(rows: Iterable[Mapping[str, Any]], *, above: str = "", level: str) -> list[Line]:
    """The lines that a level brings to units, over what `above` (the level before, "" = none) brought already.

    A row that names several units is one line on each one's sheet.
    """
    wanted = set(up_to(level)) - set(up_to(above) if above else ())
    return [_line(row, unit) for row in rows if row["from_level"] in wanted for unit in row["unit"]]


def street_lines(rows: Iterable[Mapping[str, Any]], *, level: str, rhythm: timedelta) -> list[Line]:
    """The lines of a street's sheet at a level, with that level's clocks; a line without one stays off the sheet."""
    lines = []
    for row in rows:
        minutes = row.get(f"min_{latin(level)}")
        with_return = bool(row.get("with_return"))
        if minutes is None and not with_return:
            continue
        every = rhythm.total_seconds() / 60
        lines.append(
            Line(
                code=row["line"],
                unit="",
                deputy_unit="",
                from_level=level,
                action=row["action"],
                action_en=row["action_en"],
                clock_min=float(minutes) if minutes is not None else every,
                repeat_min=every if row.get("repeats") or with_return else None,
                proof=row.get("proof", ""),
                base=row.get("base"),
                counts=tuple(row.get("counts", ())),
            )
        )
    return lines


def due(
    line: Line, *, start: datetime, arrival: datetime | None = None, lead_hours: float | None = None
) -> datetime | None:
    """When a line is due: minutes from the start of its level, or for typhoon hours before the gale, if earlier set."""
    if line.clock_min is None:
        return None
    if arrival is not None and lead_hours is not None:
        start = max(start, arrival - timedelta(hours=lead_hours))
    return start + timedelta(minutes=line.clock_min)


def lowest_by_unit(lines: Sequence[Line]) -> dict[str, list[Line]]:
    """Lines gathered into one sheet a unit, in the order of the plan."""
    sheets: dict[str, list[Line]] = {}
    for line in lines:
        sheets.setdefault(line.unit, []).append(line)
    return sheets


def _line(row: Mapping[str, Any], unit: str) -> Line:
    rank(row["from_level"])
    return Line(
        code=row["id"],
        unit=unit,
        deputy_unit=row.get("deputy_unit", ""),
        from_level=row["from_level"],
        action=row["action"],
        action_en=row["action_en"],
        clock_min=row.get("clock_min"),
        repeat_min=row.get("repeat_min"),
        proof=row.get("proof", ""),
        base=row.get("base"),
        counts=tuple(row.get("counts", ())),
        after_reading_min=row.get("after_reading_min"),
        metric=row.get("metric", ""),
        value=float(row.get("value", 0)),
    )
