"""Response levels Ⅳ Ⅲ Ⅱ Ⅰ: Roman numerals, no colour of their own (practice.md 1.2)."""

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_

ORDER = ("Ⅳ", "Ⅲ", "Ⅱ", "Ⅰ")
_SUFFIX = {"Ⅳ": "IV", "Ⅲ": "III", "Ⅱ": "II", "Ⅰ": "I"}

UNKNOWN = reason("responses.unknown_level", N_("{level} is no response level. Levels are Ⅳ, Ⅲ, Ⅱ and Ⅰ."))
NOT_APPROVER = reason(
    "responses.not_approver",
    N_("Level {level} is approved by: {who}. Record that person's word by telephone."),
)


def rank(level: str) -> int:
    """0 for no response, 1 for Ⅳ up to 4 for Ⅰ."""
    if level == "":
        return 0
    if level not in ORDER:
        raise Refused(UNKNOWN, field="level", level=level)
    return ORDER.index(level) + 1


def higher(level: str, than: str) -> bool:
    return rank(level) > rank(than)


def up_to(level: str) -> tuple[str, ...]:
    """The level and all below it: a plan's tasks are cumulative."""
    return ORDER[: rank(level)]


def latin(level: str) -> str:
    """The level as the data files write it in names: III for Ⅲ."""
    rank(level)
    return _SUFFIX[level]


def check_approver(
    *, level: str, kinds: set[str], approvers: dict[str, tuple[str, ...]], who: str = ""
) -> None:
    """Whoever approves a level approves the lower ones too; anybody else is refused, told `who` it is for."""
    allowed = {kind for name in ORDER[max(rank(level) - 1, 0) :] for kind in approvers[name]}
    if not kinds & allowed:
        raise Refused(NOT_APPROVER, level=level, who=who or ", ".join(sorted(approvers[level])))
