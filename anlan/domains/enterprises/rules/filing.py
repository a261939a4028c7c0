"""Plan filing: both clocks in working days, the papers, and the one notice of what lacks (应急预案管理办法)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Protocol

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.core.workdays import after, end_of, local_day

NOT_ISSUED_YET = reason("enterprises.plan_not_issued", N_("The plan's day of issue lies in the future."))
NO_PAPERS = reason("enterprises.no_papers", N_("Nothing was handed in. Add at least one paper."))
NOTHING_LACKS = reason("enterprises.nothing_lacks", N_("Name what lacks: the firm is told once."))


class HasClocks(Protocol):
    """A filing as its clocks see it."""

    file_by: datetime
    check_by: datetime | None


def file_by(issued_on: date, *, working_days: int) -> datetime:
    """Until when the firm files: so many working days after the day of issue."""
    return end_of(after(issued_on, working_days))


def check_by(submitted_at: datetime, *, working_days: int) -> datetime:
    """Until when the bureau checks; silence after it counts as filed."""
    return end_of(after(local_day(submitted_at), working_days))


def time_to_file(record: HasClocks, at: datetime) -> timedelta:
    return record.file_by - at


def time_to_check(record: HasClocks, at: datetime) -> timedelta | None:
    return None if record.check_by is None else record.check_by - at


def missing(papers: Mapping[str, str], *, asked: Sequence[str]) -> list[str]:
    """The papers of the list that were not handed in."""
    return [code for code in asked if not papers.get(code)]


def check_issue(issued_on: date, *, today: date) -> None:
    if issued_on > today:
        raise Refused(NOT_ISSUED_YET, field="issued_on")


def check_papers(papers: Mapping[str, str]) -> None:
    """Whether a paper is missing is for the checker to say; an empty envelope is refused at the door."""
    if not any(papers.values()):
        raise Refused(NO_PAPERS, field="file")


def check_lacks(lacks: Collection[str]) -> None:
    if not lacks:
        raise Refused(NOTHING_LACKS, field="lacks")
