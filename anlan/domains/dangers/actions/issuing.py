"""Papers about dangers: which one depends on who issues it; number and document come from the kernel's room."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from anlan.domains.dangers import rules
from anlan.domains.dangers.actions import common
from anlan.domains.dangers.models import Campaign, Danger
from anlan.domains.dangers.queries import bulletin_of, late_days, papers_offered
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.loop.rights import person_id
from anlan.kernel.orgs.models import Organisation, Person
from anlan.kernel.papers.actions import issue
from anlan.kernel.papers.models import Paper
from anlan.kernel.papers.spec import Office

_LOCAL = ZoneInfo("Asia/Shanghai")


def issue_paper(
    *, items: Sequence[WorkItem], kind: str, by: str, at: datetime, second_officer: str = "", demand: str = ""
) -> Paper:
    """Issue one paper about one or several dangers of one firm: danger_notice, rectification_order, follow_up_order.

    Raises `Refused`: dangers.not_your_paper, dangers.not_overdue, dangers.same_officer.
    """
    dangers = [_known(item) for item in items]
    author = _author(by)
    for danger in dangers:
        if kind not in papers_offered(danger, author, at=at):
            raise _refusal(danger, kind, at)
    second = None
    if kind == "rectification_order":
        second = common.second_officer(second_officer, by=by, region=dangers[0].item.region_id, at=at)
    with transaction.atomic():
        paper = issue(
            kind=f"dangers.{kind}", office=office_of(author.organisation), subject=("loop.item", dangers[0].pk),
            values=_values(dangers, author, second, demand, at), by=by, at=at, region=dangers[0].item.region_id,
            exercise_id=dangers[0].item.exercise_id,
        )  # fmt: skip
        for danger in dangers:
            danger.papers.add(paper)
        Danger.objects.filter(pk__in=[d.pk for d in dangers]).update(document=kind, number=paper.number[:40])
    return paper


def issue_bulletin(*, item: WorkItem, month: datetime, by: str, at: datetime) -> Paper:
    """The month bulletin of a campaign: figures by street, counted from rows of the month that `month` lies in."""
    campaign = Campaign.objects.select_related("item__region").get(pk=item.pk)
    values = bulletin_of(campaign, month=month, at=at)
    return issue(
        kind="dangers.month_bulletin", office=office_of(_author(by).organisation), subject=("loop.item", item.pk),
        values=values, by=by, at=at, region=item.region_id, exercise_id=item.exercise_id,
    )  # fmt: skip


def office_of(organisation: Organisation) -> Office:
    """The office of an organisation: its code keeps the numbers apart."""
    code = organisation.code or str(organisation.pk)
    return Office(code=code[:60], name=organisation.name, short=organisation.short_name or organisation.name)


def _known(item: WorkItem) -> Danger:
    return Danger.objects.select_related("item__region", "organisation", "site").get(pk=item.pk)


def _author(by: str) -> Person:
    key = person_id(by)
    person = Person.objects.select_related("organisation").filter(pk=key).first() if key else None
    if person is None:
        raise Refused(rules.NOT_YOUR_PAPER)
    return person


def _refusal(danger: Danger, kind: str, at: datetime) -> Refused:
    if kind == "follow_up_order":
        days = rulesets.value_of("dangers.follow_up_order_days", region=danger.item.region_id, at=at)
        if (late_days(danger, at=at) or -1) < days:
            return Refused(rules.NOT_OVERDUE, days=days)
    return Refused(rules.NOT_YOUR_PAPER)


def _values(
    dangers: Sequence[Danger], author: Person, second: Person | None, demand: str, at: datetime
) -> dict[str, Any]:
    first = dangers[0]
    due = max((d.rectify_by for d in dangers if d.rectify_by), default=None)
    return {
        "firm": first.organisation.name if first.organisation else "—",
        "place": str(first.site or first.item.region.name),
        "found_on": _day(first.item.opened_at),
        "dangers": [
            {"text": d.description, "spot": d.spot, "due": _day(d.rectify_by), "clause": d.clause}
            for d in dangers
        ],
        "due": _day(due),
        "late": int(late_days(first, at=at) or 0),
        "officers": "、".join(p.name for p in (author, second) if p is not None),
        "demand": demand or "立即采取措施消除隐患，期间落实防范措施，整改完成后报请复查",
    }


def _day(when: datetime | None) -> str:
    if when is None:
        return "—"
    day = when.astimezone(_LOCAL)
    return f"{day.year}年{day.month}月{day.day}日"
