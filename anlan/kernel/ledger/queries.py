"""Reads: the entries of a subject, the auditor's search, an entry as a sentence."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from anlan.kernel.core.words import N_
from anlan.kernel.ledger.actions import Subject
from anlan.kernel.ledger.feed import World, of_codes, of_world
from anlan.kernel.ledger.models import Entry, Position
from anlan.kernel.ledger.registry import wording_of

MOST_COUNTED = 10_000
HIDDEN = N_("(personal data)")


@dataclass(frozen=True, slots=True)
class Found:
    """A page of entries, newest first, and what was cut: `count` stops at 10,000 (`count_cut`), `next` is the id
    to give as `before` for the page behind this one, or None at the end.
    """

    entries: list[Entry]
    count: int
    count_cut: bool
    next: UUID | None


def entries_of(subject: Subject) -> QuerySet[Entry]:
    """Every entry about a subject, in the order of their making; `.position.seq` once they are sealed."""
    rows = Entry.objects.filter(subject_type=subject[0], subject_id=str(subject[1]))
    return rows.select_related("position").order_by("id")


def entries_of_act(act: UUID) -> QuerySet[Entry]:
    """What one act wrote, in order."""
    return Entry.objects.filter(act=act).select_related("position").order_by("id")


def size() -> int:
    """How many entries have their place in the ledger; read from the last place, not counted."""
    last = Position.objects.order_by("-seq").values_list("seq", flat=True).first()
    return last or 0


def search(
    *,
    codes: Sequence[str] = (),
    by: str = "",
    subject: Subject | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    regions: Sequence[str] | None = None,
    exercise_id: UUID | World | None = World.EVERY,
    before: UUID | None = None,
    limit: int = 50,
) -> Found:
    """The auditor's search: code prefixes, author, subject, time of recording (`since` ≤ recorded < `until`).

    `regions` are the significant digits of the subtrees that the reader may see; None = all. Entries without a
    region (settings, accounts) are shown only to those who may see all.
    """
    rows = Entry.objects.filter(
        of_codes(codes), of_world(exercise_id), _in_regions(regions), _between(since, until)
    )
    if by:
        rows = rows.filter(by=by)
    if subject is not None:
        rows = rows.filter(subject_type=subject[0], subject_id=str(subject[1]))
    count = rows[: MOST_COUNTED + 1].count()
    page = rows.select_related("position").order_by("-recorded_at", "-id")
    if before is not None and (mark := Entry.objects.filter(id=before).first()) is not None:
        page = page.filter(
            Q(recorded_at__lt=mark.recorded_at) | Q(recorded_at=mark.recorded_at, id__lt=before)
        )
    entries = list(page[: limit + 1])
    following = entries[limit - 1].id if len(entries) > limit else None
    return Found(entries[:limit], min(count, MOST_COUNTED), count > MOST_COUNTED, following)


def describe(entry: Entry, *, names: Callable[[str], str] | None = None) -> str:
    """The entry as a sentence in the reader's language; `names` turns "person:<id>" in a fact into a name."""
    return gettext(wording_of(entry.code)).format_map(_Spoken(entry.facts, names))


class _Spoken(dict[str, object]):
    """Facts as they are said aloud; one that is missing says its own name, for old entries outlive wordings."""

    def __init__(self, facts: Mapping[str, Any], names: Callable[[str], str] | None) -> None:
        super().__init__({key: self._say(value, names) for key, value in facts.items()})

    def __missing__(self, key: str) -> str:
        return f"〔{key}〕"

    def _say(self, value: object, names: Callable[[str], str] | None) -> object:
        match value:
            case {"secret": _, "sm3": _}:
                return gettext(HIDDEN)
            case str() if names is not None and value.startswith(("person:", "service:")):
                return names(value)
            case list():
                return "、".join(str(self._say(each, names)) for each in value)
        return value


def _between(since: datetime | None, until: datetime | None) -> Q:
    cut = Q()
    if since is not None:
        cut &= Q(recorded_at__gte=since)
    if until is not None:
        cut &= Q(recorded_at__lt=until)
    return cut


def _in_regions(regions: Sequence[str] | None) -> Q:
    if regions is None or "" in regions:
        return Q()
    cut = Q(pk__in=())
    for region in regions:
        cut |= Q(region__startswith=region)
    return cut
