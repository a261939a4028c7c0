"""A form is marked as entered on the upper system, with what stood on our page; or it is not asked for."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.domains.returns.actions.opening import check_filler, form_of, open_return
from anlan.domains.returns.models import Entered, Return
from anlan.domains.returns.queries.reading import Known
from anlan.domains.returns.rules.forms import Form
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.core.workdays import local_minute
from anlan.kernel.indicators import counting
from anlan.kernel.indicators.models import Count
from anlan.kernel.indicators.spans import Span
from anlan.kernel.ledger.actions import record
from anlan.kernel.loop.actions import move
from anlan.kernel.loop.models import Step, WorkItem

LATE_AFTER = timedelta(minutes=30)
OLD_AFTER = timedelta(hours=12)
OLD_PAGE = reason(
    "returns.old_page",
    N_("This page shows what was known at {as_of}. Load it again, look at the figures, then mark it."),
)
NO_FACT = reason("returns.no_fact", N_("“{head}” comes from a register of ours. Correct it there, not here."))
NOT_WHOLE = reason("returns.not_whole", N_("“{head}” takes a number from 0 up, not “{given}”."))


def mark_entered(
    *, form: Form, region: str, span: Span, by: str, at: datetime, as_of: datetime | None = None,
    matter: WorkItem | None = None, number: str = "", happened_at: datetime | None = None, why: str = "",
    exercise_id: UUID | None = None,
) -> Entered:  # fmt: skip
    """Somebody typed the form into the upper system. What was on our page (`as_of`) is kept, to be held beside its
    export. `number` is what that system answered. Raises `Refused`."""
    check_filler(form, region=region, by=by, at=at)
    shown = min(as_of or at, at)
    if at - shown > OLD_AFTER:
        raise Refused(OLD_PAGE, field="as_of", as_of=local_minute(shown))
    with transaction.atomic():
        row = open_return(
            form=form, region=region, span=span, by=by, at=at, matter=matter, exercise_id=exercise_id
        )
        return _enter(row, form, shown, number.strip(), by=by, at=at, happened_at=happened_at, why=why)


def _enter(
    row: Return, form: Form, shown: datetime, number: str, *, by: str, at: datetime, happened_at: datetime | None,
    why: str,
) -> Entered:  # fmt: skip
    item = WorkItem.objects.get(pk=row.pk)
    name = "enter" if item.state == "due" else "again"
    step = move(item=item, name=name, by=by, at=at, happened_at=happened_at, reason=why)
    filled = Known(form, item.region_id, span_of(form, row), shown, item.exercise_id, row.subject).filled()
    kept = Entered.objects.create(
        item=item, as_of=shown, cells=filled.texts, number=number[:80], happened_at=step.happened_at, recorded_at=at,
        late_entry=at - step.happened_at > LATE_AFTER, by=by,
    )  # fmt: skip
    record(
        code="returns.entered", subject=("loop.item", item.pk),
        facts={"form": form.code, "as_of": shown.isoformat(), "number": kept.number, "cells": filled.texts}, by=by,
        at=at, happened_at=step.happened_at, region=item.region_id, exercise_id=item.exercise_id,
    )  # fmt: skip
    return kept


def span_of(form: Form, row: Return) -> Span:
    """The days that a return is about."""
    whole = form.period in ("month", "cut", "quarter", "half", "year")
    return Span(form.period if whole else "since", row.first, row.last)


def enter_by_item(
    *,
    item: WorkItem,
    by: str,
    at: datetime,
    happened_at: datetime | None = None,
    reason: str = "",
    **_rest: Any,
) -> Step:
    """The same from the common page of items and from programs: what is known now is kept."""
    row = Return.objects.select_related("subject").get(pk=item.pk)
    form = form_of(row.form)
    check_filler(form, region=item.region_id, by=by, at=at)
    with transaction.atomic():
        _enter(row, form, at, "", by=by, at=at, happened_at=happened_at, why=reason)
    item.refresh_from_db()
    return Step.objects.filter(item=item).order_by("-at", "-pk")[0]


def skip(*, item: WorkItem, by: str, at: datetime, reason: str = "", **rest: Any) -> Step:
    """The upper level does not ask for it this time; the reason stands beside it."""
    row = Return.objects.get(pk=item.pk)
    check_filler(form_of(row.form), region=item.region_id, by=by, at=at)
    return move(item=item, name="skip", by=by, at=at, reason=reason, **rest)


# ---- facts that no register holds ----------------
def tell_fact(
    *, form: Form, code: str, value: str, source: str, region: str, span: Span, by: str, at: datetime,
    matter: WorkItem | None = None, why: str = "", exercise_id: UUID | None = None,
) -> Count:  # fmt: skip
    """A figure that no register of ours keeps yet is entered once, as a counted record with its source; every form and
    report that asks for it reads it there. Another value is a correction with its reason."""
    check_filler(form, region=region, by=by, at=at)
    column = form.column(code)
    if column is None or column.source != "count":
        raise Refused(NO_FACT, field="value", head=column.path if column else code)
    if value.strip().startswith("-"):
        raise Refused(NOT_WHOLE, field="value", head=column.path, given=value)
    where = matter.region_id if matter is not None else region
    days = Known(form, region, span, at, exercise_id, matter).days(column)
    held = counting.counted(region=where, span=days, as_of=at, exercise_id=exercise_id).filter(
        code=column.of[0]
    )
    known = held.first()
    if known is not None:
        return counting.correct(row=known, value=value, why=why, by=by, at=at)
    return counting.count(
        code=column.of[0], value=value, unit=column.unit or "—", scope=column.path, region=where, span=days,
        source=source, by=by, at=at, exercise_id=exercise_id,
    )  # fmt: skip
