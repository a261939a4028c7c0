"""Reading a number. `period` cuts on when things happened, `as_of` on when they were recorded."""

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from anlan.kernel.indicators import registry
from anlan.kernel.indicators.spec import Cut, Period, Reading


def indicator(*, code: str, cut: Cut, period: Period, as_of: datetime) -> Reading:
    """The reading of an indicator; an unknown code is refused."""
    known = registry.of_code(code)
    counted = known.of(cut, period, as_of)
    return Reading(
        known, cut, period, as_of, rounded(counted.value, known.digits), counted.base, counted.rows
    )


def rounded(value: Decimal | None, digits: int) -> Decimal | None:
    """Half up, as the bureau's reports round."""
    return None if value is None else value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
