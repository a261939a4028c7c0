"""The first page of an officer: what must I do now, by what runs out first. A list with clocks, never a map."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anlan.domains.responses.queries import in_force
from anlan.domains.warnings.queries.inforce import open_call_outs, signals_at
from anlan.kernel.loop import registry as loops
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.loop.queries import my_worklist, open_moves, visible_items
from anlan.kernel.loop.spec import Move
from anlan.kernel.orgs.models import Duty, Person
from anlan.kernel.orgs.queries import in_force as duties_in_force
from anlan.surfaces.web.administrators import HOMES, role_of
from anlan.surfaces.web.forms import asked_by
from anlan.surfaces.web.pages.items import url_of
from anlan.surfaces.web.people import person_of, seat_at
from anlan.surfaces.web.worlds import World, world_of

ROWS = 50
WITH_BUTTON = (
    25  # who may take the next step costs a query or two a row: only the rows one can see get a button
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the worklist: what, where, left, next step."""

    item: WorkItem
    loop: str
    state: str
    url: str
    steps_url: str
    late: bool
    step: Move | None = None
    step_label: str = ""
    one_tap: bool = False


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The worklist of who signed in; an administrator goes to their own pages, a stranger to the sign-in."""
    if not request.user.is_authenticated:
        return redirect("account_login")
    person = person_of(request)
    if person is None:
        return redirect(HOMES.get(role_of(request), "web:account"))
    world = world_of(request)
    context = {"here": "home", **worklist(person, world, page=request.GET.get("page", "1"))}
    context["pins"] = seat_at(request) is not None
    context |= area_now(person, world)
    template = "web/pages/home.html"
    return render(request, template, context)


def worklist(person: Person, world: World, *, page: str) -> dict[str, Any]:
    """The rows of the worklist, with how many there are and how many are late."""
    rows = my_worklist(person, at=world.now, exercise_id=world.exercise_id)
    pages = Paginator(rows, ROWS)
    shown = pages.get_page(page)
    lines = [_line(item, person, world.now, button=n < WITH_BUTTON) for n, item in enumerate(shown)]
    late = rows.filter(due_at__lt=world.now).count()
    soon = sum(1 for line in lines if line.item.due_at and not line.late)
    return {
        "lines": lines,
        "pages": shown,
        "open": pages.count,
        "late": late,
        "soon": soon,
        "duties": _duties(person, world.now),
    }


def _line(item: WorkItem, person: Person, now: datetime, *, button: bool) -> Line:
    loop = loops.loop_of(item)
    moves = open_moves(item, person, at=now) if button else ()
    step = moves[0] if moves else None
    return Line(
        item=item,
        loop=_(loop.label),
        state=_(loop.states.get(item.state, item.state)),
        url=url_of(item),
        steps_url=url_of(item, own=True),
        late=item.due_at is not None and item.due_at < now,
        step=step,
        step_label=_(step.label) if step else "",
        one_tap=step is not None and not step.needs and asked_by(step, (), {}).nothing,
    )


def area_now(person: Person, world: World) -> dict[str, Any]:
    """What holds now: response level, signals in force, call-outs that run."""
    response = in_force(exercise_id=world.exercise_id)
    mine = visible_items(person, at=world.seen_at)
    return {
        "response": response,
        "response_opens": response is not None and mine.filter(pk=response.pk).exists(),
        "signals": signals_at(at=world.now, exercise_id=world.exercise_id),
        "calls": open_call_outs(at=world.now, exercise_id=world.exercise_id)[:3],
    }


def _duties(person: Person, now: datetime) -> list[Duty]:
    rows = Duty.objects.filter(duties_in_force(now), person=person).select_related("kind", "region", "place")
    return list(rows.order_by("rank", "kind__ring_order")[:6])
