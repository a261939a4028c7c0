"""Work plans: taken in from a document, its outline with the tasks that hang under it, and handing out."""

from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from io import BytesIO
from typing import Any
from uuid import UUID
from zipfile import BadZipFile

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from docx import Document
from docx.opc.exceptions import PackageNotFoundError

from anlan.domains.workplan import actions, queries
from anlan.domains.workplan.models import Plan, Point, Task
from anlan.domains.workplan.rules.tasks import KEEPERS, progress
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.orgs.models import Organisation, Person
from anlan.kernel.orgs.queries import has_duty, region_in_scope
from anlan.surfaces.web.forms import moment
from anlan.surfaces.web.pages.items import url_of
from anlan.surfaces.web.pages.records import ALSO
from anlan.surfaces.web.people import author_of, people_only, person_of
from anlan.surfaces.web.refusals import REFUSED_STATUS
from anlan.surfaces.web.worlds import World, world_of

MOST_BYTES = 5_000_000
UNREADABLE = reason(
    "web.plan_unreadable", N_("{name} can be read neither as .docx nor as text. Save it as .docx.")
)
TOO_BIG = reason(
    "web.plan_too_big", N_("{name} is larger than 5 MB: a work plan has no pictures. Save its text.")
)
NO_TEXT = reason("web.plan_no_text", N_("Choose the document, or paste its text."))
NO_TITLE = reason("web.plan_no_title", N_("Write the title of the plan."))
NO_YEAR = reason("web.plan_no_year", N_("Write the year in four digits."))
NO_MEASURE = reason("web.task_no_measure", N_("Write what is to be done."))
BAD_WEIGHT = reason("web.task_bad_weight", N_("The weight is a number above 0."))


def _who(request: HttpRequest) -> tuple[Person, World]:
    person = person_of(request)
    if person is None:
        raise Http404
    return person, world_of(request)


@people_only
@require_http_methods(["GET", "POST"])
def plans(request: HttpRequest) -> HttpResponse:
    """The plans of one's regions; the office takes one in."""
    person, world = _who(request)
    if request.method == "GET":
        return render(request, "web/pages/plans.html", _plans(person, world))
    try:
        plan = _take(request, person, world)
    except Refused as refusal:
        page = {**_plans(person, world), "refusal": refusal, "typed": request.POST}
        return render(request, "web/pages/plans.html", page, status=REFUSED_STATUS)
    messages.success(
        request, _("Taken in with its numbering. Read it through, then let another person sign it off.")
    )
    return redirect("web:plan", pk=plan.pk)


def _plans(person: Person, world: World) -> dict[str, Any]:
    rows = list(queries.plans_for(person, at=world.seen_at, exercise_id=world.exercise_id))
    return {
        "here": "registers",
        "rows": [(row, *_standing(row, world)) for row in rows],
        "year": world.now.year,
        "keeps": _keeps(person, world, rows[0].region_id if rows else ""),
    }


def _keeps(person: Person, world: World, region: str) -> bool:
    try:
        where = region or region_in_scope(person, "", at=world.seen_at)
    except Refused:
        return False
    return has_duty(person_id=person.pk, kinds=KEEPERS, region=where, at=world.seen_at)


def _standing(plan: Plan, world: World) -> tuple[int, int, Decimal | None]:
    """How many tasks, how many of them late, and the progress of all."""
    ids = set(Task.objects.filter(point__plan=plan).values_list("pk", flat=True))
    known = queries.weighed(
        region="", start=datetime(plan.year, 1, 1, tzinfo=world.now.tzinfo), end=world.now + timedelta(days=800),
        as_of=world.now, exercise_id=plan.exercise_id,
    )  # fmt: skip
    mine = [row for pk, row in known.items() if pk in ids]
    late = Task.objects.filter(pk__in=ids, item__closed_at=None, due_at__lt=world.now).count()
    return len(mine), late, progress(mine)


def _take(request: HttpRequest, person: Person, world: World) -> Plan:
    text = _text(request)
    title, year = request.POST.get("title", "").strip(), request.POST.get("year", "").strip()
    if not title:
        raise Refused(NO_TITLE, field="title")
    if not (year.isascii() and year.isdigit() and len(year) == 4):
        raise Refused(NO_YEAR, field="year")
    region = region_in_scope(person, "", at=world.seen_at)
    return actions.take_plan(
        text=text, title=title, year=int(year), region=region, by=author_of(request).by, at=world.now,
        exercise_id=world.exercise_id,
    )  # fmt: skip


def _text(request: HttpRequest) -> str:
    upload = request.FILES.get("document")
    if upload is None:
        text = request.POST.get("text", "")
        if not text.strip():
            raise Refused(NO_TEXT, field="document")
        return text
    name = upload.name or ""
    if upload.size is None or upload.size > MOST_BYTES:
        raise Refused(TOO_BIG, field="document", name=name)
    return _read(upload.read(), name)


def _read(data: bytes, name: str) -> str:
    """The paragraphs of a .docx, or the text of a text file (UTF-8 or GB 18030)."""
    if data[:2] == b"PK":
        try:
            return "\n".join(paragraph.text for paragraph in Document(BytesIO(data)).paragraphs)
        except (BadZipFile, PackageNotFoundError, KeyError, ValueError):
            raise Refused(UNREADABLE, field="document", name=name) from None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise Refused(UNREADABLE, field="document", name=name)


def _plan(request: HttpRequest, pk: UUID) -> Plan:
    person, world = _who(request)
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
    person, world = _who(request)
    tasks: dict[UUID, list[Any]] = defaultdict(list)
    rows = list(Task.objects.filter(point__plan=row).select_related("item", "lead").order_by("due_at"))
    said = queries.last_progress([task.pk for task in rows], as_of=world.now)
    for task in rows:
        share = Decimal(100) if task.item.state == "done" else said.get(task.pk)
        tasks[task.point_id].append(
            (task, url_of(task.item), share, task.item.closed_at is None and task.due_at < world.now)
        )
    count, late, done = _standing(row, world)
    return {
        "here": "registers",
        "plan": row,
        "points": [(point, tasks.get(point.pk, [])) for point in row.points.order_by("place")],
        "count": count,
        "late": late,
        "progress": done,
        "keeps": _keeps(person, world, row.region_id),
        "may_sign": row.signed_at is None and row.by != person.by and _keeps(person, world, row.region_id),
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


@people_only
@require_http_methods(["GET", "POST"])
def plan_task(request: HttpRequest, pk: UUID, point: UUID) -> HttpResponse:
    """Hand a task of a point out; before that the page says how much the unit was given this week."""
    row = _plan(request, pk)
    person, world = _who(request)
    where = Point.objects.filter(pk=point, plan=row).first()
    if where is None or not _keeps(person, world, row.region_id):
        raise Http404
    lead = _organisation(request.POST.get("lead") or request.GET.get("lead", ""))
    page = {"here": "registers", "plan": row, "point": where, "typed": request.POST, **_burden(lead, world)}
    if request.method == "GET":
        return render(request, "web/pages/plan_task.html", page)
    try:
        item = _hand_out(request, where, lead, world)
    except Refused as refusal:
        return render(
            request, "web/pages/plan_task.html", {**page, "refusal": refusal}, status=REFUSED_STATUS
        )
    messages.success(request, _("Handed out; the unit has been told."))
    return redirect(url_of(item))


def _organisation(key: str) -> Organisation | None:
    try:
        return Organisation.objects.filter(pk=UUID(key), active=True).first()
    except ValueError:
        return None


def _burden(lead: Organisation | None, world: World) -> dict[str, Any]:
    if lead is None:
        return {}
    week = queries.forms_of_week(lead.pk, start=world.now - timedelta(days=7), end=world.now)
    return {"lead": lead, "burden": week}


def _hand_out(request: HttpRequest, point: Point, lead: Organisation | None, world: World) -> WorkItem:
    measure = request.POST.get("measure", "").strip()
    if not measure:
        raise Refused(NO_MEASURE, field="measure")
    supporters = [found for key in request.POST.getlist("supporter") if (found := _organisation(key))]
    return actions.hand_out(
        point=point, lead=lead, measure=measure, due_at=moment(request.POST.get("due_at", ""), "due_at", _("Due")),
        supporters=supporters, target=_number(request, "target"), unit=request.POST.get("unit", "").strip()[:20],
        weight=_number(request, "weight") or Decimal(1), evidence=request.POST.get("evidence", "").strip()[:200],
        by=author_of(request).by, at=world.now,
    )  # fmt: skip


def _number(request: HttpRequest, name: str) -> Decimal | None:
    given = request.POST.get(name, "").strip()
    if not given:
        return None
    try:
        value = Decimal(given)
    except InvalidOperation:
        raise Refused(BAD_WEIGHT, field=name) from None
    if not value.is_finite() or value <= 0:
        raise Refused(BAD_WEIGHT, field=name)
    return value


ALSO["workplan"] = (("web:plans", N_("Work plans")),)
