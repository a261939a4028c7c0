"""The district with the six lists in force, and a workshop in it."""

import pytest

from anlan.domains.patrols import actions
from anlan.domains.patrols.tests.ground import DAY, Site, workshop
from tests.people import NOON, District, district


@pytest.fixture
def here() -> District:
    made = district()
    actions.load_checklists(by="service:test", at=NOON - 9 * DAY)
    return made


@pytest.fixture
def site(here: District) -> Site:
    return workshop(here)
