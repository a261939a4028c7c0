"""Goals of a campaign against accidents on the web: set, shown beside its checks, a street warned."""

from datetime import timedelta

import pytest
from django.urls import reverse

from anlan.domains.accidents.actions import file_accident
from anlan.domains.accidents.models import Prevention, Warned
from anlan.domains.dangers.actions import start_campaign
from anlan.kernel.core import clock
from anlan.surfaces.web.pages.items import url_of
from anlan.surfaces.web.tests.test_enforcement import at_desk, text_of
from tests import people

pytestmark = pytest.mark.django_db


@pytest.mark.feature("M031")
def test_a_campaign_is_given_goals_and_its_page_shows_accidents_beside_checks() -> None:
    here, now = people.district(), clock.real_now()
    people.add_kind("accident_office")
    section, head = (people.add_person(name, here.bureau, account=True) for name in ("监管科长", "统计科长"))
    people.add_duty(section, "safety_section", people.DISTRICT)
    people.add_duty(head, "accident_office", people.DISTRICT)
    day = timedelta(days=1)
    campaign = start_campaign(name="高坠百日", region=people.DISTRICT, starts_on=now.date() - 9 * day,
                              ends_on=now.date() + 90 * day, by=section.by, at=now - 9 * day)  # fmt: skip
    desk, address = at_desk(section), reverse("web:accident_prevention")
    assert "高坠百日" in text_of(desk.get(address))
    given = {"campaign": str(campaign.pk), "types": ["fall_height"], "sectors": ["E"]}
    assert desk.post(address, given).status_code == 422
    assert desk.post(address, given | {"most_accidents": "0"}).status_code == 302
    row = Prevention.objects.get()
    file_accident(description="脚手架坠落", type_code="fall_height", sector="E", body="housing", region=people.QUAY, dead=1,
                  by=section.by, at=now)  # fmt: skip
    page = text_of(desk.get(url_of(row.item)))
    assert "broken" in page
    assert "worse than last year" in page
    assert "脚手架坠落" in page
    warning = reverse("web:move", args=["accidents", "prevention", row.pk, "warn"])
    assert "临港街道" in text_of(at_desk(head).get(warning))
    told = at_desk(head).post(warning, {"street": people.HARBOUR, "how": "talk", "reason": "上升"})
    assert told.status_code == 302
    assert Warned.objects.get().street_id == people.HARBOUR
    assert "Summoned to a talk" in text_of(desk.get(url_of(row.item)))
    assert at_desk(here.owner).get(address).status_code == 404
    assert at_desk(here.manager).get(url_of(row.item)).status_code == 404
