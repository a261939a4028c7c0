"""Advisories (风险提示): proposed by the platform or an officer, approved by a second person, published as CAP 1.2."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.domains.warnings.actions import deciding, offers
from anlan.domains.warnings.models import Advisory, AdvisoryMessage, Ground
from anlan.domains.warnings.queries import areas, rulebook
from anlan.domains.warnings.rules import advisories, calls, cap, cap_write, scales
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.ledger.actions import record
from anlan.kernel.loop.actions import Making, move, move_all, open_item
from anlan.kernel.loop.models import Step, WorkItem

OVER = reason("advisory.over", N_("The advisory would have ended at {expires} already. Give a later end."))
NOT_IN_FORCE = reason("advisory.not_in_force", N_("Only a published advisory can be updated."))
WORDING = ("headline", "description", "instruction", "headline_en", "description_en", "instruction_en")


def propose_advisory(
    *,
    hazard: str,
    colour: str,
    regions: Sequence[str],
    by: str,
    at: datetime,
    area: dict[str, Any] | None = None,
    hours: float | None = None,
    wording: dict[str, str] | None = None,
    supersedes: Advisory | None = None,
    exercise_id: UUID | None = None,
) -> WorkItem:
    """An officer proposes an advisory. `wording` replaces standing texts by name; `hours` how long it stands."""
    codes, drawn = deciding.area_of(regions, area)
    deciding.check_watch(by, calls.common_region(codes), at=at)
    scales.rank(colour)
    span = timedelta(hours=hours) if hours else None
    advisory = offers.draft_advisory(
        hazard=hazard, colour=colour, basis="person", codes=codes, at=at, span=span
    )
    advisory.area, advisory.supersedes = drawn, supersedes
    for name, text in (wording or {}).items():
        if name in WORDING and text.strip():
            setattr(advisory, name, text.strip())
    with transaction.atomic():
        item = open_item(
            loop="warnings.advisory", record=advisory, title=advisory.headline, region=calls.common_region(codes),
            severity=scales.severity(colour), charge_duty="watch_chief", by=by, at=at, exercise_id=exercise_id,
        )  # fmt: skip
        advisory.regions.set(areas.rows(codes))
        Ground.objects.create(
            item=item, source="person", source_id=by, region_id=item.region_id, colour=colour, at=at
        )
    return item


def update_advisory(
    *,
    item: WorkItem,
    by: str,
    at: datetime,
    colour: str = "",
    hours: float | None = None,
    wording: dict[str, str] | None = None,
) -> WorkItem:
    """Propose new words, another mark or a later end for a published one; approval publishes an Update."""
    old = Advisory.objects.select_related("item").get(pk=item.pk)
    if old.item.state != "in_force":
        raise Refused(NOT_IN_FORCE)
    return propose_advisory(
        hazard=old.hazard, colour=colour or old.mark_colour, regions=list(old.regions.values_list("pk", flat=True)),
        area=old.area, hours=hours, wording=wording, supersedes=old, by=by, at=at, exercise_id=old.item.exercise_id,
    )  # fmt: skip


def publish_advisory(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """Approve and publish: as an Alert, or as an Update of the one it replaces. The proposer is barred."""
    with transaction.atomic():
        advisory = (
            Advisory.objects.select_related("item")
            .select_for_update(of=("self",), no_key=True)
            .get(pk=item.pk)
        )
        if advisory.expires_at <= at:
            raise Refused(OVER, field="hours", expires=advisory.expires_at)
        step = move(item=item, name="publish", by=by, at=at, **rest)
        _write_message(advisory, "Update" if advisory.supersedes_id else "Alert", by=by, at=at)
        if advisory.supersedes is not None:
            move_all([Making(item=advisory.supersedes.item, name="supersede", by="service:warnings", at=at)])
    return step


def cancel_advisory(*, item: WorkItem, by: str, at: datetime, reason: str = "", **rest: Any) -> Step:
    """Take a published advisory back at once, with a reason; the feed carries the Cancel until the old end."""
    with transaction.atomic():
        advisory = (
            Advisory.objects.select_related("item")
            .select_for_update(of=("self",), no_key=True)
            .get(pk=item.pk)
        )
        step = move(item=item, name="cancel", by=by, at=at, reason=reason, **rest)
        _write_message(advisory, "Cancel", by=by, at=at)
    return step


def _write_message(advisory: Advisory, msg_type: str, *, by: str, at: datetime) -> AdvisoryMessage:
    earlier = _earlier(advisory)
    region, world = advisory.item.region_id, advisory.item.exercise_id
    issuer = rulebook.value("issuer", region=region, at=at)
    message = AdvisoryMessage(
        advisory=advisory, exercise_id=world, msg_type=msg_type, sent_at=at, expires_at=advisory.expires_at,
        refers_to=earlier,
    )  # fmt: skip
    message.identifier = f"{issuer['prefix']}-{message.pk}"
    references = [] if earlier is None else [
        cap.Reference(issuer["sender"], earlier.identifier, cap_write.time_text(earlier.sent_at))
    ]  # fmt: skip
    alert = advisories.alert(
        identifier=message.identifier, msg_type=msg_type, issuer=issuer, colour=advisory.mark_colour,
        hazard=rulebook.hazard(advisory.hazard, region=region, at=at), basis=advisory.basis, sent=at,
        text=advisories.Text(*(getattr(advisory, name) for name in WORDING)), onset=advisory.onset,
        expires=advisory.expires_at, area=_cap_area(advisory), references=references, exercise=world is not None,
    )  # fmt: skip
    message.document = cap_write.write(alert).decode()
    message.save(force_insert=True)
    facts = {"identifier": message.identifier, "type": msg_type}
    record(code="warnings.advisory_published", subject=("warnings.advisory", advisory.pk), facts=facts, by=by, at=at,
           region=region, exercise_id=world)  # fmt: skip
    return message


def _earlier(advisory: Advisory) -> AdvisoryMessage | None:
    """The message that a new one refers to: the advisory's own last one, else that of the one it replaces."""
    chain = [advisory.pk] + ([advisory.supersedes_id] if advisory.supersedes_id else [])
    rows = AdvisoryMessage.objects.filter(advisory__in=chain)
    return rows.order_by("sent_at", "pk").last()


def _cap_area(advisory: Advisory) -> cap.Area:
    codes = list(advisory.regions.order_by("pk").values_list("pk", flat=True))
    return cap.Area(
        description=areas.names_of(codes),
        polygons=areas.rings_of(advisory.area) if advisory.area else (),
        geocodes=tuple(("GB/T 2260", code) for code in codes),
    )
