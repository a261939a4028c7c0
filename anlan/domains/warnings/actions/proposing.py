"""One proposal an episode: alarms, signals and forecasts are weighed, and what is higher than before is proposed.

An episode is one hazard over one street for as long as any alarm or signal about it lives. Whatever adds to a
proposal that still waits is put to its grounds; whatever is not higher than what was offered says nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.domains.warnings.actions import offers
from anlan.domains.warnings.models import Episode, EpisodeSource, Signal
from anlan.domains.warnings.queries import areas, rulebook
from anlan.domains.warnings.rules import scales


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


def from_signal(signal: Signal, *, at: datetime) -> None:
    """Weigh a signal that was just taken in."""
    codes = list(signal.regions.values_list("pk", flat=True))
    facts = {
        "headline": signal.headline,
        "issued_at": signal.issued_at.isoformat(),
        "office": signal.notice.office.name,
    }
    causes = [
        Cause("signal", str(signal.pk), signal.hazard, street, tuple(parts), signal.colour, facts)
        for street, parts in areas.streets_in(codes).items()
    ]
    weigh(causes, exercise_id=signal.item.exercise_id, at=at)


def from_forecast(
    *,
    hazard: str,
    colour: str,
    regions: Sequence[str],
    facts: dict[str, Any],
    source_id: str,
    at: datetime,
    exercise_id: UUID | None = None,
) -> None:
    """Weigh a forecast at a mark; `facts` say amount, hours and doubt in the forecaster's words."""
    causes = [
        Cause("forecast", source_id, hazard, street, tuple(parts), colour, facts)
        for street, parts in areas.streets_in(regions).items()
    ]
    weigh(causes, exercise_id=exercise_id, at=at)


def weigh(causes: Sequence[Cause], *, exercise_id: UUID | None, at: datetime) -> None:
    """The core: keep the episodes, then offer what rose. Reads grow with the batch's hazards, not with its causes."""
    with transaction.atomic():
        episodes = _episodes(causes, exercise_id=exercise_id, at=at)
        live = [cause for cause in causes if (cause.hazard, cause.street) in episodes]
        _note_sources([(episodes[cause.hazard, cause.street], cause) for cause in live], at=at)
        rising: dict[tuple[str, str, str], list[Cause]] = defaultdict(list)
        same: list[Cause] = []
        for cause in live:
            kind = _offer_kind(episodes[cause.hazard, cause.street], cause, at=at)
            if kind:
                rising[kind, cause.hazard, cause.colour].append(cause)
            elif cause.colour:
                same.append(cause)
        if any(not cause.colour for cause in live):
            _end_dead(episodes.values(), at=at)
        # Highest first: a lower offer of the same batch then finds the street already spoken for.
        for kind, hazard, colour in sorted(rising, key=lambda key: (-scales.rank(key[2]), key[0], key[1])):
            offers.offer(kind, hazard, colour, rising[kind, hazard, colour], exercise_id=exercise_id, at=at)
        offers.add_grounds(same, exercise_id=exercise_id, at=at)


def end_source(*, source: str, source_id: str, at: datetime) -> None:
    """Something that kept episodes alive is over."""
    with transaction.atomic():
        alive = EpisodeSource.objects.filter(source=source, source_id=source_id, ended_at=None)
        touched = list(alive.values_list("episode", flat=True))
        alive.update(ended_at=at)
        _end_dead(Episode.objects.select_for_update(no_key=True).filter(pk__in=touched, ended_at=None), at=at)


def _episodes(
    causes: Iterable[Cause], *, exercise_id: UUID | None, at: datetime
) -> dict[tuple[str, str], Episode]:
    """The open episodes of the causes, new ones where something begins. One whose sources all ended is ended first."""
    wanted = {(cause.hazard, cause.street) for cause in causes}
    found = Episode.objects.select_for_update(no_key=True).filter(
        exercise_id=exercise_id, ended_at=None, hazard__in={h for h, _ in wanted}, region_id__in={s for _, s in wanted}
    )  # fmt: skip
    _end_dead(found, at=at)
    open_now = {(e.hazard, e.region_id): e for e in found if e.ended_at is None}
    begins = {(cause.hazard, cause.street) for cause in causes if cause.colour} - open_now.keys()
    new = [Episode(exercise_id=exercise_id, hazard=h, region_id=s, opened_at=at) for h, s in sorted(begins)]
    Episode.objects.bulk_create(new)
    return open_now | {(e.hazard, e.region_id): e for e in new}


def _note_sources(pairs: Sequence[tuple[Episode, Cause]], *, at: datetime) -> None:
    """What keeps each episode alive, as it is now; the last word of a batch about a source counts."""
    latest = {(episode.pk, cause.source, cause.source_id): cause for episode, cause in pairs}
    rows = EpisodeSource.objects.filter(episode__in={key[0] for key in latest})
    known = {(row.episode_id, row.source, row.source_id): row for row in rows}
    new = []
    for (episode, source, source_id), cause in latest.items():
        row = known.get((episode, source, source_id))
        ended = None if cause.colour else at
        if row is None:
            new.append(
                EpisodeSource(
                    episode_id=episode,
                    source=source,
                    source_id=source_id,
                    colour=cause.colour,
                    began_at=at,
                    ended_at=ended,
                )
            )
        elif row.colour != cause.colour or row.ended_at != ended:
            row.colour, row.ended_at = cause.colour or row.colour, ended
            row.save(update_fields=["colour", "ended_at"])
    EpisodeSource.objects.bulk_create(new)


def _offer_kind(episode: Episode, cause: Cause, *, at: datetime) -> str:
    """What the rules propose here and now, or "" where it is not higher than what the episode was offered."""
    if not cause.colour:
        return ""
    kind = rulebook.proposes(source=cause.source, colour=cause.colour, region=cause.street, at=at)
    offered = episode.call_out_offered
    if kind == "advisory":
        offered = max(offered, episode.advisory_offered, key=scales.rank)
    if not kind or not scales.is_higher(cause.colour, offered):
        return ""
    setattr(episode, f"{kind}_offered", cause.colour)
    episode.save(update_fields=[f"{kind}_offered"])
    return kind


def _end_dead(episodes: Iterable[Episode], *, at: datetime) -> None:
    """End episodes none of whose sources live; a signal lives as long as its item is open."""
    episodes = list(episodes)
    if not episodes:
        return
    rows = EpisodeSource.objects.filter(episode__in=episodes)
    sources = list(rows.values_list("episode", "source", "source_id", "ended_at"))
    asked = {
        UUID(source_id) for _, source, source_id, ended in sources if source == "signal" and ended is None
    }
    signals = (
        set(Signal.objects.in_force().filter(pk__in=asked).values_list("pk", flat=True)) if asked else set()
    )
    alive = {
        episode
        for episode, source, source_id, ended in sources
        if ended is None and (source != "signal" or UUID(source_id) in signals)
    }
    dead = [episode for episode in episodes if episode.pk not in alive]
    if dead:
        Episode.objects.filter(pk__in=[e.pk for e in dead]).update(ended_at=at)
    for episode in dead:
        episode.ended_at = at
