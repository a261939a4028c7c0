"""轮岗: whose time on a ground is over is proposed; a person decides; the ground passes on with its open items."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from anlan.domains.patrols import rules
from anlan.domains.patrols.models import Rotation
from anlan.domains.patrols.queries.officers import officers_in
from anlan.domains.patrols.queries.rotation import grounds_of, successors
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.loop.actions import Opening, move, open_items
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.loop.posts import hand_over_post
from anlan.kernel.loop.rights import person_id
from anlan.kernel.orgs.models import Duty, Person
from anlan.kernel.places.regions import prefix_of

BY = "service:patrols"
TURN = 100
OWN = reason("patrols.rotation_own", N_("Nobody decides on their own ground: another safety officer does."))
NOBODY = reason(
    "patrols.rotation_nobody",
    N_("Choose who takes the ground over: somebody of the same office, entered on the page of people."),
)
NO_RETURN = reason(
    "patrols.rotation_no_return",
    N_("{name} has no other ground to give in return. Take the tick away, or choose somebody else."),
)


def propose_rotations(*, region: str, at: datetime, by: str = BY, limit: int = TURN) -> int:
    """Propose those whose time on a ground is over; who was kept there is not proposed again before that time ends."""
    closed = _overtaken(by=by, at=at)
    due = [each for each in officers_in([region], at=at) if each.to_rotate]
    duties = [each.duty for each in due]
    there = set(
        Rotation.objects.filter(duty__in=duties, item__closed_at=None).values_list("duty_id", flat=True)
    )
    kept = dict(
        Rotation.objects.filter(duty__in=duties, item__state="kept")
        .values_list("duty_id")
        .annotate(Max("until"))
    )
    waiting = [
        each for each in due
        if each.duty not in there and (kept.get(each.duty) is None or kept[each.duty] <= at)
    ][:limit]  # fmt: skip
    openings = [
        Opening(
            record=Rotation(duty_id=each.duty, person=each.person, since=each.since, months=each.months),
            title=f"{each.person.name} · {each.region_name}", region=each.region,
            charge_duty="street_safety_officer", severity=1,
        )
        for each in waiting
    ]  # fmt: skip
    return closed + (
        len(open_items(loop="patrols.rotation", openings=openings, by=by, at=at)) if openings else 0
    )


def _overtaken(*, by: str, at: datetime) -> int:
    """Proposals whose post was passed on or ended elsewhere meanwhile."""
    rows = Rotation.objects.filter(item__closed_at=None, duty__valid_to__isnull=False).select_related("item")
    for row in rows:
        move(item=row.item, name="overtaken", by=by, at=at)
    return len(rows)


def rotate(
    *, item: WorkItem, to: str, by: str, at: datetime, reason: str = "", swap: bool = False,
    overlap_days: float | None = None, **rest: Any,
) -> Step:  # fmt: skip
    """The ground passes to somebody else, with every open item that was charged to the old holder by name.

    With `swap` the other's ground comes back in the same act. Raises `Refused` where the decider is moved themself.
    """
    with transaction.atomic():
        row = _row(item, by)
        new = _successor(row, to)
        back = _back(row, new) if swap else None
        overlap = _overlap(overlap_days, item.region_id, at)
        step = move(item=item, name="rotate", by=by, at=at, reason=reason, to=new.by, **rest)
        passing = [(row.duty, new), *([(back, row.person)] if back is not None else [])]
        # The wider ground first: what lies in the narrower one inside it then goes to whoever takes that one.
        passing.sort(key=lambda each: len(prefix_of(each[0].region_id or "")))
        items: set[UUID] = set()
        for duty, person in passing:
            items |= set(
                hand_over_post(duty=duty, to=person, overlap=overlap, why=reason, by=by, at=at).items
            )
        row.to, row.swapped, row.items = new, back, len(items)
        row.save(update_fields=["to", "swapped", "items"])
    return step


def keep(*, item: WorkItem, months: float, by: str, at: datetime, **rest: Any) -> Step:
    """Stays so many months more, with the reason; then it is proposed again."""
    with transaction.atomic():
        row = _row(item, by)
        most = int(rulesets.value_of("patrols.rotation_keep_months", region=item.region_id, at=at))
        until = rules.months_on(at, rules.check_keep(months, most=most))
        step = move(item=item, name="keep", by=by, at=at, months=int(months), **rest)
        row.until = until
        row.save(update_fields=["until"])
    return step


def _row(item: WorkItem, by: str) -> Rotation:
    row = (
        Rotation.objects.select_for_update(of=("self",))
        .select_related("person__organisation", "duty")
        .get(pk=item.pk)
    )
    if by == row.person.by:
        raise Refused(OWN)
    return row


def _successor(row: Rotation, to: str) -> Person:
    try:
        key = person_id(to) or UUID(to)
    except ValueError:
        key = None
    found = next((each for each in successors(row) if each.pk == key), None)
    if found is None:
        raise Refused(NOBODY, field="to")
    return found


def _back(row: Rotation, new: Person) -> Duty:
    other = next((duty for duty in grounds_of(new) if duty.region_id != row.duty.region_id), None)
    if other is None:
        raise Refused(NO_RETURN, field="swap", name=new.name)
    return other


def _overlap(given: float | None, region: str, at: datetime) -> timedelta:
    days = (
        given
        if given is not None
        else rulesets.value_of("patrols.rotation_overlap_days", region=region, at=at)
    )
    return timedelta(days=max(0.0, float(days)))
