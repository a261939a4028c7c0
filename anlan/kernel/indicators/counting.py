"""Counted records: entered with unit, scope and source, corrected by later rows, read as they were known on a day."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.core.worlds import in_world
from anlan.kernel.indicators.checking import SCOPE, Finding
from anlan.kernel.indicators.figures import Fact
from anlan.kernel.indicators.models import Count, ScopeNote
from anlan.kernel.indicators.spans import Span
from anlan.kernel.ledger.actions import record

CODES = {
    "indicators.counted": N_("Fact entered: {value} {unit}, {scope}"),
    "indicators.count_corrected": N_("Fact corrected from {before} to {value}: {reason}"),
    "indicators.scope_noted": N_("Scope noted: {note}"),
}
LACKS = reason("indicators.count_lacks", N_("Say {field}: a number without it cannot stand beside another."))
NO_NUMBER = reason("indicators.count_no_number", N_("“{given}” is not a number."))
THERE = reason(
    "indicators.count_there",
    N_("{scope} stands at {value} {unit} already for these days. Correct it, with the reason."),
)
OLD = reason("indicators.count_old", N_("This entry was corrected already. Correct the last one."))
NO_REASON = reason(
    "indicators.count_no_reason", N_("A number already entered is corrected with a reason only.")
)
NOT_SCOPE = reason("indicators.not_a_scope", N_("Only two scopes beside each other are explained by a note."))
NO_NOTE = reason("indicators.no_note", N_("Write why the two numbers may stand side by side."))
MOST = Decimal(10) ** 16


def count(
    *, code: str, value: Decimal | str | float, unit: str, scope: str, region: str, span: Span, source: str, by: str,
    at: datetime, exercise_id: UUID | None = None,
) -> Count:  # fmt: skip
    """Enter a fact that no row of ours holds. Unit, scope and source are needed, and it is entered once."""
    for name, given in (("unit", unit), ("scope", scope), ("source", source)):
        if not given.strip():
            raise Refused(LACKS, field=name)
    with transaction.atomic():
        known = _last(code, region, span.first, span.last, exercise_id)
        if known is not None:
            raise Refused(THERE, field="value", scope=known.scope, value=_plain(known.value), unit=known.unit)
        row = Count.objects.create(
            code=code, value=_number(value), unit=unit, scope=scope, region_id=region, first=span.first, last=span.last,
            source=source, recorded_at=at, by=by, exercise_id=exercise_id,
        )  # fmt: skip
        _note("indicators.counted", row, {"value": _plain(row.value), "unit": unit, "scope": scope})
    return row


def correct(*, row: Count, value: Decimal | str | float, why: str, by: str, at: datetime) -> Count:
    """Put another value in the place of an entry; the old one stays and is what was known before."""
    if not why.strip():
        raise Refused(NO_REASON, field="reason")
    with transaction.atomic():
        held = Count.objects.select_for_update(of=("self",)).get(pk=row.pk)
        if Count.objects.filter(supersedes=held).exists():
            raise Refused(OLD)
        fresh = Count.objects.create(
            code=held.code, value=_number(value), unit=held.unit, scope=held.scope, region_id=held.region_id,
            first=held.first, last=held.last, source=held.source, supersedes=held, reason=why[:300], recorded_at=at,
            by=by, exercise_id=held.exercise_id,
        )  # fmt: skip
        facts = {"before": _plain(held.value), "value": _plain(fresh.value), "reason": why}
        _note("indicators.count_corrected", fresh, facts)
    return fresh


def note_scope(*, finding: Finding, note: str, region: str, by: str, at: datetime) -> ScopeNote:
    """Explain a *scope*; it is silent from then on for these values."""
    if finding.verdict != SCOPE:
        raise Refused(NOT_SCOPE)
    if not note.strip():
        raise Refused(NO_NOTE, field="note")
    with transaction.atomic():
        row, fresh = ScopeNote.objects.get_or_create(
            key=finding.key, region_id=region, defaults={"note": note[:500], "at": at, "by": by}
        )
        if fresh:
            record(
                code="indicators.scope_noted", subject=("indicators.scope", row.pk),
                facts={"note": row.note, "key": row.key}, by=by, at=at, region=region,
            )  # fmt: skip
    return row


def noted(region: str) -> set[str]:
    """The keys that were explained for a region."""
    return set(ScopeNote.objects.filter(region_id=region).values_list("key", flat=True))


def counted(*, region: str, span: Span, as_of: datetime, exercise_id: UUID | None = None) -> QuerySet[Count]:
    """The entries of a region and a span as they were known at a time: corrected ones are left out from then on."""
    rows = Count.objects.filter(
        in_world(exercise_id), region_id=region, first=span.first, last=span.last, recorded_at__lte=as_of
    )
    gone = Count.objects.filter(supersedes__in=rows, recorded_at__lte=as_of).values("supersedes_id")
    return rows.exclude(pk__in=gone).order_by("code")


def facts(*, region: str, span: Span, as_of: datetime, exercise_id: UUID | None = None) -> dict[str, Fact]:
    """The same as facts, by code: what figures and the checker read."""
    rows = counted(region=region, span=span, as_of=as_of, exercise_id=exercise_id)
    return {row.code: Fact(row.code, row.value.normalize(), row.unit, row.scope, row.source) for row in rows}


def _last(code: str, region: str, first: date, last: date, exercise_id: UUID | None) -> Count | None:
    rows = Count.objects.filter(in_world(exercise_id), code=code, region_id=region, first=first, last=last)
    return rows.filter(superseded_by=None).first()


def _number(given: Decimal | str | float) -> Decimal:
    try:
        value = Decimal(str(given).strip().replace(",", ""))
    except InvalidOperation:
        raise Refused(NO_NUMBER, field="value", given=given) from None
    if not value.is_finite() or abs(value) >= MOST:
        raise Refused(NO_NUMBER, field="value", given=given)
    return value


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _note(code: str, row: Count, said: dict[str, str]) -> None:
    record(
        code=code, subject=("indicators.count", row.pk), facts=said, by=row.by, at=row.recorded_at,
        region=row.region_id, exercise_id=row.exercise_id,
    )  # fmt: skip
