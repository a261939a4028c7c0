"""The archive of one firm: one calm page, its forms, and the ends of what no longer holds."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.domains.enterprises.actions import classing
from anlan.domains.enterprises.actions.common import SIGNERS, check_keeper
from anlan.domains.enterprises.models import (
    Certificate,
    Enterprise,
    Facility,
    HazardUnit,
    History,
    KeyPerson,
    PlanFiling,
    SelfCheck,
    SelfCheckPost,
    Site,
    Tag,
    Tenancy,
)
from anlan.domains.enterprises.queries import lists
from anlan.domains.enterprises.queries.archive import enterprise_for, people_of
from anlan.domains.enterprises.queries.known import last_lacks, standard_grade
from anlan.domains.enterprises.queries.restricted import hits_of
from anlan.domains.enterprises.queries.tags import named as tag_names
from anlan.domains.enterprises.rules import sectors, words
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.fields import mask_phone
from anlan.kernel.core.words import N_
from anlan.kernel.core.workdays import local_day
from anlan.kernel.orgs.actions import make_sign_in_link
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import has_duty
from anlan.surfaces.web import forms
from anlan.surfaces.web.names import author_names
from anlan.surfaces.web.pages.enterprise_forms import FORMS, IDENTITY, besides_of, dates, doors_of, of_kind
from anlan.surfaces.web.pages.enterprise_shown import SHOWN, others_of, sketch, visits_of
from anlan.surfaces.web.pages.enterprises import certificate_line, qr, reader, trade_names
from anlan.surfaces.web.pages.items import url_of
from anlan.surfaces.web.pages.records import regions_of
from anlan.surfaces.web.people import author_of, people_only
from anlan.surfaces.web.refusals import again
from anlan.surfaces.web.worlds import world_of

MISSING_FORM = {  # what lacks → the form that fills it
    "uscc": "identity", "sector": "identity", "scale": "identity", "site": "site", "principal": "person",
    "controller": "person", "safety_manager": "person", "posts": "post", "units": "substance",
    "people_500m": "unit", "facilities": "facility", "leases": "lease",
}  # fmt: skip
SAID = {
    "status": (N_("Status"), words.STATUSES),
    "grade": (N_("Class A to D"), words.GRADES),
    "colour": (N_("Three-colour tag"), words.COLOURS),
    "hazard_grade": (N_("Grade by GB 18218"), words.HAZARD_GRADES),
    "standard": (N_("Standardisation"), words.STANDARD_GRADES),
    "profile": (N_("Completeness"), ()),
}
FACTS = {  # weights of the class in words
    "hazard_1": N_("Major hazard installation, level one"), "hazard_2": N_("Major hazard installation, level two"),
    "hazard_3": N_("Major hazard installation, level three"), "hazard_4": N_("Major hazard installation, level four"),
    "dust_30_workers": N_("Thirty or more workers in dust"), "staff_300": N_("Three hundred or more staff"),
    "certificates_overdue": N_("Certificates overdue"), "profile_lacks": N_("Missing in the archive"),
    "self_checks_missed": N_("Self-checks missed in 90 days"),
    "long_zero": N_("No danger of its own reported for 90 days"),
    "major_danger_open": N_("Major dangers open"), "standard_1": N_("Standardisation, grade one"),
    "standard_2": N_("Standardisation, grade two"), "standard_3": N_("Standardisation, grade three"),
}  # fmt: skip


def firm_of(request: HttpRequest, pk: UUID) -> tuple[Enterprise, Person, datetime]:
    """Fetch and authorise; what is not yours is not there."""
    person, at = reader(request)
    try:
        return enterprise_for(person, pk, at=at), person, at
    except Refused:
        raise Http404 from None


@people_only
@require_GET
def enterprise(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The archive: identity, sites, people, hazards, class and why, dealings, and what is missing."""
    firm, person, at = firm_of(request, pk)
    signs = has_duty(person_id=person.pk, kinds=SIGNERS, region=firm.organisation.region_id, at=at)
    world, identity = world_of(request), _identity(firm, at)
    page = {
        "here": "enterprises",
        "firm": firm,
        "own": person.organisation_id == firm.pk,
        "signs": signs,
        "status": _(words.label(words.STATUSES, firm.status)),
        "sector": sectors.name_of(firm.sector),
        "lacks": _lacking(firm),
        **_weighed(firm, at),
        **identity,
        **_people(firm, at),
        **_hazards(firm, at),
        **_dealings(firm, at),
        **others_of(firm, world.exercise_id),
        "visits": visits_of(firm, person, world),
        "drawn": sketch(firm, identity["sites"]),
        "graph": f"{reverse('web:knowledge')}?{urlencode({'at': f'enterprises.firm:{firm.pk}'})}",
        "history": _history(firm),
    }
    return render(request, "web/pages/enterprise.html", page)


def _lacking(firm: Enterprise) -> list[tuple[str, str]]:
    """What lacks, and the address of the form that fills it: that of the row where one is there already."""
    rows = doors_of(firm)
    return [
        (
            _(words.label(words.SECTIONS, code)),
            reverse("web:enterprise_row", args=[firm.pk, *rows[code]])
            if code in rows
            else reverse("web:enterprise_edit", args=[firm.pk, MISSING_FORM[code]]),
        )
        for code in last_lacks(firm)
    ]


def _weighed(firm: Enterprise, at: datetime) -> dict[str, Any]:
    """What the weights say now, and why; beside it what the signature rests on."""
    proposed = classing.proposed_class(firm, besides=besides_of(firm), at=at)
    return {
        "proposed": proposed,
        "weighed": [(_fact(why.fact), why.count, why.points) for why in proposed.reasons],
        "reasons": [(_fact(why["fact"]), why["count"], why["points"]) for why in firm.grade_reasons],
    }


def _fact(code: str) -> str:
    return _(FACTS.get(code) or words.label(words.TAGS, code))


def _identity(firm: Enterprise, at: datetime) -> dict[str, Any]:
    tags = Tag.objects.filter(enterprise=firm, until=None).order_by("since")
    sites = Site.objects.filter(enterprise=firm, active=True)
    names = tag_names((tag.kind for tag in tags), region=firm.organisation.region_id, at=at)
    return {
        "sites": list(sites.select_related("region").order_by("created_at")),
        "tags": [(tag, names[tag.kind]) for tag in tags],
        "field": _(words.label(words.FIELDS, firm.field)) if firm.field else "",
        "scale": _(words.label(words.SCALES, firm.scale)) if firm.scale else "",
        "colour": _(words.label(words.COLOURS, firm.colour)) if firm.colour else "",
        "tenancies": Tenancy.objects.filter(building__enterprise=firm, until=None).select_related(
            "tenant__organisation", "building")[:200],
        "leases": Tenancy.objects.filter(tenant=firm, until=None).select_related("building__enterprise__organisation"),
        "points": lists.points_of(firm),
        "is_park": any(tag.kind in ("park", "multi_tenant") for tag in tags),
    }  # fmt: skip


def _people(firm: Enterprise, at: datetime) -> dict[str, Any]:
    held = [
        (k, _(words.label(words.ROLES, k.role)), mask_phone(k.person.phone) if k.person.phone else "")
        for k in people_of(firm.pk)
    ]
    rows = (
        Certificate.objects.filter(enterprise=firm, ended_on=None).select_related("person").order_by("due_on")
    )
    warn = rulesets.value_of("enterprises.certificate_warn_days", region=firm.organisation.region_id, at=at)
    trades = trade_names(at)
    lines = [certificate_line(row, trades, at, warn) for row in rows[:100]]
    urgent = [line for line in lines if line["standing"] != "good"]
    return {
        "people": held,
        "certificates": urgent,
        "certificates_rest": [x for x in lines if x not in urgent],
    }


def _hazards(firm: Enterprise, at: datetime) -> dict[str, Any]:
    units = (
        HazardUnit.objects.filter(enterprise=firm, active=True)
        .prefetch_related("substances")
        .order_by("name")
    )
    said = History.objects.filter(enterprise=firm, kind="hazard_grade").order_by("at", "pk")
    last = {row.subject: row.facts for row in said}
    facilities = Facility.objects.filter(enterprise=firm, active=True).order_by("kind", "name")
    grade = standard_grade(firm.pk, local_day(at))
    substances, obsolete = hits_of(firm, at=at)
    return {
        "units": [_unit(unit, last.get(unit.pk, {})) for unit in units],
        "restricted": [(hit, _(words.label(words.HELD, hit.how))) for hit in substances],
        "obsolete": obsolete,
        "facilities": [(row, _(words.label(words.FACILITIES, row.kind)), _facts(row)) for row in facilities],
        "standard": _(words.label(words.STANDARD_GRADES, grade)) if grade else "",
        "standards": firm.standardisations.order_by("-valid_to")[:3],
    }  # fmt: skip


def _unit(unit: HazardUnit, working: Mapping[str, Any]) -> dict[str, Any]:
    held = sorted((each for each in unit.substances.all() if each.active), key=lambda each: each.name)
    return {
        "unit": unit, "grade": _(words.label(words.HAZARD_GRADES, unit.grade)), "working": working,
        "why": _why(working),
        "held": [(each, "" if each.quantity_t is None else f"{each.quantity_t.normalize():f}") for each in held],
    }  # fmt: skip


def _why(working: Mapping[str, Any]) -> str:
    """Why a unit's grade could not be computed, in words."""
    code = working.get("why", "")
    return str(Refused(code, **working.get("facts", {}))) if code else ""


def _facts(row: Facility) -> str:
    known = {code: (label, unit) for code, label, unit in words.FACILITY_FACTS.get(row.kind, ())}
    said = [(known[k], v) for k, v in row.facts.items() if k in known and v not in ("", None)]
    return " · ".join(f"{_(label)} {value}{' ' + _(unit) if unit else ''}" for (label, unit), value in said)


def _dealings(firm: Enterprise, at: datetime) -> dict[str, Any]:
    plans = (
        PlanFiling.objects.filter(enterprise=firm).select_related("item").order_by("-item__opened_at")[:SHOWN]
    )
    due = (
        SelfCheck.objects.filter(enterprise=firm, item__closed_at=None)
        .select_related("item", "post")
        .order_by("due_by")
    )
    done = (
        SelfCheck.objects.filter(enterprise=firm, item__state="done")
        .select_related("item", "post")
        .order_by("-item__closed_at")
    )
    states = {code: _(label) for code, label in FILING_STATES.items()}
    return {
        "plans": [(row, url_of(row.item), states.get(row.item.state, row.item.state)) for row in plans],
        "due": [(row, url_of(row.item)) for row in due[:SHOWN]],
        "done": done[:5],
        "posts": [(p, _(words.label(words.LEVELS, p.level)), _(words.label(words.RHYTHMS, p.rhythm)))
                  for p in SelfCheckPost.objects.filter(enterprise=firm, active=True).order_by("level", "name")],
        "commitment": firm.commitments.filter(start__lte=local_day(at)).order_by("-posted_at").first(),
        "today": local_day(at),
    }  # fmt: skip


def _history(firm: Enterprise) -> list[dict[str, Any]]:
    rows = list(History.objects.filter(enterprise=firm).exclude(kind="profile").order_by("-at", "-pk")[:20])
    names = author_names(row.by for row in rows)
    return [
        {
            "row": row,
            "label": _(SAID[row.kind][0]) if row.kind in SAID else row.kind,
            "value": _(words.label(SAID[row.kind][1], row.value)) if row.kind in SAID else row.value,
            "by": names.get(row.by, ""),
            "why": _why(row.facts) if row.kind == "hazard_grade" else row.facts.get("why", ""),
        }
        for row in rows
    ]


FILING_STATES = {
    "due": N_("To be filed by the firm"), "submitted": N_("Handed in, being checked"),
    "lacking": N_("Told once what lacks"), "completed": N_("Completed, being checked"), "filed": N_("Filed"),
    "withdrawn": N_("Withdrawn"),
}  # fmt: skip


# ---- forms ----------------
@people_only
@require_http_methods(["GET", "POST"])
def enterprise_edit(request: HttpRequest, pk: UUID, section: str) -> HttpResponse:
    """The form of one section, and the act behind it."""
    firm, person, at = firm_of(request, pk)
    form = FORMS.get(section)
    if form is None:
        raise Http404
    asked = form.fields(firm, at)
    kind = request.POST.get("kind") or request.GET.get("kind", "") if section == "facility" else ""
    if section == "facility":
        asked = of_kind(asked, kind)
    page = {
        "here": "enterprises",
        "firm": firm,
        "title": _(form.label),
        "section": section,
        **(_weighed(firm, at) if section == "class" else {}),
        "fields": forms.inputs(
            asked, request.POST or _stands(firm, section) | ({"kind": kind} if kind else {})
        ),
        "kinds": [(code, _(label)) for code, label in words.FACILITIES]
        if section == "facility" and not kind
        else (),
        "regions": regions_of(person, world_of(request)),
        "sectors": sectors.divisions().items() if section == "identity" else (),
        "typed": request.POST,
        "refusal": None,
    }
    if request.method == "GET":
        return render(request, "web/pages/enterprise_form.html", page)
    try:
        author = author_of(request)
        form.act(firm, dates(asked, forms.values(asked, request.POST)), author.by, at)
    except Refused as refusal:
        return again(request, "web/pages/enterprise_form.html", page, refusal)
    messages.success(request, _("Recorded: {title}.").format(title=_(form.label)))
    return redirect("web:enterprise", pk=firm.pk)


def _stands(firm: Enterprise, section: str) -> dict[str, str]:
    """What stands already, so that nobody types what the archive knows."""
    if section == "policy":
        return {"policy": firm.policy}
    if section in ("facility", "substance"):
        return {"change": "on"}
    if section in ("site", "class"):
        return {"region": firm.organisation.region_id, "grade": firm.grade}
    if section != "identity":
        return {}
    organisation = firm.organisation
    own = {f.name: getattr(firm, f.name, None) for f in IDENTITY}
    own |= {"name": organisation.name, "uscc": organisation.uscc, "region": organisation.region_id}
    return {name: "" if value is None else str(value) for name, value in own.items()}


@people_only
@require_POST
def enterprise_enter(request: HttpRequest, pk: UUID, row: UUID) -> HttpResponse:
    """A code to be scanned by one of the firm's people: it lets that person in once, for thirty minutes."""
    firm, person, at = firm_of(request, pk)
    held = KeyPerson.objects.filter(enterprise=firm, pk=row, until=None).select_related("person").first()
    if held is None or not held.person.active or person.organisation_id == firm.pk:
        raise Http404
    try:
        check_keeper(firm, by=author_of(request).by, at=at)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("web:enterprise", pk=firm.pk)
    token = make_sign_in_link(person=held.person, by=person.by, at=at, minutes=30)
    page = {
        "here": "enterprises",
        "firm": firm,
        "held": held,
        "code": qr(f"{settings.ANLAN_PUBLIC_URL}/in/{token}/"),
    }
    return render(request, "web/pages/enterprise_enter.html", page)
