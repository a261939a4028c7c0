"""Reads about contractor work."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from anlan.domains.contractors.models import Check, Fixture, FixtureStep, Job, Lesson, Permit
from anlan.kernel.core.worlds import in_world
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
