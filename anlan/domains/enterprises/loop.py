"""The lives of a plan filing, a self-check and a standardisation on its way. Plain data."""

from anlan.domains.enterprises.rules import filing, rhythm, standards
from anlan.kernel.core.words import N_
from anlan.kernel.loop.spec import CHARGED, SYSTEM, At, Deadline, Loop, Move, Within, days, hours

HELPERS = ("patroller", "street_safety_officer")  # who may enter for a firm (代录)
CHECKERS = ("street_safety_officer", "safety_section")

FILING = Loop(
    name="enterprises.filing",
    label=N_("Plan filing"),
    start="due",
    closed=frozenset({"filed", "withdrawn"}),
    states={
        "due": N_("To be filed by the firm"),
        "submitted": N_("Handed in, being checked"),
        "lacking": N_("Told once what lacks"),
        "completed": N_("Completed, being checked"),
        "filed": N_("Filed"),
        "withdrawn": N_("Withdrawn"),
    },
    moves=(
        Move("submit", "due", "submitted", label=N_("Hand in"), by=(CHARGED, *HELPERS), charges="safety_section"),
        # The notice stands between two states that no move joins again: what lacks is named once (一次性告知).
        Move("tell_what_lacks", "submitted", "lacking", label=N_("Tell once what lacks"), by=CHECKERS,
             needs=("lacks",)),
        Move("complete", "lacking", "completed", label=N_("Hand in what lacked"), by=(CHARGED, *HELPERS),
             charges="safety_section"),
        Move("file", ("submitted", "completed"), "filed", label=N_("Take on file and give the receipt"), by=CHECKERS),
        # 逾期未提出意见的，视为已备案: nobody signs, the clock does.
        Move("by_silence", ("submitted", "completed"), "filed", label=N_("Filed by silence"), by=(SYSTEM,)),
        Move("withdraw", ("due", "submitted", "lacking", "completed"), "withdrawn", label=N_("Withdraw"),
             by=(CHARGED, *HELPERS), reason=True),
    ),
    deadlines=(
        Deadline("due", filing.time_to_file, remind=(days(3),), escalate=(At(hours(0), "street_safety_officer"),)),
        Deadline("submitted", filing.time_to_check, remind=(days(1),), lapse="by_silence"),
        Deadline("completed", filing.time_to_check, remind=(days(1),), lapse="by_silence"),
    ),
)  # fmt: skip

SELF_CHECK = Loop(
    name="enterprises.self_check",
    label=N_("Self-check of a firm"),
    start="due",
    closed=frozenset({"done", "missed"}),
    states={"due": N_("Due"), "done": N_("Done"), "missed": N_("Missed")},
    moves=(
        Move("do", "due", "done", label=N_("Write down the self-check"), by=(CHARGED, *HELPERS), needs=("found",)),
        Move("miss", "due", "missed", label=N_("Missed"), by=(SYSTEM,)),
    ),
    deadlines=(
        Deadline("due", rhythm.time_to_check, escalate=(At(days(3), "patroller"),), lapse="miss", lapse_after=days(7)),
    ),
    late_entry_after=days(1),
)  # fmt: skip

CREATION = Loop(
    name="enterprises.creation",
    label=N_("Standardisation on its way"),
    start="begun",
    closed=frozenset({"attained", "given_up"}),
    states={
        "begun": N_("Set out"),
        "assessed": N_("Scored itself"),
        "reviewed": N_("Reviewed"),
        "attained": N_("Attained"),
        "given_up": N_("Given up"),
    },
    moves=(
        Move("self_assess", "begun", "assessed", label=N_("Score oneself"), by=(CHARGED, *HELPERS),
             needs=("score",), charges="street_safety_officer"),
        Move("review", "assessed", "reviewed", label=N_("Review"), by=CHECKERS, needs=("score", "reviewer"),
             charges="safety_section"),
        # The firm scores itself, the street reviews, the bureau gives the certificate: three hands.
        Move("attain", "reviewed", "attained", label=N_("Give the certificate"), by=("safety_section", "bureau_chief"),
             unless=("review",), needs=("certificate", "valid_from")),
        Move("send_back", ("assessed", "reviewed"), "begun", label=N_("Send back to rectify"), by=CHECKERS,
             reason=True),
        Move("give_up", ("begun", "assessed", "reviewed"), "given_up", label=N_("Give up"),
             by=(CHARGED, *HELPERS, *CHECKERS), reason=True),
    ),
    deadlines=(
        Deadline("begun", standards.time_to_attain, remind=(days(30), days(7)),
                 escalate=(At(hours(0), "street_safety_officer"), At(days(7), "safety_section"))),
        Deadline("assessed", Within("enterprises.standard_review_minutes"),
                 escalate=(At(hours(0), "safety_section"),)),
        Deadline("reviewed", Within("enterprises.standard_review_minutes"),
                 escalate=(At(hours(0), "bureau_chief"),)),
    ),
)  # fmt: skip
