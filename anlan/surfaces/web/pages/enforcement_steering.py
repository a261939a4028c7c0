"""四个一律、五个一批 by month and of one matter; officers with their certificates and recusals; a case handed over."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from anlan.domains.enforcement.actions import officers as acts
from anlan.domains.enforcement.actions import referring
from anlan.domains.enforcement.actions import strict as marking
from anlan.domains.enforcement.domain import RECORDS
from anlan.domains.enforcement.models import Case, OfficerCertificate, Recusal, StrictMark
from anlan.domains.enforcement.queries import months, plans, strict
from anlan.domains.enforcement.queries.strict import Strict
from anlan.kernel.core import clock
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.words import N_
from anlan.kernel.domain.spec import Field
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.loop.queries import item_for, visible_items
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import has_duty, scope_of
from anlan.kernel.places.models import Region
from anlan.kernel.places.regions import prefix_of
from anlan.surfaces.web import forms
from anlan.surfaces.web.names import author_names
from anlan.surfaces.web.pages.enforcement import asked_month
from anlan.surfaces.web.pages.enforcement_forms import who
from anlan.surfaces.web.pages.items import shown, url_of
from anlan.surfaces.web.pages.records import ALSO
from anlan.surfaces.web.people import author_of, people_only
from anlan.surfaces.web.refusals import again
from anlan.surfaces.web.spans import BAD_DAY
from anlan.surfaces.web.times import local
from anlan.surfaces.web.worlds import World

KEEPERS = ("safety_section", "bureau_chief")
SOON = timedelta(days=60)
LISTS = {"four": N_("Four “all”"), "five": N_("Five “batches”")}
ALSO["enforcement"] = (
    *ALSO.get("enforcement", ()),
    ("web:enforcement_strict", N_("Four “all”, five “batches” by month")),
    ("web:enforcement_officers", N_("Officers: certificates and recusal")),
)


# ---- four all, five batches ----------------
def named(known: Strict) -> str:
    return known.name_en if (get_language() or "zh").startswith("en") else known.name


@people_only
@require_GET
def strict_month(request: HttpRequest) -> HttpResponse:
    """The month by street and measure; each number opens to its matters below."""
    person, world = who(request)
    scope = scope_of(person, at=world.seen_at)
    if not scope:
        raise Http404
    region = scope[0].ljust(12, "0")
    start, end = months.month_of(asked_month(request, world))
    asked: dict[str, Any] = {
        "region": region,
        "start": start,
        "end": end,
        "as_of": world.now,
        "exercise_id": world.exercise_id,
    }
    known = strict.measures(region=region, at=start)
    rows = strict.marked(**asked)
    lines = strict.by_street(rows)
    names = dict(Region.objects.filter(code__in=lines).values_list("code", "name"))
    kind, street = request.GET.get("measure", ""), request.GET.get("street", "")
    context = {
        "here": "registers", "start": start, "before": start - timedelta(days=1),
        "after": end if end <= world.now else None, "measures": [(each, named(each)) for each in known],
        "heads": [(_(label), sum(1 for each in known if each.kind == code)) for code, label in LISTS.items()],
        "streets": [
            {"code": code, "name": names.get(code, code),
             "cells": [(each, named(each), line.get(each.code, 0)) for each in known]}
            for code, line in sorted(lines.items())
        ],
        "sums": [(each, sum(line.get(each.code, 0) for line in lines.values())) for each in known],
        "rows": _matters(rows, person, world, kind, street), "measure": kind, "street": street,
    }  # fmt: skip
    return render(request, "web/pages/enforcement_strict.html", context)


def _matters(rows: Any, person: Person, world: World, measure: str, street: str) -> list[dict[str, Any]]:
    if measure:
        rows = rows.filter(measure=measure)
    if street:
        rows = rows.filter(item__region__code__startswith=street[:9])
    seen = visible_items(person, at=world.seen_at).values("pk")
    return [
        {"mark": row, "item": row.item, "url": url_of(row.item)}
        for row in rows.filter(item__in=seen).select_related("item__region")[:200]
    ]


def marks_of(item: WorkItem, person: Person, at: datetime) -> dict[str, Any]:
    """What the page of a matter shows: its marks, what its rows point to, and whether the reader may mark."""
    known = strict.measures(region=item.region_id, at=at)
    return {
        "strict_marks": list(strict.marks_of(item)),
        "strict_pointed": [named(each) for each in strict.pointed_to(item, known)],
        "strict_url": reverse("web:enforcement_strict_mark", args=[item.pk]),
        "strict_may": has_duty(person_id=person.pk, kinds=marking.MARKERS, region=item.region_id, at=at),
    }


@people_only
@require_http_methods(["GET", "POST"])
def strict_mark(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say under which measure a matter falls, or take it back."""
    person, world = who(request)
    try:
        item = item_for(person, pk, at=clock.real_now())
    except Refused:
        raise Http404 from None
    if item.loop not in strict.MATTERS:
        raise Http404
    context = _marking(item, person, world)
    if not context["strict_may"]:
        raise Http404
    if request.method == "GET":
        return render(request, "web/pages/enforcement_mark.html", context)
    try:
        _mark(request, item, world)
    except Refused as refusal:
        return again(request, "web/pages/enforcement_mark.html", context, refusal)
    return redirect(url_of(item))


def _marking(item: WorkItem, person: Person, world: World) -> dict[str, Any]:
    known = strict.measures(region=item.region_id, at=world.now)
    rows = list(StrictMark.objects.filter(item=item).order_by("marked_at", "pk"))
    return {
        "here": "registers", "item": item, "back": url_of(item), "rows": rows,
        "names": author_names([row.by for row in rows]), "typed": {}, "refusal": None,
        "groups": [
            (_(label), [(each.code, named(each)) for each in known if each.kind == kind])
            for kind, label in LISTS.items()
        ],
        **marks_of(item, person, world.now),
    }  # fmt: skip


def _mark(request: HttpRequest, item: WorkItem, world: World) -> None:
    by = author_of(request).by
    if given := request.POST.get("back", ""):
        row = (
            StrictMark.objects.select_related("item")
            .filter(pk=_uuid(given), item=item, taken_back_at=None)
            .first()
        )
        if row is None:
            raise Http404
        marking.take_back(row=row, why=request.POST.get("why_back", ""), by=by, at=world.now)
        messages.success(request, _("Taken back; the row stays with its reason."))
        return
    marking.mark(
        item=item, measure=request.POST.get("measure", ""), why=request.POST.get("why", ""), by=by, at=world.now,
        happened_at=forms.happened_of(request.POST),
    )  # fmt: skip
    messages.success(request, _("Marked; it stands in the table of the month."))


def _uuid(given: str) -> UUID:
    try:
        return UUID(given)
    except ValueError:
        raise Http404 from None


# ---- officers ----------------
CERTIFY = (
    Field("person", N_("Officer"), "person"),
    Field("number", N_("Number of the certificate")),
    Field("issued_by", N_("Issued by"), required=False),
)
RECUSE = (
    Field("person", N_("Officer"), "person"),
    Field("organisation", N_("Firm"), "organisation"),
    Field("why", N_("Why")),
)


@people_only
@require_http_methods(["GET", "POST"])
def officers(request: HttpRequest) -> HttpResponse:
    """Who may check: certificates with their last day, and who keeps out of which firm; the section enters both."""
    person, world = who(request)
    scope = scope_of(person, at=world.seen_at)
    if not scope:
        raise Http404
    region = scope[0].ljust(12, "0")
    may = has_duty(person_id=person.pk, kinds=KEEPERS, region=region, at=world.seen_at)
    context = _officers(request, region, may, world)
    if request.method == "GET":
        return render(request, "web/pages/enforcement_officers.html", context)
    if not may:
        raise Http404
    try:
        said = _entered(request, region, world)
    except Refused as refusal:
        page = context | {"at_form": request.POST.get("what", "")}
        return again(request, "web/pages/enforcement_officers.html", page, refusal)
    messages.success(request, said)
    return redirect("web:enforcement_officers")


def _officers(request: HttpRequest, region: str, may: bool, world: World) -> dict[str, Any]:
    people = plans.officers_in(region, at=world.now)
    rows = OfficerCertificate.objects.filter(person__in=people).select_related("person").order_by("valid_to")
    held: dict[UUID, OfficerCertificate] = {row.person_id: row for row in rows}
    today = local(world.now).date()
    out = Recusal.objects.filter(person__in=people).exclude(until__lt=today)
    return {
        "here": "registers", "may": may, "today": today, "soon": today + SOON, "typed": request.POST, "refusal": None,
        "rows": [(each, held.get(each.pk)) for each in people],
        "recusals": out.select_related("person", "organisation").order_by("person__name", "since"),
        "certify": forms.inputs(CERTIFY, request.POST if request.POST.get("what") == "certify" else {}),
        "recuse": forms.inputs(RECUSE, request.POST if request.POST.get("what") == "recuse" else {}),
    }  # fmt: skip


def _entered(request: HttpRequest, region: str, world: World) -> str:
    """One of the three forms of the page; returns what to tell."""
    by, typed = author_of(request).by, request.POST
    if typed.get("what") == "end":
        row = (
            OfficerCertificate.objects.select_related("person__organisation")
            .filter(pk=_uuid(typed.get("row", "")))
            .first()
        )
        if row is None or not _under(row.person, region):
            raise Http404
        acts.end_certificate(row=row, on=_day(typed, "on"), why=typed.get("why", ""), by=by, at=world.now)
        return _("The certificate ends on that day.")
    if typed.get("what") == "recuse":
        given = forms.values(RECUSE, typed)
        until = _day(typed, "until") if typed.get("until") else None
        acts.recuse(
            person=_person(given["person"], region), organisation=given["organisation"], why=given["why"],
            since=_day(typed, "since"), until=until, by=by, at=world.now,
        )  # fmt: skip
        return _("The officer keeps out of that firm from the day on.")
    given = forms.values(CERTIFY, typed)
    acts.certify(
        person=_person(given["person"], region), number=given["number"], issued_by=given.get("issued_by", ""),
        valid_from=_day(typed, "valid_from"), valid_to=_day(typed, "valid_to"), by=by, at=world.now,
    )  # fmt: skip
    return _("Registered. The officer may check from its first day on.")


def _day(typed: Mapping[str, Any], name: str) -> Any:
    """A day out of a form, or `Refused` with its field."""
    given = str(typed.get(name, "")).strip()
    try:
        found = parse_date(given)
    except ValueError:
        found = None
    if found is None:
        raise Refused(BAD_DAY, field=name, given=given or "—")
    return found


def _person(given: str, region: str) -> Person:
    """Somebody of an office of this region; anybody else is not there."""
    found = (
        Person.objects.select_related("organisation").filter(pk=_uuid(given.removeprefix("person:"))).first()
    )
    if found is None or not _under(found, region):
        raise Refused(forms.NOT_PICKED, field="person", label=_("Officer"))
    return found


def _under(person: Person, region: str) -> bool:
    return person.organisation.region_id.startswith(prefix_of(region))


# ---- a case is handed over ----------------
REFER = tuple(
    field
    for record in RECORDS
    if record.loop.name == "enforcement.referral"
    for field in record.opening
    if field.name != "organisation"
)


@people_only
@require_http_methods(["GET", "POST"])
def refer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """行刑衔接 out of a case: its firm and region stand there already."""
    page = shown(request, "enforcement", "case", pk)
    may = has_duty(person_id=page.person.pk, kinds=marking.MARKERS, region=page.item.region_id, at=page.at)
    if not may or not isinstance(page.row, Case):
        raise Http404
    typed = request.POST or {"offence": page.row.cause}
    context = {
        "here": "registers", "item": page.item, "back": url_of(page.item), "label": _("Hand over to the police"),
        "fields": forms.inputs(REFER, typed), "typed": typed, "refusal": None, "of_case": True,
    }  # fmt: skip
    if request.method == "GET":
        return render(request, "web/pages/enforcement_from.html", context)
    try:
        facts = forms.values(REFER, request.POST)
        made = referring.refer(
            case=page.item, by=author_of(request).by, at=page.at, happened_at=forms.happened_of(request.POST),
            exercise_id=page.item.exercise_id, **facts,
        )  # fmt: skip
    except Refused as refusal:
        return again(request, "web/pages/enforcement_from.html", context, refusal)
    messages.success(request, _("Recorded: {title}.").format(title=made.title))
    return redirect(url_of(made))
