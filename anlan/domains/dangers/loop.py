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
        # What a firm finds itself it puts right itself; two photos of its own end in a recheck, never in a close-off.
        Move("take_on", "found", "rectifying", label=N_("We put it right"), by=(OPENER,), needs=("rectify_by",)),
        Move("fix_own", "found", "recheck", label=N_("Put right by ourselves"), by=(OPENER,), charges="patroller",
             evidence=(Photo(least=2),)),
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
        Deadline("answered", rules.time_to_decide, remind=(hours(4),),
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
        "district_checked": N_("Laid before the city"),
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
        # What the city listed the city accepts and takes off: its reply comes on paper and is entered with its number.
        Move("precheck_district", "prechecked", "district_checked", label=N_("Checked; lay it before the city"),
             by=DISTRICT, reason=True),
        Move("accept_city", "district_checked", "accepted", label=N_("Enter that the city accepted it"), by=DISTRICT,
             needs=("reply", "expert")),
        Move("reject_city", "district_checked", "listed", label=N_("Enter that the city did not accept it"),
             by=DISTRICT, needs=("reply",), reason=True),
        Move("delist_city", "accepted", "delisted", label=N_("Enter that the city took it off"), by=DISTRICT,
             needs=("reply",)),
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
        Deadline("district_checked", Within("dangers.city_reply_minutes"), remind=(days(3),),
                 escalate=(At(hours(0), "bureau_chief"),)),
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

SCHEME = Loop(
    name="dangers.scheme",
    label=N_("Scheme for one danger"),
    start="drafted",
    closed=frozenset({"done", "dropped"}),
    states={
        "drafted": N_("Drafted"),
        "going": N_("Under way"),
        "done": N_("All stages reached"),
        "dropped": N_("Dropped"),
    },
    moves=(
        Move("approve", "drafted", "going", label=N_("Approve the scheme"), by=(*CHECKERS, *DISTRICT),
             unless=("open",)),
        Move("turn_back", "drafted", "drafted", label=N_("Turn it back"), by=(*CHECKERS, *DISTRICT), reason=True),
        Move("change", ("drafted", "going"), "drafted", label=N_("Change the schedule"),
             by=(CHARGED, OPENER, *CHECKERS), needs=("stages",), reason=True),
        Move("reach", "going", "going", label=N_("A stage is reached"), by=(CHARGED, OPENER, *CHECKERS),
             needs=("place",), evidence=(Photo(),)),
        Move("complete", "going", "done", label=N_("All stages reached"), by=(*CHECKERS, *DISTRICT)),
        Move("drop", ("drafted", "going"), "dropped", label=N_("Drop it"), by=(*CHECKERS, *DISTRICT), reason=True),
    ),
    deadlines=(
        Deadline("drafted", Within("dangers.scheme_minutes"), escalate=(At(hours(0), "street_safety_officer"),)),
        Deadline("going", rules.time_to_stage, remind=(days(2),),
                 escalate=(At(hours(0), "patroller"), At(days(1), "street_safety_officer"),
                           At(days(7), "safety_section"))),
    ),
)  # fmt: skip

TASK = Loop(
    name="dangers.task",
    label=N_("Task of a campaign"),
    start="open",
    closed=frozenset({"done", "dropped"}),
    states={"open": N_("Open task"), "done": N_("Done"), "dropped": N_("Dropped")},
    moves=(
        Move("do", "open", "done", label=N_("It is done"), by=(CHARGED, OPENER, *DISTRICT), evidence=(Text(),)),
        Move("drop", "open", "dropped", label=N_("Drop it"), by=DISTRICT, reason=True),
    ),
    deadlines=(
        Deadline("open", rules.time_for_measure, remind=(days(14), days(3)),
                 escalate=(At(hours(0), "safety_section"), At(days(7), "bureau_chief"))),
    ),
)  # fmt: skip

MONTH = Loop(
    name="dangers.month",
    label=N_("Month of a campaign"),
    start="open",
    closed=frozenset({"complete"}),
    states={"open": N_("Not all three yet"), "complete": N_("Bulletin, meeting, inspection")},
    moves=(
        Move("bulletin", "open", "open", label=N_("Issue the bulletin"), by=DISTRICT),
        Move("meet", "open", "open", label=N_("Record the meeting"), by=DISTRICT, needs=("held_at", "concluded")),
        Move("inspect", "open", "open", label=N_("Record the inspection"), by=DISTRICT,
             needs=("held_at", "inspected")),
        Move("complete", "open", "complete", label=N_("All three are there"), by=DISTRICT),
    ),
    deadlines=(
        Deadline("open", rules.time_for_measure, remind=(days(5), days(1)),
                 escalate=(At(hours(0), "bureau_chief"),)),
    ),
)  # fmt: skip

UNLAWFUL = Loop(
    name="dangers.unlawful",
    label=N_("Made, stored, carried or sold without leave"),
    start="found",
    closed=frozenset({"settled", "unfounded"}),
    states={
        "found": N_("Found out"),
        "handed": N_("Handed to others"),
        "settled": N_("Settled"),
        "unfounded": N_("Nothing in it"),
    },
    moves=(
        Move("hand_over", "found", "handed", label=N_("Hand it over"), by=(OPENER, *CHECKERS, *DISTRICT),
             needs=("handed_to", "document"), charges="safety_section"),
        Move("settle", ("found", "handed"), "settled", label=N_("Write down how it ended"),
             by=("enforcement_officer", *DISTRICT), needs=("result",)),
        Move("unfounded", "found", "unfounded", label=N_("Nothing in it"), by=(*STREET, *DISTRICT), reason=True),
    ),
    deadlines=(
        Deadline("found", Within("dangers.unlawful_minutes"),
                 escalate=(At(hours(0), "street_safety_officer"), At(days(1), "safety_section"))),
        Deadline("handed", Within("dangers.unlawful_result_minutes"), escalate=(At(hours(0), "safety_section"),)),
    ),
)  # fmt: skip
