"""Former years, inspections, ledgers and a shared case of the demo."""

import pytest

from anlan.domains.accidents.models import Accident, Prevention, Warned
from anlan.domains.assessments.models import Finding, Inspection
from anlan.domains.enterprises.models import DutyLedger
from anlan.domains.knowledge.models import Example
from anlan.surfaces.cli.demo import practice

pytestmark = pytest.mark.django_db


def test_what_a_bureau_has_after_a_while_is_there_and_twice_is_once() -> None:
    practice.write()
    many = [model.objects.count() for model in (Accident, Inspection, DutyLedger, Example)]
    practice.write()
    assert [model.objects.count() for model in (Accident, Inspection, DutyLedger, Example)] == many
    past = Accident.objects.exclude(source="")
    assert (past.count(), set(past.values_list("item__state", flat=True))) == (6, {"on_record"})
    assert sorted(Inspection.objects.values_list("item__state", flat=True)) == ["held", "planned", "planned"]
    assert Inspection.objects.filter(partners__isnull=False).count() == 1
    assert Finding.objects.get(inspection__isnull=False).inspection.said
    assert Example.objects.get().item.state == "shared"
    assert (Prevention.objects.count(), Warned.objects.count()) == (1, 1)
    assert DutyLedger.objects.filter(posts__gt=0).count() >= 5
