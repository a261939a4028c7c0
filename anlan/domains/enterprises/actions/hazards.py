"""Writes about hazards: units with substances and their GB 18218 grade, facilities, standardisation."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from anlan.domains.enterprises.actions.common import (
    Change,
    check_keeper,
    check_signer,
    check_why,
    note,
    renew,
    say,
    tell,
)
from anlan.domains.enterprises.models import (
    Enterprise,
    Facility,
    HazardUnit,
    Site,
    Standardisation,
    Substance,
    Tag,
)
from anlan.domains.enterprises.queries.registers import ponds
from anlan.domains.enterprises.rules import gb18218, registers, words
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.core.workdays import local_day

BAD_FACILITY = reason("enterprises.bad_facility", N_("{given} is no kind of facility."))
NEGATIVE = reason("enterprises.negative_quantity", N_("A quantity is zero or more tonnes."))
BAD_STANDARD = reason("enterprises.bad_standard", N_("The validity ends after it begins."))
BAD_CAS = reason("enterprises.bad_cas", N_("{given} is no CAS number: its check digit does not fit."))


def add_unit(
    *, firm: Enterprise, name: str, kind: str, by: str, at: datetime, people_500m: int | None = None,
    site: Site | None = None, filed_number: str = "", filed_on: date | None = None,
) -> HazardUnit:  # fmt: skip
    """A production or storage unit. Its grade is computed as soon as it holds substances."""
    check_keeper(firm, by=by, at=at)
    with transaction.atomic():
        unit = HazardUnit.objects.create(
            enterprise=firm, name=name, kind=kind, people_500m=people_500m, site=site, filed_number=filed_number,
            filed_on=filed_on,
        )  # fmt: skip
        with_tag(firm, "hazchem", by=by, at=at)
        note(firm, "unit_added", {"unit": str(unit.pk), "name": name, "kind": kind}, by=by, at=at)
        renew([firm.pk], by=by, at=at)
    return unit


def set_substance(
    *, unit: HazardUnit, name: str, by: str, at: datetime, cas: str = "", hazard_class: str = "",
    quantity_t: Decimal | float | None = None, change: bool = False,
) -> Substance:  # fmt: skip
    """A substance of a unit with its largest quantity; the same name again is a correction. The grade follows.

    `change`: it is new at the firm, not only in the archive; what stands on it is told.
    """
    check_keeper(unit.enterprise, by=by, at=at)
    if quantity_t is not None and quantity_t < 0:
        raise Refused(NEGATIVE, field="quantity_t")
    quantity = None if quantity_t is None else Decimal(str(quantity_t))
    with transaction.atomic():
        row, _ = Substance.objects.update_or_create(
            unit=unit, name=name.strip(), active=True,
            defaults={"cas": _cas(cas), "hazard_class": hazard_class.strip(), "quantity_t": quantity},
        )  # fmt: skip
        facts = {"unit": str(unit.pk), "name": row.name, "cas": row.cas, "quantity_t": str(quantity or "")}
        note(unit.enterprise, "substance_set", facts, by=by, at=at)
        assess(unit=unit, by=by, at=at)
        renew([unit.enterprise_id], by=by, at=at)
        if change:
            tell(Change(unit.enterprise_id, "material", by, at, note=row.name, site=unit.site_id))
    return row


def _cas(given: str) -> str:
    """A CAS number by its check digit; empty stays empty (mixtures have none)."""
    plain = given.strip()
    if not plain:
        return ""
    digits = plain.replace("-", "")
    if not (digits.isascii() and digits.isdigit() and 5 <= len(digits) <= 10):
        raise Refused(BAD_CAS, field="cas", given=given)
    if sum(int(d) * n for n, d in enumerate(reversed(digits[:-1]), 1)) % 10 != int(digits[-1]):
        raise Refused(BAD_CAS, field="cas", given=given)
    return plain


def assess(*, unit: HazardUnit, by: str, at: datetime) -> str:
    """Compute the unit's grade by GB 18218 and keep it with its working; *unknown*, with why, where a value lacks."""
    rows = list(unit.substances.filter(active=True).order_by("pk"))
    held = [gb18218.Held(row.name, row.cas, row.hazard_class, row.quantity_t) for row in rows]
    facts: dict[str, Any]
    try:
        graded = gb18218.grade(held, people_500m=unit.people_500m, tables=tables_of(unit.enterprise, at))
        value, facts = graded.level, working_of(graded)
    except Refused as unknown:
        value, facts = (
            "unknown",
            {"why": unknown.code, "facts": {k: str(v) for k, v in unknown.facts.items()}},
        )
    before = unit.grade
    unit.grade = value
    unit.save(update_fields=["grade"])
    if value != before or value != "unknown":
        say(unit.enterprise_id, "hazard_grade", value, facts=facts, by=by, at=at, subject=unit.pk)
        note(unit.enterprise, "unit_assessed", {"unit": str(unit.pk), "grade": value}, by=by, at=at)
    return value


def tables_of(firm: Enterprise, at: datetime) -> gb18218.Tables:
    """The tables of the standard in force where the firm is."""
    region = firm.organisation.region_id
    return gb18218.Tables(
        *(rulesets.value_of(f"enterprises.gb18218_{name}", region=region, at=at)
          for name in ("substances", "classes", "alpha", "levels"))
    )  # fmt: skip


def working_of(graded: gb18218.Graded) -> dict[str, Any]:
    """The working as plain values: S, R, α and each substance's share."""
    return {
        "s": str(round(graded.s, 4)),
        "r": "" if graded.r is None else str(round(graded.r, 4)),
        "alpha": "" if graded.alpha is None else str(graded.alpha),
        "parts": [
            {
                "name": part.name,
                "critical_t": str(part.critical_t),
                "share": str(round(part.share, 4)),
                "beta": str(part.beta or ""),
            }
            for part in graded.parts
        ],
    }


def add_facility(
    *, firm: Enterprise, kind: str, name: str, by: str, at: datetime, facts: Mapping[str, Any] | None = None,
    site: Site | None = None, change: bool = False,
) -> Facility:  # fmt: skip
    """A process, confined space, dust area, ammonia system …; the firm gets the tag of its hazard.

    `change`: it is new at the firm, not only in the archive; what stands on it is told.
    """
    check_keeper(firm, by=by, at=at)
    if kind not in dict(words.FACILITIES):
        raise Refused(BAD_FACILITY, field="kind", given=kind)
    with transaction.atomic():
        if kind == "tailings":
            _check_ponds(firm, at)
        row = Facility.objects.create(
            enterprise=firm, kind=kind, name=name, facts=dict(facts or {}), site=site, created_at=at
        )
        if kind in dict(words.HAZARD_TAGS):
            with_tag(firm, kind, by=by, at=at)
        note(firm, "facility_added", {"kind": kind, "name": name}, by=by, at=at)
        renew([firm.pk], by=by, at=at)
        if change:
            what = "process" if kind == "process" else "equipment"
            tell(Change(firm.pk, what, by, at, note=name, site=row.site_id))
    return row


def _check_ponds(firm: Enterprise, at: datetime) -> None:
    """尾矿库只减不增: where a cap is declared, as many stand as were declared less those that ended since.

    The rows are locked in a fixed order, so that two hands cannot both take the last place.
    """
    held = Facility.objects.select_for_update().filter(kind="tailings", active=True).order_by("pk")
    list(held.values_list("pk", flat=True))
    there = ponds(region=firm.organisation.region_id, at=at)
    if there.most is not None:
        registers.check_ponds(now=there.now, most=there.most)


def end_facility(*, row: Facility, why: str, by: str, at: datetime) -> None:
    """A facility that is no longer there; its tag is ended by a person, not by this."""
    check_keeper(row.enterprise, by=by, at=at)
    why = check_why(why)
    with transaction.atomic():
        row.active, row.ended_at = False, at
        row.save(update_fields=["active", "ended_at"])
        note(row.enterprise, "facility_ended", {"name": row.name, "kind": row.kind, "why": why}, by=by, at=at)
        renew([row.enterprise_id], by=by, at=at)


def with_tag(firm: Enterprise, kind: str, *, by: str, at: datetime) -> None:
    """A firm is of a kind from its first facility, unit or line on; who takes the tag off is a person."""
    row, new = Tag.objects.get_or_create(
        enterprise=firm, kind=kind, until=None, defaults={"since": local_day(at), "by": by}
    )
    if new:
        note(firm, "tag_set", {"kind": row.kind, "basis": "facility"}, by=by, at=at)


def standardise(
    *, firm: Enterprise, grade: str, valid_from: date, valid_to: date, by: str, at: datetime, number: str = ""
) -> Standardisation:
    """A standardisation grade with its validity, as the certificate says it."""
    check_signer(firm, by=by, at=at)
    if valid_to <= valid_from:
        raise Refused(BAD_STANDARD, field="valid_to")
    with transaction.atomic():
        row = Standardisation.objects.create(
            enterprise=firm, grade=grade, valid_from=valid_from, valid_to=valid_to, number=number, by=by
        )
        facts = {"grade": grade, "from": valid_from.isoformat(), "to": valid_to.isoformat(), "number": number}
        say(firm.pk, "standard", grade, facts=facts, by=by, at=at)
        note(firm, "standardised", facts, by=by, at=at)
    return row
