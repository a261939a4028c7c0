"""Acts that come from a phone: taken once however often they are sent, and never over somebody else's hand."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from anlan.domains.patrols.models import Act
from anlan.kernel.core import keys
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.core.worlds import beside_others, once_more
from anlan.kernel.ledger.actions import record
from anlan.kernel.orgs.models import Person

OTHER_CONTENT = reason(
    "patrols.other_content",
    N_("An act with this number came before with other content. Nothing was written; make the act anew."),
)
NOTHING_TO_SETTLE = reason(
    "patrols.nothing_to_settle", N_("There is no open conflict of yours under this number.")
)


class Conflict(Exception):  # noqa: N818 - an expected answer, not an error
    """The record was changed by somebody else since the phone saw it. Both hands, for a person to choose from.

    `theirs`: what stands now, `by` whom and `at` when; `differing`: name, mine, theirs; `base`: what to build on.
    """

    def __init__(self, *, theirs: Mapping[str, Any], differing: list[dict[str, str]], base: object) -> None:
        super().__init__("conflict")
        self.answer = {"theirs": dict(theirs), "differing": differing, "base": base}


@dataclass(frozen=True, slots=True)
class Sent:
    """One act as a phone sent it: its own id, what it is, when it happened, and which conflict it settles."""

    id: UUID
    kind: str
    body: Mapping[str, Any]
    happened_at: datetime
    settles: UUID | None = None

    @property
    def digest(self) -> str:
        """SM3 of kind and content: the same id with another content is a mistake, not a double."""
        said = {"kind": self.kind, "body": self.body, "settles": str(self.settles or "")}
        return keys.sm3(json.dumps(said, sort_keys=True, ensure_ascii=False).encode())


@once_more
def once(
    *,
    sent: Sent,
    person: Person,
    at: datetime,
    do: Callable[[], Mapping[str, Any]],
    clock_off: timedelta = timedelta(0),
    exercise_id: UUID | None = None,
) -> tuple[Act, bool]:
    """Do an act and keep it with its answer; sent again, give that answer. The flag tells whether it came before.

    Raises `Refused`: nothing was written then, and the same act may come again when what is wrong was mended.
    """
    with transaction.atomic():
        beside_others([exercise_id])
        act = Act(
            id=sent.id, person=person, kind=sent.kind, digest=sent.digest, body=dict(sent.body), state="taken",
            happened_at=sent.happened_at, received_at=at, clock_off_s=int(clock_off.total_seconds()),
            settles=_settled(sent.settles, person),
        )  # fmt: skip
        if not _first(act):
            return _again(sent, person), True
        _do(act, do, at=at, by=person.by)
    return act, False


def _first(act: Act) -> bool:
    """Put the row in; of two sendings at the same moment the second waits here and then finds it there."""
    try:
        with transaction.atomic():
            act.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def _again(sent: Sent, person: Person) -> Act:
    known = Act.objects.filter(pk=sent.id, person=person).first()
    if known is None or known.digest != sent.digest:
        raise Refused(OTHER_CONTENT, field="id")
    return known


def _do(act: Act, do: Callable[[], Mapping[str, Any]], *, at: datetime, by: str) -> None:
    try:
        with transaction.atomic():
            act.answer = dict(do())
    except Conflict as conflict:
        act.state, act.answer = "conflict", conflict.answer
        record(
            code="patrols.conflict_met", subject=("patrols.act", act.pk), facts={"kind": act.kind}, by=by, at=at,
            happened_at=min(act.happened_at, at),
        )  # fmt: skip
    act.save(update_fields=["state", "answer"])


def _settled(settles: UUID | None, person: Person) -> Act | None:
    if settles is None:
        return None
    known = Act.objects.filter(pk=settles, person=person, state="conflict").first()
    if known is None:
        raise Refused(NOTHING_TO_SETTLE, field="settles")
    return known
