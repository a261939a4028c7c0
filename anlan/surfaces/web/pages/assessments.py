"""Assessments: schemes, rounds with their table, evidence packs. A unit's sheet stands next door."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.domains.assessments.actions import packs, publishing, schemes, vetoes
from anlan.domains.assessments.models import Pack, Round, Scheme, Veto
from anlan.domains.assessments.queries import packs as pack_queries
from anlan.domains.assessments.queries import results, sheets
from anlan.domains.assessments.queries import schemes as queries
from anlan.domains.assessments.queries.vetting import kept_regions
from anlan.domains.assessments.rules.duties import DECIDERS, OFFICE
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.loop.queries import visible_items
from anlan.kernel.orgs.models import Organisation, Person
from anlan.kernel.orgs.queries import has_duty, region_in_scope
from anlan.surfaces.web.names import author_names
from anlan.surfaces.web.pages.items import url_of
from anlan.surfaces.web.pages.records import ALSO
from anlan.surfaces.web.people import author_of, people_only, person_of
from anlan.surfaces.web.refusals import again
from anlan.surfaces.web.worlds import World, world_of

BAD_DAY = reason("web.assessment_bad_day", N_("“{given}” is not a day. Write it as 2026-06-30."))
UNIT_KINDS = {
    "street": N_("Streets"), "member_unit": N_("Departments"), "bureau": N_("Bureaus"), "community": N_("Communities"),
    "enterprise": N_("Firms"),
}  # fmt: skip
RULES = {
    "full": N_("all where the target is met"),
    "proportional": N_("in proportion between nothing and the target"),
    "bands": N_("by bands"),
    "judged": N_("judged by a person"),
}
MISSING = {
    "spread": N_("no value: its weight goes to the other items"),
    "zero": N_("no value: no points"),
    "full": N_("no value: all points"),
}


def who(request: HttpRequest) -> tuple[Person, World]:
    """The person at the screen; people of an enterprise have no assessments to see."""
    person = person_of(request)
    if person is None or person.organisation.kind == "enterprise":
        raise Http404
    return person, world_of(request)


def day(request: HttpRequest, name: str) -> date:
    """A day out of a form, or `Refused` with its field."""
    given = request.POST.get(name, "").strip()
    try:
        found = parse_date(given)
    except ValueError:
        found = None
    if found is None:
        raise Refused(BAD_DAY, field=name, given=given)
    return found


def keeps(person: Person, world: World, region: str, kinds: tuple[str, ...] = OFFICE) -> bool:
    return has_duty(person_id=person.pk, kinds=kinds, region=region, at=world.seen_at)


# ---- schemes and rounds ----
@people_only
@require_http_methods(["GET", "POST"])
def assessments(request: HttpRequest) -> HttpResponse:
    """The rounds and schemes of one's regions; the office takes a scheme in."""
    person, world = who(request)
    page = _overview(person, world)
    if request.method == "GET":
        return render(request, "web/pages/assessments.html", page)
    if not page["keeps"]:
        raise Http404
    try:
        scheme = schemes.take_scheme(
            text=request.POST.get("text", ""), region=page["region"], by=author_of(request).by, at=world.now
        )
    except Refused as refusal:
        return again(request, "web/pages/assessments.html", page, refusal)
    messages.success(request, _("Taken in. Open it for a period when it is time."))
    return redirect("web:assessment_scheme", pk=scheme.pk)


def _overview(person: Person, world: World) -> dict[str, Any]:
    try:
        region = region_in_scope(person, "", at=world.seen_at)
    except Refused:
        region = ""
    may = bool(region) and keeps(person, world, region)
    rounds = list(queries.rounds_for(person, at=world.seen_at, exercise_id=world.exercise_id))
    return {
        "here": "registers",
        "rounds": [(row, queries.states_of(row)) for row in rounds],
        "schemes": list(queries.schemes_for(person, at=world.seen_at)),
        "keeps": may,
        "vets": bool(kept_regions(person.by, at=world.seen_at)),
        "region": region,
        "shipped": schemes.shipped() if may else [],
        "refusal": None,
    }


def _scheme(request: HttpRequest, pk: UUID) -> Scheme:
    person, world = who(request)
    found = queries.schemes_for(person, at=world.seen_at).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@people_only
@require_http_methods(["GET", "POST"])
def scheme(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A scheme as it reads, and its opening for a period."""
    row = _scheme(request, pk)
    person, world = who(request)
    may = keeps(person, world, row.region_id)
    page = {
        "here": "registers",
        "scheme": row,
        "items": [(item, _(RULES[item.kind]), _(MISSING[item.missing])) for item in row.items.all()],
        "clauses": list(row.clauses.all()),
        "kinds": [_(UNIT_KINDS.get(kind, kind)) for kind in row.kinds],
        "weights": sum(item.weight for item in row.items.all()),
        "keeps": may,
        "refusal": None,
    }
    if request.method == "GET":
        return render(request, "web/pages/assessment_scheme.html", page)
    if not may:
        raise Http404
    try:
        opened = schemes.open_round(
            scheme=row, first=day(request, "first"), last=day(request, "last"),
            title=request.POST.get("title", "").strip()[:160], by=author_of(request).by, at=world.now,
            exercise_id=world.exercise_id,
        )  # fmt: skip
    except Refused as refusal:
        return again(request, "web/pages/assessment_scheme.html", page, refusal)
    messages.success(request, _("Opened: every unit has its sheet and scores itself first."))
    return redirect("web:assessment_round", pk=opened.pk)


def round_for(request: HttpRequest, pk: UUID) -> Round:
    person, world = who(request)
    found = queries.rounds_for(person, at=world.seen_at, exercise_id=world.exercise_id).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@people_only
@require_GET
def round_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A round: how far it is, the table that opens to each sheet, points by month, vetoes, packs."""
    return render(request, "web/pages/assessment_round.html", _round(request, round_for(request, pk)))


def _round(request: HttpRequest, row: Round) -> dict[str, Any]:
    person, world = who(request)
    decides = keeps(person, world, row.region_id, DECIDERS)
    mine = set(
        visible_items(person, at=world.seen_at).filter(loop="assessments.sheet").values_list("pk", flat=True)
    )
    table = results.table_of(row, as_of=world.now)
    months, points = sheets.points_by_month(row, as_of=world.now) if row.scheme.clauses.exists() else ([], {})
    shown = decides or row.published_at is not None
    return {
        "here": "registers",
        "round": row,
        "states": queries.states_of(row),
        # Before it is published to the units, nobody but the office sees an order.
        "table": [
            (
                _(UNIT_KINDS.get(kind, kind)),
                [(each, url_of(each.sheet.item)) for each in rows if shown or each.sheet.pk in mine],
            )
            for kind, rows in table.items()
        ],
        "shown": shown,
        "mine": mine,
        "months": months,
        "points": _monthly(table, points, mine, shown),
        "vetoes": _vetoes(row, None if decides else _visible(person, world)),
        "packs": [(pack, _told(pack)) for pack in pack_queries.packs_for(row.pk, by=person.by)[:10]],
        "items": list(row.scheme.items.all()),
        "units": [
            each.sheet.unit
            for rows in table.values()
            for each in rows
            if decides or each.sheet.unit_id == person.organisation_id
        ],
        "decides": decides,
        "names": author_names([row.published_by, row.by]),
        "refusal": None,
    }  # fmt: skip


def _vetoes(row: Round, seen: set[UUID] | None) -> list[tuple[Veto, str]]:
    """The proposals of a round, each with its page; those that a person may see, or all."""
    rows = Veto.objects.filter(round=row).select_related("item", "unit").order_by("item__opened_at")
    return [(veto, url_of(veto.item)) for veto in rows if seen is None or veto.pk in seen]


def _monthly(table: Any, points: Any, mine: set[UUID], shown: bool) -> list[Any]:
    return [
        (each.sheet, points.get(each.sheet.pk, {}), sum(points.get(each.sheet.pk, {}).values()))
        for rows in table.values()
        for each in rows
        if shown or each.sheet.pk in mine
    ]


def _visible(person: Person, world: World) -> set[UUID]:
    rows = visible_items(person, at=world.seen_at).filter(loop="assessments.veto")
    return set(rows.values_list("pk", flat=True))


def _told(pack: Pack) -> str:
    return str(Refused(pack.code, **pack.facts)) if pack.code else ""


def _decide(request: HttpRequest, pk: UUID) -> Round:
    row = round_for(request, pk)
    person, world = who(request)
    if not keeps(person, world, row.region_id, DECIDERS):
        raise Http404
    return row


@people_only
@require_POST
def round_publish(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Publish a round to its units."""
    row = _decide(request, pk)
    try:
        publishing.publish(of=row, by=author_of(request).by, at=world_of(request).now)
    except Refused as refusal:
        return again(request, "web/pages/assessment_round.html", _round(request, row), refusal)
    messages.success(request, _("Published to the units; the clock of objection runs."))
    return redirect("web:assessment_round", pk=pk)


@people_only
@require_POST
def round_vetoes(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let the platform look for what speaks for a veto; a person decides on each."""
    row = _decide(request, pk)
    found = vetoes.propose_vetoes(of=row, at=world_of(request).now)
    said = (
        _("{n} proposed; the head of the bureau signs or rejects each.")
        if found
        else _("Nothing grave stands against a unit.")
    )
    messages.success(request, said.format(n=len(found)))
    return redirect("web:assessment_round", pk=pk)


# ---- evidence packs ----
@people_only
@require_POST
def round_pack(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask for an evidence pack; the background makes it."""
    row = round_for(request, pk)
    key = _uuid(request.POST.get("unit", ""))
    unit = Organisation.objects.filter(pk=key).first() if key is not None else None
    try:
        packs.ask_pack(
            of=row, items=request.POST.getlist("item"), first=day(request, "first"), last=day(request, "last"),
            unit=unit, by=author_of(request).by, at=world_of(request).now,
        )  # fmt: skip
    except Refused as refusal:
        return again(request, "web/pages/assessment_round.html", _round(request, row), refusal)
    messages.success(request, _("Being put together; it stands below when it is ready."))
    return redirect("web:assessment_round", pk=pk)


def _uuid(key: str) -> UUID | None:
    try:
        return UUID(key)
    except ValueError:
        return None


@people_only
@require_GET
def pack(request: HttpRequest, pk: UUID, form: str) -> HttpResponseBase:
    """The file of a pack, for whoever asked for it."""
    person, world = who(request)
    found = Pack.objects.select_related("round").filter(pk=pk, by=person.by).first()
    if found is None:
        raise Http404
    try:
        path = packs.take(pack=found, form=form, by=person.by, at=world.now)
    except Refused:
        raise Http404 from None
    name = f"{_('Evidence pack')} {found.round.title}.{form}"
    return FileResponse(path.open("rb"), as_attachment=True, filename=name)


ALSO["assessments"] = (
    ("web:assessments", N_("Assessments")),
    ("web:account_new", N_("Ask for an account of safety")),
)
