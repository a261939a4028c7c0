"""Terminals and boards of parks: taken in with what became of them; what a terminal tells."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from anlan.domains.contractors import rules
from anlan.domains.contractors.models import Fixture, FixtureStep, Job, Pulse
from anlan.kernel.core.errors import Refused
from anlan.kernel.ledger.actions import record


@dataclass(frozen=True, slots=True)
class FixtureGiven:
    """One terminal or board as an office hands it in; `steps`: what → when."""

    kind: str
    code: str
    park: str
    region: str
    steps: dict[str, datetime]
    lon: float | None = None
    lat: float | None = None


def add_fixtures(
    given: Sequence[FixtureGiven], *, by: str, at: datetime, exercise_id: UUID | None = None
) -> int:
    """Take in terminals and boards with what became of them; known ones only gain the steps they lack."""
    with transaction.atomic():
        rows = [
            Fixture(
                kind=g.kind,
                code=g.code,
                park=g.park,
                region_id=g.region,
                lon=g.lon,
                lat=g.lat,
                exercise_id=exercise_id,
            )
            for g in given
        ]
        Fixture.objects.bulk_create(rows, ignore_conflicts=True)
        known = {
            (row.kind, row.code): row
            for row in Fixture.objects.filter(code__in=[g.code for g in given]).prefetch_related("steps")
        }
        fresh = [
            FixtureStep(fixture=known[g.kind, g.code], what=what, happened_at=when, recorded_at=at, by=by)
            for g in given
            for what, when in g.steps.items()
            if what not in {step.what for step in known[g.kind, g.code].steps.all()}
        ]
        FixtureStep.objects.bulk_create(fresh)
        if fresh:
            record(
                code="contractors.fixtures", subject=("places.region", given[0].region),
                facts={"fixtures": len(given), "steps": len(fresh)}, by=by, at=at, region=given[0].region,
                exercise_id=exercise_id,
            )  # fmt: skip
    return len(fresh)


def pulse(
    *, code: str, people: int, at: datetime, worry: str = "", happened_at: datetime | None = None,
    exercise_id: UUID | None = None,
) -> Pulse:  # fmt: skip
    """A terminal tells that it is alive, how many people it sees, and what worries it.

    It is about the crew that is at work in its community, where there is exactly one. A worry decides nothing: a
    person looks, and checks the crew. Raises `Refused`: contractors.no_terminal, contractors.bad_worry.
    """
    if worry and worry not in rules.WORRIES:
        raise Refused(rules.BAD_WORRY, field="worry", given=worry)
    fixture = Fixture.objects.filter(kind="terminal", code=code, exercise=exercise_id).first()
    if fixture is None:
        raise Refused(rules.NO_TERMINAL, field="code", code=code)
    when = happened_at or at
    before = Pulse.objects.filter(fixture=fixture, happened_at=when).first()
    if before is not None:
        return before  # sent twice, told once
    crews = Job.objects.filter(
        item__region=fixture.region_id, item__state="working", item__exercise=exercise_id
    )
    known = list(crews.values_list("pk", flat=True)[:2])
    return Pulse.objects.create(
        fixture=fixture, people=max(int(people), 0), worry=worry, job_id=known[0] if len(known) == 1 else None,
        happened_at=when, recorded_at=at,
    )  # fmt: skip
