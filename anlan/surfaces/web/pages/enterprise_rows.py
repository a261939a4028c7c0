"""One row of an archive: corrected by its form, or ended with a reason. The row stays with its end."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from anlan.domains.enterprises.actions import classing, correcting, hazards, registering, selfwork, staffing
from anlan.domains.enterprises.models import (
    Certificate,
    Enterprise,
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
from anlan.kernel.orgs.models import Person
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


# ---- the shape of both ----------------
@dataclass(frozen=True, slots=True, kw_only=True)
class RowForm:
    """A form about one row of a firm: for which rows it is, what its page shows, what it takes in and who writes that.

    `path` leads from the row to its firm; `ended` is the column that says when it ended (without one it is active or
    not). `act(row, facts, by, at)` writes what was taken in.
    """

    template: ClassVar[str]
    label: str
    model: Any
    act: Callable[[Any, Facts, str, datetime], object]
    path: str = "enterprise"
    ended: str = ""

    def row_of(self, firm: Enterprise, key: UUID) -> Any:
        stands: Facts = {self.ended: None} if self.ended else {"active": True}
        found = self.model.objects.filter(pk=key, **{self.path: firm.pk}, **stands).first()
        if found is None:
            raise Http404
        return found

    def shows(self, row: Any, request: HttpRequest, person: Person, at: datetime) -> Facts:
        raise NotImplementedError

    def takes(self, row: Any, request: HttpRequest, at: datetime) -> Facts:
        """What the form says; raises `Refused`."""
        raise NotImplementedError

    def told(self, row: Any) -> str:
        """What is said to be recorded."""
        raise NotImplementedError


def _page(
    forms_of: Mapping[str, RowForm], request: HttpRequest, pk: UUID, what: str, key: UUID
) -> HttpResponse:
    """The form, or what it says written down; refused, the form again with what was typed."""
    firm, person, at = firm_of(request, pk)
    form = forms_of.get(what)
    if form is None:
        raise Http404
    row = form.row_of(firm, key)
    page = {
        "here": "enterprises", "firm": firm, "section": what, "row": row, "typed": request.POST, "refusal": None,
        **form.shows(row, request, person, at),
    }  # fmt: skip
    if request.method == "GET":
        return render(request, form.template, page)
    try:
        form.act(row, form.takes(row, request, at), author_of(request).by, at)
    except Refused as refusal:
        return again(request, form.template, page, refusal)
    messages.success(request, _("Recorded: {title}.").format(title=form.told(row)))
    return redirect("web:enterprise", pk=firm.pk)


# ---- corrections ----------------
@dataclass(frozen=True, slots=True, kw_only=True)
class Correction(RowForm):
    """`fields` asks, with what stands in the row before; an emptied field means *none*."""

    template: ClassVar[str] = "web/pages/enterprise_form.html"
    fields: Callable[[Any, datetime], Sequence[Field]]

    def shows(self, row: Any, request: HttpRequest, person: Person, at: datetime) -> Facts:
        asked = self.fields(row, at)
        return {
            "title": f"{_(self.label)} · {row.name}",
            "fields": forms.inputs(asked, request.POST or _stands(row, asked)),
            "regions": regions_of(person, world_of(request)),
        }

    def takes(self, row: Any, request: HttpRequest, at: datetime) -> Facts:
        asked = self.fields(row, at)
        return emptied(asked, dates(asked, forms.values(asked, request.POST)))

    def told(self, row: Any) -> str:
        return str(row.name)


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


CORRECTIONS: dict[str, RowForm] = {
    "site": Correction(
        label=N_("Site"), model=Site, fields=_site_fields,
        act=lambda row, facts, by, at: registering.change_site(site=row, by=by, at=at, **facts)),
    "unit": Correction(label=N_("Unit with substances"), model=HazardUnit, fields=_unit_fields, act=_change_unit),
    "substance": Correction(
        label=N_("Substance"), model=Substance, path="unit__enterprise", fields=_substance_fields,
        act=_change_substance),
}  # fmt: skip


@people_only
@require_http_methods(["GET", "POST"])
def enterprise_row(request: HttpRequest, pk: UUID, what: str, row: UUID) -> HttpResponse:
    """Correct a site, a unit or a substance; what stands there is in the form."""
    return _page(CORRECTIONS, request, pk, what, row)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending(RowForm):
    """`picks`: the usual reasons, beside them the mistake where it may have been one; or one's own words.

    `act` is given `why`, and `change`: whether it changed at the firm itself.
    """

    template: ClassVar[str] = "web/pages/enterprise_end.html"
    picks: tuple[str, ...]
    mistakable: bool = True

    def shows(self, row: Any, request: HttpRequest, person: Person, at: datetime) -> Facts:
        del request, person, at
        return {"title": _(self.label), "about": name_of(row), "picks": self._reasons()}

    def takes(self, row: Any, request: HttpRequest, at: datetime) -> Facts:
        del row, at
        picked, own_words = request.POST.get("pick", ""), request.POST.get("why", "").strip()
        why = own_words or (picked if picked in self._reasons() else "")
        return {"why": why, "change": picked != _(MISTAKE)}

    def told(self, row: Any) -> str:
        del row
        return _(self.label)

    def _reasons(self) -> list[str]:
        return [_(text) for text in (*self.picks, *((MISTAKE,) if self.mistakable else ()))]


ENDS: dict[str, RowForm] = {
    "person": Ending(
        label=N_("End the role"), model=KeyPerson, ended="until",
        picks=(N_("Left the firm"), N_("Has another task now")),
        act=lambda row, said, by, at: staffing.end_person(row=row, why=said["why"], by=by, at=at)),
    "certificate": Ending(
        label=N_("End the certificate"), model=Certificate, ended="ended_on",
        picks=(N_("Its holder left"), N_("Revoked or handed back")),
        act=lambda row, said, by, at: staffing.end_certificate(row=row, why=said["why"], by=by, at=at)),
    "facility": Ending(
        label=N_("End the facility"), model=Facility,
        picks=(N_("Taken down"), N_("Out of use for good")),
        act=lambda row, said, by, at: hazards.end_facility(row=row, why=said["why"], by=by, at=at)),
    "unit": Ending(
        label=N_("End the unit"), model=HazardUnit,
        picks=(N_("Taken down"), N_("Out of use for good")),
        act=lambda row, said, by, at: correcting.end_unit(unit=row, by=by, at=at, **said)),
    "substance": Ending(
        label=N_("End the substance"), model=Substance, path="unit__enterprise",
        picks=(N_("No longer held"), N_("Another one took its place")),
        act=lambda row, said, by, at: correcting.end_substance(row=row, by=by, at=at, **said)),
    "tag": Ending(
        label=N_("Take the tag off"), model=Tag, ended="until",
        picks=(N_("No longer so"), N_("The campaign is over")),
        act=lambda row, said, by, at: registering.end_tag(tag=row, why=said["why"], by=by, at=at)),
    "lease": Ending(
        label=N_("End the lease"), model=Tenancy, path="building__enterprise", ended="until",
        picks=(N_("Moved out"), N_("The lease ran out")),
        act=lambda row, said, by, at: classing.end_lease(row=row, why=said["why"], by=by, at=at)),
    "post": Ending(
        label=N_("End the self-check post"), model=SelfCheckPost,
        picks=(N_("The post is no longer there"), N_("Joined with another post")),
        act=lambda row, said, by, at: selfwork.end_post(row=row, why=said["why"], by=by, at=at)),
    "site": Ending(
        label=N_("Close the site"), model=Site,
        picks=(N_("Moved out"), N_("The building is gone")),
        act=lambda row, said, by, at: correcting.close_site(site=row, why=said["why"], by=by, at=at)),
    "plate": Ending(
        label=N_("New door plate"), model=Site, mistakable=False,
        picks=(N_("The plate is lost or unreadable"), N_("Somebody copied it")),
        act=lambda row, said, by, at: registering.new_plate_of(site=row, why=said["why"], by=by, at=at)),
}  # fmt: skip


@people_only
@require_http_methods(["GET", "POST"])
def enterprise_end(request: HttpRequest, pk: UUID, what: str, row: UUID) -> HttpResponse:
    """End what no longer holds: reasons to choose from, or one's own words."""
    return _page(ENDS, request, pk, what, row)


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
