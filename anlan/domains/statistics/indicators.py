"""Numbers made of counted facts: the fact itself, the rate of two, so many for so much of a base."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from anlan.domains.statistics.queries import PREFIX, entries, notes
from anlan.domains.statistics.rules.choosing import TOLD, Given, chosen
from anlan.domains.statistics.rules.facts import FACTS, RATIOS, SHARES, Declared, Per, Share, fact_of
from anlan.kernel.core.words import N_
from anlan.kernel.indicators.spec import Counted, Cut, Formula, Indicator, Period

LOCAL = ZoneInfo("Asia/Shanghai")
OPENS = "indicators.count"
COUNTED = {
    "sum": N_("Entered with its source: what lies in the period is added up, no day of a place twice. Base: entries."),
    "last": N_("Entered with its source: the last that was entered by the end of the period. Base: entries."),
    "told": N_("Entered with its source for the region itself: such figures do not add up. Base: entries."),
}  # fmt: skip
RATE = N_("Of two facts entered for the same region and days; base: pairs of entries.")


def _take(kind: str, given: Sequence[Given], cut: Cut, period: Period) -> list[Given]:
    first, last = (
        period.start.astimezone(LOCAL).date(),
        (period.end - timedelta(microseconds=1)).astimezone(LOCAL).date(),
    )
    return chosen(kind, given, region=cut.region, first=first, last=last)


def _scope(rows: Sequence[Given]) -> str:
    """What was counted and where it came from, as it was entered."""
    return "; ".join(dict.fromkeys(f"{row.scope} ({row.source})" for row in rows))


def fact(declared: Declared) -> Formula:
    """The number of one fact."""
    code = PREFIX + declared.code

    def of(cut: Cut, period: Period, as_of: datetime) -> Counted:
        rows = _take(declared.kind, entries([code], cut, as_of)[code], cut, period)
        value = sum((row.value for row in rows), Decimal(0)) if rows else None
        return Counted(value, len(rows), [row.id for row in rows], _scope(rows))

    return of


def rate(part: str, whole: str, times: int) -> Formula:
    """part × times ÷ whole, out of entries for the same region and days."""
    codes, kind = [PREFIX + part, PREFIX + whole], _kind(part, whole)

    def of(cut: Cut, period: Period, as_of: datetime) -> Counted:
        found = entries(codes, cut, as_of)
        parts = {row.key: row for row in found[codes[0]]}
        rows = _take(kind, [row for row in found[codes[1]] if row.key in parts], cut, period)
        below = sum((row.value for row in rows), Decimal(0))
        above = sum((parts[row.key].value for row in rows), Decimal(0))
        both = [each for row in rows for each in (parts[row.key], row)]
        value = above * times / below if below else None
        return Counted(value, len(rows), [row.id for row in both], _scope(both))

    return of


def _kind(part: str, whole: str) -> str:
    """A rate is added up over spans only where both its numbers are."""
    kinds = {each.kind for each in (fact_of(part), fact_of(whole)) if each is not None}
    return kinds.pop() if len(kinds) == 1 else TOLD


def _fact(each: Declared) -> Indicator:
    return Indicator(
        PREFIX + each.code, each.label, each.unit, COUNTED[each.kind], fact(each), digits=each.digits, opens=OPENS,
        scope=each.scope,
    )  # fmt: skip


def _share(each: Share) -> Indicator:
    return Indicator(
        PREFIX + each.code,
        each.label,
        "%",
        RATE,
        rate(each.part, each.whole, 100),
        digits=each.digits,
        opens=OPENS,
    )


def _per(each: Per) -> Indicator:
    return Indicator(
        PREFIX + each.code, each.label, each.unit, RATE, rate(each.part, each.whole, each.times), digits=each.digits,
        opens=OPENS,
    )  # fmt: skip


def scope_notes(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Notes on scope written in the period: how often two numbers had to be explained."""
    rows = notes(cut, period.start, min(period.end, as_of))
    return Counted(Decimal(len(rows)), len(rows), rows)


NOTES = Indicator(
    f"{PREFIX}scope_notes", N_("Scope notes"), N_("notes"),
    N_("Explanations written in the period why two numbers may stand side by side."), scope_notes, digits=0,
    opens="indicators.scopenote",
)  # fmt: skip
INDICATORS = (NOTES, *map(_fact, FACTS), *map(_share, SHARES), *map(_per, RATIOS))
