"""The plan held against what is measured: one proposal an episode.

An episode of a trigger lasts from when it is first found met until it has been unmet for a while; as long as it lasts,
what was proposed then, and approved, declined or ended since, is not proposed again. Only something higher is, or a new
rise, or what somebody asks for.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from anlan.domains.responses import queries
from anlan.domains.responses.actions import proposing, running, sheets
from anlan.domains.responses.actions.situation import Held, hold, situation_now
from anlan.domains.responses.models import Proposal, Response, Sheet, Standing, Task
from anlan.domains.responses.rules import levels, plan, triggers
from anlan.kernel.core import rulesets
from anlan.kernel.core.bulk import update_rows
from anlan.kernel.core.worlds import in_world
from anlan.kernel.loop.models import WorkItem

Deed = Callable[[], WorkItem | None]
Start = tuple[Sheet, plan.Line, str]  # a line whose clock starts, and the point that starts it


class Asking:
    """The plan asked about one world at one time after another, in one transaction, up to the first deed. What is in
    force, what waits and what stands is read once."""

    def __init__(self, exercise_id: UUID | None) -> None:
        self._exercise_id = exercise_id
        self._held: Held | None = None
        self._response: Response | None = None
        self._known = 0
        self._standing: dict[str, Standing] = {}
        self._changed: dict[UUID, Standing] = {}
        self._sheets: dict[str, Sheet] | None = None
        self._started: set[tuple[str, str, str]] = set()

    def look(self, *, alarm_steps: Sequence[Any] = (), at: datetime) -> Deed | None:
        """Hold the situation against the plan. The deed opens the lines whose clocks start and proposes the highest
        level that is newly met, where it is higher than what is known; it gives the proposal's item."""
        del alarm_steps
        held = self._read(at)
        region = running.district()
        rows = rulesets.value_of("responses.flood_triggers", region=region, at=at)
        situation = situation_now(exercise_id=self._exercise_id, at=at, held=held)
        starts = self._starting(situation, at=at)
        found = triggers.met(rows, situation)
        known = max([self._known, *self._forget(found, at=at)])
        fresh = self._stand(found, at=at)
        hits = [hit for hit in fresh if hit.level == fresh[0].level and levels.rank(hit.level) > known]
        if not hits and not starts:
            return None
        return partial(self._act, starts, hits, before_signal=not situation.signals, at=at)

    def write(self) -> None:
        """Write which triggers stand and which no longer do."""
        rows = list(self._changed.values())
        update_rows([row for row in rows if not row._state.adding], ["seen_at", "missed_at", "ended_at"])
        Standing.objects.bulk_create([row for row in rows if row._state.adding])
        self._changed = {}

    def _read(self, at: datetime) -> Held:
        if self._held is not None:
            return self._held
        with connection.cursor() as cursor:
            # Two who ask at the same moment must not both find that a trigger is newly met.
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtext(%s))", [f"responses.asking.{self._exercise_id}"]
            )
        self._held = hold(exercise_id=self._exercise_id, at=at)
        self._response = queries.in_force(exercise_id=self._exercise_id)
        self._known = max(
            [levels.rank(self._response.level if self._response else ""), *_waiting(self._exercise_id)]
        )
        rows = Standing.objects.filter(in_world(self._exercise_id), ended_at=None)
        self._standing = {row.trigger: row for row in rows}
        return self._held

    def _forget(self, found: Sequence[triggers.Met], *, at: datetime) -> list[int]:
        """End the episodes that are over; the ranks of those that last."""
        over, forgotten = (_minutes(name, at=at) for name in ("trigger_over", "trigger_forgotten"))
        met = {hit.trigger for hit in found}
        for trigger, row in list(self._standing.items()):
            if trigger not in met and row.missed_at is None:
                row.missed_at = at
                self._changed[row.pk] = row
            unmet = row.missed_at is not None and at - row.missed_at >= over
            if unmet or at - row.seen_at >= forgotten:
                row.ended_at = row.missed_at or row.seen_at
                self._changed[row.pk] = self._standing.pop(trigger)
        return [levels.rank(row.level) for row in self._standing.values()]

    def _stand(self, found: Sequence[triggers.Met], *, at: datetime) -> list[triggers.Met]:
        """Note every trigger that is met; those that were not before, highest level first."""
        fresh = []
        for hit in found:
            row = self._standing.get(hit.trigger)
            if row is None:
                fresh.append(hit)
                row = self._standing[hit.trigger] = Standing(
                    exercise_id=self._exercise_id, trigger=hit.trigger, level=hit.level, began_at=at
                )
            row.seen_at, row.missed_at = at, None
            self._changed[row.pk] = row
        return fresh

    def _starting(self, situation: triggers.Situation, *, at: datetime) -> list[Start]:
        """The lines whose clock starts from a reading (close the road ten minutes after 27 cm), once a point."""
        if self._response is None:
            return []
        rows = rulesets.value_of("responses.flood_tasks", region=running.district(), at=at)
        lines = plan.unit_lines(rows, level=self._response.level)
        held = self._sheets_of(self._response)
        return [
            (held[line.unit], line, point.name)
            for line in lines
            if line.after_reading_min is not None and line.unit in held
            for point in situation.measured.get(line.metric, ())
            if point.trusted
            and point.value >= line.value
            and (line.unit, line.code, point.name) not in self._started
        ]

    def _sheets_of(self, response: Response) -> dict[str, Sheet]:
        if self._sheets is None:
            self._sheets = {
                sheet.unit: sheet for sheet in response.sheets.select_related("item", "organisation")
            }
            begun = Task.objects.filter(sheet__response=response).exclude(about="")
            self._started = set(begun.values_list("sheet__unit", "code", "about"))
        return self._sheets

    def _act(
        self, starts: Sequence[Start], hits: Sequence[triggers.Met], *, before_signal: bool, at: datetime
    ) -> WorkItem | None:
        for sheet, line, about in starts:
            sheets.start_from_reading(sheet, line, about=about, at=at)
        if not hits:
            return None
        streets = sorted({street for hit in hits for street in hit.streets})
        return proposing.offer(
            level=hits[0].level, streets=streets or running.streets_of(running.district()), hits=hits, because="",
            before_signal=before_signal, by=running.BY, at=at, exercise_id=self._exercise_id,
        )  # fmt: skip


def consider(*, alarm_steps: Sequence[Any] = (), exercise_id: UUID | None, at: datetime) -> WorkItem | None:
    """Ask the plan once, and do what it says: the proposal's item, or None where there is nothing new to propose."""
    with transaction.atomic():
        asking = Asking(exercise_id)
        deed = asking.look(alarm_steps=alarm_steps, at=at)
        item = deed() if deed is not None else None
        asking.write()
    return item


def _minutes(name: str, *, at: datetime) -> timedelta:
    value = rulesets.value_of(f"responses.{name}_minutes", region=running.district(), at=at)
    return timedelta(minutes=float(value))


def _waiting(exercise_id: UUID | None) -> list[int]:
    """The ranks of proposals that wait for a decision."""
    rows = Proposal.objects.filter(in_world(exercise_id, path="item__exercise_id"), item__state="proposed")
    upwards = rows.exclude(direction__in=("end", "step_down"))
    return [levels.rank(level) for level in upwards.values_list("level", flat=True)]
