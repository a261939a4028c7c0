"""The grass roots of the demo: every state is there, and twice is once."""

import pytest

from anlan.domains.contractors.loop import JOB
from anlan.domains.contractors.models import Job
from anlan.domains.grassroots.loop import ATTAINMENT
from anlan.domains.grassroots.models import Activity, Attainment, Station
from anlan.surfaces.cli.demo import grassroots

pytestmark = pytest.mark.django_db


def test_every_state_is_there_and_twice_is_once(written: dict[str, int]) -> None:
    before = [model.objects.count() for model in (Job, Attainment, Station, Activity)]
    grassroots.write()
    assert [model.objects.count() for model in (Job, Attainment, Station, Activity)] == before
    assert Station.objects.count() == grassroots.STATIONS
    assert set(Job.objects.values_list("item__state", flat=True)) == set(JOB.states)
    assert set(Attainment.objects.values_list("item__state", flat=True)) == set(ATTAINMENT.states) - {
        "given_up"
    }
