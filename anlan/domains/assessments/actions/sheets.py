"""A unit's sheet on its way: the unit scores itself, another person checks, points go off and on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction

from anlan.domains.assessments.actions.rights import check_member, check_not_scorer, check_office
from anlan.domains.assessments.models import Clause, Entry, Item, Mark, Proof, Sheet
from anlan.domains.assessments.queries.sheets import marks_of, unscored
from anlan.domains.assessments.rules import duties
from anlan.domains.assessments.rules.scoring import JUDGED
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.models import Attachment
from anlan.kernel.ledger.actions import record
from anlan.kernel.loop.actions import CHANGED, move
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.loop.registry import loop_of

MOST_TIMES = 100
ROLES = {"self_scoring": "self", "checking": "check", "objected": "correct"}


@dataclass(frozen=True, slots=True)
class Given:
    """What a person says of one item: points, or that it does not apply and why."""

    points: str | Decimal | None = None
    apart: bool = False
    said: str = ""


def sheet_of(item: WorkItem) -> Sheet:
    return Sheet.objects.select_related("item", "round__scheme", "unit").get(pk=item.pk)


def score(*, sheet: Sheet, given: Mapping[str, Given], by: str, at: datetime) -> list[Mark]:
    """Write what a person says of items, by code: the unit while it scores itself, the office while it checks, whoever
    decides on an objection while it is open. What was said before stays; the last word counts."""
    role = ROLES.get(sheet.item.state)
    if role is None:
        raise Refused(duties.STATE, state=loop_of(sheet.item).states[sheet.item.state])
    _check_author(sheet, role, by=by, at=at)
    items = {item.code: item for item in sheet.round.scheme.items.all()}
    last = marks_of(sheet, as_of=at)
    with transaction.atomic():
        _hold(sheet)
        rows = [
            mark
            for code, each in given.items()
            if code in items
            and _differs(
                mark := _mark(sheet, items[code], role, each, by=by, at=at),
                last.get(items[code].pk, {}).get(role),
            )
        ]
        Mark.objects.bulk_create(rows)
        if rows:
            facts = {"role": role, "items": {row.item.code: row.points for row in rows}}
            _note("assessments.scored", sheet, facts, by=by, at=at)
    return rows


def _hold(sheet: Sheet) -> None:
    """The state must still be the one that was looked at, until this act ends."""
    row = WorkItem.objects.select_for_update(of=("self",)).get(pk=sheet.pk)
    if row.state != sheet.item.state:
        raise Refused(CHANGED, title=row.title, state=loop_of(row).states[row.state])


def _check_author(sheet: Sheet, role: str, *, by: str, at: datetime) -> None:
    if role == "self":
        check_member(sheet.unit, by=by)
        return
    kinds = duties.OFFICE if role == "check" else duties.DECIDERS
    check_office(sheet.round.region_id, by=by, at=at, kinds=kinds)
    check_not_scorer(sheet, by=by)


def _mark(sheet: Sheet, item: Item, role: str, each: Given, *, by: str, at: datetime) -> Mark:
    said = each.said.strip()[:500]
    if each.apart and not said:
        raise Refused(duties.NO_WORDS, field=f"said-{item.code}", item=str(item))
    points = None if each.apart or item.kind != JUDGED else _points(each.points, item)
    return Mark(sheet=sheet, item=item, role=role, points=points, apart=each.apart, said=said, by=by, at=at)


def _points(given: str | Decimal | None, item: Item) -> Decimal | None:
    if given in (None, ""):
        return None
    try:
        points = Decimal(str(given).strip())
    except InvalidOperation:
        points = Decimal("NaN")
    if not points.is_finite() or not 0 <= points <= item.weight:
        raise Refused(
            duties.BAD_POINTS, field=f"points-{item.code}", item=str(item), most=item.weight, given=given
        )
    return points.quantize(Decimal("0.01"))


def _differs(mark: Mark, last: Mark | None) -> bool:
    if last is None:
        return mark.points is not None or mark.apart or bool(mark.said)
    return (mark.points, mark.apart, mark.said) != (last.points, last.apart, last.said)


def prove(
    *, sheet: Sheet, code: str, file: Attachment, title: str, happened_at: datetime | None, by: str, at: datetime,
    why_late: str = "",
) -> Proof:  # fmt: skip
    """Add a file as evidence for an item. Recorded long after it happened, it is marked as a late entry."""
    check_member(sheet.unit, by=by)
    if sheet.item.state == "final":
        raise Refused(duties.STATE, state=loop_of(sheet.item).states["final"])
    item = Item.objects.get(scheme=sheet.round.scheme_id, code=code)
    happened = min(happened_at or at, at)
    after = timedelta(
        minutes=int(rulesets.value_of("assessments.late_entry_minutes", region=sheet.round.region_id, at=at))
    )
    with transaction.atomic():
        proof = Proof.objects.create(
            sheet=sheet, item=item, title=(title.strip() or file.name or item.label)[:200], file=file,
            happened_at=happened, recorded_at=at, late=at - happened > after, why_late=why_late.strip()[:300], by=by,
        )  # fmt: skip
        facts = {"item": item.code, "sm3": file.sm3, "late": proof.late}
        _note("assessments.proved", sheet, facts, by=by, at=at, happened_at=happened)
    return proof


def submit(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """Hand the self-score in. Every item that a person judges has points, or says why it does not apply."""
    sheet = sheet_of(item)
    check_member(sheet.unit, by=by)
    _check_all_scored(sheet, "self", at=at)
    return move(item=item, name="submit", by=by, at=at, **rest)


def check(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """Say that a sheet was checked; whoever says so neither scored it nor works in the unit."""
    sheet = sheet_of(item)
    check_not_scorer(sheet, by=by)
    _check_all_scored(sheet, "check", at=at)
    return move(item=item, name="check", by=by, at=at, **rest)


def send_back(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """Ask the unit for more; the sheet is in the unit's hands again."""
    with transaction.atomic():
        step = move(item=item, name="send_back", by=by, at=at, **rest)
        give_back(item)
    return step


def give_back(*items: WorkItem) -> None:
    """Out of a duty's hands into the unit's own: it was theirs, and their name stayed on it."""
    WorkItem.objects.filter(pk__in=[item.pk for item in items]).update(charge_duty="")
    for item in items:
        item.charge_duty = ""


def _check_all_scored(sheet: Sheet, role: str, *, at: datetime) -> None:
    duties.check_all(unscored(sheet, role, as_of=at), duties.UNSCORED, "items")


def enter(
    *,
    sheet: Sheet,
    clause: str,
    said: str,
    by: str,
    at: datetime,
    times: int = 1,
    happened_at: datetime | None = None,
) -> Entry:
    """Take points off or add some under a clause of the scheme, with what happened. Until the result is final."""
    check_office(sheet.round.region_id, by=by, at=at)
    check_not_scorer(sheet, by=by)
    row = Clause.objects.filter(scheme=sheet.round.scheme_id, code=clause).first()
    if row is None:
        raise Refused(duties.BAD_CLAUSE, field="clause", code=clause)
    if not 1 <= times <= MOST_TIMES:
        raise Refused(duties.BAD_TIMES, field="times")
    if not said.strip():
        raise Refused(duties.NO_WHY, field="said")
    with transaction.atomic():
        _still_open(sheet)
        entry = Entry.objects.create(
            sheet=sheet, clause=row, times=times, points=row.points * times, said=said.strip()[:500],
            happened_at=min(happened_at or at, at), recorded_at=at, by=by,
        )  # fmt: skip
        facts = {"clause": clause, "points": entry.points, "said": entry.said}
        _note("assessments.entered", sheet, facts, by=by, at=at, happened_at=entry.happened_at)
    return entry


def take_back(*, entry: Entry, why: str, by: str, at: datetime) -> Entry:
    """Take an entry back by a row of its own; both stay."""
    sheet = sheet_of(entry.sheet.item)
    check_office(sheet.round.region_id, by=by, at=at, kinds=duties.DECIDERS)
    if not why.strip():
        raise Refused(duties.NO_WHY, field="reason")
    with transaction.atomic():
        _still_open(sheet)
        held = Entry.objects.select_for_update(of=("self",)).select_related("clause").get(pk=entry.pk)
        if held.takes_back_id is not None or Entry.objects.filter(takes_back=held).exists():
            raise Refused(duties.BAD_CLAUSE, field="clause", code=held.clause.code)
        row = Entry.objects.create(
            sheet=sheet, clause=held.clause, times=held.times, points=held.points, said=why.strip()[:500],
            takes_back=held, happened_at=held.happened_at, recorded_at=at, by=by,
        )  # fmt: skip
        facts = {"clause": held.clause.code, "points": held.points, "reason": row.said}
        _note("assessments.taken_back", sheet, facts, by=by, at=at)
    return row


def _still_open(sheet: Sheet) -> None:
    """Points move before the publication, or while an objection is being decided: never behind a unit's back."""
    row = WorkItem.objects.select_for_update(of=("self",)).get(pk=sheet.pk)
    if row.state in ("published", "final"):
        raise Refused(duties.STATE, state=loop_of(row).states[row.state])


def _note(
    code: str,
    sheet: Sheet,
    facts: dict[str, Any],
    *,
    by: str,
    at: datetime,
    happened_at: datetime | None = None,
) -> None:
    record(
        code=code, subject=("loop.item", sheet.pk), facts=facts, by=by, at=at, happened_at=happened_at,
        region=sheet.item.region_id, exercise_id=sheet.round.exercise_id,
    )  # fmt: skip
