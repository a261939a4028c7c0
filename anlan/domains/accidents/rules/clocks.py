"""The clocks of an investigation: report, reply, evaluation; extensions; whether measures were carried out. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.core.workdays import local_day

TOO_LONG = reason(
    "accidents.extension_long",
    N_("An extension is at most {days} days beyond the sixty (493号令 art. 29): until {until}."),
)
NOT_LATER = reason("accidents.extension_not_later", N_("The new date must lie after the present one, {due}."))
NOT_ALL = reason(
    "accidents.measures_open",
    N_("{open} of {all} measures are not carried out yet. Look at them first, or enter what lacks."),
)
NO_MEASURE = reason("accidents.no_measure", N_("There is no measure {given} in this reply."))


def until_investigated(accident: Any, at: datetime) -> timedelta | None:
    return None if accident.investigate_due is None else accident.investigate_due - at


def until_replied(accident: Any, at: datetime) -> timedelta | None:
    return None if accident.reply_due is None else accident.reply_due - at


def until_evaluated(accident: Any, at: datetime) -> timedelta | None:
    return None if accident.evaluate_due is None else accident.evaluate_due - at


def a_year_on(start: datetime, *, years: int = 1) -> datetime:
    """The same day of a later year; 29 February becomes the 28th."""
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return start.replace(year=start.year + years, day=28)


def check_extension(*, until: datetime, due: datetime, first_due: datetime, most_days: int) -> None:
    if until <= due:
        raise Refused(NOT_LATER, field="until", due=f"{local_day(due):%F}")
    most = first_due + timedelta(days=most_days)
    if until > most:
        raise Refused(TOO_LONG, field="until", days=most_days, until=f"{local_day(most):%F}")


def days_for(table: Iterable[Mapping[str, Any]], grade: str) -> int:
    """The days of a table by grade; a grade below all is treated as the lightest."""
    rows = {row["grade"]: int(row["days"]) for row in table}
    return rows.get(grade, rows.get("ordinary", min(rows.values())))


def check_carried_out(measures: Iterable[int], results: Mapping[int, str]) -> None:
    """Every measure of the reply was looked at and found carried out."""
    numbers = list(measures)
    left = [number for number in numbers if results.get(number) != "done"]
    if left:
        raise Refused(NOT_ALL, field="measures", open=len(left), all=len(numbers))


def lines_of(text: str) -> list[str]:
    """Measures out of a text, one a line; numbers before them are not kept."""
    found = [line.strip().lstrip("0123456789.、．（）() ").strip() for line in text.splitlines()]
    return [line[:300] for line in found if line]
