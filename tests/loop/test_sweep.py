from datetime import timedelta

import pytest

from anlan.domains.dangers.actions import report_danger
from anlan.kernel.core.models import Exercise
from anlan.kernel.ledger.models import Entry
from anlan.kernel.loop.clocks import lateness
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.loop.sweep import sweep, sweep_all
from anlan.kernel.messaging.models import Message
from tests.people import DISTRICT, NOON, QUAY, District, add_duty, add_person, district

pytestmark = pytest.mark.django_db


def with_firm(here: District, **more: object) -> WorkItem:
    return report_danger(
        description="粉尘收集器",
        category="dust",
        region=QUAY,
        by=here.owner.by,
        at=NOON,
        organisation=here.firm,
        **more,
    )


def run(at, exercise_id=None) -> int:
    done = 0
    while step := sweep(exercise_id=exercise_id, at=at):
        done += step
    return done


def test_nothing_is_done_before_its_time() -> None:
    item = with_firm(district())
    assert run(NOON + timedelta(days=5, hours=23)) == 0
    item.refresh_from_db()
    assert item.next_step == 0


def test_the_ladder_is_climbed_one_rung_at_a_time_and_each_once() -> None:
    here = district()
    section, chief = add_person("Section", here.bureau), add_person("Boss", here.bureau)
    add_duty(section, "safety_section", DISTRICT)
    add_duty(chief, "bureau_chief", DISTRICT)
    item = with_firm(here)
    told = []
    for days in (6, 7, 8, 10, 14, 15):
        run(NOON + timedelta(days=days))
        item.refresh_from_db()
        told.append(item.escalated_to)
    assert told == [
        "",
        "patroller",
        "street_safety_officer",
        "safety_section",
        "bureau_chief",
        "bureau_chief",
    ]
    codes = list(
        Entry.objects.filter(subject_id=str(item.pk), by="service:sweep", code__startswith="loop.")
        .order_by("recorded_at", "at")
        .values_list("code", flat=True)
    )
    assert sorted(codes) == ["loop.escalated"] * 4 + ["loop.reminded"]
    assert Message.objects.filter(person=chief, kind="loop.clock").count() == 1
    assert item.next_at is None
    text = Message.objects.get(person=chief, kind="loop.clock").text
    assert "已超时" in text  # a person reads it at night: Chinese, and the hour of the wall clock
    assert "07-10 12:00" in text


def test_a_sweep_that_comes_late_climbs_every_rung_it_missed() -> None:
    here = district()
    item = with_firm(here)
    assert run(NOON + timedelta(days=30)) == 5
    item.refresh_from_db()
    assert lateness(item, at=NOON + timedelta(days=30)) == timedelta(days=23)


def test_a_closed_item_has_no_clock() -> None:
    here = district()
    item = with_firm(here)
    WorkItem.objects.filter(pk=item.pk).update(closed_at=NOON, next_at=None)
    assert run(NOON + timedelta(days=30)) == 0


def test_each_world_is_swept_in_its_own_time() -> None:
    here = district()
    world = Exercise.objects.create(name="drill", real_start=NOON, sim_start=NOON, frozen_at=NOON)
    mine, real = with_firm(here, exercise_id=world.pk), with_firm(here)
    run(NOON + timedelta(days=9), exercise_id=world.pk)
    mine.refresh_from_db()
    real.refresh_from_db()
    assert (mine.next_step > 0, real.next_step) == (True, 0)
    assert set(Message.objects.filter(kind="loop.clock").values_list("exercise_id", flat=True)) == {world.pk}


def test_a_world_driven_by_steps_is_left_to_its_steps() -> None:
    here = district()
    world = Exercise.objects.create(
        name="replay", real_start=NOON, sim_start=NOON, frozen_at=NOON + timedelta(days=30)
    )
    item = with_firm(here, exercise_id=world.pk)
    sweep_all()
    item.refresh_from_db()
    assert item.next_step == 0
