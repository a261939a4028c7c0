"""What must hold between counted facts of the same region and days. Pure."""

from decimal import Decimal

from anlan.domains.statistics.rules.facts import SHARES
from anlan.kernel.indicators.checking import Relation

# Where more may be done than fell due, or visits stand beside firms, the one is no part of the other.
_NO_PARTS = {
    "penalties",
    "events_reported",
    "cases_opened",
    "trained_firms",
    "responders",
    "officers_trained",
}
_MORE = (
    Relation("fatal_in_accidents", "part", ("statistics.fatal_accidents", "statistics.accidents")),
    Relation("blind_in_drills", "part", ("statistics.blind_drills", "statistics.drills")),
    Relation("vetting_objected", "part", ("statistics.vettings_objected", "statistics.vettings")),
    Relation("dual_in_fines", "part", ("statistics.dual_fines", "statistics.fines_decided")),
    Relation("boards", "gap", ("statistics.boards_there", "statistics.boards_planned"), Decimal(60)),
    Relation("parks", "gap", ("statistics.parks_connected", "statistics.parks_fitted"), Decimal(60)),
    Relation("parks_within", "part", ("statistics.parks_connected", "statistics.parks_fitted")),
    Relation("flood_force", "part", ("statistics.flood_persons", "statistics.team_persons")),
    Relation(
        "penalties", "sum", ("statistics.penalties", "statistics.case_penalties", "statistics.spot_penalties")
    ),
    Relation(
        "accidents",
        "within",
        ("statistics.accidents", "statistics.fatal_accidents", "statistics.serious_accidents"),
    ),
    Relation(
        "action_fines",
        "within",
        (
            "statistics.fines_action",
            "statistics.fines_precise",
            "statistics.fines_confined",
            "statistics.fines_plating",
            "statistics.fines_dust",
            "statistics.fines_hazchem",
        ),
    ),
    Relation(
        "exposed_reads",
        "skew",
        (
            "statistics.exposures",
            "statistics.posts",
            "statistics.reads_exposed",
            "statistics.reads",
        ),
        Decimal(90),
    ),
)
RELATIONS = (
    *(
        Relation(each.code, "part", (f"statistics.{each.part}", f"statistics.{each.whole}"))
        for each in SHARES
        if each.part not in _NO_PARTS
    ),
    *_MORE,
)
