"""The people of a drill answer as practice assumes, the same way each time, and never in the real world."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from anlan.kernel.messaging.channels.drill.answers import answer_due
from anlan.kernel.messaging.channels.drill.people import answers_after
from anlan.kernel.messaging.models import Answer
from anlan.kernel.messaging.tests.conftest import NIGHT, NOON, person_of
from anlan.kernel.orgs.models import Account

ZONE = "Asia/Shanghai"
PEOPLE = [UUID(int=number) for number in range(20_000)]


def share(at, minutes):
    limit = timedelta(minutes=minutes)
    times = [answers_after(person_id=each, sent_at=at, zone=ZONE) for each in PEOPLE]
    return sum(time is not None and time <= limit for time in times) / len(PEOPLE)


@pytest.mark.parametrize(("minutes", "expected"), [(5, 0.78), (10, 0.92), (20, 0.98), (30, 0.995)])
def test_shares_are_those_assumed_in_practice_and_ten_points_less_at_night(minutes, expected):
    assert share(NOON, minutes) == pytest.approx(expected, abs=0.01)
    assert share(NIGHT, minutes) == pytest.approx(expected - 0.10, abs=0.01)


def test_the_same_person_answers_the_same_message_in_the_same_time():
    person = uuid4()
    first = answers_after(person_id=person, sent_at=NOON, zone=ZONE)
    assert first == answers_after(person_id=person, sent_at=NOON, zone=ZONE)


def test_answers_come_when_they_are_due_and_once(call, street, drill):
    for number in range(40):
        call(person_of(street, f"责任人{number}", phone=f"199{number:08}"), exercise_id=drill.pk)
    assert answer_due(exercise_id=drill.pk, at=NOON) == 0
    taken = sum(answer_due(exercise_id=drill.pk, at=NOON + timedelta(minutes=minute)) for minute in range(60))
    given = Answer.objects.filter(kind="received").count()
    assert given >= 36
    assert taken == Answer.objects.count()
    assert answer_due(exercise_id=drill.pk, at=NOON + timedelta(minutes=59)) == 0


def test_nobody_in_the_real_world_is_answered_for(call, lin, drill):
    call(lin)
    answer_due(exercise_id=drill.pk, at=NOON + timedelta(minutes=50))
    assert not Answer.objects.exists()


def test_who_can_sign_in_answers_for_themselves(call, lin, drill):
    lin.account = Account.objects.create(login="lin")
    lin.save()
    call(lin, exercise_id=drill.pk)
    assert answer_due(exercise_id=drill.pk, at=NOON + timedelta(minutes=50)) == 0
