"""Enterprises: the list with its filters, and the lists the bureau asks for: certificates, principals, plates."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import segno
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from anlan.domains.enterprises.actions import registering
from anlan.domains.enterprises.models import Certificate, Enterprise
from anlan.domains.enterprises.queries import lists
from anlan.domains.enterprises.queries.archive import enterprise_for, tags_of
from anlan.domains.enterprises.queries.tags import choices
from anlan.domains.enterprises.queries.tags import named as tag_names
from anlan.domains.enterprises.rules import certificates as clocks
from anlan.domains.enterprises.rules import sectors, words
from anlan.kernel.core import clock, rulesets
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.fields import mask_phone
from anlan.kernel.core.words import N_
from anlan.kernel.core.workdays import local_day
from anlan.kernel.orgs.models import Person
from anlan.surfaces.web import forms
from anlan.surfaces.web.pages.enterprise_forms import IDENTITY, POSITION, cleared, dates, named, opt
from anlan.surfaces.web.pages.items import HERE
from anlan.surfaces.web.pages.records import ALSO, regions_of
from anlan.surfaces.web.people import author_of, people_only, person_of
from anlan.surfaces.web.refusals import again
from anlan.surfaces.web.worlds import world_of

ROWS = 50
CUTS = ("region", "sector", "grade", "tag", "status", "colour", "field", "view")
PLATES = 60  # on one sheet to print
HERE["enterprises"] = "enterprises"
ALSO["enterprises"] = (
    ("web:enterprises", N_("Enterprises")),
    ("web:enterprise_certificates", N_("Certificates running out")),
    ("web:enterprise_principals", N_("Principals and controllers")),
    ("web:enterprise_plates", N_("Door plates")),
    ("web:enterprise_comparisons", N_("Comparisons of lists")),
)
VIEWS = (
    ("incomplete", N_("Archive incomplete")),
    ("unsigned", N_("Class not signed")),
    ("long_zero", N_("Long-zero reporters")),
    ("no_commitment", N_("No commitment for today")),
)


def reader(request: HttpRequest) -> tuple[Person, datetime]:
    """Who looks, and the time. The archive is of the real world: a drill borrows it."""
    person = person_of(request)
    if person is None:
        raise Http404
    return person, clock.real_now()


@people_only
@require_GET
def enterprises(request: HttpRequest) -> HttpResponse:
    """The firms of one's regions, found by two characters, cut by region, sector, class, tag and status."""
    person, at = reader(request)
    asked = asked_of(request.GET)
    days = rulesets.value_of("enterprises.long_zero_days", region=settings.ANLAN_REGION, at=at)
    rows = lists.found(person, asked, at=at, zero_days=days)
    pages = Paginator(rows.order_by("organisation__name", "pk"), ROWS).get_page(request.GET.get("page", "1"))
    page = {
        "here": "enterprises",
        "asked": asked,
        "pages": pages,
        "rows": lines(list(pages)),
        "query": query_of(request),
        "filters": filters(person, request),
        "doors": _doors(person, at, days),
        "views": [(code, _(label)) for code, label in VIEWS],
        "own": person.organisation.kind == "enterprise",
        "sheet": "enterprises.firms",
        "csrf_filters": {"q": asked.words} | {name: getattr(asked, name) for name in CUTS},
    }
    return render(request, "web/pages/enterprises.html", page)


def asked_of(given: Mapping[str, Any]) -> lists.Asked:
    """The filters of an address; what is no value of a filter cuts nothing away by mistake."""
    cut = {name: str(given.get(name, ""))[:30] for name in CUTS}
    return lists.Asked(words=str(given.get("q", ""))[:60], **cut)


def filters(person: Person, request: HttpRequest) -> dict[str, Any]:
    """The choices of the filter line."""
    return {
        "regions": regions_of(person, world_of(request)),
        "sections": [(code, f"{code} {name}") for code, name in sectors.sections().items()],
        "grades": [(c, _(label)) for c, label in words.GRADES] + [("none", _("Not signed"))],
        "tags": choices(region=settings.ANLAN_REGION, at=clock.real_now()),
        "fields": [(c, _(label)) for c, label in words.FIELDS],
        "colours": [(c, _(label)) for c, label in words.COLOURS],
        "statuses": [("", _("In operation or suspended"))]
        + [(c, _(label)) for c, label in words.STATUSES]
        + [("all", _("Every status"))],
    }


def query_of(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()


def lines(firms: list[Enterprise]) -> list[dict[str, Any]]:
    """The rows of a page with their tags, read at once."""
    tags = tags_of([firm.pk for firm in firms])
    every = {kind for kinds in tags.values() for kind in kinds}
    names = tag_names(every, region=settings.ANLAN_REGION, at=clock.real_now())
    return [
        {
            "firm": firm,
            "tags": [names[kind] for kind in tags.get(firm.pk, [])],
            "sector": sectors.name_of(firm.sector),
            "status": _(words.label(words.STATUSES, firm.status)),
        }
        for firm in firms
    ]


def _doors(person: Person, at: datetime, days: int) -> list[tuple[Any, str, str]]:
    """Numbers on top, each opening the rows it counts."""
    every = lists.found(person, lists.Asked(status="operating"), at=at)
    n = every.count()
    whole = every.filter(profile=100).count()
    warn = rulesets.value_of("enterprises.certificate_warn_days", region=settings.ANLAN_REGION, at=at)
    late = lists.certificates(person, at=at, warn_days=warn, view="overdue").count()
    soon = lists.certificates(person, at=at, warn_days=warn, view="soon").count()
    return [
        (n, _("In operation"), "?status=operating"),
        (f"{whole * 100 / n:.1f}%" if n else None, _("Complete archives"), "?view=incomplete"),
        (late, _("Certificates overdue"), "certificates/?view=overdue"),
        (soon, _("Due in 60 days"), "certificates/?view=soon"),
        (lists.long_zero(every, at=at, days=days).count(), _("Long-zero reporters"), "?view=long_zero"),
        (lists.no_commitment(every, at=at).count(), _("No commitment for today"), "?view=no_commitment"),
    ]


@people_only
@require_http_methods(["GET", "POST"])
def enterprise_new(request: HttpRequest) -> HttpResponse:
    """Take a firm into the archive; 代录 by a patroller is marked by itself."""
    person, at = reader(request)
    if person.organisation.kind == "enterprise":
        raise Http404
    asked = (*IDENTITY, *(opt(f.name, f.label, f.kind) for f in POSITION))
    page = {
        "here": "enterprises",
        "title": _("Take a firm into the archive"),
        "fields": forms.inputs(asked, request.POST),
        "regions": regions_of(person, world_of(request)),
        "sectors": sectors.divisions().items(),
        "typed": request.POST,
        "refusal": None,
    }
    if request.method == "GET":
        return render(request, "web/pages/enterprise_form.html", page)
    try:
        author = author_of(request)
        facts = cleared(dates(asked, forms.values(asked, request.POST)))
        firm = registering.register(by=author.by, at=at, **facts)
    except Refused as refusal:
        return again(request, "web/pages/enterprise_form.html", page, refusal)
    return redirect("web:enterprise", pk=firm.pk)


# ---- lists by name ----------------
@people_only
@require_GET
def certificates(request: HttpRequest) -> HttpResponse:
    """Certificates by what runs out first: overdue, due in 60 days, all in force."""
    person, at = reader(request)
    warn = rulesets.value_of("enterprises.certificate_warn_days", region=settings.ANLAN_REGION, at=at)
    view = request.GET.get("view", "soon")
    region = request.GET.get("region", "")[:12]
    found = lists.certificates(person, at=at, warn_days=warn, view=view, region=region)
    pages = Paginator(found, ROWS).get_page(request.GET.get("page", "1"))
    trades = trade_names(at)
    page = {
        "here": "enterprises",
        "view": view,
        "region": region,
        "regions": regions_of(person, world_of(request)),
        "counts": [
            (code, label, lists.certificates(person, at=at, warn_days=warn, view=code, region=region).count())
            for code, label in (
                ("overdue", _("Overdue")),
                ("soon", _("Due in 60 days")),
                ("all", _("In force")),
            )
        ],
        "pages": pages,
        "query": query_of(request),
        "rows": [certificate_line(row, trades, at, warn) for row in pages],
    }
    return render(request, "web/pages/enterprise_certificates.html", page)


def trade_names(at: datetime) -> dict[str, str]:
    rows = rulesets.value_of("enterprises.trades", region=settings.ANLAN_REGION, at=at)
    return {row["code"]: named(row) for row in rows}


def certificate_line(row: Certificate, trades: Mapping[str, str], at: datetime, warn: int) -> dict[str, Any]:
    today = local_day(at)
    return {
        "row": row,
        "trade": trades.get(row.trade, row.trade),
        "standing": clocks.standing(row.due_on, today=today, warn_days=warn),
        "days": abs((row.due_on - today).days),
        "review": row.review_on == row.due_on,
    }


@people_only
@require_GET
def principals(request: HttpRequest) -> HttpResponse:
    """企业主要负责人、实际控制人名单."""
    person, at = reader(request)
    region = request.GET.get("region", "")[:12]
    pages = Paginator(lists.principals(person, at=at, region=region), ROWS).get_page(
        request.GET.get("page", "1")
    )
    page = {
        "here": "enterprises",
        "pages": pages,
        "region": region,
        "regions": regions_of(person, world_of(request)),
        "query": query_of(request),
        "rows": [(row, _(words.label(words.ROLES, row.role)), mask_phone(row.person.phone)) for row in pages],
    }
    return render(request, "web/pages/enterprise_principals.html", page)


@people_only
@require_GET
def plates(request: HttpRequest) -> HttpResponse:
    """Door plates to print: a QR code a site, which opens its duty card."""
    person, at = reader(request)
    region, firm = request.GET.get("region", "")[:12], request.GET.get("firm", "")
    try:
        key = enterprise_for(person, _uuid(firm), at=at).pk if firm else None
    except Refused:
        raise Http404 from None
    pages = Paginator(lists.plates(person, at=at, region=region, firm=key), PLATES).get_page(
        request.GET.get("page", "1")
    )
    page = {
        "here": "enterprises",
        "pages": pages,
        "region": region,
        "regions": regions_of(person, world_of(request)),
        "query": urlencode({k: v for k, v in (("region", region), ("firm", firm)) if v}),
        "plates": [(site, qr(f"{settings.ANLAN_PUBLIC_URL}/p/{site.plate}/")) for site in pages],
    }
    return render(request, "web/pages/enterprise_plates.html", page)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


def qr(text: str) -> str:
    """A QR code as an SVG picture to stand in a page; error correction M: plates get dirty."""
    return str(segno.make(text, error="m").svg_inline(scale=4, border=2, dark="#14211f", light="#ffffff"))
