"""The returns of the demo: one confirmed, one that differs, some to be entered; twice is once."""

import pytest

from anlan.domains.returns.models import Difference, Return
from anlan.kernel.core import rulesets
from anlan.kernel.domain.registry import ruleset_files
from anlan.surfaces.cli.demo import district, returns

pytestmark = pytest.mark.django_db


def test_some_are_due_one_differs_and_one_is_confirmed() -> None:
    rulesets.load_files(ruleset_files())
    district.write()
    returns.write()
    before = Return.objects.count()
    returns.write()
    assert Return.objects.count() == before
    assert {"due", "differs", "confirmed"} <= set(Return.objects.values_list("item__state", flat=True))
    assert Difference.objects.filter(settlement=None).exists()
