"""Enter once: a fact typed into one place stands in every sheet, report, form and text that speaks of it."""

from datetime import date, timedelta
from typing import Any

import pytest

from anlan.domains.accidents.actions import file_accident
from anlan.domains.bulletins.actions import drafting
from anlan.domains.bulletins.models import Report as Bulletin
from anlan.domains.incidents import public as incidents
from anlan.domains.incidents.actions import events, reporting
from anlan.domains.incidents.models import Report
from anlan.domains.responses import actions as responses
from anlan.domains.responses.actions import reporting as situation
from anlan.domains.responses.models import Response
from anlan.domains.returns.actions import opening
from anlan.domains.returns.queries.reading import TOTAL, Filled, Known
from anlan.domains.returns.rules import periods
from anlan.domains.returns.rules.forms import forms
from anlan.kernel.loop.actions import Telephone
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.orgs.models import Organisation, Person
from tests.people import (
    DISTRICT,
    HARBOUR,
    HILL,
    NOON,
    QUAY,
    District,
    add_duty,
    add_kind,
    add_person,
    district,
)

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TODAY = date(2026, 7, 3)


class Night:
    """The duty room of the district, its flood office and one clerk of the harbour street."""

    def __init__(self) -> None:
        self.here: District = district()
        for code in ("flood_clerk", "deputy_commander", "flood_office_head"):
            add_kind(code)
        add_kind("watch_leader", rung_by_hand=True)
        self.officer, self.second = (self._person(name, "watch_officer") for name in ("陈值班员", "李值班员"))
        self.leader = self._person("赵带班领导", "watch_leader")
        self.deputy = self._person("孙副指挥", "deputy_commander")
        self.clerk = self._person("周专干", "flood_clerk", self.here.street, HARBOUR)

    def _person(
        self, name: str, kind: str, office: Organisation | None = None, region: str = DISTRICT
    ) -> Person:
        person = add_person(name, office or self.here.bureau)
        add_duty(person, kind, region)
        return person

    def event(self, **more: Any) -> WorkItem:
        given = {
            "description": "工人从脚手架坠落", "event_class": "accident", "kind": "work", "region": QUAY,
            "spot": "码头路", "organisation": self.here.firm, "by": self.officer.by, "at": NOON,
        }  # fmt: skip
        item = events.receive(**(given | more))
        events.assess_up(item=item, grade="ordinary", by=self.officer.by, at=NOON)
        return item

    def response(self) -> Response:
        item = responses.propose(
            level="Ⅲ", streets=[HARBOUR, HILL], because="会商", by=self.officer.by, at=NOON - HOUR
        )
        responses.approve(
            item=item, by=self.deputy.by, at=NOON - HOUR, entered_by=self.second.by,
            telephone=Telephone("199-0000-0002", "同意启动"),
        )  # fmt: skip
        return Response.objects.get()


@pytest.fixture
def night() -> Night:
    return Night()


def form(code: str, *, at: Any, matter: WorkItem | None = None) -> Filled:
    known = forms()[code]
    span = opening.span_about(known, matter) if matter is not None else periods.span_of(known, TODAY)
    return Known(known, DISTRICT, span, at, None, matter).filled()


def field(filled: Filled, code: str, row: str = "") -> str:
    line = next(each for each in filled.lines if not row or each.key == row)
    return next(one.text for one in line.cells if one.column.code == code)


def text_of(template: str, at: Any) -> str:
    item = drafting.draft(template=template, region=DISTRICT, day=TODAY, by="service:test", at=at)
    return "".join(Bulletin.objects.get(pk=item.pk).paragraphs.values_list("text", flat=True))


class TestADeathToldOnce:
    def test_it_stands_in_the_daily_sheet_the_follow_up_the_quick_report_and_the_half_year_text(
        self, night: Night
    ) -> None:
        item = night.event(badly_hurt=2)
        file_accident(
            description="工人从脚手架坠落", type_code="fall_height", sector="E", body="housing", region=QUAY,
            incident=item.pk, by="service:test", at=NOON,
        )  # fmt: skip
        reporting.send_first(item=item, by=night.leader.by, at=NOON + HOUR)
        # The one time that somebody types it: one of the two has died.
        events.add_figures(
            item=item, dead=1, badly_hurt=1, why="一名伤者抢救无效", by=night.officer.by, at=NOON + 2 * HOUR
        )
        at = NOON + 3 * HOUR
        reporting.send_update(item=item, by=night.leader.by, at=at)
        assert "死亡1人，重伤1人" in Report.objects.get(number=2).words
        assert field(form("accident_quick", at=at, matter=item), "dead") == "1"
        assert (field(form("duty_day", at=at), "dead"), field(form("duty_day", at=at), "received")) == (
            "1",
            "1",
        )
        assert "死亡1人" in field(form("duty_day", at=at), "matters")
        day = incidents.daily(region=DISTRICT, day=TODAY, as_of=at)
        assert incidents.figures_at([row.pk for row in day.incidents], as_of=at)[item.pk]["dead"] == 1
        assert "死亡1人" in text_of("half_year", at)
        assert "事故1起，死亡1人，重伤1人" in text_of("daily_sheet", at)

    def test_corrected_in_that_one_place_it_is_corrected_in_each(self, night: Night) -> None:
        item = night.event(dead=2, badly_hurt=1)
        file_accident(
            description="坠落", type_code="fall_height", sector="E", body="housing", region=QUAY, incident=item.pk,
            by="service:test", at=NOON,
        )  # fmt: skip
        events.add_figures(item=item, dead=1, why="核实为一人", by=night.officer.by, at=NOON + HOUR)
        at = NOON + 2 * HOUR
        told = {
            field(form(code, at=at, matter=matter), "dead")
            for code, matter in (("accident_quick", item), ("duty_day", None))
        }
        assert told == {"1"}
        assert "死亡1人" in incidents.draft(incidents.incident(item.pk), at=at)
        assert "死亡1人" in text_of("half_year", at)
        assert field(form("accident_quick", at=NOON, matter=item), "dead") == "2"  # as it was known then


class TestAStreetsReturnGivenOnce:
    def test_persons_moved_stand_in_the_daily_sheet_the_disaster_form_the_citys_return_and_the_half_year_text(
        self, night: Night
    ) -> None:
        item = night.event(description="强降雨内涝", event_class="natural", kind="flood", dead=0, hurt=1)
        response = night.response()
        # The one time that somebody types it.
        situation.give_return(
            response=response, street=HARBOUR, by=night.clerk.by, at=NOON + HOUR,
            figures={"moved_sheds": {"now": 37, "cum": 40}, "in_shelters": {"now": 25, "cum": 28}},
        )  # fmt: skip
        at = NOON + 2 * HOUR
        assert field(form("disaster_situation", at=at, matter=item), "evacuated") == "40"
        assert field(form("disaster_situation", at=at, matter=item), "sheltered") == "28"
        assert (field(form("duty_day", at=at), "moved"), field(form("duty_day", at=at), "sheltered")) == (
            "40",
            "25",
        )
        flood = form("flood_return", at=at, matter=response.item)
        assert (field(flood, "sheds_now", HARBOUR), field(flood, "moved_all", TOTAL)) == ("37", "40")
        assert field(flood, "sheds_now", HILL) == "—"  # a street that has told nothing has not told 0
        assert "累计转移40人" in text_of("half_year", at)

    @pytest.mark.feature("M321", "M232")
    def test_the_follow_up_report_of_a_disaster_and_its_form_say_the_same(self, night: Night) -> None:
        item = night.event(description="强降雨内涝", event_class="natural", kind="flood", hurt=3)
        reporting.send_first(item=item, by=night.leader.by, at=NOON + HOUR)
        events.add_figures(
            item=item, missing=1, moved=12, loss_yuan=560_000, by=night.officer.by, at=NOON + 2 * HOUR
        )
        at = NOON + 3 * HOUR
        reporting.send_update(item=item, by=night.leader.by, at=at)
        words = Report.objects.get(number=2).words
        shown = form("disaster_situation", at=at, matter=item)
        told = [field(shown, code) for code in ("missing", "injured", "evacuated", "loss")]
        assert told == ["1", "3", "12", "56.00"]
        assert "失联1人，轻伤3人，转移12人，直接经济损失约56万元" in words
        assert field(shown, "course") == words
