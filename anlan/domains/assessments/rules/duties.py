"""Who may do what in an assessment, and the refusals that say so. Pure."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_

OFFICE = ("assessment_office",)
DECIDERS = ("assessment_office", "bureau_chief")
UNIT = ("unit_head", "liaison_a")
VETTING = "vetting_keeper"  # 核查意见专责: sees what nobody else sees

NOT_OFFICE = reason(
    "assessments.not_office", N_("Assessments are kept by the assessment office of the region.")
)
NOT_UNIT = reason("assessments.not_unit", N_("Only the people of {unit} score it. Ask one of them."))
OWN_SCORE = reason(
    "assessments.own_score", N_("You scored this unit yourself, or work in it; another person checks it.")
)
NOT_CHECKED = reason("assessments.not_checked", N_("Not checked yet: {units}. Publish when all are."))
UNSCORED = reason(
    "assessments.unscored", N_("No points yet for: {items}. Give points, or say why it does not apply.")
)
BAD_POINTS = reason("assessments.bad_points", N_("“{item}” takes 0 to {most} points, not {given}."))
NO_WORDS = reason(
    "assessments.no_words", N_("“{item}” does not apply: say why. It stands in the result for good.")
)
BAD_CLAUSE = reason("assessments.bad_clause", N_("The scheme has no clause {code}. Choose one of its own."))
BAD_TIMES = reason(
    "assessments.bad_times", N_("A clause applies once or more, at most 100 times in one entry.")
)
NO_UNITS = reason(
    "assessments.no_units", N_("The region has no units of the kinds that the scheme names: {kinds}.")
)
OPENED = reason("assessments.opened_already", N_("This scheme was opened for these days already."))
BAD_SPAN = reason("assessments.bad_span", N_("The period ends before it begins."))
VERSION_HELD = reason(
    "assessments.version_held",
    N_("Version {version} of {code} is there with another text. A changed scheme takes the next number."),
)
NO_WHY = reason("assessments.no_why", N_("Say why. It stands beside the points for good."))
STATE = reason("assessments.state", N_("This cannot be done now: the sheet is “{state}”."))
NO_PANEL = reason(
    "assessments.no_panel", N_("Name at least one member of the panel; the leader is none of them.")
)
NOT_PANEL = reason("assessments.not_panel", N_("You are not on this panel."))
SCORED_ALREADY = reason("assessments.scored_already", N_("You gave your score already. It stays as it is."))
BAD_SCORE = reason("assessments.bad_score", N_("A score is a number from 0 to 100, not {given}."))
PANEL_WAITS = reason("assessments.panel_waits", N_("Still to score: {names}. None is left out."))
NOT_KEEPER = reason("assessments.not_vetting", N_("There is no such page, or it is not yours to see."))
NO_LINES = reason("assessments.vetting_no_lines", N_("Write one person or unit a line: name, unit, post."))
NO_WORDS_OPINION = reason(
    "assessments.opinion_no_words", N_("An opinion with an objection says what it rests on. Write it.")
)
BAD_OPINION = reason("assessments.bad_opinion", N_("An opinion is “no objection” or “objection”."))
ASKED_BY_SELF = reason(
    "assessments.vetting_self", N_("This opinion is about yourself; another keeper signs it.")
)
NO_PURPOSE = reason("assessments.vetting_purpose", N_("An opinion is for a promotion or for an award."))
NO_EVIDENCE = reason(
    "assessments.veto_no_evidence", N_("A veto rests on evidence: name the rows, or attach a paper.")
)
VETO_THERE = reason("assessments.veto_there", N_("This veto is proposed for {unit} already."))
NO_FINDING = reason("assessments.finding_no_words", N_("Write what was found."))
NO_ITEMS = reason("assessments.pack_no_items", N_("Choose at least one item for the pack."))
PACK_NOT_READY = reason("assessments.pack_not_ready", N_("The pack is not ready yet."))


def until_objections_end(sheet: Any, at: datetime) -> timedelta:
    """Until the units may object no more, as the round says since it was published."""
    end: datetime | None = sheet.round.object_until
    return timedelta(0) if end is None else max(end - at, timedelta(0))


def check_other_person(by: UUID, *, scorers: Collection[UUID], colleagues: bool) -> None:
    """A sheet is checked by somebody who neither scored it nor belongs to the unit."""
    if by in scorers or colleagues:
        raise Refused(OWN_SCORE)


def check_all(missing: Iterable[str], code: str, name: str) -> None:
    """Refuse with everything that is still missing, not just the first of it."""
    found = list(missing)
    if found:
        raise Refused(code, **{name: "、".join(found)})
