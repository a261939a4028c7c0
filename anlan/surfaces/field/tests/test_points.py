"""Risk points in the pocket: they come with the day, a code at one opens its firm, a danger is reported at one."""

from typing import Any
from uuid import uuid4

import pytest

from anlan.domains.dangers.models import Danger
from anlan.domains.enterprises.models import Enterprise
from anlan.domains.risks.models import RiskPoint
from anlan.domains.risks.queries.plates import plate_of
from anlan.kernel.core import clock
from anlan.surfaces.field.tests.test_field import act, beginning, day, here, phone, send
from tests.people import QUAY, District

__all__ = ["here"]
pytestmark = pytest.mark.django_db


def a_point(firm: Enterprise, number: str = "FX-1", **more: Any) -> RiskPoint:
    facts = {
        "name": "喷漆房",
        "kind": "place",
        "worst_case_level": 4,
        "assessed_level": 2,
        "current_level": 2,
    } | more
    return RiskPoint.objects.create(
        enterprise=firm, number=number, region_id=QUAY, created_at=clock.real_now(), **facts
    )


@pytest.mark.feature("M368")
def test_a_danger_found_at_a_risk_point_raises_it(here: District) -> None:
    point = a_point(Enterprise.objects.get(organisation=here.firm))
    a_point(point.enterprise, "FX-2", active=False)
    client, begin = phone(here.owner), beginning()
    (said,) = day(client)["sites"][0]["points"]
    assert said == {"id": str(point.pk), "name": "喷漆房", "number": "FX-1", "plate": plate_of(point.pk)}
    find = {
        "visit": begin["body"]["visit"], "finding": str(uuid4()), "description": "无控爆", "category": "dust",
        "candidate": True, "risk_point": said["id"],
    }  # fmt: skip
    answers = send(client, begin, act("find", find))
    assert [each["state"] for each in answers] == ["taken", "taken"]
    point.refresh_from_db()
    assert (Danger.objects.get().risk_point_id, point.current_level) == (point.pk, 3)


def test_a_point_of_another_firm_is_refused_with_its_name(here: District) -> None:
    strange = Enterprise.objects.create(
        organisation=here.street, created_at=clock.real_now(), updated_at=clock.real_now()
    )
    point, begin = a_point(strange), beginning()
    find = {
        "visit": begin["body"]["visit"], "finding": str(uuid4()), "description": "堵", "category": "exit",
        "risk_point": str(point.pk),
    }  # fmt: skip
    answers = send(phone(here.owner), begin, act("find", find))
    assert (answers[1]["state"], answers[1]["field"]) == ("refused", "risk_point")
    assert "喷漆房" in answers[1]["remedy"]
