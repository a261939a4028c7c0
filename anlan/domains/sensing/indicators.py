"""The numbers of sensing (practice.md §7, groups 18 and 19)."""

from datetime import datetime
from decimal import Decimal

from anlan.domains.sensing.queries import alarms, numbers
from anlan.kernel.core.words import N_
from anlan.kernel.indicators.rowsets import RowFormula
from anlan.kernel.indicators.spec import Counted, Cut, Indicator, Period, percent


def alarm_truth(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Alarms judged true ÷ alarms that the watch judged, per cent; the rows are the judged ones."""
    began, true, false = alarms.judged(
        region=cut.region, start=period.start, end=period.end, as_of=as_of, exercise_id=cut.exercise_id
    )
    told = [item for item in began if item in true or item in false]
    return Counted(percent(len(true), len(told)), len(told), told)


def rain(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Mean over the rain gauges of what fell in the period, millimetres; base: gauges that told anything."""
    fell = numbers.rain_by_station(cut, period, as_of)
    total = sum((mm for _, mm in fell), Decimal(0))
    return Counted(total / len(fell) if fell else None, len(fell), [station for station, _ in fell])


def rain_most(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """The most that fell at one gauge; the first row is that gauge."""
    fell = numbers.rain_by_station(cut, period, as_of)
    return Counted(fell[0][1] if fell else None, len(fell), [station for station, _ in fell])


MM, STATION = N_("mm"), "sensing.station"
INDICATORS = (
    Indicator(
        "sensing.rain", N_("Rain, mean of the gauges"), MM,
        N_("What the gauges of the region measured in the period, mean over the gauges; doubtful readings left out."),
        rain, opens=STATION,
    ),
    Indicator(
        "sensing.rain_most", N_("Rain at the wettest gauge"), MM,
        N_("The most that one gauge of the region measured in the period; doubtful readings left out."),
        rain_most, opens=STATION,
    ),
    Indicator(
        "sensing.online", N_("Devices online"), "%",
        N_("Instruments with a reading within the time they may be silent, at the period's end ÷ instruments in use."),
        RowFormula(numbers.speaking, hit="spoke", share=True, dated=False), opens=STATION,
    ),
    Indicator(
        code="sensing.alarm_truth",
        label=N_("Alarm truth"),
        unit="%",
        definition=N_(
            "Alarms that began in the period and were judged true ÷ those that were judged, by the last word on each."
        ),
        of=alarm_truth,
    ),
)  # fmt: skip
