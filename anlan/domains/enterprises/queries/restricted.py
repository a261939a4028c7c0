"""What of a firm stands on the place's own lists."""

from datetime import datetime
from typing import Any

from anlan.domains.enterprises.models import Enterprise, Facility, Substance
from anlan.domains.enterprises.rules import restricted
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused


def hits_of(firm: Enterprise, *, at: datetime) -> tuple[list[restricted.Hit], list[restricted.Hit]]:
    """Its substances on the list of the forbidden, restricted and controlled; its facilities on that of the obsolete.

    A place without a list has none to stand on.
    """
    held = Substance.objects.filter(unit__enterprise=firm, unit__active=True, active=True).values_list(
        "name", "cas"
    )
    names = Facility.objects.filter(enterprise=firm, active=True).values_list("name", flat=True)
    region = firm.organisation.region_id
    return (
        restricted.substances(held, _listed("restricted", region, at)),
        restricted.obsolete(names, _listed("obsolete", region, at)),
    )


def _listed(rule: str, region: str, at: datetime) -> list[dict[str, Any]]:
    try:
        rows: list[dict[str, Any]] = rulesets.value_of(f"enterprises.{rule}", region=region, at=at)
    except Refused:
        return []
    return rows
