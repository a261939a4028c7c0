"""Decisions about events and their reports: values in, a value or `Refused` out.

Two clocks may run: the telephone and the written report. The telephone's is met by either, the written one only by
paper. An upgrade can only shorten a clock; a downgrade never gives time back.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from anlan.domains.incidents.rules.words import RANK, URGENT
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_

UNKNOWN_KIND = reason("incidents.unknown_kind", N_("There is no kind {kind} of {cls}. Use one of: {known}."))
UNKNOWN_WORD = reason("incidents.unknown_word", N_("“{given}” is none of: {known}."))
NOT_A_COUNT = reason("incidents.not_a_count", N_("Give a whole number, 0 or more, not {given}."))
FELL = reason(
    "incidents.figures_fell",
    N_("{field} was {before} and would become {now}. A reported figure falls only with a reason: write it."),
)
NO_CHANGE = reason(
    "incidents.no_figures", N_("No figure differs from what is known. Change one, or go back.")
)
BEFORE_IT = reason("incidents.before_it", N_("It cannot be received before it occurred, {occurred}."))
NO_RECEIVER = reason("incidents.no_receiver", N_("“{given}” is no receiver of reports. Use one of: {known}."))
NOT_SENT = reason("incidents.not_sent", N_("Nothing was sent to {receiver} yet: a receipt needs a report."))
SAME = reason(
    "incidents.merge_same", N_("Choose another event to merge into, one that is not merged itself.")
)

COUNTS = ("dead", "missing", "badly_hurt", "hurt", "moved")
FIGURES = (*COUNTS, "loss_yuan")


@dataclass(frozen=True, slots=True)
class Clock:
    """A report that is due: by telephone or in writing, with the rule that says so and its tag."""

    channel: str
    due_at: datetime
    rule: str = ""
    source: str = ""


def urgent(grade: str, *, sensitive: bool) -> bool:
    """Whether an event is rung at once: major and above, or sensitive."""
    return sensitive or grade in URGENT


def rule_for(cls: str, grade: str, *, sensitive: bool) -> str:
    """The ruleset row that says how soon a first report goes."""
    return "incidents.sla_urgent" if urgent(grade, sensitive=sensitive) else f"incidents.sla_{cls}"


def clocks(rows: Iterable[Mapping[str, Any]], *, since: datetime, rule: str, source: str) -> list[Clock]:
    """The clocks of a rule's table (channel, minutes) that start at a time."""
    return [Clock(row["channel"], since + timedelta(minutes=row["minutes"]), rule, source) for row in rows]


def effective(known: Iterable[Clock]) -> dict[str, Clock]:
    """Channel → its earliest clock."""
    found: dict[str, Clock] = {}
    for clock in known:
        if clock.channel not in found or clock.due_at < found[clock.channel].due_at:
            found[clock.channel] = clock
    return found


@dataclass(frozen=True, slots=True)
class Sent:
    """One report that reached one receiver."""

    channel: str
    receiver: str
    happened_at: datetime


def met_at(channel: str, sent: Iterable[Sent], receivers: Sequence[str]) -> datetime | None:
    """When the last of the receivers had it; None while one of them has not."""
    first: dict[str, datetime] = {}
    for each in sent:
        if channel == "phone" or each.channel == "written":
            first[each.receiver] = min(each.happened_at, first.get(each.receiver, each.happened_at))
    return max(first[r] for r in receivers) if receivers and all(r in first for r in receivers) else None


def standing(clock: Clock, met: datetime | None, *, at: datetime) -> str:
    """on_time | late | missed | open: how a clock stands at a time."""
    if met is not None and met <= at:
        return "on_time" if met <= clock.due_at else "late"
    return "missed" if clock.due_at < at else "open"


def next_due(known: Mapping[str, Clock], met: Mapping[str, datetime | None]) -> datetime | None:
    """The earliest clock that is not met yet."""
    left = [clock.due_at for channel, clock in known.items() if met.get(channel) is None]
    return min(left, default=None)


def until_first(incident: Any, at: datetime) -> timedelta | None:
    return None if incident.first_due is None else incident.first_due - at


def until_update(incident: Any, at: datetime) -> timedelta | None:
    return None if incident.update_due is None else incident.update_due - at


# ---- figures ----------------
class Told(Protocol):
    """A row of figures with its two times."""

    happened_at: datetime
    recorded_at: datetime


T = TypeVar("T", bound=Told)


def latest(rows: Iterable[T], *, as_of: datetime | None = None) -> T | None:
    """The figures that hold: the latest in time of what was known by `as_of`. What is entered late about an earlier
    hour does not take the place of what happened after it."""
    known = [row for row in rows if as_of is None or row.recorded_at <= as_of]
    return max(known, key=lambda row: (row.happened_at, row.recorded_at), default=None)


def number_of(given: Any, field: str) -> int:
    """A count as a form or a message gives it."""
    text = str(given).strip()
    if not (text.isascii() and text.isdigit()) or len(text) > 12:
        raise Refused(NOT_A_COUNT, field=field, given=given)
    return int(text)


def grown(before: Mapping[str, int], given: Mapping[str, Any], *, why: str) -> dict[str, int]:
    """The new cumulative figures: those given over those known. `Refused` where nothing changes, or one falls without
    a reason."""
    fresh = {name: number_of(given[name], name) for name in FIGURES if given.get(name) not in (None, "")}
    changed = {name: value for name, value in fresh.items() if value != before.get(name, 0)}
    if not changed:
        raise Refused(NO_CHANGE, field="dead")
    fallen = next((name for name, value in changed.items() if value < before.get(name, 0)), None)
    if fallen is not None and not why.strip():
        raise Refused(FELL, field="reason", before=before.get(fallen, 0), now=changed[fallen])
    return {name: changed.get(name, before.get(name, 0)) for name in FIGURES}


def proposed_grade(bands: Iterable[Mapping[str, Any]], figures: Mapping[str, int]) -> str:
    """The heaviest grade whose band one of the figures reaches; a person decides. `bands`: grade and thresholds."""
    met = [
        band["grade"]
        for band in bands
        if any(figures.get(name, 0) >= least for name, least in band.items() if name != "grade")
    ]
    return max(met, key=RANK.index, default="none")


def check_word(given: str, known: Iterable[str], field: str) -> str:
    """A word of a list, or `Refused` naming the list."""
    words = list(known)
    if given not in words:
        raise Refused(UNKNOWN_WORD, field=field, given=given, known="、".join(words))
    return given


def check_kind(cls: str, kind: str, table: Iterable[Mapping[str, Any]]) -> None:
    """A kind belongs to its class."""
    known = [row["code"] for row in table if row["class"] == cls]
    if kind not in known:
        raise Refused(UNKNOWN_KIND, field="kind", kind=kind or "—", cls=cls, known="、".join(known))


# ---- the words of a report ----------------
UNITS = {
    "dead": "死亡{}人",
    "missing": "失联{}人",
    "badly_hurt": "重伤{}人",
    "hurt": "轻伤{}人",
    "moved": "转移{}人",
}


def figures_told(figures: Mapping[str, int]) -> str:
    """伤亡 in one line as a report has it; nothing known is said so, never guessed."""
    told = [UNITS[name].format(figures[name]) for name in COUNTS if figures.get(name)]
    if loss := figures.get("loss_yuan"):
        told.append(f"直接经济损失约{loss / 10000:g}万元")
    return "，".join(told) or "暂无人员伤亡报告"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a report is written from."""

    when: str
    where: str
    what: str
    figures: Mapping[str, int]
    before: Mapping[str, int] | None  # as the last report had them
    done: Sequence[str]  # what was done since the last report


def compose(kind: str, number: int, facts: Facts) -> str:
    """The words of a report out of facts entered once: 首报, 续报, 终报."""
    told = figures_told(facts.figures)
    if kind == "first":
        text = f"{facts.when}，{facts.where}发生{facts.what}。目前{told}。"
    else:
        head = {"update": f"（续报{number - 1}）", "final": "（终报）", "supplement": "（补报）"}[kind]
        text = f"{head}{facts.when}{facts.where}{facts.what}，截至目前{told}"
        text += "，与上一报一致。" if dict(facts.before or {}) == dict(facts.figures) else "。"
        if facts.before is not None and dict(facts.before) != dict(facts.figures):
            text += f"上一报为：{figures_told(facts.before)}。"
    if facts.done:
        text += "处置情况：" + "；".join(each.rstrip("。；") for each in facts.done) + "。"
    return text
