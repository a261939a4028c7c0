"""What is entered on a campaign's page: tasks by year, the three things of a month, figures street by street."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from anlan.domains.dangers import actions, rules
from anlan.domains.dangers.loop import DISTRICT, MONTH, TASK
from anlan.domains.dangers.models import Campaign, CampaignFigure
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.domain.spec import Field
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import has_duty
from anlan.kernel.places.models import Region
from anlan.kernel.places.regions import prefix_of
from anlan.surfaces.web import forms
from anlan.surfaces.web.pages.campaign_rows import campaign_for
from anlan.surfaces.web.pages.items import url_of
from anlan.surfaces.web.people import author_of, people_only
from anlan.surfaces.web.worlds import World

BAD_DAY = reason("web.figure_day", N_("“{given}” is no day of the calendar. Write it as 2026-07-03."))
ENTERERS = (*DISTRICT, "street_safety_officer", "enforcement_officer")
MONTHS = {"bulletin": N_("Bulletin"), "meet": N_("Meeting"), "inspect": N_("Month inspection")}


def parts_of(row: Campaign, person: Person, world: World) -> dict[str, Any]:
    """Tasks, months and entered figures as the campaign's page shows them; forms for those who may."""
    at = world.seen_at
    streets = Region.objects.filter(code__startswith=prefix_of(row.item.region_id), level="street").order_by(
        "code"
    )
    mine = [
        street for street in streets if has_duty(person_id=person.pk, kinds=ENTERERS, region=street.pk, at=at)
    ]
    return {
        "tasks": [
            {"row": task, "item": task.item, "url": url_of(task.item), "state": _(TASK.states[task.item.state])}
            for task in row.tasks.select_related("item", "lead").order_by("year", "item__due_at")
        ],
        "months": [
            {"row": each, "item": each.item, "url": url_of(each.item), "state": _(MONTH.states[each.item.state]),
             "there": [(_(label), name not in each.lacks()) for name, label in MONTHS.items()]}
            for each in row.months.select_related("item").order_by("-month")[:12]
        ],
        "entered": [
            {"row": each, "label": _(rules.ENTERED[each.name])}
            for each in row.figures.filter(corrected_by=None).select_related("region").order_by("-last", "-at")[:30]
        ],
        "entry_streets": mine,
        "entry_names": [(code, _(label)) for code, label in rules.ENTERED.items()],
        "leads": has_duty(person_id=person.pk, kinds=DISTRICT, region=row.item.region_id, at=at),
    }  # fmt: skip


def _act(
    request: HttpRequest, pk: UUID, do: Callable[[Campaign, str, World], str], *, leading: bool
) -> HttpResponse:
    row, person, world = campaign_for(request, pk)
    kinds = DISTRICT if leading else ENTERERS
    region = row.item.region_id if leading else str(request.POST.get("street", ""))[:12]
    if not has_duty(person_id=person.pk, kinds=kinds, region=region, at=world.seen_at):
        raise Http404
    try:
        messages.success(request, do(row, author_of(request).by, world))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("web:campaign", pk)


@people_only
@require_POST
def campaign_task(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A task of the campaign for a year."""

    def do(row: Campaign, by: str, world: World) -> str:
        asked = (
            Field("text", _("Task")), Field("year", _("Year"), "number"), Field("due_by", _("Due"), "datetime"),
            Field("lead", _("Lead unit"), "organisation", required=False),
        )  # fmt: skip
        facts = forms.values(asked, request.POST)
        actions.add_task(campaign=row, by=by, at=world.now, exercise_id=world.exercise_id, **facts)
        return _("The task stands on the list.")

    return _act(request, pk, do, leading=True)


@people_only
@require_POST
def campaign_month(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Open the running month's three things."""

    def do(row: Campaign, by: str, world: World) -> str:
        actions.open_month(campaign=row, month=world.now, by=by, at=world.now)
        return _("The month is open.")

    return _act(request, pk, do, leading=True)


@people_only
@require_POST
def campaign_figure(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Enter a figure of a street, or put another in the place of a wrong one."""
    posted = request.POST

    def do(row: Campaign, by: str, world: World) -> str:
        wrong = posted.get("corrects", "")
        actions.enter_figure(
            campaign=row, street=posted.get("street", ""), name=posted.get("name", ""), value=posted.get("value", ""),
            first=_day(posted, "first"), last=_day(posted, "last"), source=posted.get("source", ""), by=by,
            at=world.now, corrects=_wrong(row, wrong) if wrong else None, why=posted.get("why", ""),
        )  # fmt: skip
        return _("The figure is entered.")

    return _act(request, pk, do, leading=False)


def _wrong(row: Campaign, key: str) -> CampaignFigure:
    try:
        found = row.figures.filter(pk=UUID(key)).first()
    except ValueError:
        found = None
    if found is None:
        raise Http404
    return found


def _day(posted: Mapping[str, Any], name: str) -> date:
    given = str(posted.get(name, ""))
    try:
        parsed = parse_date(given)
    except ValueError:
        parsed = None
    if parsed is None:
        raise Refused(BAD_DAY, field=name, given=given[:20])
    return parsed
