"""What a firm does for itself: commitments, self-checks by their rhythm, its own reports."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.domains.enterprises.actions.common import check_keeper, check_why, entered_for, is_own, note, renew
from anlan.domains.enterprises.models import (
    Commitment,
    Enterprise,
    SelfCheck,
    SelfCheckPost,
    SelfReport,
    Site,
)
from anlan.domains.enterprises.rules import rhythm
from anlan.domains.enterprises.rules.words import LEVELS
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.core.workdays import local_day
from anlan.kernel.loop.actions import Opening, move, open_items
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.loop.rights import person_id
from anlan.kernel.orgs.models import Person

BY = "service:enterprises"
BAD_LEVEL = reason("enterprises.bad_level", N_("{given} is no level of self-checks."))
BAD_FOUND = reason("enterprises.bad_found", N_("How many dangers were found? A whole number; none is 0."))
BAD_SPAN = reason(
    "enterprises.bad_span", N_("A commitment ends on the day it begins or later, at most a year on.")
)
NOTHING_SAID = reason("enterprises.nothing_committed", N_("Say what is committed to."))


def post_commitment(
    *, firm: Enterprise, text: str, by: str, at: datetime, start: date | None = None, end: date | None = None,
    level: str = "", facts: Mapping[str, Any] | None = None, site: Site | None = None, exercise_id: UUID | None = None,
) -> Commitment:  # fmt: skip
    """安全生产承诺公告: posted for a day (the usual) or a period. A correction is another one."""
    check_keeper(firm, by=by, at=at)
    first = start or local_day(at)
    last = end or first
    if last < first or (last - first).days > 366:
        raise Refused(BAD_SPAN, field="end")
    if not text.strip():
        raise Refused(NOTHING_SAID, field="text")
    with transaction.atomic():
        row = Commitment.objects.create(
            enterprise=firm, site=site, start=first, end=last, text=text.strip(), level=level, facts=dict(facts or {}),
            by=by, entered_for=entered_for(firm, by), posted_at=at, exercise_id=exercise_id,
        )  # fmt: skip
        said = {"from": first.isoformat(), "to": last.isoformat(), "entered_for": row.entered_for}
        note(firm, "committed", said, by=by, at=at)
    return row


def set_post(
    *, firm: Enterprise, level: str, name: str, by: str, at: datetime, rhythm_given: str = "",
    person: Person | None = None,
) -> SelfCheckPost:  # fmt: skip
    """A post that checks itself; its rhythm follows from its level unless the firm says otherwise."""
    check_keeper(firm, by=by, at=at)
    if level not in dict(LEVELS):
        raise Refused(BAD_LEVEL, field="level", given=level)
    usual = rulesets.value_of("enterprises.self_check_rhythm", region=firm.organisation.region_id, at=at)[
        level
    ]
    with transaction.atomic():
        row, _ = SelfCheckPost.objects.update_or_create(
            enterprise=firm, level=level, name=name, active=True,
            defaults={"rhythm": rhythm_given or usual, "person": person},
        )  # fmt: skip
        note(firm, "post_set", {"level": level, "name": name, "rhythm": row.rhythm}, by=by, at=at)
        renew([firm.pk], by=by, at=at)
    return row


def end_post(*, row: SelfCheckPost, why: str, by: str, at: datetime) -> None:
    """A post that is no longer there: what is due of it stays due, nothing new comes."""
    check_keeper(row.enterprise, by=by, at=at)
    why = check_why(why)
    with transaction.atomic():
        row.active = False
        row.save(update_fields=["active"])
        note(row.enterprise, "post_ended", {"level": row.level, "name": row.name, "why": why}, by=by, at=at)
        renew([row.enterprise_id], by=by, at=at)


def open_due(
    *, at: datetime, exercise_id: UUID | None = None, firms: Iterable[UUID] | None = None, limit: int = 2000
) -> int:
    """Open the self-checks of the periods that `at` lies in, each once; returns how many were opened."""
    day = local_day(at)
    posts = SelfCheckPost.objects.filter(active=True, enterprise__status="operating")
    if firms is not None:
        posts = posts.filter(enterprise__in=list(firms))
    starts = {name: rhythm.period(name, day) for name in ("day", "week", "month")}
    waiting: list[SelfCheckPost] = []
    for name, (start, _end) in starts.items():
        there = SelfCheck.objects.filter(start=start, world=exercise_id).values("post")
        rows = posts.filter(rhythm=name).exclude(pk__in=there)
        waiting += rows.select_related("enterprise__organisation").order_by("pk")[: limit - len(waiting)]
        if len(waiting) >= limit:
            break
    openings = [_opening(post, *starts[post.rhythm], exercise_id) for post in waiting]
    return len(
        open_items(loop="enterprises.self_check", openings=openings, by=BY, at=at, exercise_id=exercise_id)
    )


def due_round(*, region: str, at: datetime) -> int:
    """A turn of the daily round: the self-checks of today, this week and this month; nothing is opened twice."""
    del region  # the archive holds one bureau's firms
    return open_due(at=at, limit=1000)


def _opening(post: SelfCheckPost, start: date, end: date, exercise_id: UUID | None) -> Opening:
    firm = post.enterprise
    record = SelfCheck(
        enterprise=firm, post=post, start=start, end=end, due_by=rhythm.due_by(end), world=exercise_id
    )
    return Opening(
        record=record, title=f"{firm.organisation.name}：{post.name}", region=firm.organisation.region_id,
        charge_person=post.person_id, charge_org=firm.organisation,
    )  # fmt: skip


def do_check(
    *, item: WorkItem, found: int | str, by: str, at: datetime, led_by: str = "", **rest: Any
) -> Step:
    """Write down a self-check: how many dangers it found; 0 is a nil return and counts as one.

    A check of a principal's post counts as led (主要负责人带队) where its own holder writes it down, or where the
    form names who led it.
    """
    number = _whole(found)
    with transaction.atomic():
        record = (
            SelfCheck.objects.select_for_update(of=("self",))
            .select_related("enterprise__organisation", "post__person")
            .get(pk=item.pk)
        )
        leader = led_by.strip()[:60] or _leader(record, by)
        step = move(item=item, name="do", by=by, at=at, found=number, led_by=leader, **rest)
        record.found, record.entered_for, record.led_by = number, entered_for(record.enterprise, by), leader
        record.save(update_fields=["found", "entered_for", "led_by"])
        _report(
            record.enterprise,
            found=number,
            by=by,
            at=at,
            happened_at=step.happened_at,
            check=item.pk,
            exercise_id=item.exercise_id,
        )
    return step


def _leader(record: SelfCheck, by: str) -> str:
    """The principal's name, where the principal's own hand writes the check of the principal's post."""
    holder = record.post.person
    return holder.name if record.post.level == "principal" and holder is not None and holder.by == by else ""


def report_own(
    *, firm: Enterprise, by: str, at: datetime, found: int = 1, danger: UUID | None = None,
    happened_at: datetime | None = None, exercise_id: UUID | None = None,
) -> SelfReport:  # fmt: skip
    """The firm reported a danger of its own; the danger itself is the neighbour's row, named by its item."""
    check_keeper(firm, by=by, at=at)
    with transaction.atomic():
        row = _report(
            firm,
            found=found,
            by=by,
            at=at,
            happened_at=happened_at or at,
            danger=danger,
            exercise_id=exercise_id,
        )
        facts = {"found": found, "danger": str(danger or ""), "entered_for": row.entered_for}
        note(firm, "self_reported", facts, by=by, at=at)
    return row


def note_danger(
    *, firm: Enterprise, danger: UUID, source: str, by: str, at: datetime, happened_at: datetime | None,
    exercise_id: UUID | None,
) -> bool:  # fmt: skip
    """One danger that a neighbour's act reported: written down where it is the firm's own finding."""
    person = person_id(by)
    if source != "self_check" and (person is None or not is_own(firm, person)):
        return False
    _report(
        firm, found=1, by=by, at=at, happened_at=happened_at or at, danger=danger, exercise_id=exercise_id
    )
    return True


def _report(
    firm: Enterprise, *, found: int, by: str, at: datetime, happened_at: datetime, danger: UUID | None = None,
    check: UUID | None = None, exercise_id: UUID | None = None,
) -> SelfReport:  # fmt: skip
    return SelfReport.objects.create(
        enterprise=firm, found=found, danger=danger, check_item=check, by=by, entered_for=entered_for(firm, by), at=at,
        happened_at=happened_at, exercise_id=exercise_id,
    )  # fmt: skip


def _whole(given: int | str) -> int:
    try:
        number = int(given)
    except (TypeError, ValueError):
        raise Refused(BAD_FOUND, field="found") from None
    if number < 0 or number > 1000:
        raise Refused(BAD_FOUND, field="found")
    return number
