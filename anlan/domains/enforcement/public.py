"""What neighbours may use of enforcement: open a case, what is known of a firm, what was done for a campaign."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from anlan.domains.enforcement.actions.casework import open_case
from anlan.domains.enforcement.actions.referring import refer
from anlan.domains.enforcement.models import Case, Check
from anlan.domains.enforcement.queries import counting
from anlan.domains.enforcement.queries.counting import Asked
from anlan.kernel.core.worlds import in_world

__all__ = ["by_street", "checks_of", "open_case", "open_cases_of", "refer"]


def checks_of(organisation: UUID, *, exercise_id: UUID | None = None, limit: int = 5) -> list[Check]:
    """The last enforcement visits to a firm, newest first."""
    rows = Check.objects.filter(in_world(exercise_id, path="item__exercise_id"), organisation=organisation)
    return list(rows.select_related("item").order_by("-checked_at")[:limit])


def open_cases_of(organisation: UUID, *, exercise_id: UUID | None = None) -> list[Case]:
    """The open cases against a firm, by what runs out first."""
    rows = Case.objects.filter(
        in_world(exercise_id, path="item__exercise_id"), organisation=organisation, item__closed_at=None
    )
    return list(rows.select_related("item").order_by("item__due_at"))


def by_street(
    campaign: UUID, start: datetime, end: datetime, exercise_id: UUID | None
) -> Mapping[str, Mapping[str, int]]:
    """Street → enforcement visits of a campaign, its cases decided, and the yuan of their fines."""
    asked = Asked(start, end, end, campaign=campaign, exercise_id=exercise_id)
    found: dict[str, dict[str, int]] = {}
    for region in counting.visits(asked).values_list("item__region_id", flat=True):
        _line(found, region)["enforcement_visits"] += 1
    rows = counting.penalties(asked, procedure="case").values_list("item_id", "item__region_id", "amount")
    seen: set[UUID] = set()
    for item, region, amount in rows:
        line = _line(found, region)
        line["cases"] += item not in seen
        line["fines"] += int(amount)
        seen.add(item)
    return found


def _line(found: dict[str, dict[str, int]], region: str) -> dict[str, int]:
    return found.setdefault(f"{region[:9]}000", {"enforcement_visits": 0, "cases": 0, "fines": 0})
