"""Putting a newly read number into words that somebody wrote: the words stay, the number and the way it went change."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from anlan.domains.bulletins.rules.numerals import figures

# What a change is told with; its word goes with the number, for 下降 may have become 上升.
_WAY = re.compile(r"(?:上升|增长|增加|提高|偏多|升高|下降|减少|降低|回落|偏少)(?:了|约)?$")


@dataclass(frozen=True, slots=True)
class Put:
    """What comes in the place of a piece of text; `of` is whose it is."""

    start: int
    end: int
    text: str
    of: Any = None


def spliced(text: str, puts: Sequence[Put]) -> tuple[str, dict[Any, tuple[int, int]], list[Put]]:
    """A text with its pieces replaced; where each now stands; how far every later place was moved, as puts in order."""
    out, at, places, done = "", 0, {}, []
    for put in sorted(puts, key=lambda each: each.start):
        out += text[at : put.start]
        places[put.of] = (len(out), len(out) + len(put.text))
        out += put.text
        at = put.end
        done.append(put)
    return out + text[at:], places, done


def moved(place: int, puts: Sequence[Put]) -> int:
    """Where a place of the old text lies in the new one."""
    return place + sum(len(put.text) - (put.end - put.start) for put in puts if put.end <= place)


def put_for(text: str, start: int, end: int, *, printed: str, now: str, moves: bool) -> tuple[int, int, str]:
    """What is replaced by a newly read number, and what comes there. Where all that was printed stands there, all that
    is printed now comes; else the figure alone, and the word for its way with it where one stands before it."""
    if text[start:end] == printed:
        return start, end, now
    found = figures(now)
    if not found:
        return start, end, now
    figure, word = found[0], now[: found[0].start]
    before = _WAY.search(text[:start]) if moves else None
    if moves and figure.way == "same" and text.startswith(_POINTS, end):
        end += len(_POINTS)
    return (before.start() if before else start), end, (word if before else "") + figure.text


_POINTS = "个百分点"
