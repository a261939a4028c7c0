"""The roster of patrollers: communities, time there, this month's visits, scores, and whose turn it is to move."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anlan.domains.patrols import rules
from anlan.domains.patrols.models import Rotation, Score
from anlan.domains.patrols.queries import training
from anlan.domains.patrols.queries.officers import joint_checks, last_scores, officers_in, visits_since
from anlan.domains.patrols.queries.performance import Opened, rows_behind
from anlan.domains.patrols.queries.rotation import grounds_of, successors
from anlan.kernel.core import clock
from anlan.kernel.core.words import N_
from anlan.kernel.loop.spec import Move
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import scope_of
from anlan.kernel.places.models import Region
from anlan.surfaces.web.pages.items import CHOICES, EXTRAS, Shown, url_of
from anlan.surfaces.web.pages.records import ALSO
from anlan.surfaces.web.people import people_only, person_of

ALSO["patrols"] = (*ALSO.get("patrols", ()), ("web:officers", N_("Roster of patrollers")))


@people_only
@require_GET
def officers(request: HttpRequest) -> HttpResponse:
    """Who has which community since when; scores as they were signed; longest there first in each street."""
    person = person_of(request)
    if person is None or person.organisation.kind == "enterprise":
        raise Http404
    at = clock.real_now()
    found = officers_in(scope_of(person, at=at), at=at)
    view = request.GET.get("view", "")
    shown = [each for each in found if each.to_rotate] if view == "rotate" else found
    keys = [each.person.pk for each in shown]
    start = timezone.localtime(at).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    visits, scores = visits_since(keys, start=start), last_scores(keys)
    standings = training.standings([each.person for each in shown], at=at)
    turns = Rotation.objects.filter(duty__in=[each.duty for each in shown], item__closed_at=None)
    rotations = {row.duty_id: url_of(row.item) for row in turns.select_related("item")}
    names = dict(
        Region.objects.filter(code__in={f"{o.region[:9]}000" for o in shown}).values_list("code", "name")
    )
    context = {
        "here": "registers", "view": view,
        "rows": [
            {
                "officer": each, "street": names.get(f"{each.region[:9]}000", ""),
                "standing": standings[each.person.pk], "rotation": rotations.get(each.duty, ""),
                "visits": visits.get(each.person.pk, 0),
                "scores": [(url_of(row.item), f"{row.month:%Y-%m}", stands)
                           for row, stands in scores.get(each.person.pk, [])],
            }
            for each in shown
        ],
        "n": len(found), "rotate": sum(1 for each in found if each.to_rotate),
        "open": Score.objects.filter(item__closed_at=None, person__in=[o.person.pk for o in found]).count(),
        "short": sum(1 for each in standings.values() if each.lacks),
        "joint": joint_checks(person, half=rules.half_of(timezone.localdate(at))[0], at=at),
    }  # fmt: skip
    return render(request, "web/pages/officers.html", context)


MOST_ROWS = 60  # of a line on the page of a score


def score_extra(page: Shown) -> dict[str, Any]:
    """The lines of a score in words, each with the rows behind it; of a year's score its months."""
    behind = rows_behind(page.row)
    months = Score.objects.filter(person=page.row.person, span="month", month__year=page.row.month.year)
    return {
        "lines": [_line(line, behind.get(line["code"], [])) for line in page.row.lines],
        "stands": page.row.signed if page.row.signed is not None else page.row.proposed,
        "months": [(row, url_of(row.item)) for row in months.select_related("item").order_by("month")]
        if page.row.span == "year"
        else [],
    }


def _line(line: dict[str, Any], rows: Sequence[Opened]) -> dict[str, Any]:
    """A line with its rows; their pages say themselves who may open them."""
    return line | {
        "label": _(rules.SCORED.get(line["code"], line["code"])),
        "rows": [
            {"title": row.item.title, "url": url_of(row.item), "at": row.at, "counted": row.counted}
            for row in rows[:MOST_ROWS]
        ],
        "more": max(0, len(rows) - MOST_ROWS),
    }


def rotation_choices(page: Shown, move: Move) -> dict[str, list[tuple[str, str]]]:
    """Who may take the ground over, with the ground they have now."""
    if move.name != "rotate":
        return {}
    people = successors(page.row)
    return {"to": [(str(each.pk), _with_ground(each)) for each in people]}


def _with_ground(person: Person) -> str:
    grounds = "、".join(duty.region.name for duty in grounds_of(person) if duty.region_id)
    return f"{person.name} · {grounds}" if grounds else person.name


EXTRAS["patrols.score"] = score_extra
CHOICES["patrols.rotation"] = rotation_choices
