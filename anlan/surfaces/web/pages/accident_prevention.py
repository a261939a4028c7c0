"""事故预防控制专项行动: goals set for a campaign, and the page that shows accidents beside what the campaign did."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from anlan.domains.accidents import actions
from anlan.domains.accidents.actions.preventing import KEEPERS
from anlan.domains.accidents.models import Accident, Prevention
from anlan.domains.accidents.queries.preventing import progress
from anlan.domains.accidents.rules import preventing, words
from anlan.domains.dangers.public import campaigns_at
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.words import N_
from anlan.kernel.loop.queries import visible_items
from anlan.kernel.loop.spec import Move
from anlan.kernel.orgs.queries import has_duty, scope_of
from anlan.kernel.places.models import Region
from anlan.kernel.places.regions import prefix_of
from anlan.surfaces.web.names import author_names
from anlan.surfaces.web.names import shown as named
from anlan.surfaces.web.pages.dangers import who
from anlan.surfaces.web.pages.items import CHOICES, EXTRAS, Shown, url_of
from anlan.surfaces.web.pages.records import ALSO
from anlan.surfaces.web.people import author_of, people_only
from anlan.surfaces.web.refusals import again

GOALS = {"accidents": N_("Accidents"), "dead": N_("Deaths in accidents")}
ALSO["accidents"] = (
    *ALSO.get("accidents", ()),
    ("web:accident_prevention", N_("Give a campaign accidents to prevent")),
)


@people_only
@require_http_methods(["GET", "POST"])
def prevention_new(request: HttpRequest) -> HttpResponse:
    """A running campaign, the accidents it is about, and at most how many there may be."""
    person, world = who(request)
    scope = scope_of(person, at=world.seen_at)
    region = next(iter(scope), "").ljust(12, "0")
    if not scope or not has_duty(person_id=person.pk, kinds=KEEPERS, region=region, at=world.seen_at):
        raise Http404
    typed = request.POST
    context = {
        "here": "registers", "typed": typed, "refusal": None,
        "campaigns": campaigns_at(region, at=world.now, exercise_id=world.exercise_id),
        "types": [(code, _(label)) for code, label in words.TYPES.items()],
        "sectors": [(code, f"{code} {_(label)}") for code, label in words.SECTORS.items()],
        "chosen": {*typed.getlist("types"), *typed.getlist("sectors")},
    }  # fmt: skip
    if request.method == "GET":
        return render(request, "web/pages/accident_prevention.html", context)
    try:
        item = actions.prevent(
            campaign=typed.get("campaign", ""), region=region, types=typed.getlist("types"),
            sectors=typed.getlist("sectors"), most_accidents=typed.get("most_accidents", "").strip(),
            most_dead=typed.get("most_dead", "").strip(), by=author_of(request).by, at=world.now,
            exercise_id=world.exercise_id,
        )  # fmt: skip
    except Refused as refusal:
        return again(request, "web/pages/accident_prevention.html", context, refusal)
    messages.success(request, _("Set. Accidents count from the first day of the campaign."))
    return redirect(url_of(item))


def _prevention(page: Shown) -> Mapping[str, Any]:
    row: Prevention = page.row
    known = progress(row, end=page.at, as_of=page.at)
    regions = Region.objects.in_bulk([line.region for line in known.streets])
    own = [each.pk for each in known.now]
    seen = visible_items(page.person, at=page.at).filter(pk__in=own).values("pk")
    told = list(row.warnings.select_related("street").order_by("happened_at", "pk"))
    return {
        "campaign_url": reverse("web:campaign", args=[row.campaign_id]),
        "kinds": [_(words.TYPES[code]) for code in row.types]
        + [_(words.SECTORS[code]) for code in row.sectors],
        "goals": [(_(GOALS[goal.code]), goal) for goal in known.goals],
        "streets": [(named(regions.get(line.region, line.region)), line) for line in known.streets],
        "accidents": [
            (each, url_of(each.item))
            for each in Accident.objects.filter(pk__in=seen)
            .select_related("item__region")
            .order_by("occurred_at")
        ],
        "warned": [(each, _(preventing.HOWS[each.how])) for each in told],
        "names": author_names(each.by for each in told),
    }


def _choices(page: Shown, move: Move) -> Mapping[str, Sequence[tuple[str, str]]]:
    if move.name != "warn":
        return {}
    rows = Region.objects.filter(level="street", code__startswith=prefix_of(page.item.region_id)).order_by(
        "code"
    )
    return {"street": [(row.code, named(row)) for row in rows]}


EXTRAS["accidents.prevention"] = _prevention
CHOICES["accidents.prevention"] = _choices
