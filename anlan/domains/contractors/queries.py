"""Reads about contractor work."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from anlan.domains.contractors import rules
from anlan.domains.contractors.models import (
    Briefing,
    Check,
    Fixture,
    FixtureStep,
    Job,
    Lesson,
    Permit,
    Pulse,
)
from anlan.kernel.core import rulesets
from anlan.kernel.core.worlds import in_world
from anlan.kernel.loop.queries import visible_items
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import visible_regions
from anlan.kernel.places.regions import prefix_of


def taught(job: UUID) -> set[str]:
    """The names of those who had the lesson for a job."""
    return {name for lesson in Lesson.objects.filter(job_id=job) for name in lesson.names.splitlines()}


def permits_of(job: UUID) -> dict[str, list[datetime]]:
    """Kind of work → when each of its permits ends."""
    found: dict[str, list[datetime]] = {}
    for work, until in Permit.objects.filter(job_id=job).values_list("work", "valid_to"):
        found.setdefault(work, []).append(until)
    return found


def jobs_noticed(
    *, region: str, start: datetime, end: datetime, as_of: datetime, exercise_id: UUID | None
) -> list[UUID]:
    """Jobs whose work begins in the span, known by `as_of`; those turned away or called off were no jobs."""
    rows = Job.objects.filter(
        in_world(exercise_id, path="item__exercise_id"), _under(region, "item__region"), start_at__gte=start,
        start_at__lt=end, item__opened_at__lte=as_of,
    )  # fmt: skip
    gone = Q(item__steps__move__in=("turn_away", "call_off"), item__steps__at__lte=as_of)
    return list(rows.exclude(gone).order_by("start_at").values_list("pk", flat=True))


def lessons(
    *, region: str, start: datetime, end: datetime, as_of: datetime, exercise_id: UUID | None
) -> tuple[int, list[UUID]]:
    """Attendances of lessons held in the span, and the jobs they were for."""
    rows = Lesson.objects.filter(
        in_world(exercise_id, path="job__exercise_id"), _under(region, "job__region"), held_at__gte=start,
        held_at__lt=end, recorded_at__lte=as_of,
    )  # fmt: skip
    total = rows.aggregate(total=Sum("count"))["total"] or 0
    return total, list(rows.values_list("job_id", flat=True).distinct())


def checks(
    *, region: str, start: datetime, end: datetime, as_of: datetime, exercise_id: UUID | None
) -> QuerySet[Check]:
    """Checks of crews at work in the span."""
    return Check.objects.filter(
        in_world(exercise_id, path="job__exercise_id"), _under(region, "job__region"), held_at__gte=start,
        held_at__lt=end, recorded_at__lte=as_of,
    )  # fmt: skip


def fixtures(
    *, kind: str, what: Iterable[str], region: str, end: datetime, as_of: datetime, exercise_id: UUID | None
) -> dict[str, list[UUID]]:
    """Step → fixtures of a kind to which it had happened by `end`; those removed by then are left out."""
    rows = FixtureStep.objects.filter(
        in_world(exercise_id, path="fixture__exercise_id"), _under(region, "fixture__region"), fixture__kind=kind,
        happened_at__lt=end, recorded_at__lte=as_of,
    )  # fmt: skip
    gone = set(rows.filter(what="removed").values_list("fixture_id", flat=True))
    found: dict[str, list[UUID]] = {name: [] for name in what}
    for name, fixture in (
        rows.filter(what__in=list(found)).values_list("what", "fixture_id").order_by("happened_at")
    ):
        if fixture not in gone:
            found[name].append(fixture)
    return found


def all_fixtures(*, region: str, exercise_id: UUID | None = None) -> QuerySet[Fixture]:
    """Terminals and boards of a region, with their steps."""
    rows = Fixture.objects.filter(in_world(exercise_id), _under(region, "region"))
    return rows.select_related("region").prefetch_related("steps").order_by("kind", "code")


def _under(region: str, path: str) -> Q:
    return Q(**{f"{path}__code__startswith": prefix_of(region)}) if region else Q()


# ---- the eight ones (八个一) and the guide ----------------
@dataclass(frozen=True, slots=True)
class One:
    """One of the measures: its name in force, and whether the rows of a job show it."""

    name: str
    told: str
    there: bool
    name_en: str = ""


def eight_ones(job: Job, *, at: datetime) -> list[One]:
    """The measures in force where the job is, each told from rows: nobody ticks what the platform knows."""
    region = job.item.region_id
    there = _told(job, at)
    lines = rulesets.value_of("contractors.eight_ones", region=region, at=at)
    return [
        One(str(line["name"]), str(line["from"]), there[str(line["from"])], str(line.get("name_en", "")))
        for line in lines
    ]


def _told(job: Job, at: datetime) -> dict[str, bool]:
    lacking = rules.missing_permits(job.works, permits_of(job.pk), at=at)
    there = Fixture.objects.filter(region=job.item.region_id, exercise=job.item.exercise_id)
    fixtures = there.exclude(pk__in=FixtureStep.objects.filter(what="removed").values("fixture"))
    connected = FixtureStep.objects.filter(fixture__in=fixtures, fixture__kind="terminal", what="connected")
    return {
        "notice": True,
        "leader": bool(job.leader and job.leader_phone),
        "lesson": len(taught(job.pk)) >= job.workers,
        "permit": not lacking,
        "briefing": Briefing.objects.filter(job_id=job.pk).exists(),
        "check": Check.objects.filter(job_id=job.pk).exists(),
        "board": fixtures.filter(kind__in=("board", "showcase")).exists(),
        "terminal": connected.exists(),
    }


def guide_of(job: Job, *, at: datetime) -> list[dict[str, Any]]:
    """外来作业巡查指引: what is looked at on this crew's ground, with the source of each line."""
    guide = rulesets.value_of("contractors.patrol_guide", region=job.item.region_id, at=at)
    return [dict(line) for line in rules.guide_for(guide, job.works)]


# ---- the board of the ground (现场管理监控) ----------------
@dataclass(frozen=True, slots=True)
class OnGround:
    """A crew as the board shows it."""

    job: Job
    lacking: list[str]  # permit works without a valid permit now
    untaught: int
    briefed_today: bool
    checks: int
    last_pulse: Pulse | None


def on_ground(
    person: Person, *, at: datetime, today: datetime, exercise_id: UUID | None = None
) -> list[OnGround]:
    """The crews at work, stopped, or waiting at the gate, of the regions one sees; what is due first on top.

    `today`: the beginning of the day by the wall clock.
    """
    rows = Job.objects.filter(
        item__in=visible_items(person, at=at), item__exercise_id=exercise_id, item__closed_at=None
    )
    jobs = list(rows.select_related("item__region", "host").order_by("item__due_at", "pk"))
    keys = [job.pk for job in jobs]
    briefed = set(Briefing.objects.filter(job__in=keys, held_at__gte=today).values_list("job_id", flat=True))
    checks: dict[UUID, int] = {}
    for key in Check.objects.filter(job__in=keys).values_list("job_id", flat=True):
        checks[key] = checks.get(key, 0) + 1
    pulses: dict[UUID, Pulse] = {}
    for pulse in Pulse.objects.filter(job__in=keys).select_related("fixture").order_by("happened_at"):
        if pulse.job_id is not None:
            pulses[pulse.job_id] = pulse
    return [
        OnGround(
            job, rules.missing_permits(job.works, permits_of(job.pk), at=at),
            max(job.workers - len(taught(job.pk)), 0), job.pk in briefed, checks.get(job.pk, 0), pulses.get(job.pk),
        )
        for job in jobs
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Registered:
    """A terminal or board with what became of it, and when each was."""

    fixture: Fixture
    steps: dict[str, datetime]

    @property
    def stands(self) -> str:
        """The last of its steps."""
        return next((what for what in reversed(rules.STEPS) if what in self.steps), "")


def fixtures_of(
    person: Person,
    *,
    at: datetime,
    kind: str = "",
    stands: str = "",
    words: str = "",
    exercise_id: UUID | None = None,
) -> list[Registered]:
    """The terminals and boards of one's regions; `stands`: the last of their steps."""
    rows = Fixture.objects.filter(visible_regions(person, at=at, field="region__code"), in_world(exercise_id))
    if kind:
        rows = rows.filter(kind=kind)
    if words:
        rows = rows.filter(Q(code__icontains=words) | Q(park__icontains=words))
    rows = rows.select_related("region").prefetch_related("steps").order_by("kind", "code")
    found = [Registered(row, {step.what: step.happened_at for step in row.steps.all()}) for row in rows]
    return [each for each in found if not stands or each.stands == stands]


@dataclass(frozen=True, slots=True)
class Line:
    """A job as the register (台账) has it."""

    job: Job
    taught: int
    permits: int
    briefings: int
    checks: int
    wrong: int


def register_of(person: Person, *, at: datetime, exercise_id: UUID | None = None) -> Iterator[Line]:
    """The jobs one may see, newest first, with what was done before and while the crew was there."""
    rows = Job.objects.filter(item__in=visible_items(person, at=at), item__exercise_id=exercise_id)
    counted = {
        "taught_n": Coalesce(_sum(Lesson, Sum("count")), 0), "permits_n": Coalesce(_sum(Permit, Count("pk")), 0),
        "briefings_n": Coalesce(_sum(Briefing, Count("pk")), 0), "checks_n": Coalesce(_sum(Check, Count("pk")), 0),
        "wrong_n": Coalesce(_sum(Check, Count("danger")), 0),
    }  # fmt: skip
    told = rows.annotate(**counted).select_related("item__region", "host").order_by("-start_at", "pk")
    for row in told.iterator(chunk_size=500):
        yield Line(
            row,
            *(getattr(row, name) for name in ("taught_n", "permits_n", "briefings_n", "checks_n", "wrong_n")),
        )


def _sum(model: Any, what: Any) -> Subquery:
    rows = model.objects.filter(job=OuterRef("pk")).order_by().values("job").annotate(n=what)
    return Subquery(rows.values("n"), output_field=IntegerField())


@dataclass(frozen=True, slots=True)
class Terminal:
    """A terminal with the last it told; silent where that is too long ago, or never."""

    fixture: Fixture
    last: Pulse | None
    silent: bool


def terminals(person: Person, *, at: datetime, exercise_id: UUID | None = None) -> list[Terminal]:
    """The terminals of one's regions that are connected, silent ones first."""
    gone = FixtureStep.objects.filter(what="removed").values("fixture")
    rows = Fixture.objects.filter(
        visible_regions(person, at=at, field="region__code"), in_world(exercise_id), kind="terminal",
        steps__what="connected",
    )  # fmt: skip
    fixtures = list(rows.exclude(pk__in=gone).select_related("region").distinct().order_by("code"))
    lasts: dict[UUID, Pulse] = {}
    recent = (
        Pulse.objects.filter(fixture__in=fixtures).order_by("fixture", "-happened_at").distinct("fixture")
    )
    for pulse in recent:
        lasts[pulse.fixture_id] = pulse
    found = []
    for each in fixtures:
        limit = timedelta(
            minutes=int(rulesets.value_of("contractors.silent_minutes", region=each.region_id, at=at))
        )
        last = lasts.get(each.pk)
        found.append(Terminal(each, last, last is None or at - last.happened_at > limit))
    return sorted(found, key=lambda t: (not t.silent, not (t.last and t.last.worry), t.fixture.code))
