"""The lives of a unit's sheet, a veto, a leader's account of safety, and a finding of an inspection. Plain data."""

from anlan.domains.assessments.rules.duties import DECIDERS, OFFICE, UNIT, until_objections_end
from anlan.domains.assessments.rules.inspections import PLANNERS, until_its_last_day
from anlan.kernel.core.words import N_
from anlan.kernel.loop.spec import (
    CHARGED,
    OPENER,
    SYSTEM,
    At,
    Deadline,
    File,
    Loop,
    Move,
    Within,
    days,
    hours,
)

SHEET = Loop(
    name="assessments.sheet",
    label=N_("Assessment sheet"),
    start="self_scoring",
    closed=frozenset({"final"}),
    states={
        "self_scoring": N_("Unit scores itself"),
        "checking": N_("Being checked"),
        "checked": N_("Checked by another"),
        "published": N_("Published, open to objection"),
        "objected": N_("Being objected to"),
        "final": N_("Final"),
    },
    moves=(
        Move("submit", "self_scoring", "checking", label=N_("Hand in the self-score"), by=(CHARGED, *UNIT),
             charges="assessment_office"),
        # Whoever scored the unit does not check it.
        Move("check", "checking", "checked", label=N_("Checked by another"), by=OFFICE, unless=("submit",)),
        Move("send_back", "checking", "self_scoring", label=N_("Ask for more"), by=OFFICE, reason=True),
        Move("publish", "checked", "published", label=N_("Publish to the units"), by=DECIDERS),
        Move("object", "published", "objected", label=N_("Object"), by=(CHARGED, *UNIT), reason=True,
             charges="assessment_office"),
        Move("accept", "published", "final", label=N_("Accept the result"), by=(CHARGED, *UNIT)),
        # Whoever checked does not decide on the objection to it.
        Move("uphold", "objected", "final", label=N_("The result stands"), by=DECIDERS, unless=("check", "object"),
             reason=True),
        Move("correct", "objected", "final", label=N_("Correct the result"), by=DECIDERS, unless=("check", "object"),
             reason=True),
        Move("finish", "published", "final", label=N_("No objection came"), by=(SYSTEM,)),
    ),
    deadlines=(
        Deadline("self_scoring", Within("assessments.self_score_minutes"), remind=(days(2),),
                 escalate=(At(hours(0), "assessment_office"),)),
        Deadline("checking", Within("assessments.check_minutes"), escalate=(At(hours(0), "bureau_chief"),)),
        Deadline("published", until_objections_end, remind=(days(1),), lapse="finish"),
        Deadline("objected", Within("assessments.answer_minutes"), escalate=(At(hours(0), "bureau_chief"),)),
    ),
    late_entry_after=days(5),
)  # fmt: skip

VETO = Loop(
    name="assessments.veto",
    label=N_("Veto"),
    start="proposed",
    closed=frozenset({"signed", "rejected"}),
    states={"proposed": N_("Veto proposed"), "signed": N_("Signed and in force"), "rejected": N_("Rejected")},
    moves=(
        # The platform proposes; a person signs, and not the one who proposed it.
        Move("sign", "proposed", "signed", label=N_("Sign the veto"), by=("bureau_chief",), unless=("open",)),
        Move("reject", "proposed", "rejected", label=N_("Reject the proposal"), by=("bureau_chief",), reason=True),
    ),
    deadlines=(Deadline("proposed", Within("assessments.veto_minutes"), remind=(days(1),),
                        escalate=(At(hours(0), "bureau_chief"),)),),
)  # fmt: skip

ACCOUNT = Loop(
    name="assessments.safety_account",
    label=N_("Account of safety"),
    start="asked",
    closed=frozenset({"scored", "dropped"}),
    states={
        "asked": N_("Account asked for"), "handed_in": N_("Handed in, before the panel"), "scored": N_("Scored"),
        "dropped": N_("Dropped by the office"),
    },
    moves=(
        Move("hand_in", "asked", "handed_in", label=N_("Hand in the report"), by=(CHARGED,), evidence=(File(),),
             charges="assessment_office"),
        Move("close", "handed_in", "scored", label=N_("Close with the mean of the panel"), by=OFFICE),
        Move("drop", ("asked", "handed_in"), "dropped", label=N_("Drop it"), by=OFFICE, reason=True),
    ),
    deadlines=(
        Deadline("asked", Within("assessments.account_minutes"), remind=(days(3),),
                 escalate=(At(hours(0), "assessment_office"),)),
        Deadline("handed_in", Within("assessments.panel_minutes"), escalate=(At(hours(0), "bureau_chief"),)),
    ),
    late_entry_after=days(5),
)  # fmt: skip

FINDING = Loop(
    name="assessments.duty_finding",
    label=N_("Finding of a duty inspection"),
    start="given",
    closed=frozenset({"mended", "dropped"}),
    states={
        "given": N_("Given to the unit"), "answered": N_("Said to be mended"), "mended": N_("Mended"),
        "dropped": N_("Dropped by the office"),
    },
    moves=(
        Move("answer", "given", "answered", label=N_("Say how it was mended"), by=(CHARGED, *UNIT),
             needs=("measure",), evidence=(File(),), charges="assessment_office"),
        # 回头看: somebody goes and looks, and not the one who said that it is mended.
        Move("look_back", "answered", "mended", label=N_("Looked back: mended"), by=OFFICE, unless=("answer",)),
        Move("not_mended", "answered", "given", label=N_("Looked back: not mended"), by=OFFICE,
             unless=("answer",), reason=True),
        Move("drop", "given", "dropped", label=N_("Drop it"), by=OFFICE, reason=True),
    ),
    deadlines=(
        Deadline("given", Within("assessments.finding_minutes"), remind=(days(3),),
                 escalate=(At(hours(0), "assessment_office"), At(days(7), "bureau_chief"))),
        Deadline("answered", Within("assessments.look_back_minutes"), escalate=(At(hours(0), "bureau_chief"),)),
    ),
    late_entry_after=days(5),
)  # fmt: skip

INSPECTION = Loop(
    name="assessments.inspection",
    label=N_("Inspection of a unit"),
    start="planned",
    closed=frozenset({"held", "called_off"}),
    states={
        "planned": N_("Inspection planned"), "held": N_("Inspection held"), "called_off": N_("Inspection called off"),
    },
    moves=(
        # 能合并的督查检查决不再单独开展: who would have gone alone goes along.
        Move("join", "planned", "planned", label=N_("Go along"), by=PLANNERS, needs=("subject",)),
        Move("hold", "planned", "held", label=N_("Say what was seen"), by=(CHARGED, OPENER, *DECIDERS),
             needs=("said",)),
        Move("call_off", "planned", "called_off", label=N_("Call it off"), by=(CHARGED, OPENER, *DECIDERS),
             reason=True),
    ),
    deadlines=(
        Deadline("planned", until_its_last_day, remind=(days(1),), escalate=(At(days(2), "assessment_office"),)),
    ),
    late_entry_after=days(5),
)  # fmt: skip
