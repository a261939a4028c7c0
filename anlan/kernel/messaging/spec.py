"""What others declare to messaging: kinds of message and ladders. Plain data, no Django."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from anlan.kernel.messaging.models import Answer, Message

RECEIVED, ON_POST, DONE, NEED_HELP = "received", "on_post", "done", "need_help"
ANSWER_KINDS = (RECEIVED, ON_POST, DONE, NEED_HELP)

IN_APP, WEB_PUSH, SMS, VOICE, MAIL, BY_HAND, DRILL = (
    "in_app",
    "web_push",
    "sms",
    "voice",
    "mail",
    "by_hand",
    "drill",
)
CHANNELS = (IN_APP, WEB_PUSH, SMS, VOICE, MAIL, BY_HAND, DRILL)
# What an exercise may use: a page of ours, the simulator, and a note that tells the officer whom to ring.
STAYS_INSIDE = (IN_APP, DRILL, BY_HAND)

DRILL_MARK = "【演练】"


@dataclass(frozen=True)
class MessageKind:
    """A kind of message: which answers it asks for, and what an answer sets in motion.

    `handler(message, answer)` runs inside the transaction that writes the answer, once for each new answer;
    `handler_many(pairs)` is used instead, where given, with all new answers of one commit.
    """

    code: str
    label: str
    answers: tuple[str, ...] = (RECEIVED, ON_POST, DONE)
    handler: Callable[[Message, Answer], None] | None = None
    ladder: str = "callout"
    handler_many: Callable[[Sequence[tuple[Message, Answer]]], None] | None = None


@dataclass(frozen=True)
class Rung:
    """One channel of a ladder: first try `after_s` seconds after the message, `rounds` tries `every_s` apart.

    `hours` (minutes of the local day, from and to) keeps it to those hours; None = at any hour.
    """

    channel: str
    after_s: int = 0
    rounds: int = 1
    every_s: int = 0
    hours: tuple[int, int] | None = None


@dataclass(frozen=True)
class Ladders:
    """All ladders as read from ladders.toml: (name, urgency) → rungs, and what a key or a word means."""

    zone: str
    rungs: Mapping[tuple[str, int], tuple[Rung, ...]]
    keys: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
