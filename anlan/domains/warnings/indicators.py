"""The numbers of call-outs (practice.md §7, group 17). They count answers, which are written once."""

from datetime import datetime
from decimal import Decimal

from anlan.domains.warnings.queries import counted
from anlan.kernel.core.words import N_
from anlan.kernel.indicators.rowsets import RowFormula
from anlan.kernel.indicators.spec import Counted, Cut, Indicator, Period

answered_in_time = RowFormula(counted.called, hit="in_time", share=True)
on_post = RowFormula(counted.called, hit="posted", base="asked", share=True)


def median_answer_time(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Median of the seconds from call to first answer, over those who answered."""
    seconds, rows = counted.median_answer(cut, period, as_of)
    return Counted(None if seconds is None else Decimal(str(seconds)), len(rows), rows)


def signals(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Signals issued in the period for the region, a part of it, or all around it."""
    rows = counted.signals(cut, period, as_of)
    return Counted(Decimal(len(rows)), len(rows), rows)


INDICATORS = (
    Indicator(
        code="warnings.signals",
        label=N_("Warning signals"),
        unit=N_("times"),
        definition=N_("Signals of the weather offices issued in the period, each message and hazard once."),
        of=signals,
        digits=0,
    ),
    Indicator(
        code="warnings.answered_in_time",
        label=N_("Call-out answered in time"),
        unit="%",
        definition=N_(
            "Persons who answered within the limit of the colour ÷ persons called in the period. One person counts "
            "once a call-out; an answer through somebody else counts. The limit is the rule warnings.answer_limit."
        ),
        of=answered_in_time,
        cuts=("region", "period", "duty"),
    ),
    Indicator(
        code="warnings.on_post",
        label=N_("On post"),
        unit="%",
        definition=N_(
            "Persons who reported on post or further ÷ persons called whose strictest duty asks for more than received."
        ),
        of=on_post,
        cuts=("region", "period", "duty"),
    ),
    Indicator(
        code="warnings.median_answer_time",
        label=N_("Median answer time"),
        unit=N_("seconds"),
        definition=N_("Median of the time from the call to the first answer, over the persons who answered."),
        of=median_answer_time,
        cuts=("region", "period", "duty"),
        digits=0,
    ),
)
