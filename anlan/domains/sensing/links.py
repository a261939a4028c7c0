"""Stations in the graph: where each stands, which alarms it raised, which repairs its instruments needed."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from anlan.domains.sensing.loop import ALARM, REPAIR
from anlan.domains.sensing.models import Alarm, SensorFault, Station
from anlan.domains.sensing.rules import words
from anlan.kernel.core.words import N_
from anlan.kernel.domain.links import Link, Links, NodeKind, Reader, Said
from anlan.kernel.domain.nodes import called, every, in_sight, matter
from anlan.kernel.orgs.queries import visible_regions

STATION = "sensing.station"
KINDS = dict(words.STATION_LABELS)


def _seen(reader: Reader) -> QuerySet[Any]:
    """As the list of stations has them: those at work in the reader's regions."""
    near = visible_regions(reader.person, at=reader.at)
    rows = Station.objects.filter(near, in_sight(reader, path="exercise"), active=True)
    return rows.select_related("region")


def _said(row: Station) -> Said:
    return Said(called(row), f"{_(KINDS[row.kind])} · {called(row.region)}")


LINKS = Links(
    kinds=(
        NodeKind(STATION, N_("Station"), _seen, _said, words="name", region="region_id"),
        matter(Alarm, ALARM, note=lambda row: _(words.COLOUR_LABELS[row.peak])),
        matter(SensorFault, REPAIR),
    ),
    links=(
        Link("sensing.station_in", STATION, "places.region", N_("stands in the region"), N_("Stations"),
             rows=every(Station, active=True), at_target="region_id"),
        Link("sensing.station_at", STATION, "places.place", N_("watches the place"), N_("Stations that watch it"),
             rows=every(Station, active=True, place__isnull=False), at_target="place_id"),
        Link("sensing.raised_by", ALARM.name, STATION, N_("was raised by the station"), N_("Alarms of the station"),
             rows=every(Alarm, sensor__isnull=False), at_target="sensor__station_id", since="began_at",
             why="metric", words=words.METRIC_LABELS),
        Link("sensing.mends", REPAIR.name, STATION, N_("mends an instrument of"), N_("Repairs of its instruments"),
             rows=every(SensorFault), at_target="sensor__station_id", since="began_at", why="kind",
             words=words.FAULT_LABELS),
    ),
)  # fmt: skip
