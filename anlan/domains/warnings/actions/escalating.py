"""Handing a silent person's call to somebody else: deputy, grid worker, superior; each with name and time."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from anlan.domains.warnings.actions import words
from anlan.domains.warnings.models import CallOutItem, Passing
from anlan.domains.warnings.queries import called, stand_ins
from anlan.kernel.loop.registry import Rung
from anlan.kernel.messaging.actions import Row, send_all

PASSED_KIND = "warnings.call_out_passed"
BY = "service:sweep"
STANDS_FOR = timedelta(hours=6)


def pass_on(rungs: Sequence[Rung], at: datetime) -> None:
    """The loop's ladder for people called (registered as its `escalate`): a constant number of reads for a pass."""
    duties = {rung.item.pk: rung.to.duty for rung in rungs if rung.to is not None}
    items = list(
        CallOutItem.objects.select_related("item", "call_out", "person")
        .prefetch_related("duties")
        .filter(pk__in=duties)
    )
    chosen = stand_ins.choose(items, duties, at=at)
    rows: list[Row] = []
    passings: list[Passing] = []
    for item in items:
        found = chosen.get(item.pk)
        passing = Passing(item=item, duty=duties[item.pk], at=at)
        if found is not None:
            passing.person_id, passing.name = found.person_id, found.name
            rows.append(_message(item, duties[item.pk], found, at=at))
        passings.append(passing)
    sent = iter(send_all(rows))
    for passing in passings:
        if passing.person_id is not None:
            passing.message = next(sent)
    Passing.objects.bulk_create(passings)


def _message(item: CallOutItem, duty: str, to: stand_ins.StandIn, *, at: datetime) -> Row:
    labels = called.names_of([duty_row.kind_id for duty_row in item.duties.all()])
    text = words.sentence(words.PASSED[duty], name=item.person.name, duties=labels)
    return Row(
        kind=PASSED_KIND, to=to.person_id, title=item.call_out.text[:100], text=f"{item.call_out.text}{text}",
        urgency=min(item.urgency, 1) if to.by_hand else item.urgency, expires=at + STANDS_FOR,
        subject=("warnings.call_out_item", item.pk), by=BY, at=at, exercise_id=item.item.exercise_id,
    )  # fmt: skip
