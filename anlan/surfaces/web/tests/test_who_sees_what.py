"""Every address of the web against eight people: what is not yours is not there.

Alma (owner) and Bo (colleague) work in the harbour street, Carl (outsider) in another one, Fang is a firm's safety
manager; then the three administrators, and somebody who did not sign in. Each address is opened by GET: 405 means
that the address is there for the person and takes a POST.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, reverse

from anlan.domains.dangers.actions import report_danger
from anlan.domains.enterprises.actions import comparing, registering, staffing
from anlan.domains.enterprises.models import Enterprise, Finding
from anlan.domains.grassroots.actions import open_station
from anlan.domains.responses import actions as responses
from anlan.domains.responses import queries as response_queries
from anlan.domains.risks.actions.provisions import plan_provision
from anlan.domains.risks.models import RiskPoint
from anlan.domains.sensing.actions import declare_stations
from anlan.domains.sensing.actions.stations import StationGiven
from anlan.domains.sensing.models import Station
from anlan.domains.statistics.actions import enter as enter_fact
from anlan.domains.warnings.actions.deciding import approve_and_release, propose_call_out
from anlan.domains.workplan.actions import take_plan
from anlan.kernel.core import attachments, clock
from anlan.kernel.indicators.actions import freeze
from anlan.kernel.indicators.queries import indicator
from anlan.kernel.indicators.spec import Cut, Period
from anlan.kernel.loop.evidence import Given
from anlan.kernel.loop.models import Evidence
from anlan.kernel.orgs.actions import enrol_seat
from anlan.kernel.orgs.models import Account, Duty
from anlan.kernel.sheets import actions as sheet_actions
from anlan.kernel.sheets import running as sheet_running
from anlan.surfaces.web.tests.assessed import assessed
from anlan.surfaces.web.tests.house_table import OPEN, PERSONS, TABLE
from anlan.surfaces.web.urls import urlpatterns
from tests import people

pytestmark = pytest.mark.django_db
NOBODY = UUID(int=1)
ROLES = ("owner", "colleague", "outsider", "manager", "system", "security", "audit", "anonymous")
THERE = {200, 204, 405, 422}


@dataclass
class Night:
    """Rows of the harbour street, and a browser for each of the eight."""

    danger: UUID
    photo: UUID
    station: UUID
    call_out: UUID
    called: UUID
    response: UUID
    frozen: UUID
    person: UUID
    duty: UUID
    seat: UUID
    post: UUID
    plan: UUID
    firm: UUID
    held: UUID
    site: UUID
    run: UUID
    finding: UUID
    risk: UUID
    provision: UUID
    sent: UUID
    given: UUID
    scheme: UUID
    round: UUID
    sheet: UUID
    fact: UUID
    browsers: dict[str, Client]


@pytest.fixture
def night(db: None) -> Night:
    here = people.district()
    now = clock.real_now()
    danger = report_danger(
        region=people.QUAY, description="疏散通道堆物", category="exit", organisation=here.firm, by=here.owner.by,
        at=now - timedelta(days=1),
        evidence=[Given("photo", file=attachments.keep(data=b"grey", media_type="image/jpeg", by=here.owner.by))],
    )  # fmt: skip
    declare_stations([StationGiven("YL1", "码头雨量站", people.QUAY, lon=113.9, lat=22.6)], exercise_id=None, by="service:test", at=now)  # fmt: skip
    watch = people.add_person("陈值班员", here.bureau)
    chief = people.add_person("林值班长", here.bureau)
    people.add_duty(watch, "watch_officer", people.DISTRICT)
    people.add_duty(chief, "watch_chief", people.DISTRICT)
    people.add_duty(
        people.add_person("何文员", here.street, phone="15400000001"), "community_clerk", people.QUAY
    )
    proposal = propose_call_out(
        hazard="rain", colour="orange", regions=[people.HARBOUR], words="雨势加强", by=watch.by, at=now
    )
    _step, released = approve_and_release(item=proposal, by=chief.by, at=now)
    read = indicator(code="dangers.overdue_now", cut=Cut(people.HARBOUR), period=Period(now - timedelta(days=9), now), as_of=now)  # fmt: skip
    named = {role: getattr(here, role).account for role in sorted(PERSONS)}
    named |= {
        role: Account.objects.create_user(role, admin_role=role) for role in ("system", "security", "audit")
    }
    seat, _token = enrol_seat(name="1", region=people.DISTRICT, by=f"account:{named['system'].pk}", at=now)
    post = open_station(
        code="S1", name="码头园区服务站", region=people.QUAY, opened_on=now.date(), by="service:test", at=now
    )
    plan = take_plan(
        text="一、责任", title="要点", year=2026, region=people.DISTRICT, by="service:test", at=now
    )
    return Night(
        danger=danger.pk, post=post.pk, plan=plan.pk, photo=Evidence.objects.get(kind="photo").pk, station=Station.objects.get().pk,
        call_out=released.call_out.pk, called=released.call_out.items.get(person__name="何文员").pk,
        response=_response(watch.by), frozen=freeze(reading=read, by=chief.by, at=now).pk, person=here.owner.pk,
        fact=enter_fact(
            fact="fires", value="1", region=people.HARBOUR, first=now.date(), last=now.date(), source="值班记录",
            by=here.owner.by, at=now, today=now.date(),
        ).pk,
        duty=Duty.objects.filter(person=here.owner).first().pk, seat=seat.pk,  **assessed(here), **_archive(here), **_risks(here),
        browsers={role: _browser(account) for role, account in named.items()} | {"anonymous": Client()},
    )  # fmt: skip


def _risks(here: people.District) -> dict[str, UUID]:
    """A risk point of the firm, a measure of the street, a file that Alma's office sent in and a list Alma asked for."""
    now, by = clock.real_now(), here.owner.by
    firm = Enterprise.objects.filter(organisation__region_id=people.QUAY).first()
    point = RiskPoint(
        enterprise=firm, number="FX-1", name="喷漆房", kind="place", region_id=people.QUAY, created_at=now
    )
    point.index("海风家具厂")
    point.save()
    measure = plan_provision(
        title="喷漆房动火审批", problem="动火无审批", kind="rule", region=people.HARBOUR, lead_unit=here.street,
        due_on=now.date(), by=by, at=now,
    )  # fmt: skip
    sent = sheet_actions.receive(
        sheet="risks.points", blocks=[b"x"], name="x.csv", office=str(here.street.pk), by=by, at=now
    )
    given = sheet_actions.ask_for(sheet="risks.points", person=here.owner.pk, by=by, at=now)
    sheet_running.write(given)
    return {"risk": point.pk, "provision": measure.pk, "sent": sent.pk, "given": given.pk}


def _archive(here: people.District) -> dict[str, UUID]:
    """The harbour street's firm with its principal, and a comparison that found another one."""
    now, by = clock.real_now(), here.owner.by
    firm = registering.register(name="海风家具厂", region=people.QUAY, by=by, at=now)
    held = staffing.set_person(firm=firm, name="欧阳明", role="principal", by=by, at=now)
    given = [comparing.Given("power", "七月.csv", [{"name": "无名打磨点", "address": "后街"}])]
    run = comparing.compare(name="七月", region=people.HARBOUR, lists=given, by=by, at=now)
    return {
        "firm": firm.pk,
        "held": held.pk,
        "site": firm.sites.get().pk,
        "run": run.pk,
        "finding": Finding.objects.get(comparison=run, verdict="missing").pk,
    }


def _browser(account: Account) -> Client:
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _response(by: str) -> UUID:
    """A response for the harbour street alone."""
    for code in ("deputy_commander", "commander", "flood_clerk"):
        people.add_kind(code)
    now = clock.real_now()
    deputy = people.add_person("副指挥", people.Organisation.objects.get(kind="bureau"))
    people.add_duty(deputy, "deputy_commander", people.DISTRICT)
    people.add_duty(deputy, "commander", people.DISTRICT)
    with transaction.atomic():
        item = responses.propose(level="Ⅳ", streets=[people.HARBOUR], because="会商", by=by, at=now)
        responses.approve(item=item, by=deputy.by, at=now)
    return response_queries.in_force(exercise_id=None).pk


def address(name: str, night: Night) -> str:
    given, _roles = TABLE[name]
    return reverse(f"web:{name}", args=[
        word[1:] if word.startswith("=") else (getattr(night, word) if word else NOBODY) for word in given
    ])  # fmt: skip


def test_every_address_says_for_whom_it_is_there() -> None:
    names = {pattern.name for pattern in urlpatterns if isinstance(pattern, URLPattern)}
    assert names - OPEN == set(TABLE)


def test_each_of_the_eight_finds_exactly_what_is_theirs(night: Night) -> None:
    wrong = []
    for name, (_given, roles) in TABLE.items():
        path = address(name, night)
        for role in ROLES:
            answer = night.browsers[role].get(path)
            status = answer.status_code
            # A download holds its file open. `close()` of the answer would close the test's database as well.
            if file := getattr(answer, "file_to_stream", None):
                file.close()
            # A GET at an address that takes only a POST tells nothing; the next test posts.
            expected = {302} if role == "anonymous" else (THERE if role in roles else {404, 405})
            if status not in expected:
                wrong.append(f"{name} for {role}: {status}, not {sorted(expected)}")
    assert not wrong, "\n".join(wrong)


def test_a_post_opens_nothing_that_a_get_does_not(night: Night) -> None:
    wrong = []
    for name, (_given, roles) in TABLE.items():
        path = address(name, night)
        for role in ROLES:
            if role in roles:
                continue
            status = night.browsers[role].post(path).status_code
            if status not in ({302} if role == "anonymous" else {404, 405}):
                wrong.append(f"{name} for {role}: {status}")
    assert not wrong, "\n".join(wrong)


def test_lists_hold_no_row_of_another_street(night: Night) -> None:
    kinds = (
        "danger",
        "firm",
        "risk",
        "provision",
        "sent",
        "given",
        "run",
        "station",
        "call_out",
        "called",
        "response",
        "frozen",
    )
    rows = {kind: str(getattr(night, kind)) for kind in kinds}
    found = []
    for name, (given, roles) in TABLE.items():
        if "outsider" in roles and not any(word and not word.startswith("=") for word in given):
            page = night.browsers["outsider"].get(address(name, night)).content.decode(errors="replace")
            found += [f"{name}: {row}" for row, key in rows.items() if key in page]
    assert not found, "\n".join(found)


def test_a_consultation_and_a_roll_call_stand_on_the_response_page(night: Night) -> None:
    response = response_queries.in_force(exercise_id=None)
    at = clock.real_now()
    said = [{"who": "气象台", "said": "雨势减弱"}]
    responses.hold_consultation(response=response, said=said, conclusion="维持", by="service:test", at=at)
    responses.hold_roll_call(
        response=response, rows=[{"street": "临港街道", "on_post": True}], by="service:test", at=at
    )
    page = night.browsers["owner"].get(address("response", night))
    assert page.status_code == 200
    assert {"气象台", "临港街道"} <= {
        word for word in ("气象台", "临港街道") if word in page.content.decode()
    }
