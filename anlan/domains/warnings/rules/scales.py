"""The colours of signals. Response levels, event grades and risk levels are other scales and live elsewhere."""

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_

COLOURS = ("white", "blue", "yellow", "orange", "red")
COLOUR_LABELS = {
    "white": N_("White"),
    "blue": N_("Blue"),
    "yellow": N_("Yellow"),
    "orange": N_("Orange"),
    "red": N_("Red"),
}
COLOUR_WORDS = {"白": "white", "蓝": "blue", "黄": "yellow", "橙": "orange", "红": "red"}

UNKNOWN_COLOUR = reason(
    "warnings.unknown_colour",
    N_("{colour} is not a signal colour. Use white, blue, yellow, orange or red."),
)


def rank(colour: str) -> int:
    """0 for white to 4 for red; -1 for no colour at all; anything else is refused."""
    if not colour:
        return -1
    try:
        return COLOURS.index(colour)
    except ValueError:
        raise Refused(UNKNOWN_COLOUR, field="colour", colour=colour) from None


def is_higher(colour: str, than: str) -> bool:
    """Whether a colour warns of more than another; no colour is below white."""
    return rank(colour) > rank(than)


def severity(colour: str) -> int:
    """0–3 for sorting a worklist: red 3, orange 2, yellow 1, the rest 0."""
    return max(0, rank(colour) - 1)


def colour_in(text: str) -> str:
    """The colour a Chinese title names ("暴雨橙色预警信号"), or "" where it names none or more than one."""
    found = {colour for word, colour in COLOUR_WORDS.items() if f"{word}色" in text}
    return found.pop() if len(found) == 1 else ""
