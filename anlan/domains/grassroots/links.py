"""Standards of the grass roots in the graph: which community or street is on its way to which."""

from anlan.domains.grassroots.loop import ATTAINMENT
from anlan.domains.grassroots.models import Attainment
from anlan.kernel.core.words import N_
from anlan.kernel.domain.links import Link, Links
from anlan.kernel.domain.nodes import every, matter

LINKS = Links(
    kinds=(matter(Attainment, ATTAINMENT),),
    links=(
        Link("grassroots.attained_in", ATTAINMENT.name, "places.region", N_("is the standard of"),
             N_("Standards on their way or reached"), rows=every(Attainment), at_target="item__region_id",
             since="item__opened_at"),
    ),
)  # fmt: skip
