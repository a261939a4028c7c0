"""分租式厂房四项机制 at the desk: how many buildings of a street have each of the four, and which lack one."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anlan.domains.enterprises.queries import four
from anlan.domains.enterprises.rules import words
from anlan.kernel.core.words import N_
from anlan.kernel.places.models import Region
from anlan.surfaces.web.pages.enterprises import reader
from anlan.surfaces.web.pages.records import ALSO
from anlan.surfaces.web.people import people_only

MOST = 200
LABELS = {
    "pledge": N_("Fire pledge in force"),
    "colour": N_("Three-colour tag signed"),
    "points": N_("Points of the park kept"),
    "devices": N_("Alarms and detectors working"),
}
ALSO["enterprises"] = (*ALSO["enterprises"], ("web:multi_tenant", N_("Multi-tenant buildings: the four")))


@people_only
@require_GET
def multi_tenant(request: HttpRequest) -> HttpResponse:
    """The four by street; `lacks` and `street` open the buildings behind a number."""
    person, at = reader(request)
    lacks, street = request.GET.get("lacks", ""), request.GET.get("street", "")[:12]
    every = four.buildings(person, at=at)
    cut = [each for each in every if (not street or each.street == street) and _wanted(each, lacks)]
    streets = four.by_street(every)
    names = dict(Region.objects.filter(code__in=[row.code for row in streets]).values_list("code", "name"))
    page: dict[str, Any] = {
        "here": "enterprises", "heads": [(code, _(label)) for code, label in LABELS.items()],
        "rows": [
            {
                "street": row, "name": names.get(row.code, row.code),
                "cells": [(code, row.having[code], row.buildings - row.having[code]) for code in four.FOUR],
            }
            for row in streets
        ],
        "n": len(every), "whole": sum(row.whole for row in streets), "devices": sum(row.devices for row in streets),
        "broken": sum(row.broken for row in streets), "found": len(cut),
        "shown": [
            {
                "row": each, "lacks": [_(LABELS[code]) for code in each.lacks],
                "colour": _(words.label(words.COLOURS, each.firm.colour)) if each.firm.colour else "",
            }
            for each in cut[:MOST]
        ],
    }  # fmt: skip
    return render(request, "web/pages/multi_tenant.html", page)


def _wanted(each: four.Building, lacks: str) -> bool:
    """Whether a building stands behind a number: one of the four that it lacks, none of them, a device out of order."""
    if lacks == "none":
        return not each.lacks
    if lacks == "broken":
        return each.broken > 0
    return not lacks or lacks in each.lacks
