"""Campaigns: who sees them, how far they have come by rows, and the figures of a month by street."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.timezone import localdate

from anlan.domains.dangers.models import Campaign, CampaignFigure, Danger
from anlan.domains.dangers.queries.closing import accepted_at
from anlan.kernel.core.worlds import in_world
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import scope_of
from anlan.kernel.places.models import Region

_LOCAL = ZoneInfo("Asia/Shanghai")

# (campaign, start, end, exercise) → street code → {"visits": n, "enforcement_visits": n}
VisitCounter = Callable[[UUID, datetime, datetime, UUID | None], Mapping[str, Mapping[str, int]]]
_counters: list[VisitCounter] = []


def set_visit_counter(count: VisitCounter) -> None:
    """Patrols and enforcement know of dangers, not the other way: they bring what counts their work for a campaign."""
    if count not in _counters:
        _counters.append(count)


def visible_campaigns(person: Person, *, at: datetime, exercise_id: UUID | None = None) -> QuerySet[Campaign]:
    """Campaigns of the regions that a person answers for, and of those above them: a street takes part in them all."""
    mine = Q(pk__in=[])
    for prefix in scope_of(person, at=at):
        mine |= Q(item__region__code__startswith=prefix)
        mine |= Q(item__region__prefix__in=[prefix[:size] for size in (2, 4, 6, 9) if size < len(prefix)])
    rows = Campaign.objects.filter(mine, in_world(exercise_id, path="item__exercise_id"))
    return rows.select_related("item__region").order_by("item__closed_at", "ends_on", "name")


def progress_of(campaign: Campaign, *, start: datetime, end: datetime) -> dict[str, dict[str, int]]:
    """Street code → found, rectified, major, open, and visits where patrols count them. Rows, never typed figures."""
    rows = Danger.objects.filter(
        campaign=campaign, item__opened_at__gte=start, item__opened_at__lt=end
    ).exclude(item__state="withdrawn")  # fmt: skip
    found = dict(rows.values_list("pk", "item__region__code"))
    passed = accepted_at(found, as_of=end)
    major = set(rows.filter(grade="major").values_list("pk", flat=True))
    figures: dict[str, dict[str, int]] = {}
    for pk, region in found.items():
        line = figures.setdefault(f"{region[:9]}000", _blank())
        line["found"] += 1
        line["rectified"] += pk in passed
        line["major"] += pk in major
    for street, entered in entered_of(campaign, start=start, end=end).items():
        line = figures.setdefault(street, _blank())
        line |= {name: line[name] + number for name, number in entered.items()}
    for count in _counters:
        for street, numbers in count(campaign.pk, start, end, campaign.item.exercise_id).items():
            line = figures.setdefault(street, _blank())
            line |= {name: line[name] + int(number) for name, number in numbers.items() if name in line}
    return figures


def _blank() -> dict[str, int]:
    names = ("visits", "found", "rectified", "major", "enforcement_visits", "cases", "fines")
    return dict.fromkeys(names, 0)


def entered_of(campaign: Campaign, *, start: datetime, end: datetime) -> dict[str, dict[str, int]]:
    """Street → the figures that were entered for days that lie in the span; corrected ones are left out."""
    first, last = localdate(start), localdate(end)
    rows = CampaignFigure.objects.filter(
        campaign=campaign, first__gte=first, last__lte=last, corrected_by=None
    )
    found: dict[str, dict[str, int]] = {}
    for street, name, total in rows.values_list("region_id", "name").annotate(total=Sum("value")):
        found.setdefault(street, {})[name] = int(total)
    return found


def total_of(figures: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    """The sum over all streets."""
    return {name: sum(line[name] for line in figures.values()) for name in _blank()}


def month_of(when: datetime) -> tuple[datetime, datetime]:
    """The calendar month that a time lies in, by the wall clock."""
    day = when.astimezone(_LOCAL)
    start = day.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    after = start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)
    return start, after


def bulletin_of(campaign: Campaign, *, month: datetime, at: datetime) -> dict[str, Any]:
    """The values of a month bulletin: the month by street, and the sum since the campaign began."""
    start, end = month_of(month)
    figures = progress_of(campaign, start=start, end=min(end, at))
    so_far = total_of(progress_of(campaign, start=campaign.starts_at, end=min(end, at)))
    names = dict(Region.objects.filter(code__in=figures).values_list("code", "name"))
    rows = [
        {"street": names.get(code, code), **line, "rate": _rate(line)}
        for code, line in sorted(figures.items())
    ]
    total = total_of(figures)
    upto = min(end, at).astimezone(_LOCAL)
    rows.append({"street": "合计", **total, "rate": _rate(total)})
    return {
        "campaign": campaign.name, "month": f"{start.year}年{start.month}月",
        "upto": f"{upto.year}年{upto.month}月{upto.day}日", "rows": rows,
        "found": so_far["found"], "rectified": so_far["rectified"], "major": so_far["major"],
        "rate": _rate(so_far), "visits": so_far["visits"], "enforcement_visits": so_far["enforcement_visits"],
        "cases": so_far["cases"], "fines": f"{so_far['fines'] / 10_000:.2f}",
    }  # fmt: skip


def _rate(line: Mapping[str, int]) -> str:
    return f"{100 * line['rectified'] / line['found']:.1f}%" if line["found"] else "—"


def counts_of(campaigns: QuerySet[Campaign]) -> dict[UUID, dict[str, int]]:
    """Campaign → found and closed so far, for a list: one query."""
    rows = (
        Danger.objects.filter(campaign__in=campaigns)
        .exclude(item__state="withdrawn")
        .values("campaign_id")
        .annotate(found=Count("pk"), rectified=Count("pk", filter=Q(item__state="closed_off")))
    )
    return {row["campaign_id"]: {"found": row["found"], "rectified": row["rectified"]} for row in rows}
