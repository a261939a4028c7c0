"""两个清单: problems are a view of the dangers, measures (制度措施) a register with lead unit and date."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.domains.dangers.domain import CATEGORIES
from anlan.domains.dangers.queries import visible_dangers
from anlan.domains.risks.actions import provisions as acts
from anlan.domains.risks.models import Provision
from anlan.kernel.core import clock
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.core.workdays import local_day
from anlan.kernel.orgs.models import Organisation, Person
from anlan.kernel.orgs.queries import has_duty, scope_of, visible_regions
from anlan.surfaces.web.pages.items import url_of
from anlan.surfaces.web.pages.risks import reader
from anlan.surfaces.web.people import author_of, people_only
from anlan.surfaces.web.refusals import again
from anlan.surfaces.web.worlds import world_of

LEADERS = (
    "street_safety_officer",
    "safety_section",
    "bureau_chief",
    "street_principal",
    "enforcement_officer",
)
PROBLEMS = 60
NO_DAY = reason("web.provision_day", N_("“{given}” is no day. Write it as 2026-07-03."))
NO_UNIT = reason("web.provision_unit", N_("Choose the unit that leads."))


@people_only
@require_GET
def provisions(request: HttpRequest) -> HttpResponse:
    """Both lists on one page: what was found wrong, and which rules and fixes were made against it."""
    return render(request, "web/pages/provisions.html", _page(request))


def _visible(person: Person) -> QuerySet[Provision]:
    rows = Provision.objects.filter(visible_regions(person, at=clock.real_now(), field="region_id"))
    return rows.select_related("lead_unit", "region").order_by("state", "due_on")


def _page(request: HttpRequest) -> dict[str, Any]:
    person, world = reader(request), world_of(request)
    dangers = visible_dangers(person, at=world.seen_at, exercise_id=world.exercise_id).filter(
        item__closed_at=None
    )
    kinds = dict(CATEGORIES)
    counted = dangers.order_by().values_list("category").annotate(n=Count("pk")).order_by("-n")
    today = local_day(world.seen_at)
    return {
        "here": "risks", "problems": [(row, url_of(row.item)) for row in dangers[:PROBLEMS]],
        "by_kind": [(_(kinds.get(code, code)), n) for code, n in counted],
        "measures": [
            {"row": row, "kind": _(acts.KINDS[row.kind]), "late": row.state == "planned" and row.due_on < today}
            for row in _visible(person)
        ],
        "kinds": [(code, _(label)) for code, label in acts.KINDS.items()], "leads": bool(_units(person)),
        "units": _units(person),
    }  # fmt: skip


def _units(person: Person) -> list[Organisation]:
    """The units of one's regions that may lead a measure; none where one leads nothing."""
    at = clock.real_now()
    if not any(
        has_duty(person_id=person.pk, kinds=LEADERS, region=p.ljust(12, "0"), at=at)
        for p in scope_of(person, at=at)
    ):
        return []
    rows = Organisation.objects.filter(visible_regions(person, at=at, field="region_id"), active=True)
    return list(
        rows.filter(kind__in=("bureau", "street", "member_unit", "headquarters")).order_by(
            "region_id", "name"
        )
    )


@people_only
@require_http_methods(["POST"])
def provision_new(request: HttpRequest) -> HttpResponse:
    """Put a measure on the list."""
    person, posted = reader(request), request.POST
    if not _units(person):
        raise Http404
    try:
        author = author_of(request)
        unit = next((u for u in _units(author) if str(u.pk) == posted.get("lead_unit", "")), None)
        if unit is None:
            raise Refused(NO_UNIT, field="lead_unit")
        acts.plan_provision(
            title=posted.get("title", ""), problem=posted.get("problem", ""), kind=posted.get("kind", "rule"),
            region=unit.region_id, lead_unit=unit, due_on=_day(posted.get("due_on", ""), "due_on"), by=author.by,
            at=clock.real_now(),
        )  # fmt: skip
    except Refused as refusal:
        return again(request, "web/pages/provisions.html", _page(request), refusal)
    messages.success(request, _("The measure stands on the list."))
    return redirect("web:provisions")


@people_only
@require_POST
def provision_issue(request: HttpRequest, pk: UUID) -> HttpResponse:
    """It was issued."""
    person = reader(request)
    row = _visible(person).filter(pk=pk).first()
    if row is None or not _units(person):
        raise Http404
    try:
        author = author_of(request)
        acts.issue_provision(
            provision_id=row.pk, issued_on=_day(request.POST.get("issued_on", ""), "issued_on"),
            document=request.POST.get("document", ""), by=author.by, at=clock.real_now(),
        )  # fmt: skip
    except Refused as refusal:
        return again(request, "web/pages/provisions.html", _page(request), refusal)
    return redirect("web:provisions")


def _day(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Refused(NO_DAY, field=field, given=text[:20]) from None
