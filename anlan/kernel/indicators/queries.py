"""Reading a number. `period` cuts on when things happened, `as_of` on when they were recorded."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from anlan.kernel.indicators import registry
from anlan.kernel.indicators.figures import rounded
from anlan.kernel.indicators.models import Freeze
from anlan.kernel.indicators.spec import Cut, Period, Reading


def indicator(*, code: str, cut: Cut, period: Period, as_of: datetime) -> Reading:
    """The reading of an indicator; an unknown code is refused."""
    known = registry.of_code(code)
    counted = known.of(cut, period, as_of)
    return Reading(
        known, cut, period, as_of, rounded(counted.value, known.digits), counted.base, counted.rows
    )


def frozen(*, prefixes: Sequence[str], exercise_id: UUID | None, code: str = "") -> QuerySet[Freeze]:
    """The kept numbers of some regions (their significant digits) in one world, newest first."""
    inside = Q(pk__in=[])
    for prefix in prefixes:
        inside |= Q(cut__region__startswith=prefix)
    rows = Freeze.objects.filter(inside, cut__exercise=str(exercise_id or ""))
    return (rows.filter(code=code) if code else rows).order_by("-as_of", "-pk")
