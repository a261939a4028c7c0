"""The lives of a visit, a joint check with the fire service, a score, a rotation and training due. Plain data."""

from anlan.domains.patrols import rules
from anlan.kernel.core.words import N_
from anlan.kernel.loop.spec import (
    CHARGED,
    OPENER,
    SYSTEM,
    At,
    Deadline,
    Loop,
    Move,
    Photo,
    Within,
    days,
    hours,
)

VISITORS = ("patroller", "street_safety_officer", "enforcement_officer", "safety_section", "bureau_chief")

VISIT = Loop(
    name="patrols.visit",
    label=N_("Visit"),
    start="begun",
    closed=frozenset({"finished", "broken_off"}),
    states={
        "begun": N_("Begun"),
        "finished": N_("Finished"),
        "broken_off": N_("Broken off"),
    },
    moves=(
        # A visit that was given up for lost is finished after all when the phone comes back into the signal.
        Move("finish", ("begun", "broken_off"), "finished", label=N_("Finish the visit"),
             by=(OPENER, CHARGED, "patroller")),
        # The record stays; a correction is a step beside it, with its reason.
        Move("correct", "finished", "finished", label=N_("Correct the record"),
             by=(OPENER, *VISITORS), reason=True),
        Move("amend", "begun", "begun", label=N_("Add to the visit"), by=(OPENER, *VISITORS)),
        Move("break_off", "begun", "broken_off", label=N_("Break off"), by=(OPENER, *VISITORS, SYSTEM)),
    ),
    deadlines=(
        Deadline("begun", Within("patrols.finish_minutes"), remind=(hours(2),), lapse="break_off",
                 lapse_after=hours(48)),
    ),
    # A day without signal is an ordinary day: only what comes after it is a late entry (补录).
    late_entry_after=hours(24),
)  # fmt: skip

JOINT = Loop(
    name="patrols.joint",
    label=N_("Joint check with the fire service"),
    start="due",
    closed=frozenset({"held", "waived"}),
    states={"due": N_("To be held"), "held": N_("Held together"), "waived": N_("Not needed")},
    moves=(
        Move("hold", "due", "held", label=N_("Record the joint check"),
             by=("enforcement_officer", "street_safety_officer", "safety_section"),
             needs=("fire_team", "fire_officer"), evidence=(Photo(),)),
        Move("waive", "due", "waived", label=N_("Not needed"), by=("safety_section", "bureau_chief"), reason=True),
    ),
    deadlines=(
        Deadline("due", rules.time_to_hold, remind=(days(30), days(7)),
                 escalate=(At(hours(0), "safety_section"), At(days(7), "bureau_chief"))),
    ),
)  # fmt: skip

SCORE = Loop(
    name="patrols.score",
    label=N_("Score of a patroller"),
    start="proposed",
    closed=frozenset({"signed"}),
    states={
        "proposed": N_("Shown to the patroller"),
        "objected": N_("Objected to"),
        "signed": N_("Signed"),
    },
    moves=(
        Move("object", "proposed", "objected", label=N_("Object"), by=(CHARGED,), reason=True,
             charges="street_safety_officer"),
        # Whoever is scored does not sign; rows propose, a person decides.
        Move("sign", ("proposed", "objected"), "signed", label=N_("Sign the score"),
             by=("street_safety_officer", "safety_section"), unless=("object",), needs=("points",), reason=True),
        Move("by_silence", "proposed", "signed", label=N_("Signed as proposed: nobody objected"), by=(SYSTEM,)),
    ),
    deadlines=(
        Deadline("proposed", Within("patrols.objection_minutes"), lapse="by_silence"),
        Deadline("objected", Within("patrols.objection_minutes"), escalate=(At(hours(0), "safety_section"),)),
    ),
    personal=True,
)  # fmt: skip

ROTATION = Loop(
    name="patrols.rotation",
    label=N_("Rotation of a patroller"),
    start="proposed",
    closed=frozenset({"rotated", "kept", "overtaken"}),
    states={
        "proposed": N_("Time on the ground is over"),
        "rotated": N_("Ground passed on"),
        "kept": N_("Kept there"),
        "overtaken": N_("Passed on elsewhere"),
    },
    moves=(
        Move("rotate", "proposed", "rotated", label=N_("Pass the ground on"),
             by=("street_safety_officer", "safety_section"), needs=("to",), reason=True),
        Move("keep", "proposed", "kept", label=N_("Keep there for now"),
             by=("street_safety_officer", "safety_section"), needs=("months",), reason=True),
        Move("overtaken", "proposed", "overtaken", label=N_("The post was passed on elsewhere"), by=(SYSTEM,)),
    ),
    deadlines=(
        Deadline("proposed", Within("patrols.rotation_minutes"), remind=(days(7),),
                 escalate=(At(hours(0), "safety_section"), At(days(30), "bureau_chief"))),
    ),
)  # fmt: skip

TRAINING = Loop(
    name="patrols.training",
    label=N_("Training that is due"),
    start="due",
    closed=frozenset({"met", "excused"}),
    states={"due": N_("Owed"), "met": N_("Done"), "excused": N_("Excused")},
    moves=(
        # Nobody closes it by hand: a course that is entered does, when the hours are full.
        Move("meet", "due", "met", label=N_("Hours full, or certificate renewed"), by=(SYSTEM,)),
        Move("excuse", "due", "excused", label=N_("Excuse"), by=("safety_section", "bureau_chief"), reason=True),
    ),
    deadlines=(
        Deadline("due", rules.time_to_train, remind=(days(60), days(30), days(7)),
                 escalate=(At(hours(0), "street_safety_officer"), At(days(7), "safety_section"))),
    ),
    personal=True,
)  # fmt: skip
