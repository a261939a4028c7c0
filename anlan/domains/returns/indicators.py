"""The numbers of returns: on time, late now, confirmed by an export, fields that differed."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from anlan.domains.returns.queries import records
from anlan.kernel.core.words import N_
from anlan.kernel.indicators.spec import Counted, Cut, Indicator, Period, percent


def on_time(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Entered on the upper system by when they were due ÷ due in the period and no longer open."""
    known = [
        (row, at) for row, at in records.due_in(**_span(cut, period, as_of)) if at or row.due_at <= as_of
    ]
    met = [row for row, at in known if at is not None and at <= row.due_at]
    return Counted(percent(len(met), len(known)), len(known), [row.pk for row, _at in known])


def late(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Due in the period and entered late, or not yet."""
    known = records.due_in(**_span(cut, period, as_of))
    rows = [row.pk for row, at in known if (at or as_of) > row.due_at]
    return Counted(Decimal(len(rows)), len(known), rows)


def differences(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Fields in which an export read in the period differed from ours."""
    found = list(records.found_in(**_span(cut, period, as_of)))
    items = list(dict.fromkeys(each.read.item_id for each in found))
    return Counted(Decimal(len(found)), len(items), items)


def _span(cut: Cut, period: Period, as_of: datetime) -> dict[str, Any]:
    return {
        "region": cut.region, "start": period.start, "end": period.end, "as_of": as_of, "exercise_id": cut.exercise_id,
    }  # fmt: skip


INDICATORS = (
    Indicator(
        "returns.on_time", N_("Returns entered on time"), "%",
        N_("Returns entered on the upper system by their time ÷ those due; those not asked for are left out."),
        on_time,
    ),
    Indicator(
        "returns.late", N_("Returns late"), N_("items"),
        N_("Due in the period and entered after that, or not entered yet."), late, digits=0,
    ),
    Indicator(
        "returns.differences", N_("Fields that differed in an export"), N_("fields"),
        N_("Fields of exports read in the period that did not say what ours did; base: returns."), differences,
        digits=0,
    ),
)  # fmt: skip
