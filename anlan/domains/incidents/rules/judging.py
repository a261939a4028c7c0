"""Decisions about what is judged of an event and what units are told and asked: values in, a value or `Refused` out."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_

EVERY = "*"  # of the rule incidents.departments: units that are told of every kind

NOT_WATCH = reason(
    "incidents.not_watch",
    N_("This is done by the watch or the leader on duty of the region. Tell the watch."),
)
OVER = reason("incidents.event_over", N_("“{title}” is over. What is learnt now goes into a supplement."))
NOTHING_KNOWN = reason("incidents.nothing_known", N_("Write what is known, in a sentence at least."))
NOTHING_OPEN = reason(
    "incidents.nothing_unknown",
    N_(
        "Write what is not known yet. Where nothing is open, write that, so that nobody takes silence for knowledge."
    ),
)
NO_OPINION = reason("incidents.no_opinion", N_("Write what you judge of it: it is you who signs."))
BAD_REVIEW = reason(
    "incidents.bad_review", N_("Set when it is looked at again: after now, within {hours} hours.")
)
JUDGED_MEANWHILE = reason(
    "incidents.judged_meanwhile",
    N_("{by} signed version {version} while you wrote. Read it, then sign yours again."),
)
NO_UNITS = reason("incidents.no_units", N_("Choose at least one unit."))
NO_WORDS = reason("incidents.no_notice", N_("Write what the units are to know."))
NO_QUESTION = reason("incidents.no_question", N_("Write what you want to know of the unit."))
NO_ANSWER = reason("incidents.no_answer", N_("Write what your unit knows, so that it can be passed on."))
BAD_DUE = reason("incidents.bad_due", N_("Set by when the answer is needed: a time after now."))
TOLD_ALREADY = reason(
    "incidents.told_already", N_("{units} were told already and have not answered. Choose others.")
)
BAD_DEPARTMENTS = reason(
    "incidents.bad_departments",
    N_("Each line needs a kind of event (or * for every one) and the name of a unit."),
)


def check_departments_rule(value: Any) -> None:
    """What a row of the rule incidents.departments must be: a kind of event and the name of a unit a line."""
    if not isinstance(value, list) or not value:
        raise Refused(BAD_DEPARTMENTS)
    for line in value:
        if not isinstance(line, Mapping) or not line.get("kind") or not line.get("unit"):
            raise Refused(BAD_DEPARTMENTS)


def units_for(table: Iterable[Mapping[str, str]], kind: str) -> list[str]:
    """The names of the units of a kind of event, those of every kind last; each once."""
    lines = list(table)
    own = [line["unit"] for line in lines if line["kind"] == kind]
    return list(dict.fromkeys(own + [line["unit"] for line in lines if line["kind"] == EVERY]))


def until_review(record: Any, at: datetime) -> timedelta:
    """A judgement is looked at again when it says so."""
    left: timedelta = record.review_at - at
    return max(left, timedelta(0))


def until_answer(record: Any, at: datetime) -> timedelta:
    """An answer is due when the question says so."""
    left: timedelta = record.wanted_by - at
    return max(left, timedelta(0))


def check_judgement(known: str, unknown: str, opinion: str) -> None:
    """Each of the three parts has words, at its field."""
    for field, words, code in (
        ("known", known, NOTHING_KNOWN), ("unknown", unknown, NOTHING_OPEN), ("opinion", opinion, NO_OPINION),
    ):  # fmt: skip
        if not words.strip():
            raise Refused(code, field=field)


def check_review(review_at: datetime | None, *, at: datetime, hours: int) -> datetime:
    """When it is looked at again: after now and soon enough."""
    if review_at is None or not at < review_at <= at + timedelta(hours=hours):
        raise Refused(BAD_REVIEW, field="review_at", hours=hours)
    return review_at
