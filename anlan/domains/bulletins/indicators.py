"""The numbers of reports (practice.md §7, group 31): counted from steps and from rows that are only ever added."""

from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet

from anlan.domains.bulletins.models import Contradiction, Explanation, Opening, Report
from anlan.domains.bulletins.rules.templates import templates
from anlan.kernel.core.words import N_
from anlan.kernel.core.worlds import in_world
from anlan.kernel.indicators.spec import Counted, Cut, Indicator, Period
from anlan.kernel.loop.models import Step
from anlan.kernel.places.regions import prefix_of

ISSUED = ("issue", "enter_number")


def _issued(group: str, cut: Cut, period: Period, as_of: datetime) -> Counted:
    return _counted([code for code, one in templates().items() if one.group == group], cut, period, as_of)


def _counted(codes: list[str], cut: Cut, period: Period, as_of: datetime) -> Counted:
    steps = Step.objects.filter(
        in_world(cut.exercise_id), item__loop="bulletins.report", move__in=ISSUED, happened_at__gte=period.start,
        happened_at__lt=period.end, at__lte=as_of,
    )  # fmt: skip
    rows = Report.objects.filter(item__in=steps.values("item"), template__in=codes)
    if cut.region:
        rows = rows.filter(item__region__code__startswith=prefix_of(cut.region))
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    return Counted(Decimal(len(ids)), len(ids), ids)


def issued(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Bulletins and reports whose number was taken in the period."""
    return _issued("bulletin", cut, period, as_of)


def analyses(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Monthly analyses whose number was taken in the period."""
    return _counted(["monthly_analysis"], cut, period, as_of)


def letters(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Risk notice letters whose number was taken in the period."""
    return _issued("letter", cut, period, as_of)


def orders(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Follow-up and command orders whose number was taken in the period."""
    return _issued("order", cut, period, as_of)


def _rows(rows: QuerySet[Opening] | QuerySet[Explanation] | QuerySet[Contradiction], report: str, cut: Cut,
          period: Period, as_of: datetime) -> Counted:  # fmt: skip
    """Rows that were only ever added, in a period, and the reports they belong to."""
    found = rows.filter(
        in_world(cut.exercise_id, path=f"{report}__item__exercise_id"), at__gte=period.start, at__lt=period.end,
        at__lte=as_of,
    )  # fmt: skip
    if cut.region:
        found = found.filter(**{f"{report}__item__region__code__startswith": prefix_of(cut.region)})
    ids = list(found.order_by(f"{report}_id").values_list(f"{report}_id", flat=True))
    return Counted(Decimal(len(ids)), len(ids), list(dict.fromkeys(ids)))


def opened(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Openings of numbers: each person, number and day once."""
    return _rows(Opening.objects.all(), "number__paragraph__report", cut, period, as_of)


def explained(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Notes on scope written about reports."""
    return _rows(Explanation.objects.all(), "report", cut, period, as_of)


def wrong(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Findings of the verdict *wrong* that stood in a report, mended or not."""
    return _rows(Contradiction.objects.filter(verdict="wrong"), "report", cut, period, as_of)


TIMES, ISSUES, LETTERS = N_("times"), N_("issues"), N_("letters")
INDICATORS = (
    Indicator("bulletins.issued", N_("Bulletins and reports issued"), ISSUES,
              N_("Bulletins and reports whose number was taken in the period."), issued, digits=0),
    Indicator("bulletins.analyses", N_("Monthly analyses issued"), ISSUES,
              N_("Monthly analyses whose number was taken in the period; one a month is expected."), analyses,
              digits=0),
    Indicator("bulletins.letters", N_("Risk notice letters issued"), LETTERS,
              N_("Risk notice letters whose number was taken in the period."), letters, digits=0),
    Indicator("bulletins.orders", N_("Orders issued"), LETTERS,
              N_("Follow-up orders and command orders whose number was taken in the period."), orders, digits=0),
    Indicator("bulletins.numbers_opened", N_("Numbers of reports opened"), TIMES,
              N_("How often somebody looked behind a number of a report; a person, number and day once."), opened,
              digits=0),
    Indicator("bulletins.scope_notes", N_("Notes on scope"), TIMES,
              N_("Notes that say why two numbers of a report may stand side by side."), explained, digits=0),
    Indicator("bulletins.wrong_findings", N_("Contradictions found in reports"), TIMES,
              N_("Findings in reports whose parts did not add up, mended or not."), wrong, digits=0),
)  # fmt: skip
