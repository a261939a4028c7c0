"""Rows of one world."""

from uuid import UUID

from django.db.models import Q


def in_world(exercise_id: UUID | None, *, path: str = "exercise_id") -> Q:
    """A filter for the rows of an exercise, or of the real world for None."""
    return Q(**{path: exercise_id})
