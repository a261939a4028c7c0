"""上级报表 declared: what surfaces show of it and which doors it uses."""

from anlan.domains.returns.actions import entering, opening
from anlan.domains.returns.indicators import INDICATORS
from anlan.domains.returns.links import LINKS
from anlan.domains.returns.loop import RETURN
from anlan.domains.returns.models import Return
from anlan.domains.returns.rules.forms import forms
from anlan.kernel.core.words import N_
from anlan.kernel.domain.spec import Column, Domain, Record, Round

forms()  # a faulty form stops the start, not the night

DOMAIN = Domain(
    name="returns",
    label=N_("Returns to upper levels"),
    links=LINKS,
    records=(
        Record(
            model=Return,
            loop=RETURN,
            columns=(
                Column("item.title", N_("Return")),
                Column("last", N_("Days end on")),
                Column("item.state", N_("State")),
                Column("item.due_at", N_("Due")),
            ),
            filters=("item.state", "item.region"),
            acts={
                "enter": entering.enter_by_item,
                "again": entering.enter_by_item,
                "skip": entering.skip,
            },
        ),
    ),
    indicators=INDICATORS,
    codes={
        "returns.entered": N_("Entered on the upper system: {form}, as known at {as_of}"),
        "returns.read_back": N_("Export read back: {form}, {fields} fields, {differences} differ"),
        "returns.settled": N_("Difference settled: {row} {column}, ours {ours}, theirs {theirs}: {how}"),
    },
    rounds=(Round("open", opening.open_due),),
    edges={
        "incidents": N_("forms about an event and the day of the watch read its figures"),
        "accidents": N_("the quick report names type, sector and body of the accident filed for an event"),
        "responses": N_("forms of a flood night read the streets’ situation returns"),
    },
    keepers=("watch_chief", "bureau_chief", "flood_office_head", "work_plan_office"),
)
