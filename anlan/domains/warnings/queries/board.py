"""The call-out board: live shares by street and duty, and every person with what became of the call.

A constant number of statements whatever the number of people called (pinned in tests: seven for 3,183).
"""

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from anlan.domains.warnings.models import CallOut, CallOutDuty, CallOutItem, Passing
from anlan.domains.warnings.rules import calls
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.messaging.models import Delivery
from anlan.kernel.orgs.models import DutyKind, Person
from anlan.kernel.places.models import Region

NOT_FOUND = reason("callout.not_found", N_("There is no such call-out, or it is not yours to see."))

DELIVERY_ORDER = ("cancelled", "queued", "leased", "unreachable", "failed", "sent", "delivered")


@dataclass(frozen=True, slots=True)
class PassedTo:
    """Somebody who was told because the person was silent; `name` "" = nobody is named for it."""

    duty: str
    name: str
    at: datetime


@dataclass(slots=True)
class Cell:
    """One person on the board.

    `shown`: calling | passed_on | received | on_post | done | unreached | superseded | ended | cancelled.
    `delivery`: the best of the channels so far: queued, sent, delivered, unreachable, failed …; `why_unreached` the
    reasons of those that failed, by channel.
    """

    item_id: UUID
    person_id: UUID
    name: str
    title: str
    street: str
    region: str
    kinds: tuple[str, ...]
    state: str
    shown: str
    closes_on: str
    complete: bool  # answered as the strictest duty asks
    by_hand: bool
    urgency: int
    called_at: datetime
    due_at: datetime | None
    escalated_to: str
    answer: str
    through: str
    answered_by: str
    received_at: datetime | None
    on_post_at: datetime | None
    done_at: datetime | None
    help_at: datetime | None
    help_words: str
    stands_in_for: UUID | None
    answer_seconds: float | None
    delivery: str = ""
    channels: tuple[str, ...] = ()
    why_unreached: tuple[tuple[str, str], ...] = ()
    passed_to: list[PassedTo] = field(default_factory=list)


@dataclass(slots=True)
class Share:
    """A line of percentages: a street, a duty kind, or all."""

    code: str
    label: str
    called: int = 0
    received: int = 0  # received or further
    on_post: int = 0  # on post or further
    done: int = 0
    complete: int = 0  # answered as the strictest duty asks
    unreached: int = 0
    passed_on: int = 0
    silent: int = 0

    def percent(self, count: int) -> float:
        """A count of this line as a share of those called, per cent with one decimal."""
        return round(100 * count / self.called, 1) if self.called else 0.0

    @property
    def received_percent(self) -> float:
        return self.percent(self.received)

    @property
    def on_post_percent(self) -> float:
        return self.percent(self.on_post)

    @property
    def complete_percent(self) -> float:
        return self.percent(self.complete)


@dataclass(frozen=True, slots=True)
class Board:
    """A call-out as it stands."""

    call_out: CallOut
    regions: tuple[str, ...]
    total: Share
    streets: list[Share]
    kinds: list[Share]
    cells: list[Cell]
    joined: int
    median_answer_seconds: float | None
    in_time: int
    to_ring: list[Cell]


def call_out_for(person: Person, call_out_id: UUID, *, at: datetime) -> CallOut:
    """Fetch and authorise in one act."""
    found = (
        CallOut.objects.visible_to(person, at=at)
        .select_related("item", "proposal__item")
        .filter(pk=call_out_id)
        .first()
    )
    if found is None:
        raise Refused(NOT_FOUND)
    return found


def board(*, call_out: CallOut, at: datetime, person: Person | None = None) -> Board:
    """The board; with `person` only the streets that person may see. `at` decides who counts as silent."""
    items = CallOutItem.objects.filter(call_out=call_out)
    if person is not None:
        items = items.visible_to(person, at=at)
    cells = _cells(items)
    _add_kinds(cells, call_out)
    _add_passings(cells, call_out)
    _add_deliveries(cells, call_out)
    for cell in cells.values():
        cell.shown = _shown(cell)
    everybody = list(cells.values())
    seconds = [c.answer_seconds for c in everybody if c.answer_seconds is not None]
    limit = timedelta(minutes=call_out.answer_minutes)
    return Board(
        call_out=call_out,
        regions=tuple(call_out.regions.order_by("pk").values_list("name", flat=True)),
        total=_share("", "", everybody),
        streets=_by_street(everybody),
        kinds=_by_kind(everybody),
        cells=everybody,
        joined=call_out.proposal.joins.count(),
        median_answer_seconds=statistics.median(seconds) if seconds else None,
        in_time=sum(1 for c in everybody if c.received_at and c.received_at - c.called_at <= limit),
        to_ring=[c for c in everybody if c.by_hand and c.shown in ("calling", "passed_on", "unreached")],
    )


def to_ring(person: Person, *, at: datetime, exercise_id: UUID | None = None) -> list[CallOutItem]:
    """The officer's list: leaders whom a person must ring now, over all open call-outs of a world."""
    rows = CallOutItem.objects.visible_to(person, at=at).filter(
        by_hand=True, answer="", item__closed_at=None, item__exercise_id=exercise_id
    )
    return list(
        rows.select_related("item", "person__organisation", "kind", "street").order_by("called_at", "street")
    )


_COLUMNS = (
    "item_id",
    "person_id",
    "person__name",
    "person__title",
    "street_id",
    "item__region_id",
    "item__state",
    "closes_on",
    "by_hand",
    "urgency",
    "called_at",
    "item__due_at",
    "item__escalated_to",
    "answer",
    "through",
    "answered_by",
    "received_at",
    "on_post_at",
    "done_at",
    "help_at",
    "help_words",
    "stands_in_for_id",
)


def _cells(items: Any) -> dict[UUID, Cell]:
    found = {}
    for row in items.order_by("street_id", "kind__ring_order", "person__name", "pk").values_list(*_COLUMNS):
        (item, person, name, title, street, region, state, closes_on, by_hand, urgency, called_at, due_at, escalated,
         answer, through, answered_by, received_at, on_post_at, done_at, help_at, help_words, stands) = row  # fmt: skip
        found[item] = Cell(
            item_id=item, person_id=person, name=name, title=title, street=street, region=region, kinds=(), state=state,
            shown="", closes_on=closes_on, complete=bool(answer) and calls.closes(answer, closes_on), by_hand=by_hand,
            urgency=urgency, called_at=called_at, due_at=due_at, escalated_to=escalated, answer=answer, through=through,
            answered_by=answered_by, received_at=received_at, on_post_at=on_post_at, done_at=done_at, help_at=help_at,
            help_words=help_words, stands_in_for=stands,
            answer_seconds=(received_at - called_at).total_seconds() if received_at else None,
        )  # fmt: skip
    return found


def _add_kinds(cells: dict[UUID, Cell], call_out: CallOut) -> None:
    kinds: dict[UUID, list[str]] = defaultdict(list)
    rows = CallOutDuty.objects.filter(item__call_out=call_out).order_by("pk").values_list("item", "kind")
    for item, kind in rows:
        kinds[item].append(kind)
    for item, some in kinds.items():
        if item in cells:
            cells[item].kinds = tuple(dict.fromkeys(some))


def _add_passings(cells: dict[UUID, Cell], call_out: CallOut) -> None:
    rows = (
        Passing.objects.filter(item__call_out=call_out)
        .order_by("at")
        .values_list("item", "duty", "name", "at")
    )
    for item, duty, name, at in rows:
        if item in cells:
            cells[item].passed_to.append(PassedTo(duty, name, at))


def _add_deliveries(cells: dict[UUID, Cell], call_out: CallOut) -> None:
    """The best state of a person's channels; where none got through, which failed and why."""
    people = {cell.person_id: cell for cell in cells.values()}
    rows = Delivery.objects.filter(
        message__subject_type="warnings.call_out", message__subject_id=str(call_out.pk)
    ).values_list("message__person", "channel", "stands_for", "state", "reason")  # fmt: skip
    seen: dict[UUID, list[tuple[str, str, str]]] = defaultdict(list)
    for person, channel, stands_for, state, why in rows:
        seen[person].append((stands_for or channel, state, why))
    for person, some in seen.items():
        cell = people.get(person)
        if cell is None:
            continue
        best = max((state for _, state, _ in some), key=DELIVERY_ORDER.index)
        cell.delivery = best
        cell.channels = tuple(channel for channel, state, _ in some if state in ("sent", "delivered"))
        cell.why_unreached = tuple((c, why) for c, state, why in some if state in ("failed", "unreachable"))


def _shown(cell: Cell) -> str:
    if cell.state in ("superseded", "ended", "cancelled") and not cell.answer:
        return cell.state
    if cell.answer:
        return cell.answer
    if cell.state == "unreached":
        return "unreached"
    return "passed_on" if any(p.name for p in cell.passed_to) else "calling"


def _share(code: str, label: str, cells: Iterable[Cell]) -> Share:
    share = Share(code, label)
    count: Counter[str] = Counter()
    for cell in cells:
        if cell.state == "cancelled":
            continue
        share.called += 1
        share.complete += cell.complete
        count[cell.shown] += 1
    share.done = count["done"]
    share.on_post = count["on_post"] + share.done
    share.received = count["received"] + share.on_post
    share.unreached = count["unreached"]
    share.passed_on = count["passed_on"]
    share.silent = count["calling"] + count["passed_on"]
    return share


def _by_street(cells: Sequence[Cell]) -> list[Share]:
    some: dict[str, list[Cell]] = defaultdict(list)
    for cell in cells:
        some[cell.street].append(cell)
    names = dict(Region.objects.filter(pk__in=some).values_list("pk", "name"))
    return [_share(code, names[code], some[code]) for code in sorted(some)]


def _by_kind(cells: Sequence[Cell]) -> list[Share]:
    """A person with two duties stands in two lines; the total counts persons."""
    some: dict[str, list[Cell]] = defaultdict(list)
    for cell in cells:
        for kind in cell.kinds:
            some[kind].append(cell)
    kinds = DutyKind.objects.filter(pk__in=some).order_by("ring_order", "pk").values_list("pk", "label")
    return [_share(code, label, some[code]) for code, label in kinds]
