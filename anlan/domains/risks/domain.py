"""风险 declared: what surfaces show of it and which doors it uses."""

from anlan.domains.risks import rules
from anlan.domains.risks.actions import levels
from anlan.domains.risks.actions.sheets import SHEETS
from anlan.domains.risks.indicators import INDICATORS
from anlan.domains.risks.loop import REASSESSMENT
from anlan.domains.risks.models import Reassessment
from anlan.domains.risks.queries.layers import POINT_LAYER, SOURCE_LAYER
from anlan.kernel.core.words import N_
from anlan.kernel.domain.spec import Column, Domain, Field, Record

FACTOR_FIELDS = (
    Field("factor_L", N_("L likelihood"), "number", required=False),
    Field("factor_E", N_("E exposure"), "number", required=False),
    Field("factor_C", N_("C consequence (LEC)"), "number", required=False),
    Field("factor_M", N_("M measures (MES)"), "number", required=False),
    Field("factor_S", N_("S severity (LS, MES)"), "number", required=False),
)
LEVEL_CHOICES = tuple((str(level), rules.LABELS[level]) for level in rules.LEVELS)

DOMAIN = Domain(
    name="risks",
    label=N_("Risks"),
    records=(
        Record(
            model=Reassessment,
            loop=REASSESSMENT,
            columns=(
                Column("item.title", N_("Risk point")),
                Column("item.state", N_("State")),
                Column("item.due_at", N_("Due")),
            ),
            filters=("item.state", "item.region"),
            facts={
                "assess": (
                    Field("method", N_("Method"), "choice", choices=tuple(rules.METHODS.items())),
                    *FACTOR_FIELDS,
                    Field(
                        "assessed",
                        N_("Assessed level (judged directly)"),
                        "choice",
                        choices=LEVEL_CHOICES,
                        required=False,
                    ),
                    Field("worst", N_("Worst-case level"), "choice", choices=LEVEL_CHOICES),
                ),
            },
            acts={"assess": levels.assess},
        ),
    ),
    sheets=SHEETS,
    layers=(POINT_LAYER, SOURCE_LAYER),
    indicators=INDICATORS,
    codes={
        "risks.provision_planned": N_("A measure was put on the second list"),
        "risks.provision_issued": N_("A measure of the second list was issued"),
        "risks.base_declared": N_("A base of risk points was declared"),
        "risks.point_declared": N_("A risk point was declared or its particulars changed"),
        "risks.assessed": N_("The levels of a risk point were signed"),
        "risks.weighed": N_("The open dangers of a risk point were weighed"),
    },
    edges={"enterprises": N_("A firm's archive is under its risk points.")},
)
