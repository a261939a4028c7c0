"""The office that the tests of accidents share."""

import pytest

from anlan.domains.accidents.tests.ground import Office


@pytest.fixture
def office() -> Office:
    return Office()
