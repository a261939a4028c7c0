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
from anlan.surfaces.web.tests.daily_table import DAILY
from anlan.surfaces.web.urls import urlpatterns
from tests import people

pytestmark = pytest.mark.django_db
NOBODY = UUID(int=1)
STAFF = {"owner", "colleague", "outsider"}
STREET = {"owner", "colleague"}
PERSONS = STAFF | {"manager"}
FIRM = STREET | {"manager"}  # the danger is the firm's own
EVERYBODY = {"anonymous"}  # and who is signed in; handled apart
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
        "run": run.pk,
        "finding": Finding.objects.get(comparison=run).pk,
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


# Address → (arguments out of the night, for whom it is there). "" = a row of nobody, which is there for none.
# The response is the district's matter; a street that it names sees it, what each may do there is the acts' to say.
TABLE: dict[str, tuple[tuple[str, ...], set[str]]] = {
    "worlds": ((), PERSONS),
    "seat": ((), PERSONS),
    "pin": ((), PERSONS),
    "map": ((), PERSONS),
    "map_regions": ((), PERSONS),
    "map_base": ((), PERSONS),
    "map_stations": ((), PERSONS),
    "map_alarms": ((), PERSONS),
    "map_callouts": ((), PERSONS),
    "map_area": ((), PERSONS),
    "map_affected": ((), PERSONS),
    "map_tile": (("=9", "=418", "=222"), PERSONS),
    "map_counts": ((), PERSONS),
    "map_objects": ((), set()),  # cards of nothing asked for
    "area_propose": ((), PERSONS),
    "stations": ((), PERSONS),
    "callouts": ((), PERSONS),
    "signal_new": ((), PERSONS),
    "responses": ((), PERSONS),
    "propose_level": ((), PERSONS),
    "dangers": ((), PERSONS),
    "reports": ((), PERSONS),
    "report_new": ((), set()),  # of no kind
    "report": (("",), set()),
    "report_paper": (("",), set()),
    "report_scan": (("",), set()),
    "report_scope": (("",), set()),
    "report_number": (("", ""), set()),
    "report_paragraph": (("", ""), set()),
    "enterprises": ((), PERSONS),
    "enterprise_new": ((), STAFF),
    "enterprise_certificates": ((), PERSONS),
    "enterprise_principals": ((), PERSONS),
    "enterprise_plates": ((), PERSONS),
    "enterprise_comparisons": ((), PERSONS),
    "enterprise_comparison_new": ((), STAFF),
    "enterprise_comparison": (("run",), STREET),
    "enterprise_settle": (("run", "finding"), STREET),
    "enterprise": (("firm",), FIRM),
    "enterprise_edit": (("firm", "=identity"), FIRM),
    "enterprise_end": (("firm", "=person", "held"), FIRM),
    "enterprise_enter": (("firm", "held"), STREET),
    "dangers_late": ((), PERSONS),
    "dangers_again": ((), STAFF),
    "danger_quick": ((), PERSONS),
    "second_looks": ((), PERSONS),
    "danger_gate": (("",), set()),
    "danger_paper": (("danger",), FIRM),
    "danger_order": (("danger",), FIRM),
    "danger_list": (("danger",), FIRM),
    "danger_more_time": (("danger",), FIRM),
    "paper": (("",), set()),
    "enforcement_check": ((), STAFF),
    "enforcement_from": (("", "=case"), set()),  # of a check: who sees which stands in test_enforcement.py
    "enforcement_draw": ((), {"colleague"}),  # the enforcement officer of the street
    "enforcement_months": ((), STAFF),
    "enforcement_paper": (("",), set()),
    "campaigns": ((), PERSONS),
    "campaign": (("",), set()),
    "campaign_bulletin": (("",), set()),
    "risks": ((), PERSONS),
    "risk_sources": ((), PERSONS),
    "risk_colours": ((), PERSONS),
    "risk_lists": ((), PERSONS),
    "provisions": ((), PERSONS),
    "provision_new": ((), STAFF),
    "provision_issue": (("provision",), STREET),
    "risk_point": (("risk",), FIRM),
    "risk_sign": (("risk",), FIRM),
    "risk_anew": (("risk",), FIRM),
    "sheets": ((), PERSONS),
    "sheet_import": (("sent",), STREET),
    "sheet_begin": (("sent",), STREET),
    "sheet_stop": (("sent",), STREET),
    "sheet_bad": (("sent",), STREET),
    "sheet_file": (("given",), {"owner"}),
    "sheet_new": (("=risks.points",), PERSONS),
    "sheet_export": (("=risks.points",), PERSONS),
    "registers": ((), PERSONS),
    "visits": ((), PERSONS),
    "checklists": ((), PERSONS),
    "patrol_app": ((), PERSONS),
    "plans": ((), STAFF),
    "plan": (("plan",), STAFF),
    "plan_sign": (("plan",), STAFF),
    "plan_task": (("plan", ""), set()),
    "plan_new": ((), set()),  # none of the eight keeps the plan
    "plan_month": ((), STAFF),
    "plan_draft": (("",), set()),
    "plan_fix": (("",), set()),
    "plan_drop": (("",), set()),
    "plan_proposed": (("plan",), set()),
    "asked": ((), STAFF),
    "asked_new": (("=follow_up",), set()),
    "asked_paper": (("",), set()),
    "unit_burden": ((), STAFF),
    "meetings": ((), STAFF),
    "meeting_new": ((), set()),
    "meeting": (("",), set()),
    "committees": ((), STAFF),
    "committee": (("",), set()),
    "holders": ((), STAFF),
    "matrix": ((), STAFF),
    "leaders": ((), STAFF),
    "leader": (("",), set()),
    "funds": ((), STAFF),
    "returns": ((), STAFF),
    "return_item": (("",), set()),
    "return_form": (("=danger_month",), STAFF),
    "return_rows": (("=danger_month",), set()),
    "return_sheet": (("=danger_month",), STAFF),
    "return_entered": (("=danger_month",), STAFF),
    "return_skip": (("=danger_month",), STAFF),
    "return_fact": (("=danger_month",), STAFF),
    "return_read": (("=danger_month",), STAFF),
    "return_settle": (("",), set()),
    "posts": ((), PERSONS),
    "post": (("post",), STREET),
    "post_take_back": (("post", ""), set()),
    "assessments": ((), STAFF),
    "assessment_scheme": (("scheme",), STAFF),
    "assessment_round": (("round",), STAFF),
    "assessment_publish": (("round",), set()),
    "assessment_vetoes": (("round",), set()),
    "assessment_pack_ask": (("round",), STAFF),
    "assessment_pack": (("", "=pdf"), set()),
    "assessment_sheet": (("sheet",), STREET),
    "assessment_entry": (("sheet",), STREET),
    "assessment_entry_back": (("sheet", ""), set()),
    "assessment_proof": (("",), set()),
    "account_new": ((), set()),  # none of the eight is the office
    "panel_seat": (("",), set()),
    "panel_file": (("", ""), set()),
    "vetting": ((), set()),
    "vetting_batch": (("",), set()),
    "vetting_clear": (("",), set()),
    "vetting_sign": (("", ""), set()),
    "vetting_line": (("", ""), set()),
    "pick": (("=organisation",), PERSONS),
    "record_list": (("=dangers", "=danger"), PERSONS),
    "record_new": (("=dangers", "=danger"), PERSONS),
    "record": (("=dangers", "=danger", "danger"), FIRM),
    "move": (("=dangers", "=danger", "danger", "=rectify"), FIRM),
    "photo": (("photo",), FIRM),
    "station_new": ((), set()),  # none of the eight keeps instruments
    "station_sheet": ((), set()),
    "station_edit": (("station",), set()),
    "station_retire": (("station",), set()),
    "station_panel": (("station",), STREET),
    "station": (("station",), STREET),
    "hydrograph": (("station",), STREET),
    "alarm_panel": (("",), set()),
    "callout": (("call_out",), STREET),
    "callout_cells": (("call_out",), STREET),
    "callout_silent": (("call_out",), STREET),
    "ring": (("called",), STREET),
    "response": (("response",), STREET),
    "response_line": (("response",), STREET),
    "consultation": (("response",), STREET),
    "street_return": (("response", f"={people.HARBOUR}"), STREET),
    "nil_return": (("response", f"={people.HARBOUR}"), STREET),
    "numbers": ((), STAFF),
    "number": (("=dangers.on_time",), STAFF),
    "number_freeze": (("=dangers.on_time",), STAFF),
    "number_kept": (("frozen",), STREET),
    "number_entries": (("danger",), STREET),
    "facts": ((), STAFF),
    "fact_new": ((), STAFF),
    "fact": (("fact",), STREET),
    "scopes": ((), STAFF),
    "rules": ((), STAFF | {"system"}),
    "rule": (("=sensing.rain_marks",), STAFF | {"system"}),
    "rule_new": (("=sensing.rain_marks",), {"system"}),
    "incident_new": ((), PERSONS),  # a firm tells its own event
    "incident_figures": (("",), set()),
    "duty_day": ((), STAFF),
    "duty_acts": (("=draw",), PERSONS),  # what each may do there is the act's to say
    "duty_month": ((), STAFF),
    "accident_new": ((), STAFF),
    "accident_toll": (("",), set()),
    "accident_victim": (("",), set()),
    "accident_figures": ((), STAFF),
    "account": ((), PERSONS | {"system", "security", "audit"}),
    "push": ((), PERSONS),
    "push_end": (("",), set()),
    "ledger": ((), {"audit"}),
    "enrol": ((), {"system"}),
    "seats": ((), {"system"}),
    "seat_revoke": (("seat",), {"system"}),
    "people": ((), {"security"}),
    "person": (("person",), {"security"}),
    "duty_grant": (("person",), {"security"}),
    "duty_end": (("person", "duty"), {"security"}),
    "duty_pass": (("person", "duty"), {"security"}),
    "absence": (("person",), {"security"}),
    "person_link": (("person",), {"security"}),
    "person_phone": (("person",), {"security"}),
    "person_lock": (("person",), {"security"}),
}  # fmt: skip
TABLE |= DAILY
OPEN = {
    "home",
    "answer",
    "link",
    "plate",
    "firm_door",
    "firm_code",
    "trust",
    "trust_root",
}  # the door itself: the sign-in, an answer's link, a sign-in link


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
            status = night.browsers[role].get(path).status_code
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
