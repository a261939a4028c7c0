"""A post passes from one person to the next: the duty, and every open item that was charged to the old one by name."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.ids import new_id
from anlan.kernel.core.words import N_
from anlan.kernel.ledger.actions import Row, record_all
from anlan.kernel.loop import announce, registry
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.orgs.actions import end_duty, grant_duty
from anlan.kernel.orgs.models import Duty, Person
from anlan.kernel.places.regions import prefix_of

SAME = reason("loop.same_person", N_("{name} holds this post. Name whoever takes it over."))
NOT_HELD = reason("loop.post_ended", N_("This duty has ended. Nothing is left to hand over."))
MOST_OVERLAP = timedelta(days=31)
TOO_LONG = reason("loop.overlap", N_("Both may hold the post for at most {days} days."))


@dataclass(frozen=True, slots=True)
class Passed:
    """What a hand-over passed: the new duty, and the items whose charge changed hands."""

    duty: Duty
    items: tuple[UUID, ...]


def hand_over_post(*, duty: Duty, to: Person, overlap: timedelta, why: str, by: str, at: datetime) -> Passed:
    """Pass a post on in one act. For the overlap both hold it; the old name stays on what was done under it.

    Items in charge of *the duty* need no hand: whoever holds it is asked. Items charged to the old holder by name,
    in the duty's region, go to the new one, and the new one is told of each; what is personal (`Loop.personal`: a
    score, a course owed) stays.
    """
    if to.pk == duty.person_id:
        raise Refused(SAME, field="to", name=to.name)
    if overlap > MOST_OVERLAP:
        raise Refused(TOO_LONG, field="overlap", days=MOST_OVERLAP.days)
    with transaction.atomic():
        held = Duty.objects.select_for_update().filter(pk=duty.pk, valid_to=None).first()
        if held is None:
            raise Refused(NOT_HELD)
        fresh = _given(held, to, by=by, at=at)
        end_duty(duty=held, by=by, at=at + overlap)
        items = _passed_on(held, to, why=why, by=by, at=at)
    return Passed(fresh, tuple(item.pk for item in items))


def _given(held: Duty, to: Person, *, by: str, at: datetime) -> Duty:
    """The duty of the new holder; who holds it already keeps theirs."""
    known = Duty.objects.filter(
        person=to, kind_id=held.kind_id, region_id=held.region_id, place_id=held.place_id, valid_to=None
    ).first()
    return known or grant_duty(
        person=to,
        kind=held.kind_id,
        region=held.region_id,
        place_id=held.place_id,
        rank=held.rank,
        by=by,
        at=at,
    )


def _passed_on(held: Duty, to: Person, *, why: str, by: str, at: datetime) -> list[WorkItem]:
    items = list(
        WorkItem.objects.select_for_update(of=("self",))
        .filter(
            charge_person_id=held.person_id,
            closed_at=None,
            region__code__startswith=prefix_of(held.region_id),
        )
        .exclude(loop__in=[name for name in registry.names() if registry.registered(name).loop.personal])
    )
    act = new_id()
    for item in items:
        item.charge_person = to
    WorkItem.objects.bulk_update(items, ["charge_person"])
    Step.objects.bulk_create(
        Step(
            item=item, act=act, move="delegate", source=item.state, target=item.state, by=by, at=at, happened_at=at,
            due_at=item.due_at, reason=why, exercise_id=item.exercise_id,
        )
        for item in items
    )  # fmt: skip
    record_all(
        [
            Row(
                code="loop.delegated", subject=("loop.item", item.pk),
                facts={"to": str(to.pk), "from": str(held.person_id), "reason": why, "post": str(held.pk)},
                by=by, at=at, region=item.region_id, exercise_id=item.exercise_id,
            )
            for item in items
        ]
    )  # fmt: skip
    announce.charged(items, by=by, at=at)
    return items
