"""Visits and what checklists ask in the graph: to which firm, by whom, what was found by which item."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language

from anlan.domains.patrols.loop import VISIT
from anlan.domains.patrols.models import ChecklistItem, Finding, Visit
from anlan.kernel.core.words import N_
from anlan.kernel.domain.links import Citation, Link, Links, NodeKind, Reader, Said
from anlan.kernel.domain.nodes import every, matter

ITEM = "patrols.item"


def _items(reader: Reader) -> QuerySet[Any]:
    del reader  # what is looked at is no secret: each firm gets the list
    return ChecklistItem.objects.filter(checklist__retired_at=None).select_related("checklist")


def _item(row: ChecklistItem) -> Said:
    chinese = (get_language() or "zh").startswith("zh")
    text = row.text if chinese else row.text_en or row.text
    return Said(text, row.checklist.name if chinese else row.checklist.name_en or row.checklist.name)


LINKS = Links(
    kinds=(
        matter(Visit, VISIT),
        NodeKind(ITEM, N_("Item of a checklist"), _items, _item, words="text"),
    ),
    links=(
        Link("patrols.at_firm", VISIT.name, "enterprises.firm", N_("went to the firm"), N_("Visits to it"),
             rows=every(Visit), at_target="organisation_id", since="started_at"),
        Link("patrols.by", VISIT.name, "orgs.person", N_("was made by"), N_("Visits made"),
             rows=every(Visit), at_target="patroller_id", since="started_at"),
        Link("patrols.found", VISIT.name, "dangers.danger", N_("brought to light"), N_("was found on the visit"),
             rows=every(Finding), at_source="visit_id", at_target="danger_id", since="found_at"),
        Link("patrols.by_item", "dangers.danger", ITEM, N_("was found by the item"), N_("Dangers found by it"),
             rows=every(Finding), at_source="danger_id", at_target="item_id", since="found_at"),
    ),
    citations=(
        Citation("patrols.asks", ITEM, N_("stands on"), N_("Items of checklists"),
                 rows=every(ChecklistItem, checklist__retired_at=None), tag="tag",
                 since="checklist__published_at"),
    ),
)  # fmt: skip
