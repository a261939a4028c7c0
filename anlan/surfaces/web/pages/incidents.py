"""The watch: an event told in twenty seconds, its chain of reports with clocks, figures, and the day's sheet."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from anlan.domains.accidents.public import of_incident
from anlan.domains.incidents.actions import events, watch
from anlan.domains.incidents.domain import COUNTS, EVENT
from anlan.domains.incidents.models import Clock, Figures, HandOver, Incident
from anlan.domains.incidents.queries import events as event_queries
from anlan.domains.incidents.queries import watch as queries
from anlan.domains.incidents.rules import words
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.domain.opening import may_open
from anlan.kernel.domain.spec import Field
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.loop.queries import visible_items
from anlan.kernel.loop.spec import Move
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import has_duty, region_in_scope
from anlan.surfaces.web import forms
from anlan.surfaces.web.names import author_names
from anlan.surfaces.web.pages import records
from anlan.surfaces.web.pages.dangers import who
from anlan.surfaces.web.pages.items import CHOICES, EXTRAS, HERE, Shown, shown, url_of
from anlan.surfaces.web.pages.records import ALSO
from anlan.surfaces.web.people import author_of, people_only
from anlan.surfaces.web.refusals import again
from anlan.surfaces.web.worlds import World

FEW = 8  # events near in time that one may be a part of
MERGE_WITHIN = timedelta(hours=12)
LOSS = Field("loss_yuan", N_("Direct loss in yuan"), "number", required=False)
BAD_KIND = reason("web.no_kind", N_("Choose what kind of event it is."))


def english() -> bool:
    return (translation.get_language() or "").startswith("en")


def labelled(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Code → label in the reader's language, of a table of a rule."""
    return {row["code"]: row["label_en" if english() else "label"] for row in rows}


# ---- an event is told ----------------
@people_only
@require_http_methods(["GET", "POST"])
def incident_new(request: HttpRequest) -> HttpResponse:
    """接报: what, kind, where; everything else may come later."""
    person, world = who(request)
    if not may_open(EVENT, person, at=world.seen_at):
        raise Http404
    page = _form(request, person, world)
    if request.method == "GET":
        return render(request, "web/pages/incident_new.html", page)
    try:
        item = _receive(request, world)
    except Refused as refusal:
        return again(request, "web/pages/incident_new.html", page, refusal)
    messages.success(request, _("Recorded: {title}.").format(title=item.title))
    return HttpResponseRedirect(url_of(item))


def _form(request: HttpRequest, person: Person, world: World) -> dict[str, Any]:
    regions = records.regions_of(person, world)
    table = event_queries.kinds(region=regions[0].code if regions else "", at=world.now)
    names = labelled(table)
    return {
        "here": "incidents",
        "classes": [
            (_(label), [(row["code"], names[row["code"]]) for row in table if row["class"] == code])
            for code, label in words.CLASSES.items()
        ],
        "regions": regions,
        "ways": [(code, _(label)) for code, label in words.WAYS_IN.items()],
        "figures": forms.inputs((*COUNTS, LOSS), request.POST),
        "typed": request.POST,
        "refusal": None,
    }


def _receive(request: HttpRequest, world: World) -> WorkItem:
    author = author_of(request)
    asked = [field for field in (*EVENT.opening, LOSS) if field.name not in ("event_class", "kind")]
    facts = forms.values(asked, request.POST)
    kind = request.POST.get("kind", "")
    table = event_queries.kinds(region=facts["region"], at=world.now)
    cls = next((row["class"] for row in table if row["code"] == kind), None)
    if cls is None:
        raise Refused(BAD_KIND, field="kind")
    return events.receive(
        event_class=cls, kind=kind, by=author.by, at=world.now, happened_at=forms.happened_of(request.POST),
        evidence=forms.evidence_of(request, by=author.by), exercise_id=world.exercise_id, **facts,
    )  # fmt: skip


@people_only
@require_http_methods(["GET", "POST"])
def incident_figures(request: HttpRequest, pk: UUID) -> HttpResponse:
    """New figures of an event: entered here, read by the next report, the day's sheet and the accident."""
    page = shown(request, "incidents", "incident", pk)
    context = figures_form(request, page, event_queries.as_counts(event_queries.figures_of(pk)))
    if request.method == "GET":
        return render(request, "web/pages/figures.html", context)
    try:
        given = forms.values((*COUNTS, LOSS), request.POST)
        events.add_figures(
            item=page.item, by=author_of(request).by, at=page.at, happened_at=forms.happened_of(request.POST),
            why=request.POST.get("reason", ""), **given,
        )  # fmt: skip
    except Refused as refusal:
        return again(request, "web/pages/figures.html", context, refusal)
    messages.success(request, _("The figures hold. The next report carries them."))
    return redirect(url_of(page.item))


def figures_form(request: HttpRequest, page: Shown, known: Mapping[str, int]) -> dict[str, Any]:
    """The form of cumulative figures, with those that hold in its fields."""
    typed: Mapping[str, Any] = (
        request.POST if request.method == "POST" else {k: v or "" for k, v in known.items()}
    )
    fields = [field for field in (*COUNTS, LOSS) if field.name in known]
    return {
        "here": HERE.get(page.loop.name.partition(".")[0], "registers"),
        "item": page.item,
        "back": url_of(page.item),
        "fields": forms.inputs(fields, typed),
        "typed": request.POST,
        "refusal": None,
    }


# ---- the page of an event ----------------
def _incident(page: Shown) -> Mapping[str, Any]:
    row: Incident = page.row
    standing = event_queries.standings([row.pk], as_of=page.at).get(row.pk, [])
    tags = dict(Clock.objects.filter(incident_id=row.pk).values_list("rule", "tag"))
    sent = queries.chain(row.pk)
    figures = list(Figures.objects.filter(incident_id=row.pk).order_by("-happened_at", "-recorded_at"))
    names = author_names([each.by for each in sent] + [each.by for each in figures])
    accident = of_incident(row.pk)
    merged = WorkItem.objects.filter(incidents_incident__merged_into=row.pk)
    return {
        "kind": labelled(event_queries.kinds(region=page.item.region_id, at=page.at)).get(
            row.kind, row.kind_label
        ),
        "proposed": _(words.GRADES[events.proposed(row, at=page.at)]),
        "clocks": [(_(words.CHANNELS[each.channel]), each, tags.get(each.rule, "")) for each in standing],
        "chain": [(each, _(words.CHANNELS[each.channel]), names.get(each.by, "")) for each in sent],
        "reports": queries.reports_of(row.pk),
        "draft": event_queries.draft(row, at=page.at),
        "figures": [(each, names.get(each.by, "")) for each in figures],
        "accident": (url_of(accident.item), accident) if accident else None,
        "may_file": accident is None and row.event_class == "accident",
        "merged": [(url_of(each), each) for each in merged],
        "into": url_of(row.merged_into) if row.merged_into else "",
    }


def _choices(page: Shown, move: Move) -> Mapping[str, Sequence[tuple[str, str]]]:
    if move.name == "merge":
        near = visible_items(page.person, at=page.at).filter(
            loop=page.loop.name, exercise_id=page.item.exercise_id,
            opened_at__gte=page.item.opened_at - MERGE_WITHIN, opened_at__lte=page.at,
        )  # fmt: skip
        rows = (
            near.exclude(pk=page.item.pk)
            .exclude(state__in=("merged", "dismissed"))
            .order_by("opened_at")[: FEW * 4]
        )
        return {"into": [(str(each.pk), each.title) for each in rows]}
    if move.name in ("phone_up", "receipt"):
        return {"receiver": list(labelled(_receivers(page)).items())}
    return {}


def _receivers(page: Shown) -> list[dict[str, str]]:
    return event_queries.receiver_rows(region=page.item.region_id, at=page.at)


def _shift(page: Shown) -> Mapping[str, Any]:
    seats = queries.seats_of(page.item.pk)
    handed = HandOver.objects.filter(shift=page.item).order_by("-recorded_at").first()
    left = queries.open_matters(region=page.item.region_id, exercise_id=page.item.exercise_id)
    return {
        "seats": [(_(words.POSTS[each.post]), each) for each in seats],
        "lacking": [(_(words.POSTS[post]), n) for post, n in queries.lacking(page.row)],
        "handed": handed,
        "boxes": [(_(label), handed.boxes.get(code)) for code, label in words.BOXES.items()]
        if handed
        else [],
        "left": [(url_of(each), each) for each in left.select_related("region")[:30]],
    }


def _check(page: Shown) -> Mapping[str, Any]:
    step = page.item.steps.filter(move__in=("pass", "fail")).first()
    told = dict(step.needs) if step else {}
    if failure := told.pop("failure", ""):
        told["failure"] = _(words.FAILURES.get(str(failure), str(failure)))
    return {"told": told}


# ---- the day's sheet ----------------
@people_only
@require_http_methods(["GET", "POST"])
def duty_day(request: HttpRequest) -> HttpResponse:
    """每日值班情况: every figure is the number of rows that stand below it."""
    person, world = who(request)
    try:
        page = _day(request, person, world)
    except Refused as refusal:
        raise Http404 from refusal
    if request.method == "GET":
        return render(request, "web/pages/duty_day.html", page)
    try:
        note = request.POST.get("words", "")
        given = {"region": page["day"].region, "by": author_of(request).by, "at": world.now}
        watch.write_note(day=page["day"].day, words=note, exercise_id=world.exercise_id, **given)
    except Refused as refusal:
        return again(request, "web/pages/duty_day.html", page, refusal)
    messages.success(request, _("Written on the sheet."))
    return redirect(f"{request.path}?day={page['day'].day:%F}&region={page['day'].region}")


def _asked(request: HttpRequest, person: Person, world: World) -> tuple[str, date]:
    said = request.GET if request.method == "GET" else request.POST
    region = region_in_scope(person, said.get("region", ""), at=world.seen_at)
    try:
        given = parse_date(said.get("day", ""))
    except ValueError:
        given = None
    return region, given or queries.duty_day_of(region=region, at=world.now)


def _day(request: HttpRequest, person: Person, world: World) -> dict[str, Any]:
    region, wanted = _asked(request, person, world)
    day = queries.daily(region=region, day=wanted, as_of=world.now, exercise_id=world.exercise_id)
    figures = event_queries.figures_at([row.pk for row in day.incidents], as_of=world.now)
    return {
        "here": "incidents",
        "day": day,
        "regions": records.regions_of(person, world),
        "before": wanted - timedelta(days=1),
        "after": wanted + timedelta(days=1) if wanted < timezone.localdate(world.now) else None,
        "incidents": [(row, url_of(row.item), figures.get(row.pk, {})) for row in day.incidents],
        "by_class": [
            (_(label), sum(1 for row in day.incidents if row.event_class == code))
            for code, label in words.CLASSES.items()
        ],
        "dead": sum(each["dead"] for each in figures.values()),
        "reports": [
            (each, url_of(each.incident), _(words.KINDS_OF_REPORT[each.kind])) for each in day.reports
        ],
        "late": _late(day.late),
        "open": [(url_of(each), each) for each in day.open_items],
        "shifts": [
            (row, url_of(row.item), [(_(words.POSTS[s.post]), s.person) for s in queries.seats_of(row.pk)])
            for row in day.shifts
        ],
        "checks": [(row, url_of(row.item), step) for row, step in day.checks],
        "failures": {code: _(label) for code, label in words.FAILURES.items()},
        "readiness": _(words.READINESS[_level(day)]),
        "levels": [(code, _(label)) for code, label in words.READINESS.items()],
        "keeps": has_duty(person_id=person.pk, kinds=watch.KEEPERS, region=region, at=world.seen_at),
        "typed": request.POST,
        "refusal": None,
    }


def _level(day: Any) -> str:
    return day.readiness.level if day.readiness else "normal"


def _late(rows: Sequence[event_queries.Standing]) -> list[tuple[str, Any, str]]:
    items = WorkItem.objects.in_bulk([each.incident for each in rows])
    return [
        (url_of(items[each.incident]), each, items[each.incident].title)
        for each in rows
        if each.incident in items
    ]


@people_only
@require_http_methods(["POST"])
def duty_acts(request: HttpRequest, act: str) -> HttpResponse:
    """The acts of the watch's page: draw units to call, set the readiness level."""
    person, world = who(request)
    try:
        region = region_in_scope(person, request.POST.get("region", ""), at=world.seen_at)
        by = author_of(request).by
        given: dict[str, Any] = {
            "region": region,
            "by": by,
            "at": world.now,
            "exercise_id": world.exercise_id,
        }
        if act == "draw":
            call_at = watch.next_call(region=region, at=world.now)
            drawn = watch.draw_checks(count=request.POST.get("count", ""), call_at=call_at, **given)
            messages.success(request, _("{n} units are called at {time}.").format(
                n=len(drawn), time=f"{timezone.localtime(call_at):%m-%d %H:%M}"))  # fmt: skip
        elif act == "readiness":
            watch.set_readiness(level=request.POST.get("level", ""), why=request.POST.get("why", ""), **given)
            messages.success(request, _("The level holds from now on."))
        else:
            raise Http404
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("web:duty_day")


@people_only
@require_GET
def duty_month(request: HttpRequest) -> HttpResponse:
    """每月值班通报: units that were called and what came of it, reports late or missed, gaps of the watch."""
    person, world = who(request)
    try:
        region, wanted = _asked(request, person, world)
    except Refused as refusal:
        raise Http404 from refusal
    span = queries.month_span(region=region, day=wanted, as_of=world.now, exercise_id=world.exercise_id)
    made = queries.checks(span)
    units: dict[str, list[Any]] = {}
    for row, step in made:
        units.setdefault(str(row.unit), []).append((row, url_of(row.item), step))
    due = [each for each in event_queries.due_in(span) if each.state in ("late", "missed")]
    page = {
        "here": "incidents",
        "month": wanted.replace(day=1),
        "before": wanted.replace(day=1) - timedelta(days=1),
        "received": event_queries.received(span).count(),
        "reports": event_queries.reports(span).count(),
        "region": region,
        "span": span,
        "units": sorted(
            units.items(), key=lambda pair: (-sum(s.move == "fail" for _r, _u, s in pair[1]), pair[0])
        ),
        "made": len(made),
        "passed": sum(1 for _row, step in made if step.move == "pass"),
        "late": _late(due),
        "gaps": queries.gaps_since_first(span),
        "failures": {code: _(label) for code, label in words.FAILURES.items()},
    }
    return render(request, "web/pages/duty_month.html", page)


EXTRAS["incidents.incident"] = _incident
EXTRAS["incidents.shift"] = _shift
EXTRAS["incidents.check"] = _check
CHOICES["incidents.incident"] = _choices
HERE["incidents"] = "incidents"
ALSO["incidents"] = (
    ("web:duty_day", N_("Daily duty sheet")),
    ("web:duty_month", N_("Monthly duty circular")),
)
