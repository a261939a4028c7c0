"""Accidents: filed in a few fields, their page with toll, clocks and measures, and the figures against last year."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from anlan.domains.accidents import actions, queries
from anlan.domains.accidents.actions.sheets import PAST
from anlan.domains.accidents.domain import RECORD
from anlan.domains.accidents.indicators import FOUR
from anlan.domains.accidents.models import Accident, Due, Toll
from anlan.domains.accidents.rules import words
from anlan.domains.enterprises.public import enterprise
from anlan.domains.incidents.public import FIGURE_KEEPERS, figures_of
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.words import N_
from anlan.kernel.domain.spec import Field
from anlan.kernel.indicators.figures import change, rounded
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.loop.queries import item_for, visible_items
from anlan.kernel.loop.spec import Move
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import has_duty
from anlan.kernel.places.models import Region
from anlan.surfaces.web import forms
from anlan.surfaces.web.names import author_names
from anlan.surfaces.web.names import shown as named
from anlan.surfaces.web.pages import records
from anlan.surfaces.web.pages.dangers import who
from anlan.surfaces.web.pages.incidents import figures_form, labelled
from anlan.surfaces.web.pages.items import CHOICES, EXTRAS, Shown, shown, url_of
from anlan.surfaces.web.pages.records import ALSO
from anlan.surfaces.web.pages.sheets import may_take
from anlan.surfaces.web.people import author_of, people_only
from anlan.surfaces.web.refusals import again
from anlan.surfaces.web.spans import CHOICES as PERIODS
from anlan.surfaces.web.spans import regions_of, span_of
from anlan.surfaces.web.worlds import World

KEEPERS = ("accident_office", "bureau_chief", *FIGURE_KEEPERS)
CUTS = (
    ("sector", N_("By sector")),
    ("body", N_("By supervising body")),
    ("street", N_("By street")),
    ("type_code", N_("By type")),
)
VICTIM = (
    Field("name", N_("Name"), help=N_("Encrypted; it stands in no list")),
    Field("outcome", N_("How they are"), "choice", choices=tuple(words.OUTCOMES.items())),
    Field("age", N_("Age"), "number", required=False),
    Field("trade", N_("Work they did"), required=False),
)


# ---- filed ----------------
@people_only
@require_http_methods(["GET", "POST"])
def accident_new(request: HttpRequest) -> HttpResponse:
    """先行填报: alone, or out of an event, whose facts are then not asked again."""
    person, world = who(request)
    if person.organisation.kind == "enterprise":
        raise Http404
    event = _event(request, person, world)
    page = _form(request, person, world, event)
    if request.method == "GET":
        return render(request, "web/pages/accident_new.html", page)
    try:
        item = _file(request, world, event)
    except Refused as refusal:
        return again(request, "web/pages/accident_new.html", page, refusal)
    told = _("Filed: {title}. It counts as preliminary until it is determined.")
    messages.success(request, told.format(title=item.title))
    return HttpResponseRedirect(url_of(item))


def _event(request: HttpRequest, person: Person, world: World) -> WorkItem | None:
    """The event the form was opened from; one that is not yours is not there."""
    given = (request.POST if request.method == "POST" else request.GET).get("incident", "")
    if not given:
        return None
    try:
        item = item_for(person, UUID(given), at=world.seen_at)
    except (Refused, ValueError):
        raise Http404 from None
    if item.loop != "incidents.incident":
        raise Http404
    return item


def _form(request: HttpRequest, person: Person, world: World, event: WorkItem | None) -> dict[str, Any]:
    regions = records.regions_of(person, world)
    region = event.region_id if event else (regions[0].code if regions else "")
    return {
        "here": "registers",
        "event": event,
        "told": figures_of(event.pk) if event else None,
        "types": [(code, _(label)) for code, label in words.TYPES.items()],
        "sectors": [(code, f"{code} {_(label)}") for code, label in words.SECTORS.items()],
        "bodies": list(labelled(queries.bodies(region=region, at=world.now)).items()),
        "regions": regions,
        "figures": forms.inputs(_figures(), request.POST),
        "typed": request.POST,
        "refusal": None,
    }


def _figures() -> list[Field]:
    return [field for field in RECORD.opening if field.name in words.FIGURES]


def _file(request: HttpRequest, world: World, event: WorkItem | None) -> WorkItem:
    author = author_of(request)
    asked = [field for field in RECORD.opening if field.name != "incident"]
    if event is not None:
        skipped = {"region", "occurred_at", "spot", *words.FIGURES}
        asked = [field for field in asked if field.name not in skipped]
    facts = forms.values(asked, _with_firm(request.POST))
    if event is not None:
        facts |= {"incident": event.pk, "region": event.region_id}
    return actions.file_accident(
        by=author.by, at=world.now, happened_at=forms.happened_of(request.POST),
        evidence=forms.evidence_of(request, by=author.by), exercise_id=world.exercise_id, **facts,
    )  # fmt: skip


def _with_firm(posted: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed; of a firm of the archive the sector and the region need no typing."""
    given = dict(posted.items())
    try:
        firm = enterprise(UUID(given.get("organisation", "")))
    except ValueError:
        firm = None
    if firm is not None:
        if not given.get("sector") and firm.sector[:1] in words.SECTORS:
            given["sector"] = firm.sector[:1]
        given["region"] = given.get("region") or firm.organisation.region_id
    return given


# ---- toll and persons ----------------
@people_only
@require_http_methods(["GET", "POST"])
def accident_toll(request: HttpRequest, pk: UUID) -> HttpResponse:
    """New figures of an accident; those that follow an event are entered there by the same form."""
    page = shown(request, "accidents", "accident", pk)
    context = figures_form(request, page, queries.as_counts(queries.toll_of(pk)))
    if request.method == "GET":
        return render(request, "web/pages/figures.html", context)
    try:
        given = forms.values(_figures(), request.POST)
        actions.tell_toll(
            item=page.item, by=author_of(request).by, at=page.at, happened_at=forms.happened_of(request.POST),
            why=request.POST.get("reason", ""), **given,
        )  # fmt: skip
    except Refused as refusal:
        return again(request, "web/pages/figures.html", context, refusal)
    messages.success(request, _("The figures hold. The next report carries them."))
    return redirect(url_of(page.item))


@people_only
@require_http_methods(["GET", "POST"])
def accident_victim(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A person who died or was hurt; the name goes in and stands on no page."""
    page = shown(request, "accidents", "accident", pk)
    known = queries.victims(pk)
    context = {
        "here": "registers", "item": page.item, "back": url_of(page.item), "fields": forms.inputs(VICTIM, request.POST),
        "known": known, "typed": request.POST, "refusal": None,
    }  # fmt: skip
    if request.method == "GET":
        return render(request, "web/pages/accident_victim.html", context)
    try:
        given = forms.values(VICTIM, request.POST)
        before = next((each for each in known if str(each.pk) == request.POST.get("before", "")), None)
        actions.name_victim(
            item=page.item, by=author_of(request).by, at=page.at, happened_at=forms.happened_of(request.POST),
            before=before, **given,
        )  # fmt: skip
    except Refused as refusal:
        return again(request, "web/pages/accident_victim.html", context, refusal)
    messages.success(request, _("Entered; the name is encrypted."))
    return redirect(url_of(page.item))


# ---- the page of an accident ----------------
def _accident(page: Shown) -> Mapping[str, Any]:
    row: Accident = page.row
    tolls = list(Toll.objects.filter(accident_id=row.pk).order_by("-happened_at", "-recorded_at"))
    persons = queries.victims(row.pk)
    held = queries.toll_of(row.pk)
    graded = row.signed_grade or row.grade
    who_investigates = rulesets.value_of(
        "accidents.investigators", region=page.item.region_id, at=row.occurred_at
    )
    dues = Due.objects.filter(accident_id=row.pk)
    source = page.item.arises_from
    seen = source is not None and visible_items(page.person, at=page.at).filter(pk=source.pk).exists()
    return {
        "tolls": tolls,
        "held": held,
        "names": author_names(each.by for each in tolls),
        "persons": persons,
        "unnamed": max(0, (held.dead if held else 0) - sum(1 for each in persons if each.outcome == "dead")),
        "investigator": next((labelled([each | {"code": ""}])[""] for each in who_investigates
                              if each["grade"] == graded), "—"),
        "dues": [(_(words.DUES[each.what]), each) for each in dues.order_by("recorded_at", "pk")],
        "measures": queries.measures(row.pk),
        "event": (url_of(source), source) if seen and source is not None else None,
        "keeps": has_duty(person_id=page.person.pk, kinds=KEEPERS, region=page.item.region_id, at=page.at),
        "body": labelled(queries.bodies(region=page.item.region_id, at=page.at)).get(row.body, row.body_label),
    }  # fmt: skip


def _choices(page: Shown, move: Move) -> Mapping[str, Sequence[tuple[str, str]]]:
    if move.name == "look":
        return {
            "measure": [
                (str(m.measure.number), f"{m.measure.number}. {m.measure.words}")
                for m in queries.measures(page.item.pk)
            ]
        }
    if move.name in ("recast", "recast_first"):
        table = labelled(queries.bodies(region=page.item.region_id, at=page.at))
        return {"body": list(table.items())}
    return {}


# ---- the figures ----------------
@people_only
@require_GET
def accident_figures(request: HttpRequest) -> HttpResponse:
    """起数、死亡、重伤 of a period against the same days of last year, by sector, body, street and type."""
    person, world = who(request)
    if person.organisation.kind == "enterprise":
        raise Http404
    page: dict[str, Any] = {
        "here": "registers", "regions": regions_of(person, world), "choices": [(c, _(w)) for c, w in PERIODS],
        "takes": may_take(person, PAST),
        "said": {name: request.GET.get(name, "") for name in ("region", "period", "from", "to", "as_of")},
    }  # fmt: skip
    try:
        asked = span_of(request, person, world)
    except Refused as refusal:
        if refusal.code == "orgs.region_not_yours":
            raise Http404 from refusal
        return render(request, "web/pages/accident_figures.html", page | {"refusal": refusal}, status=422)
    span = queries.Span(
        asked.cut.region, asked.period.start, asked.period.end, asked.as_of, world.exercise_id
    )
    now, then = queries.counted(span), queries.counted(span.year_before())
    types = {code: _(label) for code, label in words.TYPES.items()}
    page |= {
        "span": asked,
        "sums": _sums(now, then),
        "fell": sum(sum(map(of, now)) < sum(map(of, then)) for _label, _unit, of in FOUR),
        "preliminary": sum(1 for each in now if each.determination == queries.PRELIMINARY),
        "cuts": [(_(label), _named(code, queries.breakdown(span, by=code))) for code, label in CUTS],
        "rows": _rows(person, world, now),
        "then": _rows(person, world, then),
        "old": [(each["old"], types.get(each["code"], ""))
                for each in queries.old_types(region=span.region, at=world.now)],
    }  # fmt: skip
    return render(request, "web/pages/accident_figures.html", page)


def _sums(now: Sequence[queries.Counted], then: Sequence[queries.Counted]) -> list[dict[str, Any]]:
    of = (
        (_("Accidents"), len),
        (_("Deaths in accidents"), lambda rows: sum(each.dead for each in rows)),
        (_("Badly hurt in accidents"), lambda rows: sum(each.badly_hurt for each in rows)),
        (_("Fatal accidents"), lambda rows: sum(1 for each in rows if each.fatal)),
        (_("Injured in accidents"), lambda rows: sum(each.injured for each in rows)),
        (_("Direct loss, yuan"), lambda rows: sum(each.loss_yuan for each in rows)),
    )
    return [
        {"label": label, "now": count(now), "then": count(then), "change": _told(count(now), count(then))}
        for label, count in of
    ]


def _told(now: int, then: int) -> str:
    """同比 as reports print it; where last year had none the difference is told, not a per cent."""
    share = rounded(change(Decimal(now), Decimal(then)), 1)
    if share is None:
        return f"+{now - then}" if now else "0"
    return f"{'−' if share < 0 else '+' if share > 0 else ''}{abs(share)}%"


def _named(by: str, groups: Sequence[queries.Group]) -> list[tuple[str, queries.Group, str]]:
    """A label in the reader's language for each group, and its change of accidents."""
    lists = {"sector": words.SECTORS, "type_code": words.TYPES}
    regions = Region.objects.in_bulk([g.code for g in groups]) if by == "street" else {}
    found = []
    for group in groups:
        label = _(lists[by][group.code]) if by in lists else named(regions.get(group.code, group.label))
        found.append((label, group, _told(len(group.now), len(group.then))))
    return found


def _rows(
    person: Person, world: World, now: Sequence[queries.Counted]
) -> list[tuple[str, Accident, queries.Counted]]:
    seen = set(
        visible_items(person, at=world.seen_at)
        .filter(pk__in=[each.pk for each in now])
        .values_list("pk", flat=True)
    )
    rows = Accident.objects.select_related("item__region", "organisation").in_bulk(seen)
    return [(url_of(rows[each.pk].item), rows[each.pk], each) for each in now if each.pk in rows]


EXTRAS["accidents.accident"] = _accident
CHOICES["accidents.accident"] = _choices
ALSO["accidents"] = (("web:accident_figures", N_("Accidents against last year")),)
