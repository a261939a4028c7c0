"""Counted facts declared: numbers that no other subject counts yet, entered with their source. Its round keeps the
sums of spans that are over for the reports of all subjects."""

from anlan.domains.statistics.indicators import INDICATORS
from anlan.kernel.core.words import N_
from anlan.kernel.domain.spec import Domain, Round
from anlan.kernel.indicators.nightly import keep_spans

DOMAIN = Domain(
    name="statistics",
    label=N_("Counted facts"),
    indicators=INDICATORS,
    rounds=(Round("kept_spans", keep_spans),),
)
