"""The page of one firm: its first glance, corrections and ends by form, the class and what it counts."""

from functools import partial
from uuid import uuid4

import pytest
from django.apps import apps
from django.urls import reverse

from anlan.domains.dangers.actions import report_danger
from anlan.domains.dangers.models import Danger
from anlan.domains.enterprises.actions import hazards
from anlan.domains.enterprises.models import (
    HazardUnit,
    History,
    KeyPerson,
    Site,
    Substance,
)
from anlan.domains.enterprises.tests.firms import Archive, archive
from anlan.domains.patrols.models import Visit
from anlan.kernel.core import clock
from anlan.kernel.ledger.models import Entry
from anlan.kernel.loop.actions import open_item
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import has_duty
from anlan.surfaces.web.tests.firm_pages import PHONE, browser, text
from tests.people import QUAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def it(db: None) -> Archive:
    return archive()


def test_a_site_a_unit_and_a_substance_are_corrected_and_ended_by_their_forms(it: Archive) -> None:
    at, by = clock.real_now(), it.here.owner.by
    unit = hazards.add_unit(firm=it.firm, name="液氯库", kind="storage", by=by, at=at)
    substance = hazards.set_substance(unit=unit, name="氯", quantity_t=9.0, by=by, at=at)
    client = browser(it.here.owner.account)
    row, end = (lambda what, pk, name=name: reverse(f"web:enterprise_{name}", args=[it.firm.pk, what, pk]) for name in ("row", "end"))  # fmt: skip
    firm_page = reverse("web:enterprise", args=[it.firm.pk])
    assert row("unit", unit.pk) in text(client.get(firm_page)), "what lacks leads to the row that lacks it"
    assert 'value="液氯库"' in text(client.get(row("unit", unit.pk)))
    bad = client.post(row("unit", unit.pk), {"name": "液氯库", "people_500m": "-3"})
    assert bad.status_code == 422 and HazardUnit.objects.get().people_500m is None
    given = {
        "name": "液氯库",
        "site": str(it.site.pk),
        "people_500m": "40",
        "filed_number": "BA粤440399〔2026〕1",
    }
    assert client.post(row("unit", unit.pk), given).status_code == 302
    unit = HazardUnit.objects.get()
    assert (unit.people_500m, unit.grade != "unknown", unit.site_id) == (40, True, it.site.pk)
    assert Entry.objects.get(code="enterprises.unit_changed").facts["changed"]["people_500m"] == [
        "",
        "40",
    ]
    assert client.post(row("substance", substance.pk), {"quantity_t": "1.5"}).status_code == 302
    assert float(Substance.objects.get().quantity_t) == 1.5
    moved = {"name": "老厂区", "region": QUAY, "address": "", "lon": "113.92", "lat": "22.67"}
    assert client.post(row("site", it.site.pk), moved | {"lat": ""}).status_code == 422
    assert client.post(row("site", it.site.pk), moved).status_code == 302
    site = Site.objects.get()
    assert (site.name, site.address, site.lon) == ("老厂区", "", 113.92)
    last = client.post(end("site", site.pk), {"why": "搬迁"})
    assert last.status_code == 422 and "last site" in text(last)
    client.post(reverse("web:enterprise_edit", args=[it.firm.pk, "site"]), {"name": "新厂区", "region": QUAY})
    assert client.post(end("site", site.pk), {"why": "搬迁", "pick": "Moved out"}).status_code == 302
    assert Entry.objects.get(code="enterprises.site_closed").facts["why"] == "搬迁"
    assert client.post(end("substance", substance.pk), {"pick": "No longer held"}).status_code == 302
    assert client.post(end("unit", unit.pk), {"pick": "Taken down"}).status_code == 302
    assert not HazardUnit.objects.filter(active=True).exists() and "液氯库" not in text(client.get(firm_page))
    assert browser(it.here.outsider.account).get(row("site", site.pk)).status_code == 404


def test_the_first_glance_is_place_risks_visits_and_class(it: Archive) -> None:
    make = partial(
        apps.get_model("risks.RiskPoint").objects.create,
        enterprise=it.firm,
        region_id=QUAY,
        created_at=clock.real_now(),
    )
    for number, (level, active) in enumerate(((4, True), (4, True), (2, True), (4, False), (0, True))):
        make(
            number=f"R{number}",
            name=f"风险点{number}",
            current_level=level,
            active=active,
            lon=113.9 + number / 1000,
            lat=22.65,
        )
    visit = {
        "organisation": it.here.firm,
        "kind": "routine",
        "patroller": it.here.owner,
        "recorded_at": clock.real_now(),
    }
    open_item(loop="patrols.visit", record=Visit(key=uuid4(), started_at=clock.real_now(), **visit), title="巡查",
              region=QUAY, by=it.here.owner.by, at=clock.real_now())  # fmt: skip
    page = text(browser(it.here.owner.account).get(reverse("web:enterprise", args=[it.firm.pk])))
    risks = reverse("web:risks")
    assert f'href="{risks}?firm={it.firm.pk}&amp;level=4"><b>2</b>' in page, "an ended point counts nowhere"
    assert "4 points in all" in page and "1 without a level" in page
    assert page.count("mr-major") == 2 and "?place=" in page and "风险点3" not in page
    assert "Alma" in page and "nothing found" in page
    assert f"at=enterprises.firm%3A{it.firm.pk}" in page and "The weights say" in page


def test_the_class_counts_open_major_dangers_when_it_is_proposed_and_when_it_is_signed(it: Archive) -> None:
    at, by = clock.real_now(), it.here.owner.by
    hazards.add_facility(firm=it.firm, kind="dust", name="打磨间", facts={"workers": 35}, by=by, at=at)
    for number in range(2):
        report_danger(
            description=f"积尘{number}", category="dust", region=QUAY, organisation=it.here.firm, by=by, at=at
        )
    danger = Danger.objects.first()
    Danger.objects.filter(pk=danger.pk).update(grade="major")
    client, url = browser(it.here.owner.account), reverse("web:enterprise_edit", args=[it.firm.pk, "class"])
    page = text(client.get(url))
    assert "class D" in page and "Major dangers open" in page and "+25" in page
    mild = client.post(url, {"grade": "C", "why": ""})
    assert mild.status_code == 422 and "the weights say D" in text(mild)
    assert client.post(url, {"grade": "D", "why": ""}).status_code == 302
    facts = History.objects.get(kind="grade").facts
    assert {"fact": "major_danger_open", "count": 1, "points": 25} in facts["reasons"] and facts[
        "proposed"
    ] == "D"
    assert "Major dangers open" in text(client.get(reverse("web:enterprise", args=[it.firm.pk])))


def test_a_safety_manager_of_the_firm_page_holds_the_duty_as_long_as_the_role(it: Archive) -> None:
    client = browser(it.here.owner.account)
    url = reverse("web:enterprise_edit", args=[it.firm.pk, "person"])
    assert client.post(url, {"name": "诸葛静", "role": "safety_manager", "phone": PHONE}).status_code == 302
    person, now = Person.objects.get(name="诸葛静"), clock.real_now()
    assert has_duty(person_id=person.pk, kinds=["safety_manager"], region=QUAY, at=now)
    row = KeyPerson.objects.get(person=person)
    end = reverse("web:enterprise_end", args=[it.firm.pk, "person", row.pk])
    assert client.post(end, {"pick": "Left the firm"}).status_code == 302
    assert not has_duty(person_id=person.pk, kinds=["safety_manager"], region=QUAY, at=clock.real_now())
