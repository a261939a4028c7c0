"""What must not stand in a case that is shared: names of the firm and of people, numbers that point to somebody."""

import re
from collections.abc import Iterable, Mapping

from anlan.domains.knowledge.rules.laws import plain
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_

LONGEST = {"headline": 120, "story": 4000, "lesson": 2000}
PERSONAL = reason(
    "knowledge.personal",
    N_("“{what}” must not stand in a case that is shared. Write 某公司, 当事人 or the like instead."),
)
EMPTY = reason("knowledge.empty", N_("Write this part too: without it nobody learns from the case."))
TOO_LONG = reason("knowledge.too_long", N_("This part has more than {most} characters. Shorten it."))
NO_CASE = reason(
    "knowledge.no_case",
    N_("There is no closed case of the number {number} that you may see. Give the number of its decision."),
)
THERE = reason("knowledge.there", N_("A typical case is made of it already: {title}."))
NOT_YOURS = reason(
    "knowledge.not_yours",
    N_(
        "Typical cases are written by enforcement officers and the safety section of the region. Ask one of them."
    ),
)
_NUMBERS = (
    re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)"),  # a mobile telephone
    re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)"),  # an identity number
    re.compile(
        r"(?<![0-9A-Z])[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}(?![0-9A-Z])"
    ),  # a credit code
)


def betrayed(text: str, secret: Iterable[str]) -> str:
    """The first thing of a text that points to somebody; empty where nothing does."""
    named = next((name for name in _longest_first(secret) if _pattern(name).search(plain(text))), "")
    found = next((match for pattern in _NUMBERS if (match := pattern.search(text)) is not None), None)
    return named or (found[0] if found else "")


def _longest_first(secret: Iterable[str]) -> list[str]:
    return sorted({name.strip() for name in secret if len(plain(name)) > 1}, key=len, reverse=True)


def _pattern(name: str) -> re.Pattern[str]:
    """A name as a text may have it: blanks between its characters, big or small; Latin ones as whole words."""
    signs = [re.escape(sign) for sign in plain(name) if sign != " "]
    if name.isascii():
        return re.compile(rf"(?<![a-z0-9]){r' ?'.join(signs)}(?![a-z0-9])", re.IGNORECASE)
    return re.compile(r"\s*".join(signs), re.IGNORECASE)


def check(parts: Mapping[str, str], secret: Iterable[str]) -> None:
    """Refuse parts that are empty, too long, or that betray somebody; the refusal names the part."""
    secret = list(secret)
    for name, text in parts.items():
        if not text.strip():
            raise Refused(EMPTY, field=name)
        if len(text) > LONGEST[name]:
            raise Refused(TOO_LONG, field=name, most=LONGEST[name])
        if what := betrayed(text, secret):
            raise Refused(PERSONAL, field=name, what=what)


def without(text: str, secret: Iterable[str]) -> str:
    """A text with 某某 in place of every name. Where one is written in other signs than ours (half-width brackets,
    blanks), the text is given as it is compared."""
    for name in _longest_first(secret):
        text = text.replace(name, "某某")
        if _pattern(name).search(plain(text)):
            text = _pattern(name).sub("某某", plain(text))
    return text
