"""Decisions about cases and penalties: amounts against the basis, tiers, hearing and review, paying. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Protocol
from uuid import UUID

from anlan.domains.enforcement.rules import words
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.core.workdays import local_minute

WAN = Decimal(10_000)
FEN = Decimal("0.01")

NO_BASIS = reason(
    "enforcement.no_basis", N_("{power} is no basis in force. Choose one of the list of powers.")
)
NO_AMOUNT = reason("enforcement.no_amount", N_("A fine needs an amount above zero, in yuan."))
NO_MONEY = reason("enforcement.no_money", N_("“{kind}” has no amount. Leave it empty, or choose a fine."))
OUT_OF_RANGE = reason(
    "enforcement.out_of_range",
    N_(
        "{law} {article}: {least} to {most} yuan. {amount} lies outside; correct it, or choose “below the range”."
    ),
)
NO_TIER_REASON = reason(
    "enforcement.no_tier_reason",
    N_("{amount} yuan is not what the tier “{tier}” says ({least} to {most}). Write the reason."),
)
NO_RESPONDENT = reason("enforcement.no_respondent", N_("Name the person who is penalised."))
TWICE = reason(
    "enforcement.respondent_twice", N_("One case decides once for the firm and once for a person.")
)
NO_PENALTIES = reason("enforcement.no_penalties", N_("Write at least one penalty, or drop the case."))
HEARING_RUNS = reason(
    "enforcement.hearing_runs",
    N_(
        "The firm may ask for a hearing until {until}. Decide after that, or note that it was waived or held."
    ),
)
NOT_REVIEWED = reason(
    "enforcement.not_reviewed",
    N_(
        "Legal review and joint discussion come first: the amount reaches {amount} yuan, or a hearing was held."
    ),
)
NOT_PUBLISHED = reason(
    "enforcement.not_published", N_("Note where the decision was published before you conclude the case.")
)
NOT_EXECUTED = reason("enforcement.not_executed", N_("{left} yuan or another penalty is not executed yet."))
TOO_MUCH = reason(
    "enforcement.paid_too_much",
    N_("Only {left} yuan is open. Enter at most that; a surcharge is entered apart."),
)
NO_PAYMENT = reason("enforcement.no_payment", N_("Say how much was paid, above zero, in yuan."))
SPOT_TOO_HIGH = reason(
    "enforcement.spot_too_high",
    N_("On the spot at most {most} yuan; {amount} needs a case. Open one from the check."),
)
SPOT_KIND = reason(
    "enforcement.spot_kind", N_("On the spot one may warn or fine only. For anything else open a case.")
)
NOT_LATER = reason("enforcement.not_later", N_("The new date must lie after {date}."))
NOT_A_NUMBER = reason("enforcement.not_a_number", N_("“{given}” is no amount in yuan."))


@dataclass(frozen=True, slots=True)
class Power:
    """One power of the list (权责清单): its basis as data. Ranges in yuan, None where the text gives none."""

    code: str
    name: str
    law: str
    article: str
    tag: str
    unit: tuple[Decimal, Decimal] | None = None
    person: tuple[Decimal, Decimal] | None = None

    def range_for(self, respondent: str) -> tuple[Decimal, Decimal] | None:
        return self.unit if respondent == "unit" else self.person


def power_of(code: str, rows: Sequence[Mapping[str, Any]]) -> Power:
    """A power out of the rows of the rule `enforcement.powers`; raises `Refused`."""
    row = next((row for row in rows if row["code"] == code), None)
    if row is None:
        raise Refused(NO_BASIS, field="power", power=code or "—")
    ranges = {name: _range(row, name) for name in ("unit", "person")}
    return Power(
        row["code"], row["name"], row["law"], row["article"], row["tag"], ranges["unit"], ranges["person"]
    )


def _range(row: Mapping[str, Any], name: str) -> tuple[Decimal, Decimal] | None:
    most = row.get(f"{name}_most") or 0
    return (Decimal(str(row.get(f"{name}_least") or 0)), Decimal(str(most))) if most else None


@dataclass(frozen=True, slots=True)
class Given:
    """One penalty as it is decided: against whom, which, how much in yuan, by which power and tier, and why."""

    respondent: str  # unit | person
    kind: str
    power: str
    amount: Decimal = Decimal(0)
    name: str = ""
    tier: str = "ordinary"
    factors: tuple[str, ...] = field(default_factory=tuple)
    reason: str = ""


def yuan(given: Any, *, field: str = "amount") -> Decimal:
    """An amount as typed, to the fen; raises `Refused`."""
    try:
        value = Decimal(str(given).strip().replace(",", "") or "0")
    except ArithmeticError:
        raise Refused(NOT_A_NUMBER, field=field, given=str(given)[:20]) from None
    if not value.is_finite() or value < 0 or value >= Decimal(10) ** 11:
        raise Refused(NOT_A_NUMBER, field=field, given=str(given)[:20])
    return value.quantize(FEN, ROUND_HALF_UP)


def wan(amount: Decimal) -> str:
    """Yuan as 万元 the way reports print them: no superfluous zeros, at most four places."""
    value = (amount / WAN).quantize(Decimal("0.0001"), ROUND_HALF_UP).normalize()
    return f"{value:f}"


def check_penalties(given: Sequence[Given]) -> None:
    """At least one, at most one against the firm and one against each person, each of them with what it needs."""
    if not given:
        raise Refused(NO_PENALTIES, field="amount")
    against = [
        (each.respondent, each.name if each.respondent == "person" else "", each.kind) for each in given
    ]
    if len(set(against)) != len(against):
        raise Refused(TWICE, field="person")
    for each in given:
        if each.respondent == "person" and not each.name.strip():
            raise Refused(NO_RESPONDENT, field="person")
        if each.kind in words.MONEY and each.amount <= 0:
            raise Refused(NO_AMOUNT, field="amount" if each.respondent == "unit" else "person_amount")
        if each.kind not in words.MONEY and each.amount:
            raise Refused(NO_MONEY, field="amount", kind=each.kind)


def check_range(
    given: Given, power: Power, *, shares: Mapping[str, Sequence[float]]
) -> tuple[Decimal, Decimal] | None:
    """A fine lies in the range of its basis, save below it with that tier; outside the tier's part a reason is asked.

    `shares`: tier → from, to as shares of the range (0 to 1). Returns the tier's part of the range, in yuan.
    """
    known = power.range_for(given.respondent)
    if given.kind != "fine" or known is None:
        return None
    least, most = known
    field = "amount" if given.respondent == "unit" else "person_amount"
    if given.amount > most or (given.amount < least and given.tier != "reduced"):
        told = {"least": plain(least), "most": plain(most), "amount": plain(given.amount)}
        raise Refused(OUT_OF_RANGE, field=field, law=power.law, article=power.article, **told)
    part = part_of(known, shares.get(given.tier))
    if part and not part[0] <= given.amount <= part[1] and not given.reason.strip():
        told = {"least": plain(part[0]), "most": plain(part[1]), "amount": plain(given.amount)}
        raise Refused(
            NO_TIER_REASON, field="discretion", tier=words.TIERS.get(given.tier, given.tier), **told
        )
    return part


def part_of(known: tuple[Decimal, Decimal], share: Sequence[float] | None) -> tuple[Decimal, Decimal] | None:
    """The part of a range that a tier means, in whole yuan; None where the base says nothing of the tier."""
    if not share:
        return None
    least, most = known
    low, high = (least + (most - least) * Decimal(str(each)) for each in share)
    return low.quantize(Decimal(1)), high.quantize(Decimal(1))


def plain(amount: Decimal) -> str:
    return f"{amount.normalize():f}"


def is_large(given: Sequence[Given], *, thresholds: Mapping[str, Any]) -> bool:
    """Whether the fine is 较大数额: a hearing is offered, review and discussion come before the decision."""
    return any(
        each.kind in words.MONEY and each.amount >= Decimal(str(thresholds[each.respondent]))
        for each in given
    ) or any(each.kind in ("suspension", "licence") for each in given)


def check_ready(*, large: bool, hearing: str, hearing_until: datetime | None, reviewed: bool, at: datetime,
                threshold: Any) -> None:  # fmt: skip
    """Before a decision: the time to ask for a hearing is over, and what must be reviewed was (art. 57, 58, 63)."""
    if large and not hearing and hearing_until is not None and at < hearing_until:
        raise Refused(HEARING_RUNS, field="hearing", until=local_minute(hearing_until))
    if (large or hearing == "held") and not reviewed:
        raise Refused(NOT_REVIEWED, field="power", amount=threshold)


def surcharge(fine: Decimal, *, days_late: int, a_day: Decimal) -> Decimal:
    """加处罚款: so much of the fine a day, never more than the fine itself (行政处罚法 art. 72)."""
    return min(fine, fine * a_day * max(0, days_late)).quantize(FEN, ROUND_HALF_UP)


def check_spot(given: Given, *, most: Mapping[str, Any]) -> None:
    """当场处罚: a warning, or a fine up to the limit for a firm or a person (行政处罚法 art. 51)."""
    if given.kind not in ("warning", "fine"):
        raise Refused(SPOT_KIND, field="kind")
    check_penalties([given])
    limit = Decimal(str(most[given.respondent]))
    if given.amount > limit:
        raise Refused(SPOT_TOO_HIGH, field="amount", most=plain(limit), amount=plain(given.amount))


def check_payment(amount: Decimal, *, left: Decimal) -> None:
    if amount <= 0:
        raise Refused(NO_PAYMENT, field="amount")
    if amount > left:
        raise Refused(TOO_MUCH, field="amount", left=plain(left))


# ---- clocks: the dates stand on the records, set by actions from the rules ----
class HasCase(Protocol):
    open_by: datetime | None
    decide_by: datetime | None
    serve_by: datetime | None
    pay_by: datetime | None
    conclude_by: datetime | None


class HasDue(Protocol):
    due_by: datetime


def _left(date: datetime | None, at: datetime) -> timedelta | None:
    return None if date is None else date - at


def time_to_open(record: HasCase, at: datetime) -> timedelta | None:
    return _left(record.open_by, at)


def time_to_decide(record: HasCase, at: datetime) -> timedelta | None:
    return _left(record.decide_by, at)


def time_to_serve(record: HasCase, at: datetime) -> timedelta | None:
    return _left(record.serve_by, at)


def time_to_pay(record: Any, at: datetime) -> timedelta | None:
    return _left(record.pay_by, at)


def time_to_conclude(record: HasCase, at: datetime) -> timedelta | None:
    return _left(record.conclude_by, at)


def time_until_due(record: HasDue, at: datetime) -> timedelta | None:
    return _left(record.due_by, at)


@dataclass(frozen=True, slots=True)
class Sum:
    """Decided and paid, two numbers that are never one, in yuan; and how many penalties, how many of them executed."""

    decided: Decimal
    paid: Decimal
    count: int
    executed: int
    rows: tuple[UUID, ...] = ()
