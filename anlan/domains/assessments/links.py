"""Assessments in the graph: whose sheet, whose finding, who inspects whom. Vetting is in none of it, nor a result."""

from anlan.domains.assessments.loop import FINDING, INSPECTION, SHEET
from anlan.domains.assessments.models import Finding, Inspection, Sheet
from anlan.kernel.core.words import N_
from anlan.kernel.domain.links import Link, Links
from anlan.kernel.domain.nodes import every, matter

UNIT, OPENED = "orgs.unit", "item__opened_at"
LINKS = Links(
    kinds=(matter(Sheet, SHEET), matter(Finding, FINDING), matter(Inspection, INSPECTION)),
    links=(
        Link("assessments.sheet_of", SHEET.name, UNIT, N_("assesses the unit"), N_("Assessments of it"),
             rows=every(Sheet), at_target="unit_id", since=OPENED),
        Link("assessments.found_at", FINDING.name, UNIT, N_("was found at the unit"),
             N_("Findings of duty inspections"), rows=every(Finding), at_target="unit_id", since=OPENED),
        Link("assessments.found_by", FINDING.name, INSPECTION.name, N_("was found on the inspection"),
             N_("Findings of the inspection"), rows=every(Finding, inspection__isnull=False),
             at_target="inspection_id", since=OPENED),
        Link("assessments.inspects", INSPECTION.name, UNIT, N_("inspects the unit"), N_("Inspections of it"),
             rows=every(Inspection), at_target="unit_id", since=OPENED),
        Link("assessments.inspected_by", INSPECTION.name, UNIT, N_("is made by the unit"), N_("Inspections it makes"),
             rows=every(Inspection), at_target="office_id", since=OPENED),
        Link("assessments.goes_along", INSPECTION.name, UNIT, N_("is gone along with by"),
             N_("Inspections it goes along with"), rows=every(Inspection.partners.through),
             at_source="inspection_id", at_target="organisation_id", since="inspection__item__opened_at"),
    ),
)  # fmt: skip
