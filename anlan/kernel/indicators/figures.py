"""Figures out of counted facts: shares, changes, excesses over a mean, sums, as a report prints them. Pure.

A change of a rate is told in points (百分点); where the base is zero no per cent is printed but the difference.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_

MISSING = reason("indicators.missing_fact", N_("The figure {figure} needs {fact}, which nobody has entered."))
TWO_UNITS = reason("indicators.two_units", N_("{figure}: {one} is counted in {unit}, {other} in {unit2}."))
BAD_FORM = reason("indicators.bad_form", N_("{figure}: there is no form {form}."))
PERCENT, POINTS = "%", "百分点"


@dataclass(frozen=True, slots=True)
class Fact:
    """A counted value with what it counts: unit, scope (口径) in words, and where it came from."""

    code: str
    value: Decimal
    unit: str
    scope: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a report.

    form    value a · sum a b … · share part whole · change now then · excess now base · points now then ·
            complement part whole (what is left of 100 %)
    """

    code: str
    form: str
    of: tuple[str, ...]
    digits: int = 1


@dataclass(frozen=True, slots=True)
class Printed:
    """What a figure comes to, rounded half up, with its unit; None where there is nothing to divide by."""

    figure: Figure
    value: Decimal | None
    unit: str
    facts: tuple[Fact, ...]

    @property
    def text(self) -> str:
        """As the report has it: 40.49%, −33.3%, 12起."""
        if self.value is None:
            return "—"
        sign = (
            "−"
            if self.value < 0
            else "+"
            if self.figure.form in ("change", "excess", "points") and self.value > 0
            else ""
        )
        return f"{sign}{abs(self.value)}{self.unit}"


def rounded(value: Decimal | None, digits: int) -> Decimal | None:
    """Half up, as the bureau's reports round."""
    return None if value is None else value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def change(now: Decimal, then: Decimal) -> Decimal | None:
    """(now − then) ÷ then in per cent; None where then is zero: the difference is told instead."""
    return (now - then) * 100 / then if then else None


def printed(figure: Figure, facts: Mapping[str, Fact]) -> Printed:
    """Compute a figure. Raises `Refused` where a fact is missing or two units would be mixed."""
    found = tuple(_fact(figure, code, facts) for code in figure.of)
    value, unit = _FORMS.get(figure.form, _unknown)(figure, found)
    return Printed(figure, rounded(value, figure.digits), unit, found)


def _fact(figure: Figure, code: str, facts: Mapping[str, Fact]) -> Fact:
    try:
        return facts[code]
    except KeyError:
        raise Refused(MISSING, figure=figure.code, fact=code) from None


def _unknown(figure: Figure, found: Sequence[Fact]) -> tuple[Decimal | None, str]:
    raise Refused(BAD_FORM, figure=figure.code, form=figure.form)


def _one_unit(figure: Figure, found: Sequence[Fact]) -> str:
    first = found[0]
    other = next((fact for fact in found if fact.unit != first.unit), None)
    if other is not None:
        raise Refused(
            TWO_UNITS, figure=figure.code, one=first.code, unit=first.unit, other=other.code, unit2=other.unit
        )
    return first.unit


def _value(figure: Figure, found: Sequence[Fact]) -> tuple[Decimal | None, str]:
    return found[0].value, found[0].unit


def _sum(figure: Figure, found: Sequence[Fact]) -> tuple[Decimal | None, str]:
    return sum((fact.value for fact in found), Decimal(0)), _one_unit(figure, found)


def _share(figure: Figure, found: Sequence[Fact]) -> tuple[Decimal | None, str]:
    # A share may have two units: 监督处罚率 is penalties (次) ÷ visits (家次).
    part, whole = found
    return (part.value * 100 / whole.value if whole.value else None), PERCENT


def _complement(figure: Figure, found: Sequence[Fact]) -> tuple[Decimal | None, str]:
    share, unit = _share(figure, found)
    return (None if share is None else 100 - share), unit


def _change(figure: Figure, found: Sequence[Fact]) -> tuple[Decimal | None, str]:
    now, then = found
    unit = _one_unit(figure, found)
    if unit == PERCENT:
        return now.value - then.value, POINTS
    told = change(now.value, then.value)
    return (now.value - then.value, unit) if told is None else (told, PERCENT)


_FORMS = {
    "value": _value, "sum": _sum, "share": _share, "complement": _complement, "change": _change, "excess": _change,
    "points": _change,
}  # fmt: skip
