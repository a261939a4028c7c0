"""The doors of the loop: items are opened and moved here, and nowhere else is a state written.

One transaction an act: state by compare-and-set, step, evidence, ledger entry, next deadline, messages queued.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import prefetch_related_objects

from anlan.kernel.core.bulk import insert_rows, read_rows, update_rows
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.ids import new_id
from anlan.kernel.core.words import N_
from anlan.kernel.core.worlds import beside_others, once_more
from anlan.kernel.ledger.actions import Row, record_all
from anlan.kernel.loop import announce, clocks, registry, rights
from anlan.kernel.loop import evidence as proofs
from anlan.kernel.loop.models import Confirmation, Evidence, Extension, LoopRecord, Step, WorkItem
from anlan.kernel.loop.spec import OPENER, Loop, Move
from anlan.kernel.orgs.models import Organisation, Person
from anlan.kernel.places.models import Place

NO_MOVE = reason("loop.no_such_move", N_("“{title}” has no step {move}."))
CHANGED = reason(
    "loop.changed", N_("“{title}” is now “{state}”: somebody was faster. Look again before you go on.")
)
FUTURE = reason("loop.future", N_("The time given lies in the future. Correct it: it is now {now}."))
REASON = reason("loop.needs_reason", N_("“{move}” needs a reason. Write a few words."))
NEEDS = reason("loop.needs_fact", N_("“{move}” needs {field}. Fill it in."))
TELEPHONE = reason(
    "loop.telephone", N_("A telephone approval is recorded by somebody else, with number and words.")
)

_ALL = tuple(field.name for field in WorkItem._meta.concrete_fields)
CLOCK_SLACK = timedelta(minutes=2)  # devices' clocks differ a little; more than that is a mistake


@dataclass(frozen=True, slots=True)
class Opening:
    """One item to be opened; `record` is the domain's unsaved row. Its own times where things that came one after
    another are opened together, its own id where something had to speak of it before it was written."""

    record: LoopRecord
    title: str
    region: str
    place: Place | None = None
    severity: int = 0
    charge_person: Person | UUID | None = None
    charge_duty: str = ""
    charge_org: Organisation | None = None
    arises_from: WorkItem | None = None
    evidence: tuple[proofs.Given, ...] = ()
    at: datetime | None = None
    happened_at: datetime | None = None
    item_id: UUID | None = None

    def times(self, at: datetime, happened_at: datetime | None) -> tuple[datetime, datetime]:
        """When it is recorded and when it happened: its own times, else those of all that are opened with it."""
        recorded = self.at or at
        return recorded, _happened(self.happened_at or happened_at, recorded)


@dataclass(frozen=True, slots=True)
class Telephone:
    """A leader's word on the telephone: the number it came from and the words, as the recorder wrote them."""

    number: str
    words: str


@dataclass(frozen=True, slots=True)
class Making:
    """One move to be made."""

    item: WorkItem
    name: str
    by: str
    at: datetime
    happened_at: datetime | None = None
    evidence: Sequence[proofs.Given] = ()
    reason: str = ""
    entered_by: str = ""
    telephone: Telephone | None = None
    needs: dict[str, Any] = field(default_factory=dict)


def open_item(
    *,
    loop: str,
    record: LoopRecord,
    title: str,
    region: str,
    by: str,
    at: datetime,
    happened_at: datetime | None = None,
    exercise_id: UUID | None = None,
    evidence: Sequence[proofs.Given] = (),
    **charge: Any,
) -> WorkItem:
    """Open one item of a loop together with the domain's row; `charge` takes the other fields of `Opening`."""
    opening = Opening(record=record, title=title, region=region, evidence=tuple(evidence), **charge)
    return open_items(
        loop=loop, openings=[opening], by=by, at=at, happened_at=happened_at, exercise_id=exercise_id
    )[0]


@once_more
def open_items(
    *,
    loop: str,
    openings: Sequence[Opening],
    by: str,
    at: datetime,
    happened_at: datetime | None = None,
    exercise_id: UUID | None = None,
) -> list[WorkItem]:
    """The same in bulk: a constant number of statements for thousands of items, one act, one entry an item."""
    if not openings:
        return []
    known = registry.registered(loop)
    act = new_id()
    times = [opening.times(at, happened_at) for opening in openings]
    items = [
        _new_item(known.loop, o, by=by, at=recorded, happened=happened, exercise_id=exercise_id)
        for o, (recorded, happened) in zip(openings, times, strict=True)
    ]
    with transaction.atomic(savepoint=False):
        beside_others([exercise_id])
        insert_rows(items)
        for item, opening in zip(items, openings, strict=True):
            opening.record.item = item
        insert_rows([opening.record for opening in openings])
        steps = [
            _first_step(item, known.loop, act=act, happened=happened)
            for item, (_, happened) in zip(items, times, strict=True)
        ]
        insert_rows(steps)
        for step, opening in zip(steps, openings, strict=True):
            if opening.evidence:
                Evidence.objects.bulk_create(proofs.rows_for(step, step.item, (), opening.evidence))
        record_all([_entry("loop.opened", step, item) for step, item in zip(steps, items, strict=True)])
        if known.announces:
            announce.charged(items, by=by, at=at)
    return items


def move(
    *,
    item: WorkItem,
    name: str,
    by: str,
    at: datetime,
    happened_at: datetime | None = None,
    evidence: Sequence[proofs.Given] = (),
    reason: str = "",
    entered_by: str = "",
    telephone: Telephone | None = None,
    **needs: Any,
) -> Step:
    """Make one move, or raise `Refused`. `needs` are the facts the move declares, kept with the step."""
    making = Making(item, name, by, at, happened_at, evidence, reason, entered_by, telephone, needs)
    done = move_all([making])[0]
    if isinstance(done, Refused):
        raise done
    return done


@once_more
def move_all(makings: Sequence[Making]) -> list[Step | Refused]:
    """Make many moves in one transaction; a refused one leaves the others standing. Order of the answer = of the input.

    Each item may stand in `makings` once.
    """
    if not makings:
        return []
    act = new_id()
    with transaction.atomic(savepoint=False):
        beside_others(making.item.exercise_id for making in makings)
        # Locked in the order of id, so that two batches with common items cannot wait for each other.
        ids = sorted({making.item.pk for making in makings})
        rows = read_rows(WorkItem, _ALL, "WHERE t.id = ANY(%s) ORDER BY t.id FOR UPDATE", [ids])
        prefetch_related_objects([row for row in rows if row.place_id is not None], "place")
        fresh = {row.pk: row for row in rows}
        done: list[Step | Refused] = [_attempt(making, fresh[making.item.pk], act=act) for making in makings]
        pairs = [(m, s) for m, s in zip(makings, done, strict=True) if isinstance(s, Step)]
        _write(pairs)
    for making, step in pairs:
        _refresh(making.item, step.item)
    return done


def _attempt(making: Making, item: WorkItem, *, act: UUID) -> Step | Refused:
    try:
        return _make(making, item, act=act)
    except Refused as refusal:
        return refusal


def _make(making: Making, item: WorkItem, *, act: UUID) -> Step:
    """Check one move against the locked row and change that row in memory; writes nothing."""
    loop = registry.loop_of(item)
    declared = loop.move(making.name)
    if declared is None:
        raise Refused(NO_MOVE, title=item.title, move=making.name)
    if not declared.starts_from(item.state):
        raise Refused(CHANGED, title=item.title, state=loop.states[item.state])
    happened = _happened(making.happened_at, making.at)
    alone = _check_author(declared, item, making)
    _check_facts(declared, making)
    step = Step(
        item=item,
        act=act,
        move=declared.name,
        source=item.state,
        target=declared.target,
        by=making.by,
        entered_by=making.entered_by,
        at=making.at,
        happened_at=happened,
        late_entry=making.at - happened > loop.late_entry_after,
        due_at=item.due_at,
        reason=making.reason,
        needs=making.needs,
        telephone_from=making.telephone.number if making.telephone else "",
        telephone_words=making.telephone.words if making.telephone else "",
        single_handed=alone,
        exercise_id=item.exercise_id,
    )
    _enter(item, loop, declared, at=making.at, happened=happened)
    return step


def _check_author(declared: Move, item: WorkItem, making: Making) -> bool:
    rights.check_author(declared, item, by=making.by, at=making.at)
    if making.telephone is None:
        return False
    if not (making.entered_by and making.telephone.number and making.telephone.words):
        raise Refused(TELEPHONE, field="telephone")
    if making.entered_by == making.by:
        raise Refused(TELEPHONE, field="telephone")
    return rights.single_handed(declared, item, recorder=making.entered_by, at=making.at)


def _check_facts(declared: Move, making: Making) -> None:
    if declared.reason and not making.reason.strip():
        raise Refused(REASON, field="reason", move=declared.label)
    for name in declared.needs:
        if making.needs.get(name) in (None, ""):
            raise Refused(NEEDS, field=name, move=declared.label)
    proofs.check(declared.evidence, making.evidence)


def _enter(item: WorkItem, loop: Loop, declared: Move, *, at: datetime, happened: datetime) -> None:
    """Put the item into the state that a move leads to, with that state's clock and charge."""
    again = item.state == declared.target
    item.state = declared.target
    if declared.charges is not None:
        _charge(item, declared.charges)
    if again:
        return  # a move that stays in its state (a note, a call made) does not start the clock anew
    item.state_since = at
    item.escalated_to = ""
    item.closed_at = at if item.state in loop.closed else None
    # The clock runs from when the thing happened: late recording must not give more time.
    clocks.start_clock(item, loop, lambda: registry.record_of(item), at=happened)


def _charge(item: WorkItem, duty: str) -> None:
    item.charge_person_id = rights.person_id(item.opened_by) if duty == OPENER else None
    item.charge_duty = "" if duty == OPENER else duty


def _write(pairs: Sequence[tuple[Making, Step]]) -> None:
    items = [step.item for _, step in pairs]
    if not items:
        return
    update_rows(items, announce.MOVED_FIELDS)
    insert_rows([step for _, step in pairs])
    pieces: list[Evidence] = []
    for making, step in pairs:
        declared = registry.loop_of(step.item).move(step.move)
        pieces += proofs.rows_for(step, step.item, declared.evidence if declared else (), making.evidence)
    Evidence.objects.bulk_create(pieces)
    record_all([_entry("loop.moved", step, step.item) for _, step in pairs])
    announce.moved([step for _, step in pairs])
    _void_requests([item for item in items if item.closed_at is not None], act_at=pairs[0][0].at)
    for making, step in pairs:
        if making.telephone is not None:
            _ask_leader_to_confirm(step)


def _void_requests(closed: Sequence[WorkItem], *, act_at: datetime) -> None:
    """A request for more time has nothing left to ask for when its item is closed."""
    if not closed:
        return
    asked = Extension.objects.select_related("item").filter(of__in=closed, item__closed_at=None)
    if makings := [Making(request.item, "lapse", "service:loop", act_at) for request in asked]:
        move_all(makings)


def _ask_leader_to_confirm(step: Step) -> None:
    """先启动后补签: the word counts at once, the leader confirms within the clock of `loop.confirmation`."""
    leader = rights.person_id(step.by)
    if leader is None:
        raise Refused(TELEPHONE, field="leader")
    open_item(
        loop="loop.confirmation",
        record=Confirmation(step=step, leader_id=leader),
        title=step.item.title,
        region=step.item.region_id,
        charge_person=leader,
        arises_from=step.item,
        severity=1,
        by=step.entered_by,
        at=step.at,
        exercise_id=step.exercise_id,
    )


def _happened(happened_at: datetime | None, at: datetime) -> datetime:
    if happened_at is None:
        return at
    if happened_at > at + CLOCK_SLACK:
        raise Refused(FUTURE, field="happened_at", now=at)
    return min(happened_at, at)


def _new_item(
    loop: Loop, opening: Opening, *, by: str, at: datetime, happened: datetime, exercise_id: UUID | None
) -> WorkItem:
    charged = opening.charge_person
    item = WorkItem(
        id=opening.item_id or new_id(),
        loop=loop.name,
        state=loop.start,
        title=opening.title[:300],
        severity=opening.severity,
        region_id=opening.region,
        place=opening.place,
        charge_person_id=charged.pk if isinstance(charged, Person) else charged,
        charge_duty=opening.charge_duty,
        charge_org=opening.charge_org,
        arises_from=opening.arises_from,
        opened_at=at,
        opened_by=by,
        state_since=at,
        exercise_id=exercise_id,
    )
    clocks.start_clock(item, loop, lambda: opening.record, at=happened)
    return item


def _first_step(item: WorkItem, loop: Loop, *, act: UUID, happened: datetime) -> Step:
    return Step(
        item=item,
        act=act,
        move="open",
        target=item.state,
        by=item.opened_by,
        at=item.opened_at,
        happened_at=happened,
        late_entry=item.opened_at - happened > loop.late_entry_after,
        exercise_id=item.exercise_id,
    )


def _entry(code: str, step: Step, item: WorkItem) -> Row:
    facts: dict[str, Any] = {"loop": item.loop, "move": step.move, "from": step.source, "to": step.target}
    if step.reason:
        facts["reason"] = step.reason
    if step.entered_by:
        facts |= {
            "entered_by": step.entered_by,
            "words": step.telephone_words,
            "single_handed": step.single_handed,
        }
    return Row(
        code=code,
        subject=("loop.item", item.pk),
        facts=facts,
        by=step.by,
        at=step.at,
        happened_at=step.happened_at,
        region=item.region_id,
        exercise_id=item.exercise_id,
        act=step.act,
    )


def _refresh(seen: WorkItem, now: WorkItem) -> None:
    """Give the caller's copy the state that was written, so that it can go on with it."""
    for name in announce.MOVED_COLUMNS:
        setattr(seen, name, getattr(now, name))
