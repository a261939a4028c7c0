"""The month's questions: of one's own unit, each one tap; for the office the answers that wait for a check."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from anlan.domains.workplan import actions, queries
from anlan.domains.workplan.models import Progress, Question
from anlan.kernel.core.errors import Refused
from anlan.kernel.orgs.models import Person
from anlan.surfaces.web.pages.asking import bureau_only, home_region
from anlan.surfaces.web.pages.items import url_of
from anlan.surfaces.web.pages.workplan import keeps
from anlan.surfaces.web.people import author_of, people_only
from anlan.surfaces.web.refusals import again
from anlan.surfaces.web.worlds import World


@people_only
@require_http_methods(["GET", "POST"])
def plan_month(request: HttpRequest) -> HttpResponse:
    """The month's questions: of one's own unit, each one tap; and for the office the answers that wait for a check."""
    person, world = bureau_only(request)
    region = home_region(person, world)
    page = {
        "here": "registers",
        "mine": _questions(person, world),
        "answers": _answers(region, world) if keeps(person, world, region) else [],
    }
    if request.method == "GET":
        return render(request, "web/pages/plan_month.html", page)
    author = author_of(request)
    try:
        said = _month_act(request, author, region, world)
    except Refused as refusal:
        return again(request, "web/pages/plan_month.html", page, refusal)
    messages.success(request, said)
    return redirect("web:plan_month")


def _questions(person: Person, world: World) -> list[dict[str, Any]]:
    rows = Question.objects.filter(
        item__state="asked", item__exercise_id=world.exercise_id, item__charge_org=person.organisation_id
    )
    known = list(rows.select_related("item", "task__item", "task__point").order_by("item__due_at", "pk"))
    last = queries.last_progress([row.task_id for row in known], as_of=world.now)
    return [
        {
            "row": row, "url": url_of(row.item), "last": last.get(row.task_id),
            "act": reverse("web:move", args=["workplan", "question", row.item.pk, "no_change"]),
            "answer": reverse("web:move", args=["workplan", "question", row.item.pk, "answer"]),
        }
        for row in known
    ]  # fmt: skip


def _answers(region: str, world: World) -> list[dict[str, Any]]:
    rows = list(queries.answered_questions(region=region, exercise_id=world.exercise_id)[:300])
    said: dict[UUID, list[Progress]] = defaultdict(list)
    for each in Progress.objects.filter(item__in=[row.task_id for row in rows]).order_by("recorded_at", "pk"):
        said[each.item_id].append(each)
    return [{"row": row, "url": url_of(row.item), "said": said[row.task_id][-2:]} for row in rows]


def _month_act(request: HttpRequest, author: Person, region: str, world: World) -> str:
    """All of one's own without change, or the ticked answers checked."""
    if request.POST.get("act") == "no_change":
        mine = _questions(author, world)
        for line in mine:
            actions.no_change(item=line["row"].item, by=author.by, at=world.now)
        return ngettext("{n} answered: no change.", "{n} answered: no change.", len(mine)).format(n=len(mine))
    ticked = set(request.POST.getlist("item"))
    rows = queries.answered_questions(region=region, exercise_id=world.exercise_id)
    items = [row.item for row in rows if str(row.pk) in ticked]
    done = actions.check_all(items, by=author.by, at=world.now)
    refused = [each for each in done if isinstance(each, Refused)]
    if refused:
        raise refused[0]
    return ngettext("{n} answer checked.", "{n} answers checked.", len(done)).format(n=len(done))
