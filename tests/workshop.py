"""What the tests of dangers share: photos, the five in place, a site with a risk point, the people of the district."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from anlan.domains.dangers import actions
from anlan.domains.dangers.models import Candidate, Danger
from anlan.domains.enterprises.models import Enterprise, Site, Tag
from anlan.domains.risks.actions.levels import sign_point
from anlan.domains.risks.models import RiskPoint
from anlan.kernel.core import attachments
from anlan.kernel.loop.evidence import Given
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.orgs.models import Person
from tests.people import DISTRICT, HARBOUR, NOON, QUAY, District, add_duty, add_person, district

DAY = timedelta(days=1)
LON, LAT = 113.9, 22.65
FIVE = {f"five_{name}": "有" for name in ("measures", "responsible", "funds", "time_limit", "plan")}


def photo(data: bytes, **more: Any) -> Given:
    return Given(
        "photo", file=attachments.keep(data=data, media_type="image/jpeg", by="service:test"), **more
    )


@dataclass
class Workshop:
    """A dust workshop with its risk point, and the district's and the street's people."""

    here: District
    site: Site
    point: RiskPoint
    section: Person
    chief: Person
    second: Person


def workshop() -> Workshop:
    here = district()
    section, chief = (
        add_person("Sun", here.bureau, account=True),
        add_person("Chen", here.bureau, account=True),
    )
    second = add_person("Dora", here.street, account=True)
    add_duty(section, "safety_section", DISTRICT)
    add_duty(chief, "bureau_chief", DISTRICT)
    add_duty(second, "enforcement_officer", HARBOUR, rank=1)
    firm = Enterprise.objects.create(organisation=here.firm, created_at=NOON, updated_at=NOON)
    Tag.objects.create(
        enterprise=firm, kind="dust", facts={"workers": 31}, since=NOON.date(), by="service:test"
    )
    site = Site.objects.create(
        enterprise=firm, name="海风家具厂一厂", region_id=QUAY, lon=LON, lat=LAT, created_at=NOON
    )
    point = RiskPoint.objects.create(
        number="R1", enterprise=firm, site=site, name="打磨车间除尘系统", kind="equipment", region_id=QUAY, lon=LON,
        lat=LAT, created_at=NOON,
    )  # fmt: skip
    sign_point(point_id=point.pk, worst=4, assessed=2, why="现场辨识", by="service:test", at=NOON)
    point.refresh_from_db()
    return Workshop(here, site, point, section, chief, second)


def collector(shop: Workshop, **more: Any) -> WorkItem:
    """The dry collector without explosion control, marked candidate major."""
    return actions.report_danger(
        description="干式除尘器无控爆措施", category="dust", risk_point=shop.point.pk, candidate_major=True,
        by=shop.here.owner.by, at=NOON, **more,
    )  # fmt: skip


def decided(shop: Workshop, item: WorkItem, *, at: Any = NOON + timedelta(hours=3)) -> Danger:
    """Two officers decide that it is major."""
    question = Candidate.objects.get(danger_id=item.pk).item
    actions.decide_major(
        item=question, second_officer=str(shop.second.pk), clause="gm-12-3", reason="无控爆",
        by=shop.here.colleague.by, at=at,
    )  # fmt: skip
    item.refresh_from_db()
    return Danger.objects.get(pk=item.pk)
