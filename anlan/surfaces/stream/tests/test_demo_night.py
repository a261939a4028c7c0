"""The demo's night with its clock turned by hand: what a newcomer is promised within three minutes, at 60 times the pace."""

from datetime import timedelta

import pytest
from django.utils.module_loading import import_string

from anlan.domains.dangers.models import Danger
from anlan.domains.responses import queries
from anlan.domains.responses.models import Proposal as ResponseProposal
from anlan.domains.responses.models import Response, Sheet, Standing, Task
from anlan.domains.sensing.models import Alarm, SensorFault
from anlan.domains.warnings.models import CallOut, CallOutItem, Passing, Proposal, Signal
from anlan.kernel.core import clock, rulesets
from anlan.kernel.core.models import Exercise
from anlan.kernel.domain.registry import ruleset_files
from anlan.kernel.loop.models import Confirmation, Step, WorkItem
from anlan.kernel.loop.sweep import sweep
from anlan.kernel.orgs.models import Account, Duty, Person
from anlan.surfaces.stream.demo import dangers, play, world

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
MINUTE = timedelta(minutes=1)
MANY = (
    "underground_keeper",
    "site_keeper",
    "slope_keeper",
    "evacuation_keeper",
    "weak_house_keeper",
    "shelter_keeper",
)


@pytest.fixture
def night():
    rulesets.load_files(ruleset_files())
    import_string("anlan.surfaces.cli.demo.district.write")()  # another surface: reached by name
    Duty.objects.filter(kind__in=MANY).update(valid_to=world.storm.START)  # fewer people, the same story
    return world.open_world()


def play_until(night, hour, minute=0):
    """What the process and the sweep do, minute by minute."""
    at = night.at
    while at < night.clock(hour, minute):
        at += MINUTE
        Exercise.objects.filter(pk=night.id).update(frozen_at=at)
        night.exercise.frozen_at = at
        play.play_on(night)
        sweep(exercise_id=night.id, at=at, limit=2000)


def test_within_three_minutes_a_newcomer_sees_gauge_alarm_signal_call_out_and_response(night):
    play_until(night, 18, 50)
    assert Alarm.objects.filter(exercise=night.id, colour="red").exists()
    assert SensorFault.objects.get(item__exercise=night.id).kind == "dead"
    signal = Signal.objects.get(item__exercise=night.id)
    assert (signal.colour, signal.regions.count()) == ("orange", 4)
    check_call_out(night)
    check_response(night)


def check_call_out(night):
    call = CallOut.objects.filter(item__exercise=night.id).earliest("released_at")
    approved = Step.objects.get(
        item__warnings_proposal__isnull=False, item=first_proposal(night), move="approve"
    )
    assert approved.telephone_words
    assert approved.entered_by != approved.by
    people = CallOutItem.objects.filter(call_out=call)
    answered = people.exclude(item__state__in=("calling", "unreached")).count()
    assert people.count() > 400
    assert answered / people.count() > 0.9
    assert Passing.objects.filter(item__call_out=call, duty="deputy").exists()


def first_proposal(night):
    return Proposal.objects.filter(item__exercise=night.id).earliest("item__opened_at").item


def check_response(night):
    response = Response.objects.get(item__exercise=night.id)
    assert response.level == "Ⅲ"
    assert response.before_signal  # Ⅳ stood before any signal
    assert Confirmation.objects.filter(item__exercise=night.id, item__state="waiting").count() >= 2
    sheets = Sheet.objects.filter(response=response)
    assert sheets.filter(item__state="signed").count() > sheets.count() / 2
    assert Task.objects.filter(sheet__response=response, item__state="done").count() > 5
    assert any(any(task.done) for task in Task.objects.filter(sheet__response=response))


@pytest.mark.prove
@pytest.mark.timeout(900)
def test_the_response_ends_at_ten_past_eleven_and_what_stands_is_not_proposed_again(night):
    play_until(night, 23, 29)
    response = Response.objects.get(item__exercise=night.id)
    assert response.level == "Ⅱ"
    assert response.ended_at == night.clock(23, 10)
    assert Alarm.objects.filter(exercise=night.id, ended_at=None).exists()
    assert Standing.objects.filter(exercise=night.id, ended_at=None).exists()
    proposed = ResponseProposal.objects.filter(item__exercise=night.id).order_by("item__opened_at")
    assert [p.level for p in proposed.filter(direction__in=("start", "step_up"))] == ["Ⅳ", "Ⅲ", "Ⅱ"]
    assert not proposed.filter(item__opened_at__gt=response.ended_at).exists()
    assert not CallOut.objects.filter(item__exercise=night.id, item__closed_at=None).exists()
    facts = queries.plan_against_fact(response, at=night.at)
    late = {(f.unit, f.code) for f in facts if f.late and f.state == "done"}
    assert late == {
        ("住建", "F23"),
        ("供电", "F12"),
        ("白鹭街道", "S7"),
    }  # the last one's return: it is silent for long
    assert [(f.unit, f.code) for f in facts if f.state == "not_applicable"] == [("海事", "F15")]


def test_nobody_is_called_twice_for_one_call_out(night):
    play_until(night, 18, 20)
    rows = CallOutItem.objects.filter(item__exercise=night.id).values_list("call_out_id", "person_id")
    assert rows.count() == len(set(rows)) > 0


def test_a_chief_who_has_signed_in_is_given_time_to_act(night):
    officer, chief = (night.holder(duty, "440399000000") for duty in ("watch_officer", "watch_chief"))
    account = Account.objects.create_user(login="newcomer", last_login=clock.real_now())
    Person.objects.filter(pk=chief.pk).update(account=account)
    assert officer is not None
    play_until(night, 18, 16)
    assert Proposal.objects.filter(item__exercise=night.id, item__state="proposed").exists()
    assert not CallOut.objects.filter(item__exercise=night.id).exists()


def test_dangers_stand_in_every_state_and_three_are_late(night):
    dangers.seed(night)
    states = set(Danger.objects.filter(item__exercise=night.id).values_list("item__state", flat=True))
    assert states == {"found", "rectifying", "recheck", "closed_off", "withdrawn"}
    late = WorkItem.objects.filter(
        exercise=night.id, loop="dangers.danger", closed_at=None, due_at__lt=night.at
    )
    assert late.count() == 3
    assert set(Danger.objects.filter(item__exercise=night.id).values_list("grade", flat=True)) == {
        "ordinary", "candidate_major", "major",
    }  # fmt: skip


def test_a_new_night_ends_the_last_one(night):
    again = world.open_world()
    assert list(Exercise.objects.filter(kind="demo", ended_at=None)) == [again.exercise]
