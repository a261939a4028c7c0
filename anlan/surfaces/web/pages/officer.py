"""One patroller: grounds and since when, courses and what is owed, scores with the rows behind each point."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.domains.patrols import rules
from anlan.domains.patrols.actions import training as acts
from anlan.domains.patrols.models import Rotation, Training, TrainingDue
from anlan.domains.patrols.queries import training
from anlan.domains.patrols.queries.officers import Officer, officers_in
from anlan.domains.patrols.queries.performance import scores_of
from anlan.kernel.core import clock
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.words import N_
from anlan.kernel.core.workdays import local_day
from anlan.kernel.domain.spec import Field
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import has_duty, scope_of
from anlan.surfaces.web import forms, handed_in
from anlan.surfaces.web.pages.enterprise_forms import dates, opt
from anlan.surfaces.web.pages.items import url_of
from anlan.surfaces.web.pages.records import ALSO
from anlan.surfaces.web.people import author_of, people_only, person_of
from anlan.surfaces.web.refusals import again

ALSO["patrols"] = (*ALSO.get("patrols", ()), ("web:officer_training", N_("Training of patrollers")))
COURSE: tuple[Field, ...] = (
    Field("name", N_("Course")),
    Field("kind", N_("Kind of course"), "choice", choices=tuple(rules.COURSE_KINDS.items())),
    Field("held_on", N_("Held on"), "date"),
    Field("hours", N_("Class hours"), "number", help=N_("Of 45 minutes.")),
    Field("result", N_("Outcome"), "choice", choices=tuple(rules.RESULTS.items())),
    opt("organiser", N_("Held by")),
    opt("certificate", N_("Number of the certificate")),
    opt(
        "valid_until",
        N_("Valid until"),
        "date",
        help=N_("Where the certificate has an end: its clock is kept."),
    ),
)


def _staff(request: HttpRequest) -> tuple[Person, datetime]:
    """Who looks: somebody of an office, not of a firm."""
    person = person_of(request)
    if person is None or person.organisation.kind == "enterprise":
        raise Http404
    return person, clock.real_now()


def _one(request: HttpRequest, pk: UUID) -> tuple[Person, list[Officer], Person, datetime]:
    """A patroller of one's regions, or oneself; anybody else is not there."""
    reader, at = _staff(request)
    grounds = [each for each in officers_in(scope_of(reader, at=at), at=at) if each.person.pk == pk]
    found = Person.objects.select_related("organisation").filter(pk=pk, active=True).first()
    if found is None or not (grounds or pk == reader.pk):
        raise Http404
    return found, grounds, reader, at


@people_only
@require_GET
def me(request: HttpRequest) -> HttpResponse:
    """The patroller's own page, wherever they are: the field app opens it."""
    person, _at = _staff(request)
    return render(request, "web/pages/officer.html", _page(request, *_one(request, person.pk)))


@people_only
@require_http_methods(["GET", "POST"])
def officer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The page of one patroller; the office enters courses on it."""
    one, grounds, reader, at = _one(request, pk)
    if request.method == "GET":
        return render(request, "web/pages/officer.html", _page(request, one, grounds, reader, at))
    by = author_of(request).by
    try:
        given = dates(COURSE, forms.values(COURSE, request.POST))
        given["file"] = handed_in.one_kept(request, "file", by=by)
        acts.enter(acts.Course(**given), person=one, by=by, at=at)
    except Refused as refusal:
        return again(request, "web/pages/officer.html", _page(request, one, grounds, reader, at), refusal)
    messages.success(request, _("The course stands in the record."))
    return redirect("web:officer", pk)


def _page(
    request: HttpRequest, one: Person, grounds: list[Officer], reader: Person, at: datetime
) -> dict[str, Any]:
    keeps = one.pk != reader.pk and any(
        has_duty(person_id=reader.pk, kinds=acts.KEEPERS, region=region, at=at)
        for region in training.regions_of(one)
    )
    open_rotations = Rotation.objects.filter(person=one, item__closed_at=None).select_related("item")
    return {
        "here": "registers", "one": one, "me": one.pk == reader.pk, "keeps": keeps,
        "grounds": grounds, "rotations": {row.duty_id: url_of(row.item) for row in open_rotations},
        "standing": training.standings([one], at=at)[one.pk], "today": local_day(at),
        "owed": [
            (row, url_of(row.item))
            for row in TrainingDue.objects.filter(person=one, item__closed_at=None).select_related("item")
        ],
        "courses": training.courses_of(one), "scores": [(row, url_of(row.item)) for row in scores_of(one)[:24]],
        "fields": forms.inputs(COURSE, request.POST) if keeps else [], "typed": request.POST, "refusal": None,
    }  # fmt: skip


@people_only
@require_POST
def course_strike(request: HttpRequest, pk: UUID, row: UUID) -> HttpResponse:
    """A course that was entered wrongly counts no more."""
    one, grounds, reader, at = _one(request, pk)
    found = Training.objects.select_related("person__organisation").filter(pk=row, person=one).first()
    if found is None:
        raise Http404
    try:
        acts.strike_out(row=found, why=request.POST.get("why", ""), by=author_of(request).by, at=at)
    except Refused as refusal:
        return again(request, "web/pages/officer.html", _page(request, one, grounds, reader, at), refusal)
    messages.success(request, _("Struck out; the line itself stays."))
    return redirect("web:officer", pk)


@people_only
@require_GET
def officer_training(request: HttpRequest) -> HttpResponse:
    """Who is short of hours and by when, whose certificate runs out; who lacks most first."""
    reader, at = _staff(request)
    officers = {each.person.pk: each for each in officers_in(scope_of(reader, at=at), at=at)}
    standings = training.standings([each.person for each in officers.values()], at=at)
    short = [each for each in standings.values() if each.lacks]
    view = request.GET.get("view", "")
    shown = sorted(
        standings.values() if view == "all" else short,
        key=lambda s: (-len(s.overdue), -s.short, s.person.name),
    )
    page = {
        "here": "registers", "view": view, "rows": [(each, officers[each.person.pk]) for each in shown],
        "n": len(standings), "short": sum(1 for each in short if each.short),
        "overdue": sum(1 for each in short if each.overdue), "soon": sum(1 for each in short if each.running_out),
        "today": local_day(at),
    }  # fmt: skip
    return render(request, "web/pages/officer_training.html", page)
