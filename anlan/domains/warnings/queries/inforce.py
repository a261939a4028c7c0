"""What is in force now: signals by region, open call-outs, published advisories."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Least

from anlan.domains.warnings.models import Advisory, AdvisoryMessage, CallOut, Proposal, Signal
from anlan.domains.warnings.queries import rulebook
from anlan.domains.warnings.rules import calls, cap_write, scales
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.core.worlds import in_world

NO_MESSAGE = reason("advisory.no_message", N_("There is no published message {identifier}."))


@dataclass(frozen=True, slots=True)
class SignalNow:
    """A signal in force, as neighbours see it; `regions` are 12-digit codes."""

    signal_id: UUID
    hazard: str
    colour: str
    regions: tuple[str, ...]
    issued_at: datetime
    onset: datetime | None
    expires_at: datetime
    headline: str


@dataclass(frozen=True, slots=True)
class CallOutNow:
    """A call-out that is not closed."""

    call_out_id: UUID
    hazard: str
    colour: str
    regions: tuple[str, ...]
    released_at: datetime
    title: str


def signals_at(*, at: datetime, exercise_id: UUID | None = None) -> list[SignalNow]:
    """The signals that were in force at a time in a world: issued, not ended by anything, before their own end."""
    rows = (
        Signal.objects.filter(item__exercise_id=exercise_id, item__opened_at__lte=at, issued_at__lte=at)
        .annotate(ends=Least(Coalesce("lifted_at", "expires_at"), F("expires_at")))
        .filter(ends__gt=at)
        .prefetch_related("regions")
        .order_by("issued_at", "pk")
    )
    return [
        SignalNow(
            s.pk,
            s.hazard,
            s.colour,
            tuple(sorted(r.pk for r in s.regions.all())),
            s.issued_at,
            s.onset,
            s.expires_at,
            s.headline,
        )
        for s in rows
    ]


def highest_colours(
    *, regions: Iterable[str], at: datetime, exercise_id: UUID | None = None, hazard: str = ""
) -> dict[str, dict[str, str]]:
    """Region → hazard → highest colour in force over it (a signal for a part of the region counts for it)."""
    found: dict[str, dict[str, str]] = {region: {} for region in regions}
    for signal in signals_at(at=at, exercise_id=exercise_id):
        if hazard and signal.hazard != hazard:
            continue
        for region, by_hazard in found.items():
            if any(calls.meet(code, region) for code in signal.regions):
                by_hazard[signal.hazard] = max(
                    by_hazard.get(signal.hazard, ""), signal.colour, key=scales.rank
                )
    return found


def open_call_outs(*, at: datetime, exercise_id: UUID | None = None) -> list[CallOutNow]:
    """The call-outs of a world that were open at a time, newest first."""
    rows = CallOut.objects.filter(item__exercise_id=exercise_id, released_at__lte=at)
    rows = rows.filter(Q(item__closed_at=None) | Q(item__closed_at__gt=at))
    return [
        CallOutNow(
            c.pk, c.hazard, c.colour, tuple(sorted(r.pk for r in c.regions.all())), c.released_at, c.text
        )
        for c in rows.prefetch_related("regions").order_by("-released_at", "pk")
    ]


def waiting_proposals(*, exercise_id: UUID | None = None) -> QuerySet[Proposal]:
    """Call-outs that wait for a decision, the highest colour first."""
    rows = Proposal.objects.filter(item__state="proposed", item__exercise_id=exercise_id)
    return (
        rows.select_related("item__region")
        .prefetch_related("regions")
        .order_by("-item__severity", "item__opened_at")
    )


def advisories_in_force(*, at: datetime, exercise_id: UUID | None = None) -> QuerySet[Advisory]:
    """Published advisories that have not ended."""
    rows = Advisory.objects.filter(item__state="in_force", item__exercise_id=exercise_id, expires_at__gt=at)
    return rows.select_related("item").prefetch_related("regions").order_by("-item__severity", "expires_at")


def cap_feed(*, base_url: str, region: str, at: datetime, exercise_id: UUID | None = None) -> bytes:
    """The Atom feed of our advisories: the newest message of each that has not ended, cancels until the old end.

    `base_url` leads to one message: `{base_url}/{identifier}.xml`. An exercise has a feed of its own.
    """
    issuer = rulebook.value("issuer", region=region, at=at)
    rows = list(_current(at=at, exercise_id=exercise_id))
    entries = [
        cap_write.Entry(
            identifier=message.identifier, title=message.advisory.headline, summary=message.advisory.description,
            updated=message.sent_at, href=f"{base_url}/{message.identifier}.xml",
        )
        for message in rows
    ]  # fmt: skip
    return cap_write.feed(
        identifier=f"{base_url}/feed", title=f"{issuer['zh']} · 风险提示", author=issuer["zh"], href=base_url,
        updated=max((e.updated for e in entries), default=at), entries=entries,
    )  # fmt: skip


def cap_message(identifier: str, *, exercise_id: UUID | None = None) -> bytes:
    """One published message as it was published; unknown, or of another world: `Refused`."""
    rows = AdvisoryMessage.objects.filter(in_world(exercise_id), identifier=identifier)
    document = rows.values_list("document", flat=True).first()
    if document is None:
        raise Refused(NO_MESSAGE, identifier=identifier)
    return document.encode()


def _current(*, at: datetime, exercise_id: UUID | None) -> Sequence[AdvisoryMessage]:
    rows = AdvisoryMessage.objects.filter(exercise_id=exercise_id, expires_at__gt=at, sent_at__lte=at)
    replaced = {pk for pk in rows.values_list("refers_to", flat=True) if pk is not None}
    return [m for m in rows.select_related("advisory").order_by("sent_at", "pk") if m.pk not in replaced]
