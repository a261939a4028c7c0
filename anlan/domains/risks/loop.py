"""The life of a demand to assess a risk point anew."""

from anlan.kernel.core.words import N_
from anlan.kernel.loop.spec import CHARGED, At, Deadline, Loop, Move, Within, days, hours

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
