"""Who may open a register's record, on the page and by the API: duties over the region, and no region of others."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from anlan.domains.contractors.models import Job
from anlan.domains.dangers.models import Campaign, Danger, LastingMeasure, Unlawful
from anlan.domains.incidents.models import Incident
from anlan.kernel.core import clock
from anlan.kernel.domain.registry import all_domains
from anlan.kernel.orgs.models import Duty
from tests.people import DISTRICT, HILL, QUAY
from tests.workshop import Workshop, workshop

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def shop() -> Workshop:
    return workshop()


@pytest.mark.parametrize("record", ["campaign", "measure", "unlawful"])
def test_a_firms_manager_finds_no_form_and_opens_none(shop: Workshop, signed_in, record: str) -> None:
    browser = signed_in(shop.here.manager)
    url = reverse("web:record_new", args=["dangers", record])
    assert (browser.get(url).status_code, browser.post(url, {"region": DISTRICT}).status_code) == (404, 404)
    assert url not in browser.get(reverse("web:record_list", args=["dangers", record])).content.decode()
    sent = browser.post(
        f"/api/dangers/{record}",
        json.dumps({"region": DISTRICT, "facts": {}}),
        content_type="application/json",
    )
    assert sent.status_code in (403, 422)
    assert not (Campaign.objects.exists() or LastingMeasure.objects.exists() or Unlawful.objects.exists())


def test_a_street_opens_nothing_of_the_district_or_of_another_street(shop: Workshop, signed_in) -> None:
    browser, now = signed_in(shop.here.colleague), clock.real_now()
    form = {"text": "制度", "kind": "rule", "due_by": f"{now + 30 * DAY:%Y-%m-%dT%H:%M}"}
    url = reverse("web:record_new", args=["dangers", "measure"])
    for region in (DISTRICT, HILL):
        answer = browser.post(url, form | {"region": region})
        assert answer.status_code == 422, region
    assert browser.post(url, form | {"region": QUAY}).status_code == 302
    assert LastingMeasure.objects.count() == 1


def test_a_danger_is_reported_in_a_region_of_ones_own(shop: Workshop, signed_in) -> None:
    facts = {"description": "堵", "category": "exit"}
    for person, region, there in ((shop.here.colleague, HILL, 404), (shop.here.colleague, QUAY, 201)):
        answer = signed_in(person).post(
            "/api/dangers/danger",
            json.dumps({"region": region, "facts": facts}),
            content_type="application/json",
        )
        assert answer.status_code == there, answer.content
    assert Danger.objects.count() == 1


def test_notice_of_a_crew_is_the_hosts_or_entered_for_it_and_marked(shop: Workshop, signed_in) -> None:
    now = clock.real_now()
    form = {
        "host": str(shop.here.firm.pk), "contractor": "顺达", "description": "换瓦", "leader": "刘", "workers": "2",
        "start_at": f"{now + DAY / 24:%Y-%m-%dT%H:%M}", "end_at": f"{now + DAY:%Y-%m-%dT%H:%M}", "region": QUAY,
    }  # fmt: skip
    url = reverse("web:record_new", args=["contractors", "job"])
    assert signed_in(shop.here.outsider).post(url, form).status_code == 422
    assert signed_in(shop.here.owner).post(url, form).status_code == 302
    job = Job.objects.get()
    assert job.entered_for == f"enterprise:{shop.here.firm.pk}"
    page = signed_in(shop.here.owner).get(reverse("web:record", args=["contractors", "job", job.pk]))
    assert "代录" in page.content.decode()


def test_a_firms_people_open_only_what_is_theirs(shop: Workshop, signed_in) -> None:
    """Every record that can be opened by hand: a manager finds four forms, and the door is shut for the others."""
    browser = signed_in(shop.here.manager)
    doors = [(domain.name, record) for domain in all_domains() for record in domain.records if record.opens]
    theirs = {
        (domain, record.slug)
        for domain, record in doors
        if browser.get(reverse("web:record_new", args=[domain, record.slug])).status_code == 200
    }
    assert theirs == {
        ("dangers", "danger"),
        ("contractors", "job"),
        ("enterprises", "creation"),
        ("incidents", "incident"),
    }
    for domain, record in doors:
        if (domain, record.slug) not in theirs:
            sent = browser.post(
                f"/api/{domain}/{record.slug}",
                json.dumps({"region": QUAY, "facts": {}}),
                content_type="application/json",
            )
            assert sent.status_code == 422, (domain, record.slug)
            assert "domain.not_a_firms_to_open" in sent.content.decode()


def test_a_patroller_proposes_no_case_and_draws_up_no_assessment(shop: Workshop, signed_in) -> None:
    browser = signed_in(shop.here.owner)
    browser_of_officer = signed_in(shop.here.colleague)
    for domain, record in (("enforcement", "case"), ("enforcement", "referral")):
        url = reverse("web:record_new", args=[domain, record])
        assert browser_of_officer.get(url).status_code == 200
    Duty.objects.filter(person=shop.here.owner).exclude(kind="patroller").delete()
    for domain, record in (("enforcement", "case"), ("enforcement", "plan"), ("risks", "assessment")):
        assert browser.get(reverse("web:record_new", args=[domain, record])).status_code == 404, record


def test_a_firm_tells_of_an_event_of_its_own(shop: Workshop, signed_in) -> None:
    facts = {
        "description": "仓库冒烟",
        "event_class": "accident",
        "kind": "fire",
        "via": "phone",
        "region": QUAY,
    }
    for firm, status in ((shop.here.firm.pk, 201), (shop.here.street.pk, 422)):
        sent = signed_in(shop.here.manager).post(
            "/api/incidents/incident",
            json.dumps({"region": QUAY, "facts": facts | {"organisation": str(firm)}}),
            content_type="application/json",
        )
        assert sent.status_code == status, sent.content
    assert [row.organisation for row in Incident.objects.all()] == [shop.here.firm]
