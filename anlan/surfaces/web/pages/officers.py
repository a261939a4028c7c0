"""The roster of patrollers: communities, time there, this month's visits, scores, and whose turn it is to move."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anlan.domains.patrols import rules
from anlan.domains.patrols.models import Score
from anlan.domains.patrols.queries.officers import joint_checks, last_scores, officers_in, visits_since
from anlan.kernel.core import clock
from anlan.kernel.core.words import N_
from anlan.kernel.orgs.queries import scope_of
from anlan.kernel.places.models import Region
from anlan.surfaces.web.pages.items import EXTRAS, Shown, url_of
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
    names = dict(
        Region.objects.filter(code__in={f"{o.region[:9]}000" for o in shown}).values_list("code", "name")
    )
    context = {
        "here": "registers", "view": view,
        "rows": [
            {
                "officer": each, "street": names.get(f"{each.region[:9]}000", ""),
                "visits": visits.get(each.person.pk, 0),
                "scores": [(url_of(row.item), f"{row.month:%Y-%m}", stands)
                           for row, stands in scores.get(each.person.pk, [])],
            }
            for each in shown
        ],
        "n": len(found), "rotate": sum(1 for each in found if each.to_rotate),
        "open": Score.objects.filter(item__closed_at=None, person__in=[o.person.pk for o in found]).count(),
        "joint": joint_checks(person, half=rules.half_of(timezone.localdate(at))[0], at=at),
    }  # fmt: skip
    return render(request, "web/pages/officers.html", context)


def score_extra(page: Shown) -> dict[str, Any]:
    """The lines of a score in words."""
    return {
        "lines": [
            line | {"label": _(rules.SCORED.get(line["code"], line["code"]))} for line in page.row.lines
        ],
        "stands": page.row.signed if page.row.signed is not None else page.row.proposed,
    }


EXTRAS["patrols.score"] = score_extra
