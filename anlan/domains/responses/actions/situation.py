"""The situation that the plan's triggers are held against, put together from the neighbours' public words.

Forecasts and reports by people (an underpass with persons in it, a slide, a dam in danger) have no register yet: their
triggers stay silent, and an officer proposes by hand with the reason.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from anlan.domains.responses.actions.running import district, streets_of
from anlan.domains.responses.rules.triggers import Measured, Signal, Situation
from anlan.domains.sensing import public as sensing
from anlan.domains.warnings import public as warnings
from anlan.kernel.places.queries import neighbours
from anlan.kernel.places.regions import contains, street_of

# Metric of the plan → a station's own stage that it is measured from.
_OVER_STAGE = {
    "river_over_warning_m": ("river", "warning"),
    "reservoir_over_flood_limit_m": ("reservoir", "flood_limit"),
    "reservoir_over_flood_high_m": ("reservoir", "flood_high"),
    "reservoir_over_design_m": ("reservoir", "design"),
}


@dataclass(frozen=True, slots=True)
class Held:
    """What stays as it is while one transaction looks at slot after slot."""

    streets: tuple[str, ...]
    neighbours: Mapping[str, frozenset[str]]
    signals: tuple[warnings.SignalNow, ...]


def hold(*, exercise_id: UUID | None, at: datetime) -> Held:
    """Read it: the district's streets, which of them touch, and the signals in force."""
    return Held(
        streets=tuple(streets_of(district())),
        neighbours=neighbours(parent=district()),
        signals=tuple(warnings.signals_at(at=at, exercise_id=exercise_id)),
    )


def situation_now(*, exercise_id: UUID | None, at: datetime, held: Held | None = None) -> Situation:
    """Signals in force and what was measured, in one world at one time of it."""
    held = held or hold(exercise_id=exercise_id, at=at)
    return Situation(
        signals=tuple(
            Signal(s.hazard, s.colour, _streets_under(s.regions, held.streets), ref=s.headline)
            for s in held.signals
            if s.expires_at > at
        ),
        measured=_rain(exercise_id, at) | _water(exercise_id, at),
        neighbours=held.neighbours,
    )


def _streets_under(regions: Iterable[str], streets: Iterable[str]) -> tuple[str, ...]:
    """The streets that a signal covers, wholly or in a part."""
    covered = list(regions)
    return tuple(s for s in streets if any(contains(code, s) or contains(s, code) for code in covered))


def _rain(exercise_id: UUID | None, at: datetime) -> dict[str, list[Measured]]:
    areas = sensing.area_states(exercise_id=exercise_id, at=at)
    found: dict[str, list[Measured]] = {"areal_mean_1h_mm": []}
    for street, area in areas.items():
        if area.mean_1h is not None:
            found["areal_mean_1h_mm"].append(Measured(street, street, area.mean_1h))
        for gauge in area.gauges:
            for hours, value in ((1, gauge.mm_1h), (3, gauge.mm_3h), (24, gauge.mm_24h)):
                row = Measured(gauge.name, street, value, gauge.trusted)
                found.setdefault(f"rain_{hours}h_mm", []).append(row)
    return found


def _water(exercise_id: UUID | None, at: datetime) -> dict[str, list[Measured]]:
    found: dict[str, list[Measured]] = {"depth_cm": []}
    for point in sensing.point_states(exercise_id=exercise_id, at=at):
        if point.cm is None:
            continue
        street = street_of(point.region)
        if point.kind == "street":
            found["depth_cm"].append(Measured(point.name, street, point.cm, point.trusted))
        for metric, (kind, stage) in _OVER_STAGE.items():
            if point.kind == kind and stage in point.marks:
                over_m = (point.cm - point.marks[stage]) / 100
                found.setdefault(metric, []).append(Measured(point.name, street, over_m, point.trusted))
    return found
