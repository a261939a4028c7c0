"""基层规范化 declared: what surfaces show of it."""

from anlan.domains.grassroots import actions
from anlan.domains.grassroots.indicators import INDICATORS
from anlan.domains.grassroots.links import LINKS
from anlan.domains.grassroots.loop import ATTAINMENT
from anlan.domains.grassroots.models import Attainment
from anlan.kernel.core.words import N_
from anlan.kernel.domain.spec import Column, Domain, Field, Record

STANDARDS = (
    ("village_ten_haves", N_("Ten things every community has")),
    ("model_community", N_("Model community for disaster reduction")),
    ("street_first_level", N_("Level-one standard of a street's emergency office")),
)
NUMBER = Field("number", N_("Number of the item"), "number")

DOMAIN = Domain(
    name="grassroots",
    label=N_("Grass roots"),
    records=(
        Record(
            model=Attainment,
            loop=ATTAINMENT,
            columns=(
                Column("item.title", N_("Standard")),
                Column("item.region", N_("Community or street")),
                Column("item.state", N_("State")),
                Column("item.due_at", N_("Clock")),
            ),
            filters=("item.state", "item.region"),
            facts={"tick": (NUMBER, Field("note", N_("Note"), required=False)), "untick": (NUMBER,)},
            acts={"tick": actions.tick, "untick": actions.untick, "apply": actions.apply},
            opens=actions.begin,
            opening=(
                Field("standard", N_("Standard"), "choice", choices=STANDARDS),
                Field("due_at", N_("To be reached by"), "datetime"),
            ),
        ),
    ),
    indicators=INDICATORS,
    links=LINKS,
    codes={
        "grassroots.activity": N_("A station wrote down its work"),
        "grassroots.station_opened": N_("A service station opened"),
    },
)  # fmt: skip
