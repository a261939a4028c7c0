"""The numbers of receiving, reporting and the watch (practice.md §7, group 16)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from anlan.domains.incidents.queries import events, watch
from anlan.domains.incidents.queries.events import Span, Standing
from anlan.kernel.core.words import N_
from anlan.kernel.indicators.spec import Counted, Cut, Indicator, Period, percent


def received(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Events received in the period."""
    return _all(events.received(_span(cut, period, as_of)).values_list("pk", flat=True))


def reported_up(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Reports that went up in the period; a text that goes to two receivers is one."""
    rows = list(events.reports(_span(cut, period, as_of)).values_list("incident_id", flat=True))
    return Counted(Decimal(len(rows)), len(rows), list(dict.fromkeys(rows)))


def reported_share(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Events received in the period that were reported up ÷ received."""
    found = list(events.received(_span(cut, period, as_of)).values_list("pk", flat=True))
    reported = events.first_reported(found, as_of=as_of)
    return Counted(percent(len(reported), len(found)), len(found), reported)


def in_time(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Clocks of first reports that ended in the period and were met ÷ all of them."""
    due = _due(cut, period, as_of)
    met = [each for each in due if each.state == "on_time"]
    return Counted(percent(len(met), len(due)), len(due), _events(due))


def late(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Clocks of first reports that were met after their end."""
    return _standing(cut, period, as_of, "late")


def missed(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Clocks of first reports that ended and were not met."""
    return _standing(cut, period, as_of, "missed")


def checks_passed(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Units that answered and were informed ÷ units called."""
    made = [
        (row, step)
        for row, step in watch.checks(_span(cut, period, as_of))
        if cut.unit is None or row.unit_id == cut.unit
    ]
    passed = sum(1 for _row, step in made if step.move == "pass")
    return Counted(percent(passed, len(made)), len(made), [row.pk for row, _step in made])


def covered(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Minutes with a watch ÷ minutes of the period, from the first shift on."""
    span = _span(cut, period, min(as_of, period.end))
    on = watch.manned(span)
    if not on:
        return Counted(None, 0)
    start, end = max(period.start, min(begin for _pk, begin, _end in on)), span.as_of
    open_s = sum((last - first).total_seconds() for first, last in watch.gaps_since_first(span))
    whole = (end - start).total_seconds()
    share = Decimal(str((whole - open_s) * 100 / whole)) if whole > 0 else None
    return Counted(share, len(on), [pk for pk, _start, _end in on])


def _due(cut: Cut, period: Period, as_of: datetime) -> list[Standing]:
    """Clocks that ended in the period and are no longer open."""
    return [each for each in events.due_in(_span(cut, period, as_of)) if each.state != "open"]


def _standing(cut: Cut, period: Period, as_of: datetime, state: str) -> Counted:
    due = _due(cut, period, as_of)
    found = [each for each in due if each.state == state]
    return Counted(Decimal(len(found)), len(due), _events(found))


def _events(rows: Sequence[Standing]) -> list[UUID]:
    return list(dict.fromkeys(each.incident for each in rows))


def _all(ids: Iterable[UUID]) -> Counted:
    found = list(ids)
    return Counted(Decimal(len(found)), len(found), found)


def _span(cut: Cut, period: Period, as_of: datetime) -> Span:
    return Span(cut.region, period.start, period.end, as_of, cut.exercise_id)


INDICATORS = (
    Indicator(
        "incidents.received", N_("Events received"), N_("events"),
        N_("Events told to the watch in the period, less those that were none or part of another one."),
        received, digits=0,
    ),
    Indicator(
        "incidents.reported_up", N_("Reports sent upward"), N_("reports"),
        N_("First, follow-up and final reports that went out in the period; one text to two receivers is one."),
        reported_up, digits=0,
    ),
    Indicator(
        "incidents.reported_share", N_("Events reported upward"), "%",
        N_("Events received in the period with a first report ÷ events received."), reported_share,
    ),
    Indicator(
        "incidents.first_in_time", N_("First reports in time"), "%",
        N_("Clocks of first reports (telephone, written) that ended in the period and all receivers had ÷ all."),
        in_time,
    ),
    Indicator(
        "incidents.first_late", N_("First reports late"), N_("items"),
        N_("Clocks of first reports that ended in the period and were met after their end."), late, digits=0,
    ),
    Indicator(
        "incidents.first_missed", N_("First reports missed"), N_("items"),
        N_("Clocks of first reports that ended in the period and were not met at all."), missed, digits=0,
    ),
    Indicator(
        "incidents.checks_passed", N_("Duty checks passed"), "%",
        N_("Units that answered and knew the matter ÷ units called in the period."),
        checks_passed, cuts=("region", "period", "unit"),
    ),
    Indicator(
        "incidents.watch_covered", N_("Time with a watch"), "%",
        N_("Minutes between the beginning and the taking over of shifts ÷ minutes from the first shift on."),
        covered,
    ),
)  # fmt: skip
