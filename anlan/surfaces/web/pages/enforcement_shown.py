"""What the records of enforcement show beside `enforcement.py`: classes of a plan, others due, the two lists."""

from collections.abc import Mapping
from typing import Any

from anlan.kernel.orgs.queries import has_duty
from anlan.surfaces.web.pages import enforcement
from anlan.surfaces.web.pages.enforcement_due import kind_name, plan_classes, task_others
from anlan.surfaces.web.pages.enforcement_forms import DRAWERS
from anlan.surfaces.web.pages.enforcement_steering import marks_of
from anlan.surfaces.web.pages.items import EXTRAS, Extra, Shown

STRICT = ("check", "case", "spot", "measure", "referral")


def _with_marks(before: Extra) -> Extra:
    def extra(page: Shown) -> Mapping[str, Any]:
        sector = getattr(page.row, "sector", "")
        kinds = [kind_name(code) for code in (*getattr(page.row, "tags", ()), sector) if code]
        return {**before(page), **marks_of(page.item, page.person, page.at), "firm_kinds": kinds}

    return extra


def _plan(page: Shown) -> Mapping[str, Any]:
    return {**enforcement.plan_extra(page), **plan_classes(page.row, page)}


def _task(page: Shown) -> Mapping[str, Any]:
    return {**enforcement.task_extra(page), **task_others(page.row, page.item, page.at)}


def _unvisited(page: Shown) -> Mapping[str, Any]:
    may = has_duty(person_id=page.person.pk, kinds=DRAWERS, region=page.item.region_id, at=page.at)
    return {"may_send": may and page.item.closed_at is None}


for slug in STRICT:
    EXTRAS[f"enforcement.{slug}"] = _with_marks(EXTRAS[f"enforcement.{slug}"])
EXTRAS["enforcement.plan"] = _plan
EXTRAS["enforcement.task"] = _task
EXTRAS["enforcement.unvisited"] = _unvisited
