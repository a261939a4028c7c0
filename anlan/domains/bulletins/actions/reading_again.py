"""重新取数: the numbers of a draft as they are known now. The words that somebody wrote stay."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from anlan.domains.bulletins.actions.drafting import (
    BY,
    check_duty,
    kind_of,
    note_findings,
    number_row,
)
from anlan.domains.bulletins.actions.text import Part, Stands, Text
from anlan.domains.bulletins.models import Number, Paragraph, Report, Share, Wording
from anlan.domains.bulletins.queries.gathering import Gathering
from anlan.domains.bulletins.queries.reports import span_of, standing
from anlan.domains.bulletins.rules import deciding
from anlan.domains.bulletins.rules.splicing import Put, moved, put_for, spliced
from anlan.domains.bulletins.rules.writing import MOVES, Value
from anlan.kernel.core.errors import Refused
from anlan.kernel.indicators.memory import together
from anlan.kernel.ledger.actions import record
from anlan.kernel.loop.actions import move
from anlan.kernel.loop.models import WorkItem


@dataclass(frozen=True, slots=True)
class Newer:
    """A number of a draft beside what is counted now. `stays`: it was typed by hand, nobody overwrites it."""

    number: Number
    now: Value
    stays: bool = False


@dataclass(frozen=True, slots=True)
class Fresh:
    """A draft as it would be written now."""

    as_of: datetime
    parts: Mapping[str, Part]
    newer: Sequence[Newer]
    rewritten: frozenset[str]  # keys of paragraphs whose words nobody changed: they are written anew


def look(report: Report, *, as_of: datetime) -> Fresh:
    """What has changed since a draft was written, as known at a time."""
    return _held_against(report, _read(report, as_of), as_of)


def _read(report: Report, as_of: datetime, tell: Callable[[], None] = lambda: None) -> dict[str, Part]:
    """Its paragraphs as they would be written now, by key."""
    kind = kind_of(report.template)
    name = report.given.get(kind.by, "") if kind.by else ""
    known = Gathering(
        report.item.region_id,
        span_of(report),
        as_of,
        report.item.exercise_id,
        report.campaign,
        name,
        tell=tell,
    )
    with together():
        return {part.block.key: part for part in Text(kind, known, report.given, report.office).written()}


def _held_against(report: Report, parts: Mapping[str, Part], as_of: datetime) -> Fresh:
    touched = reworded(report)
    newer = [
        found
        for one in standing(report)
        if (found := _beside(one, parts.get(one.paragraph.key), one.paragraph.key in touched)) is not None
    ]
    untouched = frozenset(
        key for key, part in parts.items() if part.block.kind != "heading" and key not in touched
    )
    return Fresh(as_of, parts, newer, untouched)


def reworded(report: Report) -> set[str]:
    """The keys of the paragraphs whose words somebody changed."""
    rows = Wording.objects.filter(paragraph__report=report, again=False)
    return set(rows.values_list("paragraph__key", flat=True))


def _beside(one: Number, part: Part | None, touched: bool) -> Newer | None:
    """A number beside its newer self, if that reads otherwise. A chart is told by its points."""
    if part is None or not one.slot:
        return None
    now = _values(part).get(one.slot)
    if now is None or now.text == one.printed or _same(now, one):
        return None
    return Newer(one, now, stays=touched and (one.kind == "typed" or now.value is None))


def _same(now: Value, one: Number) -> bool:
    return one.kind == "typed" and one.value is not None and now.value == one.value


def _values(part: Part) -> dict[str, Value]:
    return {value.slot: value for value, _start, _end in part.numbers}


def read_again(
    *, item: WorkItem, as_of: datetime, by: str, at: datetime, tell: Callable[[], None] = lambda: None
) -> list[Newer]:
    """Put the numbers as known at `as_of` into a draft: words stay, typed numbers stay, signatures are asked for anew.

    Raises `Refused`: bulletins.not_draft, not_writer, older.
    """
    parts = _read(may_read_again(item=item, as_of=as_of, by=by, at=at), as_of, tell)
    with transaction.atomic():
        # Reading may take its time and holds nothing; what was reworded or handed in meanwhile is seen here.
        report = _of(item, lock=True)
        _check(report, as_of, by=by, at=at)
        fresh = _held_against(report, parts, as_of)
        owners = set()
        for paragraph in report.paragraphs.order_by("place"):
            part = fresh.parts.get(paragraph.key)
            if part is not None and _put(paragraph, part, fresh, by=by, at=at):
                owners.add(paragraph.owner)
        report.as_of = as_of
        report.save(update_fields=["as_of"])
        _entry(report, fresh, by=by, at=at)
        for share in Share.objects.filter(
            report=report, owner__in=owners, item__state="signed"
        ).select_related("item"):
            move(item=share.item, name="ask_again", by=BY, at=at)
        note_findings(report, at=at)
    return list(fresh.newer)


def may_read_again(*, item: WorkItem, as_of: datetime, by: str, at: datetime) -> Report:
    """The draft, if its numbers may be read again by somebody; nothing is read yet."""
    report = _of(item)
    _check(report, as_of, by=by, at=at)
    return report


def _of(item: WorkItem, *, lock: bool = False) -> Report:
    rows = Report.objects.select_related("item", "office")
    return (rows.select_for_update(of=("self",)) if lock else rows).get(pk=item.pk)


def _check(report: Report, as_of: datetime, *, by: str, at: datetime) -> None:
    if report.item.state != "drafted":
        raise Refused(deciding.NOT_DRAFT)
    if not report.as_of <= as_of <= at:
        raise Refused(deciding.OLDER)
    if report.item.opened_by != by:
        kind = kind_of(report.template)
        check_duty(kind, kind.writers, deciding.NOT_WRITER, region=report.item.region_id, by=by, at=at)


def _put(paragraph: Paragraph, part: Part, fresh: Fresh, *, by: str, at: datetime) -> bool:
    """Bring one paragraph up to date; whether anything in it reads otherwise now."""
    before = {one.slot: one for one in paragraph.numbers.filter(gone_at=None) if one.slot}
    if paragraph.key in fresh.rewritten:
        return _write_anew(paragraph, part, before, by=by, at=at)
    return _keep_words(paragraph, part, before, by=by, at=at)


def _write_anew(
    paragraph: Paragraph, part: Part, before: Mapping[str, Number], *, by: str, at: datetime
) -> bool:
    """Nobody changed its words, so it is written as the template says it now."""
    other = paragraph.text != part.text or paragraph.data != part.data
    other |= any(
        slot in before and before[slot].printed != value.text for slot, value in _values(part).items()
    )
    if paragraph.text != part.text:
        Wording.objects.create(paragraph=paragraph, text=paragraph.text, by=by, at=at, again=True)
    paragraph.text, paragraph.data = part.text, part.data
    paragraph.save(update_fields=["text", "data"])
    paragraph.numbers.filter(gone_at=None).update(gone_at=at, gone_by=by)
    _store(paragraph, part.numbers, before, by=by, at=at)
    return other


def _store(
    paragraph: Paragraph, numbers: Sequence[Stands], before: Mapping[str, Number], *, by: str, at: datetime
) -> None:
    rows = []
    for value, start, end in numbers:
        row = number_row(paragraph, value, start, end, by=by, at=at)
        row.instead_of = before.get(value.slot)
        rows.append(row)
    Number.objects.bulk_create(rows)


def _keep_words(
    paragraph: Paragraph, part: Part, before: Mapping[str, Number], *, by: str, at: datetime
) -> bool:
    """Somebody changed its words: only its counted numbers are replaced, each where it stands."""
    values = _values(part)
    ours = {
        slot: one
        for slot, one in before.items()
        if one.kind != "typed" and slot in values and _there(one, values[slot])
    }
    puts = [
        _put_for(paragraph.text, one, values[slot]) for slot, one in ours.items() if one.start is not None
    ]
    text, places, done = spliced(paragraph.text, puts)
    if text != paragraph.text:
        Wording.objects.create(paragraph=paragraph, text=paragraph.text, by=by, at=at)
    rest = [
        one
        for one in paragraph.numbers.filter(gone_at=None)
        if one.pk not in {each.pk for each in ours.values()}
    ]
    for one in rest:
        if one.start is not None and one.end is not None:
            one.start, one.end = moved(one.start, done), moved(one.end, done)
    Number.objects.bulk_update(rest, ["start", "end"])
    other, paragraph.text = text != paragraph.text, text
    paragraph.save(update_fields=["text"])
    Number.objects.filter(pk__in=[one.pk for one in ours.values()]).update(gone_at=at, gone_by=by)
    stands: list[Stands] = [(values[slot], *places.get(one.pk, (None, None))) for slot, one in ours.items()]
    _store(paragraph, stands, before, by=by, at=at)
    return other


def _there(one: Number, now: Value) -> bool:
    """Where there is no data now, words that speak of a number cannot stay true: it stays, and the page says so."""
    return one.start is None or now.value is not None


def _put_for(text: str, one: Number, now: Value) -> Put:
    start, end = one.start or 0, one.end or 0
    put = put_for(text, start, end, printed=one.printed, now=now.text, moves=now.kind in MOVES)
    return Put(*put, one.pk)


def _entry(report: Report, fresh: Fresh, *, by: str, at: datetime) -> None:
    told = "、".join(
        dict.fromkeys(
            f"{one.number.label}{one.number.printed}→{one.now.text}" for one in fresh.newer if not one.stays
        )
    )
    record(
        code="bulletins.read_again", subject=("loop.item", report.pk),
        facts={"as_of": fresh.as_of.isoformat(), "numbers": len(fresh.newer), "changed": told[:400]},
        by=by, at=at, region=report.item.region_id, exercise_id=report.item.exercise_id,
    )  # fmt: skip
