"""Enforcement on the web: firms by class, sending two while others are due, lines of a plan, the two lists, officers."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from anlan.domains.enforcement.actions import answering, casework, planning
from anlan.domains.enforcement.models import (
    CheckPlan,
    OfficerCertificate,
    Recusal,
    Referral,
    StrictMark,
    Task,
    Together,
    Unvisited,
)
from anlan.domains.enterprises.models import Enterprise
from anlan.kernel.core import clock
from anlan.kernel.core.workdays import local_day
from anlan.kernel.orgs.models import Person
from anlan.surfaces.web.pages.items import url_of
from anlan.surfaces.web.tests.test_enforcement import Office, at_desk, text_of
from tests import people

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def office() -> Office:
    """The office of the page of checks, and the firm with an archive of class D that was never checked."""
    made = Office()
    Enterprise.objects.create(
        organisation=made.here.firm,
        grade="D",
        sector="C2110",
        created_at=made.now - 400 * DAY,
        updated_at=made.now,
    )
    return made


def zh(person: Person) -> Client:
    client = at_desk(person)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "zh-hans"
    return client


def sending(office: Office, **more) -> dict[str, str]:
    due = (clock.real_now() + 9 * DAY).strftime("%Y-%m-%dT%H:%M")
    return {
        "first_officer": str(office.first.pk),
        "second_officer": str(office.second.pk),
        "kind": "key",
        "due_by": due,
        **more,
    }


@pytest.mark.feature("M332", "M277")
def test_firms_stand_by_class_and_two_are_sent_after_a_decision_about_the_others(office: Office) -> None:
    desk = at_desk(office.first)
    page = text_of(desk.get(reverse("web:enforcement_due")))
    assert "海风家具厂" in page
    assert "Class D" in page
    for view, there in (("owed", True), ("lacking", True), ("planned", False), ("key", False), ("checked", False),
                        ("together", False), ("all", True)):  # fmt: skip
        listed = text_of(desk.get(reverse("web:enforcement_due"), {"view": view, "grade": "D"}))
        assert ("海风家具厂" in listed) is there, view
    address = reverse("web:enforcement_send", args=[office.here.firm.pk])
    page = text_of(desk.get(address))
    assert "Patrol by the firm’s class" in page
    assert "every 180 days" in page
    refused = desk.post(address, sending(office, decision="alone"))
    assert refused.status_code == 422
    assert "cannot wait for the others" in text_of(refused)
    sent = desk.post(address, sending(office, decision="alone", partners="消防", reason="举报核查"))
    assert sent.status_code == 302
    task = Task.objects.get()
    assert (task.kind, task.partners, Together.objects.get().joint) == ("key", [], False)
    assert "举报核查" in text_of(desk.get(sent["Location"]))
    assert at_desk(office.here.outsider).get(address).status_code == 404
    assert at_desk(office.here.manager).get(address).status_code == 404


def test_sectors_and_kinds_stand_by_their_names(office: Office) -> None:
    Enterprise.objects.filter(pk=office.here.firm.pk).update(sector="C2614")
    address = reverse("web:enforcement_send", args=[office.here.firm.pk])
    assert "visited 0 times this month" in text_of(at_desk(office.first).get(address))
    for _twice in range(2):
        office.check()
    page = text_of(at_desk(office.first).get(address))
    assert "visited 2 times this month" in page
    assert "often enough" in page
    assert "C26 化学原料和化学制品制造业" in page
    assert "C2614 化学原料和化学制品制造业" in text_of(at_desk(office.first).get(url_of(office.check())))


def test_a_plan_shows_its_classes_takes_in_what_is_owed_and_lets_a_line_go(office: Office) -> None:
    desk = at_desk(office.section)
    item = planning.draft_plan(
        year=local_day(office.now).year, region=people.DISTRICT, by=office.section.by, at=office.now
    )
    assert "Put the 1 firm that lacks into the plan" in text_of(desk.get(url_of(item)))
    owed = reverse("web:enforcement_owed", args=[item.pk])
    assert at_desk(office.here.outsider).post(owed).status_code == 404
    assert desk.post(owed).status_code == 302
    line = CheckPlan.objects.get().lines.get()
    of_plan = {"plan": str(item.pk), "view": "key", "grade": "D"}
    assert "海风家具厂" in text_of(desk.get(reverse("web:enforcement_due"), of_plan))
    assert at_desk(office.here.outsider).get(reverse("web:enforcement_due"), of_plan).status_code == 404
    assert line.kind == "key"
    address = reverse("web:enforcement_lines", args=[item.pk])
    assert "海风家具厂" in text_of(desk.get(address, {"q": "海风"}))
    assert desk.post(address, {"line": str(line.pk), "why": " "}).status_code == 422
    assert desk.post(address, {"line": str(line.pk), "why": "停业"}).status_code == 302
    assert "停业" in text_of(desk.get(address))
    assert at_desk(office.here.manager).get(address).status_code == 404


@pytest.mark.feature("M273")
def test_a_case_is_marked_counted_in_the_month_and_handed_over(office: Office) -> None:
    item = casework.open_case(
        organisation=office.here.firm, cause="拒不停产", first_officer=office.first, second_officer=office.second,
        by=office.first.by, at=office.now,
    )  # fmt: skip
    desk = at_desk(office.first)
    address = reverse("web:enforcement_strict_mark", args=[item.pk])
    assert "停产整顿" in text_of(zh(office.first).get(address))
    assert desk.post(address, {"measure": ""}).status_code == 422
    assert desk.post(address, {"measure": "stop", "why": "拒不整改"}).status_code == 302
    month = reverse("web:enforcement_strict")
    assert "拒不停产" in text_of(desk.get(month))
    assert "拒不停产" in text_of(desk.get(month, {"measure": "stop", "street": people.HARBOUR}))
    assert "拒不停产" not in text_of(desk.get(month, {"measure": "close"}))
    assert at_desk(office.here.outsider).get(address).status_code == 404
    back = {"back": str(StrictMark.objects.get().pk)}
    assert desk.post(address, back).status_code == 422
    assert desk.post(address, back | {"why_back": "不属于"}).status_code == 302
    assert "拒不停产" not in text_of(desk.get(month))
    refer = reverse("web:enforcement_refer", args=[item.pk])
    assert refer in text_of(desk.get(url_of(item)))
    assert "拒不停产" in text_of(desk.get(refer))
    given = {"offence": "危险作业", "to": "区公安分局", "persons": "1", "names": "甲"}
    assert desk.post(refer, given | {"persons": "many"}).status_code == 422
    assert desk.post(refer, given).status_code == 302
    assert Referral.objects.get().case_id == item.pk
    assert at_desk(office.here.outsider).get(refer).status_code == 404


def test_certificates_are_registered_and_ended_and_recusals_declared_by_the_section(office: Office) -> None:
    desk, address = at_desk(office.section), reverse("web:enforcement_officers")
    new = people.add_person("新执法", office.here.street)
    people.add_duty(new, "enforcement_officer", people.HARBOUR, rank=2)
    assert "no certificate" in text_of(desk.get(address))
    given = {"what": "certify", "person": str(new.pk), "number": "粤B9", "valid_from": "2026-01-01"}
    assert desk.post(address, given).status_code == 422
    assert desk.post(address, given | {"valid_to": "2025-01-01"}).status_code == 422
    assert desk.post(address, given | {"valid_to": "2098-12-31"}).status_code == 302
    row = OfficerCertificate.objects.get(number="粤B9")
    firm = {
        "what": "recuse",
        "person": str(new.pk),
        "organisation": str(office.here.firm.pk),
        "since": "2026-01-01",
    }
    assert desk.post(address, firm).status_code == 422
    assert desk.post(address, firm | {"why": "配偶任职"}).status_code == 302
    assert Recusal.objects.get().person == new
    ending = {"what": "end", "row": str(row.pk), "on": f"{office.now:%Y-%m-%d}", "why": "调离"}
    assert at_desk(office.first).post(address, ending).status_code == 404
    assert desk.post(address, ending).status_code == 302
    row.refresh_from_db()
    assert row.valid_to == office.now.date()
    assert at_desk(office.here.manager).get(address).status_code == 404


@pytest.mark.feature("M277")
def test_a_firm_past_its_frequency_has_a_page_from_which_two_are_sent(office: Office) -> None:
    answering.open_unvisited(region=people.DISTRICT, at=office.now)
    row = Unvisited.objects.get()
    page = text_of(at_desk(office.first).get(url_of(row.item)))
    assert reverse("web:enforcement_send", args=[office.here.firm.pk]) in page
    assert "every 180 days" in page
    excuse = reverse("web:move", args=["enforcement", "unvisited", row.pk, "excuse"])
    assert at_desk(office.section).post(excuse, {"reason": "停产检修"}).status_code == 302
