"""Entering and correcting counted facts: who may, for which region."""

from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext

from anlan.domains.statistics.queries import PREFIX
from anlan.domains.statistics.rules.facts import Declared, fact_of
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.indicators import counting
from anlan.kernel.indicators.models import Count
from anlan.kernel.indicators.spans import Span
from anlan.kernel.orgs.queries import has_duty

# Whoever answers for a region's office work, and those who count there.
ENTERERS = (
    "bureau_chief", "watch_chief", "watch_officer", "safety_section", "enforcement_officer", "work_plan_office",
    "office_watch", "unit_head", "liaison_a", "street_principal", "street_safety_officer",
)  # fmt: skip
NOT_YOURS = reason(
    "statistics.not_yours",
    N_("Facts of a region are entered by those who answer for its office work. Ask for such a duty."),
)
NO_FACT = reason("statistics.no_fact", N_("There is no fact {code}. Choose one of the list."))
AHEAD = reason("statistics.ahead", N_("The span ends after today: it cannot have been counted yet."))


def may_enter(*, by: str, region: str, at: datetime) -> bool:
    """Whether an author may enter facts of a region."""
    kind, _colon, key = by.partition(":")
    return kind == "service" or (
        kind == "person" and has_duty(person_id=UUID(key), kinds=ENTERERS, region=region, at=at)
    )


def enter(
    *, fact: str, value: str, region: str, first: date, last: date, source: str, by: str, at: datetime,
    today: date, scope: str = "", exercise_id: UUID | None = None,
) -> Count:  # fmt: skip
    """Enter a fact for a region and days. `scope` is what it counts, in words; the declared one where it is empty.

    Raises `Refused`: statistics.not_yours, no_fact, ahead, and those of `counting.count`.
    """
    declared = _declared(fact)
    if not may_enter(by=by, region=region, at=at):
        raise Refused(NOT_YOURS)
    if last > today:
        raise Refused(AHEAD, field="last")
    return counting.count(
        code=PREFIX + declared.code, value=value, unit=declared.unit, scope=scope.strip() or gettext(declared.scope),
        region=region, span=Span("since", first, last), source=source, by=by, at=at, exercise_id=exercise_id,
    )  # fmt: skip


def correct(*, row: Count, value: str, why: str, by: str, at: datetime) -> Count:
    """Put another value in the place of an entry, with the reason. Raises `Refused`."""
    if not may_enter(by=by, region=row.region_id, at=at):
        raise Refused(NOT_YOURS)
    return counting.correct(row=row, value=value, why=why, by=by, at=at)


def _declared(code: str) -> Declared:
    found = fact_of(code)
    if found is None:
        raise Refused(NO_FACT, field="fact", code=code)
    return found
