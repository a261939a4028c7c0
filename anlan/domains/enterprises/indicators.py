"""The numbers of the archive (practice.md §7, groups 05 and 10), counted from its history."""

from datetime import datetime
from decimal import Decimal

from django.db.models import Q

from anlan.domains.enterprises.models import History
from anlan.domains.enterprises.queries import numbers
from anlan.kernel.core.words import N_
from anlan.kernel.indicators.rowsets import RowFormula
from anlan.kernel.indicators.spec import Counted, Cut, Indicator, Period
from anlan.kernel.places.regions import prefix_of


def major_installations(cut: Cut, period: Period, as_of: datetime) -> Counted:
    """Units whose last grade by the end of the period was one of the four levels of GB 18218."""
    rows = History.objects.filter(
        _here(cut, "enterprise__"), kind="hazard_grade", happened_at__lt=period.end, at__lte=as_of
    )
    last = dict(rows.order_by("at", "pk").values_list("subject", "value"))
    units = [unit for unit, value in last.items() if value in ("1", "2", "3", "4")]
    return Counted(Decimal(len(units)), len(last))


def _here(cut: Cut, path: str = "") -> Q:
    prefix = prefix_of(cut.region) if cut.region else ""
    return Q(**{f"{path}organisation__region__code__startswith": prefix})


FIRM = "enterprises.enterprise"
SECTORS = ("region", "period", "sector")
INDICATORS = (
    Indicator("enterprises.in_operation", N_("Enterprises in operation"), N_("firms"),
              N_("Firms of the archive whose last signed status by the end of the period is in operation."),
              RowFormula(numbers.operating, dated=False), SECTORS, digits=0, opens=FIRM),
    Indicator("enterprises.profile_rate", N_("Complete archives"), "%",
              N_("Firms in operation whose archive lacks nothing of what is asked of their kind ÷ firms in operation."),
              RowFormula(numbers.operating, hit="whole", share=True, dated=False), SECTORS, opens=FIRM),
    Indicator("enterprises.certificates_overdue", N_("Persons with a certificate overdue"), N_("persons"),
              N_("Persons of firms in operation with a certificate whose review or end lay before the period's end."),
              RowFormula(numbers.certificates, hit="overdue", base="overdue#", distinct=True, dated=False), digits=0,
              opens=FIRM),
    Indicator("enterprises.certificates_due", N_("Persons with a certificate due in 60 days"), N_("persons"),
              N_("Persons of firms in operation with a certificate due in the 60 days after the period's end."),
              RowFormula(numbers.certificates, hit="soon", base="soon#", distinct=True, dated=False), digits=0,
              opens=FIRM),
    *(
        Indicator(f"enterprises.colour_{code}", label, N_("firms"),
                  N_("Firms in operation by the last signed colour of the three-colour tag; base: firms with a tag."),
                  RowFormula(numbers.operating, hit=code, base="signed", dated=False), SECTORS, digits=0, opens=FIRM)
        for code, label in (
            ("green", N_("Green tags")), ("yellow", N_("Yellow tags")), ("red", N_("Red tags")),
        )
    ),
    Indicator("enterprises.standardisation_valid", N_("Standardisation in validity"), "%",
              N_("Firms in operation with a standardisation in validity at the period's end ÷ firms in operation."),
              RowFormula(numbers.standardised, hit="valid", share=True, dated=False), opens=FIRM),
    Indicator("enterprises.duty_whole", N_("Complete ledgers of everybody's responsibility"), "%",
              N_("Firms in operation whose ledger has every post of its kind of firm held, signed, assessed and trained"
                 " for ÷ firms in operation."),
              RowFormula(numbers.duties, hit="whole", share=True, dated=False), SECTORS, opens=FIRM),
    Indicator("enterprises.long_zero", N_("Firms long without a danger of their own"), N_("firms"),
              N_("Firms in operation, known for 90 days, that reported no danger of their own in the last 90 days of"
                 " the period; nil returns count as none."),
              RowFormula(numbers.silent, hit="silent", dated=False), SECTORS, digits=0, opens=FIRM),
    Indicator("enterprises.major_installations", N_("Major hazard installations"), N_("units"),
              N_("Units graded one to four by GB 18218-2018; base: units assessed."), major_installations, digits=0),
)  # fmt: skip
