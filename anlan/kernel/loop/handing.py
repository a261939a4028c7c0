"""Handing an item to somebody else, and asking for more time."""

from datetime import datetime

from django.db import transaction

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.ids import new_id
from anlan.kernel.core.words import N_
from anlan.kernel.ledger.actions import record
from anlan.kernel.loop import announce, clocks, registry, rights
from anlan.kernel.loop.actions import Telephone, move, open_item
from anlan.kernel.loop.models import Extension, Step, WorkItem
from anlan.kernel.orgs.models import Person

NOT_IN_CHARGE = reason(
    "loop.not_in_charge", N_("Only whoever is in charge of “{title}” may hand it over or ask for time.")
)
CLOSED = reason("loop.closed", N_("“{title}” is closed. Reopen it first."))
NOT_LATER = reason("loop.not_later", N_("The new date must lie after the present one, {due}."))


def delegate(*, item: WorkItem, to: Person, why: str, by: str, at: datetime) -> Step:
    """Put somebody else in charge; the state and its clock stay as they are."""
    with transaction.atomic():
        row = _own(item, by=by, at=at)
        row.charge_person, row.charge_duty = to, ""
        row.save(update_fields=["charge_person", "charge_duty"])
        step = _note(row, "delegate", by=by, at=at, why=why)
        facts = {"to": str(to.pk), "reason": why}
        record(code="loop.delegated", subject=("loop.item", row.pk), facts=facts, by=by, at=at,
               region=row.region_id, exercise_id=row.exercise_id, act=step.act)  # fmt: skip
        announce.charged([row], by=by, at=at)
    item.charge_person, item.charge_duty = to, ""
    return step


def ask_extension(*, item: WorkItem, until: datetime, why: str, of: str, by: str, at: datetime) -> WorkItem:
    """Ask for a later due date; `of` is the duty kind that grants it. Opens an item of `loop.extension`."""
    with transaction.atomic():
        row = _own(item, by=by, at=at)
        if row.due_at is None or until <= row.due_at:
            raise Refused(NOT_LATER, field="until", due=row.due_at)
        return open_item(
            loop="loop.extension",
            record=Extension(of=row, until=until, why=why),
            title=row.title,
            region=row.region_id,
            charge_duty=of,
            severity=row.severity,
            arises_from=row,
            by=by,
            at=at,
            exercise_id=row.exercise_id,
        )


def grant_extension(
    *,
    item: WorkItem,
    by: str,
    at: datetime,
    reason: str = "",
    entered_by: str = "",
    telephone: Telephone | None = None,
) -> Step:
    """Grant the request: the item it is about gets the later date, and its ladder starts from there."""
    with transaction.atomic():
        step = move(
            item=item, name="grant", by=by, at=at, reason=reason, entered_by=entered_by, telephone=telephone
        )
        request = Extension.objects.get(pk=item.pk)
        of = WorkItem.objects.select_for_update().get(pk=request.of_id)
        if of.closed_at is not None:
            raise Refused(CLOSED, title=of.title)
        restart(of, due_at=request.until)
        facts = {"until": request.until.isoformat(), "request": str(item.pk)}
        record(code="loop.extended", subject=("loop.item", of.pk), facts=facts, by=by, at=at,
               region=of.region_id, exercise_id=of.exercise_id, act=step.act)  # fmt: skip
    return step


def restart(item: WorkItem, *, due_at: datetime) -> None:
    """Give an open item a later date; its ladder starts from there. Who calls this says in the ledger why."""
    item.due_at, item.next_step = due_at, 0
    deadline = registry.loop_of(item).deadline_of(item.state)
    if deadline is not None:
        clocks.point_to_next(item, deadline)
    item.save(update_fields=["due_at", "next_at", "next_step"])


def _own(item: WorkItem, *, by: str, at: datetime) -> WorkItem:
    row = WorkItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    if row.closed_at is not None:
        raise Refused(CLOSED, title=row.title)
    person = rights.person_id(by)
    if person is None or not rights.in_charge(row, person, at=at):
        raise Refused(NOT_IN_CHARGE, title=row.title)
    return row


def _note(item: WorkItem, name: str, *, by: str, at: datetime, why: str) -> Step:
    return Step.objects.create(
        item=item, act=new_id(), move=name, source=item.state, target=item.state, by=by, at=at,
        happened_at=at, due_at=item.due_at, reason=why, exercise_id=item.exercise_id,
    )  # fmt: skip
