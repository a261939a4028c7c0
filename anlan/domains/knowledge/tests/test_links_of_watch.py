"""Contractors, stations, warnings and returns in the graph: each link is found, and nobody sees more than the pages show."""

from datetime import timedelta
from typing import Any

import pytest

from anlan.domains.knowledge.queries.graph import Bunch, Graph
from anlan.domains.knowledge.tests.town import Town, danger, graph_of, item, rows, town
from anlan.kernel.orgs.models import Person
from tests import people
from tests.people import HARBOUR, LONG_AGO, NOON, QUAY, TERRACE

pytestmark = [pytest.mark.django_db, pytest.mark.feature("M009")]
CREW = "顺达安装队"


@pytest.fixture
def there() -> Town:
    return town()


def around(graph: Graph, kind: str, row: Any) -> dict[str, Bunch]:
    node = graph.node(f"{kind}:{getattr(row, 'pk', row)}")
    assert node is not None, kind
    return {bunch.code: bunch for bunch in graph.around(node)}


def names(bunch: Bunch) -> set[str]:
    return {edge.node.said.name for edge in bunch.edges}


def job(title: str, region: str, host: Any, **more: Any) -> Any:
    return rows("contractors.Job").create(
        item=item("contractors.job", title, region, "working"), host=host.organisation, contractor=CREW, workers=2,
        leader="刘队长", description=title, start_at=LONG_AGO, end_at=NOON, **more,
    )  # fmt: skip


class TestContractorWork:
    def test_leads_to_firm_site_contractor_permits_and_what_a_check_found(self, there: Town) -> None:
        site = rows("enterprises.Site").create(
            enterprise=there.mill, name="老厂区", region_id=QUAY, created_at=LONG_AGO
        )
        one = job("屋面更换", QUAY, there.mill, site=site)
        made = {"job": one.item, "recorded_at": LONG_AGO, "by": "service:test"}
        permit = rows("contractors.Permit").create(
            work="height", number="GC-7", holder="刘队长", valid_to=NOON, **made
        )
        found = danger("未系安全带", QUAY, there.mill)
        rows("contractors.Check").create(result="wrong", danger=found.item, held_at=LONG_AGO, **made)
        graph = graph_of(there.here.owner)
        of_job = around(graph, "contractors.job", one)
        assert names(of_job["contractors.at_firm"]) == {"海风家具厂"}
        assert names(of_job["contractors.on_site"]) == {"老厂区"}
        assert names(of_job["contractors.done_by"]) == {CREW}
        assert names(of_job["contractors.found"]) == {"未系安全带"}
        (shown,) = of_job["~contractors.permit_for"].edges
        assert "GC-7" in shown.node.said.name and shown.node.said.door == ("contractors.job", str(one.pk))
        assert names(around(graph, "contractors.permit", permit)["contractors.permit_for"]) == {"屋面更换"}
        assert names(around(graph, "enterprises.firm", there.mill)["~contractors.at_firm"]) == {"屋面更换"}

    def test_of_another_street_is_not_there_and_its_crew_is_known_by_ones_own_jobs_alone(
        self, there: Town
    ) -> None:
        one = job("屋面更换", QUAY, there.mill)
        permit = rows("contractors.Permit").create(
            work="hot", number="DH-1", holder="x", valid_to=NOON, job=one.item, recorded_at=LONG_AGO, by="service:test"
        )  # fmt: skip
        carl = graph_of(there.here.outsider)
        for at in (
            f"contractors.job:{one.pk}",
            f"contractors.permit:{permit.pk}",
            f"contractors.contractor:{CREW}",
        ):
            assert carl.node(at) is None, at
        assert carl.search("顺达") == [] and carl.search("DH-1") == []
        job("制冰机检修", TERRACE, there.far)
        carl = graph_of(there.here.outsider)
        assert names(around(carl, "contractors.contractor", CREW)["~contractors.done_by"]) == {"制冰机检修"}


class Poles:
    """A gauge at the quay that raised an alarm and needed a repair."""

    def __init__(self) -> None:
        self.place = people.add_place("码头积水点", QUAY)
        self.station = rows("sensing.Station").create(
            code="S-1", name="码头雨量站", kind="rain", region_id=QUAY, place=self.place
        )
        self.sensor = rows("sensing.Sensor").create(station=self.station, metric="rain_mm")
        self.alarm = rows("sensing.Alarm").create(
            item=item("sensing.alarm", "码头雨量报警", QUAY, "active"), sensor=self.sensor, metric="rain", peak="orange",
            colour="orange", value=525, began_at=LONG_AGO, stepped_at=LONG_AGO,
        )  # fmt: skip
        self.repair = rows("sensing.SensorFault").create(
            item=item("sensing.repair", "码头雨量站失联", QUAY, "found"), sensor=self.sensor, kind="silent",
            began_at=LONG_AGO,
        )  # fmt: skip


def test_a_station_leads_to_region_place_alarms_and_repairs_and_only_in_ones_own_regions(there: Town) -> None:
    poles = Poles()
    found = around(graph_of(there.here.owner), "sensing.station", poles.station)
    assert {edge.node.key for edge in found["sensing.station_in"].edges} == {QUAY}
    assert names(found["sensing.station_at"]) == {"码头积水点"}
    assert names(found["~sensing.raised_by"]) == {"码头雨量报警"}
    assert found["~sensing.raised_by"].edges[0].found.reasons == ("rain",)
    assert names(found["~sensing.mends"]) == {"码头雨量站失联"}
    carl = graph_of(there.here.outsider)
    for kind, row in (
        ("station", poles.station),
        ("alarm", poles.alarm),
        ("repair", poles.repair),
    ):
        assert carl.node(f"sensing.{kind}:{row.pk}") is None
    rows("sensing.Station").filter(pk=poles.station.pk).update(active=False)
    assert graph_of(there.here.owner).node(f"sensing.station:{poles.station.pk}") is None


class Storm:
    """A proposal upon an alarm, a signal and a word; the call-out of it, with one person of either street."""

    def __init__(self, there: Town) -> None:
        self.poles = Poles()
        office = rows("warnings.WeatherOffice").create(
            sender="x", name="气象台", region_id=people.DISTRICT, registered_by="service:test", registered_at=LONG_AGO
        )  # fmt: skip
        notice = rows("warnings.SignalNotice").create(
            office=office, identifier="1", msg_type="Alert", sent_at=LONG_AGO, taken_in_by="x", taken_in_at=LONG_AGO
        )  # fmt: skip
        self.signal = rows("warnings.Signal").create(
            item=item("warnings.signal", "暴雨橙色预警信号", HARBOUR, "in_force"), notice=notice, hazard="rain",
            colour="orange", headline="暴雨橙色预警信号", issued_at=LONG_AGO, expires_at=NOON,
        )  # fmt: skip
        said = {"hazard": "rain", "colour": "orange", "basis": "signal"}
        self.proposal = rows("warnings.Proposal").create(
            item=item("warnings.callout_proposal", "建议叫应", HARBOUR, "approved"), **said
        )
        for row in (self.signal, self.proposal):
            row.regions.set([HARBOUR])
        for source, key in (
            ("alarm", str(self.poles.alarm.pk)),
            ("signal", str(self.signal.pk)),
            ("person", there.here.owner.by),
            ("forecast", "f-1"),
        ):
            rows("warnings.Ground").create(
                item=self.proposal.item, source=source, source_id=key, region_id=HARBOUR, colour="orange", at=LONG_AGO
            )  # fmt: skip
        self.call_out = rows("warnings.CallOut").create(
            item=item("warnings.call_out", "橙色叫应", HARBOUR, "released"), proposal=self.proposal, text="x", plan={},
            answer_minutes=10, released_at=LONG_AGO, **said,
        )  # fmt: skip
        self.call_out.regions.set([HARBOUR])
        self.call(there.here.colleague, HARBOUR)

    def call(self, person: Person, street: str) -> None:
        rows("warnings.CallOutItem").create(
            item=item("warnings.call_out_item", person.name, street, "calling"), call_out=self.call_out, person=person,
            street_id=street, kind_id="street_safety_officer", closes_on="received", urgency=1, called_at=LONG_AGO, escalate_minutes=0,
        )  # fmt: skip


class TestWarnings:
    def test_a_proposal_leads_to_its_alarm_its_signal_its_region_and_its_call_out(self, there: Town) -> None:
        storm, graph = Storm(there), graph_of(there.here.owner)
        found = around(graph, "warnings.callout_proposal", storm.proposal)
        assert names(found["warnings.callout_proposal_from_alarm"]) == {"码头雨量报警"}
        assert names(found["warnings.callout_proposal_from_signal"]) == {"暴雨橙色预警信号"}
        assert names(found["warnings.callout_proposal_about"]) == {"临港街道"}
        assert names(found["~warnings.released_from"]) == {"橙色叫应"}
        upon = around(graph, "sensing.alarm", storm.poles.alarm)["~warnings.callout_proposal_from_alarm"]
        assert names(upon) == {"建议叫应"}, "and back from what it rests on"
        of_region = around(graph, "places.region", HARBOUR)
        assert names(of_region["~warnings.signal_about"]) == {"暴雨橙色预警信号"}
        assert names(of_region["~warnings.call_out_about"]) == {"橙色叫应"}

    def test_a_call_out_shows_each_street_those_of_its_own_who_were_called(self, there: Town) -> None:
        here, storm = there.here, Storm(there)
        assert graph_of(here.outsider).node(f"warnings.call_out:{storm.call_out.pk}") is None
        storm.call(here.outsider, people.HILL)
        called = around(graph_of(here.owner), "warnings.call_out", storm.call_out)["warnings.called"]
        assert names(called) == {"Bo"}
        carl = graph_of(here.outsider)
        found = around(carl, "warnings.call_out", storm.call_out)
        assert names(found["warnings.called"]) == {"Carl"}, "as the board shows it"
        assert "warnings.released_from" not in found, "the proposal is of another street"
        for kind, row in (("signal", storm.signal), ("callout_proposal", storm.proposal)):
            assert carl.node(f"warnings.{kind}:{row.pk}") is None


def test_a_return_leads_to_its_form_its_event_and_who_entered_it_for_those_who_see_the_district(
    there: Town,
) -> None:
    chief = people.add_person("林局长", there.here.bureau)
    people.add_duty(chief, "bureau_chief", people.DISTRICT)
    event = rows("incidents.Incident").create(
        item=item("incidents.incident", "粉尘爆燃", QUAY, "open"), event_class="accident", kind="work",
        kind_label="生产安全事故", description="粉尘爆燃", occurred_at=LONG_AGO, received_at=LONG_AGO,
    )  # fmt: skip
    made = rows("returns.Return").create(
        item=item("returns.return", "事故快报：粉尘爆燃", people.DISTRICT, "entered"), form="accident_quick",
        first=LONG_AGO.date(), last=LONG_AGO.date(), subject=event.item, due_at=NOON, key="k",
    )  # fmt: skip
    for number, by in enumerate((chief.by, "service:returns")):
        rows("returns.Entered").create(
            item=made.item, as_of=NOON, cells={}, happened_at=NOON + timedelta(minutes=number), recorded_at=NOON, by=by
        )  # fmt: skip
    graph = graph_of(chief)
    found = around(graph, "returns.return", made)
    assert {edge.node.key for edge in found["returns.fills"].edges} == {"accident_quick"}
    assert names(found["returns.of_event"]) == {"粉尘爆燃"}
    assert {edge.node.key for edge in found["returns.entered_by"].edges} == {str(chief.pk)}
    assert names(around(graph, "returns.form", "accident_quick")["~returns.fills"]) == {"事故快报：粉尘爆燃"}
    assert names(around(graph, "orgs.person", chief)["~returns.entered_by"]) == {"事故快报：粉尘爆燃"}
    alma = graph_of(there.here.owner)
    assert alma.node(f"returns.return:{made.pk}") is None
    assert "~returns.of_event" not in around(alma, "incidents.incident", event)
