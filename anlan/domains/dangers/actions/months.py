"""What a campaign is made of: tasks by year, the three things of each month, figures entered street by street."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.timezone import localdate

from anlan.domains.dangers import rules
from anlan.domains.dangers.actions.issuing import issue_bulletin
from anlan.domains.dangers.models import (
    Campaign,
    CampaignFigure,
    CampaignMonth,
    CampaignTask,
    Danger,
    Penalised,
)
from anlan.domains.dangers.queries.campaigns import month_of
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.ledger.actions import record
from anlan.kernel.loop.actions import move, open_item
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.loop.rights import person_id
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.orgs.queries import has_duty
from anlan.kernel.places.models import Region
from anlan.kernel.places.regions import prefix_of

_LOCAL = ZoneInfo("Asia/Shanghai")
BY = "service:dangers"
NOT_ALL = reason("dangers.month_lacks", N_("Not there yet: {lacks}. Record it first."))
NOT_YOURS = reason(
    "dangers.figure_not_yours", N_("Figures of a campaign are entered by the street or the bureau.")
)
ENTERERS = ("street_safety_officer", "enforcement_officer", "safety_section", "bureau_chief")
TURN = 50


def add_task(
    *, campaign: Campaign, text: str, year: int, due_by: datetime, by: str, at: datetime,
    lead: Organisation | None = None, exercise_id: Any = None,
) -> WorkItem:  # fmt: skip
    """A task of the campaign for a year: who leads, until when."""
    rules.check_term(due_by, at=at)
    row = CampaignTask(campaign=campaign, text=text[:300], year=int(year), lead=lead, due_by=due_by)
    return open_item(
        loop="dangers.task", record=row, title=f"{campaign.name}：{text[:80]}", region=campaign.item.region_id,
        charge_org=lead, charge_duty="" if lead else "safety_section", arises_from=campaign.item, by=by, at=at,
        exercise_id=exercise_id,
    )  # fmt: skip


# ---- one bulletin, one meeting, one inspection a month ----------------
def open_month(*, campaign: Campaign, month: datetime, by: str, at: datetime) -> WorkItem:
    """The item of one month of a campaign, opened once."""
    start, end = month_of(month)
    day = localdate(start)
    known = CampaignMonth.objects.filter(campaign=campaign, month=day).select_related("item").first()
    if known is not None:
        return known.item
    region = campaign.item.region_id
    days = int(rulesets.value_of("dangers.month_days", region=region, at=at))
    row = CampaignMonth(
        campaign=campaign, month=day, due_by=max(end + timedelta(days=days), at + timedelta(days=1))
    )
    return open_item(
        loop="dangers.month", record=row, title=f"{campaign.name}：{day.year}年{day.month}月", region=region,
        charge_duty="safety_section", arises_from=campaign.item, by=by, at=at,
        exercise_id=campaign.item.exercise_id,
    )  # fmt: skip


def months_round(*, region: str, at: datetime) -> int:
    """A turn of the daily round: the running month of each campaign that has its three things every month."""
    start, _end = month_of(at)
    day = localdate(start)
    rows = Campaign.objects.filter(
        monthly=True, item__closed_at=None, item__exercise=None, starts_on__lte=localdate(at),
        ends_on__gte=day, item__region__code__startswith=prefix_of(region),
    )  # fmt: skip
    waiting = list(rows.exclude(months__month=day).select_related("item")[:TURN])
    for campaign in waiting:
        open_month(campaign=campaign, month=at, by=BY, at=at)
    return len(waiting)


def bulletin(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """Issue the month's bulletin as a numbered paper: the first of the three."""
    with transaction.atomic():
        row = _lock(item)
        noon = datetime.combine(row.month + timedelta(days=14), time(12), _LOCAL)
        step = move(item=item, name="bulletin", by=by, at=at, **rest)
        row.bulletin = issue_bulletin(item=row.campaign.item, month=noon, by=by, at=at)
        row.save(update_fields=["bulletin"])
        _perhaps_complete(row, by=by, at=at)
    return step


def meet(*, item: WorkItem, held_at: datetime, concluded: str, by: str, at: datetime, **rest: Any) -> Step:
    """The month's meeting: when it was held, what it concluded."""
    return _held(item, "meet", {"met_at": held_at, "concluded": concluded}, by=by, at=at, **rest)


def inspect(*, item: WorkItem, held_at: datetime, inspected: str, by: str, at: datetime, **rest: Any) -> Step:
    """The month's inspection of streets: when, where, what was found."""
    return _held(item, "inspect", {"inspected_at": held_at, "inspected": inspected}, by=by, at=at, **rest)


def _held(item: WorkItem, name: str, said: dict[str, Any], *, by: str, at: datetime, **rest: Any) -> Step:
    with transaction.atomic():
        row = _lock(item)
        when, text = said.values()
        word = "concluded" if name == "meet" else "inspected"
        step = move(item=item, name=name, by=by, at=at, held_at=when.isoformat(), **{word: text}, **rest)
        for column, value in said.items():
            setattr(row, column, value)
        row.save(update_fields=list(said))
        _perhaps_complete(row, by=by, at=at)
    return step


def _perhaps_complete(row: CampaignMonth, *, by: str, at: datetime) -> None:
    if not row.lacks():
        move(item=WorkItem.objects.get(pk=row.pk), name="complete", by=by, at=at)


def complete(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """All three are there."""
    lacks = CampaignMonth.objects.get(pk=item.pk).lacks()
    if lacks:
        words = {"bulletin": "通报", "meet": "例会", "inspect": "督查"}
        raise Refused(NOT_ALL, lacks="、".join(words[name] for name in lacks))
    return move(item=item, name="complete", by=by, at=at, **rest)


def _lock(item: WorkItem) -> CampaignMonth:
    rows = CampaignMonth.objects.select_for_update(of=("self",)).select_related("campaign__item")
    return rows.get(pk=item.pk)


MONTH_ACTS: dict[str, Callable[..., Step]] = {
    "bulletin": bulletin,
    "meet": meet,
    "inspect": inspect,
    "complete": complete,
}


# ---- figures that no row of ours holds ----------------
def enter_figure(
    *, campaign: Campaign, street: str, name: str, value: Any, first: date, last: date, source: str, by: str,
    at: datetime, corrects: CampaignFigure | None = None, why: str = "",
) -> CampaignFigure:  # fmt: skip
    """Enter a figure of a street for some days, with its source; or put it in the place of a wrong one.

    Raises `Refused`: dangers.no_figure, bad_figure, no_source, bad_span, not_street, figure_not_yours.
    """
    if name not in rules.ENTERED:
        raise Refused(rules.NO_FIGURE, field="name", given=name)
    if not source.strip():
        raise Refused(rules.NO_SOURCE, field="source")
    if last < first:
        raise Refused(rules.BAD_SPAN, field="last")
    _check_street(campaign, street, by=by, at=at)
    with transaction.atomic():
        if corrects is not None and CampaignFigure.objects.filter(corrects=corrects).exists():
            raise Refused(rules.CORRECTED)
        row = CampaignFigure.objects.create(
            campaign=campaign, region_id=street, name=name, value=rules.figure(value), first=first, last=last,
            source=source.strip()[:200], corrects=corrects, reason=why[:300], by=by, at=at,
        )  # fmt: skip
        facts = {
            "name": name,
            "value": str(row.value),
            "from": str(first),
            "to": str(last),
            "source": row.source,
        }
        record(
            code="dangers.figure_entered", subject=("loop.item", campaign.pk), facts=facts, by=by, at=at,
            region=street, exercise_id=campaign.item.exercise_id,
        )  # fmt: skip
    return row


def _check_street(campaign: Campaign, street: str, *, by: str, at: datetime) -> None:
    inside = Region.objects.filter(
        code=street, level="street", code__startswith=prefix_of(campaign.item.region_id)
    )
    if not inside.exists():
        raise Refused(rules.NOT_STREET, field="street")
    key = person_id(by)
    if key is not None and not has_duty(person_id=key, kinds=ENTERERS, region=street, at=at):
        raise Refused(NOT_YOURS, field="street")


def note_penalty(
    *, item: WorkItem, number: str, decided_on: date, by: str, at: datetime, amount: Any = None
) -> Penalised:
    """A penalty was decided for a major danger: number and day. Said twice it stands once."""
    with transaction.atomic():
        danger = Danger.objects.select_for_update(of=("self",)).select_related("item").get(pk=item.pk)
        if danger.grade != "major":
            raise Refused(rules.NOT_PENALISABLE)
        row, fresh = Penalised.objects.get_or_create(
            danger=danger, number=number.strip()[:80],
            defaults={
                "decided_on": decided_on, "by": by, "at": at,
                "amount_yuan": None if amount in (None, "") else rules.figure(amount),
            },
        )  # fmt: skip
        if fresh:
            facts = {"number": row.number, "decided_on": str(decided_on)}
            record(
                code="dangers.penalised", subject=("loop.item", item.pk), facts=facts, by=by, at=at,
                region=danger.item.region_id, exercise_id=danger.item.exercise_id,
            )  # fmt: skip
    return row
