"""法规案例与图谱 declared."""

from anlan.domains.knowledge import actions
from anlan.domains.knowledge.links import LINKS
from anlan.domains.knowledge.loop import EXAMPLE
from anlan.domains.knowledge.models import Example
from anlan.kernel.core.words import N_
from anlan.kernel.domain.spec import Column, Domain, Field, Record

PARTS = (
    Field("headline", N_("Headline"), help=N_("Without any name: 某公司、当事人.")),
    Field("story", N_("What happened and how the case was handled"), "long"),
    Field("lesson", N_("What others learn from it"), "long"),
)

DOMAIN = Domain(
    name="knowledge",
    label=N_("Knowledge"),
    links=LINKS,
    records=(
        Record(
            model=Example,
            loop=EXAMPLE,
            columns=(
                Column("item.title", N_("Typical case")),
                Column("item.state", N_("State")),
                Column("item.due_at", N_("Clock")),
            ),
            filters=("item.state",),
            facts={"revise": PARTS},
            acts={
                "revise": actions.revise,
                "share": actions.share,
                "drop": actions.drop,
                "withdraw": actions.withdraw,
            },
        ),
    ),
)
