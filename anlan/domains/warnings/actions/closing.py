"""Closing a call-out: whoever is still open is ended with it, and nobody is rung any more."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from anlan.domains.warnings.models import CallOut, CallOutItem, Passing
from anlan.kernel.loop.actions import Making, move, move_all
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.messaging.actions import close, open_about
from anlan.kernel.messaging.models import Message


def close_call_out(*, item: WorkItem, by: str, at: datetime, reason: str = "", **rest: Any) -> Step:
    """Close it with a reason. The unreached stay written as unreached; their items end with the call-out."""
    with transaction.atomic():
        step = move(item=item, name="close", by=by, at=at, reason=reason, **rest)
        call_out = CallOut.objects.get(pk=item.pk)
        rows = list(
            CallOutItem.objects.select_related("item").filter(call_out=call_out, item__closed_at=None)
        )
        move_all(
            [Making(item=row.item, name="end", by="service:warnings", at=at, reason=reason) for row in rows]
        )
        _stop(Message.objects.filter(open_about(("warnings.call_out", call_out.pk))), by=by, at=at)
        _stop(Message.objects.filter(pk__in=_passed_on(rows)), by=by, at=at)
    return step


def cancel_item(*, item: WorkItem, by: str, at: datetime, reason: str = "", **rest: Any) -> Step:
    """Somebody was called in error: their item and their message end."""
    with transaction.atomic():
        step = move(item=item, name="cancel", by=by, at=at, reason=reason, **rest)
        row = CallOutItem.objects.get(pk=item.pk)
        own = Message.objects.filter(open_about(("warnings.call_out", row.call_out_id)), person=row.person_id)
        _stop(own, by=by, at=at)
        _stop(Message.objects.filter(pk__in=_passed_on([row])), by=by, at=at)
    return step


def _passed_on(rows: Sequence[CallOutItem]) -> QuerySet[Passing, UUID | None]:
    """The messages that went to others because these people were silent."""
    return Passing.objects.filter(item__in=rows, message__isnull=False).values_list("message", flat=True)


def _stop(messages: QuerySet[Message], *, by: str, at: datetime) -> None:
    close(list(messages.values_list("pk", flat=True)), by=by, at=at, why="closed")
