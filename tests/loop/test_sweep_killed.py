"""kill -9 of the sweep: each rung of each ladder is done once, whenever it dies."""

import os
import random
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.db.models import Count, QuerySet

from anlan.domains.dangers.actions import report_danger
from anlan.kernel.core import clock
from anlan.kernel.ledger.models import Entry
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.messaging.models import Message
from tests.people import DISTRICT, QUAY, add_duty, add_person, district
from tests.prove import kills

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).parents[2]
RUNGS = 5


def start() -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "ANLAN_VAR": str(settings.ANLAN_VAR),
        "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE,
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
    }
    return subprocess.Popen([sys.executable, "-m", "tests.loop.sweep_process"], cwd=ROOT, env=environment)


def kill(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()


def rungs() -> QuerySet[Entry]:
    """What the ledger knows of the ladders: the messages have entries of their own."""
    return Entry.objects.filter(by="service:sweep", code__in=("loop.reminded", "loop.escalated"))


def done() -> int:
    return rungs().count()


def wait_for(number: int) -> None:
    """Until the ledger knows of so many rungs; two minutes in which none is added are the end of patience."""
    known, since = done(), time.monotonic()
    while known < number:
        time.sleep(0.01)
        now = done()
        if now > known:
            known, since = now, time.monotonic()
        assert time.monotonic() - since < 120, f"{known} of {number} rungs and no more"


@kills()
def test_a_sweep_killed_at_any_moment_does_each_rung_once(kills: int) -> None:
    here = district()
    for name, duty in (("Section", "safety_section"), ("Boss", "bureau_chief")):
        add_duty(add_person(name, here.bureau), duty, DISTRICT)
    long_ago = clock.real_now() - timedelta(days=40)
    items = [
        report_danger(
            description=f"{number}", category="dust", region=QUAY, by=here.owner.by, at=long_ago,
            organisation=here.firm,
        )
        for number in range(20 * kills)
    ]  # fmt: skip
    killed = 0
    while killed < kills and done() < RUNGS * len(items):
        process = start()
        wait_for(min(done() + 1, RUNGS * len(items)))
        time.sleep(random.uniform(0, 0.2))
        kill(process)
        killed += 1
    assert killed >= min(kills, 3), "the sweep was through before it could be killed: more items are needed"
    process = start()
    wait_for(RUNGS * len(items))
    time.sleep(1.0)  # would it do more than there is?
    kill(process)
    told = rungs().values("subject_id").annotate(number=Count("id"))
    assert {row["number"] for row in told} == {RUNGS}
    assert len(told) == len(items)
    assert not WorkItem.objects.filter(next_at__isnull=False, closed_at=None).exists()
    assert len({_told(item.pk) for item in items}) == 1


def _told(item: UUID) -> tuple[int, ...]:
    """How often each person was told of an item: the same for every item, where nothing came twice or never."""
    about = Message.objects.filter(kind="loop.clock", subject_id=str(item)).values("person")
    return tuple(sorted(row["said"] for row in about.annotate(said=Count("id"))))
