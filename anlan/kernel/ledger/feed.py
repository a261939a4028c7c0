"""The feed: entries in their sequence, resumed by seq."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from django.db.models import Q

from anlan.kernel.ledger.models import Entry, Position

SPAN = 5_000  # positions looked through at a time when a filter lets few of them pass
SPANS = 20


class World(Enum):
    """Which world's entries: `EVERY` one; a single one is named by its exercise id, the real one by None."""

    EVERY = "every"


@dataclass(frozen=True, slots=True)
class Feed:
    """Entries in order. `seq` is where to go on from; `reset` tells a reader that it is ahead of the ledger (an
    older backup was restored): it must reload what it shows.
    """

    entries: list[Entry]
    seq: int
    reset: bool = False


def last_seq() -> int:
    """The last seq given; 0 for an empty ledger."""
    return Position.objects.order_by("-seq").values_list("seq", flat=True).first() or 0


def of_codes(prefixes: Iterable[str]) -> Q:
    """Entries whose code begins with one of the prefixes; every entry when there is none."""
    cut = Q()
    for prefix in prefixes:
        cut |= Q(code__startswith=prefix)
    return cut


def of_world(exercise_id: UUID | World | None) -> Q:
    """Entries of one world; every entry for `World.EVERY`."""
    if isinstance(exercise_id, World):
        return Q()
    return Q(exercise_id__isnull=True) if exercise_id is None else Q(exercise_id=exercise_id)


def read_feed(
    *, after: int, limit: int, exercise_id: UUID | World | None = World.EVERY, codes: tuple[str, ...] = ()
) -> Feed:
    """Up to `limit` entries behind seq `after`, oldest first; each has `.position.seq`.

    `exercise_id` cuts one world (None is the real one); `codes` are prefixes ("warnings.",). With a cut the
    answer may be empty though `seq` has moved: go on from `seq` until it no longer moves.
    """
    head = last_seq()
    if after > head:
        return Feed([], head, reset=True)
    cut = of_codes(codes) & of_world(exercise_id)
    span = SPAN if cut else limit
    for _ in range(SPANS):
        until = min(head, after + span)
        behind = Entry.objects.filter(cut, position__seq__gt=after, position__seq__lte=until)
        entries = list(behind.select_related("position").order_by("position__seq")[:limit])
        if len(entries) == limit:
            return Feed(entries, entries[-1].position.seq)
        after = until
        if entries or until == head:
            return Feed(entries, until)
    return Feed([], after)
