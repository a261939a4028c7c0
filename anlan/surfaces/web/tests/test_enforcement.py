"""Enforcement on the web: a check on the spot, what follows from it, a draw with its proof, a case with its clocks."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from anlan.domains.enforcement.actions import casework, checking, drawing, officers, planning, pointing
from anlan.domains.enforcement.actions.planning import LineGiven
from anlan.domains.enforcement.models import Case, Check, Draw, Spot
from anlan.kernel.core import clock
from anlan.kernel.core.workdays import local_day
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.orgs.models import Organisation, Person
from anlan.surfaces.web.pages.items import url_of
from tests import people

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


class Office:
    """The harbour street with two certified officers, and a section and a chief of the district."""

    def __init__(self) -> None:
        self.here = people.district()
        self.now = clock.real_now()
        self.first = self.here.colleague
        self.second = people.add_person("梁执法", self.here.street, account=True)
        people.add_duty(self.second, "enforcement_officer", people.HARBOUR, rank=1)
        for number, person in enumerate((self.first, self.second)):
            officers.certify(person=person, number=f"粤{number}", valid_from=date(2020, 1, 1), valid_to=date(2099, 1, 1),
                             by="service:test", at=self.now)  # fmt: skip
        self.section = people.add_person("监管科长", self.here.bureau, account=True)
        self.chief = people.add_person("局长", self.here.bureau, account=True)
        people.add_duty(self.section, "safety_section", people.DISTRICT)
        people.add_duty(self.chief, "bureau_chief", people.DISTRICT)

    def check(self, **more) -> WorkItem:
        return checking.record_check(
            organisation=self.here.firm, first_officer=self.first, second_officer=self.second, by=self.first.by,
            at=self.now, **more,
        )  # fmt: skip


@pytest.fixture
def office() -> Office:
    return Office()


def at_desk(person: Person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text_of(response) -> str:
    return response.content.decode()


@pytest.mark.feature("M275")
def test_a_visit_is_recorded_on_one_page(office: Office) -> None:
    desk = at_desk(office.first)
    address = reverse("web:enforcement_check")
    page = text_of(desk.get(address))
    assert "梁执法 · 粤1" in page
    key = page.split('name="key" value="')[1][:36]
    given = {"organisation": str(office.here.firm.pk), "first_officer": str(office.first.pk), "kind": "campaign", "key": key,
             "finding-1": "除尘风管积尘", "category-1": "dust", "order": "on", "prevention": "paper"}  # fmt: skip
    lacking = desk.post(address, given)
    assert lacking.status_code == 422
    assert "除尘风管积尘" in text_of(lacking)
    for _twice in range(2):
        assert desk.post(address, given | {"second_officer": str(office.second.pk)}).status_code == 302
    row = Check.objects.get()
    shown = text_of(desk.get(url_of(row.item)))
    assert "责令限期整改指令书" in shown
    assert "除尘风管积尘" in shown


def test_what_follows_from_a_check_brings_its_firm_and_officers(office: Office) -> None:
    item = office.check(findings=[checking.Found("积尘", "dust")])
    desk = at_desk(office.first)
    both = {"first_officer": office.first.by, "second_officer": office.second.by}
    for what, more in (
        ("case", {}),
        ("spot", {"kind": "fine", "power": "aqscf-97", "amount": "2000", "discretion": "首次"}),
        ("measure", {"kind": "seal", "what": "喷漆房"}),
    ):
        address = reverse("web:enforcement_from", args=[item.pk, what])
        assert "积尘" in text_of(desk.get(address)) or what == "measure"
        assert desk.post(address, {"cause": "积尘", **both, **more}).status_code == 302, what
    assert Case.objects.get().check_row_id == Spot.objects.get().check_row_id == item.pk
    too_high = desk.post(reverse("web:enforcement_from", args=[item.pk, "spot"]),
                         {"cause": "积尘", **both, "kind": "fine", "power": "aqscf-97", "amount": "3001"})  # fmt: skip
    assert too_high.status_code == 422
    assert (
        at_desk(office.here.outsider).get(reverse("web:enforcement_from", args=[item.pk, "case"])).status_code
        == 404
    )
    assert at_desk(office.here.manager).get(url_of(item)).status_code == 404


def test_a_draw_shows_its_proof_and_is_published(office: Office) -> None:
    firms = [
        Organisation.objects.create(name=f"厂{n}", kind="enterprise", region_id=people.QUAY) for n in range(4)
    ]
    plan = planning.draft_plan(
        year=local_day(office.now).year, region=people.DISTRICT, by=office.section.by, at=office.now - DAY
    )
    planning.add_lines(
        item=plan, given=[LineGiven(firm) for firm in firms], by=office.section.by, at=office.now - DAY
    )
    planning.approve(item=plan, approval="1", by=office.chief.by, at=office.now - DAY)
    desk = at_desk(office.section)
    assert desk.post(reverse("web:enforcement_draw"), {"count": "9"}).status_code == 422
    assert desk.post(reverse("web:enforcement_draw"), {"count": "2", "seed": "07 12 33"}).status_code == 302
    draw = Draw.objects.get()
    page = text_of(desk.get(url_of(draw.item)))
    assert "07 12 33" in page
    assert draw.lists_sm3[:32] in page
    assert drawing.candidates(people.DISTRICT, at=office.now) != {}
    assert "50.00" not in text_of(desk.get(url_of(plan)))
    assert at_desk(office.here.outsider).get(url_of(draw.item)).status_code == 404


def test_a_case_is_decided_from_the_list_of_powers(office: Office) -> None:
    item = casework.open_case(organisation=office.here.firm, cause="积尘", first_officer=office.first,
                              second_officer=office.second, by=office.first.by, at=office.now)  # fmt: skip
    casework.approve(item=item, by=office.section.by, at=office.now)
    penalty = {"kind": "fine", "power": "aqscf-97", "amount": "40000", "tier": "ordinary"}
    desk, head = at_desk(office.first), at_desk(office.chief)
    address = reverse("web:move", args=["enforcement", "case", item.pk, "notify"])
    assert "安全生产法 97" in text_of(desk.get(address))
    assert desk.post(address, penalty).status_code == 302
    deciding = reverse("web:move", args=["enforcement", "case", item.pk, "decide"])
    assert head.post(deciding, penalty | {"amount": "100001"}).status_code == 422
    assert head.post(deciding, penalty).status_code == 302
    page = text_of(desk.get(url_of(item)))
    assert "40,000" in page
    paper = Case.objects.get().papers.get(kind="enforcement.penalty_decision")
    assert desk.get(reverse("web:enforcement_paper", args=[paper.pk])).status_code == 200
    assert (
        at_desk(office.here.outsider).get(reverse("web:enforcement_paper", args=[paper.pk])).status_code
        == 404
    )


@pytest.mark.feature("M376")
def test_a_month_is_shown_to_the_streets_before_it_ranks_them(office: Office) -> None:
    office.check(happened_at=office.now.replace(day=1) - 3 * DAY)
    desk = at_desk(office.section)
    month = f"{office.now.replace(day=1) - 3 * DAY:%Y-%m}"
    address = f"{reverse('web:enforcement_months')}?month={month}"
    page = desk.get(address)
    assert "临港街道" in text_of(page)
    shown = desk.post(address)
    assert shown.status_code == 302
    assert desk.post(address).status_code == 422
    assert "临港街道" in text_of(desk.get(shown["Location"]))
    table = WorkItem.objects.get(loop="enforcement.points")
    refused = desk.post(reverse("web:move", args=["enforcement", "points", table.pk, "settle"]))
    assert refused.status_code == 422
    later = office.now + 9 * DAY
    pointing.settle(item=table, by=office.section.by, at=later)
    assert "通报" in text_of(desk.get(url_of(table)))


def test_every_list_speaks_when_it_is_empty(office: Office) -> None:
    desk = at_desk(office.section)
    for slug in (
        "plan",
        "draw",
        "task",
        "check",
        "case",
        "spot",
        "measure",
        "publication",
        "referral",
        "points",
    ):
        assert desk.get(reverse("web:record_list", args=["enforcement", slug])).status_code == 200, slug
    assert desk.get(reverse("web:enforcement_draw")).status_code == 200
    assert desk.get(reverse("web:registers")).status_code == 200
