"""The kinds of message that domains have declared. Filled at start-up, read ever after."""

from collections.abc import Iterator
from contextlib import contextmanager

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.messaging.ladders import ladders
from anlan.kernel.messaging.spec import ANSWER_KINDS, MessageKind

UNKNOWN_KIND = reason("messaging.unknown_kind", N_("Nobody has declared the kind of message “{kind}”."))

_kinds: dict[str, MessageKind] = {}


def register_kind(kind: MessageKind) -> MessageKind:
    """Declare a kind of message once. Raises ValueError on a second, different one of the same code."""
    if _kinds.setdefault(kind.code, kind) != kind:
        raise ValueError(f"message kind {kind.code!r} is declared twice")
    if unknown := set(kind.answers) - set(ANSWER_KINDS):
        raise ValueError(f"message kind {kind.code!r} asks for unknown answers {sorted(unknown)}")
    if (kind.ladder, 0) not in ladders().rungs:
        raise ValueError(f"message kind {kind.code!r} names ladder {kind.ladder!r}, which ladders.toml lacks")
    return kind


def kind_of(code: str) -> MessageKind:
    """The declared kind, or Refused."""
    try:
        return _kinds[code]
    except KeyError:
        raise Refused(UNKNOWN_KIND, kind=code) from None


def kinds() -> list[MessageKind]:
    """Every declared kind, by code."""
    return [_kinds[code] for code in sorted(_kinds)]


@contextmanager
def registered(kind: MessageKind) -> Iterator[MessageKind]:
    """A kind for the length of a test."""
    register_kind(kind)
    try:
        yield kind
    finally:
        del _kinds[kind.code]
