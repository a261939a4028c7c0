"""Enforcement of the demo: every state of a case, a draw that can be made again, something late, numbers out of rows."""

import pytest

from anlan.domains.enforcement.models import Case, Check, Draw, OfficerCertificate, PointTable, Referral, Spot
from anlan.domains.enforcement.queries import plans
from anlan.kernel.core import clock
from anlan.kernel.loop.models import WorkItem
from anlan.surfaces.cli.demo import enforcement

pytestmark = pytest.mark.django_db


def test_has_a_case_in_every_state_and_one_that_is_late(written) -> None:
    states = set(Case.objects.values_list("item__state", flat=True))
    assert {"proposed", "investigating", "noticed", "decided", "served", "executed", "concluded"} <= states
    assert Case.objects.filter(item__state="investigating", decide_by__lt=clock.real_now()).exists()


def test_is_a_twentieth_of_a_year_and_more_than_nothing(written) -> None:
    assert Check.objects.count() >= enforcement.VISITS
    assert Spot.objects.count() == enforcement.SPOTS
    assert OfficerCertificate.objects.count() == 64
    assert Referral.objects.count() == 1
    assert len(PointTable.objects.get().lines) == 10


def test_its_draws_can_be_made_again(written) -> None:
    for draw in Draw.objects.all():
        assert plans.prove(draw).holds
    assert set(Draw.objects.values_list("item__state", flat=True)) == {"published", "drawn"}


def test_written_twice_is_written_once(written) -> None:
    before = WorkItem.objects.filter(loop__startswith="enforcement.").count()
    assert enforcement.write() == 0
    assert WorkItem.objects.filter(loop__startswith="enforcement.").count() == before
