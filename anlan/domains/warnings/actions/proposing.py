"""The ways in for whatever speaks for a warning: signals, forecasts, and the end of either."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.domains.warnings.actions.weighing import Cause, Weighing, alive_sources
from anlan.domains.warnings.models import Episode, EpisodeSource, Signal
from anlan.domains.warnings.queries import areas

__all__ = ["Cause", "end_source", "from_forecast", "from_signal", "weigh"]


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
    """Keep the episodes, then offer what rose. Reads grow with the batch's hazards, not with its causes."""
    with transaction.atomic():
        weighing = Weighing(exercise_id)
        deed = weighing.weigh(causes, at=at)
        if deed is not None:
            deed()
        weighing.write()


def end_source(*, source: str, source_id: str, at: datetime) -> None:
    """Something that kept episodes alive is over."""
    with transaction.atomic():
        alive = EpisodeSource.objects.filter(source=source, source_id=source_id, ended_at=None)
        touched = list(alive.values_list("episode", flat=True))
        alive.update(ended_at=at)
        rows = Episode.objects.select_for_update(no_key=True).filter(pk__in=touched, ended_at=None)
        living = alive_sources(list(rows))
        Episode.objects.filter(pk__in=[pk for pk, sources in living.items() if not sources]).update(
            ended_at=at
        )
