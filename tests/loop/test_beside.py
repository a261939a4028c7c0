"""Sweep and answers at the same time: neither ends the other's transaction, and nothing is lost or done twice."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction

from anlan.domains.dangers.actions import report_danger
from anlan.kernel.core.models import Exercise
from anlan.kernel.core.worlds import alone, beside_others, beside_others_of, once_more
from anlan.kernel.ledger.models import Entry
from anlan.kernel.loop.actions import Making, move_all
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.loop.sweep import sweep
from tests.people import NOON, QUAY, district

pytestmark = pytest.mark.django_db(transaction=True)


def in_threads(*acts) -> list[BaseException]:
    failures: list[BaseException] = []

    def run(act) -> None:
        try:
            act()
        except BaseException as failure:
            failures.append(failure)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def test_moves_in_any_order_and_sweeps_do_not_fail_each_other() -> None:
    here = district()
    items = [
        report_danger(
            description=f"{n}",
            category="exit",
            region=QUAY,
            by=here.owner.by,
            at=NOON,
            organisation=here.firm,
        )
        for n in range(30)
    ]

    def withdraw(order: list[WorkItem]):
        def act() -> None:
            for start in range(0, len(order), 5):
                makings = [
                    Making(item, "rectify", here.owner.by, NOON, needs={})
                    for item in order[start : start + 5]
                ]
                move_all(makings)  # refused: no photo; the locks are taken all the same

        return act

    def pass_over() -> None:
        for day in range(5, 16):
            while sweep(exercise_id=None, at=NOON + timedelta(days=day), limit=7):
                pass

    assert in_threads(withdraw(items), withdraw(items[::-1]), pass_over, pass_over) == []
    rungs = Entry.objects.filter(by="service:sweep", code__startswith="loop.").count()
    assert rungs == len(items) * 5  # one reminder and four rungs each, by whichever sweep came first
    assert Step.objects.filter(move="rectify").count() == 0


def test_a_transaction_that_lost_a_deadlock_is_run_again() -> None:
    here = district()
    first, second = (
        report_danger(description=d, category="exit", region=QUAY, by=here.owner.by, at=NOON) for d in "ab"
    )
    together = threading.Barrier(2, timeout=20)
    runs: list[str] = []

    def crosswise(one: WorkItem, two: WorkItem):
        met = []

        @once_more
        def act() -> None:
            runs.append(one.title)
            with transaction.atomic():
                WorkItem.objects.select_for_update().get(pk=one.pk)
                if not met:
                    met.append(1)
                    together.wait()
                WorkItem.objects.select_for_update().get(pk=two.pk)

        return act

    assert in_threads(crosswise(first, second), crosswise(second, first)) == []
    assert len(runs) == 3


def test_writers_of_one_world_do_not_wait_for_a_sweep_of_another() -> None:
    with transaction.atomic():
        alone(uuid4())

        def write() -> None:
            with transaction.atomic():
                beside_others([None, uuid4()])

        assert in_threads(write) == []


def test_a_sweep_waits_for_those_who_write_in_its_world() -> None:
    here = district()
    item = report_danger(description="x", category="exit", region=QUAY, by=here.owner.by, at=NOON)
    inside, leave = threading.Event(), threading.Event()
    order: list[str] = []

    def write() -> None:
        with transaction.atomic():
            beside_others([None])
            inside.set()
            leave.wait(5)
            order.append("written")

    def pass_over() -> None:
        inside.wait(5)
        threading.Timer(0.5, leave.set).start()
        sweep(exercise_id=None, at=NOON + timedelta(days=30))
        order.append("swept")

    assert in_threads(write, pass_over) == []
    assert order == ["written", "swept"]
    item.refresh_from_db()
    assert item.next_step == 1


def held() -> set[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT classid, objid FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
        )
        return set(cursor.fetchall())


def test_the_worlds_of_rows_are_locked_under_the_same_keys_as_the_worlds_themselves() -> None:
    here = district()
    worlds = [
        Exercise.objects.create(name=f"{n}", real_start=NOON, sim_start=NOON, frozen_at=NOON)
        for n in range(3)
    ]
    items = [
        report_danger(
            description="1", category="exit", region=QUAY, by=here.owner.by, at=NOON, organisation=here.firm
        )
        for _ in range(4)
    ]
    for item, world in zip(items, worlds, strict=False):
        WorkItem.objects.filter(pk=item.pk).update(exercise=world)
    with transaction.atomic():
        beside_others([None, *(world.pk for world in worlds)])
        by_world = held()
    with transaction.atomic():
        beside_others_of(WorkItem, [item.pk for item in items])
        assert held() == by_world
    assert len(by_world) == 4
