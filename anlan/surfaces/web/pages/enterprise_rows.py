"""One row of an archive: corrected by its form, or ended with a reason. The row stays with its end."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from anlan.domains.enterprises.actions import classing, correcting, hazards, registering, selfwork, staffing
from anlan.domains.enterprises.models import (
    Certificate,
    Facility,
    HazardUnit,
    KeyPerson,
    SelfCheckPost,
    Site,
    Substance,
    Tag,
    Tenancy,
)
from anlan.domains.enterprises.queries.tags import named as tag_names
from anlan.domains.enterprises.rules import words
from anlan.kernel.core import clock
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.words import N_
from anlan.kernel.domain.spec import Field
from anlan.surfaces.web import forms
from anlan.surfaces.web.pages.enterprise import firm_of
from anlan.surfaces.web.pages.enterprise_forms import (
    CHANGED,
    POSITION,
    dates,
    opt,
    own,
    site_choices,
    whole,
)
from anlan.surfaces.web.pages.records import regions_of
from anlan.surfaces.web.people import author_of, people_only
from anlan.surfaces.web.refusals import again
from anlan.surfaces.web.worlds import world_of

Facts = dict[str, Any]


# ---- corrections ----------------
@dataclass(frozen=True, slots=True)
class RowForm:
    """`fields` asks, with what stands in the row before; `act` writes what came back."""

    label: str
    model: Any
    path: str
    fields: Callable[[Any, datetime], Sequence[Field]]
    act: Callable[[Any, Facts, str, datetime], object]


def _site_fields(row: Site, at: datetime) -> Sequence[Field]:
    del row, at
    return (
        Field("name", N_("Name of the site")), Field("region", N_("Region"), "region"), opt("address", N_("Address")),
        *POSITION,
    )  # fmt: skip


def _unit_fields(row: HazardUnit, at: datetime) -> Sequence[Field]:
    del at
    return (
        Field("name", N_("Name of the unit")), opt("site", N_("Site"), "choice", choices=site_choices(row.enterprise)),
        opt("people_500m", N_("Persons within 500 m"), "number", help=N_("Beyond the boundary; 0 where nobody is.")),
        opt("filed_number", N_("Filing number")), opt("filed_on", N_("Filed on"), "date"),
        opt("assessed_on", N_("Last safety assessment"), "date"),
        CHANGED,
    )  # fmt: skip


def _substance_fields(row: Substance, at: datetime) -> Sequence[Field]:
    classes = hazards.tables_of(row.unit.enterprise, at).classes
    return (
        opt("cas", N_("CAS number")),
        opt("hazard_class", N_("Class of table 2"), "choice", choices=tuple((c, c) for c in classes),
            help=N_("Needed where the substance is not listed by name.")),
        opt("quantity_t", N_("Largest quantity by design, t"), "number"),
        CHANGED,
    )  # fmt: skip


def _change_unit(row: HazardUnit, facts: Facts, by: str, at: datetime) -> None:
    facts["site"] = own(Site, row.enterprise, facts.get("site") or "")
    correcting.change_unit(unit=row, by=by, at=at, **whole(facts, "people_500m"))


def _change_substance(row: Substance, facts: Facts, by: str, at: datetime) -> None:
    hazards.set_substance(unit=row.unit, name=row.name, by=by, at=at, **facts)


ROWS: dict[str, RowForm] = {
    "site": RowForm(N_("Site"), Site, "enterprise", _site_fields,
                    lambda row, facts, by, at: registering.change_site(site=row, by=by, at=at, **facts)),
    "unit": RowForm(N_("Unit with substances"), HazardUnit, "enterprise", _unit_fields, _change_unit),
    "substance": RowForm(N_("Substance"), Substance, "unit__enterprise", _substance_fields, _change_substance),
}  # fmt: skip


@people_only
@require_http_methods(["GET", "POST"])
def enterprise_row(request: HttpRequest, pk: UUID, what: str, row: UUID) -> HttpResponse:
    """Correct a site, a unit or a substance; what stands there is in the form, an emptied field means *none*."""
    firm, person, at = firm_of(request, pk)
    form = ROWS.get(what)
    if form is None:
        raise Http404
    found = _row(form.model, {form.path: firm.pk, "active": True}, row)
    asked = form.fields(found, at)
    page = {
        "here": "enterprises", "firm": firm, "title": f"{_(form.label)} · {found.name}", "section": what, "row": found,
        "fields": forms.inputs(asked, request.POST or _stands(found, asked)),
        "regions": regions_of(person, world_of(request)), "typed": request.POST, "refusal": None,
    }  # fmt: skip
    if request.method == "GET":
        return render(request, "web/pages/enterprise_form.html", page)
    try:
        facts = emptied(asked, dates(asked, forms.values(asked, request.POST)))
        form.act(found, facts, author_of(request).by, at)
    except Refused as refusal:
        return again(request, "web/pages/enterprise_form.html", page, refusal)
    messages.success(request, _("Recorded: {title}.").format(title=found.name))
    return redirect("web:enterprise", pk=firm.pk)


def _row(model: Any, where: Mapping[str, Any], key: UUID) -> Any:
    found = model.objects.filter(pk=key, **where).first()
    if found is None:
        raise Http404
    return found


def _stands(row: Any, asked: Sequence[Field]) -> dict[str, str]:
    known = {
        f.name: getattr(row, f"{f.name}_id" if f.kind == "region" or f.name == "site" else f.name, "")
        for f in asked
    }
    return {name: "" if value is None else str(value) for name, value in known.items()}


def emptied(asked: Sequence[Field], facts: Facts) -> Facts:
    """What the form left empty is emptied: the whole row stands in it."""
    none = {
        f.name: None if f.kind in ("number", "date") else ""
        for f in asked
        if not f.required and f.kind != "flag"
    }
    return none | facts


# ---- ends ----------------
MISTAKE = N_("Entered by mistake")
End = Callable[[Any, str, bool, str, datetime], object]


@dataclass(frozen=True, slots=True)
class Ending:
    """`picks`: two usual reasons beside the mistake; `act(row, why, change, by, at)`: change is at the firm itself."""

    label: str
    model: Any
    path: str
    open: Mapping[str, Any]
    picks: tuple[str, str]
    act: End


ENDS: dict[str, Ending] = {
    "person": Ending(N_("End the role"), KeyPerson, "enterprise", {"until": None},
                     (N_("Left the firm"), N_("Has another task now")),
                     lambda row, why, _c, by, at: staffing.end_person(row=row, why=why, by=by, at=at)),
    "certificate": Ending(N_("End the certificate"), Certificate, "enterprise", {"ended_on": None},
                          (N_("Its holder left"), N_("Revoked or handed back")),
                          lambda row, why, _c, by, at: staffing.end_certificate(row=row, why=why, by=by, at=at)),
    "facility": Ending(N_("End the facility"), Facility, "enterprise", {"active": True},
                       (N_("Taken down"), N_("Out of use for good")),
                       lambda row, why, _c, by, at: hazards.end_facility(row=row, why=why, by=by, at=at)),
    "unit": Ending(N_("End the unit"), HazardUnit, "enterprise", {"active": True},
                   (N_("Taken down"), N_("Out of use for good")),
                   lambda row, why, change, by, at: correcting.end_unit(
                       unit=row, why=why, change=change, by=by, at=at)),
    "substance": Ending(N_("End the substance"), Substance, "unit__enterprise", {"active": True},
                        (N_("No longer held"), N_("Another one took its place")),
                        lambda row, why, change, by, at: correcting.end_substance(
                            row=row, why=why, change=change, by=by, at=at)),
    "tag": Ending(N_("Take the tag off"), Tag, "enterprise", {"until": None},
                  (N_("No longer so"), N_("The campaign is over")),
                  lambda row, why, _c, by, at: registering.end_tag(tag=row, why=why, by=by, at=at)),
    "lease": Ending(N_("End the lease"), Tenancy, "building__enterprise", {"until": None},
                    (N_("Moved out"), N_("The lease ran out")),
                    lambda row, why, _c, by, at: classing.end_lease(row=row, why=why, by=by, at=at)),
    "post": Ending(N_("End the self-check post"), SelfCheckPost, "enterprise", {"active": True},
                   (N_("The post is no longer there"), N_("Joined with another post")),
                   lambda row, why, _c, by, at: selfwork.end_post(row=row, why=why, by=by, at=at)),
    "site": Ending(N_("Close the site"), Site, "enterprise", {"active": True},
                   (N_("Moved out"), N_("The building is gone")),
                   lambda row, why, _c, by, at: correcting.close_site(site=row, why=why, by=by, at=at)),
    "plate": Ending(N_("New door plate"), Site, "enterprise", {"active": True},
                    (N_("The plate is lost or unreadable"), N_("Somebody copied it")),
                    lambda row, why, _c, by, at: registering.new_plate_of(site=row, why=why, by=by, at=at)),
}  # fmt: skip


@people_only
@require_http_methods(["GET", "POST"])
def enterprise_end(request: HttpRequest, pk: UUID, what: str, row: UUID) -> HttpResponse:
    """End what no longer holds: three reasons to choose from, or one's own words."""
    firm, _person, at = firm_of(request, pk)
    end = ENDS.get(what)
    if end is None:
        raise Http404
    found = _row(end.model, {end.path: firm.pk, **end.open}, row)
    picks = [_(text) for text in (*end.picks, *(() if what == "plate" else (MISTAKE,)))]
    page = {
        "here": "enterprises", "firm": firm, "title": _(end.label), "about": name_of(found), "picks": picks,
        "typed": request.POST, "refusal": None,
    }  # fmt: skip
    if request.method == "GET":
        return render(request, "web/pages/enterprise_end.html", page)
    picked, own_words = request.POST.get("pick", ""), request.POST.get("why", "").strip()
    why = own_words or (picked if picked in picks else "")
    try:
        end.act(found, why, picked != _(MISTAKE), author_of(request).by, at)
    except Refused as refusal:
        return again(request, "web/pages/enterprise_end.html", page, refusal)
    messages.success(request, _("Recorded: {title}.").format(title=_(end.label)))
    return redirect("web:enterprise", pk=firm.pk)


def name_of(row: Any) -> str:
    """What a row is called on the page that ends it."""
    if isinstance(row, KeyPerson):
        return f"{row.person.name} · {_(words.label(words.ROLES, row.role))}"
    if isinstance(row, Certificate):
        return str(row.person.name)
    if isinstance(row, Tag):
        region = row.enterprise.organisation.region_id
        return tag_names([row.kind], region=region, at=clock.real_now())[row.kind]
    if isinstance(row, Tenancy):
        return str(row.tenant)
    return str(row.name)
