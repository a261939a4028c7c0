"""Service stations with their work books, and what the pages of a standard and of a contractor's job add."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.domains.contractors import rules as contractor_rules
from anlan.domains.contractors.models import Briefing, Check, Lesson, Permit
from anlan.domains.contractors.queries import permits_of
from anlan.domains.grassroots import queries, rules
from anlan.domains.grassroots.actions import take_back, write_activity
from anlan.domains.grassroots.models import Activity, Station
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.orgs.models import Person
from anlan.surfaces.web.names import author_names
from anlan.surfaces.web.pages.items import EXTRAS, Shown, url_of
from anlan.surfaces.web.pages.records import ALSO
from anlan.surfaces.web.people import author_of, people_only, person_of
from anlan.surfaces.web.refusals import again
from anlan.surfaces.web.worlds import world_of

ROWS = 50
LINES = 60
BAD_DAY = reason("web.bad_day", N_("“{given}” is not a day. Write it as 2026-07-03."))
NOT_WHOLE = reason("web.not_whole", N_("“{given}” is not a whole number."))
NO_NOTE = reason("web.no_note", N_("Say why the line is taken back."))


def _mine(request: HttpRequest) -> tuple[Person, Any]:
    person = person_of(request)
    if person is None:
        raise Http404
    return person, world_of(request)


@people_only
@require_GET
def posts(request: HttpRequest) -> HttpResponse:
    """The service stations of one's regions with this month's work."""
    person, world = _mine(request)
    rows = queries.stations_for(person, at=world.seen_at, exercise_id=world.exercise_id)
    pages = Paginator(rows, ROWS).get_page(request.GET.get("page", "1"))
    month = timezone.localtime(world.now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    done = _sums([row.pk for row in pages], month)
    context = {
        "here": "registers",
        "rows": [
            (row, [(_(label), done.get((row.pk, work), 0)) for work, label in rules.WORKS.items()])
            for row in pages
        ],
        "works": [_(label) for label in rules.WORKS.values()],
        "pages": pages,
        "query": "",
    }
    return render(request, "web/pages/posts.html", context)


def _sums(stations: list[UUID], since: datetime) -> dict[tuple[UUID, str], int]:
    lines = Activity.objects.filter(station__in=stations, happened_at__gte=since).values("station_id", "work")
    return {(row["station_id"], row["work"]): row["n"] for row in lines.annotate(n=Sum("times"))}


def _station(request: HttpRequest, pk: UUID) -> Station:
    person, world = _mine(request)
    rows = queries.stations_for(person, at=world.seen_at, exercise_id=world.exercise_id)
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@people_only
@require_http_methods(["GET", "POST"])
def post(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One station: its work book, and one line more."""
    station = _station(request, pk)
    if request.method == "GET":
        return render(request, "web/pages/post.html", _book(request, station))
    try:
        write_activity(station=station, by=author_of(request).by, at=world_of(request).now, **_line(request))
    except Refused as refusal:
        return again(request, "web/pages/post.html", _book(request, station), refusal)
    messages.success(request, _("Written down."))
    return redirect("web:post", pk=pk)


def _line(request: HttpRequest) -> dict[str, Any]:
    given = request.POST.get("day", "")
    try:
        day: date | None = parse_date(given)
    except ValueError:
        day = None
    if day is None:
        raise Refused(BAD_DAY, field="day", given=given)
    return {
        "work": request.POST.get("work", ""),
        "times": _whole(request, "times", "1"),
        "attendances": _whole(request, "attendances", "0"),
        "day": day,
        "note": request.POST.get("note", "").strip(),
    }


def _whole(request: HttpRequest, name: str, empty: str) -> int:
    given = request.POST.get(name, "").strip() or empty
    if not given.lstrip("-").isdecimal():
        raise Refused(NOT_WHOLE, field=name, given=given)
    return int(given)


def _book(request: HttpRequest, station: Station) -> dict[str, Any]:
    rows = list(
        Activity.objects.filter(station=station).order_by("-happened_at", "-recorded_at", "-pk")[:LINES]
    )
    names = author_names([row.by for row in rows])
    gone = {row.corrects_id for row in rows if row.corrects_id}
    return {
        "here": "registers",
        "station": station,
        "works": [(code, _(label)) for code, label in rules.WORKS.items()],
        "today": f"{timezone.localdate(world_of(request).now):%F}",
        "rows": [
            {
                "row": row,
                "work": _(rules.WORKS[row.work]),
                "by": names.get(row.by, row.by),
                "gone": row.pk in gone,
            }
            for row in rows
        ],
    }


@people_only
@require_POST
def post_take_back(request: HttpRequest, pk: UUID, line: UUID) -> HttpResponse:
    """Take a wrong line back by a later one."""
    station = _station(request, pk)
    row = Activity.objects.select_related("station").filter(pk=line, station=station, corrects=None).first()
    if row is None or Activity.objects.filter(corrects=row).exists():
        raise Http404
    try:
        note = request.POST.get("note", "").strip()
        if not note:
            raise Refused(NO_NOTE, field="note")
        take_back(line=row, note=note, by=author_of(request).by, at=world_of(request).now)
    except Refused as refusal:
        return again(request, "web/pages/post.html", _book(request, station), refusal)
    messages.success(request, _("Taken back; the line itself stays."))
    return redirect("web:post", pk=pk)


def _standard(page: Shown) -> Mapping[str, Any]:
    lines = queries.lines(page.row)
    return {"lines": lines, "there": sum(1 for line in lines if line.there)}


def _job(page: Shown) -> Mapping[str, Any]:
    job = page.item.pk
    lessons = list(Lesson.objects.filter(job_id=job).order_by("held_at"))
    valid = permits_of(job)
    checks = list(Check.objects.filter(job_id=job).select_related("danger").order_by("-held_at"))
    return {
        "lessons": lessons,
        "taught": sum(lesson.count for lesson in lessons),
        "works": [
            (_(contractor_rules.PERMIT_WORKS[work]), any(until > page.at for until in valid.get(work, ())))
            for work in page.row.works
        ],
        "permits": [
            (_(contractor_rules.PERMIT_WORKS[row.work]), row)
            for row in Permit.objects.filter(job_id=job).order_by("valid_to")
        ],
        "briefings": Briefing.objects.filter(job_id=job).order_by("-held_at")[:30],
        "checks": [(check, url_of(check.danger) if check.danger else "") for check in checks],
    }


EXTRAS["grassroots.attainment"] = _standard
EXTRAS["contractors.job"] = _job
ALSO["grassroots"] = (("web:posts", N_("Service stations")),)
