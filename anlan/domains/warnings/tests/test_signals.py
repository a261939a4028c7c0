"""Signals come from registered weather offices only, in chains, and each one ends."""

from datetime import timedelta

import pytest

from anlan.domains.warnings.actions import signals
from anlan.domains.warnings.actions.proposing import Cause, weigh
from anlan.domains.warnings.models import Episode, OfficeRing, Signal, SignalNotice, WeatherOffice
from anlan.domains.warnings.queries.inforce import highest_colours, signals_at
from anlan.domains.warnings.tests.people import DISTRICT, HARBOUR, HILL, NOON, QUAY, Watch, take_in, watch
from anlan.domains.warnings.tests.samples import geocode
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.models import Exercise
from anlan.kernel.ledger.models import Entry
from anlan.kernel.loop.sweep import sweep
from anlan.kernel.places.models import Region

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def w() -> Watch:
    return watch()


def colours(at=NOON, exercise_id=None) -> list[tuple[str, str]]:
    return [(s.hazard, s.colour) for s in signals_at(at=at, exercise_id=exercise_id)]


@pytest.mark.feature("M160")
def test_a_signal_is_taken_in_with_its_document(w: Watch) -> None:
    taken = take_in(regions=(HARBOUR, HILL))
    (signal,) = taken.signals
    assert (signal.hazard, signal.colour, signal.item.state) == ("rain", "orange", "in_force")
    assert set(signal.regions.values_list("pk", flat=True)) == {
        DISTRICT
    }  # both streets are the whole district
    assert signal.expires_at == NOON + 6 * HOUR
    assert "<identifier>S1</identifier>" in taken.notice.document
    assert Entry.objects.filter(code="warnings.signal_taken_in", by="service:gateway").count() == 1


def test_whoever_is_not_a_weather_office_issues_nothing(w: Watch) -> None:
    with pytest.raises(Refused, match="mayor@street"):
        take_in(sender="mayor@street.invalid")
    WeatherOffice.objects.update(active=False)
    with pytest.raises(Refused) as caught:
        take_in()
    assert caught.value.code == "signal.not_an_office"
    assert not SignalNotice.objects.exists()


def test_the_same_message_twice_changes_nothing(w: Watch) -> None:
    first, second = take_in(), take_in(at=NOON + HOUR)
    assert second.again and not first.again
    assert [s.pk for s in second.signals] == [s.pk for s in first.signals]
    assert Signal.objects.count() == 1


def test_an_update_supersedes_and_a_cancel_lifts(w: Watch) -> None:
    take_in()
    red = take_in(identifier="S2", refers=("S1",), colour="红", at=NOON + HOUR, sent=NOON + HOUR)
    assert [s.colour for s in red.ended] == ["orange"]
    assert colours(NOON + HOUR) == [("rain", "red")]
    assert colours(NOON + HOUR / 2) == [("rain", "orange")]
    over = take_in(
        identifier="S3", refers=("S2",), msg_type="Cancel", at=NOON + 2 * HOUR, sent=NOON + 2 * HOUR
    )
    assert [s.item.state for s in over.ended] == ["lifted"]
    assert colours(NOON + 2 * HOUR) == []
    assert list(Signal.objects.order_by("issued_at").values_list("item__state", flat=True)) == [
        "superseded",
        "lifted",
    ]
    assert not Episode.objects.filter(ended_at=None).exists()


def test_a_signal_whose_cancel_came_first_ends_as_it_comes_in(w: Watch) -> None:
    take_in(identifier="S2", refers=("S1",), msg_type="Cancel", at=NOON)
    late = take_in(identifier="S1", at=NOON + HOUR / 2)
    assert late.signals[0].item.state == "lifted"
    assert colours(NOON + HOUR / 2) == []
    assert not Episode.objects.exists()


def test_another_office_cannot_cancel_it(w: Watch) -> None:
    signals.register_office(
        sender="b@weather.invalid", name="B", region=DISTRICT, by="service:setup", at=NOON
    )
    take_in()
    take_in(identifier="X", refers=("S1",), msg_type="Cancel", sender="b@weather.invalid")
    assert colours() == [("rain", "orange")]


def test_nothing_stale_lives_on(w: Watch) -> None:
    with pytest.raises(Refused) as caught:
        take_in(at=NOON + 7 * HOUR)
    assert caught.value.code == "signal.stale"
    (signal,) = take_in(identifier="S2", ends=None).signals
    assert signal.expires_at == NOON + 24 * HOUR and not signal.end_was_given
    assert colours(NOON + 24 * HOUR) == []  # before any sweep has run
    sweep(exercise_id=None, at=NOON + 24 * HOUR)
    signal.item.refresh_from_db()
    assert signal.item.state == "expired"


def test_a_new_signal_after_an_expired_one_is_a_new_episode(w: Watch) -> None:
    take_in(ends=HOUR)
    sweep(exercise_id=None, at=NOON + HOUR)
    take_in(identifier="S9", sent=NOON + 2 * HOUR, at=NOON + 2 * HOUR)
    assert Episode.objects.count() == 2
    assert Episode.objects.filter(ended_at=None).count() == 1


def test_a_shape_becomes_regions(w: Watch) -> None:
    Region.objects.filter(pk=QUAY).update(
        outline={
            "type": "Polygon",
            "coordinates": [[[113.8, 22.6], [113.9, 22.6], [113.9, 22.7], [113.8, 22.7], [113.8, 22.6]]],
        }
    )
    (signal,) = take_in(area="<polygon>22.61,113.82 22.66,113.82 22.66,113.88 22.61,113.82</polygon>").signals
    assert list(signal.regions.values_list("pk", flat=True)) == [QUAY]
    assert signal.area is not None
    (round_one,) = take_in(identifier="S2", area="<circle>22.65,113.85 3</circle>").signals
    assert list(round_one.regions.values_list("pk", flat=True)) == [QUAY]


def test_a_signal_for_no_place_here_is_refused(w: Watch) -> None:
    with pytest.raises(Refused) as caught:
        take_in(area=geocode("110101000000"))
    assert caught.value.code == "signal.no_area"


def test_worlds_are_apart(w: Watch) -> None:
    drill = Exercise.objects.create(name="drill", real_start=NOON, sim_start=NOON, frozen_at=NOON)
    with pytest.raises(Refused):
        take_in(status="Exercise")
    take_in(status="Exercise", exercise_id=drill.pk)
    assert colours() == []
    assert colours(exercise_id=drill.pk) == [("rain", "orange")]


def test_an_officer_types_in_what_the_office_said(w: Watch) -> None:
    office = WeatherOffice.objects.get()
    said = {"office": office, "hazard": "rain", "regions": [HARBOUR]}
    said |= {"issued_at": NOON, "heard_by": "telephone", "at": NOON}
    taken = signals.type_signal(**said, colour="yellow", by=w.officer.by)
    assert taken.signals[0].headline == "安澜区气象台发布暴雨黄色预警信号"
    with pytest.raises(Refused) as caught:
        signals.type_signal(**said, colour="blue", by=w.officer.by)
    assert caught.value.code == "signal.colour_not_used"
    with pytest.raises(Refused) as caught:
        signals.type_signal(**said, colour="red", by=w.outsider.by)
    assert caught.value.code == "signal.not_on_watch"
    higher = signals.type_signal(**said, colour="red", by=w.officer.by, supersedes=taken.signals)
    assert [s.item.state for s in higher.ended] == ["superseded"]


def test_an_officer_lifts_it_on_the_offices_word(w: Watch) -> None:
    (signal,) = take_in().signals
    with pytest.raises(Refused):
        signals.lift_signal(item=signal.item, by=w.officer.by, at=NOON)  # needs a reason
    signals.lift_signal(item=signal.item, by=w.officer.by, at=NOON + HOUR, reason="rang: lifted")
    assert colours(NOON + HOUR) == []
    assert not Episode.objects.filter(ended_at=None).exists()


def test_a_part_of_a_region_counts_for_it_and_the_highest_wins(w: Watch) -> None:
    take_in(colour="黄", regions=(DISTRICT,))
    take_in(identifier="S2", regions=(QUAY,))
    found = highest_colours(regions=[DISTRICT, HARBOUR, HILL, QUAY], at=NOON)
    assert {code: by["rain"] for code, by in found.items()} == {
        DISTRICT: "orange", HARBOUR: "orange", HILL: "yellow", QUAY: "orange",
    }  # fmt: skip


def test_a_signal_answers_the_call_to_the_weather_office(w: Watch) -> None:
    weigh([Cause("alarm", "a-1", "rain", HARBOUR, (HARBOUR,), "orange")], exercise_id=None, at=NOON)
    ring = OfficeRing.objects.get()
    take_in(colour="黄")
    ring.item.refresh_from_db()
    assert ring.item.state == "to_ring"  # yellow says less than our orange mark
    take_in(identifier="S2")
    ring.item.refresh_from_db()
    assert ring.item.state == "signal_came"
