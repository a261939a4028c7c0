"""A factory, a visit and a photo for the tests of this domain."""

from dataclasses import replace
from datetime import timedelta

from django.apps import apps

from anlan.domains.patrols.actions import Begun
from anlan.kernel.core import attachments
from anlan.kernel.core.ids import new_id
from tests.people import NOON, QUAY, District

# Neighbours' rows by name: this domain may import their public doors only.
Enterprise, Site, Tag = (apps.get_model("enterprises", name) for name in ("Enterprise", "Site", "Tag"))
Danger = apps.get_model("dangers", "Danger")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 40


def workshop(here: District, *, grade: str = "D") -> Site:
    """The furniture factory: dust work with thirty-one people."""
    firm = Enterprise.objects.create(organisation=here.firm, grade=grade, created_at=NOON, updated_at=NOON)
    Tag.objects.create(
        enterprise=firm, kind="dust", facts={"workers": 31}, since=NOON.date() - 90 * DAY, by="service:test"
    )
    return Site.objects.create(
        enterprise=firm, name="海风家具厂", region_id=QUAY, lon=113.9, lat=22.6, created_at=NOON - 300 * DAY
    )


def begun(site: Site, **more: object) -> Begun:
    given = Begun(
        key=new_id(),
        kind="patrol",
        site=site.pk,
        started_at=NOON,
        lists=(("dust", 1), ("general", 1)),
        lon=113.9,
        lat=22.6,
    )
    return replace(given, **more)


def photo(here: District, data: bytes = JPEG):
    return attachments.keep(data=data, media_type="image/jpeg", by=here.owner.by)
