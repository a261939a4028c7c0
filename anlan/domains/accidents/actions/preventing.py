"""A campaign is given the accidents it is to prevent; a street that did too little is warned, named or summoned."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.domains.accidents.models import Prevention, Warned
from anlan.domains.accidents.rules import preventing
from anlan.domains.dangers.public import campaigns_at
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.loop.actions import move, open_item
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.loop.rights import person_id
from anlan.kernel.messaging.actions import Row, send_all
from anlan.kernel.orgs.queries import has_duty, who_answers
from anlan.kernel.places.models import Region
from anlan.kernel.places.regions import prefix_of

KIND = "accidents.prevention_warning"
KEEPERS = ("accident_office", "bureau_chief", "safety_section")
NOT_YOURS = reason(
    "accidents.prevention_not_yours",
    N_("The accident office or the safety section of the region sets the goals."),
)


def prevent(
    *, campaign: Any, region: str, by: str, at: datetime, types: Iterable[str] = (), sectors: Iterable[str] = (),
    most_accidents: Any = None, most_dead: Any = None, exercise_id: UUID | None = None,
) -> WorkItem:  # fmt: skip
    """Give a running campaign the kinds of accidents it is about and at most how many there may be."""
    person = person_id(by)
    if person is not None and not has_duty(person_id=person, kinds=KEEPERS, region=region, at=at):
        raise Refused(NOT_YOURS)
    found = next(
        (row for row in campaigns_at(region, at=at, exercise_id=exercise_id) if str(row.pk) == str(campaign)),
        None,
    )
    if found is None:
        raise Refused(preventing.NO_CAMPAIGN, field="campaign")
    own_types, own_sectors = preventing.kinds(types, sectors)
    accidents, dead = (
        preventing.goal(most_accidents, "most_accidents"),
        preventing.goal(most_dead, "most_dead"),
    )
    if accidents is None and dead is None:
        raise Refused(preventing.NO_GOAL, field="most_accidents")
    if Prevention.objects.filter(campaign=found).exists():
        raise Refused(preventing.THERE, field="campaign", name=found.name)
    row = Prevention(
        campaign=found, types=own_types, sectors=own_sectors, most_accidents=accidents, most_dead=dead,
        ends_at=found.ends_at,
    )  # fmt: skip
    return open_item(
        loop="accidents.prevention", record=row, title=found.name, region=found.item.region_id,
        charge_duty="accident_office", arises_from=found.item, by=by, at=at, exercise_id=exercise_id,
    )  # fmt: skip


def set_anew(
    *, item: WorkItem, reason: str, by: str, at: datetime, most_accidents: Any = None, most_dead: Any = None,
    **rest: Any,
) -> Step:  # fmt: skip
    """Other goals for a campaign, with why; the ledger keeps the former ones."""
    accidents, dead = (
        preventing.goal(most_accidents, "most_accidents"),
        preventing.goal(most_dead, "most_dead"),
    )
    if accidents is None and dead is None:
        raise Refused(preventing.NO_GOAL, field="most_accidents")
    with transaction.atomic():
        row = Prevention.objects.select_for_update(of=("self",)).get(pk=item.pk)
        before: dict[str, Any] = {"accidents_before": row.most_accidents, "dead_before": row.most_dead}
        row.most_accidents, row.most_dead = accidents, dead
        row.save(update_fields=["most_accidents", "most_dead"])
        return move(
            item=item,
            name="set_anew",
            reason=reason,
            by=by,
            at=at,
            accidents=accidents,
            dead=dead,
            **before,
            **rest,
        )


def warn(*, item: WorkItem, street: str, how: str, reason: str, by: str, at: datetime, **rest: Any) -> Step:
    """约谈、通报、警示: a street, how, and why; whoever leads it is told at once."""
    if how not in preventing.HOWS:
        raise Refused(preventing.BAD_HOW, field="how", given=how or "—")
    known = Region.objects.filter(pk=street, level="street", code__startswith=prefix_of(item.region_id))
    if not known.exists():
        raise Refused(preventing.NOT_STREET, field="street")
    with transaction.atomic():
        step = move(item=item, name="warn", street=street, how=how, reason=reason, by=by, at=at, **rest)
        Warned.objects.create(
            prevention_id=item.pk, street_id=street, how=how, why=reason[:300], happened_at=step.happened_at,
            recorded_at=at, by=by,
        )  # fmt: skip
        people = dict.fromkeys(
            each.person_id for each in who_answers(duty="street_principal", where=street, at=at)
        )
        send_all([
            Row(
                kind=KIND, to=person, title=item.title[:120], text=f"{item.title}：{reason}"[:500], urgency=1,
                expires=at + timedelta(days=7), answers=("received",), subject=("loop.item", item.pk), by=by, at=at,
                exercise_id=item.exercise_id,
            )
            for person in people
        ])  # fmt: skip
    return step
