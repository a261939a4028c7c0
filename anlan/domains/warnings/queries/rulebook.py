"""The rules of this subject in force for a region at a time, shaped for rules/."""

from datetime import datetime, timedelta
from typing import Any

from anlan.domains.warnings.rules import calls
from anlan.domains.warnings.rules.signals import Hazards
from anlan.kernel.core import rulesets


def hazards(*, region: str, at: datetime) -> Hazards:
    """Hazard code → its names, colours and event codes at this place."""
    return {code: hazard(code, region=region, at=at) for code in value("hazards", region=region, at=at)}


def hazard(code: str, *, region: str, at: datetime) -> dict[str, Any]:
    """One hazard's names, colours and event codes; raises `Refused` for an unknown one."""
    found: dict[str, Any] = value(f"hazard.{code}", region=region, at=at)
    return found


def minutes(rule: str, *, region: str, at: datetime) -> timedelta:
    """A span that is a rule."""
    return timedelta(minutes=float(value(rule, region=region, at=at)))


def of_colour(rule: str, colour: str, *, region: str, at: datetime) -> int:
    """Minutes that a rule gives a colour; 0 where it names none."""
    return int(value(rule, region=region, at=at).get(colour, 0))


def call_plan(*, colour: str, region: str, at: datetime) -> dict[str, calls.Means]:
    """Duty kind → means at this colour and hour."""
    return calls.plan(
        colour=colour,
        at=at,
        matrix=value("call_matrix", region=region, at=at),
        groups=value("call_groups", region=region, at=at),
        night=value("night", region=region, at=at),
    )


def proposes(*, source: str, colour: str, region: str, at: datetime) -> str:
    """What a source proposes at a colour: advisory, call_out or nothing ("")."""
    return str(value("proposes", region=region, at=at).get(source, {}).get(colour, ""))


def value(rule: str, *, region: str, at: datetime) -> Any:
    """A rule of this subject by its short name."""
    return rulesets.value_of(f"warnings.{rule}", region=region, at=at)
