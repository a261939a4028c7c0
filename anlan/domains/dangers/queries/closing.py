"""Dates set and dates met; who had a hand in what was closed off."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from anlan.domains.dangers.loop import DANGER
from anlan.domains.dangers.models import Danger, SecondLook, Term
from anlan.kernel.core.worlds import in_world
from anlan.kernel.loop.models import Extension, Step
from anlan.kernel.loop.rights import OPENING
from anlan.kernel.places.regions import prefix_of

CLOSING = ("accept", "fix_on_spot")


def terms_due(
    *, region: str, start: datetime, end: datetime, as_of: datetime, exercise_id: UUID | None = None,
    items: Collection[UUID] | None = None,
) -> dict[UUID, datetime]:  # fmt: skip
    """Item → its date to be put right by: of `items`, where named, those whose last known date lies in the span."""
    here = Term.objects.filter(in_world(exercise_id, path="item__exercise_id"), set_at__lte=as_of)
    if region:
        here = here.filter(item__region__code__startswith=prefix_of(region))
    if items is not None:
        here = here.filter(item__in=items)
    last = dict(here.order_by("set_at").values_list("item_id", "due_at"))
    granted = Extension.objects.filter(
        of__in=list(last), item__state="granted", item__steps__move="grant", item__steps__at__lte=as_of
    )
    last |= dict(granted.order_by("item__steps__at").values_list("of_id", "until"))
    return {item: due for item, due in last.items() if start <= due < end}


def accepted_at(items: Iterable[UUID], *, as_of: datetime) -> dict[UUID, datetime]:
    """Item → when its last recheck passed, as recorded up to a time; late entries count by when it happened."""
    passed = Step.objects.filter(item__in=list(items), move__in=CLOSING, at__lte=as_of)
    return dict(passed.order_by("at").values_list("item_id", "happened_at"))


def closed_off_in(
    *, region: str, start: datetime, end: datetime, exercise_id: UUID | None = None
) -> dict[UUID, dict[str, Any]]:
    """Item → danger, grade and time of its last closing, for those closed off in a span and closed still."""
    steps = Step.objects.filter(
        in_world(exercise_id), item__loop=DANGER.name, item__state="closed_off", move__in=CLOSING,
        happened_at__gte=start, happened_at__lt=end, item__region__code__startswith=prefix_of(region),
    )  # fmt: skip
    closed = dict(steps.order_by("at").values_list("item_id", "happened_at"))
    rows = Danger.objects.select_related("item").filter(pk__in=list(closed))
    return {row.pk: {"danger": row, "grade": row.grade, "closed_at": closed[row.pk]} for row in rows}


def hands_in(danger: Danger) -> dict[str, str]:
    """Author → the step by which they had a hand in a danger, in words: they do not make its second look."""
    labels = {move.name: move.label for move in DANGER.moves} | {"open": OPENING}
    rows = Step.objects.filter(item_id=danger.pk).order_by("-at").values_list("by", "move")
    return {by: labels.get(move, move) for by, move in rows if by.startswith("person:")}


def dated_by(
    finder: str, *, start: datetime, end: datetime, as_of: datetime, exercise_id: UUID | None = None
) -> list[tuple[UUID, datetime, datetime | None]]:
    """The dangers that an author found and that fell due in a span: item, its date, when it passed if it did."""
    due = terms_due(region="", start=start, end=end, as_of=as_of, exercise_id=exercise_id)
    own = set(Danger.objects.filter(pk__in=due, found_by=finder).values_list("pk", flat=True))
    passed = accepted_at(own, as_of=as_of)
    return sorted(((pk, due[pk], passed.get(pk)) for pk in own), key=lambda row: (row[1], str(row[0])))


def dates_of(
    finder: str, *, start: datetime, end: datetime, as_of: datetime, exercise_id: UUID | None = None
) -> tuple[int, int]:
    """Of the dangers that an author found: how many fell due in a span, and how many of them passed by their date."""
    rows = dated_by(finder, start=start, end=end, as_of=as_of, exercise_id=exercise_id)
    return len(rows), sum(1 for _pk, due, passed in rows if passed is not None and passed <= due)


def failed_looks_by(
    author: str, *, start: datetime, end: datetime, as_of: datetime, exercise_id: UUID | None = None
) -> list[tuple[UUID, datetime]]:
    """Dangers that an author had accepted and a second look of a span found again: item and when, each once."""
    failed = Step.objects.filter(
        in_world(exercise_id), item__loop="dangers.second_look", move="fail", at__lte=as_of,
        happened_at__gte=start, happened_at__lt=end,
    ).order_by("-happened_at")  # fmt: skip
    when = dict(failed.values_list("item_id", "happened_at"))
    looks = dict(SecondLook.objects.filter(pk__in=when).values_list("danger_id", "pk"))
    accepted = Step.objects.filter(item__in=list(looks), move="accept", by=author).values_list(
        "item_id", flat=True
    )
    return sorted(((pk, when[looks[pk]]) for pk in set(accepted)), key=lambda row: (row[1], str(row[0])))


def failed_looks_of(
    author: str, *, start: datetime, end: datetime, as_of: datetime, exercise_id: UUID | None = None
) -> int:
    """Second looks of a span that found again what an author had accepted."""
    return len(failed_looks_by(author, start=start, end=end, as_of=as_of, exercise_id=exercise_id))


def open_check_items(organisation_id: UUID) -> set[str]:
    """The check items that open dangers of a firm name: what was reported already and is not closed off."""
    rows = Danger.objects.filter(organisation=organisation_id, item__closed_at=None, item__exercise=None)
    return set(rows.exclude(check_item="").values_list("check_item", flat=True))
