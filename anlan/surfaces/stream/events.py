"""What happened in an exercise, one line an event, out of the ledger: in event time, without ids, so that two runs of
the same series can be laid side by side."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from anlan.kernel.ledger.models import Entry
from anlan.kernel.loop.models import WorkItem

# The loops whose openings and moves are told; those of sensing tell theirs with more detail.
_TOLD = ("warnings.", "responses.")
_NOT_FACTS = {"at", "name", "loop"}


def events_of(exercise_id: UUID) -> list[dict[str, Any]]:
    """Alarm steps, sensor faults, signals, proposals, call-outs and responses, in a fixed order."""
    rows = Entry.objects.filter(exercise_id=exercise_id).order_by("id")
    entries = [entry for entry in rows if _is_told(entry)]
    titles = _titles(entries)
    return sorted(
        (_event(entry, titles) for entry in entries), key=lambda e: (e["at"], json.dumps(e, sort_keys=True))
    )


def write(path: Path, exercise_id: UUID) -> int:
    """Write the events as JSON lines; returns how many."""
    lines = [json.dumps(event, ensure_ascii=False, sort_keys=True) for event in events_of(exercise_id)]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return len(lines)


def _is_told(entry: Entry) -> bool:
    if entry.code.startswith("sensing."):
        return entry.code not in ("sensing.stations_declared", "sensing.feeder_declared")
    if entry.code.startswith("loop."):
        return str(entry.facts.get("loop", "")).startswith(_TOLD)
    return entry.code.startswith(_TOLD)


def _titles(entries: list[Entry]) -> dict[str, str]:
    items = {entry.subject_id for entry in entries if entry.subject_type == "loop.item"}
    return {str(pk): title for pk, title in WorkItem.objects.filter(pk__in=items).values_list("pk", "title")}


def _event(entry: Entry, titles: dict[str, str]) -> dict[str, Any]:
    facts = {key: value for key, value in entry.facts.items() if key not in _NOT_FACTS and not _is_id(value)}
    return {
        "at": (entry.happened_at or entry.at).isoformat(),
        "event": _kind(entry),
        "code": entry.code,
        "region": entry.region,
        "name": str(entry.facts.get("name") or titles.get(entry.subject_id, "")),
        **({"loop": entry.facts["loop"]} if "loop" in entry.facts else {}),
        "facts": facts,
    }


def _kind(entry: Entry) -> str:
    about = f"{entry.code} {entry.facts.get('loop', '')}"
    if "sensing.alarm" in about:
        return "alarm_step"
    if "sensing.fault" in about:
        return "sensor_fault"
    if "signal" in about:
        return "signal"
    if "call" in about:
        return "call_out"
    return "response" if "responses." in about else "warning"


def _is_id(value: object) -> bool:
    """Ids differ from run to run; what they point to is named otherwise."""
    if isinstance(value, list):
        return any(_is_id(one) for one in value)
    try:
        UUID(str(value).removeprefix("person:"))
    except ValueError:
        return False
    return not isinstance(value, int | float)


def lines(exercise_id: UUID) -> Iterator[str]:
    """The same as text, for tests that compare runs."""
    return (json.dumps(event, ensure_ascii=False, sort_keys=True) for event in events_of(exercise_id))
