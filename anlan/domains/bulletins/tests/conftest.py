"""The small district of these tests."""

import pytest

from tests.people import District, add_kind, district


@pytest.fixture
def here() -> District:
    made = district()
    for kind in ("flood_office_head", "work_plan_office"):
        add_kind(kind)
    return made
