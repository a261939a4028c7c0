"""核查意见: closed. The ledger is told how many and by whom, never of whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from anlan.domains.assessments.models import (
    VettingBatch,
    VettingOpinion,
    VettingReading,
    VettingSubject,
    VettingTrace,
)
from anlan.domains.assessments.queries import vetting as reads
from anlan.domains.assessments.queries.sheets import LOCAL
from anlan.domains.assessments.rules import duties
from anlan.kernel.core.errors import Refused
from anlan.kernel.domain.looking_back import look_back
from anlan.kernel.domain.registry import all_domains
from anlan.kernel.indicators.spans import Span
from anlan.kernel.ledger.actions import record
from anlan.kernel.loop.rights import person_id
from anlan.kernel.orgs.models import Organisation, Person

BY = "service:assessments"
PURPOSES = ("promotion", "award")
MOST = 2_000
OPINIONS = {"none": False, "objection": True}


@dataclass(frozen=True, slots=True)
class Named:
    """A person or unit to be looked back upon, as the asking office named it."""

    name: str
    unit: str = ""
    post: str = ""


def read_lines(text: str) -> list[Named]:
    """One a line: name, unit, post, parted by a tab, a comma or 、."""
    found = []
    for line in text.splitlines():
        parts = [
            part.strip() for part in line.replace("\t", ",").replace("，", ",").replace("、", ",").split(",")
        ]
        if parts and parts[0]:
            found.append(Named(*[*parts, "", ""][:3]))
    return found


def open_batch(
    *, title: str, purpose: str, asked_by: str, named: Sequence[Named], first: date, last: date, due_on: date,
    region: str, by: str, at: datetime, exercise_id: UUID | None = None,
) -> VettingBatch:  # fmt: skip
    """Take a request in: so many names with the days to look back upon, and look back at once."""
    reads.check_keeper(by, region=region, at=at)
    if purpose not in PURPOSES:
        raise Refused(duties.NO_PURPOSE, field="purpose")
    if not named or len(named) > MOST:
        raise Refused(duties.NO_LINES, field="names")
    if last < first:
        raise Refused(duties.BAD_SPAN, field="last")
    with transaction.atomic():
        batch = VettingBatch.objects.create(
            title=title.strip()[:200], purpose=purpose, asked_by=asked_by.strip()[:200], first=first, last=last,
            due_on=due_on, region_id=region, by=by, at=at, exercise_id=exercise_id,
        )  # fmt: skip
        VettingSubject.objects.bulk_create(_subjects(batch, named))
        _note("assessments.vetting_asked", batch, {"purpose": purpose, "many": len(named)}, by=by, at=at)
        look_back_upon(batch, at=at)
    return batch


def _subjects(batch: VettingBatch, named: Sequence[Named]) -> list[VettingSubject]:
    """Each with the unit and the person of ours that the names speak of, where exactly one does."""
    units = _units({each.unit or each.name for each in named})
    people = _people({each.name for each in named})
    return [
        VettingSubject(
            batch=batch, place=place, name=each.name[:60], unit_name=each.unit[:160], post=each.post[:60],
            unit=(unit := units.get(each.unit or each.name)),
            person=people.get((each.name, unit.pk)) if unit is not None else None,
        )
        for place, each in enumerate(named, start=1)
    ]  # fmt: skip


def _units(names: set[str]) -> dict[str, Organisation]:
    found: dict[str, list[Organisation]] = {}
    for unit in Organisation.objects.filter(name__in=names, active=True):
        found.setdefault(unit.name, []).append(unit)
    for unit in Organisation.objects.filter(short_name__in=names, active=True).exclude(short_name=""):
        if unit.name != unit.short_name:
            found.setdefault(unit.short_name, []).append(unit)
    return {name: rows[0] for name, rows in found.items() if len(rows) == 1}


def _people(names: set[str]) -> dict[tuple[str, UUID], Person]:
    rows: dict[tuple[str, UUID], list[Person]] = {}
    for person in Person.objects.filter(name__in=names, active=True):
        rows.setdefault((person.name, person.organisation_id), []).append(person)
    return {key: found[0] for key, found in rows.items() if len(found) == 1}


def look_back_upon(batch: VettingBatch, *, at: datetime) -> int:
    """Ask every domain what stands against the units of a batch, and against the streets that its people answered for
    in these days; what is known already is not written twice."""
    period = Span("since", batch.first, batch.last).period(LOCAL)
    by_unit = reads.units_of(batch, period)
    looks = [look for domain in all_domains() for look in domain.looks_back]
    found = look_back(
        looks, organisations=list(by_unit), start=period.start, end=period.end, as_of=at,
        exercise_id=batch.exercise_id,
    )  # fmt: skip
    known = set(VettingTrace.objects.filter(subject__batch=batch).values_list("subject_id", "source", "item"))
    rows = [
        VettingTrace(
            subject=subject, source=look.code, item=trace.item, happened_at=trace.happened_at, words=trace.words,
            bars=trace.bars, by=BY, at=at,
        )
        for look, trace in found
        for subject in by_unit[trace.organisation]
        if (subject.pk, look.code, trace.item) not in known
    ]  # fmt: skip
    VettingTrace.objects.bulk_create(rows)
    return len(rows)


def add_trace(
    *, subject: VettingSubject, happened_on: date, words: str, by: str, at: datetime
) -> VettingTrace:
    """A keeper writes down what no register of ours holds, with its day."""
    reads.check_keeper(by, region=subject.batch.region_id, at=at)
    if not words.strip():
        raise Refused(duties.NO_WHY, field="words")
    start = Span("since", happened_on, happened_on).period(LOCAL).start
    with transaction.atomic():
        row = VettingTrace.objects.create(
            subject=subject, source="hand", happened_at=start, words=words.strip()[:500], by=by, at=at
        )
        _note("assessments.vetting_traced", subject.batch, {"place": subject.place}, by=by, at=at)
    return row


def sign_opinion(
    *, subject: VettingSubject, opinion: str, by: str, at: datetime, words: str = ""
) -> VettingOpinion:
    """Sign an opinion on one name. An objection says what it rests on; nobody signs an opinion on themselves."""
    reads.check_keeper(by, region=subject.batch.region_id, at=at)
    _check_not_self(subject, by)
    if opinion not in OPINIONS:
        raise Refused(duties.BAD_OPINION, field="opinion")
    if OPINIONS[opinion] and not words.strip():
        raise Refused(duties.NO_WORDS_OPINION, field="words")
    with transaction.atomic():
        row = VettingOpinion.objects.create(
            subject=subject, objection=OPINIONS[opinion], words=words.strip()[:1000], by=by, at=at
        )
        _note("assessments.vetting_signed", subject.batch, {"place": subject.place}, by=by, at=at)
    return row


def sign_clear(*, batch: VettingBatch, by: str, at: datetime) -> int:
    """Sign *no objection* for all of known units against whom nothing stands and nothing was said yet; how many."""
    reads.check_keeper(by, region=batch.region_id, at=at)
    person = person_id(by)
    rows = batch.subjects.filter(traces=None, opinions=None, unit__isnull=False)
    if person is not None:
        rows = rows.exclude(person=person)
    with transaction.atomic():
        opinions = [VettingOpinion(subject=row, objection=False, by=by, at=at) for row in rows]
        VettingOpinion.objects.bulk_create(opinions)
        if opinions:
            _note("assessments.vetting_signed", batch, {"many": len(opinions)}, by=by, at=at)
    return len(opinions)


def read_batch(*, batch: VettingBatch, by: str, at: datetime) -> list[reads.Looked]:
    """The names of a batch with what stands against each. That they were read is a row and an entry before anything
    is given out."""
    reads.check_keeper(by, region=batch.region_id, at=at)
    with transaction.atomic():
        many = batch.subjects.count()
        VettingReading.objects.create(batch=batch, names=many, by=by, at=at)
        _note("assessments.vetting_read", batch, {"names": many}, by=by, at=at)
    return reads.subjects_of(batch)


def _check_not_self(subject: VettingSubject, by: str) -> None:
    if subject.person_id is not None and subject.person_id == person_id(by):
        raise Refused(duties.ASKED_BY_SELF)


def _note(code: str, batch: VettingBatch, facts: dict[str, object], *, by: str, at: datetime) -> None:
    # No region: an entry of closed matters belongs on no region's page.
    record(code=code, subject=("assessments.vetting_batch", batch.pk), facts=facts, by=by, at=at,
           exercise_id=batch.exercise_id)  # fmt: skip
