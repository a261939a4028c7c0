"""An accident that arose from an event of the watch: what is entered once is known to both."""

from typing import Any

import pytest
from django.apps import apps

from anlan.domains.accidents import actions, public, queries
from anlan.domains.accidents.models import Toll
from anlan.domains.accidents.tests.ground import DAY, HOUR, Office, read, row
from anlan.domains.incidents import public as incidents
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.ids import new_id
from anlan.kernel.loop.actions import open_item
from tests.people import (
    DISTRICT,
    NOON,
    QUAY,
    add_duty,
    add_kind,
    add_person,
)

pytestmark = pytest.mark.django_db
Incident = apps.get_model(
    "incidents", "Incident"
)  # a neighbour's rows by name: only its public.py is imported


class TestAnEventThatIsAnAccident:
    def told(self, office: Office, **figures: int) -> Any:
        watch = add_person("陈值班员", office.here.bureau)
        add_kind("watch_officer")
        add_duty(watch, "watch_officer", DISTRICT)
        event = Incident(
            event_class="accident", kind="construction", kind_label="建筑施工事故", description="脚手架坠落",
            spot="码头路", lon=113.9, lat=22.6, occurred_at=NOON - HOUR, received_at=NOON, organisation=office.here.firm,
        )  # fmt: skip
        item = open_item(
            loop="incidents.incident", record=event, title="脚手架坠落", region=QUAY, charge_duty="watch_officer",
            by=watch.by, at=NOON,
        )  # fmt: skip
        if figures:
            incidents.add_figures(item=item, by=watch.by, at=NOON, **figures)
        return item, watch

    def test_takes_over_place_time_firm_and_figures(self, office: Office) -> None:
        event, _watch = self.told(office, dead=1)
        item = office.filed(incident=event.pk, dead=None, organisation=None)
        accident = row(item)
        assert (accident.occurred_at, accident.spot, accident.organisation) == (
            NOON - HOUR,
            "码头路",
            office.here.firm,
        )
        assert (accident.lon, accident.grade) == (113.9, "ordinary")
        assert queries.toll_of(item.pk).figures is not None
        assert public.of_incident(event.pk) == accident

    def test_one_death_is_entered_once_whichever_of_the_two_was_open_on_the_screen(
        self, office: Office
    ) -> None:
        event, watch = self.told(office, badly_hurt=4)
        item = office.filed(incident=event.pk, dead=None)
        incidents.add_figures(item=event, dead=3, badly_hurt=1, why="转为死亡", by=watch.by, at=NOON + HOUR)
        assert row(item).grade == "serious"
        actions.tell_toll(
            item=item, dead=4, badly_hurt=0, why="转为死亡", by=office.clerk.by, at=NOON + 2 * HOUR
        )
        assert incidents.figures_of(event.pk).dead == 4
        assert "死亡4人" in incidents.draft(incidents.incident(event.pk), at=NOON + 3 * HOUR)
        assert read("accidents.dead").value == 4
        assert Toll.objects.filter(accident=item).count() == 3

    def test_is_filed_once(self, office: Office) -> None:
        event, _watch = self.told(office, dead=1)
        office.filed(incident=event.pk, dead=None)
        with pytest.raises(Refused) as refused:
            office.filed(incident=event.pk, dead=None)
        assert refused.value.code == actions.TWICE
        with pytest.raises(Refused) as refused:
            office.filed(incident=new_id())
        assert refused.value.code == actions.NO_INCIDENT

    def test_what_was_known_then_is_still_known(self, office: Office) -> None:
        event, watch = self.told(office, dead=1)
        office.filed(incident=event.pk, dead=None)
        incidents.add_figures(item=event, dead=2, by=watch.by, at=NOON + 2 * DAY)
        assert read("accidents.dead").value == 2
        assert read("accidents.dead", as_of=NOON + DAY).value == 1
