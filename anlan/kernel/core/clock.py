"""The only place that reads the time. There is the real world, and there are exercises with clocks of their own."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from anlan.kernel.core.models import Exercise


def real_now() -> datetime:
    """The time of the real world, aware, in UTC."""
    return datetime.now(UTC)


def now(exercise_id: UUID | None = None) -> datetime:
    """The time in a world: the real one (`None`), or the exercise's simulated or frozen time. Aware, UTC."""
    if exercise_id is None:
        return real_now()
    return time_in(Exercise.objects.get(pk=exercise_id))


def time_in(exercise: Exercise | None) -> datetime:
    """The same for an exercise row already read; saves the query in a loop over worlds."""
    if exercise is None:
        return real_now()
    if exercise.frozen_at is not None:
        return exercise.frozen_at
    end = exercise.ended_at or real_now()
    return exercise.sim_start + (end - exercise.real_start) * exercise.speed


def real_seconds(span: timedelta, exercise: Exercise | None) -> float:
    """How long a span of a world's time takes on the wall clock, in seconds; 0 when that clock is driven by steps."""
    if exercise is None:
        return span.total_seconds()
    return 0.0 if exercise.frozen_at is not None else span.total_seconds() / exercise.speed
