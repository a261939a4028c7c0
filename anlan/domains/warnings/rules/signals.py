"""What a weather office's message says to us: hazard, colour, area, and until when. Nothing is guessed.

Sources: 气象灾害防御条例 art. 30 (only the weather office issues), CMA order 16 and Guangdong's signals as data.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from anlan.domains.warnings.rules import cap, scales
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_

NO_HAZARD = reason(
    "signal.no_hazard",
    N_("“{text}” names no hazard known here. Add it to the rules, or type the signal by hand."),
)
NO_COLOUR = reason(
    "signal.no_colour",
    N_("“{text}” names no signal colour, and none is guessed. Ask the weather office; type it by hand."),
)
COLOUR_NOT_USED = reason(
    "signal.colour_not_used", N_("The {hazard} signal has no {colour} here; it has: {colours}.")
)
NO_AREA = reason("signal.no_area", N_("The signal names no region or area that is known here."))
STALE = reason("signal.stale", N_("The signal ended at {expires}. A signal that has ended is not taken in."))
FROM_FUTURE = reason("signal.from_future", N_("The signal was issued at {issued}, which has not come yet."))
NOT_ACTUAL = reason(
    "signal.not_actual", N_("The message has status {status}; the real world takes in Actual only.")
)
NOT_WEATHER = reason(
    "signal.no_info", N_("The message carries no information block; there is nothing to take in.")
)

CLOCK_SLACK = timedelta(minutes=5)
_COLOUR_KEYS = frozenset(
    {"colour", "color", "signalcolour", "signalcolor", "预警颜色", "颜色", "预警级别颜色"}
)
_COLOUR_VALUES = {**{c: c for c in scales.COLOURS}, **scales.COLOUR_WORDS}
_COLOUR_VALUES |= {f"{word}色": colour for word, colour in scales.COLOUR_WORDS.items()}
_CODE_KEYS = frozenset(
    {"region", "admin_code", "admincode", "gb/t 2260", "gb/t2260", "gb2260", "行政区划代码", "areacode"}
)

Hazards = Mapping[str, Mapping[str, Any]]  # code → {zh, en, colours, event_codes}


@dataclass(frozen=True, slots=True)
class Heard:
    """One signal as it was read out of a message; `regions` are codes, `areas` what only has a shape."""

    hazard: str
    colour: str
    issued_at: datetime
    onset: datetime | None
    expires_at: datetime | None
    headline: str
    description: str
    instruction: str
    regions: tuple[str, ...]
    areas: tuple[cap.Area, ...]


def heard(alert: cap.Alert, *, hazards: Hazards) -> list[Heard]:
    """The signals of a message: its Chinese blocks, or those of its first language; raises `Refused`."""
    infos = _one_language(alert.infos)
    if not infos:
        raise Refused(NOT_WEATHER)
    return [_one(info, alert, hazards) for info in infos]


def _one_language(infos: Sequence[cap.Info]) -> list[cap.Info]:
    chinese = [info for info in infos if info.language.lower().startswith("zh")]
    return chinese or [info for info in infos if info.language == infos[0].language]


def _one(info: cap.Info, alert: cap.Alert, hazards: Hazards) -> Heard:
    text = info.headline or info.event
    return Heard(
        hazard=hazard_of(info, hazards=hazards),
        colour=colour_of(info) or _refuse(NO_COLOUR, text),
        issued_at=info.effective or alert.sent,
        onset=info.onset,
        expires_at=info.expires,
        headline=info.headline or info.event,
        description=info.description,
        instruction=info.instruction,
        regions=tuple(dict.fromkeys(code for area in info.areas for code in region_codes(area))),
        areas=tuple(area for area in info.areas if not region_codes(area)),
    )


def hazard_of(info: cap.Info, *, hazards: Hazards) -> str:
    """The hazard by event code, else by the longest name that stands in the event or the title."""
    codes = {value for _, value in info.event_codes}
    for code, known in hazards.items():
        if codes & set(known.get("event_codes", ())):
            return code
    names = sorted(
        ((name, code) for code, known in hazards.items() for name in (known["zh"], known["en"])),
        key=lambda p: -len(p[0]),
    )
    for text in (info.event, info.headline):
        for name, code in names:
            if name.lower() in text.lower():
                return code
    _refuse(NO_HAZARD, info.headline or info.event)
    return ""


def colour_of(info: cap.Info) -> str:
    """The colour of a parameter or event code, else the one the title or the event names, else ""."""
    for key, value in (*info.parameters, *info.event_codes):
        if key.lower().replace("_", "") in _COLOUR_KEYS:
            return _COLOUR_VALUES.get(value.lower(), "")
    return scales.colour_in(info.headline) or scales.colour_in(info.event)


def region_codes(area: cap.Area) -> tuple[str, ...]:
    """12-digit codes of an area's geocodes (6, 9 or 12 digits, GB/T 2260 and its statistical extension)."""
    found = []
    for key, value in area.geocodes:
        if key.lower() in _CODE_KEYS and value.isdigit() and len(value) in (2, 4, 6, 9, 12):
            found.append(value.ljust(12, "0"))
    return tuple(found)


def check_colour(hazard: str, colour: str, *, hazards: Hazards) -> None:
    """Whether a colour exists for a hazard here: what an officer types is checked, what the office sends is taken."""
    if hazard not in hazards:
        raise Refused(NO_HAZARD, field="hazard", text=hazard)
    colours = hazards[hazard]["colours"]
    if colour not in colours:
        raise Refused(
            COLOUR_NOT_USED,
            field="colour",
            hazard=hazards[hazard]["zh"],
            colour=colour,
            colours=", ".join(colours),
        )


def check_status(status: str, *, real_world: bool) -> None:
    """Actual in the real world; an exercise also takes in what was sent as an exercise."""
    if status != "Actual" and (real_world or status != "Exercise"):
        raise Refused(NOT_ACTUAL, status=status)


def end_of(
    *, issued_at: datetime, expires_at: datetime | None, default: timedelta, longest: timedelta, at: datetime
) -> datetime:
    """When a signal ends at the latest: what it says, else the default; never later than the longest life.

    Raises `Refused` where that is over already or the signal comes from the future: nothing stale can live on.
    """
    if issued_at > at + CLOCK_SLACK:
        raise Refused(FROM_FUTURE, field="issued_at", issued=issued_at)
    end = min(expires_at or issued_at + default, issued_at + longest)
    if end <= at:
        raise Refused(STALE, field="expires_at", expires=end)
    return end


def _refuse(code: str, text: str) -> str:
    raise Refused(code, text=text)
