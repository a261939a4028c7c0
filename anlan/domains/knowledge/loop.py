"""How a closed case becomes one that others learn from: written by one officer, shared by another. Plain data."""

from anlan.kernel.core.words import N_
from anlan.kernel.loop.spec import OPENER, At, Deadline, Loop, Move, Within, hours

WRITERS = ("enforcement_officer", "safety_section", "bureau_chief")
SIGNERS = ("safety_section", "bureau_chief")

EXAMPLE = Loop(
    name="knowledge.example",
    label=N_("Typical case"),
    start="drafted",
    closed=frozenset({"shared", "dropped", "withdrawn"}),
    states={
        "drafted": N_("Typical case being written"),
        "proposed": N_("Put forward for sharing"),
        "shared": N_("Shared"),
        "dropped": N_("Not shared"),
        "withdrawn": N_("Taken out of the library"),
    },
    moves=(
        Move("revise", "drafted", "drafted", label=N_("Write it anew"), by=(OPENER, *WRITERS),
             needs=("headline", "story", "lesson")),
        Move("propose", "drafted", "proposed", label=N_("Put it forward"), by=(OPENER, *WRITERS),
             charges="safety_section"),
        # Whoever wrote it has read past the names in it: somebody else shares it.
        Move("share", "proposed", "shared", label=N_("Share it"), by=SIGNERS, unless=("open", "revise", "propose")),
        Move("return", "proposed", "drafted", label=N_("Send it back"), by=SIGNERS, charges=OPENER, reason=True),
        Move("drop", ("drafted", "proposed"), "dropped", label=N_("Do not share it"), by=(OPENER, *SIGNERS),
             reason=True),
        Move("withdraw", "shared", "withdrawn", label=N_("Take it out of the library"), by=SIGNERS, reason=True),
    ),
    deadlines=(
        Deadline("proposed", Within("knowledge.share_minutes"), escalate=(At(hours(0), "bureau_chief"),)),
    ),
)  # fmt: skip
