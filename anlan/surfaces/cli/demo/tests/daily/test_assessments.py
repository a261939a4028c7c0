"""The demo's assessments: every stage of a sheet can be looked at, and twice is once."""

import pytest

from anlan.domains.assessments.models import Entry, Result, Round, SafetyAccount, Sheet, VettingBatch
from anlan.surfaces.cli.demo import assessments

pytestmark = pytest.mark.django_db


def test_every_stage_is_there_and_twice_is_once() -> None:
    assessments.write()
    models = (Round, Sheet, Entry, Result, SafetyAccount, VettingBatch)
    before = [model.objects.count() for model in models]
    assessments.write()
    assert [model.objects.count() for model in models] == before
    assert before[0] == 3
    states = set(Sheet.objects.values_list("item__state", flat=True))
    assert states >= {"self_scoring", "checking", "published", "objected", "final"}
    corrected = Result.objects.get(number=2)
    assert corrected.total is not None and corrected.why
