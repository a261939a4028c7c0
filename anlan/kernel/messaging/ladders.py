"""Reads ladders.toml into plain data, and refuses a file that would leave somebody without a channel."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from anlan.kernel.messaging.spec import ANSWER_KINDS, CHANNELS, DRILL, Ladders, Rung

FILE = Path(__file__).with_name("ladders.toml")


@cache
def ladders(path: Path = FILE) -> Ladders:
    """The ladders of this installation. Raises ValueError naming the ladder at fault."""
    return parse(tomllib.loads(path.read_text(encoding="utf-8")))


def parse(data: Mapping[str, Any]) -> Ladders:
    """Checked ladders out of a parsed TOML document."""
    rungs: dict[tuple[str, int], tuple[Rung, ...]] = {}
    for row in data["ladder"]:
        where = (str(row["name"]), int(row["urgency"]))
        if where in rungs:
            raise ValueError(f"ladder {where} stands twice in the file")
        rungs[where] = tuple(_rung(where, given) for given in row["rungs"])
    for name in {name for name, _ in rungs}:
        if missing := [urgency for urgency in range(4) if (name, urgency) not in rungs]:
            raise ValueError(f"ladder {name!r} lacks urgency {missing}")
    keys = {str(key): _answer(kind) for key, kind in data.get("keys", {}).items()}
    words = {str(word).casefold(): _answer(kind) for word, kind in data.get("words", {}).items()}
    return Ladders(zone=str(data["zone"]), rungs=rungs, keys=keys, words=words)


def _answer(kind: str) -> str:
    if kind not in ANSWER_KINDS:
        raise ValueError(f"{kind!r} is not an answer; known: {', '.join(ANSWER_KINDS)}")
    return kind


def _rung(where: tuple[str, int], given: Mapping[str, Any]) -> Rung:
    rung = Rung(
        channel=given["channel"],
        after_s=int(given.get("after_s", 0)),
        rounds=int(given.get("rounds", 1)),
        every_s=int(given.get("every_s", 0)),
        hours=_hours(given.get("hours", "")),
    )
    if rung.channel not in CHANNELS or rung.channel == DRILL:
        raise ValueError(f"ladder {where}: no channel {rung.channel!r}")
    if rung.rounds < 1 or (rung.rounds > 1 and rung.every_s <= 0):
        raise ValueError(f"ladder {where}: {rung.channel} repeats without an interval")
    return rung


def _hours(text: str) -> tuple[int, int] | None:
    if not text:
        return None
    start, end = (_minutes(part) for part in text.split("-"))
    return start, end


def _minutes(text: str) -> int:
    hour, minute = text.strip().split(":")
    return int(hour) * 60 + int(minute)
