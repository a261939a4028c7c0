"""The numbers of visits (practice.md §7, groups 07 and 08): visits in 家次, firms in 家, by the firm's trade."""

from anlan.domains.patrols.queries import numbers
from anlan.kernel.core.words import N_
from anlan.kernel.indicators.rowsets import RowFormula
from anlan.kernel.indicators.spec import Indicator

TRADES = (
    (
        "dust",
        N_("Patrol visits to dust firms"),
        N_("Dangers found on patrols of dust firms"),
        N_("Dangers of dust firms rectified"),
    ),
    (
        "confined_space",
        N_("Patrol visits to firms with confined spaces"),
        N_("Dangers found on patrols of firms with confined spaces"),
        N_("Dangers of firms with confined spaces rectified"),
    ),
    (
        "plating",
        N_("Patrol visits to plating firms"),
        N_("Dangers found on patrols of plating firms"),
        N_("Dangers of plating firms rectified"),
    ),
    (
        "hazchem",
        N_("Patrol visits to firms with hazardous chemicals"),
        N_("Dangers found on patrols of firms with hazardous chemicals"),
        N_("Dangers of firms with hazardous chemicals rectified"),
    ),
)
VISITS = N_(
    "Visits of the bureau's people that were finished in the period; a self-check of the firm is none."
)
FOUND = N_("Dangers reported on visits that were finished in the period.")


RATE = N_(
    "Of the dangers found on such visits in the period, those whose recheck had passed by its end ÷ found."
)
CUTS = ("region", "period", "sector", "campaign")
ITEMS, TIMES = N_("items"), N_("visits")

INDICATORS = (
    Indicator("patrols.visits", N_("Patrol visits"), TIMES, VISITS, RowFormula(numbers.visits), CUTS, digits=0),
    Indicator(
        "patrols.firms", N_("Firms patrolled"), N_("firms"),
        N_("Firms with at least one finished visit in the period, each counted once."),
        RowFormula(numbers.visits, distinct=True), CUTS, digits=0,
    ),
    Indicator(
        "patrols.found", N_("Dangers found on patrols"), ITEMS, FOUND, RowFormula(numbers.findings), CUTS, digits=0
    ),
    *(
        Indicator(
            f"patrols.visits_{tag}", visits, TIMES, VISITS, RowFormula(numbers.visits, hit=tag), CUTS, digits=0
        )
        for tag, visits, _found, _rate in TRADES
    ),
    *(
        Indicator(
            f"patrols.found_{tag}", found, ITEMS, FOUND, RowFormula(numbers.findings, hit=tag), CUTS, digits=0
        )
        for tag, _visits, found, _rate in TRADES
    ),
    *(
        Indicator(
            f"patrols.rate_{tag}", rate, "%", RATE,
            RowFormula(numbers.findings, hit=f"{tag}_passed", base=tag, share=True), CUTS, digits=2,
        )
        for tag, _visits, _found, rate in TRADES
    ),
)  # fmt: skip
