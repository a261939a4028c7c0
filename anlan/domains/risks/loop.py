"""The lives of a re-assessment, a survey, a region's assessment of a year, a letter that names a risk. Plain data."""

from anlan.domains.risks import rules
from anlan.kernel.core.words import N_
from anlan.kernel.loop.spec import CHARGED, OPENER, At, Deadline, Loop, Move, Text, Within, days, hours

DISTRICT = ("safety_section", "bureau_chief")
OPENERS = ("street_safety_officer", *DISTRICT)

REASSESSMENT = Loop(
    name="risks.reassessment",
    label=N_("Re-assessment of a risk point"),
    start="asked",
    closed=frozenset({"assessed", "not_needed"}),
    states={
        "asked": N_("To be assessed anew"),
        "assessed": N_("Assessed anew"),
        "not_needed": N_("Not needed"),
    },
    moves=(
        Move(
            "assess", "asked", "assessed", label=N_("Sign the new assessment"),
            by=(CHARGED, "safety_manager", "patroller", "street_safety_officer", "enforcement_officer"),
            needs=("method",), reason=True,
        ),
        # The firm whose process changed does not decide that nothing changed.
        Move("waive", "asked", "not_needed", label=N_("Not needed"),
             by=("street_safety_officer", "enforcement_officer", "safety_section"), reason=True),
    ),
    deadlines=(
        Deadline(
            "asked",
            Within("risks.reassess_minutes"),
            remind=(days(7), days(1)),
            escalate=(At(hours(0), "street_safety_officer"), At(days(7), "safety_section")),
        ),
    ),
)  # fmt: skip

SURVEY = Loop(
    name="risks.survey",
    label=N_("Survey of risks"),
    start="collecting",
    closed=frozenset({"accepted", "given_up"}),
    states={
        "collecting": N_("Collecting"),
        "handed_in": N_("Handed in"),
        "accepted": N_("Survey accepted"),
        "given_up": N_("Given up"),
    },
    moves=(
        Move("hand_in", "collecting", "handed_in", label=N_("Hand in"), by=(CHARGED, "street_safety_officer"),
             charges="safety_section"),
        # A sample is looked at on the spot, by another hand than handed it in.
        Move("accept", "handed_in", "accepted", label=N_("Accept after a sample"), by=DISTRICT,
             unless=("hand_in",), needs=("sampled", "wrong")),
        Move("turn_back", "handed_in", "collecting", label=N_("Turn it back"), by=DISTRICT, reason=True,
             charges="street_safety_officer"),
        Move("give_up", ("collecting", "handed_in"), "given_up", label=N_("Give the survey up"), by=DISTRICT,
             reason=True),
    ),
    deadlines=(
        Deadline("collecting", rules.time_to_collect, remind=(days(14), days(3)),
                 escalate=(At(hours(0), "safety_section"), At(days(7), "bureau_chief"))),
        Deadline("handed_in", Within("risks.survey_check_minutes"), escalate=(At(hours(0), "bureau_chief"),)),
    ),
)  # fmt: skip

ASSESSMENT = Loop(
    name="risks.assessment",
    label=N_("Risk assessment of a region"),
    start="drafted",
    closed=frozenset({"issued", "dropped"}),
    states={
        "drafted": N_("Figures kept, to be reviewed"),
        "reviewed": N_("Reviewed by experts"),
        "issued": N_("Signed and issued"),
        "dropped": N_("Dropped"),
    },
    moves=(
        Move("review", "drafted", "reviewed", label=N_("Write down the review"), by=DISTRICT,
             needs=("experts", "opinion")),
        Move("issue", "reviewed", "issued", label=N_("Sign and issue"), by=("bureau_chief", "safety_section"),
             unless=("review",), needs=("level", "measures"), reason=True),
        Move("drop", ("drafted", "reviewed"), "dropped", label=N_("Drop it"), by=DISTRICT, reason=True),
    ),
    deadlines=(
        Deadline("drafted", Within("risks.assessment_minutes"), escalate=(At(hours(0), "bureau_chief"),)),
        Deadline("reviewed", Within("risks.assessment_minutes"), escalate=(At(hours(0), "bureau_chief"),)),
    ),
)  # fmt: skip

LETTER = Loop(
    name="risks.letter",
    label=N_("Risk notice letter"),
    start="sent",
    closed=frozenset({"closed"}),
    states={
        "sent": N_("Letter sent"),
        "received": N_("Signed for"),
        "answered": N_("Answer given"),
        "closed": N_("Measures taken"),
    },
    moves=(
        Move("receive", "sent", "received", label=N_("Sign for it"), by=(CHARGED,)),
        Move("answer", ("sent", "received"), "answered", label=N_("Answer with the measures"), by=(CHARGED,),
             evidence=(Text(),), charges="safety_section"),
        Move("ask_again", "answered", "received", label=N_("Not enough: ask again"), by=(OPENER, *DISTRICT),
             reason=True),
        Move("close", "answered", "closed", label=N_("Measures taken"), by=(OPENER, *DISTRICT)),
    ),
    deadlines=(
        Deadline("sent", Within("risks.letter_receive_minutes"), escalate=(At(hours(0), "safety_section"),)),
        Deadline("received", rules.time_to_answer, remind=(days(2),),
                 escalate=(At(hours(0), "safety_section"), At(days(3), "bureau_chief"))),
        Deadline("answered", Within("risks.letter_close_minutes"), escalate=(At(hours(0), "bureau_chief"),)),
    ),
)  # fmt: skip
