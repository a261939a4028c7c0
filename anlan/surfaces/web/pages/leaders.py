"""Leaders: their duty lists with the record of what was done (履职档案). Funds against the year."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from anlan.domains.workplan import actions
from anlan.domains.workplan.models import Asked, DutyLine, Fund, Payment
from anlan.domains.workplan.queries import standing as queries
from anlan.domains.workplan.queries.funds import funds_for, spending
from anlan.domains.workplan.queries.units import units_of
from anlan.domains.workplan.rules import standing as rules
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.loop.models import Step
from anlan.kernel.orgs.models import Person
from anlan.surfaces.web import forms
from anlan.surfaces.web.pages.asking import bureau_only, home_region, unit_of
from anlan.surfaces.web.pages.items import url_of
from anlan.surfaces.web.pages.standing import NO_UNIT, Act, posted_act, row_of
from anlan.surfaces.web.pages.workplan import keeps
from anlan.surfaces.web.people import people_only
from anlan.surfaces.web.times import local
from anlan.surfaces.web.worlds import World

NO_DAY = reason("web.standing_day", N_("“{given}” is not a day. Write it as 2026-07-03."))


@people_only
@require_GET
def leaders(request: HttpRequest) -> HttpResponse:
    """Leaders with their lists: how many lines, how many of them still lack something this year."""
    person, world = bureau_only(request)
    region = home_region(person, world)
    year = local(world.now).year
    people = queries.leaders_of(region, at=world.seen_at)
    lists = queries.lines_of(people, year=year)
    known = queries.tallies(people, start=_start(year), end=world.now + timedelta(seconds=1))
    found = []
    for each in people:
        lines, tally = lists[each.pk], known[each.pk]
        lacking = sum(1 for line in lines if tally.state_of(line).left)
        found.append({"person": each, "lines": len(lines), "open": lacking, "records": tally.records})
    page = {"here": "registers", "rows": found, "year": year, "keeps": keeps(person, world, region)}
    return render(request, "web/pages/leaders.html", page)


def _start(year: int) -> datetime:
    return timezone.make_aware(datetime(year, 1, 1))  # noqa: DTZ001 - made aware in the house's zone


@people_only
@require_http_methods(["GET", "POST"])
def leader(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One leader's lists and the record of what was done (履职档案)."""
    person, world = bureau_only(request)
    region = home_region(person, world)
    found = next((p for p in queries.leaders_of(region, at=world.seen_at) if p.pk == pk), None)
    if found is None:
        raise Http404
    year = local(world.now).year
    lines = queries.lines_of([found], year=year)[found.pk]
    records = queries.records_of(found, start=_start(year), end=world.now + timedelta(seconds=1))
    tally = queries.tallies([found], start=_start(year), end=world.now + timedelta(seconds=1))[found.pk]
    states = {line.pk: tally.state_of(line) for line in lines}
    page = {
        "here": "registers", "row": found, "year": year, "may": person == found or keeps(person, world, region),
        "keeps": keeps(person, world, region), "standing": [(li, states[li.pk]) for li in lines if li.year is None],
        "yearly": [(li, states[li.pk]) for li in lines if li.year is not None], "lines": lines,
        "records": [(each, _record_url(each), _(RECORDS[each.kind])) for each in records],
        "counts": [(code, _(label)) for code, label in rules.COUNTED.items()], "today": f"{local(world.now):%F}",
        "typed": request.POST, "next": max((li.number for li in lines), default=0) + 1,
    }  # fmt: skip
    if request.method == "GET":
        return render(request, "web/pages/leader.html", page)
    acts: dict[str, Act] = {
        "done": lambda r, by, w: _write_done(r, found, by, w),
        "line": lambda r, by, w: _add_line(r, found, by, w),
        "end": _end_line,
    }
    return posted_act(request, acts, "web/pages/leader.html", page)


RECORDS = {
    "done": N_("Entered"),
    "meeting": N_("Meeting chaired"),
    "instruction": N_("Instruction given"),
    "step": N_("Step taken"),
}


def _record_url(each: queries.Record) -> str:
    if each.kind == "meeting":
        return reverse("web:meeting", args=[each.row.pk])
    return url_of(each.row.item) if isinstance(each.row, Asked | Step) else ""


def _write_done(request: HttpRequest, found: Person, by: Person, world: World) -> str:
    posted = request.POST
    files = [piece.file for piece in forms.evidence_of(request, by=by.by) if piece.kind == "file"]
    line = row_of(DutyLine, posted["line"]) if posted.get("line") else None
    day = _day(posted.get("day", ""))
    happened = min(timezone.make_aware(datetime.combine(day, time(12))), world.now)
    actions.write_done(
        person=found, text=posted.get("text", ""), line=line, file=files[0] if files else None, happened_at=happened,
        by=by.by, at=world.now,
    )  # fmt: skip
    return _("Written down.")


def _day(given: str) -> date:
    try:
        day = parse_date(given)
    except ValueError:
        day = None
    if day is None:
        raise Refused(NO_DAY, field="day", given=given)
    return day


def _add_line(request: HttpRequest, found: Person, by: Person, world: World) -> str:
    posted = request.POST
    times, number = posted.get("times", "1"), posted.get("number", "")
    actions.add_line(
        person=found, text=posted.get("line_text", ""), number=int(number) if number.isdecimal() else 1,
        year=local(world.now).year if posted.get("yearly") else None, times=int(times) if times.isdecimal() else 0,
        counts=posted.get("counts", ""), source=posted.get("source", ""), by=by.by, at=world.now,
    )  # fmt: skip
    return _("Stands on the list now.")


def _end_line(request: HttpRequest, by: Person, world: World) -> str:
    line = row_of(DutyLine, request.POST.get("line", ""))
    actions.end_line(line=line, why=request.POST.get("why", ""), by=by.by, at=world.now)
    return _("Taken off the list; what was done for it stays.")


# ---- funds ----------------
@people_only
@require_http_methods(["GET", "POST"])
def funds(request: HttpRequest) -> HttpResponse:
    """Funds: what was arranged and paid, against the share of the year that has passed."""
    person, world = bureau_only(request)
    region = home_region(person, world)
    rows = spending(funds_for(person, at=world.seen_at, exercise_id=world.exercise_id), at=world.now)
    keeper = keeps(person, world, region)
    page = {
        "here": "registers", "rows": rows, "keeps": keeper, "units": units_of(region) if keeper else [],
        "year": local(world.now).year, "today": f"{local(world.now):%F}", "typed": request.POST,
        "arranged": sum(row.fund.arranged_yuan for row in rows), "paid": sum(row.paid for row in rows),
        "payments": Payment.objects.filter(fund__in=[row.fund.pk for row in rows], corrects=None, taken_back_by=None)
        .select_related("fund").order_by("-happened_at")[:30],
    }  # fmt: skip
    if request.method == "GET":
        return render(request, "web/pages/funds.html", page)
    return posted_act(
        request, {"arrange": _arrange, "pay": _pay, "take_back": _take_back}, "web/pages/funds.html", page
    )


def _arrange(request: HttpRequest, by: Person, world: World) -> str:
    unit, year = unit_of(request.POST.get("unit", "")), request.POST.get("year", "")
    if unit is None:
        raise Refused(NO_UNIT, field="unit")
    actions.arrange(
        name=request.POST.get("name", ""),
        year=int(year) if year.isdecimal() and len(year) == 4 else local(world.now).year,
        organisation=unit, yuan=request.POST.get("arranged", ""), source=request.POST.get("source", ""), by=by.by,
        at=world.now, exercise_id=world.exercise_id,
    )  # fmt: skip
    return _("Stands in the register now.")


def _pay(request: HttpRequest, by: Person, world: World) -> str:
    fund: Fund = row_of(Fund, request.POST.get("fund", ""))
    day = timezone.make_aware(datetime.combine(_day(request.POST.get("day", "")), time(12)))
    actions.pay(
        fund=fund, yuan=request.POST.get("yuan", ""), note=request.POST.get("note", ""), paid_at=min(day, world.now),
        by=by.by, at=world.now,
    )  # fmt: skip
    return _("Written down.")


def _take_back(request: HttpRequest, by: Person, world: World) -> str:
    payment = row_of(Payment, request.POST.get("payment", ""))
    actions.take_back_payment(payment=payment, note=request.POST.get("note", ""), by=by.by, at=world.now)
    return _("Taken back; the row itself stays.")
