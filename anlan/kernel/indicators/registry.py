"""The indicators of the platform, filled from the domains' declarations."""

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.indicators.spec import Indicator

UNKNOWN = reason("indicators.unknown", N_("There is no indicator {code}."))

_known: dict[str, Indicator] = {}


def register(indicator: Indicator) -> None:
    if _known.setdefault(indicator.code, indicator) is not indicator:
        raise ValueError(f"indicator {indicator.code} is declared twice")


def of_code(code: str) -> Indicator:
    try:
        return _known[code]
    except KeyError:
        raise Refused(UNKNOWN, code=code) from None


def all_indicators() -> list[Indicator]:
    return [_known[code] for code in sorted(_known)]
