"""What is found on a visit becomes a danger at once; photos that come later are added to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from anlan.domains.dangers import public as dangers
from anlan.domains.patrols.models import ChecklistItem, Finding, Visit
from anlan.kernel.core.models import Attachment
from anlan.kernel.ledger.actions import record
from anlan.kernel.loop.evidence import Given, rows_for
from anlan.kernel.loop.models import Evidence, Step


@dataclass(frozen=True, slots=True)
class FindingGiven:
    """A finding as the phone sends it: `item` is the code of the checklist's item, "" where none fits."""

    id: UUID
    description: str
    category: str
    item: str = ""
    spot: str = ""
    risk_point: UUID | None = None
    candidate_major: bool = False
    fixed: bool = False
    lon: float | None = None
    lat: float | None = None
    taken: Mapping[str, datetime] = field(default_factory=dict)  # photo → when its file says it was taken


def add_finding(
    given: FindingGiven,
    *,
    visit: Visit,
    photos: list[Attachment],
    by: str,
    at: datetime,
    happened_at: datetime,
) -> Finding:
    """Report what was found; with `fixed` it ends there, by the photo before and the photo after."""
    item = ChecklistItem.objects.filter(checklist__in=visit.lists.all(), code=given.item).first()
    with transaction.atomic():
        danger = dangers.report(
            description=given.description, category=given.category, spot=given.spot, region=visit.item.region_id,
            organisation=visit.organisation, site=visit.site_id, campaign=visit.campaign, key=given.id,
            risk_point=given.risk_point,
            check_item=given.item, lon=given.lon, lat=given.lat, candidate_major=given.candidate_major,
            fixed=given.fixed, source="self_check" if visit.kind == "self_check" else "patrol",
            evidence=_evidence(given, photos, happened_at), by=by, at=at, happened_at=happened_at,
            exercise_id=visit.item.exercise_id,
        )  # fmt: skip
        row = Finding.objects.create(
            id=given.id, visit=visit, item=item, danger_id=danger.pk, found_at=happened_at
        )
        row.photos.set(photos)
    return row


def _evidence(given: FindingGiven, photos: list[Attachment], taken_at: datetime) -> list[Given]:
    pieces = [Given("photo", file=photo, taken_at=given.taken.get(photo.sm3, taken_at)) for photo in photos]
    if given.lon is not None:
        pieces.append(Given("position", lon=given.lon, lat=given.lat, taken_at=taken_at))
    return pieces


def add_photos(
    *, finding: Finding, photos: list[Attachment], by: str, at: datetime, taken_at: datetime,
    taken: Mapping[str, datetime] | None = None,
) -> None:  # fmt: skip
    """Photos of a finding that was reported without them: a candidate major danger does not wait for a slow line."""
    have = set(finding.photos.values_list("sm3", flat=True))
    fresh = [photo for photo in photos if photo.sm3 not in have]
    if not fresh:
        return
    with transaction.atomic():
        finding.photos.add(*fresh)
        step = (
            Step.objects.select_related("item__place").filter(item_id=finding.danger_id, move="open").first()
        )
        if step is not None:
            when = taken or {}
            given = [Given("photo", file=photo, taken_at=when.get(photo.sm3, taken_at)) for photo in fresh]
            Evidence.objects.bulk_create(rows_for(step, step.item, (), given))
        facts = {"photos": len(fresh), "danger": str(finding.danger_id or "")}
        record(
            code="patrols.photos_added", subject=("patrols.finding", finding.pk), facts=facts, by=by, at=at
        )
