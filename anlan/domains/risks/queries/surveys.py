"""What a survey collected, what a region's assessment keeps, and what every region declared against what it has."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count

from anlan.domains.risks import rules
from anlan.domains.risks.models import Base, RiskPoint
from anlan.domains.risks.queries.sums import colours
from anlan.kernel.places.models import Region
from anlan.kernel.places.regions import prefix_of


def collected_in(region: str) -> int:
    """The risk points in use in a region."""
    return RiskPoint.objects.filter(region__code__startswith=prefix_of(region), active=True).count()


def figures_of(region: str, *, at: datetime) -> dict[str, Any]:
    """What an assessment keeps: points by current and worst-case level, by street and by section. Plain values."""
    found = colours([prefix_of(region)], cut=9, at=at)
    names = dict(
        Region.objects.filter(code__in=[code.ljust(12, "0") for code in found.streets]).values_list(
            "code", "name"
        )
    )
    return {
        "region": Region.objects.values_list("name", flat=True).get(pk=region),
        "at": at.isoformat(),
        "total": found.total,
        "current": _said(found.current),
        "worst": _said(found.worst),
        "streets": {
            names.get(code.ljust(12, "0"), code): _said(levels)
            for code, levels in sorted(found.streets.items())
        },
        "sections": {section or "-": _said(levels) for section, levels in sorted(found.sections.items())},
    }


def _said(levels: dict[int, int]) -> dict[str, int]:
    return {str(level): number for level, number in sorted(levels.items())}


@dataclass(frozen=True, slots=True)
class Declared:
    """A region with its last base, what is collected, and the share; base None where it declared none."""

    region: Region
    base: Base | None
    points: int
    share: Decimal | None


def declared_in(prefixes: Sequence[str]) -> list[Declared]:
    """The district and the streets under some prefixes, each with its last base of all sections and its points."""
    regions: list[Region] = []
    for prefix in prefixes:
        regions += Region.objects.filter(code__startswith=prefix, level__in=("county", "street")).order_by(
            "code"
        )
    bases: dict[str, Base] = {}
    for row in Base.objects.filter(region__in=regions, section="").order_by("at"):
        bases[row.region_id] = row
    counts: dict[str, int] = {}
    under = RiskPoint.objects.filter(active=True).values_list("region_id").annotate(n=Count("pk"))
    for code, number in under:
        for each in {f"{code[:9]}000", f"{code[:6]}000000"}:
            counts[each] = counts.get(each, 0) + number
    return [
        Declared(
            region, base := bases.get(region.pk), counts.get(region.pk, 0),
            rules.collected(counts.get(region.pk, 0), base.number if base else None),
        )
        for region in regions
    ]  # fmt: skip
