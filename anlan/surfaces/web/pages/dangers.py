"""Hidden dangers: the list with what is late on top, and what the detail page shows beyond the common one."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anlan.domains.dangers.domain import CATEGORIES
from anlan.domains.dangers.loop import DANGER
from anlan.domains.dangers.models import Danger
from anlan.domains.dangers.queries import visible_dangers
from anlan.kernel.core.words import N_
from anlan.kernel.loop.models import Evidence, Step
from anlan.surfaces.web.names import author_names
from anlan.surfaces.web.pages.items import EXTRAS, Shown, url_of
from anlan.surfaces.web.people import people_only, person_of
from anlan.surfaces.web.worlds import world_of

ROWS = 50
GRADES = {
    "ordinary": N_("Ordinary danger"),
    "candidate_major": N_("Candidate major danger"),
    "major": N_("Major danger"),
}
STRIP = ("found", "rectifying", "recheck", "closed_off")
VIEWS = (
    ("open", N_("Open")),
    ("late", N_("Late")),
    ("major", N_("Major and candidates")),
    ("closed", N_("Closed")),
)


@people_only
@require_GET
def dangers(request: HttpRequest) -> HttpResponse:
    """The dangers of one's regions: late ones first; numbers on top open the rows they count."""
    person = person_of(request)
    if person is None:
        raise Http404
    world = world_of(request)
    rows = visible_dangers(person, at=world.seen_at, exercise_id=world.exercise_id)
    view = request.GET.get("view", "open")
    pages = Paginator(_ordered(_cut(rows, view, world.now)), ROWS).get_page(request.GET.get("page", "1"))
    context = {
        "here": "dangers",
        "rows": [_line(row) for row in pages],
        "pages": pages,
        "view": view,
        "views": [
            (code, _(label), _cut(rows, code, world.now).count()) for code, label in VIEWS if code != "closed"
        ],
        "closed": view == "closed",
        "query": f"view={view}",
        "world": world,
    }
    return render(request, "web/pages/dangers.html", context)


def _cut(rows: QuerySet[Danger], view: str, now: datetime) -> QuerySet[Danger]:
    if view == "closed":
        return rows.exclude(item__closed_at=None)
    rows = rows.filter(item__closed_at=None)
    if view == "late":
        return rows.filter(item__due_at__lt=now)
    return rows.exclude(grade="ordinary") if view == "major" else rows


def _ordered(rows: QuerySet[Danger]) -> QuerySet[Danger]:
    return rows.order_by("item__due_at", "-item__opened_at")


def _line(row: Danger) -> dict[str, Any]:
    return {
        "row": row,
        "item": row.item,
        "url": url_of(row.item),
        "state": _(DANGER.states.get(row.item.state, row.item.state)),
        "category": _(dict(CATEGORIES).get(row.category, row.category)),
        "grade": _(GRADES.get(row.grade, row.grade)),
        "heavy": row.grade != "ordinary",
    }


def extra(page: Shown) -> Mapping[str, Any]:
    """The strip of states, the photographs before and after, and the question whether it is major."""
    danger: Danger = page.row
    steps = list(Step.objects.filter(item=page.item).order_by("at", "pk"))
    names = author_names(step.by for step in steps)
    on_spot = _photos(steps, ("fix_on_spot",))  # two photographs, the first taken before
    return {
        "strip": _strip(page, steps, names),
        "before": _photos(steps, ("open", "assign")) + on_spot[:1],
        "after": on_spot[1:] + _photos(steps, ("rectify", "accept")),
        "category": _(dict(CATEGORIES).get(danger.category, danger.category)),
        "grade": _(GRADES.get(danger.grade, danger.grade)),
        "heavy": danger.grade != "ordinary",
        "candidates": [(url_of(c.item), c) for c in danger.candidates.select_related("item")],
        "found_by": author_names([danger.found_by]).get(danger.found_by, ""),
    }


def _strip(page: Shown, steps: Sequence[Step], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Each state in order with who brought it there and when; the present one is marked."""
    reached = {step.target: step for step in steps}
    return [
        {
            "label": _(page.loop.states[state]),
            "here": state == page.item.state,
            "step": reached.get(state),
            "by": names.get(reached[state].by, "") if state in reached else "",
        }
        for state in STRIP
    ]


def _photos(steps: Sequence[Step], moves: tuple[str, ...]) -> list[Evidence]:
    """Photos of some steps in the order they came in."""
    wanted = [step.pk for step in steps if step.move in moves]
    return list(Evidence.objects.filter(step__in=wanted, kind="photo").select_related("step").order_by("pk"))


EXTRAS["dangers.danger"] = extra
