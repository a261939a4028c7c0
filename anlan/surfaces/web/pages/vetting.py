"""核查意见: pages for its named keepers alone. To others they are not there; at a shared watch seat to nobody."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.domains.assessments.actions import vetting as acts
from anlan.domains.assessments.models import VettingBatch, VettingSubject
from anlan.domains.assessments.queries import vetting as queries
from anlan.kernel.core.errors import Refused
from anlan.kernel.orgs.models import Person
from anlan.surfaces.web.names import author_names
from anlan.surfaces.web.pages.assessments import day
from anlan.surfaces.web.people import author_of, people_only, person_of, seat_at
from anlan.surfaces.web.refusals import again
from anlan.surfaces.web.worlds import World, world_of


def _keeper(request: HttpRequest) -> tuple[Person, World, list[str]]:
    person, world = person_of(request), world_of(request)
    regions = queries.kept_regions(person.by, at=world.seen_at) if person is not None else []
    if person is None or not regions or seat_at(request) is not None:
        raise Http404
    return person, world, regions


def _batch(request: HttpRequest, pk: UUID) -> VettingBatch:
    person, world, _regions = _keeper(request)
    found = (
        queries.batches_for(person.by, at=world.seen_at, exercise_id=world.exercise_id).filter(pk=pk).first()
    )
    if found is None:
        raise Http404
    return found


@never_cache
@people_only
@require_http_methods(["GET", "POST"])
def batches(request: HttpRequest) -> HttpResponse:
    """The requests one keeps; a new one is taken in and looked back upon at once."""
    person, world, regions = _keeper(request)
    rows = queries.batches_for(person.by, at=world.seen_at, exercise_id=world.exercise_id)
    page: dict[str, Any] = {
        "here": "registers", "rows": [(row, *queries.progress_of(row)) for row in rows], "refusal": None,
    }  # fmt: skip
    if request.method == "GET":
        return render(request, "web/pages/vetting.html", page)
    posted = request.POST
    try:
        batch = acts.open_batch(
            title=posted.get("title", ""), purpose=posted.get("purpose", ""), asked_by=posted.get("asked_by", ""),
            named=acts.read_lines(posted.get("names", "")), first=day(request, "first"), last=day(request, "last"),
            due_on=day(request, "due_on"), region=regions[0], by=author_of(request).by, at=world.now,
            exercise_id=world.exercise_id,
        )  # fmt: skip
    except Refused as refusal:
        return again(request, "web/pages/vetting.html", page, refusal)
    messages.success(request, _("Taken in and looked back upon. Each name waits for an opinion."))
    return redirect("web:vetting_batch", pk=batch.pk)


@never_cache
@people_only
@require_GET
def batch(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The names of a request with what stands against each. Opening this page is written down."""
    return render(request, "web/pages/vetting_batch.html", _names(request, _batch(request, pk)))


def _names(request: HttpRequest, row: VettingBatch) -> dict[str, Any]:
    person, world, _regions = _keeper(request)
    looked = acts.read_batch(batch=row, by=person.by, at=world.now)
    readings = list(row.readings.order_by("-at")[:20])
    many, signed = queries.progress_of(row)
    opinions = [each.opinion.by for each in looked if each.opinion is not None]
    return {
        "here": "registers",
        "batch": row,
        "looked": looked,
        "many": many,
        "signed": signed,
        "clear": sum(1 for each in looked if each.subject.unit and not each.traces and each.opinion is None),
        "readings": readings,
        "names": author_names([reading.by for reading in readings] + opinions + [row.by]),
        "refusal": None,
    }


def _subject(request: HttpRequest, pk: UUID, subject: UUID) -> VettingSubject:
    found = (
        VettingSubject.objects.select_related("batch").filter(pk=subject, batch=_batch(request, pk)).first()
    )
    if found is None:
        raise Http404
    return found


@never_cache
@people_only
@require_POST
def sign(request: HttpRequest, pk: UUID, subject: UUID) -> HttpResponse:
    """Sign an opinion on one name."""
    row = _subject(request, pk, subject)
    try:
        acts.sign_opinion(
            subject=row, opinion=request.POST.get("opinion", ""), words=request.POST.get("words", ""),
            by=author_of(request).by, at=world_of(request).now,
        )  # fmt: skip
    except Refused as refusal:
        page = {**_names(request, row.batch), "at_subject": row.pk}
        return again(request, "web/pages/vetting_batch.html", page, refusal)
    messages.success(request, _("Signed."))
    return redirect("web:vetting_batch", pk=pk)


@never_cache
@people_only
@require_POST
def clear(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Sign *no objection* for all against whom nothing stands."""
    many = acts.sign_clear(batch=_batch(request, pk), by=author_of(request).by, at=world_of(request).now)
    messages.success(request, _("Signed for {n} names.").format(n=many))
    return redirect("web:vetting_batch", pk=pk)


@never_cache
@people_only
@require_POST
def line(request: HttpRequest, pk: UUID, subject: UUID) -> HttpResponse:
    """Write down by hand what no register of ours holds."""
    row = _subject(request, pk, subject)
    try:
        acts.add_trace(
            subject=row, happened_on=day(request, "on"), words=request.POST.get("words", ""),
            by=author_of(request).by, at=world_of(request).now,
        )  # fmt: skip
    except Refused as refusal:
        page = {**_names(request, row.batch), "at_subject": row.pk}
        return again(request, "web/pages/vetting_batch.html", page, refusal)
    messages.success(request, _("Written down."))
    return redirect("web:vetting_batch", pk=pk)
