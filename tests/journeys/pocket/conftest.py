"""A phone with a camera, and the district of the dust workshop."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from anlan.domains.enterprises.models import Enterprise, Site, Tag
from anlan.domains.patrols import actions
from anlan.kernel.core import clock
from tests.journeys.pocket.ground import PLATE, Phone
from tests.people import QUAY, District, district


@pytest.fixture
def phone(tmp_path: Path, chromium: Any) -> Iterator[Phone]:
    made = Phone(tmp_path, chromium.browser_type)
    yield made
    made.kill()


@pytest.fixture
def here() -> District:
    made = district()
    now = clock.real_now()
    actions.load_checklists(by="service:test", at=now)
    firm = Enterprise.objects.create(organisation=made.firm, grade="D", created_at=now, updated_at=now)
    Tag.objects.create(
        enterprise=firm, kind="dust", facts={"workers": 31}, since=now.date(), by="service:test"
    )
    Site.objects.create(
        enterprise=firm, name="海风家具厂一号车间", address="码头路 8 号", region_id=QUAY, lon=113.9, lat=22.6, plate=PLATE,
        created_at=now - timedelta(days=200),
    )  # fmt: skip
    return made
