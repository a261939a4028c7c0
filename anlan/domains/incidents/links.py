"""Events in the graph: at which firm."""

from anlan.domains.incidents.loop import INCIDENT
from anlan.domains.incidents.models import Incident
from anlan.kernel.core.words import N_
from anlan.kernel.domain.links import Link, Links
from anlan.kernel.domain.nodes import every, matter

LINKS = Links(
    kinds=(matter(Incident, INCIDENT),),
    links=(
        Link(
            "incidents.at_firm", INCIDENT.name, "enterprises.firm", N_("happened at the firm"),
            N_("Events at the firm"), rows=every(Incident), at_target="organisation_id", since="occurred_at",
        ),
    ),
)  # fmt: skip
