"""The lives of a danger and of a mark *candidate major*: states, moves, clocks. Plain data."""

from anlan.domains.dangers import rules
from anlan.kernel.core.words import N_
from anlan.kernel.loop.spec import CHARGED, OPENER, At, Deadline, Loop, Move, Photo, Within, days, hours

CHECKERS = ("patroller", "street_safety_officer", "enforcement_officer")

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
        Move("accept", "recheck", "closed_off", label=N_("Accept and close off"), by=CHECKERS, needs=("how",)),
        Move("send_back", "recheck", "rectifying", label=N_("Send back"), by=CHECKERS,
             needs=("rectify_by",), reason=True),
        Move("reopen", "closed_off", "rectifying", label=N_("Reopen"), by=CHECKERS,
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
