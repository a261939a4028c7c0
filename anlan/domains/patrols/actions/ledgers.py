"""What an inspector finds missing in a firm's ledger of responsibilities becomes dangers of the firm."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from anlan.domains.dangers import public as dangers
from anlan.domains.enterprises import public as enterprises
from anlan.domains.patrols.loop import VISITORS
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.loop.rights import person_id
from anlan.kernel.orgs.queries import has_duty

NOTHING = reason("patrols.gaps_none", N_("Tick at least one line that you found missing."))
NOT_INSPECTING = reason(
    "patrols.gaps_not_yours", N_("Lines of a ledger are reported by those who visit firms in its region.")
)
NO_FIRM = reason("patrols.gaps_no_firm", N_("This firm has no archive. Take it in first."))


def report_gaps(*, firm: UUID, gaps: Sequence[tuple[str, str]], by: str, at: datetime) -> list[WorkItem]:
    """Report ticked lines (key, words) as dangers of the firm; one that is open already is not reported twice.

    The key stands on the danger as its check item, so that the same line found again next year counts as a repeat.
    """
    known = enterprises.enterprise(firm)
    if known is None:
        raise Refused(NO_FIRM)
    if not gaps:
        raise Refused(NOTHING, field="gap")
    person = person_id(by)
    region = known.organisation.region_id
    if person is not None and not has_duty(person_id=person, kinds=VISITORS, region=region, at=at):
        raise Refused(NOT_INSPECTING)
    open_now = dangers.open_check_items(known.organisation_id)
    with transaction.atomic():
        return [
            dangers.report(
                description=f"全员安全生产责任制：{words}", category="management", organisation=known.organisation,
                region=region, source="enforcement", check_item=item_of(key), by=by, at=at,
            )
            for key, words in gaps
            if item_of(key) not in open_now
        ]  # fmt: skip


def item_of(key: str) -> str:
    """The check item of a gap: at most eighty characters."""
    return f"duty:{key}"[:80]
