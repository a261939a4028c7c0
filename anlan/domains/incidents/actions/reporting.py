"""Writes about reports: by telephone and in writing, the same words and figures to every receiver, with receipts."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from anlan.domains.incidents.actions.events import lock, point
from anlan.domains.incidents.models import Incident, Receipt, Report, Sending
from anlan.domains.incidents.queries import events as queries
from anlan.domains.incidents.rules import reporting as rules
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused
from anlan.kernel.loop.actions import move
from anlan.kernel.loop.handing import restart
from anlan.kernel.loop.models import Step, WorkItem

WRITTEN = "written"


def phone_up(
    *, item: WorkItem, receiver: str, answered_by: str, by: str, at: datetime, happened_at: datetime | None = None,
    **rest: Any,
) -> Step:  # fmt: skip
    """A report on the telephone: to whom, who answered, when. The clock of the telephone is met when all were rung."""
    with transaction.atomic():
        row = lock(item)
        label = _receiver(row, receiver, at)
        step = move(
            item=item, name="phone_up", by=by, at=at, happened_at=happened_at, receiver=receiver,
            answered_by=answered_by, **rest,
        )  # fmt: skip
        Sending.objects.create(
            incident_id=row.pk, channel="phone", receiver=receiver, receiver_label=label, answered_by=answered_by[:60],
            happened_at=step.happened_at, recorded_at=at, by=by,
        )  # fmt: skip
        point(row, at=at)
        row.save(update_fields=["first_due"])
        if row.first_due is not None:
            restart(item, due_at=row.first_due)
    return step


def _receiver(row: Incident, given: str, at: datetime) -> str:
    known = queries.receivers(region=row.item.region_id, at=at)
    if given not in known:
        raise Refused(rules.NO_RECEIVER, field="receiver", given=given, known="、".join(known))
    return known[given]


def send_first(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """首报, signed by the leader on duty."""
    return _send(item, "first", "first", by=by, at=at, **rest)


def send_update(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """续报: starts the clock of the next one."""
    return _send(item, "update", "update", by=by, at=at, **rest)


def send_final(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """终报."""
    return _send(item, "final", "final", by=by, at=at, **rest)


def send_supplement(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """补报 after the end: casualties changed (493号令 art. 13)."""
    return _send(item, "supplement", "supplement", by=by, at=at, **rest)


def _send(
    item: WorkItem, name: str, kind: str, *, by: str, at: datetime, words: str = "",
    happened_at: datetime | None = None, **rest: Any,
) -> Step:  # fmt: skip
    """One text to every receiver. Left empty, the words are written from the facts; nothing is typed twice."""
    with transaction.atomic():
        row = lock(item)
        text = words.strip() or queries.draft(row, at=at, kind=kind)
        if name in ("first", "update"):
            row.update_due = (happened_at or at) + _until_next(row)
            row.save(update_fields=["update_due"])
        step = move(item=item, name=name, by=by, at=at, happened_at=happened_at, **rest)
        report = Report.objects.create(
            incident_id=row.pk, kind=kind, number=Report.objects.filter(incident_id=row.pk).count() + 1, words=text,
            figures=queries.figures_of(row.pk), grade=row.grade, signed_by=by, happened_at=step.happened_at,
            recorded_at=at, by=step.entered_by or by,
        )  # fmt: skip
        _deliver(row, report, at=at)
        if name == "update" and row.update_due is not None:
            restart(item, due_at=row.update_due)
    return step


def _until_next(row: Incident) -> timedelta:
    table = rulesets.value_of("incidents.update_minutes", region=row.item.region_id, at=row.received_at)
    return timedelta(
        minutes=next(each["minutes"] for each in table if each["grade"] == (row.grade or "none"))
    )


def _deliver(row: Incident, report: Report, *, at: datetime) -> None:
    Sending.objects.bulk_create(
        Sending(
            incident_id=row.pk, report=report, channel=WRITTEN, receiver=code, receiver_label=label,
            happened_at=report.happened_at, recorded_at=at, by=report.by,
        )
        for code, label in queries.receivers(region=row.item.region_id, at=at).items()
    )  # fmt: skip


def enter_receipt(
    *, item: WorkItem, receiver: str, receipt: str, by: str, at: datetime, happened_at: datetime | None = None,
    **rest: Any,
) -> Step:  # fmt: skip
    """回执: what a receiver answered, to the last report that went to it."""
    with transaction.atomic():
        row = lock(item)
        label = _receiver(row, receiver, at)
        mine = Sending.objects.filter(incident_id=row.pk, receiver=receiver, channel=WRITTEN)
        sending = mine.order_by("-happened_at", "-recorded_at").first()
        if sending is None:
            raise Refused(rules.NOT_SENT, field="receiver", receiver=label)
        step = move(
            item=item,
            name="receipt",
            by=by,
            at=at,
            happened_at=happened_at,
            receiver=receiver,
            receipt=receipt,
            **rest,
        )
        Receipt.objects.create(
            sending=sending, words=receipt[:120], happened_at=step.happened_at, recorded_at=at, by=by
        )
    return step
