"""What the archive tells of a firm reaches its points: a new name, sector or region; a changed process."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from anlan.domains.enterprises.public import Change, enterprise
from anlan.domains.risks.actions import anew
from anlan.domains.risks.models import RiskPoint, RiskSource
from anlan.kernel.core.bulk import update_rows
from anlan.kernel.ledger.actions import record


def heard(change: Change) -> None:
    """A change that the archive tells of; see `enterprises.public.on_change`."""
    if change.what == "identity":
        firm_changed(firm_id=change.firm, changed=change.changed, by=change.by, at=change.at)
    else:
        anew.after_change(
            firm_id=change.firm,
            cause=change.what,
            note=change.note,
            site_id=change.site,
            by=change.by,
            at=change.at,
        )


def firm_changed(*, firm_id: UUID, changed: Mapping[str, Sequence[str]], by: str, at: datetime) -> int:
    """A firm's name, sector or region: its points and sources are found by the new ones from now on.

    A point that lay in the firm's old region goes with it; one that lies elsewhere stays. Returns how many there were.
    """
    firm = enterprise(firm_id)
    told = {name: list(pair) for name, pair in changed.items() if name in ("name", "sector", "region")}
    if firm is None or not told:
        return 0
    before, after = told.get("region", ["", ""])
    with transaction.atomic():
        rows = RiskPoint.objects.select_for_update(of=("self",)).filter(enterprise=firm_id).order_by("pk")
        points = list(rows)
        for point in points:
            point.section = firm.section
            if before and point.region_id == before:
                point.region_id = after
            point.index(str(firm))
        update_rows(points, ["section", "region", "words", "search"])
        _sources(points)
        if points:
            facts = {"ids": [str(point.pk) for point in points], "changed": told}
            record(
                code="risks.point_declared", subject=("enterprises.enterprise", firm.pk), facts=facts, by=by, at=at,
                region=firm.organisation.region_id,
            )  # fmt: skip
    return len(points)


def _sources(points: Sequence[RiskPoint]) -> None:
    by_id = {point.pk: point for point in points}
    sources = list(RiskSource.objects.filter(point__in=list(by_id)))
    for source in sources:
        source.index(by_id[source.point_id])
    update_rows(sources, ["words", "search"])
