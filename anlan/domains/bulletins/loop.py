"""The life of a report and of the signature of each office that owns a part of it. Plain data."""

from anlan.domains.bulletins.rules.deciding import until_due
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

WRITERS = ("work_plan_office", "safety_section", "flood_office_head", "watch_officer", "watch_chief")
APPROVERS = ("bureau_chief", "watch_chief")

REPORT = Loop(
    name="bulletins.report",
    label=N_("Report or bulletin"),
    start="drafted",
    closed=frozenset({"archived", "given_up"}),
    states={
        "drafted": N_("Report being written"),
        "handed_in": N_("Waits for approval"),
        "approved": N_("Report approved"),
        "issued": N_("Report issued"),
        "archived": N_("Report archived"),
        "given_up": N_("Report given up"),
    },
    moves=(
        Move("hand_in", "drafted", "handed_in", label=N_("Hand in for approval"), by=(OPENER, *WRITERS),
             charges="bureau_chief"),
        Move("hand_to_watch", "drafted", "handed_in", label=N_("Hand in to the watch chief"), by=(OPENER, *WRITERS),
             charges="watch_chief"),
        # Whoever wrote it does not approve it.
        Move("approve", "handed_in", "approved", label=N_("Approve the report"), by=APPROVERS, charges=OPENER,
             unless=("open", "hand_in", "hand_to_watch")),
        Move("send_back", ("handed_in", "approved"), "drafted", label=N_("Send back to its writer"),
             by=(OPENER, *APPROVERS), charges=OPENER, reason=True),
        Move("issue", "approved", "issued", label=N_("Issue with the next number"), by=(OPENER, *WRITERS)),
        Move("enter_number", "approved", "issued", label=N_("Enter number and scan of the office system"),
             by=(OPENER, *WRITERS), needs=("number",), evidence=(File(),)),
        Move("archive", "issued", "archived", label=N_("Put into the archive"), by=(OPENER, SYSTEM, *WRITERS)),
        Move("give_up", ("drafted", "handed_in", "approved"), "given_up", label=N_("Give the report up"),
             by=(OPENER, *APPROVERS), reason=True),
    ),
    deadlines=(
        Deadline("drafted", until_due, remind=(days(1),), escalate=(At(hours(0), "bureau_chief"),)),
        Deadline("handed_in", Within("bulletins.approve_minutes"), escalate=(At(hours(0), "bureau_chief"),)),
        Deadline("approved", Within("bulletins.issue_minutes"), escalate=(At(hours(0), "bureau_chief"),)),
        # An issued report goes to the archive by itself.
        Deadline("issued", Within("bulletins.archive_minutes"), lapse="archive"),
    ),
    late_entry_after=days(2),
)  # fmt: skip

SHARE = Loop(
    name="bulletins.share",
    label=N_("Paragraphs to be signed"),
    start="asked",
    closed=frozenset({"signed", "void"}),
    states={"asked": N_("To be signed"), "signed": N_("Paragraphs signed"), "void": N_("Signature no longer needed")},
    moves=(
        Move("sign", "asked", "signed", label=N_("Sign these paragraphs"), by=(CHARGED,)),
        Move("ask_again", "signed", "asked", label=N_("The text was changed"), by=(SYSTEM,)),
        Move("drop", "asked", "void", label=N_("The report was given up"), by=(SYSTEM,)),
    ),
    deadlines=(
        Deadline("asked", Within("bulletins.sign_minutes"), remind=(hours(4),),
                 escalate=(At(hours(0), "bureau_chief"),)),
    ),
)  # fmt: skip
