"""A firm with risk points for the tests of this domain."""

from typing import Any

from django.apps import apps

from anlan.domains.risks.models import RiskPoint, RiskSource
from anlan.kernel.orgs.models import Organisation
from tests.people import LONG_AGO, QUAY, District

Enterprise = apps.get_model(
    "enterprises", "Enterprise"
)  # a neighbour's rows by name: only its public.py is imported


def a_firm(here: District) -> Any:
    """The furniture factory of the test district, with its archive."""
    return Enterprise.objects.get_or_create(
        organisation=here.firm, defaults={"section": "C", "created_at": LONG_AGO, "updated_at": LONG_AGO}
    )[0]


def another_firm(uscc: str, *, region: str = QUAY, name: str = "望海冷库") -> Any:
    unit = Organisation.objects.create(name=name, kind="enterprise", region_id=region, uscc=uscc)
    return Enterprise.objects.create(organisation=unit, section="G", created_at=LONG_AGO, updated_at=LONG_AGO)


def a_point(firm: Any, number: str = "FX-1", **said: Any) -> RiskPoint:
    facts = {"name": "喷漆车间除尘器", "kind": "equipment", "worst_case_level": 4, "assessed_level": 2} | said
    facts = {"current_level": facts["assessed_level"], "lon": 113.9, "lat": 22.6} | facts
    point = RiskPoint(
        enterprise=firm, number=number, region_id=firm.organisation.region_id, section=firm.section,
        created_at=LONG_AGO, **facts,
    )  # fmt: skip
    point.index(firm.organisation.name)
    point.save()
    return point


def a_source(point: RiskPoint, name: str = "木粉尘", **said: Any) -> RiskSource:
    source = RiskSource(point=point, name=name, **({"worst_case_level": 3, "assessed_level": 2} | said))
    source.index(point)
    source.save()
    return source
