"""每月通报: unit by unit what fell due and was met, what is owed now, when it was reminded; leaders whose lists lag."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anlan.domains.workplan.actions.reminding import lagging
from anlan.domains.workplan.queries import circular as queries
from anlan.domains.workplan.queries import standing
from anlan.kernel.core.words import N_
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.loop.queries import visible_items
from anlan.kernel.orgs.models import Person
from anlan.surfaces.web.pages.asking import bureau_only, home_region
from anlan.surfaces.web.pages.items import url_of
from anlan.surfaces.web.pages.records import ALSO
from anlan.surfaces.web.people import people_only
from anlan.surfaces.web.times import local
from anlan.surfaces.web.worlds import World

REMINDERS = {"week": N_("Reminder of the week"), "month": N_("Circular of the month")}


@people_only
@require_GET
def circular(request: HttpRequest) -> HttpResponse:
    """A month of the units of one's region; one unit opens to its rows."""
    person, world = bureau_only(request)
    region = home_region(person, world)
    start = _month(request, world)
    end = _after(start)
    lines = queries.circular(region, start=start, end=end, at=world.now, exercise_id=world.exercise_id)
    chosen = next((line for line in lines if str(line.unit.pk) == request.GET.get("unit", "")), None)
    page = {
        "here": "registers", "lines": lines, "start": start, "chosen": chosen, "rows": _rows(chosen, person, world),
        "before": _before(start), "after": end if end <= world.now else None, "told": _told(chosen),
        "sums": _sums(lines), "leaders": lagging(standing.leaders_of(region, at=world.seen_at), at=world.now),
    }  # fmt: skip
    return render(request, "web/pages/circular.html", page)


def _month(request: HttpRequest, world: World) -> datetime:
    """The first moment of the month that is asked for; this month where none is, or one that has not come."""
    now = local(world.now)
    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    year, _dash, month = request.GET.get("month", "").partition("-")
    if not (year.isdecimal() and month.isdecimal() and len(year) == 4 and 1 <= int(month) <= 12):
        return first
    return min(first.replace(year=int(year), month=int(month)), first) if int(year) >= 2000 else first


def _after(start: datetime) -> datetime:
    return start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)


def _before(start: datetime) -> datetime:
    return (start - timedelta(days=1)).replace(day=1)


def _sums(lines: Sequence[queries.Line]) -> dict[str, int]:
    return {
        "due": sum(len(line.due) for line in lines),
        "met": sum(len(line.met) for line in lines),
        "open": sum(line.now.open for line in lines),
        "late": sum(line.now.late for line in lines),
        "reminded": sum(len(line.reminders) for line in lines),
    }


def _rows(chosen: queries.Line | None, person: Person, world: World) -> dict[str, Any]:
    """The rows of one unit: what it owes now, and what fell due in the month with whether it was met."""
    if chosen is None:
        return {}
    due = queries.items_of(chosen.due)
    owed = queries.owed_by(chosen.unit.pk, exercise_id=world.exercise_id)
    seen = _seen([*due, *owed], person, world)
    return {
        "owed": [(item, url_of(item)) for item in owed if item.pk in seen],
        "due": [(item, url_of(item), item.pk in chosen.met) for item in due if item.pk in seen],
    }


def _seen(items: Sequence[WorkItem], person: Person, world: World) -> set[UUID]:
    rows = visible_items(person, at=world.seen_at).filter(pk__in=[item.pk for item in items])
    return set(rows.values_list("pk", flat=True))


def _told(chosen: queries.Line | None) -> list[tuple[str, Any]]:
    return [(_(REMINDERS[row.kind]), row) for row in chosen.reminders] if chosen is not None else []


ALSO["workplan"] = (*ALSO.get("workplan", ()), ("web:circular", N_("Circular of the month")))
