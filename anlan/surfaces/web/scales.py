"""The four scales as they look: signal colour, response level, event grade, risk level. They are never one field."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Look:
    """How a value of a scale is shown: its word, its shape and the hue's name in the style sheet."""

    word: str | Promise
    shape: str
    hue: str


SIGNAL = {
    "red": Look(_("Red"), "◆", "red"),
    "orange": Look(_("Orange"), "▲", "orange"),
    "yellow": Look(_("Yellow"), "●", "yellow"),
    "blue": Look(_("Blue"), "■", "blue"),
    "white": Look(_("White"), "□", "white"),
}
REACHED = {
    "red": _("Reaches the red mark"),
    "orange": _("Reaches the orange mark"),
    "yellow": _("Reaches the yellow mark"),
    "blue": _("Reaches the blue mark"),
}
RESPONSE = {1: "Ⅰ", 2: "Ⅱ", 3: "Ⅲ", 4: "Ⅳ"}
GRADE = {
    "exceptional": _("Exceptional (grade)"),
    "major": _("Major (grade)"),
    "serious": _("Serious (grade)"),
    "ordinary": _("Ordinary (grade)"),
}
RISK = {
    "major": _("Major risk"),
    "considerable": _("Considerable risk"),
    "moderate": _("Moderate risk"),
    "low": _("Low risk"),
}
# How heavy a level is, for sorting and for the map's shapes: 4 = red … 1 = blue, 0 = none.
WEIGHT = {"red": 4, "orange": 3, "yellow": 2, "blue": 1, "white": 0}


def roman(level: object) -> str:
    """The Roman numeral of a response level given as 1–4, "1"–"4" or already in Roman."""
    text = str(level)
    return RESPONSE.get(int(text), text) if text.isdigit() else text
