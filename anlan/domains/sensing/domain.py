"""感知 declared: what surfaces show of alarms and repairs."""

from anlan.domains.sensing.actions.upkeep import STATION_KEEPERS, take_stations
from anlan.domains.sensing.indicators import INDICATORS
from anlan.domains.sensing.links import LINKS
from anlan.domains.sensing.loop import ALARM, REPAIR
from anlan.domains.sensing.models import Alarm, SensorFault
from anlan.domains.sensing.rules.marks import rain_marks_fit
from anlan.domains.sensing.rules.words import STATION_LABELS
from anlan.kernel.core.words import N_
from anlan.kernel.domain.spec import Column, Domain, Record
from anlan.kernel.sheets.spec import Sheet, SheetColumn

STATIONS = Sheet(
    code="sensing.stations",
    label=N_("Stations"),
    columns=(
        SheetColumn(
            "code",
            N_("Code of the station"),
            required=True,
            aliases=("编号", "站码", "测站编码", "code"),
            most=80,
        ),
        SheetColumn(
            "name", N_("Name of the station"), required=True, aliases=("站名", "名称", "name"), most=120
        ),
        SheetColumn("name_en", N_("Name in English"), most=120),
        SheetColumn(
            "kind", N_("Kind of station"), "choice", choices=STATION_LABELS, aliases=("类型", "kind")
        ),
        SheetColumn(
            "region", N_("Region"), "region", required=True, aliases=("区划", "所属社区", "社区", "region")
        ),
        SheetColumn("metrics", N_("What it measures"), aliases=("监测量", "metrics")),
        SheetColumn("lon", N_("Longitude"), "number", aliases=("lon",)),
        SheetColumn("lat", N_("Latitude"), "number", aliases=("lat",)),
        SheetColumn("every_s", N_("Speaks every (s)"), "integer", aliases=("间隔秒", "every_s")),
        SheetColumn("silent_s", N_("Called silent after (s)"), "integer", aliases=("silent_s",)),
        SheetColumn("late_s", N_("Alarms wait for it (s)"), "integer", aliases=("late_s",)),
        SheetColumn("siting_note", N_("Note on its siting"), aliases=("siting_note",), most=200),
        SheetColumn("owner", N_("Owner"), aliases=("owner",), most=120),
        SheetColumn("warning", N_("Warning stage"), "number", aliases=("warning",)),
        SheetColumn("guarantee", N_("Guarantee stage"), "number", aliases=("guarantee",)),
        SheetColumn("flood_limit", N_("Flood limit"), "number", aliases=("flood_limit",)),
        SheetColumn("flood_high", N_("High flood level"), "number", aliases=("flood_high",)),
    ),
    key=("code",),
    take=take_stations,
    may=STATION_KEEPERS,
)

DOMAIN = Domain(
    name="sensing",
    label=N_("Sensing"),
    links=LINKS,
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
    sheets=(STATIONS,),
    rule_checks={"sensing.rain_marks": rain_marks_fit},
    codes={
        "sensing.alarm_stepped": N_("Alarm of {name}: from {before} to {after} ({value} {unit})"),
        "sensing.alarm_ended": N_("Alarm of {name} ended, it was {before}"),
        "sensing.fault_found": N_("Sensor of {name} is not believed: {kind}"),
        "sensing.fault_over": N_("Sensor of {name} is believed again: {kind}"),
        "sensing.stations_declared": N_("{rows} stations with {sensors} sensors declared"),
        "sensing.station_changed": N_("Station {name} changed: {changed}"),
        "sensing.station_retired": N_("Station {name} retired: {reason}"),
        "sensing.station_revived": N_("Station {name} at work again"),
        "sensing.month_dropped": N_(
            "Single readings of {month} dropped: {readings}; their {hours} hourly sums are kept"
        ),
        "sensing.feeder_declared": N_("Source {name} may send readings"),
    },
)
