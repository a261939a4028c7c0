"""A small district with gauges, for the tests that need rows."""

from collections.abc import Iterator

import pytest

from anlan.domains.sensing.queries import engines
from tests import people


@pytest.fixture
def district(db: None) -> Iterator[people.District]:
    """Regions, duties and rules; no engine of another test is left in this process."""
    engines._running.clear()
    yield people.district()
    engines._running.clear()
