"""信息整合与研判, one page of an event: what is around, came in, is judged, who was told, what was decided."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anlan.domains.incidents.actions import judging
from anlan.domains.incidents.loop import JUDGEMENT, LEADERS, NOTICE, QUERY, WATCH
from anlan.domains.incidents.models import Incident
from anlan.domains.incidents.queries import board, events
from anlan.domains.incidents.rules import words
from anlan.domains.responses.models import Notice
from anlan.domains.responses.queries import visible_responses
from anlan.domains.warnings.models import CallOut
from anlan.domains.workplan.models import Asked
from anlan.domains.workplan.rules import asking as asking_rules
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.words import N_
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.loop.queries import visible_items
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.orgs.queries import has_duty
from anlan.surfaces.web import forms
from anlan.surfaces.web.names import author_names
from anlan.surfaces.web.pages import answer, around, asking
from anlan.surfaces.web.pages.incidents import labelled
from anlan.surfaces.web.pages.items import EXTRAS, Shown, shown, url_of
from anlan.surfaces.web.pages.resources import skill_names, words_of
from anlan.surfaces.web.people import author_of, people_only
from anlan.surfaces.web.times import local
from anlan.surfaces.web.worlds import World, world_of

NEWS_KINDS = {
    "told": N_("Report taken"), "figures": N_("Figures"), "report": N_("Report upward"), "note": N_("Note"),
    "unit": N_("Information of a unit"), "answer": N_("Answer to a message"),
}  # fmt: skip
DIRECTIONS = {
    "start": N_("Response started"), "step_up": N_("Response stepped up"), "step_down": N_("Response stepped down"),
    "end": N_("Response ended"),
}  # fmt: skip
WALL_NEWS = 6


@people_only
@require_GET
def incident_board(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The page, and with `wall` the same for a screen read at eight metres."""
    page = shown(request, "incidents", "incident", pk)
    template = "incident_wall" if request.GET.get("wall") else "incident_board"
    return render(request, f"web/pages/{template}.html", context_of(request, page))


def context_of(request: HttpRequest, page: Shown, refusal: Refused | None = None) -> dict[str, Any]:
    """Everything that the board shows of an event."""
    row: Incident = page.row
    world = world_of(request)
    versions = board.judgements(row.pk)
    units = board.exchanges(row.pk)
    news = board.news(row, at=page.at)
    decided = decisions_of(page, world)
    names = author_names(
        [each.signed_by for each in versions] + [each.by for each in news if ":" in each.by]
        + [each.said_by for each in units] + [each["by"] for each in decided]
    )  # fmt: skip
    return {
        "here": "incidents", "item": page.item, "row": row, "refusal": refusal, "typed": request.POST,
        "state": _(page.loop.states[page.item.state]),
        "kind": labelled(events.kinds(region=page.item.region_id, at=page.at)).get(row.kind, row.kind_label),
        "toll": _toll(events.figures_of(row.pk, as_of=page.at)),
        "live": f"{reverse('web:incident_board', args=[row.pk])}?{request.GET.urlencode()}",
        "judged": _judged(versions, names),
        "units": [_unit(each, names) for each in units],
        "open_units": sum(1 for each in units if each.item.closed_at is None),
        "news": [_news(each, names) for each in news],
        "few_news": [_news(each, names) for each in news[:WALL_NEWS]],
        "decided": [{**each, "by": names.get(each["by"], each["by"])} for each in decided],
        "response": visible_responses(page.person, at=world.seen_at, exercise_id=page.item.exercise_id)
        .filter(ended_at=None).first(),
        **_acts(page, world),
        **_around(request, page, world),
    }  # fmt: skip


def _toll(figures: Any) -> dict[str, int] | None:
    """The figures that hold, as the head of the page adds them up; None where nobody told any."""
    if figures is None:
        return None
    counts = events.as_counts(figures)
    return {
        "dead": counts["dead"], "missing": counts["missing"], "lost": counts["dead"] + counts["missing"],
        "hurt": counts["badly_hurt"] + counts["hurt"],
    }  # fmt: skip


def _judged(versions: Sequence[Any], names: Mapping[str, str]) -> list[tuple[Any, str, str]]:
    return [(each, names.get(each.signed_by, ""), _(JUDGEMENT.states[each.item.state])) for each in versions]


def _unit(each: board.Exchange, names: Mapping[str, str]) -> dict[str, Any]:
    states = (QUERY if each.asks else NOTICE).states
    return {
        "row": each, "url": url_of(each.item), "state": _(states[each.item.state]), "by": names.get(each.said_by, ""),
    }  # fmt: skip


def _news(each: board.News, names: Mapping[str, str]) -> dict[str, Any]:
    counts = [(_(COUNT_WORDS[name]), n) for name, n in each.facts.items() if name in COUNT_WORDS]
    title = _(NEWS_KINDS[each.kind])
    if each.kind == "report":
        title = _(words.KINDS_OF_REPORT[str(each.facts["kind"])])
    if each.kind == "unit":
        title = str(each.facts["unit"])
    return {"row": each, "title": title, "counts": counts, "by": names.get(each.by, each.by)}


COUNT_WORDS = {
    "dead": N_("Dead"), "missing": N_("Missing"), "badly_hurt": N_("Badly hurt"), "hurt": N_("Slightly hurt"),
    "moved": N_("Moved to safety"),
}  # fmt: skip


# ---- what was decided ----------------
def source_of(item: WorkItem) -> str:
    """What an instruction or an order given from the board of an event names as its source."""
    return f"事件 {str(item.pk)[-6:]}：{item.title}"[:120]


def decisions_of(page: Shown, world: World) -> list[dict[str, Any]]:
    """Decisions about an event and around it, newest first: what, where it stands, who, when."""
    item, at = page.item, page.at
    found = [
        _decision(step.happened_at, _label(page, step.move), step.by, url_of(item), step.reason)
        for step in board.decisions(item, at=at)
    ]
    mine = visible_items(page.person, at=world.seen_at).filter(exercise_id=item.exercise_id)
    seen = visible_responses(page.person, at=world.seen_at, exercise_id=item.exercise_id)
    for notice in Notice.objects.filter(response__in=seen, at__gte=page.row.received_at, at__lte=at):
        title = f"{_(DIRECTIONS[notice.direction])} {notice.level}"
        found.append(
            _decision(
                notice.at, title, notice.approved_by, reverse("web:response", args=[notice.response_id])
            )
        )
    calls = CallOut.objects.filter(item__in=mine, released_at__gte=page.row.received_at, released_at__lte=at)
    found += [
        _decision(
            call.released_at, _("Call-out released"), call.item.opened_by, url_of(call.item), call.item.title
        )
        for call in calls.select_related("item")[:10]
    ]
    asked = Asked.objects.filter(item__in=mine, source=source_of(item)).select_related("item")
    found += [
        _decision(
            each.item.opened_at,
            _("Order or instruction"),
            each.item.opened_by,
            url_of(each.item),
            each.item.title,
        )
        for each in asked
    ]
    found += [
        _decision(each.opened_at, _("Arose from it"), each.opened_by, url_of(each), each.title)
        for each in board.offspring(item)
        if each.opened_by.startswith("person:") and mine.filter(pk=each.pk).exists()
    ]
    return sorted(found, key=lambda each: each["at"], reverse=True)


def _decision(at: Any, title: str, by: str, url: str, words: str = "") -> dict[str, Any]:
    return {"at": at, "title": title, "by": by, "url": url, "words": words}


def _label(page: Shown, move: str) -> str:
    declared = page.loop.move(move)
    return _(declared.label) if declared else move


# ---- what can be done ----------------
def _acts(page: Shown, world: World) -> dict[str, Any]:
    """Whether the reader may judge, tell and ask, and what the forms offer."""
    row, item = page.row, page.item
    kinds = (*WATCH, *LEADERS)
    if item.closed_at is not None or not has_duty(
        person_id=page.person.pk, kinds=kinds, region=item.region_id, at=page.at
    ):
        return {"acts": False}
    minutes = int(rulesets.value_of("incidents.review_minutes", region=item.region_id, at=page.at))
    offered = board.units_for(kind=row.kind, region=item.region_id, at=page.at)
    waiting = {
        each.unit.pk for each in board.exchanges(row.pk) if not each.asks and each.item.state == "told"
    }
    return {
        "acts": True,
        "offered": [
            (each.word, each.unit, each.unit is not None and each.unit.pk in waiting) for each in offered
        ],
        "every_unit": board.units_here(item.region_id),
        "draft": events.draft(row, at=page.at),
        "review": f"{local(page.at + timedelta(minutes=minutes)):%Y-%m-%dT%H:%M}",
        "wanted": f"{local(page.at + timedelta(minutes=30)):%Y-%m-%dT%H:%M}",
        "orders": [
            (reverse("web:asked_new", args=[kind]), asking.label_of(kind))
            for kind in (asking_rules.ORDER, asking_rules.INSTRUCTION)
            if asking.may_send(kind, page.person, world)
        ],
        "source": source_of(item),
    }


def _around(request: HttpRequest, page: Shown, world: World) -> dict[str, Any]:
    row: Incident = page.row
    spot = around.spot_of(row)
    people = around.answering(page.item.region_id, at=page.at)
    if spot is None:
        return {"spot": None, "answering": people}
    km = around.radius(row, request.GET.get("km", ""), at=page.at)
    found = around.everything(row, spot, km, page.person, world)
    lines = around.forces(spot, page.person, page.item.region_id, at=page.at)
    names = skill_names(world.seen_at)
    return {
        "spot": spot, "km": km, "radii": around.RADII, "found": found, "answering": people,
        "forces": [words_of(line, names) for line in lines], "answered": sum(1 for x in lines if x.standing == "fresh"),
        "sketch": around.sketch(spot, km, found, lines),
    }  # fmt: skip


@people_only
@require_GET
def incident_around(request: HttpRequest, pk: UUID, kind: str) -> HttpResponse:
    """Every row of one kind around an event, nearest first."""
    page = shown(request, "incidents", "incident", pk)
    spot = around.spot_of(page.row)
    if spot is None:
        raise Http404
    km = around.radius(page.row, request.GET.get("km", ""), at=page.at)
    every = around.everything(page.row, spot, km, page.person, world_of(request))
    group = next((each for each in every if each.code == kind), None)
    if group is None:
        raise Http404
    context = {"here": "incidents", "item": page.item, "group": group, "km": km, "spot": spot}
    return render(request, "web/pages/incident_around.html", context)


# ---- acts ----------------
@people_only
@require_POST
def incident_act(request: HttpRequest, pk: UUID, act: str) -> HttpResponse:
    """Sign a judgement, tell units, ask a unit."""
    page = shown(request, "incidents", "incident", pk)
    done = {"judge": _judge, "tell": _tell, "ask": _ask}.get(act)
    if done is None:
        raise Http404
    try:
        messages.success(request, done(request, page))
    except Refused as refusal:
        return render(
            request,
            "web/pages/incident_board.html",
            context_of(request, page, refusal) | {"act": act},
            status=422,
        )
    return redirect(f"{reverse('web:incident_board', args=[pk])}#{act}")


def _moment(request: HttpRequest, name: str) -> Any:
    raw = request.POST.get(name, "").strip()
    return forms.moment(raw, name, _("When")) if raw else None


def _judge(request: HttpRequest, page: Shown) -> str:
    version = request.POST.get("version", "")
    item = judging.judge(
        incident=page.item, by=author_of(request).by, at=page.at, review_at=_moment(request, "review_at"),
        version=int(version) if version.isdigit() else None,
        **{name: request.POST.get(name, "") for name in ("known", "unknown", "opinion")},
    )  # fmt: skip
    return _("Signed. It is looked at again at {time}.").format(time=f"{local(item.due_at or page.at):%H:%M}")


def _tell(request: HttpRequest, page: Shown) -> str:
    units = _units(request.POST.getlist("units"), page)
    told = judging.tell_units(
        incident=page.item,
        units=units,
        words=request.POST.get("words", ""),
        by=author_of(request).by,
        at=page.at,
    )
    return _("{n} units were told. Their answers stand here.").format(n=len(told))


def _ask(request: HttpRequest, page: Shown) -> str:
    units = _units([request.POST.get("unit", "")], page)
    if not units:
        raise Refused(forms.NOT_PICKED, field="unit", label=_("Unit"))
    judging.ask_unit(
        incident=page.item, unit=units[0], question=request.POST.get("question", ""),
        wanted_by=_moment(request, "wanted_by"), by=author_of(request).by, at=page.at,
    )  # fmt: skip
    return _("{unit} was asked.").format(unit=units[0])


def _units(keys: Sequence[str], page: Shown) -> list[Organisation]:
    known = {str(unit.pk): unit for unit in board.units_here(page.item.region_id)}
    return [known[key] for key in dict.fromkeys(keys) if key in known]


def _of_event(page: Shown) -> Mapping[str, Any]:
    """What the page of a judgement, a notice or a question shows of its event."""
    return {
        "event": page.row.incident,
        "board_url": reverse("web:incident_board", args=[page.row.incident_id]),
    }


for _name in (JUDGEMENT.name, NOTICE.name, QUERY.name):
    EXTRAS[_name] = _of_event
answer.SAID[judging.NOTICE_KIND] = {
    "received": N_("Received"), "need_help": N_("Send information"),
    "ask": N_("What your unit knows of it (or: not concerned, because …)"),
}  # fmt: skip
answer.SAID[judging.QUERY_KIND] = {
    "received": N_("Received, we are finding out"), "need_help": N_("Give the answer"), "ask": N_("Your answer"),
}  # fmt: skip
