"""Counted facts declared: numbers that no other subject counts yet, entered with their source."""

from anlan.domains.statistics.indicators import INDICATORS
from anlan.kernel.core.words import N_
from anlan.kernel.domain.spec import Domain

DOMAIN = Domain(name="statistics", label=N_("Counted facts"), indicators=INDICATORS)
