"""What terminals in parks tell by HTTP: alive, how many people, what worries them; bad rows come back."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.dateparse import parse_datetime

from anlan.domains.contractors.actions import pulse
from anlan.domains.sensing.models import Feeder
from anlan.kernel.core.errors import Refused
from anlan.surfaces.stream.door import AHEAD_S, BAD_BODY, TOO_MANY

MOST = 2_000


def take(body: Any, feeder: Feeder, *, now: datetime) -> tuple[int, list[tuple[int, str]]]:
    """Keep what was told: {"terminals": [{"code", "at"?, "people"?, "worry"?}, …]}; how many, and row → why not.

    A row sent twice is told once.
    """
    rows = body.get("terminals") if isinstance(body, Mapping) else None
    if not isinstance(rows, list):
        raise Refused(BAD_BODY, problem="terminals")
    if len(rows) > MOST:
        raise Refused(TOO_MANY, most=MOST, rows=len(rows))
    refused = []
    for number, row in enumerate(rows):
        try:
            _one(row, feeder, now)
        except Refused as refusal:
            refused.append((number, str(refusal)))
    return len(rows) - len(refused), refused


def _one(row: Any, feeder: Feeder, now: datetime) -> None:
    if not isinstance(row, Mapping):
        raise Refused(BAD_BODY, problem="{}")
    people = row.get("people", 0)
    if isinstance(people, bool) or not isinstance(people, int) or not 0 <= people <= 10_000:
        raise Refused(BAD_BODY, problem="people")
    pulse(
        code=str(row.get("code", ""))[:60], people=people, worry=str(row.get("worry") or "")[:20], at=now,
        happened_at=_when(row.get("at"), now), exercise_id=feeder.exercise_id,
    )  # fmt: skip


def _when(said: Any, now: datetime) -> datetime:
    if said in (None, ""):
        return now
    try:
        found = parse_datetime(str(said))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or found > now + timedelta(seconds=AHEAD_S):
        raise Refused(BAD_BODY, problem=f"at {str(said)[:40]}")
    return min(found, now)
