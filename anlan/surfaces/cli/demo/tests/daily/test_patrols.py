"""Patrols of the demo: figures that add up and pages that open."""

import pytest

from anlan.domains.patrols.models import Checklist, Finding, Visit
from anlan.domains.patrols.queries.visits import finished, found_on
from anlan.kernel.core import clock
from anlan.surfaces.cli.demo import patrols
from anlan.surfaces.cli.demo.files import DISTRICT

pytestmark = pytest.mark.django_db


def test_a_quarter_of_visits_adds_up_and_is_written_once(written: dict[str, int]) -> None:
    many = written["patrols"]
    assert many == patrols.MANY["small"]
    assert patrols.write() == 0
    assert Checklist.objects.filter(retired_at=None).count() == 7
    now = clock.real_now()
    rows = finished(region=DISTRICT, start=now - 100 * patrols.DAY, end=now, as_of=now)
    assert rows.count() == many
    assert Visit.objects.filter(tags__contains=["dust"]).exists()
    assert len(found_on(rows)) == Finding.objects.count()
    for visit in Visit.objects.prefetch_related("lists")[:20]:
        assert {code.rsplit("-", 1)[0] for code in visit.answers} == {each.code for each in visit.lists.all()}
