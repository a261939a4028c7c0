"""The plan of patrols at the desk: which firms are due by their class, community by community, and whose they are."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anlan.domains.enterprises.models import Site
from anlan.domains.patrols.queries import owing
from anlan.domains.patrols.rules import UNCLASSED
from anlan.kernel.core import rulesets
from anlan.kernel.core.words import N_
from anlan.kernel.orgs.models import Duty, Person
from anlan.kernel.orgs.queries import in_force, scope_of
from anlan.kernel.places.models import Region
from anlan.surfaces.web.pages.dangers import who
from anlan.surfaces.web.pages.records import ALSO
from anlan.surfaces.web.people import people_only

ROWS = 50
GRADES = ("A", "B", "C", "D", UNCLASSED)
VIEWS = (("late", N_("Overdue")), ("soon", N_("Due within the week")), ("never", N_("Never visited")))
ALSO["patrols"] = (*ALSO.get("patrols", ()), ("web:patrol_due", N_("Plan of patrols")))


@people_only
@require_GET
def patrol_due(request: HttpRequest) -> HttpResponse:
    """Overdue firms first; above them the communities with their patrollers and how much each owes."""
    person, world = who(request)
    at, region = world.seen_at, request.GET.get("region", "").replace("\0", "")[:12]
    view, grade = request.GET.get("view", "late"), request.GET.get("grade", "").replace("\0", "")
    scope = scope_of(person, at=at)
    ahead = at + timedelta(days=_rule("patrols.look_ahead_days", scope, at))
    asked = owing.Asked(scope, _every(scope, at), at, ahead, world.exercise_id, region)
    pages = Paginator(owing.Listed(asked, view, grade), ROWS).get_page(request.GET.get("page", "1"))
    counts = owing.counts(asked)
    context = {
        "here": "registers",
        "pages": pages, "rows": _lines(list(pages)), "view": view, "grade": grade, "region": region,
        "views": [(code, _(label), counts[code]) for code, label in VIEWS], "grades": GRADES,
        "query": f"view={view}&grade={grade}&region={region}", "communities": _communities(asked),
        "every": asked.every,
    }  # fmt: skip
    return render(request, "web/pages/patrol_due.html", context)


def _every(scope: Sequence[str], at: datetime) -> Mapping[str, Any]:
    return _rule("patrols.visit_every_days", scope, at) if scope else {}


def _rule(name: str, scope: Sequence[str], at: datetime) -> Any:
    """A rule of the widest region that one sees."""
    region = (scope[0] if scope else "").ljust(12, "0")
    return rulesets.value_of(name, region=region, at=at)


def _lines(rows: Sequence[owing.Owed]) -> list[dict[str, Any]]:
    sites = Site.objects.select_related("enterprise__organisation", "region").in_bulk(
        [row.site for row in rows]
    )
    return [
        {
            "row": row, "site": sites[row.site], "url": reverse("web:enterprise", args=[sites[row.site].enterprise_id]),
            "grade": "" if row.grade == UNCLASSED else row.grade,
        }
        for row in rows if row.site in sites
    ]  # fmt: skip


def _communities(asked: owing.Asked) -> list[dict[str, Any]]:
    """Community → firms, overdue, due within the week, and who walks it; those that owe most on top."""
    found = owing.communities(asked)
    codes = [each.region for each in found]
    walkers, names = _walkers(codes, asked.at), Region.objects.in_bulk(codes, field_name="code")
    return [
        {"region": names[each.region], "firms": each.firms, "late": each.late, "soon": each.soon,
         "walkers": walkers[each.region]}
        for each in found if each.region in names
    ][:200]  # fmt: skip


def _walkers(regions: Iterable[str], at: datetime) -> dict[str, list[Person]]:
    found: dict[str, list[Person]] = defaultdict(list)
    duties = Duty.objects.filter(
        in_force(at), kind="patroller", region__in=list(regions), person__active=True
    )
    for duty in duties.select_related("person").order_by("rank"):
        found[duty.region_id].append(duty.person)
    return found
