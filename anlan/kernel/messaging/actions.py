"""The doors of messaging: what other rooms and surfaces call to write."""

from anlan.kernel.messaging.answering import Given, answer, answer_all, seen
from anlan.kernel.messaging.browsers import end_push, subscribe_push
from anlan.kernel.messaging.receipts import (
    rung_by_hand,
    sms_receipt,
    sms_reply,
    voice_called_back,
)
from anlan.kernel.messaging.registry import register_kind
from anlan.kernel.messaging.sending import Row, announce, close, expire, open_about, send, send_all
from anlan.kernel.messaging.spec import MessageKind

__all__ = [
    "Given",
    "MessageKind",
    "Row",
    "announce",
    "answer",
    "answer_all",
    "close",
    "end_push",
    "expire",
    "open_about",
    "register_kind",
    "rung_by_hand",
    "seen",
    "send",
    "send_all",
    "sms_receipt",
    "sms_reply",
    "subscribe_push",
    "voice_called_back",
]
