"""Accidents of former years or of another register: rows with their source, their number there and what became of them.

They are there to be counted and compared. Their investigation was led elsewhere: no clock of it runs here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.domains.accidents import queries
from anlan.domains.accidents.actions import filing
from anlan.domains.accidents.models import Accident
from anlan.domains.accidents.rules import grading, words
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.core.workdays import LOCAL
from anlan.kernel.loop.actions import move, open_item
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.orgs.models import Organisation

SERVICE = "service:accidents"
NOON = time(12)
MOVES = {"determined": "enter_determined", "written_off": "enter_written_off"}
NO_DAY = reason("accidents.past_no_day", N_("Say on which day it was determined or written off."))
EARLY = reason(
    "accidents.past_early", N_("It cannot be determined or written off before it occurred, on {occurred}.")
)
LATER = reason("accidents.past_later", N_("This day has not come yet."))
NO_TOLL = reason(
    "accidents.past_no_toll", N_("Give the dead, the hurt or the loss: without them nothing is counted.")
)


@dataclass(frozen=True, slots=True)
class PastGiven:
    """An accident that another register holds. `determination`: filed, determined or written_off; the day of it."""

    source: str
    number: str
    description: str
    type_code: str
    sector: str
    body: str
    region: str
    occurred: date | datetime
    determination: str
    determined_on: date | datetime | None = None
    grade: str = ""
    organisation: Organisation | None = None
    unit_name: str = ""
    spot: str = ""
    figures: Mapping[str, Any] = field(default_factory=dict)


def known_numbers(rows: Sequence[Mapping[str, Any]]) -> set[tuple[str, str]]:
    """(source, number) of rows that came before."""
    pairs = {(str(row["source"]), str(row["number"])) for row in rows}
    there = Accident.objects.filter(number__in={number for _source, number in pairs}).exclude(source="")
    return pairs & set(there.values_list("source", "number"))


def check_past(given: PastGiven, *, by: str, at: datetime) -> str:
    """Whether a row may come in as it is, or `Refused` with its field; returns the label of the supervising body."""
    label = filing.check_words(given.type_code, given.sector, given.body, given.region, by=by, at=at)
    grading.check_word(given.determination, words.DETERMINATIONS, "determination")
    occurred = _at(given.occurred)
    if occurred > at:
        raise Refused(LATER, field="occurred")
    if not _figures(given):
        raise Refused(NO_TOLL, field="dead")
    if given.determination != "filed":
        _check_day(given.determined_on, occurred, at)
    if given.grade:
        grading.check_signed(given.grade, _reached(given, occurred))
    return label


def _check_day(day: date | datetime | None, occurred: datetime, at: datetime) -> None:
    if day is None:
        raise Refused(NO_DAY, field="determined_on")
    if _at(day) > at:
        raise Refused(LATER, field="determined_on")
    if _at(day).astimezone(LOCAL).date() < occurred.astimezone(LOCAL).date():
        raise Refused(EARLY, field="determined_on", occurred=f"{occurred.astimezone(LOCAL):%F}")


def _at(day: date | datetime) -> datetime:
    """A day as a time: noon of it."""
    return day if isinstance(day, datetime) else datetime.combine(day, NOON, LOCAL)


def _figures(given: PastGiven) -> dict[str, int]:
    known = {name: value for name, value in given.figures.items() if value not in (None, "", 0, "0")}
    return grading.grown({}, known, why="") if known else {}


def _reached(given: PastGiven, occurred: datetime) -> str:
    return grading.grade(queries.bands(region=given.region, at=occurred), _figures(given))


def enter_past(given: PastGiven, *, by: str, at: datetime, exercise_id: UUID | None = None) -> WorkItem:
    """Write one row down: the accident, its toll, and what it was determined to be on which day. Raises `Refused`."""
    label = check_past(given, by=by, at=at)
    occurred = _at(given.occurred)
    row = Accident(
        type_code=given.type_code, sector=given.sector, body=given.body,
        body_label=label, description=given.description.strip()[:300],
        occurred_at=occurred, counts_until=filing.counts_until(given.type_code, occurred, given.region),
        organisation=given.organisation, unit_name=given.unit_name[:160], spot=given.spot[:200],
        source=given.source.strip()[:160], number=given.number.strip()[:60],
        signed_grade=(given.grade or _reached(given, occurred)) if given.determination == "determined" else "",
    )  # fmt: skip
    with transaction.atomic():
        item = open_item(
            loop=queries.LOOP, record=row, title=f"{row.unit or row.spot} {row.description}".strip()[:300],
            region=given.region, severity=2, charge_duty="accident_office", by=by, at=at, happened_at=occurred,
            exercise_id=exercise_id,
        )  # fmt: skip
        filing.write_toll(row, _figures(given), by=by, at=at, happened=occurred)
        if (name := MOVES.get(given.determination)) is not None and given.determined_on is not None:
            move(item=item, name=name, by=SERVICE, at=at, happened_at=_at(given.determined_on))
    return item
