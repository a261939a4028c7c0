"""The duty room and the accidents of the demo: every state is there, something is late, and twice is once."""

import pytest

from anlan.domains.accidents import public as accident_numbers
from anlan.domains.accidents.loop import ACCIDENT
from anlan.domains.accidents.models import Accident, Toll
from anlan.domains.incidents import public as incident_numbers
from anlan.domains.incidents.loop import CHECK, INCIDENT, SHIFT
from anlan.domains.incidents.models import DutyCheck, Incident, Report, Shift
from anlan.domains.incidents.queries import watch
from anlan.kernel.core import clock
from anlan.surfaces.cli.demo import accidents, incidents
from anlan.surfaces.cli.demo.accidents import DAY
from anlan.surfaces.cli.demo.files import DISTRICT

pytestmark = pytest.mark.django_db


def states(model: type) -> set[str]:
    return set(model.objects.values_list("item__state", flat=True))


def test_every_state_is_there_and_twice_is_once(written: dict[str, int]) -> None:
    counted = (Incident, Report, Shift, DutyCheck, Accident, Toll)
    before = [model.objects.count() for model in counted]
    incidents.write()
    accidents.write()
    assert [model.objects.count() for model in counted] == before
    assert states(Incident) >= set(INCIDENT.states) - {"merged", "dismissed"}
    assert states(Shift) == set(SHIFT.states) - {"handed_over", "cancelled"}
    assert states(DutyCheck) == set(CHECK.states)
    assert states(Accident) == set(ACCIDENT.states)


def test_something_is_late_and_something_was_missed(written: dict[str, int]) -> None:
    now = clock.real_now()
    counts = incident_numbers.counts(incident_numbers.Span(DISTRICT, now - 70 * DAY, now, now))
    assert counts.late
    assert counts.missed
    assert len(counts.received) == incidents.SMALL + len(incidents.HEAVY)
    due = accident_numbers.dues(accident_numbers.Span(DISTRICT, now - 90 * DAY, now, now), what="reply")
    assert [each.state for each in due].count("missed") == 1


def test_an_accident_follows_an_event_and_somebody_is_on_watch(written: dict[str, int]) -> None:
    accident = Accident.objects.get(item__arises_from__loop="incidents.incident")
    assert (accident.grade, Toll.objects.get(accident=accident.item).dead) == ("serious", 3)
    running = Shift.objects.select_related("item").get(item__state="on")
    assert watch.lacking(running) == []
