"""The rolling situation return: *now* and *cumulative* are two numbers; the district's sum goes up by itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_

UNKNOWN = reason("responses.unknown_figure", N_("{field} is no figure of the situation return."))
NOT_A_COUNT = reason("responses.not_a_count", N_("{field}: {value} is not a whole number from 0 up."))
FELL = reason(
    "responses.cumulative_fell",
    N_("{field}: {new} in all is less than the {old} already reported. Give the reason for the correction."),
)

Figures = dict[str, dict[str, Any]]  # code → {"now": …, "cum": …}


@dataclass(frozen=True, slots=True)
class FieldOf:
    """One figure of the return."""

    code: str
    label: str
    label_en: str
    unit: str
    unit_en: str
    group: str
    group_en: str
    kind: str  # count | number | text
    now: bool
    cumulative: bool
    sums: str  # sum | max


def read_fields(rows: Iterable[Mapping[str, Any]]) -> list[FieldOf]:
    return [
        FieldOf(
            code=row["code"],
            label=row["label"],
            label_en=row["label_en"],
            unit=row.get("unit", ""),
            unit_en=row.get("unit_en", ""),
            group=row.get("group", ""),
            group_en=row.get("group_en", ""),
            kind=row["kind"],
            now=bool(row["now"]),
            cumulative=bool(row["cumulative"]),
            sums=row.get("sums", "sum"),
        )
        for row in rows
    ]


def nil(fields: Iterable[FieldOf], last: Figures | None) -> Figures:
    """Nil in one tap: nothing now; in all, what was reported before."""
    before = last or {}
    return {
        f.code: {
            "now": 0 if f.now else None,
            "cum": before.get(f.code, {}).get("cum", 0) if f.cumulative else None,
        }
        for f in fields
        if f.kind != "text"
    }


def check(given: Figures, fields: Iterable[FieldOf], last: Figures | None, *, corrected: bool) -> Figures:
    """The figures in order, or `Refused`. A cumulative one that falls asks for a reason: none is silently corrected."""
    known = {f.code: f for f in fields}
    for code in given:
        if code not in known:
            raise Refused(UNKNOWN, field=code)
    out: Figures = {}
    for code, field in known.items():
        pair = given.get(code, {})
        if field.kind == "text":
            out[code] = {"now": str(pair.get("now", "")), "cum": None}
            continue
        now, cum = _number(field, pair.get("now")), _number(field, pair.get("cum"))
        before = _number(field, (last or {}).get(code, {}).get("cum"))
        if field.cumulative:
            cum = max(before, now) if pair.get("cum") in (None, "") else cum
            if cum < before and not corrected:
                raise Refused(FELL, field=code, old=before, new=cum)
        out[code] = {"now": now if field.now else None, "cum": cum if field.cumulative else None}
    return out


def total(returns: Iterable[Figures], fields: Iterable[FieldOf]) -> Figures:
    """The sum over streets of their last returns; a gauge's maximum or the deepest water takes the largest."""
    rows = list(returns)
    out: Figures = {}
    for field in fields:
        if field.kind == "text":
            continue
        add = max if field.sums == "max" else sum
        sides = {}
        for side, wanted in (("now", field.now), ("cum", field.cumulative)):
            values = [row.get(field.code, {}).get(side) or 0 for row in rows]
            sides[side] = (add(values) if values else 0) if wanted else None
        out[field.code] = sides
    return out


def _number(field: FieldOf, value: Any) -> float | int:
    if value in (None, ""):
        return 0
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise Refused(NOT_A_COUNT, field=field.code, value=value) from None
    if number < 0 or number != number or number > 1e9 or (field.kind == "count" and number != int(number)):
        raise Refused(NOT_A_COUNT, field=field.code, value=value)
    return int(number) if number == int(number) else number
