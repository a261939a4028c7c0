"""Work plans: their outline with the tasks under it, handing out with the burden in sight, the month's questions."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from anlan.domains.workplan import actions, queries
from anlan.domains.workplan.models import Plan, Point, Progress, Task
from anlan.domains.workplan.queries.units import units_of
from anlan.domains.workplan.rules import outline
from anlan.domains.workplan.rules import tasks as rules
from anlan.domains.workplan.rules.reading import Proposed, matching, proposed
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.indicators.registry import all_indicators
from anlan.kernel.indicators.spec import Reading
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.orgs.models import Organisation, Person
from anlan.kernel.orgs.queries import has_duty
from anlan.surfaces.web.forms import moment
from anlan.surfaces.web.pages.asking import burden_page, bureau_only, home_region, unit_of
from anlan.surfaces.web.pages.items import EXTRAS, Shown, url_of
from anlan.surfaces.web.pages.records import ALSO, BUREAU
from anlan.surfaces.web.people import author_of, people_only
from anlan.surfaces.web.refusals import REFUSED_STATUS, again
from anlan.surfaces.web.worlds import World, world_of

NO_MEASURE = reason("web.task_no_measure", N_("Write what is to be done."))
BAD_WEIGHT = reason("web.task_bad_weight", N_("The weight is a number above 0."))
NO_ROW = reason("web.task_no_row", N_("Tick the tasks that go out."))
ROW_LACKS = reason("web.task_row_lacks", N_("{mark} {title}: choose the unit and the day."))


@people_only
@require_http_methods(["GET"])
def plans(request: HttpRequest) -> HttpResponse:
    """The plans of one's regions with how far they are."""
    person, world = bureau_only(request)
    rows = list(queries.plans_for(person, at=world.seen_at, exercise_id=world.exercise_id))
    page = {
        "here": "registers",
        "rows": [(row, *_standing(row, world)) for row in rows],
        "keeps": keeps(person, world, home_region(person, world)),
    }
    return render(request, "web/pages/plans.html", page)


def keeps(person: Person, world: World, region: str) -> bool:
    """Whether a person keeps the plan of a region."""
    return has_duty(person_id=person.pk, kinds=rules.KEEPERS, region=region, at=world.seen_at)


def _standing(plan: Plan, world: World) -> tuple[int, int, Decimal | None]:
    """How many tasks, how many of them late, and the progress of all."""
    mine = _weighed(plan, world)
    return len(mine), sum(1 for row in mine.values() if row.late), rules.progress(mine.values())


def _weighed(plan: Plan, world: World) -> dict[UUID, rules.Weighed]:
    ids = set(Task.objects.filter(point__plan=plan).values_list("pk", flat=True))
    known = queries.weighed(
        region="", start=datetime(plan.year, 1, 1, tzinfo=world.now.tzinfo), end=world.now + timedelta(days=800),
        as_of=world.now, exercise_id=plan.exercise_id,
    )  # fmt: skip
    return {pk: row for pk, row in known.items() if pk in ids}


def _plan(request: HttpRequest, pk: UUID) -> Plan:
    person, world = bureau_only(request)
    found = queries.plans_for(person, at=world.seen_at, exercise_id=world.exercise_id).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@people_only
@require_http_methods(["GET"])
def plan(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The outline of a plan with the tasks under each point."""
    return render(request, "web/pages/plan.html", _outline(request, _plan(request, pk)))


def _outline(request: HttpRequest, row: Plan) -> dict[str, Any]:
    person, world = bureau_only(request)
    weighed = _weighed(row, world)
    points = list(row.points.order_by("place"))
    tasks, goals = _tasks_of(row, world), _goal_of(points)
    by_goal: dict[UUID, list[rules.Weighed]] = defaultdict(list)
    for point_id, lines in tasks.items():
        by_goal[goals[point_id]] += [weighed[line["task"].pk] for line in lines if line["task"].pk in weighed]
    keeper = keeps(person, world, row.region_id)
    return {
        "here": "registers",
        "plan": row,
        "points": [
            (point, tasks.get(point.pk, []), rules.progress(by_goal.get(point.pk, ()))) for point in points
        ],
        "count": len(weighed),
        "late": sum(1 for each in weighed.values() if each.late),
        "progress": rules.progress(weighed.values()),
        "doubts": [(doubt, _(label)) for doubt in row.doubts if (label := outline.DOUBTS[doubt["what"]])],
        "keeps": keeper,
        "may_sign": row.signed_at is None and row.by != person.by and keeper,
        "proposals": len(_proposals(row)) if keeper else 0,
    }


def _goal_of(points: list[Point]) -> dict[UUID, UUID]:
    """Point → the goal at the top of its branch."""
    found: dict[UUID, UUID] = {}
    for point in points:
        found[point.pk] = found[point.parent_id] if point.parent_id is not None else point.pk
    return found


def _tasks_of(row: Plan, world: World) -> dict[UUID, list[dict[str, Any]]]:
    rows = list(
        Task.objects.filter(point__plan=row).select_related("item", "lead", "point").order_by("due_at")
    )
    said, read = (
        queries.last_progress([t.pk for t in rows], as_of=world.now),
        queries.readings_of(rows, as_of=world.now),
    )
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for task in rows:
        reading, share = read.get(task.pk, (None, said.get(task.pk)))
        found[task.point_id].append(
            {
                "task": task,
                "url": url_of(task.item),
                "share": Decimal(100) if task.item.state == "done" else share,
                "number": number_of(task, reading) if reading is not None else None,
            }
        )
    return found


def number_of(task: Task, reading: Reading) -> dict[str, Any]:
    """The number a task is bound to, with the door to its rows."""
    region = reading.cut.region
    span = f"period=dates&from={task.first_on:%F}&to={task.last_on:%F}"
    return {
        "label": _(reading.indicator.label),
        "value": reading.value,
        "unit": _(reading.indicator.unit),
        "broken": task.bound == "most" and reading.value is not None and reading.value > (task.target or 0),
        "url": f"{reverse('web:number', args=[reading.indicator.code])}?{span}&region={region}",
    }


@people_only
@require_POST
def plan_sign(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Sign a plan off."""
    row = _plan(request, pk)
    try:
        actions.sign_off(plan=row, by=author_of(request).by, at=world_of(request).now)
    except Refused as refusal:
        page = {**_outline(request, row), "refusal": refusal}
        return render(request, "web/pages/plan.html", page, status=REFUSED_STATUS)
    messages.success(request, _("Signed off. Tasks can be handed out now."))
    return redirect("web:plan", pk=pk)


# ---- handing out ----------------
@people_only
@require_http_methods(["GET", "POST"])
def plan_task(request: HttpRequest, pk: UUID, point: UUID) -> HttpResponse:
    """Hand a task of a point out; before that the page says how often the unit was asked this week."""
    row = _plan(request, pk)
    person, world = bureau_only(request)
    where = Point.objects.select_related("plan").filter(pk=point, plan=row).first()
    if where is None or not keeps(person, world, row.region_id):
        raise Http404
    units = list(units_of(row.region_id))
    said = proposed(where.text, year=row.year)
    lead = unit_of(request.POST.get("lead") or request.GET.get("lead", "")) or _named(said.lead, units)
    page = {
        "here": "registers", "plan": row, "point": where, "typed": request.POST, "said": said, "units": units,
        "lead": lead,
        "helping": request.POST.getlist("supporter") or [str(u.pk) for n in said.supporters if (u := _named(n, units))],
        "due": f"{said.due:%Y-%m-%d}T18:00" if said.due else f"{row.year}-12-31T18:00", "numbers": _numbers(),
        **burden_page(lead, world),
    }  # fmt: skip
    if request.method == "GET":
        return render(request, "web/pages/plan_task.html", page)
    try:
        item = _hand_out(request, where, world)
    except Refused as refusal:
        return again(request, "web/pages/plan_task.html", page, refusal)
    messages.success(request, _("Handed out; the unit has been told."))
    return redirect(url_of(item))


def _named(name: str, units: list[Organisation]) -> Organisation | None:
    """The unit that a printed name means, where just one fits."""
    key = matching(name, [(str(unit.pk), unit.name, unit.short_name) for unit in units]) if name else ""
    return next((unit for unit in units if str(unit.pk) == key), None)


def _numbers() -> list[tuple[str, str, str]]:
    """The numbers that a target can be bound to: code, label, unit."""
    rows = [
        (each.code, _(each.label), _(each.unit))
        for each in all_indicators()
        if not each.code.startswith("workplan.")
    ]
    return sorted(rows, key=lambda row: row[1])


def _hand_out(request: HttpRequest, point: Point, world: World) -> WorkItem:
    posted = request.POST
    measure = posted.get("measure", "").strip()
    if not measure:
        raise Refused(NO_MEASURE, field="measure")
    return actions.hand_out(
        point=point, lead=unit_of(posted.get("lead", "")), measure=measure,
        due_at=moment(posted.get("due_at", ""), "due_at", _("Due")),
        supporters=[found for key in posted.getlist("supporter") if (found := unit_of(key))],
        target=_number(posted.get("target", ""), "target"), unit=posted.get("measured_in", "").strip()[:20],
        weight=_number(posted.get("weight", ""), "weight") or Decimal(1),
        evidence=posted.get("evidence", "").strip()[:200],
        indicator=posted.get("indicator", ""), bound="most" if posted.get("bound") == "most" else "least",
        first_on=_day(posted.get("first_on", "")), last_on=_day(posted.get("last_on", "")),
        why_more=posted.get("why_more", ""), by=author_of(request).by, at=world.now,
    )  # fmt: skip


def _number(given: str, name: str) -> Decimal | None:
    if not given.strip():
        return None
    try:
        value = Decimal(given.strip().replace(",", ""))
    except InvalidOperation:
        raise Refused(BAD_WEIGHT, field=name) from None
    if not value.is_finite() or value <= 0:
        raise Refused(BAD_WEIGHT, field=name)
    return value


def _day(given: str) -> date | None:
    try:
        return parse_date(given.strip())
    except ValueError:
        return None


@people_only
@require_http_methods(["GET", "POST"])
def plan_proposed(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The tasks that the document itself names, ready to be looked at and handed out in one act."""
    row = _plan(request, pk)
    person, world = bureau_only(request)
    if not keeps(person, world, row.region_id):
        raise Http404
    units = list(units_of(row.region_id))
    lines = [_proposal(request, point, said, units) for point, said in _proposals(row)]
    page = {"here": "registers", "plan": row, "lines": lines, "units": units, "typed": request.POST}
    if request.method == "GET":
        return render(request, "web/pages/plan_proposed.html", page)
    try:
        given = [_given(line) for line in lines if line["ticked"]]
        if not given:
            raise Refused(NO_ROW)
        items = actions.hand_out_many(
            given, by=author_of(request).by, at=world.now, why_more=request.POST.get("why_more", "")
        )
    except Refused as refusal:
        return again(request, "web/pages/plan_proposed.html", page, refusal)
    messages.success(
        request, ngettext("{n} task handed out.", "{n} tasks handed out.", len(items)).format(n=len(items))
    )
    return redirect("web:plan", pk=pk)


def _proposals(row: Plan) -> list[tuple[Point, Proposed]]:
    """Points that name a unit and have no task yet."""
    points = row.points.filter(tasks=None).select_related("plan").order_by("place")
    found = [(point, proposed(point.text, year=row.year)) for point in points]
    return [(point, said) for point, said in found if said.is_task]


def _proposal(
    request: HttpRequest, point: Point, said: Proposed, units: list[Organisation]
) -> dict[str, Any]:
    """A line of the form: what was typed, else what was read."""
    key, posted = str(point.pk), request.POST
    lead = _named(said.lead, units)
    helpers = [unit for name in said.supporters if (unit := _named(name, units)) is not None and unit != lead]
    first = request.method == "GET"
    return {
        "point": point, "key": key, "said": said, "helpers": helpers,
        "ticked": (lead is not None and point.plan.signed_at is not None) if first else f"tick-{key}" in posted,
        "lead": (str(lead.pk) if lead else "") if first else posted.get(f"lead-{key}", ""),
        "due": f"{said.due or date(point.plan.year, 12, 31):%F}" if first else posted.get(f"due-{key}", ""),
        "measure": point.title if first else posted.get(f"measure-{key}", point.title),
    }  # fmt: skip


def _given(line: dict[str, Any]) -> actions.TaskGiven:
    point, said, day, lead = line["point"], line["said"], _day(line["due"]), unit_of(line["lead"])
    if day is None or lead is None:
        raise Refused(ROW_LACKS, mark=point.mark, title=point.title)
    return actions.TaskGiven(
        point=point, lead=lead, measure=line["measure"].strip() or point.title, supporters=line["helpers"],
        due_at=timezone.make_aware(datetime.combine(day, time(18))), target=said.target, unit=said.unit,
        evidence=said.proof[:200],
    )  # fmt: skip


def _task_extra(page: Shown) -> dict[str, Any]:
    """What the page of a task adds: its target, its number, what was told so far."""
    task: Task = page.row
    read = queries.readings_of([task], as_of=page.at).get(task.pk)
    return {
        "number": number_of(task, read[0]) if read else None,
        "share": read[1] if read else queries.last_progress([task.pk], as_of=page.at).get(task.pk),
        "told": list(Progress.objects.filter(item=page.item).order_by("-recorded_at", "-pk")[:24]),
        "plan_url": reverse("web:plan", args=[task.point.plan_id]) + f"#p{task.point.place}",
        "helpers": list(task.supporters.all()),
    }


EXTRAS["workplan.task"] = _task_extra
BUREAU.add("workplan")
ALSO["workplan"] = (
    ("web:plans", N_("Work plans")),
    ("web:plan_month", N_("Questions of the month")),
    ("web:asked", N_("Follow-up")),
    ("web:meetings", N_("Meetings")),
    ("web:funds", N_("Funds")),
    ("web:committees", N_("Committees and member units")),
    ("web:matrix", N_("Who is responsible for what")),
    ("web:holders", N_("Holders of duties")),
    ("web:leaders", N_("Duty lists of leaders")),
)
