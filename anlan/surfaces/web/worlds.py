"""Which world a page shows: the real one, or the exercise that this session chose or that the demo plays in."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest

from anlan.kernel.core import clock
from anlan.kernel.core.models import Exercise
from anlan.kernel.orgs.models import Duty, Person
from anlan.kernel.orgs.queries import in_force
from anlan.surfaces.web.people import person_of

SESSION_KEY = "world"
REAL = "real"


@dataclass(frozen=True, slots=True)
class World:
    """The world of a request: its exercise (None = real) and its time."""

    exercise: Exercise | None
    now: datetime

    @property
    def exercise_id(self) -> UUID | None:
        return self.exercise.pk if self.exercise else None

    @property
    def seen_at(self) -> datetime:
        """When one looks: what a person may see follows from the duties of today, also in a storm of years ago."""
        return clock.real_now()

    @property
    def speed(self) -> float:
        return self.exercise.speed if self.exercise else 1.0

    @property
    def frozen(self) -> bool:
        return self.exercise is not None and (
            self.exercise.frozen_at is not None or self.exercise.ended_at is not None
        )


def world_of(request: HttpRequest) -> World:
    """The world of a request, read once."""
    known: World | None = getattr(request, "_anlan_world", None)
    if known is None:
        exercise = _chosen(request)
        known = World(exercise, clock.time_in(exercise))
        request._anlan_world = known  # type: ignore[attr-defined]
    return known


def _chosen(request: HttpRequest) -> Exercise | None:
    choice = request.session.get(SESSION_KEY, "") if hasattr(request, "session") else ""
    if choice == REAL:
        return None
    if choice:
        return Exercise.objects.filter(pk=choice).first()
    # A newcomer to a demo has chosen nothing: who watches or has a flood duty must land in the storm, the others in
    # their everyday work, which stands in the real world. A bureau has no demo world at all.
    playing = demo_now()
    return playing if playing is not None and _has_part_in_storms(person_of(request)) else None


def demo_now() -> Exercise | None:
    """The demo that is being played, if one is."""
    return Exercise.objects.filter(kind="demo", ended_at=None).order_by("-real_start").first()


def _has_part_in_storms(person: Person | None) -> bool:
    if person is None:
        return True
    held = Duty.objects.filter(in_force(clock.real_now()), person=person)
    return held.filter(Q(kind__flood=True) | Q(kind__watch=True) | Q(kind__rung_by_hand=True)).exists()


def choose(request: HttpRequest, choice: str) -> None:
    """Keep the choice of a world for this session; an unknown one means the real world."""
    known = choice != REAL and Exercise.objects.filter(pk=choice, ended_at=None).exists()
    request.session[SESSION_KEY] = choice if known else REAL


def open_exercises() -> list[Exercise]:
    """The exercises that can be entered, newest first."""
    return list(Exercise.objects.filter(ended_at=None).order_by("-real_start")[:20])
