"""全员安全生产责任制: which posts a firm of its kind has, what each answers for, and what its ledger lacks."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from anlan.domains.enterprises.rules.words import Choices
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_

NO_POST = reason("enterprises.duty_no_name", N_("Name the post."))
NO_DUTIES = reason("enterprises.duty_none", N_("Say what the post answers for, one thing a line."))
BAD_RESULT = reason("enterprises.duty_result", N_("“{given}” is no result of an assessment."))
BAD_YEAR = reason("enterprises.duty_year", N_("Assessed is a year that is over or under way, not {given}."))
BAD_DAY = reason("enterprises.duty_day", N_("This day lies in the future."))
BAD_HOURS = reason("enterprises.duty_hours", N_("Hours of training are a number from 0 to 999."))

RESULTS: Choices = (("good", N_("Good")), ("fit", N_("Up to standard")), ("unfit", N_("Not up to standard")))
GAPS: Choices = (
    ("missing", N_("The post is not in the ledger")),
    ("vacant", N_("Nobody holds the post")),
    ("unsigned", N_("Not signed by who holds it")),
    ("unassessed", N_("Not assessed for the year")),
    ("untrained", N_("Too few hours of training")),
)
UNDER_WAY = 6  # months: whoever held a post for less of a year is not assessed for it


@dataclass(frozen=True, slots=True)
class Asked:
    """A post that a firm of this kind has, by the list of the region."""

    code: str
    name: str
    name_en: str
    duties: tuple[str, ...]
    criteria: str
    law: str
    article: str
    tag: str
    place: int
    hours: float  # of training a year

    @property
    def source(self) -> str:
        """Law, article and how sure it is; empty where the duties are practice without a clause."""
        return f"{self.law} {self.article} [{self.tag}]" if self.law else ""


def asked_of(
    rows: Sequence[Mapping[str, Any]], *, tags: Collection[str], sector: str, staff: int | None
) -> list[Asked]:
    """The posts of the list that fit a firm: by its tags, the beginning of its sector's code, its number of staff."""
    return [
        Asked(
            str(row["code"]), str(row["name"]), str(row.get("name_en") or row["name"]), tuple(row["duties"]),
            str(row.get("criteria", "")), str(row.get("law", "")), str(row.get("article", "")),
            str(row.get("tag", "M")), place, float(row.get("hours", 0)),
        )
        for place, row in enumerate(rows)
        if _fits(row, tags, sector, staff)
    ]  # fmt: skip


def _fits(row: Mapping[str, Any], tags: Collection[str], sector: str, staff: int | None) -> bool:
    wanted, sectors = row.get("tags", ()), row.get("sectors", ())
    if (wanted or sectors) and not (
        set(wanted) & set(tags) or any(sector.startswith(each) for each in sectors)
    ):
        return False
    return (staff or 0) >= int(row.get("staff_from", 0))


@dataclass(frozen=True, slots=True)
class Held:
    """One person on a post, as the ledger knows it. `reviewed`: years with an assessment; `hours`: year → hours."""

    name: str
    since: date
    signed: bool
    reviewed: frozenset[int] = frozenset()
    hours: Mapping[int, float] | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """A post of the ledger with those who hold it now."""

    code: str
    name: str
    held: tuple[Held, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """Something the ledger lacks: of which kind, at which post, of whom; `key` tells it from the others."""

    kind: str
    post: str
    person: str = ""
    code: str = ""

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.code or self.post}:{self.person}"


@dataclass(frozen=True, slots=True)
class State:
    """A ledger in one look. `rate`: posts without a gap ÷ posts there or asked, in per cent, rounded down."""

    rate: int
    posts: int
    gaps: tuple[Gap, ...]


def state_of(posts: Sequence[Post], asked: Sequence[Asked], *, today: date) -> State:
    """What a ledger lacks on a day: posts that are not there, nobody on them, not signed, not assessed, not trained."""
    there = {post.code for post in posts if post.code}
    missing = [Gap("missing", each.name, code=each.code) for each in asked if each.code not in there]
    hours = {each.code: each.hours for each in asked}
    gaps: list[Gap] = list(missing)
    whole = 0
    for post in posts:
        own = _gaps_of(post, hours.get(post.code, 0.0), today)
        gaps += own
        whole += not own
    count = len(posts) + len(missing)
    return State(whole * 100 // count if count else 0, count, tuple(gaps))


def _gaps_of(post: Post, hours: float, today: date) -> list[Gap]:
    if not post.held:
        return [Gap("vacant", post.name, code=post.code)]
    last = today.year - 1
    found: list[Gap] = []
    for each in post.held:
        kinds = ["unsigned"] if not each.signed else []
        if each.since <= date(last, UNDER_WAY, 30):
            kinds += ["unassessed"] if last not in each.reviewed else []
            kinds += ["untrained"] if (each.hours or {}).get(last, 0.0) < hours else []
        found += [Gap(kind, post.name, each.name, post.code) for kind in kinds]
    return found


def lines_of(text: str) -> list[str]:
    """Duties as they are typed, one a line. Raises `Refused` where there is none."""
    found = [line.strip()[:300] for line in text.splitlines() if line.strip()]
    if not found:
        raise Refused(NO_DUTIES, field="duties")
    return found[:40]


def check_review(*, year: Any, result: str, held_on: date, hours: Any, today: date) -> tuple[int, Decimal]:
    """The year of an assessment and its hours of training; raises `Refused` naming the field."""
    text = str(year).strip()
    number = int(text) if text.isascii() and text.isdigit() else 0
    if not 2000 <= number <= today.year:
        raise Refused(BAD_YEAR, field="year", given=text or "—")
    if result not in dict(RESULTS):
        raise Refused(BAD_RESULT, field="result", given=result or "—")
    if held_on > today:
        raise Refused(BAD_DAY, field="held_on")
    try:
        value = Decimal(str(hours or 0).strip())
    except InvalidOperation:
        value = Decimal(-1)
    if not 0 <= value <= 999:
        raise Refused(BAD_HOURS, field="hours")
    return number, value.quantize(Decimal("0.1"))
