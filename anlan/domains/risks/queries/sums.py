"""Sums over all points: the four colours by street and section, on two axes; levels and bases as of a time."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db import connection

from anlan.domains.risks.models import Base

FRESH_SECONDS = 60


@dataclass(slots=True)
class Colours:
    """Points by (current, worst), by street and current, by section and current; and when they were counted."""

    at: datetime
    axes: dict[tuple[int, int], int] = field(default_factory=dict)
    streets: dict[str, dict[int, int]] = field(default_factory=dict)
    sections: dict[str, dict[int, int]] = field(default_factory=dict)
    worst: dict[int, int] = field(default_factory=dict)
    current: dict[int, int] = field(default_factory=dict)
    total: int = 0


def colours(prefixes: list[str], *, cut: int, at: datetime, firm: UUID | None = None) -> Colours:
    """The four colours of some regions' subtrees (of one firm, where given), counted at most once a minute.

    `cut`: to how many digits regions are summed: 9 gives streets, 12 communities.
    """
    key = f"risks.colours:{firm or ','.join(prefixes)}:{cut}"
    found: Colours | None = cache.get(key)
    if found is None:
        found = _counted(prefixes, cut, at, firm)
        cache.set(key, found, FRESH_SECONDS)
    return found


def _counted(prefixes: list[str], cut: int, at: datetime, firm: UUID | None) -> Colours:
    where, value = (
        ("enterprise_id = %s", firm) if firm else ("region_id LIKE ANY(%s)", [f"{p}%" for p in prefixes])
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT left(region_id, %s), section, current_level, worst_case_level, count(*) FROM risks_riskpoint"  # noqa: S608
            f" WHERE active AND {where} GROUP BY 1, 2, 3, 4",
            [cut, value],
        )
        rows = cursor.fetchall()
    found = Colours(at)
    for region, section, current, worst, count in rows:
        found.total += count
        _add(found.axes, (current, worst), count)
        _add(found.current, current, count)
        _add(found.worst, worst, count)
        _add(found.streets.setdefault(region, {}), current, count)
        _add(found.sections.setdefault(section, {}), current, count)
    return found


def _add(into: dict[Any, int], key: Any, count: int) -> None:
    into[key] = into.get(key, 0) + count


def base_of(*, region: str, at: datetime, section: str = "") -> int | None:
    """The last base declared for a region; None where it declared none."""
    rows = Base.objects.filter(region_id=region, section=section, at__lte=at)
    return rows.order_by("-at").values_list("number", flat=True).first()
