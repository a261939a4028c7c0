"""One proposal an episode: what alarms, signals and forecasts say is weighed; what is higher than before is offered.

An episode is one hazard over one street for as long as any alarm or signal about it lives. Whatever adds to a
proposal that still waits is put to its grounds; whatever is not higher than what was offered says nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection

from anlan.domains.warnings.actions import offers
from anlan.domains.warnings.models import Episode, EpisodeSource, Signal
from anlan.domains.warnings.queries import rulebook
from anlan.domains.warnings.rules import scales
from anlan.kernel.core.bulk import update_rows
from anlan.kernel.core.ids import new_id

Deed = Callable[[], object]
Rising = dict[tuple[str, str, str], list["Cause"]]  # kind, hazard, colour → causes
Source = tuple[str, str]  # alarm, signal … and its id


@dataclass(frozen=True, slots=True)
class Cause:
    """Something that speaks for a warning over one street; `parts` are the regions of it that lie in that street."""

    source: str
    source_id: str
    hazard: str
    street: str
    parts: tuple[str, ...]
    colour: str  # "" = it is over
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str]:
        """What its episode is known by."""
        return self.hazard, self.street


@dataclass
class _Kept:
    """An open episode with what keeps it alive."""

    row: Episode
    alive: dict[Source, str]  # the colour of each
    is_new: bool = False


@dataclass
class _Note:
    """A source as it is now, on its way to its row."""

    colour: str
    began_at: datetime
    ended_at: datetime | None


class Weighing:
    """The open episodes of one world during one transaction: read and locked when first spoken of, written once.

    Nobody else changes them in between, so slots that are weighed together come to what they come to singly.
    """

    def __init__(self, exercise_id: UUID | None) -> None:
        self._exercise_id = exercise_id
        self._open: dict[tuple[str, str], _Kept] = {}
        self._read: set[tuple[str, str]] = set()
        self._changed: dict[UUID, _Kept] = {}
        self._notes: dict[tuple[UUID, Source], _Note] = {}
        self._something_waits: bool | None = None

    def weigh(self, causes: Sequence[Cause], *, at: datetime) -> Deed | None:
        """Keep the episodes; what rose, or adds to something that waits, is the deed: to be done in this transaction,
        before anything else is weighed."""
        self._fetch({cause.key for cause in causes}, at=at)
        kept = self._begin(causes, at=at)
        live = [cause for cause in causes if cause.key in kept]
        rising: Rising = defaultdict(list)
        same: list[Cause] = []
        for cause in live:
            self._note(kept[cause.key], cause, at=at)
            if kind := self._offer_kind(kept[cause.key], cause, at=at):
                rising[kind, cause.hazard, cause.colour].append(cause)
            elif cause.colour:
                same.append(cause)
        if any(not cause.colour for cause in live):
            self._end_dead(kept.values(), at=at)
        if rising or (same and self._waits()):
            return partial(_offer, rising, same, exercise_id=self._exercise_id, at=at)
        return None

    def write(self) -> None:
        """Write the episodes and what is noted of their sources. The ended first: a new one may follow on a street."""
        old = [kept.row for kept in self._changed.values() if not kept.is_new]
        update_rows(old, ["advisory_offered", "call_out_offered", "ended_at"])
        Episode.objects.bulk_create([kept.row for kept in self._changed.values() if kept.is_new])
        _write_notes(self._notes)
        self._changed, self._notes = {}, {}

    def _fetch(self, wanted: set[tuple[str, str]], *, at: datetime) -> None:
        """Read the open episodes that were not read yet; one whose sources have all ended is ended now."""
        if not wanted - self._read:
            return
        self._read |= wanted
        rows = Episode.objects.select_for_update(no_key=True).filter(
            exercise_id=self._exercise_id, ended_at=None, hazard__in={h for h, _ in wanted},
            region_id__in={s for _, s in wanted},
        )  # fmt: skip
        # What was changed in memory is not read again.
        known = {kept.row.pk for kept in (*self._open.values(), *self._changed.values())}
        fresh = [row for row in rows if row.pk not in known]
        alive = alive_sources(fresh)
        found = [_Kept(row, alive[row.pk]) for row in fresh]
        self._open |= {(kept.row.hazard, kept.row.region_id): kept for kept in found}
        self._end_dead(found, at=at)

    def _begin(self, causes: Sequence[Cause], *, at: datetime) -> dict[tuple[str, str], _Kept]:
        for hazard, street in sorted({cause.key for cause in causes if cause.colour} - self._open.keys()):
            row = Episode(exercise_id=self._exercise_id, hazard=hazard, region_id=street, opened_at=at)
            kept = self._open[hazard, street] = _Kept(row, {}, is_new=True)
            self._changed[row.pk] = kept
        return {cause.key: self._open[cause.key] for cause in causes if cause.key in self._open}

    def _note(self, kept: _Kept, cause: Cause, *, at: datetime) -> None:
        """What keeps an episode alive, as it is now; the last word about a source counts."""
        source = (cause.source, cause.source_id)
        if cause.colour and kept.alive.get(source) == cause.colour:
            return
        before = self._notes.get((kept.row.pk, source))
        colour = cause.colour or (before.colour if before else "")
        began_at = before.began_at if before else at
        self._notes[kept.row.pk, source] = _Note(colour, began_at, None if cause.colour else at)
        if cause.colour:
            kept.alive[source] = cause.colour
        else:
            kept.alive.pop(source, None)

    def _offer_kind(self, kept: _Kept, cause: Cause, *, at: datetime) -> str:
        """What the rules propose here and now, or "" where it is not higher than what the episode was offered."""
        episode = kept.row
        offered = episode.call_out_offered
        if not cause.colour or not scales.is_higher(cause.colour, offered):
            return ""
        kind = rulebook.proposes(source=cause.source, colour=cause.colour, region=cause.street, at=at)
        if kind == "advisory":
            offered = max(offered, episode.advisory_offered, key=scales.rank)
        if not kind or not scales.is_higher(cause.colour, offered):
            return ""
        setattr(episode, f"{kind}_offered", cause.colour)
        self._changed[episode.pk] = kept
        return kind

    def _end_dead(self, some: Iterable[_Kept], *, at: datetime) -> None:
        for kept in some:
            if not kept.alive:
                kept.row.ended_at = at
                self._changed[kept.row.pk] = kept
                self._open.pop((kept.row.hazard, kept.row.region_id), None)

    def _waits(self) -> bool:
        if self._something_waits is None:
            self._something_waits = offers.something_waits(self._exercise_id)
        return self._something_waits


def alive_sources(episodes: Sequence[Episode]) -> dict[UUID, dict[Source, str]]:
    """What keeps each episode alive; a signal lives as long as its item is open."""
    alive: dict[UUID, dict[Source, str]] = {episode.pk: {} for episode in episodes}
    if not alive:
        return alive
    rows = EpisodeSource.objects.filter(episode__in=episodes, ended_at=None)
    sources = list(rows.values_list("episode", "source", "source_id", "colour"))
    asked = {UUID(source_id) for _, source, source_id, _ in sources if source == "signal"}
    signals = (
        set(Signal.objects.in_force().filter(pk__in=asked).values_list("pk", flat=True)) if asked else set()
    )
    for episode, source, source_id, colour in sources:
        if source != "signal" or UUID(source_id) in signals:
            alive[episode][source, source_id] = colour
    return alive


def _offer(rising: Rising, same: Sequence[Cause], *, exercise_id: UUID | None, at: datetime) -> None:
    # Highest first: a lower offer of the same batch then finds the street already spoken for.
    for kind, hazard, colour in sorted(rising, key=lambda key: (-scales.rank(key[2]), key[0], key[1])):
        offers.offer(kind, hazard, colour, rising[kind, hazard, colour], exercise_id=exercise_id, at=at)
    offers.add_grounds(same, exercise_id=exercise_id, at=at)


def _write_notes(notes: dict[tuple[UUID, Source], _Note]) -> None:
    if not notes:
        return
    rows = [
        (new_id(), episode, source, source_id, note.colour, note.began_at, note.ended_at)
        for (episode, (source, source_id)), note in notes.items()
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO warnings_episodesource AS t"
            " (id, episode_id, source, source_id, colour, began_at, ended_at)"
            " SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::text[],"
            " %s::timestamptz[], %s::timestamptz[]) ON CONFLICT (episode_id, source, source_id) DO UPDATE"
            " SET colour = coalesce(nullif(excluded.colour, ''), t.colour), ended_at = excluded.ended_at",
            [list(column) for column in zip(*rows, strict=True)],
        )
