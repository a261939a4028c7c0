"""Decisions about visits and checklists: pure, given facts only."""

import math
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_

# 巡查 of enterprises only. The inspection of streets and departments (责任落实巡查) is another register.
KINDS = {
    "patrol": N_("Patrol"),
    "campaign": N_("Campaign patrol"),
    "recheck": N_("Recheck visit"),
    "second_look": N_("Second look"),
    "led": N_("Check led by a principal"),
    "self_check": N_("Self-check of the firm"),
}
ANSWERS = ("fine", "not_fine", "not_here")
SIGNS = ("", "signed", "refused")
UNCLASSED = "unclassed"
CLOCK_SLACK = timedelta(minutes=2)
_LOCAL = ZoneInfo("Asia/Shanghai")

BAD_KIND = reason("patrols.bad_kind", N_("There is no kind of visit {kind}."))
BAD_ANSWER = reason(
    "patrols.bad_answer", N_("Item {item}: {answer} is no answer. Choose fine, not fine or not here.")
)
UNKNOWN_ITEM = reason("patrols.unknown_item", N_("The checklist of this visit has no item {item}."))
NO_WITNESS = reason(
    "patrols.no_witness", N_("The firm refused to sign: write down who witnessed it, then send it again.")
)
NO_SIGNATURE = reason(
    "patrols.no_signature", N_("There is no signature. Let the firm sign, or note the refusal.")
)
BEFORE_START = reason("patrols.before_start", N_("The visit ends before it began. Correct the times."))
NO_SOURCE = reason(
    "patrols.no_source",
    N_("Item {item} is tagged {tag} but names no law. Name it, or tag the item M (practice)."),
)
BAD_POINTS = reason("patrols.bad_points", N_("A score lies between 0 and 100."))
BAD_MONTHS = reason("patrols.bad_months", N_("Say how many months longer: a whole number from 1 to {most}."))
NO_COURSE = reason("patrols.no_course", N_("Name the course."))
BAD_COURSE = reason("patrols.bad_course", N_("{given} is none of the choices. Choose one of the list."))
BAD_HOURS = reason("patrols.bad_hours", N_("Class hours are a number from 0.5 to 400."))
FUTURE_COURSE = reason("patrols.future_course", N_("A course is entered when it is over."))
BAD_VALIDITY = reason(
    "patrols.bad_validity", N_("The certificate ends before the course was held. Look at the two days.")
)
NO_ITEMS = reason("patrols.no_items", N_("A checklist has at least one item."))

T = TypeVar("T")


# ---- when a firm is due ----------------
def due_at(*, grade: str, last: datetime | None, since: datetime, every_days: Mapping[str, Any]) -> datetime:
    """When the next visit is due: so many days after the last one by class (A seldom, D often), at once if never."""
    if last is None:
        return since
    return last + timedelta(days=float(every_days.get(grade or UNCLASSED, every_days[UNCLASSED])))


@dataclass(frozen=True, slots=True)
class Stop:
    """One place to go today: what is due there when, and where it lies (degrees; None where unknown)."""

    site: UUID
    due_at: datetime
    lon: float | None = None
    lat: float | None = None
    urgent: bool = False  # a recheck or a danger runs out today: before the route


def in_order(stops: Iterable[Stop], *, start: tuple[float, float] | None = None) -> list[Stop]:
    """The order to go: what is urgent by its time, then always the nearest next; those without a place last.

    Nearest-next is within a quarter of the best tour on the ten stops of a day, and a person can follow why.
    """
    rest = list(stops)
    first = sorted((s for s in rest if s.urgent), key=lambda s: (s.due_at, str(s.site)))
    near = [s for s in rest if not s.urgent and s.lon is not None]
    lost = sorted((s for s in rest if not s.urgent and s.lon is None), key=lambda s: (s.due_at, str(s.site)))
    here = _place(first[-1]) if first and _place(first[-1]) else start
    way: list[Stop] = []
    while near:
        spot = here
        step = min(near, key=lambda s: (_apart(spot, s), s.due_at, str(s.site)))
        near.remove(step)
        way.append(step)
        here = _place(step)
    return [*first, *way, *lost]


def _place(stop: Stop) -> tuple[float, float] | None:
    return None if stop.lon is None or stop.lat is None else (stop.lon, stop.lat)


def _apart(here: tuple[float, float] | None, stop: Stop) -> float:
    """Flat distance in degrees of latitude; the first stop of a day without a start is the one due first."""
    if here is None or stop.lon is None or stop.lat is None:
        return 0.0
    return math.hypot((stop.lon - here[0]) * math.cos(math.radians(here[1])), stop.lat - here[1])


# ---- checklists ----------------
def fitting(
    lists: Sequence[T], tags: Iterable[str], *, fits: Mapping[str, Sequence[str]], code: Any
) -> list[T]:
    """The lists for a firm: those of its tags first, in their own order, then those that fit everybody."""
    held = set(tags)
    own = [each for each in lists if set(fits[code(each)]) & held]
    return own + [each for each in lists if not fits[code(each)]]


def check_source(*, item: str, tag: str, law: str) -> None:
    """A clause that is said to be confirmed or second-hand names its law; without one the item is practice."""
    if tag not in ("C", "P", "M") or (tag != "M" and not law.strip()):
        raise Refused(NO_SOURCE, field="law", item=item, tag=tag or "—")


# ---- what came from the phone ----------------
def check_kind(kind: str) -> None:
    if kind not in KINDS:
        raise Refused(BAD_KIND, field="kind", kind=kind)


def check_answers(answers: Mapping[str, Any], known: Iterable[str]) -> dict[str, dict[str, str]]:
    """Answers by item code in their plain form: {"dust-03": {"answer": "not_fine", "note": "…"}}."""
    items, plain = set(known), {}
    for item, given in answers.items():
        answer = str(given.get("answer", "")) if isinstance(given, Mapping) else str(given)
        note = str(given.get("note", ""))[:500] if isinstance(given, Mapping) else ""
        if item not in items:
            raise Refused(UNKNOWN_ITEM, field="answers", item=item)
        if answer not in ANSWERS:
            raise Refused(BAD_ANSWER, field="answers", item=item, answer=answer or "—")
        plain[item] = {"answer": answer, "note": note}
    return plain


def check_sign(*, how: str, witness: str, picture: bool) -> None:
    """A signature has its picture; a refusal is noted with its witness (practice.md §2)."""
    if how == "signed" and not picture:
        raise Refused(NO_SIGNATURE, field="sign")
    if how == "refused" and not witness.strip():
        raise Refused(NO_WITNESS, field="witness")


def check_span(*, started_at: datetime, ended_at: datetime) -> None:
    if ended_at < started_at:
        raise Refused(BEFORE_START, field="ended_at")


def clock_off(*, sent_at: datetime, received_at: datetime) -> timedelta:
    """How far the phone's clock is wrong; nothing within two minutes, which is the way of the message.

    A phone whose clock runs ahead must not have a day's work refused as lying in the future.
    """
    off = sent_at - received_at
    return off if abs(off) > CLOCK_SLACK else timedelta(0)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that two hands wrote differently."""

    name: str
    mine: str
    theirs: str


def differences(mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[Difference]:
    """What two versions of a visit say differently: answers item by item, then note and sign."""
    left, right = mine.get("answers", {}), theirs.get("answers", {})
    found = [
        Difference(item, _said(left[item]), _said(right[item]))
        for item in sorted(left.keys() & right.keys())
        if _said(left[item]) != _said(right[item])
    ]
    for name in ("note", "sign_how", "signer", "witness"):
        ours, other = str(mine.get(name, "")), str(theirs.get(name, ""))
        if ours and other and ours != other:
            found.append(Difference(name, ours, other))
    return found


def _said(answer: Mapping[str, str]) -> str:
    return "：".join(part for part in (answer.get("answer", ""), answer.get("note", "")) if part)


# ---- joint checks ----------------
class HasDue(Protocol):
    due_at: datetime


def time_to_hold(record: HasDue, at: datetime) -> timedelta:
    """A joint check is held before its half-year ends."""
    return max(record.due_at - at, timedelta(0))


def half_of(day: date) -> tuple[str, date]:
    """The half-year a day lies in, and the first day after it."""
    return (
        (f"{day.year}H1", date(day.year, 7, 1))
        if day.month < 7
        else (f"{day.year}H2", date(day.year + 1, 1, 1))
    )


# ---- scores ----------------
@dataclass(frozen=True, slots=True)
class Worked:
    """What the rows of a month say of one patroller's work."""

    visits: int
    near: int  # of them begun near enough to the site
    due: int  # dangers found by them whose date lay in the month
    on_time: int
    failed_looks: int  # closures of theirs that a second look found again
    found: int = 0  # dangers found on their visits
    looks: int = 0  # rechecks that they made
    rechecks: int = 0  # of them before the clock ran out
    false_reports: int = 0  # dangers of theirs that were withdrawn


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """A line of a score: what was counted of what, and the points it gives (or takes)."""

    code: str
    n: int
    of: int
    points: float


SCORED = {
    "visits": N_("Visits, of the month's measure"),
    "near": N_("Begun on the spot"),
    "found": N_("Dangers found, of the month's measure"),
    "rechecks": N_("Rechecks made in time"),
    "on_time": N_("Own dangers rectified on time"),
    "failed_looks": N_("Found again on a second look"),
    "false_reports": N_("Reported and withdrawn"),
    "months": N_("Mean of the months"),
    "training": N_("Class hours of training"),
}


def score_of(worked: Worked, weights: Mapping[str, Any]) -> tuple[list[ScoreLine], float]:
    """The lines of a score and their sum, 0 to 100. What was not asked of somebody counts in full.

    A line without a weight is left out: the street's rule says what counts.
    """
    shares = (
        ("visits", worked.visits, int(weights["visits_a_month"])),
        ("near", worked.near, worked.visits),
        ("found", worked.found, int(weights.get("found_a_month", 0))),
        ("rechecks", worked.rechecks, worked.looks),
        ("on_time", worked.on_time, worked.due),
    )
    faults = (
        ("failed_looks", "failed_look", worked.failed_looks),
        ("false_reports", "false_report", worked.false_reports),
    )
    lines = [_share(code, n, of, weights[code]) for code, n, of in shares if code in weights]
    lines += [ScoreLine(code, n, 0, -float(weights[name]) * n) for code, name, n in faults if name in weights]
    return lines, round(min(max(sum(line.points for line in lines), 0.0), 100.0), 1)


def _share(code: str, n: int, of: int, weight: Any) -> ScoreLine:
    share = 1.0 if of == 0 else min(n / of, 1.0)
    return ScoreLine(code, n, of, round(float(weight) * share, 1))


def points(given: Any) -> Decimal:
    """The points that a person signs; raises `Refused`."""
    try:
        value = Decimal(str(given).strip())
    except InvalidOperation:
        value = Decimal(-1)
    if not 0 <= value <= 100:
        raise Refused(BAD_POINTS, field="points")
    return value.quantize(Decimal("0.1"))


# ---- a year's score ----------------
@dataclass(frozen=True, slots=True)
class YearWorked:
    """What the signed months of a year and its courses say of one patroller."""

    months: int
    mean: float  # of the months' signed points
    hours: float
    asked: float


def year_score_of(worked: YearWorked, weights: Mapping[str, Any]) -> tuple[list[ScoreLine], float]:
    """The lines of a year's score and their sum, 0 to 100: the mean of its months, and the hours of training."""
    share = 1.0 if worked.asked <= 0 else min(worked.hours / worked.asked, 1.0)
    lines = [
        ScoreLine("months", worked.months, 12, round(float(weights["months"]) * worked.mean / 100, 1)),
        ScoreLine(
            "training", round(worked.hours), round(worked.asked), round(float(weights["training"]) * share, 1)
        ),
    ]
    return lines, round(min(max(sum(line.points for line in lines), 0.0), 100.0), 1)


# ---- rotation ----------------
def months_on(at: datetime, months: int) -> datetime:
    """The same wall-clock day so many months on; the 31st becomes the month's last day."""
    local = at.astimezone(_LOCAL)
    place = local.month - 1 + months
    year, month = local.year + place // 12, place % 12 + 1
    return local.replace(year=year, month=month, day=min(local.day, monthrange(year, month)[1]))


def check_keep(given: Any, *, most: int) -> int:
    """How many months longer somebody stays: a whole number of at least one."""
    try:
        months = int(given)
    except (TypeError, ValueError):
        months = 0
    if not 1 <= months <= most:
        raise Refused(BAD_MONTHS, field="months", most=most)
    return months


# ---- training ----------------
COURSE_KINDS = {
    "induction": N_("Before the first day"),
    "yearly": N_("Yearly training"),
    "special": N_("On one subject"),
    "other": N_("Another course"),
}
RESULTS = {"passed": N_("Passed"), "attended": N_("Attended"), "failed": N_("Not passed")}


def check_course(
    *, name: str, kind: str, result: str, hours: Any, held_on: date, valid_until: date | None, today: date
) -> Decimal:
    """The hours of a course in their plain form; raises `Refused` naming the field."""
    if not name.strip():
        raise Refused(NO_COURSE, field="name")
    if kind not in COURSE_KINDS:
        raise Refused(BAD_COURSE, field="kind", given=kind or "—")
    if result not in RESULTS:
        raise Refused(BAD_COURSE, field="result", given=result or "—")
    if held_on > today:
        raise Refused(FUTURE_COURSE, field="held_on")
    if valid_until is not None and valid_until < held_on:
        raise Refused(BAD_VALIDITY, field="valid_until")
    try:
        value = Decimal(str(hours).strip())
    except InvalidOperation:
        value = Decimal(0)
    if not Decimal("0.5") <= value <= 400:
        raise Refused(BAD_HOURS, field="hours")
    return value.quantize(Decimal("0.1"))


def last_day(year: int) -> date:
    return date(year, 12, 31)


def end_of_day(day: date) -> datetime:
    """The moment a day is over, by the wall clock."""
    return datetime.combine(day + timedelta(days=1), time(), _LOCAL)


def end_of_year(year: int) -> datetime:
    return end_of_day(last_day(year))


def time_to_train(record: HasDue, at: datetime) -> timedelta:
    """What is due of one's courses is due at a fixed time: the end of the year, or of the certificate."""
    return max(record.due_at - at, timedelta(0))
