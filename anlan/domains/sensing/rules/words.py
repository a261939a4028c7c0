"""Colours, measures and faults in words for titles; the domain's own part of the catalogue."""

from anlan.domains.sensing.rules.sources import RAIN_MM
from anlan.kernel.core.words import N_

COLOUR_LABELS = {
    "": N_("none"),
    "blue": N_("blue mark"),
    "yellow": N_("yellow mark"),
    "orange": N_("orange mark"),
    "red": N_("red mark"),
}
METRIC_LABELS = {
    "rain": N_("Rain"),
    "level": N_("Water level"),
    "depth": N_("Depth of water"),
}
FAULT_LABELS = {
    "range": N_("a value that cannot be"),
    "spike": N_("a single leap that nothing confirms"),
    "stuck": N_("the same value again and again"),
    "dead": N_("reads zero amid heavy rain"),
    "silent": N_("silent"),
}
ALARM_TITLES = {
    "sum": N_("{name}: {value} mm of rain in {window}, reaches the {colour} (no signal issued)"),
    "value": N_("{name}: {metric} {value} cm, reaches the {colour} (no signal issued)"),
    "rise": N_("{name}: {metric} up by {value} cm in an hour, reaches the {colour} (no signal issued)"),
    "shared": N_("{name}: gauges of the street reach the {colour} together (no signal issued)"),
    "mean": N_(
        "{name}: mean rain of the street {value} mm in {window}, reaches the {colour} (no signal issued)"
    ),
}
FAULT_TITLE = N_("{name} ({metric}) is not believed: {fault}")
HOURS = N_("{n} h")
MINUTES = N_("{n} min")


def unit_of(metric: str) -> str:
    """What a stored integer counts tenths of."""
    return "mm" if metric == RAIN_MM else "cm"


STATION_LABELS = (
    ("rain", N_("Rain gauge")),
    ("river", N_("River level")),
    ("reservoir", N_("Reservoir")),
    ("street", N_("Street depth")),
    ("tide", N_("Tide")),
)
