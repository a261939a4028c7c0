"""Enforcement at the desk: what its records add to the common page, the months of the streets, papers."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from anlan.domains.enforcement.actions import executing, pointing
from anlan.domains.enforcement.loop import CASE
from anlan.domains.enforcement.models import Case, Check, CheckPlan, Draw, Penalty
from anlan.domains.enforcement.queries import months, plans
from anlan.domains.enforcement.rules import cases, words
from anlan.domains.enforcement.rules.points import COUNTS, Line
from anlan.kernel.core import clock, rulesets
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.words import N_
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.loop.queries import visible_items
from anlan.kernel.loop.spec import Move
from anlan.kernel.orgs.queries import has_duty, scope_of
from anlan.kernel.papers.models import Paper
from anlan.kernel.papers.queries import bytes_of
from anlan.kernel.places.models import Region
from anlan.surfaces.web.names import author_names
from anlan.surfaces.web.pages.enforcement_forms import power_choices, who
from anlan.surfaces.web.pages.items import CHOICES, EXTRAS, Shown, url_of
from anlan.surfaces.web.pages.records import ALSO
from anlan.surfaces.web.people import author_of, people_only, person_of
from anlan.surfaces.web.refusals import REFUSED_STATUS
from anlan.surfaces.web.worlds import World

SHOWERS = ("safety_section", "bureau_chief")
COLUMNS = ("visits", "dangers", "case_penalties", "spot_penalties", "penalty_rate", "plan_rate", "overdue")
WAY = ("proposed", "investigating", "noticed", "decided", "served", "executed", "concluded")
ALSO["enforcement"] = (
    ("web:enforcement_check", N_("Record a check")),
    ("web:enforcement_draw", N_("Draw firms and officers")),
    ("web:enforcement_months", N_("Points of the streets by month")),
)


# ---- one record ----------------
def _papers(rows: Any) -> list[Paper]:
    return list(rows.order_by("at", "serial"))


def _check(page: Shown) -> Mapping[str, Any]:
    row: Check = page.row
    findings = row.findings.select_related("danger__item").order_by("recorded_at", "pk")
    follow = [
        *row.cases.select_related("item"),
        *row.spots.select_related("item"),
        *row.measures.select_related("item"),
    ]
    return {
        "kind": row.kind_name(),
        "prevention": _(words.PREVENTION[row.prevention]),
        "sign": _(words.SIGNS[row.sign_how]),
        "findings": [
            {
                "danger": each.danger,
                "url": url_of(each.danger.item),
                "open": each.danger.item.closed_at is None,
            }
            for each in findings
        ],
        "papers": _papers(row.papers),
        "follow": [{"row": each, "url": url_of(each.item), "label": _label(each.item)} for each in follow],
        "may_act": _is_officer(page),
        "line": row.task,
    }


def _label(item: WorkItem) -> str:
    names = {"case": N_("Case"), "spot": N_("Spot penalty"), "measure": N_("Compulsory measure")}
    return _(names[item.loop.partition(".")[2]])


def _is_officer(page: Shown) -> bool:
    return has_duty(
        person_id=page.person.pk, kinds=["enforcement_officer"], region=page.item.region_id, at=page.at
    )


def _penalties(item: WorkItem) -> list[dict[str, Any]]:
    """What was decided, with what was paid of it: two numbers."""
    rows = Penalty.objects.filter(item=item).prefetch_related("executions").order_by("-respondent", "pk")
    return [
        {
            "row": row,
            "kind": _(words.PENALTY_KINDS[row.kind]),
            "who": row.name or _(words.RESPONDENTS[row.respondent]),
            "tier": _(words.TIERS[row.tier]) if row.tier else "—",
            "paid": sum((each.amount for each in row.executions.all()), Decimal(0)),
            "whole": any(each.whole for each in row.executions.all()),
        }
        for row in rows
    ]


def _case(page: Shown) -> Mapping[str, Any]:
    row: Case = page.row
    known = _penalties(page.item)
    published = getattr(row, "publication", None)
    return {
        "strip": _strip(page),
        "penalties": known,
        "dual": len({each["row"].respondent for each in known}) == 2,
        "decided_wan": cases.wan(sum((each["row"].amount for each in known), Decimal(0))),
        "paid_wan": cases.wan(sum((each["paid"] for each in known), Decimal(0))),
        "surcharge": executing.surcharge_now(page.item, row.pay_by, at=page.at),
        "hearing": _(words.HEARINGS[row.hearing]),
        "reviewer": author_names([row.reviewed_by]).get(row.reviewed_by, "") if row.reviewed_by else "",
        "publication": published,
        "publication_url": url_of(published.item) if published else "",
        "check_url": url_of(row.check_row.item) if row.check_row else "",
        "dangers": [(each, url_of(each.item)) for each in row.dangers.select_related("item")],
        "referrals": [(each, url_of(each.item)) for each in row.referrals.select_related("item")],
        "papers": _papers(row.papers),
    }


def _strip(page: Shown) -> list[dict[str, Any]]:
    """The seven stations of a case, with when each was reached."""
    reached: dict[str, datetime] = {}
    for step in Step.objects.filter(item=page.item).order_by("at", "pk"):
        reached.setdefault(step.target, step.happened_at)
    return [
        {"label": _(CASE.states[state]), "at": reached.get(state), "here": page.item.state == state}
        for state in WAY
    ]


def _spot(page: Shown) -> Mapping[str, Any]:
    return {"penalties": _penalties(page.item), "papers": _papers(page.row.papers)}


def _draw(page: Shown) -> Mapping[str, Any]:
    """The draw made again from its own row, number by number."""
    row: Draw = page.row
    proof = plans.prove(row)
    names = plans.names_of(proof)
    tasks = {str(task.organisation_id): task for task in row.tasks.select_related("item")}
    return {
        "proof": proof,
        "firms": len(row.firms),
        "people": len(row.officers),
        "drawn": [
            {
                "firm": names.get(each.firm, each.firm),
                "officers": "、".join(names.get(pk, pk) for pk in (each.first, each.second)),
                "number": number,
                "url": url_of(tasks[each.firm].item) if each.firm in tasks else "",
                "closed": each.firm in tasks and tasks[each.firm].item.closed_at is not None,
            }
            for each, number in proof.rows
        ],
    }


def plan_extra(page: Shown) -> Mapping[str, Any]:
    """A plan street by street."""
    row: CheckPlan = page.row
    start = datetime(row.year, 1, 1, tzinfo=timezone.get_current_timezone())
    firms = plans.checked_firms(row, start=start, end=row.due_by, as_of=page.at)
    streets = plans.by_street(row, checked=firms)
    planned, checked = sum(each.planned for each in streets), sum(each.checked for each in streets)
    return {
        "streets": streets,
        "planned": planned,
        "checked": checked,
        "share": 100 * checked / planned if planned else None,
    }


def _points(page: Shown) -> Mapping[str, Any]:
    table = page.row
    return {
        "lines": _table(pointing.lines_of(table)),
        "heads": [_(COUNTS[name]) for name in COLUMNS],
        "paper": table.paper,
        "settled": page.item.closed_at is not None,
    }


def task_extra(page: Shown) -> Mapping[str, Any]:
    """Who goes, and the visit that was made."""
    done = Check.objects.select_related("item").filter(task=page.item.pk).first()
    return {"check_url": url_of(done.item) if done else "", "partners": "、".join(page.row.partners)}


def _one_paper(page: Shown) -> Mapping[str, Any]:
    return {"papers": [page.row.paper] if page.row.paper else []}


def _case_choices(page: Shown, move: Move) -> Mapping[str, Sequence[tuple[str, str]]]:
    if move.name not in ("notify", "decide"):
        return {}
    powers = power_choices(page.item.region_id, page.at)
    return {"power": powers, "person_power": powers}


CHOICES["enforcement.case"] = _case_choices
EXTRAS["enforcement.check"] = _check
EXTRAS["enforcement.case"] = _case
EXTRAS["enforcement.spot"] = _spot
EXTRAS["enforcement.draw"] = _draw
EXTRAS["enforcement.points"] = _points
EXTRAS["enforcement.measure"] = _one_paper
EXTRAS["enforcement.referral"] = _one_paper


# ---- the months of the streets ----------------
def _table(lines: Sequence[Line]) -> list[dict[str, Any]]:
    names = dict(Region.objects.filter(code__in=[line.region for line in lines]).values_list("code", "name"))
    return [
        {"name": names.get(line.region, line.region),
         "cells": [(_cell(line, name), _(COUNTS[name])) for name in COLUMNS], "points": line.total}
        for line in lines
    ]  # fmt: skip


def _cell(line: Line, name: str) -> str:
    value = line.counts.get(name)
    if value is None:
        return "—"
    return f"{value:.1f}%" if name.endswith("_rate") else f"{value:.0f}"


@people_only
@require_http_methods(["GET", "POST"])
def month(request: HttpRequest) -> HttpResponse:
    """What a month would give each street; the section shows it to them when it is over."""
    person, world = who(request)
    scope = scope_of(person, at=world.seen_at)
    if not scope:
        raise Http404
    region = scope[0].ljust(12, "0")
    start, end = months.month_of(asked_month(request, world))
    may_show = has_duty(person_id=person.pk, kinds=SHOWERS, region=region, at=world.seen_at)
    refusal: Refused | None = None
    if request.method == "POST":
        try:
            item = pointing.show_month(
                region=region,
                month=start,
                by=author_of(request).by,
                at=world.now,
                exercise_id=world.exercise_id,
            )
        except Refused as caught:
            refusal = caught
        else:
            messages.success(request, _("Shown to the streets. They may object for three working days."))
            return redirect(url_of(item))
    lines = months.lines(region=region, start=start, end=end, as_of=world.now, exercise_id=world.exercise_id)
    context = {
        "here": "registers", "start": start, "lines": _table(lines), "heads": [_(COUNTS[name]) for name in COLUMNS],
        "rows": rulesets.value_of("enforcement.points", region=region, at=start), "refusal": refusal,
        "may_show": may_show and end <= world.now, "before": start - timedelta(days=1),
        "after": end if end <= world.now else None, "counts": {name: _(label) for name, label in COUNTS.items()},
    }  # fmt: skip
    return render(
        request, "web/pages/enforcement_months.html", context, status=REFUSED_STATUS if refusal else 200
    )


def asked_month(request: HttpRequest, world: World) -> datetime:
    """The month that the query names, the running one where it names none."""
    try:
        day = parse_date(f"{request.GET.get('month', '')}-01")
    except ValueError:
        day = None
    local = timezone.localtime(world.now)
    return local.replace(year=day.year, month=day.month, day=1) if day and 2000 <= day.year <= 2100 else local


# ---- papers ----------------
@people_only
@require_GET
def paper(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A numbered paper of enforcement, to those who may see its matter and to nobody of another firm."""
    person = person_of(request)
    found = Paper.objects.select_related("file").filter(pk=pk).first()
    if person is None or found is None or found.subject_type != "loop.item":
        raise Http404
    item = visible_items(person, at=clock.real_now()).filter(pk=found.subject_id).first()
    if item is None or not found.kind.startswith("enforcement."):
        raise Http404
    response = HttpResponse(bytes_of(found), content_type=found.file.media_type)
    response["Content-Disposition"] = "attachment; filename*=UTF-8''" + quote(found.file.name)
    response["Cache-Control"] = "private, no-store"
    return response
