from decimal import Decimal

from anlan.kernel.core.words import N_
from anlan.kernel.domain.spec import Column, Domain, Field, Record
from anlan.kernel.indicators.spec import Counted, Cut, Indicator, Period
from anlan.kernel.loop.models import Step
from tests.lamps.actions import report_lamp
from tests.lamps.loop import LAMP
from tests.lamps.models import Lamp


def lit(cut: Cut, period: Period, as_of: object) -> Counted:
    """Lamps lit again in the period."""
    del cut, as_of
    rows = Step.objects.filter(move="light", happened_at__gte=period.start, happened_at__lt=period.end)
    ids = list(rows.values_list("item_id", flat=True))
    return Counted(Decimal(len(ids)), len(ids), ids)


DOMAIN = Domain(
    name="lamps",
    label=N_("Lamps"),
    records=(
        Record(
            model=Lamp, loop=LAMP,
            columns=(Column("pole", N_("Pole")), Column("item.state", N_("State"))),
            facts={"send": (Field("crew", N_("Crew")),)},
            opens=report_lamp,
            opening=(Field("pole", N_("Pole")),),
            on_map=True,
        ),
    ),
    indicators=(
        Indicator(
            code="lamps.lit", label=N_("Lamps lit again"), unit=N_("lamps"),
            definition=N_("Lamps whose light came back in the period."), of=lit, digits=0,
        ),
    ),
)  # fmt: skip
