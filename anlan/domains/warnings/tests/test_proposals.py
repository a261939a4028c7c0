"""One proposal an episode; a second person decides; what is not higher only adds its grounds."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anlan.domains.sensing.public import AlarmStep
from anlan.domains.warnings.actions import deciding, ringing
from anlan.domains.warnings.actions.considering import consider
from anlan.domains.warnings.actions.proposing import Cause, end_source, from_forecast, weigh
from anlan.domains.warnings.models import Advisory, CallOut, Episode, Ground, OfficeRing, Proposal
from anlan.domains.warnings.rules import scales
from anlan.domains.warnings.tests.people import (
    DISTRICT,
    HARBOUR,
    HILL,
    NOON,
    QUAY,
    Watch,
    propose,
    take_in,
    waiting,
    watch,
)
from anlan.kernel.core.errors import Refused
from anlan.kernel.loop.actions import Telephone, move
from anlan.kernel.loop.models import Confirmation, Step
from anlan.kernel.loop.sweep import sweep
from anlan.kernel.messaging.models import Message

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
GAUGE = uuid4()


@pytest.fixture
def w() -> Watch:
    return watch()


def step(
    colour: str, *, before: str = "", region: str = QUAY, alarm=GAUGE, at: datetime = NOON, metric="rain"
) -> AlarmStep:
    return AlarmStep(
        alarm_id=alarm, exercise_id=None, scope="sensor", region=region, name="码头雨量站", station_id=None,
        sensor_id=1, metric=metric, before=before, after=colour, peak=colour or before, measure="sum",
        window_minutes=180, value=52.5, unit="mm", at=at,
    )  # fmt: skip


def alarm(colour: str, at: datetime = NOON, **said: object) -> None:
    consider(alarm_steps=[step(colour, at=at, **said)], exercise_id=None, at=at)


def test_nothing_is_read_where_no_alarm_stepped(django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        consider(alarm_steps=[], exercise_id=None, at=NOON)


@pytest.mark.feature("M222")
def test_an_orange_mark_proposes_a_call_out_with_its_grounds_and_never_calls_it_a_signal(w: Watch) -> None:
    alarm("orange")
    (proposal,) = waiting()
    assert (proposal.hazard, proposal.colour, proposal.basis) == ("rain", "orange", "alarm")
    assert [r.pk for r in proposal.regions.all()] == [HARBOUR]
    ground = Ground.objects.get(item=proposal.item)
    assert (ground.source, ground.source_id, ground.facts["value"]) == ("alarm", str(GAUGE), "52.5")
    assert "未发" in proposal.item.title
    assert "橙色标准" in proposal.item.title
    assert "橙色信号" not in proposal.item.title


def test_the_weather_office_is_to_be_rung_and_the_answer_is_kept(w: Watch) -> None:
    alarm("orange")
    ring = OfficeRing.objects.select_related("item").get()
    assert ring.item.charge_duty == "watch_officer"
    ringing.ring_office(
        item=ring.item, spoke="forecaster Lin", words="signal within ten minutes", by=w.officer.by, at=NOON
    )
    assert ring.item.state == "rung"
    assert ring.item.calls_made.get().spoke == "forecaster Lin"
    alarm("red", before="orange")
    assert OfficeRing.objects.count() == 2  # higher than what the office was rung about


@pytest.mark.feature("M222")
def test_a_yellow_mark_proposes_an_advisory(w: Watch) -> None:
    alarm("yellow")
    advisory = Advisory.objects.select_related("item").get()
    assert (advisory.item.state, advisory.mark_colour) == ("proposed", "yellow")
    assert "未发信号" in advisory.description
    assert not waiting()


def test_the_same_episode_is_proposed_once_and_again_only_when_higher(w: Watch) -> None:
    for minute, colour in enumerate(("orange", "yellow", "orange", "", "orange")):
        alarm(colour, NOON + minute * MINUTE)
    # The episode ended with the alarm; the same alarm starting anew is a new episode: two proposals would stand,
    # so the second one joined the first, which still waits.
    assert len(waiting()) == 1
    alarm("red", NOON + 6 * MINUTE)
    assert [p.colour for p in waiting()] == ["red"]
    assert Proposal.objects.filter(item__state="superseded").count() == 1
    alarm("orange", NOON + 7 * MINUTE)
    alarm("red", NOON + 8 * MINUTE)
    assert Proposal.objects.count() == 2


def test_a_declined_proposal_comes_back_only_when_higher_or_when_somebody_asks(w: Watch) -> None:
    alarm("orange")
    move(item=waiting()[0].item, name="decline", by=w.chief.by, at=NOON, reason="one gauge, no echo")
    alarm("orange", NOON + MINUTE, alarm=uuid4())
    assert waiting() == []
    propose(w)
    assert [p.basis for p in waiting()] == ["person"]


def test_a_second_gauge_or_the_signal_joins_the_waiting_proposal(w: Watch) -> None:
    alarm("orange")
    (proposal,) = waiting()
    alarm("orange", alarm=uuid4())
    alarm("orange", alarm=uuid4(), region=HILL)
    proposal.refresh_from_db()
    assert (proposal.version, [r.pk for r in proposal.regions.all()]) == (2, [DISTRICT])
    take_in(regions=(HARBOUR,), at=NOON + MINUTE)
    (proposal,) = waiting()
    assert proposal.basis == "signal"
    assert Ground.objects.filter(item=proposal.item).values("source").distinct().count() == 2
    assert "信号" in proposal.item.title


def test_whoever_approves_has_read_what_it_says_now(w: Watch) -> None:
    alarm("orange")
    (proposal,) = waiting()
    alarm("orange", alarm=uuid4(), region=HILL)
    with pytest.raises(Refused) as caught:
        deciding.approve_call_out(item=proposal.item, by=w.chief.by, at=NOON, version="1")
    assert caught.value.code == "warnings.proposal_changed"
    deciding.approve_call_out(item=proposal.item, by=w.chief.by, at=NOON, version="2")
    assert CallOut.objects.count() == 1


def test_nobody_approves_their_own_proposal(w: Watch) -> None:
    item = deciding.propose_call_out(
        hazard="rain", colour="red", regions=[HARBOUR], words="seen", by=w.chief.by, at=NOON
    )
    with pytest.raises(Refused) as caught:
        deciding.approve_call_out(item=item, by=w.chief.by, at=NOON)
    assert caught.value.code == "loop.second_person"
    assert not CallOut.objects.exists() and not Message.objects.filter(kind="warnings.call_out").exists()


def test_an_officer_cannot_release_alone(w: Watch) -> None:
    alarm("orange")
    with pytest.raises(Refused) as caught:
        deciding.approve_call_out(item=waiting()[0].item, by=w.officer.by, at=NOON)
    assert caught.value.code == "loop.not_yours"


def test_an_approval_by_telephone_counts_at_once_and_is_confirmed_later(w: Watch) -> None:
    item = propose(w)
    words = Telephone("13911112222", "同意")
    with pytest.raises(
        Refused
    ):  # the officer who proposed it does not record it while the second one is on watch
        deciding.approve_call_out(item=item, by=w.chief.by, at=NOON, entered_by=w.officer.by, telephone=words)
    deciding.approve_call_out(item=item, by=w.chief.by, at=NOON, entered_by=w.second.by, telephone=words)
    made = Step.objects.get(item=item, move="approve")
    assert (made.by, made.entered_by, made.telephone_words) == (w.chief.by, w.second.by, "同意")
    assert CallOut.objects.get().item.state == "released"
    assert Confirmation.objects.get().leader == w.chief


def test_a_proposal_that_nobody_decides_lapses(w: Watch) -> None:
    alarm("orange")
    sweep(exercise_id=None, at=NOON + 61 * MINUTE)
    assert waiting() == []
    assert Proposal.objects.get().item.state == "lapsed"


def test_a_forecast_proposes_an_advisory(w: Watch) -> None:
    from_forecast(
        hazard="rain",
        colour="orange",
        regions=[HARBOUR],
        facts={"mm": 80, "from": "18:00"},
        source_id="f-1",
        at=NOON,
    )
    assert "预计" in Advisory.objects.get().description


def test_an_episode_lives_as_long_as_any_of_its_sources(w: Watch) -> None:
    alarm("orange")
    take_in()
    alarm("", before="orange")
    assert Episode.objects.get().ended_at is None
    end_source(source="signal", source_id=str(take_in(at=NOON).signals[0].pk), at=NOON + MINUTE)
    assert Episode.objects.get().ended_at == NOON + MINUTE


def test_only_the_watch_proposes_and_only_for_places_that_exist(w: Watch) -> None:
    said = {"hazard": "rain", "colour": "red", "words": "", "at": NOON}
    for by, regions, code in (
        (w.outsider.by, [HARBOUR], "warnings.not_on_watch"),
        (w.officer.by, ["110101000000"], "warnings.no_area"),
        (w.officer.by, [], "warnings.no_area"),
    ):
        with pytest.raises(Refused) as caught:
            deciding.propose_call_out(**said, regions=regions, by=by)
        assert caught.value.code == code


STEPS = st.lists(
    st.tuples(
        st.sampled_from("abc"), st.sampled_from([HARBOUR, HILL]), st.sampled_from(["", *scales.COLOURS[2:]])
    ),
    max_size=14,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_offers_rise_strictly_within_an_episode(w: Watch, steps: list[tuple[str, str, str]]) -> None:
    # Rows of earlier examples stay in the test's transaction; their episodes are ended here.
    Episode.objects.filter(ended_at=None).update(ended_at=NOON)
    alive: dict[str, set[str]] = {HARBOUR: set(), HILL: set()}
    best: dict[str, str] = {HARBOUR: "", HILL: ""}
    for minute, (name, street, colour) in enumerate(steps):
        weigh(
            [Cause("alarm", name, "rain", street, (street,), colour)],
            exercise_id=None,
            at=NOON + minute * MINUTE,
        )
        if colour:
            alive[street].add(name)
            best[street] = max(best[street], colour, key=scales.rank)
        else:
            alive[street].discard(name)
        if not alive[street]:
            best[street] = ""
        episode = Episode.objects.filter(ended_at=None, region=street).first()
        assert (episode is not None) == bool(alive[street])
        if episode is not None:
            offered = max(episode.call_out_offered, episode.advisory_offered, key=scales.rank)
            assert offered == best[street]


def test_a_batch_of_many_alarms_reads_no_more_than_a_batch_of_few(
    w: Watch, django_assert_max_num_queries
) -> None:
    alarm("orange")
    steps = [step("orange", alarm=uuid4(), region=region) for region in (QUAY, HILL) for _ in range(20)]
    with django_assert_max_num_queries(50):
        consider(alarm_steps=steps, exercise_id=None, at=NOON + MINUTE)
    again = [step("orange", alarm=uuid4()) for _ in range(20)]
    deciding.approve_call_out(item=waiting()[0].item, by=w.chief.by, at=NOON + MINUTE)
    with django_assert_max_num_queries(8):
        consider(alarm_steps=again, exercise_id=None, at=NOON + 2 * MINUTE)
