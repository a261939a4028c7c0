"""应: answers move the items of a call-out, many at a time; what others say for somebody has their names on it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.domains.warnings.actions.releasing import CALL_KIND
from anlan.domains.warnings.models import CallMade, CallOutAnswer, CallOutItem, Passing
from anlan.domains.warnings.models.calls import OUTCOMES, THROUGH
from anlan.domains.warnings.queries import called
from anlan.domains.warnings.rules import calls
from anlan.kernel.core.bulk import insert_rows, read_rows, update_rows
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.core.worlds import beside_others, once_more
from anlan.kernel.ledger.actions import record
from anlan.kernel.loop.actions import Making, move_all
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.loop.registry import loop_of
from anlan.kernel.loop.rights import may
from anlan.kernel.messaging.actions import close
from anlan.kernel.messaging.models import Answer, Message

NOT_YOURS = reason(
    "callout.not_yours", N_("Only the officers of this area or its street write down an answer for somebody.")
)
NAME_NEEDED = reason(
    "callout.name_needed",
    N_("Write the name of whoever reached them or spoke. An answer without a name is none."),
)
UNKNOWN = reason("callout.unknown_choice", N_("{value} is not one of: {known}."))

BY = "service:warnings"
MOVES = {"received": "receive", "on_post": "post", "done": "finish"}


@dataclass(frozen=True, slots=True)
class Said:
    """One answer about one item, however it came."""

    item: CallOutItem
    kind: str
    via: str
    happened_at: datetime
    recorded_at: datetime
    by: str
    through: str = "self"
    name: str = ""
    note: str = ""
    mover: str = ""  # who moves the item, where it is not `by`: somebody standing in has no right over it


def on_answers(pairs: Sequence[tuple[Message, Answer]]) -> None:
    """Answers to call-out messages, all of one commit: a constant number of statements (messaging's `handler_many`)."""
    items = _items_of(pairs)
    said = [
        Said(
            item, answer.kind, answer.via, answer.at, answer.at, answer.by,
            through="telephone" if answer.via == "telephone" else "self", note=answer.note[:300],
        )
        for message, answer in pairs
        if (item := items.get((message.subject_id, message.person_id))) is not None
    ]  # fmt: skip
    take(said)


def on_stand_in_answers(pairs: Sequence[tuple[Message, Answer]]) -> None:
    """Answers of those who were told because somebody was silent: the item is answered through them, by name."""
    passings = {p.message_id: p for p in _passings(message.pk for message, _ in pairs)}
    said = []
    for message, answer in pairs:
        passing = passings.get(message.pk)
        if passing is not None:
            through = passing.duty if passing.duty in THROUGH else "deputy"
            said.append(
                Said(
                    passing.item, answer.kind, answer.via, answer.at, answer.at, answer.by,
                    through=through, name=passing.name, note=answer.note[:300], mover=BY,
                )
            )  # fmt: skip
    take(said)


@once_more
def record_answer(
    *,
    item: WorkItem,
    kind: str,
    through: str,
    name: str,
    by: str,
    at: datetime,
    happened_at: datetime | None = None,
    note: str = "",
    **rest: Any,
) -> CallOutAnswer:
    """What somebody else says for a person: reached through a neighbour, the grid worker, the loudspeaker; with name.

    `kind`: received | on_post | done. Raises `Refused`.
    """
    del rest
    _check_choice(kind, calls.ANSWERS, "kind")
    _check_choice(through, THROUGH, "through")
    if not name.strip():
        raise Refused(NAME_NEEDED, field="name")
    with transaction.atomic():
        row = _locked(item)
        _check_writer(row.item, by, at=at)
        written = take([Said(row, kind, "page", happened_at or at, at, by, through, name.strip(), note)])
        _stop_calling([row], why=through, by=by, at=at)
    return written[0]


@once_more
def by_move(
    *,
    item: WorkItem,
    name: str,
    by: str,
    at: datetime,
    happened_at: datetime | None = None,
    reason: str = "",
    **rest: Any,
) -> Step:
    """A button of the item's page: the person called (or an officer for them) says received, on post or done."""
    del rest
    kinds = {move: kind for kind, move in MOVES.items()}
    with transaction.atomic():
        row = _locked(item)
        _check_writer(row.item, by, at=at)
        kind = kinds.get(name, row.closes_on)
        through = "self" if by == f"person:{row.person_id}" else "telephone"
        take([Said(row, kind, "page", happened_at or at, at, by, through, note=reason)])
        _stop_calling([row], why="answered", by=by, at=at)
    return Step.objects.filter(item=item).latest("at", "pk")


@once_more
def record_call(
    *,
    item: WorkItem,
    outcome: str,
    by: str,
    at: datetime,
    spoke: str = "",
    words: str = "",
    answer: str = "",
    happened_at: datetime | None = None,
    **rest: Any,
) -> CallMade:
    """A call that an officer made by hand (leaders are rung by a person): outcome, who spoke, what was said.

    outcome: answered | not_answered | busy | switched_off | wrong_number; `answer` received | on_post | done where
    one was given. Raises `Refused`.
    """
    del rest
    _check_choice(outcome, OUTCOMES, "outcome")
    if outcome == "answered" and not spoke.strip():
        raise Refused(NAME_NEEDED, field="spoke")
    when = happened_at or at
    with transaction.atomic():
        row = _locked(item)
        _check_writer(row.item, by, at=at)
        call = _write_call(row, outcome, spoke, words, by=by, at=at, happened_at=when)
        if outcome == "answered":
            kind = answer or "received"
            _check_choice(kind, calls.ANSWERS, "answer")
            take([Said(row, kind, "telephone", when, at, by, "telephone", spoke.strip(), words[:300])])
            _stop_calling([row], why="telephone", by=by, at=at)
    return call


def _locked(item: WorkItem) -> CallOutItem:
    """The row, for this transaction alone; after the world's lock, as the sweep and the answers take them."""
    beside_others([item.exercise_id])
    rows = CallOutItem.objects.select_related("item", "call_out").select_for_update(of=("self",), no_key=True)
    return rows.get(pk=item.pk)


def _write_call(
    row: CallOutItem, outcome: str, spoke: str, words: str, *, by: str, at: datetime, happened_at: datetime
) -> CallMade:
    record(
        code="warnings.call_made", subject=("loop.item", row.pk), facts={"outcome": outcome}, by=by, at=at,
        happened_at=happened_at, region=row.item.region_id, exercise_id=row.item.exercise_id,
    )  # fmt: skip
    return CallMade.objects.create(
        item=row.item, outcome=outcome, spoke=spoke.strip(), words=words[:300], happened_at=happened_at,
        recorded_at=at, by=by,
    )  # fmt: skip


def take(said: Sequence[Said]) -> list[CallOutAnswer]:
    """Write answers and move their items by the furthest one; a closed item keeps its answers all the same."""
    if not said:
        return []
    rows = [
        CallOutAnswer(
            item=s.item, kind=s.kind, through=s.through, name=s.name, via=s.via, note=s.note,
            happened_at=s.happened_at, recorded_at=s.recorded_at, by=s.by,
        )
        for s in said
    ]  # fmt: skip
    with transaction.atomic(savepoint=False):
        insert_rows(rows)
        by_item: dict[UUID, list[Said]] = defaultdict(list)
        for one in said:
            by_item[one.item.pk].append(one)
        makings = [making for some in by_item.values() if (making := _making(some)) is not None]
        move_all(makings)
        _copy_to_items([some[0].item for some in by_item.values()], by_item)
    return rows


def _making(said: Sequence[Said]) -> Making | None:
    """The move that the furthest of an item's new answers makes, or None where the item is closed or already as far."""
    best = max(said, key=lambda s: calls.ANSWERS.index(s.kind) if s.kind in calls.ANSWERS else -1)
    item = best.item
    kind = (
        best.kind if best.kind in calls.ANSWERS else "received"
    )  # a call for help was read by a living person
    if item.item.closed_at is not None or (item.answer and not _further(kind, item.answer)):
        return None
    name = MOVES[kind]
    if kind != "done" and calls.closes(kind, item.closes_on):
        name = "answer"
    needs = {"answer": kind, "through": best.through} | ({"name": best.name} if best.name else {})
    if best.mover:
        needs["answered_by"] = best.by
    return Making(
        item=item.item, name=name, by=best.mover or best.by, at=best.recorded_at,
        happened_at=best.happened_at, needs=needs,
    )  # fmt: skip


_COPIES = (
    "answer", "through", "answered_by", "received_at", "on_post_at", "done_at", "help_at", "help_words",
)  # fmt: skip


def _copy_to_items(items: Sequence[CallOutItem], by_item: dict[UUID, list[Said]]) -> None:
    """The board's copies: the furthest answer, and the earliest time of each kind."""
    for item in items:
        for one in by_item[item.pk]:
            _copy(item, one)
    update_rows(items, _COPIES)


def _copy(item: CallOutItem, one: Said) -> None:
    if one.kind == "need_help":
        item.help_at, item.help_words = one.happened_at, one.note
    kind = one.kind if one.kind in calls.ANSWERS else "received"
    if not item.answer or _further(kind, item.answer):
        item.answer, item.through, item.answered_by = kind, one.through, one.name[:60]
    item.received_at = min(item.received_at or one.happened_at, one.happened_at)
    if kind == "on_post":
        item.on_post_at = min(item.on_post_at or one.happened_at, one.happened_at)
    if kind == "done":
        item.done_at = min(item.done_at or one.happened_at, one.happened_at)


def _further(kind: str, than: str) -> bool:
    return calls.ANSWERS.index(kind) > calls.ANSWERS.index(than)


# The pairs, not every call-out with every person: a night has several call-outs of the same people.
# Locked in the order of ids: two batches of answers that share people wait for each other.
_PAIRS = """
JOIN unnest(%s::uuid[], %s::uuid[]) AS asked (call_out, person)
  ON t.call_out_id = asked.call_out AND t.person_id = asked.person ORDER BY t.item_id FOR NO KEY UPDATE OF t
"""
_READ = ("call_out", "person", "closes_on", *_COPIES)


def _items_of(pairs: Sequence[tuple[Message, Answer]]) -> dict[tuple[str, UUID], CallOutItem]:
    asked = {
        (UUID(message.subject_id), message.person_id) for message, _ in pairs if message.kind == CALL_KIND
    }
    call_outs, people = [call_out for call_out, _ in asked], [person for _, person in asked]
    rows = read_rows(CallOutItem, _READ, _PAIRS, [call_outs, people])
    items = read_rows(WorkItem, ("exercise", "closed_at"), "WHERE t.id = ANY(%s)", [[row.pk for row in rows]])
    of = {item.pk: item for item in items}
    for row in rows:
        row.item = of[row.pk]
    return {(str(row.call_out_id), row.person_id): row for row in rows}


def _passings(messages: Iterable[UUID]) -> list[Passing]:
    rows = Passing.objects.select_related("item__item").filter(message__in=list(messages))
    return list(rows)


def _stop_calling(items: Sequence[CallOutItem], *, why: str, by: str, at: datetime) -> None:
    """Somebody answered for them: their own message stops ringing."""
    for item in items:
        messages = called.messages_of(item.call_out_id, [item.person_id])
        if messages:
            close(list(messages.values()), by=by, at=at, why=why)


def _check_choice(value: str, known: Sequence[str], field: str) -> None:
    if value not in known:
        raise Refused(UNKNOWN, field=field, value=value, known=", ".join(known))


def _check_writer(item: WorkItem, by: str, *, at: datetime) -> None:
    """Whoever may make the move for the person may also write down what somebody said for them."""
    move = loop_of(item).move("receive")
    if move is not None and not may(move, item, by=by, at=at):
        raise Refused(NOT_YOURS)
