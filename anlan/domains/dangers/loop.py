"""The lives of a danger, a mark *candidate major*, a listing, a second look, a campaign. Plain data."""

from anlan.domains.dangers import rules
from anlan.kernel.core.words import N_
from anlan.kernel.loop.spec import CHARGED, OPENER, At, Deadline, Loop, Move, Photo, Text, Within, days, hours

CHECKERS = ("patroller", "street_safety_officer", "enforcement_officer")
STREET = ("street_safety_officer", "enforcement_officer")
DISTRICT = ("safety_section", "bureau_chief")

DANGER = Loop(
    name="dangers.danger",
    label=N_("Hidden danger"),
    start="found",
    closed=frozenset({"closed_off", "withdrawn"}),
    states={
        "found": N_("Found"),
        "rectifying": N_("Being put right"),
        "recheck": N_("Waiting for recheck"),
        "closed_off": N_("Closed off"),
        "withdrawn": N_("Withdrawn"),
    },
    moves=(
        Move(
            "assign", "found", "rectifying", label=N_("Give to the firm"),
            by=CHECKERS, needs=("organisation", "rectify_by"),
        ),
        # A blocked exit cleared on the spot is two photos and one tap (practice: before and after).
        Move("fix_on_spot", "found", "closed_off", label=N_("Put right on the spot"),
             by=(OPENER, *CHECKERS), evidence=(Photo(least=2),)),
        Move("withdraw", "found", "withdrawn", label=N_("Withdraw"), by=CHECKERS, reason=True),
        Move("rectify", "rectifying", "recheck", label=N_("Report as put right"),
             by=(CHARGED, "patroller"), charges="patroller", evidence=(Photo(),)),
        # The enterprise stands in no `by` of these two: it never accepts its own work.
        Move("accept", "recheck", "closed_off", label=N_("Accept and close off"),
             by=(*CHECKERS, *DISTRICT), needs=("how",)),
        Move("send_back", "recheck", "rectifying", label=N_("Send back"), by=(*CHECKERS, *DISTRICT),
             needs=("rectify_by",), reason=True),
        Move("reopen", "closed_off", "rectifying", label=N_("Reopen"), by=(*CHECKERS, *DISTRICT),
             needs=("rectify_by",), reason=True),
    ),
    deadlines=(
        Deadline("found", Within("dangers.assign_minutes"), escalate=(At(hours(0), "street_safety_officer"),)),
        Deadline(
            "rectifying",
            rules.time_to_rectify,
            remind=(days(1),),
            escalate=(
                At(hours(0), "patroller"),
                At(days(1), "street_safety_officer"),
                At(days(3), "safety_section"),
                At(days(7), "bureau_chief"),
            ),
        ),
        Deadline(
            "recheck",
            Within("dangers.recheck_minutes"),
            escalate=(At(hours(0), "street_safety_officer"), At(days(2), "safety_section")),
        ),
    ),
)  # fmt: skip

CANDIDATE = Loop(
    name="dangers.candidate",
    label=N_("Candidate major danger"),
    start="asked",
    closed=frozenset({"major", "ordinary"}),
    states={
        "asked": N_("Firm asked to stop and leave"),
        "answered": N_("Street is on its way"),
        "major": N_("Decided: major"),
        "ordinary": N_("Decided: ordinary"),
    },
    moves=(
        Move("answer", "asked", "answered", label=N_("We are coming"), by=(CHARGED, "enforcement_officer")),
        Move("decide_major", ("asked", "answered"), "major", label=N_("Decide: major"),
             by=("enforcement_officer",), needs=("second_officer", "clause"), reason=True),
        Move("decide_ordinary", ("asked", "answered"), "ordinary", label=N_("Decide: ordinary"),
             by=("enforcement_officer",), needs=("second_officer",), reason=True),
    ),
    deadlines=(
        Deadline("asked", Within("dangers.candidate_answer_minutes"), remind=(hours(1),),
                 escalate=(At(hours(0), "safety_section"), At(hours(1), "bureau_chief"))),
        Deadline("answered", Within("dangers.candidate_decide_minutes"), remind=(hours(4),),
                 escalate=(At(hours(0), "safety_section"), At(hours(2), "bureau_chief"))),
    ),
)  # fmt: skip

LISTING = Loop(
    name="dangers.listing",
    label=N_("Listing of a major danger"),
    start="listed",
    closed=frozenset({"delisted"}),
    states={
        "listed": N_("Listed"),
        "applied": N_("Firm asks to be taken off"),
        "prechecked": N_("Pre-check passed"),
        "accepted": N_("Accepted"),
        "delisted": N_("Taken off the list"),
    },
    moves=(
        # Item by item and by another person than who listed it (practice.md 1.11).
        Move("publish", "listed", "listed", label=N_("Approve the public notice"), by=DISTRICT, unless=("open",),
             needs=("public_text",)),
        Move("apply", "listed", "applied", label=N_("Ask to be taken off"), by=(CHARGED, "patroller"),
             charges="street_safety_officer", evidence=(Photo(),)),
        Move("precheck", "applied", "prechecked", label=N_("Pre-check passed"), by=STREET,
             charges="safety_section", reason=True),
        Move("turn_down", "applied", "listed", label=N_("Pre-check failed"), by=(*STREET, *DISTRICT), reason=True),
        Move("accept", "prechecked", "accepted", label=N_("Accept with an expert"), by=DISTRICT,
             needs=("expert",), reason=True),
        Move("reject", "prechecked", "listed", label=N_("Not accepted"), by=DISTRICT, reason=True),
        Move("delist", "accepted", "delisted", label=N_("Take off the list"), by=DISTRICT),
        # A street's own listing; rules.check_level refuses these two for what the district listed.
        Move("accept_street", "applied", "accepted", label=N_("Accept"), by=STREET, reason=True),
        Move("delist_street", "accepted", "delisted", label=N_("Take off the street's list"), by=STREET),
    ),
    deadlines=(
        Deadline("listed", rules.time_to_apply, remind=(days(7), days(1)),
                 escalate=(At(hours(0), "street_safety_officer"), At(days(1), "safety_section"),
                           At(days(3), "bureau_chief"))),
        Deadline("applied", Within("dangers.precheck_minutes"), remind=(days(1),),
                 escalate=(At(hours(0), "safety_section"),)),
        Deadline("prechecked", Within("dangers.acceptance_minutes"), remind=(days(1),),
                 escalate=(At(hours(0), "safety_section"), At(days(1), "bureau_chief"))),
        Deadline("accepted", Within("dangers.delist_minutes"), escalate=(At(hours(0), "safety_section"),)),
    ),
)  # fmt: skip

SECOND_LOOK = Loop(
    name="dangers.second_look",
    label=N_("Second look"),
    start="drawn",
    closed=frozenset({"passed", "failed"}),
    states={"drawn": N_("Drawn"), "passed": N_("Still put right"), "failed": N_("Found again")},
    moves=(
        Move("pass", "drawn", "passed", label=N_("Still put right"), by=CHECKERS, evidence=(Photo(),)),
        Move("fail", "drawn", "failed", label=N_("Found again: reopen"), by=CHECKERS, needs=("rectify_by",),
             evidence=(Photo(),), reason=True),
    ),
    deadlines=(
        Deadline("drawn", rules.time_to_look, remind=(days(3),),
                 escalate=(At(hours(0), "street_safety_officer"), At(days(3), "safety_section"))),
    ),
)  # fmt: skip

CAMPAIGN = Loop(
    name="dangers.campaign",
    label=N_("Campaign"),
    start="running",
    closed=frozenset({"ended"}),
    states={"running": N_("Running"), "ended": N_("Campaign ended")},
    moves=(Move("end", "running", "ended", label=N_("End and sum up"), by=DISTRICT, reason=True),),
    deadlines=(
        Deadline("running", rules.time_to_end, remind=(days(7),),
                 escalate=(At(hours(0), "safety_section"), At(days(7), "bureau_chief"))),
    ),
)  # fmt: skip

MEASURE = Loop(
    name="dangers.measure",
    label=N_("Lasting measure"),
    start="planned",
    closed=frozenset({"made", "dropped"}),
    states={"planned": N_("Planned"), "made": N_("Made"), "dropped": N_("Dropped")},
    moves=(
        Move("make", "planned", "made", label=N_("It is in force"), by=(CHARGED, OPENER, *DISTRICT),
             evidence=(Text(),)),
        Move("drop", "planned", "dropped", label=N_("Drop it"), by=DISTRICT, reason=True),
    ),
    deadlines=(
        Deadline("planned", rules.time_for_measure, remind=(days(7),),
                 escalate=(At(hours(0), "safety_section"), At(days(7), "bureau_chief"))),
    ),
)  # fmt: skip
