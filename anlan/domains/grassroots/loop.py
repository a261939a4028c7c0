"""How a community or a street reaches a standard: item by item, checked by the street, accepted by the district."""

from anlan.kernel.core.words import N_
from anlan.kernel.loop.spec import CHARGED, OPENER, At, Deadline, Loop, Move, Photo, Within, days, hours

BUILDERS = (CHARGED, OPENER, "community_clerk", "station_keeper", "street_safety_officer")

ATTAINMENT = Loop(
    name="grassroots.attainment",
    label=N_("Standard to be reached"),
    start="building",
    closed=frozenset({"attained", "given_up"}),
    states={
        "building": N_("Being built up"),
        "street_check": N_("Street checks"),
        "district_check": N_("District accepts"),
        "attained": N_("Reached"),
        "given_up": N_("Given up"),
    },
    moves=(
        Move("tick", "building", "building", label=N_("An item is in place"), by=BUILDERS,
             needs=("number",), evidence=(Photo(),)),
        Move("untick", "building", "building", label=N_("An item is no longer in place"),
             by=BUILDERS, needs=("number",), reason=True),
        Move("apply", "building", "street_check", label=N_("Ask for the check"), by=BUILDERS,
             charges="street_safety_officer"),
        # Whoever built it up does not check it; whoever checked it for the street does not accept it.
        Move("pass_street", "street_check", "district_check", label=N_("Passed by the street"),
             by=("street_safety_officer",), charges="safety_section", unless=("apply",)),
        Move("return_street", "street_check", "building", label=N_("Return it"),
             by=("street_safety_officer",), charges=OPENER, reason=True),
        Move("accept", "district_check", "attained", label=N_("Accept"), by=("safety_section", "bureau_chief"),
             unless=("apply", "pass_street")),
        Move("return_district", "district_check", "building", label=N_("Return it"),
             by=("safety_section", "bureau_chief"), charges=OPENER, reason=True),
        Move("give_up", "building", "given_up", label=N_("Give up"),
             by=("street_safety_officer", "safety_section"), reason=True),
        # What was reached can be lost: a later look finds an item gone.
        Move("reopen", "attained", "building", label=N_("Found wanting"),
             by=("street_safety_officer", "safety_section"), charges=OPENER, reason=True),
    ),
    deadlines=(
        Deadline("building", lambda row, at: row.due_at - at, remind=(days(30), days(7)),
                 escalate=(At(hours(0), "street_safety_officer"), At(days(7), "safety_section"))),
        Deadline("street_check", Within("grassroots.street_check_minutes"),
                 escalate=(At(hours(0), "safety_section"),)),
        Deadline("district_check", Within("grassroots.district_check_minutes"),
                 escalate=(At(hours(0), "bureau_chief"),)),
    ),
)  # fmt: skip
