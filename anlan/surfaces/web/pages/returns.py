"""Forms of upper levels (上级报表): filled from our rows, copied field by field, marked as entered, read back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anlan.domains.returns.actions import opening
from anlan.domains.returns.loop import RETURN
from anlan.domains.returns.models import Return
from anlan.domains.returns.queries import records
from anlan.domains.returns.queries.reading import Known
from anlan.domains.returns.rules import periods
from anlan.domains.returns.rules.forms import Form, forms
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.words import N_
from anlan.kernel.indicators.spans import Span
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.loop.queries import visible_items
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import region_in_scope
from anlan.surfaces.web.pages.items import HERE, PAGES
from anlan.surfaces.web.pages.records import ALSO, regions_of
from anlan.surfaces.web.pages.responses import who
from anlan.surfaces.web.people import people_only
from anlan.surfaces.web.worlds import World

LISTED_DAYS, MATTERS = 62, 12


@dataclass(frozen=True, slots=True)
class Asked:
    """A form for a region and its days or its matter, as the address says it."""

    form: Form
    region: str
    span: Span
    matter: WorkItem | None
    person: Person
    world: World

    @property
    def query(self) -> str:
        said = {"region": self.region, "day": f"{self.span.last:%F}"}
        return urlencode(said if self.matter is None else {"of": str(self.matter.pk)})

    @property
    def url(self) -> str:
        return f"{reverse('web:return_form', args=[self.form.code])}?{self.query}"

    def known(self, at: datetime) -> Known:
        return Known(self.form, self.region, self.span, at, self.world.exercise_id, self.matter)


def asked(request: HttpRequest, code: str) -> Asked:
    """What the address asks for; a region or a matter that is not the reader's is not there."""
    person, world = who(request)
    form = forms().get(code)
    if form is None or person.organisation.kind == "enterprise":
        raise Http404
    said = request.POST if request.method == "POST" else request.GET
    try:
        if form.about == "matter":
            return _about_matter(form, said.get("of", ""), person, world)
        region = region_in_scope(person, said.get("region", ""), at=world.seen_at)
    except Refused:
        raise Http404 from None
    return Asked(form, region, _days(form, said.get("day", ""), world), None, person, world)


def _about_matter(form: Form, given: str, person: Person, world: World) -> Asked:
    try:
        pk = UUID(given)
    except ValueError:
        raise Http404 from None
    matter = visible_items(person, at=world.seen_at).filter(pk=pk, exercise_id=world.exercise_id).first()
    if matter is None:
        raise Http404
    opening.check_matter(form, matter)
    region = region_in_scope(person, opening.county_of(matter.region_id), at=world.seen_at)
    return Asked(form, region, opening.span_about(form, matter), matter, person, world)


def _days(form: Form, given: str, world: World) -> Span:
    today = timezone.localdate(world.now)
    try:
        day = parse_date(given)
    except ValueError:
        day = None
    if day is None:
        return periods.last_ended(form, today)
    if not 1990 < day.year < 2200:
        raise Http404
    return periods.span_of(form, min(day, today))


def english() -> bool:
    return (translation.get_language() or "").startswith("en")


def named(form: Form) -> dict[str, str]:
    """A form's words in the reader's language, its own Chinese title beside."""
    if english():
        return {
            "label": form.english,
            "other": form.label,
            "upper": form.upper_english,
            "system": form.system_english,
        }
    return {"label": form.label, "other": form.english, "upper": form.upper, "system": form.system}


# ---- the list ----------------
@people_only
@require_GET
def returns(request: HttpRequest) -> HttpResponse:
    """Every form with what is due, and the matters that one may be asked for about."""
    person, world = who(request)
    if person.organisation.kind == "enterprise":
        raise Http404
    try:
        region = region_in_scope(person, request.GET.get("region", ""), at=world.seen_at)
    except Refused:
        raise Http404 from None
    since = timezone.localdate(world.now) - timedelta(days=LISTED_DAYS)
    rows = list(records.of_days(region=region, since=since, exercise_id=world.exercise_id))
    page = {
        "here": "numbers",
        "forms": [_entry(form, region, person, world) for form in forms().values()],
        "due": [_line(row) for row in rows if row.item.closed_at is None],
        "done": [_line(row) for row in rows if row.item.closed_at is not None][:20],
        "late": sum(1 for row in rows if row.item.state == "due" and row.due_at < world.now),
        "region": region,
        "regions": regions_of(person, world),
    }
    return render(request, "web/returns/returns.html", page)


def _entry(form: Form, region: str, person: Person, world: World) -> dict[str, Any]:
    found: dict[str, Any] = {"form": form, **named(form), "fields": len(form.columns)}
    if form.about == "span":
        span = periods.last_ended(form, timezone.localdate(world.now))
        query = urlencode({"region": region, "day": f"{span.last:%F}"})
        found["url"] = f"{reverse('web:return_form', args=[form.code])}?{query}"
        return found
    items = visible_items(person, at=world.seen_at).filter(
        loop="incidents.incident" if form.period == "incident" else "responses.response",
        exercise_id=world.exercise_id, region__code__startswith=region[:6],
    )  # fmt: skip
    if form.only:
        items = items.filter(incidents_incident__event_class=form.only)
    items = items.exclude(state__in=("merged", "dismissed")).order_by("-opened_at")[:MATTERS]
    found["matters"] = [
        (f"{reverse('web:return_form', args=[form.code])}?of={item.pk}", item) for item in items
    ]
    return found


def _line(row: Return) -> dict[str, Any]:
    form = forms().get(row.form)
    return {
        "row": row, "item": row.item, "url": reverse("web:return_item", args=[row.pk]),
        "label": named(form)["label"] if form else row.form,
        "state": _(RETURN.states[row.item.state]),
    }  # fmt: skip


@people_only
@require_GET
def return_item(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The page of a return is its form."""
    person, world = who(request)
    item = visible_items(person, at=world.seen_at).filter(pk=pk, loop=records.LOOP).first()
    if item is None:
        raise Http404
    row = Return.objects.select_related("subject").get(pk=pk)
    query = (
        {"of": str(row.subject_id)} if row.subject_id else {"region": item.region_id, "day": f"{row.last:%F}"}
    )
    return redirect(f"{reverse('web:return_form', args=[row.form])}?{urlencode(query)}")


PAGES["returns.return"] = "web:return_item"
HERE["returns"] = "numbers"
ALSO["returns"] = (("web:returns", N_("Forms of upper levels")),)
