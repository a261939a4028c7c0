"""The pages of assessments: a unit scores itself, another checks, the table opens; packs; panels; a veto; vetting."""

import re
from datetime import date, timedelta
from threading import Event
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from anlan.domains.assessments.actions import accounts, packs, schemes, vetting
from anlan.domains.assessments.models import (
    Entry,
    Inspection,
    Pack,
    PanelScore,
    Result,
    Round,
    Scheme,
    Sheet,
    VettingOpinion,
)
from anlan.kernel.core import clock
from anlan.kernel.orgs.models import Person
from tests import people

pytestmark = pytest.mark.django_db
TEXT = """
code = "half"
title = "半年考核"
kinds = ["street"]
[[item]]
code = "B1"
label = "责任清单落实"
weight = 100
[[clause]]
code = "K1"
kind = "deduction"
label = "迟报一次"
points = 2
"""


def browser(person: Person, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
    return client


class Office:
    """Both streets' people, an office of two, a chief, a keeper of vetting."""

    def __init__(self) -> None:
        self.here = people.district()
        for code in ("assessment_office", "vetting_keeper"):
            people.add_kind(code)
        self.people: dict[str, Person] = {"owner": self.here.owner, "outsider": self.here.outsider}
        for name, kind in (("office", "assessment_office"), ("second", "assessment_office"), ("chief", "bureau_chief"),
                           ("keeper", "vetting_keeper")):  # fmt: skip
            self.people[name] = people.add_person(name, self.here.bureau, account=True)
            people.add_duty(self.people[name], kind, people.DISTRICT)
        self.at = {name: browser(person) for name, person in self.people.items()}

    def opened(self) -> Round:
        by, now = self.people["office"].by, clock.real_now()
        scheme = schemes.take_scheme(text=TEXT, region=people.DISTRICT, by=by, at=now)
        return schemes.open_round(
            scheme=scheme, first=date(2026, 1, 1), last=date(2026, 6, 30), by=by, at=now
        )

    def post(self, who: str, name: str, *args: Any, **given: Any) -> Any:
        return self.at[who].post(reverse(f"web:{name}", args=args), given)

    def get(self, who: str, name: str, *args: Any) -> Any:
        return self.at[who].get(reverse(f"web:{name}", args=args))

    def step(self, who: str, sheet: Sheet, move: str, **given: Any) -> Any:
        return self.post(who, "move", "assessments", "sheet", sheet.pk, move, **given)


@pytest.fixture
def office() -> Office:
    return Office()


def test_a_scheme_is_taken_in_and_opened_on_its_page(office: Office) -> None:
    bad = office.post("office", "assessments", text=TEXT.replace("weight = 100", "weight = 0"))
    assert bad.status_code == 422
    assert "weight" in bad.content.decode()
    assert office.post("office", "assessments", text=TEXT).status_code == 302
    scheme = Scheme.objects.get()
    assert (
        office.post("office", "assessment_scheme", scheme.pk, first="2026-13-01", last="").status_code == 422
    )
    assert (
        office.post(
            "office", "assessment_scheme", scheme.pk, first="2026-01-01", last="2026-06-30"
        ).status_code
        == 302
    )
    assert Sheet.objects.count() == 2
    assert office.post("owner", "assessments", text=TEXT).status_code == 404


def test_a_sheet_goes_from_the_unit_to_the_checker_and_into_the_table(office: Office) -> None:
    of = office.opened()
    for unit in ("owner", "outsider"):
        sheet = Sheet.objects.get(round=of, unit=office.people[unit].organisation)
        scan = SimpleUploadedFile("责任书.pdf", b"%PDF-1.4", "application/pdf")
        saved = office.post(unit, "assessment_sheet", sheet.pk, **{
            "points-B1": "90", "said-B1": "已落实", "file-B1": scan, "on-B1": "2026-03-01"})  # fmt: skip
        assert saved.status_code == 302
        assert office.step(unit, sheet, "submit").status_code == 302
        office.post("office", "assessment_sheet", sheet.pk, **{"points-B1": "88", "said-B1": "核实"})
        office.post("office", "assessment_entry", sheet.pk, clause="K1", said="迟报", times="1")
        assert office.step("office", sheet, "check").status_code == 302
    before = strip_tags(office.get("owner", "assessment_round", of.pk).content.decode())
    assert not re.search(r"\b8[68]\b", before)  # no points, no result: not shown before publication
    assert office.post("office", "assessment_publish", of.pk).status_code == 302
    page = office.get("owner", "assessment_round", of.pk).content.decode()
    assert page.count("86.00") >= 2
    assert "late entry" in office.get("owner", "assessment_sheet", sheet_of(of, office).pk).content.decode()
    assert Result.objects.count() == 2


def sheet_of(of: Round, office: Office) -> Sheet:
    return Sheet.objects.get(round=of, unit=office.here.street)


def test_a_refused_score_keeps_what_was_typed_beside_its_field(office: Office) -> None:
    sheet = sheet_of(office.opened(), office)
    refused = office.post("owner", "assessment_sheet", sheet.pk, **{"points-B1": "101", "said-B1": "多打了"})
    assert refused.status_code == 422
    assert 'value="101"' in refused.content.decode()
    assert "takes 0 to 100" in refused.content.decode()
    assert office.get("outsider", "assessment_sheet", sheet.pk).status_code == 404


def test_an_entry_is_taken_back_with_a_reason(office: Office) -> None:
    sheet = sheet_of(office.opened(), office)
    assert (
        office.post("office", "assessment_entry", sheet.pk, clause="K1", said="", times="1").status_code
        == 422
    )
    assert (
        office.post(
            "office", "assessment_entry", sheet.pk, clause="K1", said="迟报", times="1000"
        ).status_code
        == 422
    )
    office.post("office", "assessment_entry", sheet.pk, clause="K1", said="迟报", times="2")
    entry = Entry.objects.get()
    assert office.post("office", "assessment_entry_back", sheet.pk, entry.pk, reason="").status_code == 422
    assert (
        office.post("office", "assessment_entry_back", sheet.pk, entry.pk, reason="误登").status_code == 302
    )
    assert Entry.objects.filter(takes_back=entry).exists()


def test_a_pack_is_asked_for_made_and_taken_out_by_whoever_asked(office: Office) -> None:
    of = office.opened()
    days = {"first": "2026-01-01", "last": "2026-06-30"}
    assert office.post("office", "assessment_pack_ask", of.pk, **days).status_code == 422
    office.post("office", "assessment_pack_ask", of.pk, item="B1", unit=office.here.street.pk, **days)
    pack = Pack.objects.get()
    assert office.get("office", "assessment_pack", pack.pk, "pdf").status_code == 404  # not there yet
    packs.work_once(Event())
    sent = office.get("office", "assessment_pack", pack.pk, "pdf")
    assert b"".join(sent.streaming_content).startswith(b"%PDF")
    assert office.get("second", "assessment_pack", pack.pk, "pdf").status_code == 404
    assert office.get("office", "assessment_pack", pack.pk, "exe").status_code == 404


def test_a_member_of_the_panel_scores_on_a_page_of_their_own(office: Office) -> None:
    asked = office.post(
        "office", "account_new", leader=f"person:{office.here.owner.pk}", panel=office.people["chief"].pk
    )
    assert asked.status_code == 302
    assert office.post("office", "account_new").status_code == 422
    item = office.here.owner.charges.get()
    scan = SimpleUploadedFile("述职.pdf", b"%PDF-1.4", "application/pdf")
    office.post("owner", "move", "assessments", "safety_account", item.pk, "hand_in", file=scan)
    assert office.post("chief", "panel_seat", item.pk, score="101").status_code == 422
    assert office.post("chief", "panel_seat", item.pk, score="91.5").status_code == 302
    assert PanelScore.objects.get().score == 91.5
    page = office.get("office", "record", "assessments", "safety_account", item.pk).content.decode()
    assert "91.5" not in page  # told when all have scored and the account is closed
    accounts.close_account(item=item, by=office.people["office"].by, at=clock.real_now())
    assert (
        "91.50" in office.get("office", "record", "assessments", "safety_account", item.pk).content.decode()
    )


def test_vetting_is_signed_by_its_keeper_and_there_for_nobody_else(office: Office) -> None:
    given = {"title": "半年", "purpose": "award", "asked_by": "组织", "names": "卞某，临港街道办事处，科员", "due_on": "2026-07-10",
             "first": "2023-07-01", "last": "2026-07-01"}  # fmt: skip
    assert office.post("office", "vetting", **given).status_code == 404
    assert office.post("keeper", "vetting", **(given | {"names": ""})).status_code == 422
    opened = office.post("keeper", "vetting", **given)
    assert opened.status_code == 302
    batch = opened.headers["Location"].strip("/").split("/")[-1]
    looked = vetting.reads.batches_for(office.people["keeper"].by, at=clock.real_now()).get(pk=batch)
    subject = looked.subjects.get()
    assert office.post("keeper", "vetting_sign", batch, subject.pk, opinion="objection").status_code == 422
    office.post("keeper", "vetting_line", batch, subject.pk, on="2025-05-01", words="通报一次")
    office.post("keeper", "vetting_sign", batch, subject.pk, opinion="objection", words="见通报")
    assert VettingOpinion.objects.get().objection
    page = office.get("keeper", "vetting_batch", batch).content.decode()
    assert "见通报" in page
    assert "通报一次" in page
    for other in ("office", "chief", "owner"):
        assert office.get(other, "vetting_batch", batch).status_code == 404


@pytest.mark.feature("M332", "M053")
def test_before_an_inspection_is_planned_the_page_shows_who_else_is_due_there(office: Office) -> None:
    chief, second = browser(office.people["chief"]), browser(office.people["office"])
    street = office.here.street
    water = people.Organisation.objects.create(kind="member_unit", name="水务局", region_id=people.DISTRICT)
    hydro = people.add_person("水务科长", water, account=True)
    people.add_duty(hydro, "unit_head", people.DISTRICT)
    days = {"first": f"{clock.real_now() + timedelta(days=5):%Y-%m-%d}"}
    days["last"] = days["first"]
    form = reverse("web:inspection_new")
    given = days | {"unit": str(street.pk), "subject": "汛前准备"}
    assert browser(office.here.owner).get(form).status_code == 404
    assert "Nobody else is due there" in chief.get(form, given).content.decode()
    sent = browser(hydro).post(form, given)
    assert sent.status_code == 302
    page = strip_tags(chief.get(form, given).content.decode())
    assert "Go along with 水务局" in page
    refused = chief.post(form, given | {"subject": "责任落实", "join": ""})
    assert refused.status_code == 422
    assert "write why it cannot be one visit" in refused.content.decode()
    joined = chief.post(
        form, given | {"subject": "责任落实", "join": sent.url.rstrip("/").rpartition("/")[2]}
    )
    assert joined.url == sent.url
    assert "together" in chief.get(reverse("web:inspections")).content.decode()
    browser(hydro).post(f"{sent.url}hold/", {"said": "台账缺两页"})
    shown = second.get(sent.url).content.decode()
    assert "台账缺两页" in shown
    assert "goes along" in shown
    assert "责任落实" in shown
    finding = second.post(
        reverse("web:inspection_finding", args=[Inspection.objects.get().pk]), {"words": "台账缺页"}
    )
    assert "/assessments/duty_finding/" in finding.url
    assert "台账缺页" in strip_tags(second.get(sent.url).content.decode())
