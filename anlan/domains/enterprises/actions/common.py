"""What every act of the archive does: asks who may, writes history and ledger, and keeps the row for lists fresh."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from anlan.domains.enterprises.models import Enterprise, History
from anlan.domains.enterprises.queries.known import Shown, shown_of
from anlan.domains.enterprises.rules.profile import completeness
from anlan.kernel.core import rulesets, search
from anlan.kernel.core.bulk import update_rows
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.ledger.actions import record
from anlan.kernel.loop.rights import person_id
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import has_duty

NOT_YOURS = reason(
    "enterprises.not_yours",
    N_("The archive of {firm} is kept by its own people and by the bureau's people of its region."),
)
NOT_SIGNING = reason(
    "enterprises.not_signing",
    N_(
        "Class, colour, status and lists are signed by the street's safety officers or the bureau, not by {who}."
    ),
)

NO_WHY = reason(
    "enterprises.end_without_why", N_("Say why it ends: choose one of the reasons, or write your own.")
)

KEEPERS = ("patroller", "street_safety_officer", "enforcement_officer", "safety_section", "community_clerk")
SIGNERS = ("street_safety_officer", "safety_section", "bureau_chief")
RENEWED = ("words", "search", "profile", "updated_at")


@dataclass(frozen=True, slots=True)
class Change:
    """Something that neighbours may have to follow. `what`: process, equipment or material changed at the firm itself;
    identity: its name, sector or region here, `changed` says from what to what."""

    firm: UUID
    what: str
    by: str
    at: datetime
    note: str = ""
    site: UUID | None = None
    changed: Mapping[str, Sequence[str]] = field(default_factory=dict)


Listener = Callable[[Change], object]
_listeners: list[Listener] = []


def on_change(listener: Listener) -> None:
    """Bring somebody who is told of changes, in the transaction that makes them."""
    if listener not in _listeners:
        _listeners.append(listener)


def tell(change: Change) -> None:
    for listener in _listeners:
        listener(change)


def check_keeper(firm: Enterprise, *, by: str, at: datetime) -> None:
    """The firm's own people and those who keep archives in its region; a service answers for itself."""
    person = person_id(by)
    if person is None or is_own(firm, person):
        return
    if not has_duty(person_id=person, kinds=KEEPERS, region=firm.organisation.region_id, at=at):
        raise Refused(NOT_YOURS, firm=firm.organisation.name)


def check_signer(firm: Enterprise, *, by: str, at: datetime) -> None:
    """What is signed is never signed by the firm itself."""
    person = person_id(by)
    if person is None:
        return
    if not has_duty(person_id=person, kinds=SIGNERS, region=firm.organisation.region_id, at=at):
        raise Refused(NOT_SIGNING, who=Person.objects.get(pk=person).name)


def check_why(why: str) -> str:
    """The reason of an end, which nobody leaves out: the row stays, and it is read years later."""
    words = why.strip()[:300]
    if not words:
        raise Refused(NO_WHY, field="why")
    return words


def is_own(firm: Enterprise, person: UUID) -> bool:
    return Person.objects.filter(pk=person, organisation=firm.pk, active=True).exists()


def entered_for(firm: Enterprise, by: str) -> str:
    """代录: the firm, where somebody who is not of it writes in its name; else an empty string."""
    person = person_id(by)
    return "" if person is None or is_own(firm, person) else f"enterprise:{firm.pk}"


def note(firm: Enterprise, code: str, facts: Mapping[str, Any], *, by: str, at: datetime) -> None:
    """The act's entry in the ledger."""
    record(
        code=f"enterprises.{code}", subject=("enterprises.enterprise", firm.pk), facts=facts, by=by, at=at,
        region=firm.organisation.region_id,
    )  # fmt: skip


def say(
    firm: UUID, kind: str, value: str, *, facts: Mapping[str, Any], by: str, at: datetime, subject: UUID | None = None,
    happened_at: datetime | None = None,
) -> History:  # fmt: skip
    """A row of history: from now on this is so."""
    return History.objects.create(
        enterprise_id=firm, kind=kind, value=value, facts=dict(facts), by=by, at=at,
        happened_at=happened_at or at, subject=subject,
    )  # fmt: skip


def renew(firms: Iterable[UUID], *, by: str, at: datetime) -> None:
    """Write anew what lists search and sort by; a completeness that changed becomes a row of history."""
    rows = shown_of(firms)
    changed, told = [], []
    for each in rows:
        done = completeness(each.known, asked=_asked(each.firm.organisation.region_id, at))
        if done.rate != each.firm.profile or not each.said_before:
            facts = {"lacks": list(done.lacks), "asked": done.asked}
            told.append(
                History(enterprise_id=each.firm.pk, kind="profile", value=str(done.rate), facts=facts, by=by, at=at,
                        happened_at=at)
            )  # fmt: skip
        each.firm.profile, each.firm.updated_at = done.rate, at
        _words(each)
        changed.append(each.firm)
    update_rows(changed, RENEWED)
    History.objects.bulk_create(told)


def _asked(region: str, at: datetime) -> Sequence[str]:
    asked: list[str] = rulesets.value_of("enterprises.profile_asks", region=region, at=at)
    return asked


def _words(each: Shown) -> None:
    each.firm.words = search.folded(*(text for text in each.texts if text))
    each.firm.search = search.vector_of([each.firm.words])
