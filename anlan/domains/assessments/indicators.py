"""The numbers of assessments (practice.md §7, group 03). Vetting gives numbers only: they open to no row."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from anlan.domains.assessments.models import Result, Veto
from anlan.domains.assessments.queries import inspections, vetting
from anlan.kernel.core.words import N_
from anlan.kernel.core.workdays import local_day
from anlan.kernel.core.worlds import in_world
from anlan.kernel.indicators.spec import Counted, Cut, Indicator, Period, percent
from anlan.kernel.places.regions import prefix_of

TICK = timedelta(microseconds=1)  # the midnight after the last day is no day of a period


def score(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """The mean of the last totals of rounds that end in the period; of one unit, its own."""
    rows = Result.objects.filter(
        in_world(cut.exercise_id, path="sheet__round__exercise_id"), at__lte=as_of,
        sheet__round__last__gte=local_day(period.start), sheet__round__last__lte=local_day(period.end - TICK),
    )  # fmt: skip
    if cut.unit is not None:
        rows = rows.filter(sheet__unit=cut.unit)
    elif cut.region:
        rows = rows.filter(sheet__item__region__code__startswith=prefix_of(cut.region))
    last = dict(rows.order_by("number").values_list("sheet_id", "total"))
    known = {pk: total for pk, total in last.items() if total is not None}
    value = sum(known.values(), Decimal(0)) / len(known) if known else None
    return Counted(value, len(known), list(known))


def vetoes(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Vetoes signed in the period."""
    rows = Veto.objects.filter(
        in_world(cut.exercise_id, path="item__exercise_id"), item__state="signed", item__closed_at__gte=period.start,
        item__closed_at__lt=period.end, item__closed_at__lte=as_of,
    )  # fmt: skip
    if cut.region:
        rows = rows.filter(item__region__code__startswith=prefix_of(cut.region))
    found = list(rows.values_list("pk", flat=True))
    return Counted(Decimal(len(found)), len(found), found)


def _given(cut: Cut, period: Period, as_of: datetime) -> tuple[int, int]:
    prefix = prefix_of(cut.region) if cut.region else ""
    return vetting.given(prefix, start=period.start, end=period.end, as_of=as_of, exercise_id=cut.exercise_id)


def vetting_given(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Names that were given an opinion."""
    many, _objections = _given(cut, period, as_of)
    return Counted(Decimal(many), many)


def vetting_objections(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Names whose last opinion in the period was an objection."""
    many, objections = _given(cut, period, as_of)
    return Counted(Decimal(objections), many)


def _span(cut: Cut, period: Period, as_of: datetime) -> dict[str, Any]:
    return {"start": period.start, "end": period.end, "as_of": as_of, "exercise_id": cut.exercise_id}


def held(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Inspections held in the period."""
    rows = inspections.held(cut.region, **_span(cut, period, as_of))
    return Counted(Decimal(len(rows)), len(rows), rows)


def gone_along(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Of the inspections for which others were due at the unit, those that went along with one of them."""
    joined = inspections.joined(cut.region, **_span(cut, period, as_of))
    many = len(joined) + len(inspections.alone(cut.region, **_span(cut, period, as_of)))
    return Counted(percent(len(joined), many), many, list(dict.fromkeys(joined)))


INDICATORS = (
    Indicator(
        "assessments.inspections", N_("Inspections of units held"), N_("inspections"),
        N_("Inspections of streets and departments that were held in the period, those who went along counted once."),
        held, digits=0,
    ),
    Indicator(
        "assessments.inspections_merged", N_("Inspections that went along with another"), "%",
        N_("Went along with another inspection of the unit ÷ all that were planned while others were due there."),
        gone_along, digits=2,
    ),
    Indicator(
        "assessments.score", N_("Assessment score"), N_("marks"),
        N_("Σ weight × share − deductions + bonus of a unit; of a region, the mean of its units. Last results of "
           "rounds that end in the period."),
        score, cuts=("region", "period", "unit"), digits=2,
    ),
    Indicator(
        "assessments.vetoes", N_("Vetoes signed"), N_("cases"),
        N_("Proposals of a veto that a person signed in the period."), vetoes, digits=0,
    ),
    Indicator(
        "assessments.vetting_given", N_("Vetting opinions given"), N_("persons"),
        N_("Persons and units that were given a safety check opinion for a promotion or an award. Closed: opens to no "
           "row."),
        vetting_given, digits=0,
    ),
    Indicator(
        "assessments.vetting_objections", N_("Vetting opinions with an objection"), N_("persons"),
        N_("Of those, the ones whose last opinion was an objection. Closed: opens to no row."),
        vetting_objections, digits=0,
    ),
)  # fmt: skip
