"""A contact is an answered one: every force is asked, answers with one tap, or somebody rings. Plain data."""

from anlan.domains.resources.rules import KEEPERS
from anlan.kernel.core.words import N_
from anlan.kernel.loop.spec import CHARGED, SYSTEM, At, Deadline, Loop, Move, Within, days, hours

CONTACT_CHECK = Loop(
    name="resources.contact_check",
    label=N_("Check of a contact"),
    start="asked",
    closed=frozenset({"verified", "settled", "unreachable", "withdrawn"}),
    states={
        "asked": N_("Asked, not answered"),
        "changed": N_("Something has changed"),
        "verified": N_("Answered: all is right"),
        "settled": N_("Change entered"),
        "unreachable": N_("Not to be reached"),
        "withdrawn": N_("Question withdrawn"),
    },
    moves=(
        Move("confirm", "asked", "verified", label=N_("All is right"), by=(CHARGED,)),
        Move("ring", "asked", "verified", label=N_("Rung: all is right"), by=KEEPERS, needs=("answered_by",)),
        Move("change", "asked", "changed", label=N_("Something has changed"), by=(CHARGED, *KEEPERS),
             charges="resource_keeper", needs=("words",)),
        Move("enter", "changed", "settled", label=N_("The change is entered"), by=KEEPERS),
        Move("lose", "asked", "unreachable", label=N_("Not to be reached"), by=KEEPERS, reason=True),
        Move("withdraw", ("asked", "changed"), "withdrawn", label=N_("Question withdrawn"), by=(SYSTEM,)),
    ),
    deadlines=(
        # The reminder goes to contact B; who is still silent then is rung by the keeper.
        Deadline("asked", Within("resources.answer_minutes"), remind=(days(1),),
                 escalate=(At(hours(0), "resource_keeper"), At(days(1), "watch_chief"))),
        Deadline("changed", Within("resources.enter_minutes"),
                 escalate=(At(hours(0), "resource_keeper"), At(days(1), "watch_chief"))),
    ),
)  # fmt: skip

# A set of base data that nobody has touched for too long: its keeper brings it up to date, or says that it is.
REFRESH = Loop(
    name="resources.refresh",
    label=N_("Data to be brought up to date"),
    start="due",
    closed=frozenset({"refreshed", "looked_through"}),
    states={
        "due": N_("To be brought up to date"),
        "refreshed": N_("Brought up to date"),
        "looked_through": N_("Looked through, nothing has changed"),
    },
    moves=(
        Move("look_through", "due", "looked_through", label=N_("Looked through, nothing has changed"),
             by=(CHARGED, *KEEPERS), needs=("checked",)),
        Move("refresh", "due", "refreshed", label=N_("Brought up to date"), by=(SYSTEM,)),
    ),
    deadlines=(
        Deadline("due", Within("resources.refresh_minutes"), remind=(days(2),),
                 escalate=(At(hours(0), CHARGED), At(hours(0), "resource_keeper"), At(days(3), "bureau_chief"))),
    ),
)  # fmt: skip
