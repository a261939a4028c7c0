"""法规案例与图谱 declared."""

from anlan.domains.knowledge.links import LINKS
from anlan.kernel.core.words import N_
from anlan.kernel.domain.spec import Domain

DOMAIN = Domain(name="knowledge", label=N_("Knowledge"), links=LINKS)
