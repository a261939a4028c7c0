"""What the database counts and lists of owed visits is what the single sites say."""

from datetime import timedelta
from random import Random
from uuid import uuid4

import pytest
from django.apps import apps

from anlan.domains.patrols.models import Visit
from anlan.domains.patrols.queries import owing
from anlan.domains.patrols.queries.owing import Asked, Community, Listed, Owed
from anlan.domains.patrols.rules import UNCLASSED, due_at
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.orgs.models import Organisation
from tests.people import HILL, NOON, QUAY, TERRACE, district

pytestmark = pytest.mark.django_db
Enterprise, Site = (apps.get_model(name) for name in ("enterprises.Enterprise", "enterprises.Site"))
DAY = timedelta(days=1)
EVERY = {"A": 180, "B": 120, "C": 90, "D": 30, UNCLASSED: 90}
AHEAD = NOON + 7 * DAY
COUNTS = {"finished": True, "under_way": False}


def site(lot: Random, patroller: object) -> Owed | None:
    """One site drawn by lot, and what is owed there; None where it is not at work."""
    region, grade = lot.choice((QUAY, TERRACE, HILL)), lot.choice(("A", "B", "C", "D", ""))
    status, active = lot.choice(("operating", "operating", "suspended", "moved")), lot.random() < 0.9
    firm = Enterprise.objects.create(
        organisation=Organisation.objects.create(name="厂", kind="enterprise", region_id=region),
        grade=grade, status=status, created_at=NOON, updated_at=NOON,
    )  # fmt: skip
    since = NOON - lot.choice((-3, 0, 2)) * DAY
    row = Site.objects.create(enterprise=firm, name="一厂", region_id=region, created_at=since, active=active)
    last = None
    for ago in lot.sample((25, 29, 30, 85, 90, 120, 200), lot.randrange(3)):
        state, kind = lot.choice(tuple(COUNTS)), lot.choice(("routine", "routine", "self_check"))
        at = NOON - ago * DAY
        item = WorkItem.objects.create(
            loop="patrols.visit", state=state, title="巡查", region_id=region, opened_at=at, opened_by="x", state_since=at
        )  # fmt: skip
        Visit.objects.create(
            item=item, key=uuid4(), kind=kind, site=row, organisation=firm.organisation, patroller=patroller,
            started_at=at, recorded_at=at,
        )  # fmt: skip
        if COUNTS[state] and kind != "self_check":
            last = max(at, last or at)
    due = due_at(grade=grade, last=last, since=since, every_days=EVERY)
    return Owed(row.pk, region, grade or UNCLASSED, due, last) if active and status != "moved" else None


def test_counts_communities_and_pages_are_those_of_the_single_sites() -> None:
    here, lot = district(), Random(5)
    rows = [found for _ in range(60) if (found := site(lot, here.owner))]
    rows.sort(key=lambda row: (row.due_at, str(row.site)))
    fits = {
        "late": lambda row: row.due_at < NOON,
        "soon": lambda row: NOON <= row.due_at <= AHEAD,
        "never": lambda row: row.last is None,
    }
    for within in ("", QUAY, HILL, "7"):
        asked = Asked(("440399001", "440399004"), EVERY, NOON, AHEAD, None, within)
        near = [row for row in rows if row.region.startswith(within.rstrip("0"))]
        assert owing.counts(asked) == {view: sum(map(fit, near)) for view, fit in fits.items()}
        for view, fit in fits.items():
            for grade in ("", "D", UNCLASSED, "?"):
                wanted = [row for row in near if fit(row) and grade in ("", row.grade)]
                listed = Listed(asked, view, grade)
                assert (len(listed), listed[:], listed[1:4]) == (len(wanted), wanted, wanted[1:4])
        told = [
            Community(region, len(own), *(sum(map(fits[view], own)) for view in ("late", "soon")))
            for region in {row.region for row in rows}
            for own in [[row for row in rows if row.region == region]]
        ]
        assert owing.communities(asked) == sorted(
            told, key=lambda each: (-each.late, -each.soon, each.region)
        )
    nowhere = Asked((), {}, NOON, AHEAD, None)
    assert (owing.counts(nowhere), owing.communities(nowhere), Listed(nowhere, "late")[:]) == (
        {"late": 0, "soon": 0, "never": 0}, [], [],
    )  # fmt: skip
