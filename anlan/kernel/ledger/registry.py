"""The codes an entry may bear and the words a person reads for them."""

from collections.abc import Mapping

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_

UNKNOWN_CODE = reason(
    "ledger.unknown_code",
    N_(
        "The ledger does not know the code {unknown}. Register it with its wording in the app that writes it."
    ),
)

_wordings: dict[str, str] = {}
_closed = False


def register_codes(codes: Mapping[str, str]) -> None:
    """Register codes with their English wording, which may hold {fact} fields. A second wording is an error.

    Open until `close()`; called from an app's `ready()`. The wording stands in the catalogue of that app.
    """
    for code, text in codes.items():
        if _closed and code not in _wordings:
            raise RuntimeError(f"ledger code {code!r} comes after start-up; register it in ready()")
        if "." not in code or code != code.strip().lower():
            raise ValueError(f"ledger code {code!r} must read room.event in lower case")
        if _wordings.setdefault(code, text) != text:
            raise ValueError(f"ledger code {code!r} is worded twice: {_wordings[code]!r} and {text!r}")


def close() -> None:
    """No new codes from here on: what can be written is known when the house is up."""
    global _closed
    _closed = True


def check_code(code: str) -> None:
    """Refuse a code that nobody registered."""
    if code not in _wordings:
        raise Refused(UNKNOWN_CODE, unknown=code)


def wording_of(code: str) -> str:
    """The English wording (a msgid); the code itself where its app is no longer installed."""
    return _wordings.get(code, code)


def codes() -> dict[str, str]:
    """Every registered code and its wording, sorted by code."""
    return dict(sorted(_wordings.items()))
