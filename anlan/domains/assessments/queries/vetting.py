"""The one way to vetting rows. Whoever holds no duty of it finds nothing; the act that reads writes it down first."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, Prefetch, Q, QuerySet

from anlan.domains.assessments.models import VettingBatch, VettingOpinion, VettingSubject, VettingTrace
from anlan.domains.assessments.rules import duties
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.worlds import in_world
from anlan.kernel.indicators.spec import Period
from anlan.kernel.loop.rights import person_id
from anlan.kernel.orgs.models import Duty, Organisation
from anlan.kernel.orgs.queries import in_force


@dataclass(frozen=True, slots=True)
class Looked:
    """A name with what stands against it and what was signed last."""

    subject: VettingSubject
    traces: tuple[VettingTrace, ...]
    opinion: VettingOpinion | None


def kept_regions(by: str, *, at: datetime) -> list[str]:
    """The regions whose vetting a person keeps, by a duty of their own: no deputy and no administrator stands in."""
    person = person_id(by)
    if person is None:
        return []
    rows = Duty.objects.filter(in_force(at), person_id=person, kind_id=duties.VETTING, person__active=True)
    return sorted(set(rows.values_list("region_id", flat=True)))


def is_keeper(by: str, *, region: str, at: datetime) -> bool:
    return region in kept_regions(by, at=at)


def check_keeper(by: str, *, region: str, at: datetime) -> None:
    """A keeper of that very region, or `Refused`. A service is none, but for the platform's own demo and tests."""
    if person_id(by) is None or is_keeper(by, region=region, at=at):
        return
    raise Refused(duties.NOT_KEEPER)


def batches_for(by: str, *, at: datetime, exercise_id: UUID | None = None) -> QuerySet[VettingBatch]:
    """The batches that somebody keeps, newest first."""
    rows = VettingBatch.objects.filter(in_world(exercise_id), region__in=kept_regions(by, at=at))
    return rows.select_related("region").order_by("-at")


def subjects_of(batch: VettingBatch) -> list[Looked]:
    """Every name of a batch in its order. Called by the act that writes the reading down, and by no page."""
    opinions = Prefetch("opinions", VettingOpinion.objects.order_by("at", "pk"))
    traces = Prefetch("traces", VettingTrace.objects.order_by("happened_at", "pk"))
    rows = batch.subjects.order_by("place").prefetch_related(opinions, traces).select_related("unit")
    return [Looked(row, tuple(row.traces.all()), _last(list(row.opinions.all()))) for row in rows]


def units_of(batch: VettingBatch, period: Period) -> dict[UUID, list[VettingSubject]]:
    """Unit → the names of a batch that it stands for: those of the unit, and those whose duty was its whole street in
    some of the days. A duty of a community or of the whole district makes nobody answer for a street."""
    subjects = list(batch.subjects.all())
    found: dict[UUID, dict[UUID, VettingSubject]] = {}
    for subject in subjects:
        if subject.unit_id is not None:
            found.setdefault(subject.unit_id, {})[subject.pk] = subject
    for person, street in _streets_of([each.person_id for each in subjects if each.person_id], period):
        for subject in subjects:
            if subject.person_id == person:
                found.setdefault(street, {})[subject.pk] = subject
    return {unit: list(rows.values()) for unit, rows in found.items()}


def _streets_of(people: list[UUID], period: Period) -> list[tuple[UUID, UUID]]:
    """Person, and the office of a street that one of the person's duties covered in some of the days."""
    duties = Duty.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=period.start), person__in=people, valid_from__lt=period.end,
        region__level="street", place=None,
    )  # fmt: skip
    held = set(duties.annotate(code=F("region_id")).values_list("person_id", "code"))
    offices = Organisation.objects.filter(
        kind="street", active=True, region__in={code for _person, code in held}
    )
    by_region = dict(offices.values_list("region_id", "pk"))
    return [(person, by_region[code]) for person, code in held if code in by_region]


def _last(opinions: list[VettingOpinion]) -> VettingOpinion | None:
    return opinions[-1] if opinions else None


def given(
    region: str, *, start: datetime, end: datetime, as_of: datetime, exercise_id: UUID | None = None
) -> tuple[int, int]:
    """How many names were given an opinion in a span, and how many of those with an objection: numbers, no names."""
    rows = VettingOpinion.objects.filter(
        in_world(exercise_id, path="subject__batch__exercise_id"), at__gte=start, at__lt=end, at__lte=as_of
    )
    if region:
        rows = rows.filter(subject__batch__region__code__startswith=region)
    last = dict(rows.order_by("at", "pk").values_list("subject_id", "objection"))
    return len(last), sum(last.values())


def progress_of(batch: VettingBatch) -> tuple[int, int]:
    """Names, and names with a signed opinion."""
    signed = batch.subjects.filter(~Q(opinions=None)).distinct().count()
    return batch.subjects.count(), signed
