"""The plan of patrols at the desk: which firms are due by their class, community by community, and whose they are."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anlan.domains.enterprises.models import Site
from anlan.domains.patrols.queries.visits import last_by_site
from anlan.domains.patrols.rules import UNCLASSED, due_at
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


@dataclass(frozen=True, slots=True)
class Owed:
    """A site with when its next visit is due by its class, and when the last one was."""

    site: UUID
    region: str
    grade: str
    due_at: datetime
    last: datetime | None


@people_only
@require_GET
def patrol_due(request: HttpRequest) -> HttpResponse:
    """Overdue firms first; above them the communities with their patrollers and how much each owes."""
    person, world = who(request)
    at, region = world.seen_at, request.GET.get("region", "")[:12]
    view, grade = request.GET.get("view", "late"), request.GET.get("grade", "")
    scope = scope_of(person, at=at)
    everything = owed(scope, at=at, exercise_id=world.exercise_id)
    ahead = at + timedelta(days=_rule("patrols.look_ahead_days", scope, at))
    here = [row for row in everything if not region or row.region.startswith(region.rstrip("0") or "0")]
    rows = [row for row in _cut(here, view, at, ahead) if not grade or row.grade == grade]
    pages = Paginator(rows, ROWS).get_page(request.GET.get("page", "1"))
    context = {
        "here": "registers",
        "pages": pages, "rows": _lines(list(pages)), "view": view, "grade": grade, "region": region,
        "views": [(code, _(label), len(_cut(here, code, at, ahead))) for code, label in VIEWS], "grades": GRADES,
        "query": f"view={view}&grade={grade}&region={region}", "communities": _communities(everything, at, ahead),
        "every": _every(scope, at),
    }  # fmt: skip
    return render(request, "web/pages/patrol_due.html", context)


def owed(scope: Sequence[str], *, at: datetime, exercise_id: UUID | None) -> list[Owed]:
    """Every site in operation of some regions, what is due first on top."""
    if not scope:
        return []
    sites = Site.objects.filter(active=True).exclude(enterprise__status__in=("closed", "moved"))
    last = last_by_site(scope, exercise_id=exercise_id)
    every = _every(scope, at)
    found = []
    for prefix in scope:
        rows = sites.filter(region__code__startswith=prefix)
        for pk, region, grade, since in rows.values_list(
            "pk", "region_id", "enterprise__grade", "created_at"
        ):
            due = due_at(grade=grade, last=last.get(pk), since=since, every_days=every)
            found.append(Owed(pk, region, grade or UNCLASSED, due, last.get(pk)))
    return sorted(found, key=lambda row: (row.due_at, str(row.site)))


def _every(scope: Sequence[str], at: datetime) -> Mapping[str, Any]:
    return _rule("patrols.visit_every_days", scope, at) if scope else {}


def _rule(name: str, scope: Sequence[str], at: datetime) -> Any:
    """A rule of the widest region that one sees."""
    region = (scope[0] if scope else "").ljust(12, "0")
    return rulesets.value_of(name, region=region, at=at)


def _cut(rows: Sequence[Owed], view: str, at: datetime, ahead: datetime) -> list[Owed]:
    if view == "soon":
        return [row for row in rows if at <= row.due_at <= ahead]
    if view == "never":
        return [row for row in rows if row.last is None]
    return [row for row in rows if row.due_at < at]


def _lines(rows: Sequence[Owed]) -> list[dict[str, Any]]:
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


def _communities(rows: Iterable[Owed], at: datetime, ahead: datetime) -> list[dict[str, Any]]:
    """Community → firms, overdue, due within the week, and who walks it; those that owe most on top."""
    firms: Counter[str] = Counter()
    late: Counter[str] = Counter()
    soon: Counter[str] = Counter()
    for row in rows:
        firms[row.region] += 1
        late[row.region] += row.due_at < at
        soon[row.region] += at <= row.due_at <= ahead
    walkers = _walkers(firms, at)
    names = Region.objects.in_bulk(list(firms), field_name="code")
    order = sorted(firms, key=lambda code: (-late[code], -soon[code], code))
    return [
        {"region": names[code], "firms": firms[code], "late": late[code], "soon": soon[code], "walkers": walkers[code]}
        for code in order if code in names
    ][:200]  # fmt: skip


def _walkers(regions: Iterable[str], at: datetime) -> dict[str, list[Person]]:
    found: dict[str, list[Person]] = defaultdict(list)
    duties = Duty.objects.filter(
        in_force(at), kind="patroller", region__in=list(regions), person__active=True
    )
    for duty in duties.select_related("person").order_by("rank"):
        found[duty.region_id].append(duty.person)
    return found
