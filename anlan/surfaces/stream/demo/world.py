"""The exercise that the demo plays in: its clock at 60 times the pace, its own copy of the district's stations."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from anlan.domains.sensing.actions import StationGiven, declare_stations
from anlan.domains.sensing.models import Sensor, Station
from anlan.kernel.core import clock
from anlan.kernel.core.models import Exercise
from anlan.kernel.orgs.models import Duty, Person
from anlan.kernel.orgs.queries import in_force
from anlan.surfaces.stream.demo import storm
from anlan.surfaces.stream.demo.callees import Callees
from anlan.surfaces.stream.demo.feed import Feed, feed_of
from anlan.surfaces.stream.step import step

BY = "service:demo"
KIND = "demo"
SPEED = 60.0
BEGIN = timedelta(hours=17, minutes=40)  # local time of day at which the newcomer comes in
BEFORE = timedelta(hours=3)  # of readings that stand already then
END = timedelta(hours=23, minutes=30)
NEWCOMER_STAYS = timedelta(minutes=30)
NAME = "暴雨之夜（演示）"


@dataclass
class World:
    """One night. `at` is its time in the present tick; `done` remembers what the play has tried to do once."""

    exercise: Exercise
    feed: Feed
    callees: Callees
    at: datetime
    fed: datetime
    done: dict[str, datetime] = field(default_factory=dict)
    _people: dict[tuple[str, str, int], Person | None] = field(default_factory=dict)

    @property
    def id(self) -> UUID:
        return self.exercise.pk

    def clock(self, hour: int, minute: int = 0) -> datetime:
        """A local time of this night."""
        return storm.START + timedelta(hours=hour, minutes=minute)

    def holder(self, duty: str, region: str, rank: int = 0) -> Person | None:
        """Who has a duty of a region itself, by rank."""
        wanted = (duty, region, rank)
        if wanted not in self._people:
            rows = Duty.objects.filter(in_force(clock.real_now()), kind_id=duty, region_id=region, rank=rank)
            first = rows.select_related("person__organisation", "person__account").order_by("pk").first()
            self._people[wanted] = first.person if first else None
        return self._people[wanted]

    def forget_people(self) -> None:
        """Look people up anew: somebody may have signed in since, and is then left alone."""
        self._people.clear()

    def once(self, name: str, act: Callable[[], object]) -> None:
        """Do something until it is done once: an act that fails with the database is tried again."""
        if name not in self.done:
            act()
            self.done[name] = self.at


def plays_along(person: Person) -> bool:
    """Whether a newcomer is this person now: signed in within the last half hour of real time."""
    seen = person.account.last_login if person.account is not None else None
    return seen is not None and clock.real_now() - seen < NEWCOMER_STAYS


def open_world() -> World:
    """End the nights that are still open, begin a new one, and take in what was measured before it."""
    now = clock.real_now()
    Exercise.objects.filter(kind=KIND, ended_at=None).update(ended_at=now)
    start = storm.START + BEGIN
    exercise = Exercise.objects.create(
        name=NAME,
        origin=f"{storm.SOURCE_ZH} · {storm.SOURCE_EN}",
        kind=KIND,
        real_start=now,
        sim_start=start,
        speed=SPEED,
    )
    _copy_stations(exercise, start)
    feed = feed_of(list(Sensor.objects.filter(station__exercise=exercise).select_related("station")))
    step(batch=feed.batch(start - BEFORE, start), exercise_id=exercise.pk, at=start)
    # Preparing took seconds, which are minutes there: the clock starts when everything stands.
    exercise.real_start = clock.real_now()
    exercise.save(update_fields=["real_start"])
    return World(exercise, feed, Callees(exercise.pk, start), start, start)


def end_world(world: World) -> None:
    Exercise.objects.filter(pk=world.id, ended_at=None).update(ended_at=clock.real_now())


def _copy_stations(exercise: Exercise, at: datetime) -> None:
    rows = (
        Station.objects.filter(exercise=None, active=True).select_related("place").prefetch_related("sensors")
    )
    given = [
        StationGiven(
            code=row.code, name=row.name, region=row.region_id, metrics=tuple(s.metric for s in sensors), kind=row.kind,
            lon=row.lon, lat=row.lat, every_s=sensors[0].every_s, silent_s=1800, siting_note=row.siting_note,
            owner=row.owner, marks=row.marks, place=row.place,
        )
        for row in rows.order_by("code")
        if (sensors := list(row.sensors.all()))
    ]  # fmt: skip
    declare_stations(given, exercise_id=exercise.pk, by=BY, at=at)


def is_over(world: World) -> bool:
    return world.at >= storm.START + END


def tick(world: World) -> None:
    """Move on to the present: feed the minutes that have passed since."""
    world.at = clock.time_in(world.exercise)
    world.forget_people()
    until = world.at.replace(second=0, microsecond=0)
    if until > world.fed:
        step(batch=world.feed.batch(world.fed, until), exercise_id=world.id, at=world.at)
        world.fed = until
