"""队伍物资与调度 declared: what surfaces show of it. Its first slice is the register of rescue forces."""

from anlan.domains.resources import queries, rules
from anlan.domains.resources.actions import checking, refreshing
from anlan.domains.resources.actions.sheets import FORCES
from anlan.domains.resources.indicators import INDICATORS
from anlan.domains.resources.links import LINKS
from anlan.domains.resources.loop import CONTACT_CHECK, REFRESH
from anlan.domains.resources.models import ContactCheck, Refresh
from anlan.kernel.core.words import N_
from anlan.kernel.domain.spec import Column, Domain, Field, Record, Round
from anlan.kernel.messaging.spec import MessageKind

DOMAIN = Domain(
    name="resources",
    label=N_("Forces, supplies and dispatch"),
    records=(
        Record(
            model=ContactCheck,
            loop=CONTACT_CHECK,
            columns=(
                Column("item.title", N_("Rescue force")),
                Column("asked", N_("Contact A")),
                Column("item.state", N_("State")),
                Column("item.due_at", N_("Clock")),
            ),
            filters=("item.state", "item.region"),
            facts={
                "ring": (Field("answered_by", N_("Who answered")),),
                "change": (Field("words", N_("What has changed"), "long"),),
            },
            acts={
                "confirm": checking.confirm,
                "ring": checking.ring,
                "change": checking.change,
                "lose": checking.lose,
            },
            escalate=checking.tell,
            announces=False,  # the question itself is the message
        ),
        Record(
            model=Refresh,
            loop=REFRESH,
            columns=(
                Column("item.title", N_("Set of data")),
                Column("item.state", N_("State")),
                Column("item.due_at", N_("Clock")),
            ),
            filters=("item.state",),
            facts={"look_through": (Field("checked", N_("How it was checked"), "long"),)},
            acts={"look_through": refreshing.look_through},
        ),
    ),
    indicators=INDICATORS,
    links=LINKS,
    codes={
        "resources.force_added": N_("Rescue force taken into the register: {name}"),
        "resources.force_changed": N_("Line of a rescue force changed: {name}"),
        "resources.force_left": N_("Rescue force left the register: {name}"),
    },
    messages=(
        # An office matter: app, push and SMS, nobody is rung by a machine for it.
        MessageKind(
            checking.KIND,
            N_("Check of a contact"),
            answers=("received",),
            handler=checking.on_answer,
            ladder="office",
        ),
    ),
    sheets=(FORCES,),
    rounds=(Round("ask", checking.ask_due), Round("find_old", refreshing.find_old)),
    keepers=rules.KEEPERS,
    rule_checks={
        "resources.skills": rules.check_skills_rule,
        "resources.datasets": queries.check_datasets_rule,
    },
)
