"""四个一律、五个一批: a person says under which measure a matter falls; taken back with a reason, never erased."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.domains.enforcement.models import StrictMark
from anlan.domains.enforcement.queries import strict as reads
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.ledger.actions import record
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.loop.rights import person_id
from anlan.kernel.orgs.queries import has_duty

MARKERS = ("enforcement_officer", "safety_section", "bureau_chief")
NOT_YOURS = reason(
    "enforcement.strict_not_yours",
    N_(
        "Officers, the section or the head of the bureau of this region say which measure a matter falls under."
    ),
)
NOT_LISTED = reason(
    "enforcement.strict_not_listed", N_("{given} is on none of the two lists. Choose one of: {known}.")
)
THERE = reason("enforcement.strict_there", N_("This matter falls under “{name}” already."))
NO_WHY = reason("enforcement.strict_no_why", N_("Say why it is taken back."))
WRONG_MATTER = reason(
    "enforcement.strict_matter",
    N_("Only checks, cases, spot penalties, measures and referrals fall under these."),
)


def mark(
    *, item: WorkItem, measure: str, by: str, at: datetime, why: str = "", happened_at: datetime | None = None
) -> StrictMark:
    """A matter falls under a measure from a day on. Raises `Refused`."""
    _check_hand(item, by=by, at=at)
    if item.loop not in reads.MATTERS:
        raise Refused(WRONG_MATTER)
    known = {each.code: each for each in reads.measures(region=item.region_id, at=at)}
    if measure not in known:
        raise Refused(
            NOT_LISTED,
            field="measure",
            given=measure or "—",
            known="、".join(each.name for each in known.values()),
        )
    chosen = known[measure]
    with transaction.atomic():
        WorkItem.objects.select_for_update().get(pk=item.pk)
        if StrictMark.objects.filter(item=item, measure=measure, taken_back_at=None).exists():
            raise Refused(THERE, field="measure", name=chosen.name)
        row = StrictMark.objects.create(
            item=item, kind=chosen.kind, measure=measure, name=chosen.name, why=why.strip()[:300],
            marked_at=happened_at or at, recorded_at=at, by=by,
        )  # fmt: skip
        _note("enforcement.strict_marked", item, {"measure": chosen.name}, by=by, at=at)
    return row


def take_back(*, row: StrictMark, why: str, by: str, at: datetime) -> StrictMark:
    """It does not fall under the measure after all; the row stays with the reason."""
    _check_hand(row.item, by=by, at=at)
    if not why.strip():
        raise Refused(NO_WHY, field="why")
    with transaction.atomic():
        row.taken_back_at, row.taken_back_why, row.taken_back_by = at, why.strip()[:300], by
        row.save(update_fields=["taken_back_at", "taken_back_why", "taken_back_by"])
        facts = {"measure": row.name, "reason": why.strip()[:300]}
        _note("enforcement.strict_taken_back", row.item, facts, by=by, at=at)
    return row


def _check_hand(item: WorkItem, *, by: str, at: datetime) -> None:
    person: UUID | None = person_id(by)
    if person is not None and not has_duty(person_id=person, kinds=MARKERS, region=item.region_id, at=at):
        raise Refused(NOT_YOURS)


def _note(code: str, item: WorkItem, facts: dict[str, Any], *, by: str, at: datetime) -> None:
    record(code=code, subject=("loop.item", item.pk), facts=facts, by=by, at=at, region=item.region_id,
           exercise_id=item.exercise_id)  # fmt: skip
