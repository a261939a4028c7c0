"""Reading a number. `period` cuts on when things happened, `as_of` on when they were recorded."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import overload
from uuid import UUID

from django.db.models import Q, QuerySet

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.indicators import memory, registry
from anlan.kernel.indicators.figures import rounded
from anlan.kernel.indicators.models import Freeze
from anlan.kernel.indicators.spec import Counted, Cut, Indicator, Period, Reading

NOT_CUT = reason("indicators.not_cut", N_("{label} cannot be cut by {cut}: its rows do not say it."))
CUTS = {
    "region": N_("region"), "period": N_("period"), "sector": N_("sector"), "campaign": N_("campaign"),
    "unit": N_("unit"), "duty": N_("duty"),
}  # fmt: skip


def indicator(*, code: str, cut: Cut, period: Period, as_of: datetime) -> Reading:
    """The reading of an indicator. Refused: an unknown code, a cut that its rows cannot tell."""
    known = registry.of_code(code)
    for asked in cut.asked:
        if asked not in known.cuts:
            raise Refused(NOT_CUT, field=asked, label=known.label, cut=CUTS[asked])
    key = memory.key_of("reading", code, known.version, cut, period, as_of)
    live: list[Counted] = []

    def compute() -> tuple[Decimal | None, int, str]:
        live.append(known.of(cut, period, as_of))
        return live[0].value, live[0].base, live[0].scope

    value, base, scope = memory.once(key, compute)
    rows = live[0].rows if live else _Later(lambda: known.of(cut, period, as_of).rows)
    return Reading(
        known, cut, period, as_of, rounded(value, known.digits), base, rows, scope or _scope(known, cut)
    )


def _scope(known: Indicator, cut: Cut) -> str:
    """What stands beside the number: the declared scope, and what it was cut by."""
    said = [known.scope] if known.scope else []
    return " · ".join([*said, *(f"{name}={getattr(cut, name)}" for name in cut.asked)])


class _Later(Sequence[UUID]):
    """Rows of a reading that was computed before: read again when somebody opens them."""

    def __init__(self, read: Callable[[], Sequence[UUID]]) -> None:
        self._read = read
        self._rows: Sequence[UUID] | None = None

    def _there(self) -> Sequence[UUID]:
        if self._rows is None:
            self._rows = self._read()
        return self._rows

    def __len__(self) -> int:
        return len(self._there())

    @overload
    def __getitem__(self, index: int) -> UUID: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[UUID]: ...
    def __getitem__(self, index: int | slice) -> UUID | Sequence[UUID]:
        return self._there()[index]

    def __iter__(self) -> Iterator[UUID]:
        return iter(self._there())


def said_of(cut: Cut) -> dict[str, str]:
    """A cut as a frozen number keeps it."""
    said = {"region": cut.region, "exercise": str(cut.exercise_id or "")}
    return said | {name: str(getattr(cut, name)) for name in cut.asked}


def frozen_for(*, code: str, cut: Cut, period: Period) -> Freeze | None:
    """What was frozen last of a number for the very same cut and days."""
    rows = Freeze.objects.filter(code=code, cut=said_of(cut), start=period.start, end=period.end)
    return rows.order_by("-as_of", "-pk").first()


def frozen(*, prefixes: Sequence[str], exercise_id: UUID | None, code: str = "") -> QuerySet[Freeze]:
    """The kept numbers of some regions (their significant digits) in one world, newest first."""
    inside = Q(pk__in=[])
    for prefix in prefixes:
        inside |= Q(cut__region__startswith=prefix)
    rows = Freeze.objects.filter(inside, cut__exercise=str(exercise_id or ""))
    return (rows.filter(code=code) if code else rows).order_by("-as_of", "-pk")
