"""Decisions about contractor work: values in, a value or `Refused` out."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.core.workdays import local_minute

# The eight kinds of work that need a permit (GB 30871-2022 names them).
PERMIT_WORKS = {
    "hot": N_("Hot work"),
    "confined_space": N_("Entry into a confined space"),
    "blind_plate": N_("Blind plate"),
    "height": N_("Work at height"),
    "lifting": N_("Lifting"),
    "electricity": N_("Temporary electricity"),
    "digging": N_("Digging"),
    "road": N_("Closing a road"),
}

SPAN = reason("contractors.span", N_("The work ends before it begins. Set the end after {start}."))
TOO_LONG = reason(
    "contractors.too_long",
    N_("A notice covers at most {days} days. Shorten it, or prolong it later."),
)
OTHER_SITE = reason(
    "contractors.other_site", N_("This site is not one of {host}. Choose a site of that firm.")
)
NOT_THE_HOST = reason(
    "contractors.not_the_host",
    N_(
        "Notice is given by {host} itself, or for it by the station or the patroller there. Choose your own firm."
    ),
)
NO_WORKERS = reason("contractors.no_workers", N_("Say how many people come: at least one."))
NO_NAMES = reason("contractors.no_names", N_("Write the names of those who were taught, one a line."))
UNTAUGHT = reason(
    "contractors.untaught",
    N_("{missing} of {workers} people have not seen the lesson. Record it before they go in."),
)
NO_PERMIT = reason("contractors.no_permit", N_("No valid permit for: {works}. Record it before they go in."))
UNKNOWN_WORK = reason(
    "contractors.unknown_work", N_("There is no permit work {work}. Choose one of the list.")
)
PERMIT_OVER = reason("contractors.permit_over", N_("This permit ran out on {until}. Ask for a new one."))
NOT_PROLONGED = reason("contractors.not_prolonged", N_("The new end must lie after {end}."))
NO_FINDING = reason(
    "contractors.no_finding", N_("Say what is wrong, so that it becomes a danger with a clock.")
)


def until_start(job: Any, at: datetime) -> timedelta:
    """The gate must answer before the crew begins."""
    left: timedelta = job.start_at - at
    return max(left, timedelta(0))


def until_end(job: Any, at: datetime) -> timedelta:
    """The crew has left by the end that was noticed or prolonged to."""
    left: timedelta = job.end_at - at
    return max(left, timedelta(0))


def check_span(start: datetime, end: datetime, *, most_days: int) -> None:
    if end <= start:
        raise Refused(SPAN, field="end_at", start=local_minute(start))
    if end - start > timedelta(days=most_days):
        raise Refused(TOO_LONG, field="end_at", days=most_days)


def names_of(text: str) -> list[str]:
    """Names out of a text, one a line or parted by commas; each once, in order."""
    parts = text.replace("，", "\n").replace("、", "\n").replace(",", "\n").splitlines()
    found = list(dict.fromkeys(part.strip() for part in parts if part.strip()))
    if not found:
        raise Refused(NO_NAMES, field="names")
    return found


def missing_permits(
    works: Iterable[str], permits: Mapping[str, Collection[datetime]], *, at: datetime
) -> list[str]:
    """The works of a job that have no permit valid at a time; `permits`: work → when its permits end."""
    return [work for work in works if not any(until > at for until in permits.get(work, ()))]


def check_admission(*, workers: int, taught: int, lacking: list[str]) -> None:
    """Nobody goes in untaught, and no permit work without its permit."""
    if taught < workers:
        raise Refused(UNTAUGHT, field="names", missing=workers - taught, workers=workers)
    if lacking:
        raise Refused(NO_PERMIT, field="work", works="、".join(str(PERMIT_WORKS[work]) for work in lacking))


# ---- the eight ones, the guide, the terminals ----------------
# What each of the eight is told from: facts of the job and its park that stand in rows already.
TOLD = ("notice", "lesson", "permit", "briefing", "check", "board", "terminal", "leader")
WORRIES = {
    "no_helmet": N_("Somebody without a helmet"),
    "no_belt": N_("Somebody without a safety belt"),
    "smoke": N_("Smoke or fire"),
    "intruder": N_("Somebody in a closed area"),
    "off_hours": N_("Work outside the noticed hours"),
}
FIXTURES = {
    "terminal": N_("Terminal"),
    "board": N_("Warning board"),
    "showcase": N_("Show-case board"),
}
STEPS = ("bought", "installed", "connected", "removed")
KEEPERS = ("station_keeper", "street_safety_officer", "safety_section")
# The register that is given out is in Chinese, as its readers' own lists are.
WORDS = {
    "hot": "动火", "confined_space": "受限空间", "blind_plate": "盲板抽堵", "height": "高处", "lifting": "吊装",
    "electricity": "临时用电", "digging": "动土", "road": "断路",
}  # fmt: skip
NO_REGION = reason(
    "contractors.no_region", N_("There is no region “{given}”, or several. Write its twelve digits.")
)
NOT_YOUR_GROUND = reason(
    "contractors.not_your_ground",
    N_("Terminals and boards are entered by the station or the safety office there."),
)
NO_STEP = reason("contractors.no_step", N_("Say at least one day: bought, installed, connected or removed."))
AHEAD = reason("contractors.ahead", N_("{day} lies ahead. Enter what has happened."))
NO_TERMINAL = reason("contractors.no_terminal", N_("There is no terminal {code} here."))
BAD_WORRY = reason("contractors.bad_worry", N_("A terminal knows no worry {given}."))
BAD_ONES = reason(
    "contractors.bad_ones", N_("Each of the measures needs a name and what it is told from: {told}.")
)
BAD_GUIDE = reason("contractors.bad_guide", N_("A line of the guide needs its work and its text."))


def check_ones(value: Any) -> None:
    """What a row of the rule contractors.eight_ones must be."""
    if not isinstance(value, list) or not value:
        raise Refused(BAD_ONES, told="、".join(TOLD))
    for line in value:
        if not isinstance(line, Mapping) or not line.get("name") or line.get("from") not in TOLD:
            raise Refused(BAD_ONES, told="、".join(TOLD))


def check_guide(value: Any) -> None:
    """What a row of the rule contractors.patrol_guide must be: lines of a work (or of every one) and a text."""
    if not isinstance(value, list) or not value:
        raise Refused(BAD_GUIDE)
    for line in value:
        known = (
            isinstance(line, Mapping) and line.get("text") and line.get("work") in ("every", *PERMIT_WORKS)
        )
        if not known:
            raise Refused(BAD_GUIDE)


def guide_for(guide: Iterable[Mapping[str, Any]], works: Collection[str]) -> list[Mapping[str, Any]]:
    """The lines of the guide that a crew is looked at by: those of every crew, then those of its permit works."""
    lines = list(guide)
    every = [line for line in lines if line["work"] == "every"]
    return every + [line for line in lines if line["work"] in works]
