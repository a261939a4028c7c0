"""感知 declared: what surfaces show of alarms and repairs."""

from anlan.domains.sensing.indicators import INDICATORS
from anlan.domains.sensing.loop import ALARM, REPAIR
from anlan.domains.sensing.models import Alarm, SensorFault
from anlan.domains.sensing.rules.marks import rain_marks_fit
from anlan.kernel.core.words import N_
from anlan.kernel.domain.spec import Column, Domain, Record

DOMAIN = Domain(
    name="sensing",
    label=N_("Sensing"),
    records=(
        Record(
            model=Alarm,
            loop=ALARM,
            columns=(
                Column("item.title", N_("Alarm")),
                Column("peak", N_("Highest mark reached")),
                Column("item.state", N_("State")),
                Column("began_at", N_("Began")),
                Column("ended_at", N_("Ended at")),
            ),
            filters=("peak", "metric", "item.state", "item.region"),
            on_map=True,
            announces=False,  # whom an alarm concerns is the business of warnings; the watch has it on its list
        ),
        Record(
            model=SensorFault,
            loop=REPAIR,
            columns=(
                Column("item.title", N_("Instrument")),
                Column("kind", N_("Kind of fault")),
                Column("item.state", N_("State")),
                Column("times", N_("Times"), numeric=True),
                Column("item.due_at", N_("Due")),
            ),
            filters=("kind", "item.state", "item.region"),
        ),
    ),
    indicators=INDICATORS,
    keepers=("flood_office_head",),
    rule_checks={"sensing.rain_marks": rain_marks_fit},
    codes={
        "sensing.alarm_stepped": N_("Alarm of {name}: from {before} to {after} ({value} {unit})"),
        "sensing.alarm_ended": N_("Alarm of {name} ended, it was {before}"),
        "sensing.fault_found": N_("Sensor of {name} is not believed: {kind}"),
        "sensing.fault_over": N_("Sensor of {name} is believed again: {kind}"),
        "sensing.stations_declared": N_("{rows} stations with {sensors} sensors declared"),
        "sensing.feeder_declared": N_("Source {name} may send readings"),
    },
)
