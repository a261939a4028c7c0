"""巡查 declared: visits to firms, the checklists they follow, and the numbers they give."""

from anlan.domains.dangers import public as dangers
from anlan.domains.patrols import actions, rules
from anlan.domains.patrols.actions import joint, rotation, scores, training
from anlan.domains.patrols.indicators import INDICATORS
from anlan.domains.patrols.links import LINKS
from anlan.domains.patrols.loop import JOINT, ROTATION, SCORE, TRAINING, VISIT
from anlan.domains.patrols.models import JointCheck, Rotation, Score, TrainingDue, Visit
from anlan.domains.patrols.queries import giving, visiting
from anlan.domains.patrols.queries.visits import by_street
from anlan.kernel.core.words import N_
from anlan.kernel.domain.spec import Column, Domain, Field, Record, Round
from anlan.kernel.domain.visiting import Visits
from anlan.kernel.sheets.spec import Sheet, SheetColumn

CHECKLISTS = Sheet(
    code="patrols.checklists",
    label=N_("Checklists"),
    columns=(
        SheetColumn("list", N_("Code of the list"), required=True, most=40, aliases=("清单代码", "清单编号")),
        SheetColumn("name", N_("Name of the list"), required=True, most=80, aliases=("清单", "清单名称")),
        SheetColumn("name_en", N_("Name in English"), most=80),
        SheetColumn("fits", N_("Fits firms of"), most=200, aliases=("适用", "适用行业", "适用标签")),
        SheetColumn("place", N_("Place in the order"), kind="integer"),
        SheetColumn("item", N_("Code of the item"), required=True, most=60, aliases=("编号", "序号", "事项编号")),
        SheetColumn("text", N_("What to look at"), required=True, most=300,
                    aliases=("检查内容", "巡查事项", "检查事项")),
        SheetColumn("text_en", N_("The same in English"), most=300),
        SheetColumn("law", N_("Law"), most=200, aliases=("依据", "法律依据", "法规")),
        SheetColumn("article", N_("Article"), most=100, aliases=("条款",)),
        SheetColumn("tag", N_("How sure"), kind="choice", choices=(
            ("C", N_("Confirmed")), ("P", N_("From a second source")), ("M", N_("Practice")))),
        SheetColumn("category", N_("Kind of danger"), most=40, aliases=("隐患类别",)),
        SheetColumn("major", N_("May be major"), kind="flag", aliases=("可能重大", "重大")),
    ),
    key=("list", "item"),
    take=actions.take_rows,
    give=actions.give_rows,
    may=("safety_section", "street_safety_officer"),
)  # fmt: skip

VISITS = Sheet(
    code="patrols.register",
    label=N_("Register of visits"),
    columns=(
        SheetColumn("started_at", N_("Begun"), "datetime"), SheetColumn("ended_at", N_("Over at"), "datetime"),
        SheetColumn("firm", N_("Firm")), SheetColumn("region", N_("Region")),
        SheetColumn("kind", N_("Kind of visit"), "choice", choices=tuple(rules.KINDS.items())),
        SheetColumn("grade", N_("Class")), SheetColumn("tags", N_("Tags of the firm")),
        SheetColumn("patroller", N_("Patroller")), SheetColumn("companions", N_("Came along")),
        SheetColumn("answered", N_("Items looked at"), "integer"),
        SheetColumn("wrong", N_("Items not fine"), "integer"), SheetColumn("found", N_("Found"), "integer"),
        SheetColumn("sign", N_("Signature"), "choice", choices=(
            ("signed", N_("Signed")), ("refused", N_("Signature refused")))),
        SheetColumn("signer", N_("Signer or witness")),
        SheetColumn("metres_off", N_("Metres from the site"), "integer"),
        SheetColumn("state", N_("State"), "choice", choices=tuple(VISIT.states.items())),
        SheetColumn("note", N_("Note")),
    ),
    key=(),
    give=giving.register,
)  # fmt: skip

NOTE = Field("note", N_("Note"), "long")

dangers.count_visits_with(by_street)

DOMAIN = Domain(
    name="patrols",
    label=N_("Patrols"),
    records=(
        Record(
            model=Visit,
            loop=VISIT,
            columns=(
                Column("organisation", N_("Firm")),
                Column("kind_name", N_("Kind of visit")),
                Column("patroller", N_("Patroller")),
                Column("started_at", N_("Begun")),
                Column("item.state", N_("State")),
            ),
            filters=("item.state", "item.region"),
            facts={"correct": (NOTE,), "amend": (NOTE,)},
            acts={"correct": actions.write_down, "amend": actions.write_down},
            announces=False,  # the patroller who begins it knows
        ),
        Record(
            model=JointCheck,
            loop=JOINT,
            columns=(
                Column("organisation", N_("Firm")),
                Column("unit", N_("Installation")),
                Column("half", N_("Half-year")),
                Column("item.state", N_("State")),
                Column("item.due_at", N_("Due")),
                Column("fire_team", N_("Fire team")),
                Column("found", N_("Found"), numeric=True),
            ),
            filters=("item.state", "item.region"),
            facts={
                "hold": (
                    Field("fire_team", N_("Fire team")),
                    Field("fire_officer", N_("Who came from the fire service")),
                    Field(
                        "found",
                        N_("What was found"),
                        "long",
                        required=False,
                        help=N_("One thing a line: each becomes a danger of the firm."),
                    ),
                ),
            },
            acts={"hold": joint.hold},
        ),
        Record(
            model=Score,
            loop=SCORE,
            columns=(
                Column("person", N_("Patroller")),
                Column("month_name", N_("Month or year")),
                Column("proposed", N_("Proposed"), numeric=True),
                Column("signed", N_("Signed"), numeric=True),
                Column("item.state", N_("State")),
                Column("item.due_at", N_("Clock")),
            ),
            filters=("item.state", "item.region"),
            facts={"sign": (Field("points", N_("Points"), "number", help=N_("Of 100.")),)},
            acts={"sign": scores.sign},
        ),
        Record(
            model=Rotation,
            loop=ROTATION,
            columns=(
                Column("person", N_("Patroller")),
                Column("duty.region", N_("Ground")),
                Column("months", N_("Months there"), numeric=True),
                Column("item.state", N_("State")),
                Column("item.due_at", N_("Due")),
                Column("to", N_("Passed on to")),
                Column("items", N_("Open items passed on"), numeric=True),
            ),
            filters=("item.state", "item.region"),
            facts={
                "rotate": (
                    Field("to", N_("Passed on to"), "choice"),
                    Field(
                        "swap",
                        N_("Their own ground comes back in return"),
                        "flag",
                        required=False,
                        help=N_("Both change in one act, each with the open items of the ground."),
                    ),
                    Field(
                        "overlap_days",
                        N_("Days that both walk the ground"),
                        "number",
                        required=False,
                        help=N_("Left empty it is what the rules say."),
                    ),
                ),
                "keep": (Field("months", N_("Months longer"), "number"),),
            },
            acts={"rotate": rotation.rotate, "keep": rotation.keep},
        ),
        Record(
            model=TrainingDue,
            loop=TRAINING,
            columns=(
                Column("person", N_("Patroller")),
                Column("what", N_("Owed")),
                Column("item.state", N_("State")),
                Column("item.due_at", N_("Due")),
            ),
            filters=("item.state", "item.region"),
        ),
    ),
    indicators=INDICATORS,
    links=LINKS,
    codes={
        "patrols.checklist_published": N_("A checklist was put in force"),
        "patrols.conflict_met": N_("An act from a phone met another hand"),
        "patrols.phone_kept": N_("A phone stays signed in"),
        "patrols.training_entered": N_("A course of a patroller was entered"),
        "patrols.training_struck": N_("A course of a patroller was struck out"),
        "patrols.photos_added": N_("Photos were added to a finding"),
    },
    sheets=(CHECKLISTS, VISITS),
    visits=(
        Visits(
            "patrols.visits",
            N_("Patrols"),
            visiting.expected,
            visiting.due,
            visiting.made,
            visiting.late,
            ("patrols_visit",),
        ),
    ),
    rounds=(
        Round("joint_checks", joint.open_joint_checks),
        Round("scores", scores.propose_scores),
        Round("year_scores", scores.propose_year_scores),
        Round("rotations", rotation.propose_rotations),
        Round("training", training.open_training),
    ),
    edges={
        "enterprises": "a visit goes to a site, whose card, tags and class stand in the archive",
        "dangers": "what is found on a visit is reported as a danger",
    },
)
