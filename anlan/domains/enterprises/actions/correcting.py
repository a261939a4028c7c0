"""Corrections and ends of sites, units and substances. The row stays, with its end and why."""

from datetime import datetime
from typing import Any

from django.db import transaction

from anlan.domains.enterprises.actions import hazards
from anlan.domains.enterprises.actions.common import Change, check_keeper, check_why, note, renew, tell
from anlan.domains.enterprises.models import HazardUnit, Site, Substance
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_

NO_NAME = reason("enterprises.row_without_name", N_("Give it a name, so that it is found again."))
NEGATIVE = reason("enterprises.negative_people", N_("Persons within 500 m are a whole number from 0 on."))
LAST_SITE = reason(
    "enterprises.last_site",
    N_("It is the last site of {firm}. Enter where the firm works now, or set the firm's status."),
)
GONE = reason("enterprises.row_ended", N_("{name} was ended already. Load the page anew."))
UNIT_FACTS = ("name", "people_500m", "filed_number", "filed_on", "assessed_on", "safeguards")


def change_unit(*, unit: HazardUnit, by: str, at: datetime, change: bool = False, **facts: Any) -> HazardUnit:
    """Correct a unit: name, site, persons within 500 m, filing. The grade is computed anew.

    What was there stands in the ledger. `change`: it changed at the firm, not only in the archive; what stands on it is
    told.
    """
    check_keeper(unit.enterprise, by=by, at=at)
    _check_unit(facts)
    with transaction.atomic():
        before = _facts_of(unit)
        for name in UNIT_FACTS:
            if name in facts:
                setattr(unit, name, facts[name])
        if "site" in facts:
            unit.site = facts["site"]
        unit.save()
        hazards.assess(unit=unit, by=by, at=at)
        after = _facts_of(unit)
        changed = {k: [before[k], after[k]] for k in after if before[k] != after[k]}
        note(unit.enterprise, "unit_changed", {"unit": str(unit.pk), "changed": changed}, by=by, at=at)
        renew([unit.enterprise_id], by=by, at=at)
        if change:
            tell(Change(unit.enterprise_id, "process", by, at, note=unit.name, site=unit.site_id))
    return unit


def end_unit(*, unit: HazardUnit, why: str, by: str, at: datetime, change: bool = False) -> None:
    """A unit that is no longer there, with all that it held."""
    check_keeper(unit.enterprise, by=by, at=at)
    words = check_why(why)
    with transaction.atomic():
        if HazardUnit.objects.filter(pk=unit.pk, active=True).update(active=False) != 1:
            raise Refused(GONE, name=unit.name)
        unit.substances.filter(active=True).update(active=False)
        facts = {"unit": str(unit.pk), "name": unit.name, "why": words}
        note(unit.enterprise, "unit_ended", facts, by=by, at=at)
        renew([unit.enterprise_id], by=by, at=at)
        if change:
            tell(Change(unit.enterprise_id, "material", by, at, note=unit.name, site=unit.site_id))


def end_substance(*, row: Substance, why: str, by: str, at: datetime, change: bool = False) -> None:
    """A substance that a unit no longer holds; the unit's grade follows."""
    unit = row.unit
    check_keeper(unit.enterprise, by=by, at=at)
    words = check_why(why)
    with transaction.atomic():
        if Substance.objects.filter(pk=row.pk, active=True).update(active=False) != 1:
            raise Refused(GONE, name=row.name)
        facts = {"unit": str(unit.pk), "name": row.name, "why": words}
        note(unit.enterprise, "substance_ended", facts, by=by, at=at)
        hazards.assess(unit=unit, by=by, at=at)
        renew([unit.enterprise_id], by=by, at=at)
        if change:
            tell(Change(unit.enterprise_id, "material", by, at, note=row.name, site=unit.site_id))


def close_site(*, site: Site, why: str, by: str, at: datetime) -> None:
    """A place where the firm works no longer: its plate opens nothing. The last one is not closed like this."""
    check_keeper(site.enterprise, by=by, at=at)
    words = check_why(why)
    with transaction.atomic():
        others = Site.objects.select_for_update().filter(enterprise=site.enterprise_id, active=True)
        if not {row.pk for row in others} - {site.pk}:
            raise Refused(LAST_SITE, firm=site.enterprise.organisation.name)
        if Site.objects.filter(pk=site.pk, active=True).update(active=False) != 1:
            raise Refused(GONE, name=site.name)
        facts = {"site": str(site.pk), "name": site.name, "why": words}
        note(site.enterprise, "site_closed", facts, by=by, at=at)
        renew([site.enterprise_id], by=by, at=at)


def _check_unit(facts: dict[str, Any]) -> None:
    if "name" in facts and not str(facts["name"]).strip():
        raise Refused(NO_NAME, field="name")
    people = facts.get("people_500m")
    if people is not None and (int(people) != people or people < 0):
        raise Refused(NEGATIVE, field="people_500m")


def _facts_of(unit: HazardUnit) -> dict[str, str]:
    known = {name: getattr(unit, name) for name in UNIT_FACTS}
    known |= {"site": unit.site_id, "grade": unit.grade}
    return {name: "" if value is None else str(value) for name, value in known.items()}
