"""HTTP doors of messaging: answers, and what gateways call back. One call into the kernel each."""

import asyncio
import json
from concurrent.futures import TimeoutError as TooSlow
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status
from ninja.security import django_auth
from pydantic import ValidationError

from anlan.kernel.core import clock
from anlan.kernel.core.errors import Refused
from anlan.kernel.messaging.actions import (
    Given,
    end_push,
    sms_receipt,
    sms_reply,
    subscribe_push,
    voice_called_back,
)
from anlan.kernel.messaging.channels.setup import secret_of
from anlan.kernel.messaging.channels.signing import BAD_SIGNATURE, SIGNATURE, STALE, STAMP, check
from anlan.kernel.messaging.channels.web_push.client import public_key
from anlan.kernel.messaging.gateway import gateway
from anlan.kernel.messaging.models import Answer
from anlan.kernel.messaging.receipts import NO_DELIVERY
from anlan.kernel.messaging.rules import BUSY, EXPIRED, NO_MESSAGE, NOBODY, SUPERSEDED
from anlan.kernel.messaging.tokens import BAD_TOKEN, message_of

router = Router(tags=["messaging"])

ANSWERS_PATH = "/api/messaging/answers"
MOST_BYTES = 8 * 1024
WAIT_S = 10.0
_STATUS = {
    BAD_TOKEN: 404,
    NO_MESSAGE: 404,
    NO_DELIVERY: 404,
    EXPIRED: 410,
    SUPERSEDED: 410,
    BAD_SIGNATURE: 403,
    STALE: 403,
    NOBODY: 403,
    BUSY: 503,  # it may still be written: the same answer again is harmless
}
REFUSALS = frozenset({403, 404, 410, 422, 503})


class Problem(Schema):
    """Why it was not done: a code for machines, a sentence for people."""

    code: str
    detail: str


class AnswerIn(Schema):
    """An answer under the token of a link."""

    token: str = Field(max_length=60)
    kind: Literal["received", "on_post", "done", "need_help"] = "received"
    note: str = Field("", max_length=500)
    lon: float | None = Field(None, ge=-180, le=180)
    lat: float | None = Field(None, ge=-90, le=90)


class AnswerOut(Schema):
    """The answer as it stands; given again it is the same one."""

    id: UUID
    kind: str
    at: datetime


class CallEnded(Schema):
    """A voice gateway tells how a call went; `key` is what the call was placed under."""

    key: str = Field(max_length=60)
    outcome: Literal["pressed", "heard", "no_answer", "busy", "invalid"]
    pressed: str = Field("", max_length=20)
    ref: str = Field("", max_length=120)
    recording: str = Field("", max_length=200)


class Receipt(Schema):
    """An SMS gateway tells whether a text reached the telephone."""

    key: str = Field(max_length=60)
    arrived: bool
    ref: str = Field("", max_length=120)
    why: str = Field("", max_length=300)


class Reply(Schema):
    """A text came in."""

    ref: str = Field(min_length=1, max_length=120)
    phone: str = Field(max_length=30)
    text: str = Field(max_length=1000)


class Taken(Schema):
    """What became of it: the answer it was read as, or nothing."""

    answer: str = ""


class PushKeys(Schema):
    p256dh: str = Field(max_length=120)
    auth: str = Field(max_length=60)


class PushEndpoint(Schema):
    """A browser by the address that its push service gave it."""

    endpoint: str = Field(max_length=2000, pattern="^https://")


class Subscription(Schema):
    """What a browser hands over when a person allows messages."""

    endpoint: str = Field(max_length=2000, pattern="^https://")
    keys: PushKeys


def _problem(refused: Refused) -> Status[Problem]:
    return Status(_STATUS.get(refused.code, 422), Problem(code=refused.code, detail=str(refused)))


def _check_signed(request: HttpRequest, channel: str) -> None:
    check(
        request.body,
        stamp=request.headers.get(STAMP, ""),
        signature=request.headers.get(SIGNATURE, ""),
        secret=secret_of(channel),
        now=clock.real_now(),
    )


@router.post("/answers", response={200: AnswerOut, REFUSALS: Problem}, auth=None)
def answer(request: HttpRequest, body: AnswerIn) -> Status[AnswerOut] | Status[Problem]:
    """Answer a message. 200 means: it is on disk. 410: the message has ended or a newer one has taken its place."""
    try:
        return Status(200, _written(gateway.submit(_given(body)).result(WAIT_S)))
    except Refused as refused:
        return _problem(refused)
    except TooSlow:
        return _problem(Refused(BUSY))


def _given(body: AnswerIn) -> Given:
    """An answer as the gateway takes it. Raises Refused for a bad token."""
    position = (body.lon, body.lat) if body.lon is not None and body.lat is not None else None
    return Given(
        message_id=message_of(body.token), kind=body.kind, via="page", note=body.note, position=position
    )


async def answer_rsgi(scope: Any, proto: Any) -> None:
    """The same door for the event loop (config/entry.py): no thread of the pages waits for a commit.

    With eight threads a worker a group would never be larger than eight answers.
    """
    length = scope.headers.get("content-length", "")
    if scope.method != "POST" or not length.isdigit() or int(length) > MOST_BYTES:
        proto.response_empty(405 if scope.method != "POST" else 413, [])
        return
    status, told = await answer_body(await proto())
    proto.response_bytes(status, [("content-type", "application/json; charset=utf-8")], told)


async def answer_body(body: bytes) -> tuple[int, bytes]:
    """An answer as JSON in, status and JSON out."""
    try:
        asked = AnswerIn.model_validate_json(body)
        async with asyncio.timeout(WAIT_S):
            written = await gateway.submit_here(_given(asked))
    except ValidationError as wrong:
        return 422, json.dumps({"detail": wrong.errors(include_url=False, include_input=False)}).encode()
    except (Refused, TimeoutError) as failure:
        told = _problem(failure if isinstance(failure, Refused) else Refused(BUSY))
        return told.status_code, told.value.model_dump_json().encode()
    return 200, _written(written).model_dump_json().encode()


def _written(written: Answer) -> AnswerOut:
    return AnswerOut(id=written.pk, kind=written.kind, at=written.at)


@router.post("/voice/call-back", response={200: Taken, REFUSALS: Problem}, auth=None)
def voice_call_back(request: HttpRequest, body: CallEnded) -> Status[Taken] | Status[Problem]:
    """A call has ended; signed. Told twice it counts once."""
    try:
        _check_signed(request, "voice")
        given = voice_called_back(at=clock.now(None), **body.dict())
    except Refused as refused:
        return _problem(refused)
    return Status(200, Taken(answer=given.kind if given else ""))


@router.post("/sms/receipt", response={200: Taken, REFUSALS: Problem}, auth=None)
def receipt(request: HttpRequest, body: Receipt) -> Status[Taken] | Status[Problem]:
    """A text arrived or was lost; signed. A receipt is not an answer."""
    try:
        _check_signed(request, "sms")
        sms_receipt(at=clock.now(None), **body.dict())
    except Refused as refused:
        return _problem(refused)
    return Status(200, Taken())


@router.post("/sms/reply", response={200: Taken, REFUSALS: Problem}, auth=None)
def reply(request: HttpRequest, body: Reply) -> Status[Taken] | Status[Problem]:
    """Somebody replied; signed. What cannot be read as an answer is kept for the officer."""
    try:
        _check_signed(request, "sms")
        row = sms_reply(at=clock.now(None), **body.dict())
    except Refused as refused:
        return _problem(refused)
    return Status(200, Taken(answer=row.answer.kind if row.answer else ""))


@router.get("/push/key", response=str, auth=None)
def push_key(request: HttpRequest) -> str:
    """What a browser needs to subscribe: the public VAPID key."""
    return public_key()


@router.post("/push/subscriptions", response={204: None, 403: Problem}, auth=django_auth)
def push_subscription(request: HttpRequest, body: Subscription) -> Status[None] | Status[Problem]:
    """The signed-in person's browser may show messages from now on."""
    person = getattr(request.user, "person", None)
    if person is None:
        return _problem(Refused(NOBODY))
    subscribe_push(
        person_id=person.pk,
        endpoint=body.endpoint,
        p256dh=body.keys.p256dh,
        auth=body.keys.auth,
        at=clock.now(None),
    )
    return Status(204, None)


@router.post("/push/subscriptions/end", response={204: None, 403: Problem}, auth=django_auth)
def push_subscription_end(request: HttpRequest, body: PushEndpoint) -> Status[None] | Status[Problem]:
    """The signed-in person's browser shows no more messages; one that is not theirs, or gone, is left as it is."""
    person = getattr(request.user, "person", None)
    if person is None:
        return _problem(Refused(NOBODY))
    end_push(person_id=person.pk, endpoint=body.endpoint, at=clock.now(None))
    return Status(204, None)
