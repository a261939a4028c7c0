"""Answers that arrive together are committed together; each is told of its own."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from anlan.kernel.core.errors import Refused
from anlan.kernel.ledger.models import Entry
from anlan.kernel.messaging.actions import Given
from anlan.kernel.messaging.gateway import Gateway
from anlan.kernel.messaging.models import Answer
from anlan.kernel.messaging.tests.conftest import NOON

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def gateway():
    running = Gateway(time_of=lambda world: NOON + timedelta(minutes=1), window_s=0.05)
    yield running
    running.stop()


def received(message_id):
    return Given(message_id=message_id, kind="received", via="api")


def test_what_arrives_together_is_one_commit(call, lin, gateway):
    messages = [call(lin) for _ in range(5)]
    futures = [gateway.submit(received(message.pk)) for message in messages]
    answers = [future.result(5) for future in futures]
    assert [answer.message_id for answer in answers] == [message.pk for message in messages]
    assert len(set(Entry.objects.filter(code="messaging.answered").values_list("xid", flat=True))) == 1


def test_a_refusal_reaches_only_the_one_it_is_for(call, lin, gateway):
    good, bad = gateway.submit(received(call(lin).pk)), gateway.submit(received(uuid4()))
    assert good.result(5).kind == "received"
    with pytest.raises(Refused):
        bad.result(5)


def test_a_handler_that_fails_costs_only_its_own_answer(call, lin, heard, gateway, monkeypatch):
    broken, sound = call(lin), call(lin)
    told = heard.__class__.__call__

    def fails_for_one(self, message, answer):
        if message.pk == broken.pk:
            raise RuntimeError("the handler is broken")
        told(self, message, answer)

    monkeypatch.setattr(heard.__class__, "__call__", fails_for_one)
    first, second = gateway.submit(received(broken.pk)), gateway.submit(received(sound.pk))
    assert second.result(5).message_id == sound.pk
    with pytest.raises(RuntimeError):
        first.result(5)
    assert Answer.objects.count() == 1


def test_stopping_commits_what_still_waits(call, lin, gateway):
    future = gateway.submit(received(call(lin).pk))
    gateway.stop()
    assert future.result(0).kind == "received"


def test_coroutines_that_ask_together_are_told_together(call, lin, gateway):
    messages = [call(lin) for _ in range(3)]

    async def ask():
        asked = [gateway.submit_here(received(pk)) for pk in [*(m.pk for m in messages), uuid4()]]
        return await asyncio.gather(*asked, return_exceptions=True)

    *answers, refused = asyncio.run(ask())
    assert [answer.message_id for answer in answers] == [message.pk for message in messages]
    assert isinstance(refused, Refused)
    assert len(set(Entry.objects.filter(code="messaging.answered").values_list("xid", flat=True))) == 1


def test_somebody_who_waited_no_longer_does_not_stop_the_others(call, lin, gateway):
    async def ask_and_go():
        gateway.submit_here(received(call_of[0].pk)).cancel()

    call_of = [call(lin), call(lin)]
    asyncio.run(ask_and_go())  # its event loop is closed before the commit
    assert gateway.submit(received(call_of[1].pk)).result(5).message_id == call_of[1].pk
    assert Answer.objects.count() == 2
