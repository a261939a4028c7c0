"""风险 declared: what surfaces show of it and which doors it uses."""

from anlan.domains.enterprises.public import on_change
from anlan.domains.risks import rules
from anlan.domains.risks.actions import following, levels, surveys
from anlan.domains.risks.actions.sheets import SHEETS
from anlan.domains.risks.indicators import INDICATORS
from anlan.domains.risks.links import LINKS
from anlan.domains.risks.loop import ASSESSMENT, LETTER, OPENERS, REASSESSMENT, SURVEY
from anlan.domains.risks.models import Assessment, Letter, Reassessment, Survey
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
        Record(
            model=Survey,
            loop=SURVEY,
            columns=(
                Column("name", N_("Survey of risks")),
                Column("item.region", N_("Region")),
                Column("base", N_("Declared base"), numeric=True),
                Column("share", N_("Collected when handed in"), numeric=True),
                Column("item.state", N_("State")),
                Column("item.due_at", N_("Due")),
            ),
            filters=("item.state", "item.region"),
            facts={
                "accept": (
                    Field("sampled", N_("Points looked at"), "number"),
                    Field("wrong", N_("Wrong among them"), "number"),
                ),
            },
            acts={"hand_in": surveys.hand_in, "accept": surveys.accept_survey},
            opens=surveys.begin_survey,
            opened_by=OPENERS,
            opening=(
                Field("name", N_("Survey of risks")),
                Field(
                    "base",
                    N_("Declared base"),
                    "number",
                    help=N_("How many risk points the region says it has."),
                ),
                Field("source", N_("Paper that declares it")),
                Field("due_at", N_("Collected by"), "datetime"),
            ),
        ),
        Record(
            model=Assessment,
            loop=ASSESSMENT,
            columns=(
                Column("item.title", N_("Risk assessment of a region")),
                Column("year", N_("Year"), numeric=True),
                Column("item.state", N_("State")),
                Column("item.due_at", N_("Due")),
                Column("experts", N_("Experts")),
                Column("paper", N_("Paper")),
            ),
            filters=("item.state", "item.region"),
            facts={
                "review": (
                    Field("experts", N_("Experts")),
                    Field("opinion", N_("Opinion of the experts"), "long"),
                ),
                "issue": (
                    Field("level", N_("Level"), "choice", choices=LEVEL_CHOICES),
                    Field("measures", N_("Measures"), "long"),
                ),
            },
            acts={"review": surveys.review, "issue": surveys.issue_assessment},
            opens=surveys.draft_assessment,
            opened_by=OPENERS,
            opening=(Field("year", N_("Year"), "number"),),
        ),
        Record(
            model=Letter,
            loop=LETTER,
            columns=(
                Column("item.title", N_("Risk notice letter")),
                Column("paper", N_("Paper")),
                Column("item.state", N_("State")),
                Column("item.due_at", N_("Due")),
                Column("answer", N_("Their answer")),
            ),
            filters=("item.state", "item.region"),
            acts={"answer": surveys.answer},
            opens=surveys.send_letter,
            opened_by=OPENERS,
            opening=(
                Field("to", N_("To whom"), "organisation"),
                Field("topic", N_("Topic"), help=N_("It stands in the title: 关于…的安全风险提示函.")),
                Field("text", N_("What the risk is"), "long"),
                Field("asks", N_("What is asked"), "long"),
                Field("answer_by", N_("Answered by"), "datetime"),
            ),
        ),
    ),
    sheets=SHEETS,
    papers=surveys.PAPERS,
    layers=(POINT_LAYER, SOURCE_LAYER),
    indicators=INDICATORS,
    links=LINKS,
    codes={
        "risks.provision_planned": N_("A measure was put on the second list"),
        "risks.provision_issued": N_("A measure of the second list was issued"),
        "risks.base_declared": N_("A base of risk points was declared"),
        "risks.point_declared": N_("A risk point was declared or its particulars changed"),
        "risks.point_ended": N_("A risk point was ended"),
        "risks.measure_set": N_("A measure against a risk was written down"),
        "risks.measure_ended": N_("A measure against a risk was ended"),
        "risks.assessed": N_("The levels of a risk point were signed"),
        "risks.weighed": N_("The open dangers of a risk point were weighed"),
    },
    edges={"enterprises": N_("A firm's archive is under its risk points.")},
)
on_change(following.heard)
