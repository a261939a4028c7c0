"""The number of sensing (practice.md §7, group 18)."""

from datetime import datetime

from anlan.domains.sensing.queries import alarms
from anlan.kernel.core.words import N_
from anlan.kernel.indicators.spec import Counted, Cut, Indicator, Period, percent


def alarm_truth(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Alarms judged true ÷ alarms that the watch judged, per cent; the rows are the judged ones."""
    began, true, false = alarms.judged(
        region=cut.region, start=period.start, end=period.end, as_of=as_of, exercise_id=cut.exercise_id
    )
    told = [item for item in began if item in true or item in false]
    return Counted(percent(len(true), len(told)), len(told), told)


INDICATORS = (
    Indicator(
        code="sensing.alarm_truth",
        label=N_("Alarm truth"),
        unit="%",
        definition=N_(
            "Alarms that began in the period and were judged true ÷ those that were judged, by the last word on each."
        ),
        of=alarm_truth,
    ),
)
