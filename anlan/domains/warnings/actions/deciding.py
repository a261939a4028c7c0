"""The second person: approving, declining, and proposing by hand."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.domains.warnings.actions import offers, releasing
from anlan.domains.warnings.actions.releasing import Released
from anlan.domains.warnings.loop import CHIEFS, OFFICERS
from anlan.domains.warnings.models import Episode, Ground, Proposal
from anlan.domains.warnings.queries import areas, rulebook
from anlan.domains.warnings.rules import calls, scales
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.core.worlds import beside_others, once_more
from anlan.kernel.loop.actions import move, open_item
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.loop.rights import person_id
from anlan.kernel.orgs.queries import has_duty
from anlan.kernel.places.queries import regions_touching

GREW = reason(
    "warnings.proposal_changed",
    N_(
        "The proposal has changed since you read it: it is version {version} now. Read it again, then decide."
    ),
)
NOT_ON_WATCH = reason("warnings.not_on_watch", N_("Only an officer on watch or a chief proposes this."))
NO_AREA = reason("warnings.no_area", N_("Name the streets, or draw the area on the map."))


def approve_call_out(
    *, item: WorkItem, by: str, at: datetime, version: int | str | None = None, **rest: Any
) -> Step:
    """Approve and call at once. `version` is the one that was read: a proposal that grew since is read again first.

    `rest` is the kernel's: happened_at, evidence, reason, entered_by, telephone. The proposer is barred.
    """
    step, _ = approve_and_release(item=item, by=by, at=at, version=version, **rest)
    return step


@once_more
def approve_and_release(
    *, item: WorkItem, by: str, at: datetime, version: int | str | None = None, **rest: Any
) -> tuple[Step, Released]:
    """The same, with what the release did."""
    with transaction.atomic():
        beside_others([item.exercise_id])
        proposal = (
            Proposal.objects.select_related("item")
            .select_for_update(of=("self",), no_key=True)
            .get(pk=item.pk)
        )
        if version not in (None, "") and int(version) != proposal.version:  # type: ignore[arg-type]
            raise Refused(GREW, version=proposal.version)
        step = move(item=item, name="approve", by=by, at=at, **rest)
        return step, releasing.release(proposal=proposal, by=by, at=at)


def propose_call_out(
    *,
    hazard: str,
    colour: str,
    by: str,
    at: datetime,
    regions: Sequence[str] = (),
    area: dict[str, Any] | None = None,
    words: str,
    region: str = "",
    happened_at: datetime | None = None,
    exercise_id: UUID | None = None,
    **rest: Any,
) -> WorkItem:
    """An officer proposes by hand, by streets or by a drawn polygon (GeoJSON, WGS-84). Somebody else approves.

    `region` is one code for forms that know only one; `rest` is what a form sends besides. Raises `Refused`.
    """
    del rest
    codes, drawn = area_of([*regions, *([region] if region else [])], area)
    where = calls.common_region(codes)
    rulebook.hazard(hazard, region=where, at=at)
    scales.rank(colour)
    check_watch(by, where, at=at)
    record = Proposal(hazard=hazard, colour=colour, basis="person", area=drawn, words=words)
    with transaction.atomic():
        item = open_item(
            loop="warnings.callout_proposal", record=record, region=where, severity=scales.severity(colour),
            title=offers.title_of(hazard, colour, "person", codes, at=at), charge_duty="watch_chief",
            by=by, at=at, exercise_id=exercise_id,
        )  # fmt: skip
        record.regions.set(areas.rows(codes))
        Ground.objects.create(item=item, source="person", source_id=by, region_id=where, colour=colour,
                              facts={"words": words}, at=at)  # fmt: skip
        _mark_offered(hazard, colour, codes, exercise_id=exercise_id)
    return item


def _mark_offered(hazard: str, colour: str, codes: Sequence[str], *, exercise_id: UUID | None) -> None:
    """What a person proposed need not be proposed again by the platform in the same episodes."""
    streets = areas.streets_in(codes)
    for episode in Episode.objects.filter(
        exercise_id=exercise_id, ended_at=None, hazard=hazard, region__in=streets
    ):
        if scales.is_higher(colour, episode.call_out_offered):
            Episode.objects.filter(pk=episode.pk).update(call_out_offered=colour)


def area_of(regions: Sequence[str], area: dict[str, Any] | None) -> tuple[list[str], dict[str, Any] | None]:
    """The regions that somebody named or drew, as codes, with the drawing; none is refused."""
    codes = areas.known(regions)
    if area is not None:
        codes = areas.compressed([*codes, *regions_touching(area)])
    if not codes:
        raise Refused(NO_AREA, field="regions")
    return codes, area


def check_watch(by: str, region: str, *, at: datetime) -> None:
    """Only officers on watch and chiefs propose by hand; services may."""
    person = person_id(by)
    kinds = (*OFFICERS, *CHIEFS)
    if person is not None and not has_duty(person_id=person, kinds=kinds, region=region, at=at):
        raise Refused(NOT_ON_WATCH)
