"""一事一策: a scheme for one danger, its stages with their days, each reached with a photo and in order."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.timezone import localdate

from anlan.domains.dangers import rules
from anlan.domains.dangers.actions import common
from anlan.domains.dangers.models import Danger, Scheme, Stage
from anlan.kernel.core.errors import Refused
from anlan.kernel.loop.actions import move, open_item
from anlan.kernel.loop.handing import restart
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.loop.rights import person_id
from anlan.kernel.orgs.models import Person

_LOCAL = ZoneInfo("Asia/Shanghai")


def draft_scheme(
    *, item: WorkItem, cause: str, policy: str, responsible: str, stages: str, by: str, at: datetime,
    funds: Any = None, happened_at: datetime | None = None,
) -> WorkItem:  # fmt: skip
    """Draft the scheme of an open danger: by the firm it lies with, or by those who check it. One at a time.

    `stages`: one a line, day, what is done, who. Raises `Refused`: dangers.no_stages, bad_stage, stage_order,
    stage_late, stage_past, scheme_there, scheme_closed, not_drafter.
    """
    with transaction.atomic():
        danger = common.lock(item)
        if danger.item.closed_at is not None:
            raise Refused(rules.NOT_OPEN)
        if Scheme.objects.filter(danger=danger, item__closed_at=None).exists():
            raise Refused(rules.SCHEME_THERE)
        _check_drafter(danger, by, at)
        given = _schedule(danger, stages, at)
        scheme = Scheme(
            danger=danger, cause=cause, policy=policy, responsible=responsible[:80],
            funds_yuan=None if funds in (None, "") else rules.figure(funds), next_due=_end_of(given[0].day),
        )  # fmt: skip
        opened = open_item(
            loop="dangers.scheme", record=scheme, title=danger.item.title, region=danger.item.region_id,
            charge_org=danger.organisation, charge_duty="" if danger.organisation else "street_safety_officer",
            arises_from=danger.item, severity=danger.item.severity, by=by, at=at, happened_at=happened_at,
            exercise_id=danger.item.exercise_id,
        )  # fmt: skip
        _write(scheme, given)
    return opened


def _check_drafter(danger: Danger, by: str, at: datetime) -> None:
    """The firm's own people or its checkers; a service writes what somebody handed in."""
    key = person_id(by)
    if key is None or common.is_checker(by, region=danger.item.region_id, at=at):
        return
    firm = Person.objects.values_list("organisation_id", flat=True).get(pk=key)
    if danger.organisation_id is None or firm != danger.organisation_id:
        raise Refused(rules.NOT_DRAFTER)


def _schedule(danger: Danger, text: str, at: datetime) -> list[rules.StageGiven]:
    given = rules.stages_of(text)
    due = localdate(danger.rectify_by) if danger.rectify_by else None
    rules.check_stages(given, today=localdate(at), due=due)
    return given


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time(23, 59), _LOCAL)


def _write(scheme: Scheme, given: Sequence[rules.StageGiven], *, after: int = 0) -> None:
    Stage.objects.bulk_create(
        Stage(
            scheme=scheme, place=place, text=each.text, responsible=each.responsible, due_at=_end_of(each.day)
        )
        for place, each in enumerate(given, start=after + 1)
    )


def change(*, item: WorkItem, stages: str, by: str, at: datetime, **rest: Any) -> Step:
    """A new schedule for what is not reached yet; it waits for its approval again. Stages reached stay."""
    with transaction.atomic():
        scheme = _lock(item)
        given = _schedule(scheme.danger, stages, at)
        step = move(item=item, name="change", by=by, at=at, stages=stages[:2000], **rest)
        kept = scheme.stages.filter(reached_at__isnull=False).count()
        scheme.stages.filter(reached_at=None).delete()
        _write(scheme, given, after=kept)
        scheme.next_due = _end_of(given[0].day)
        scheme.save(update_fields=["next_due"])
    return step


def reach(*, item: WorkItem, place: Any, by: str, at: datetime, happened_at: datetime | None = None,
          **rest: Any) -> Step:  # fmt: skip
    """A stage is reached; it must be the next one. The clock runs on to the one after it."""
    with transaction.atomic():
        scheme = _lock(item)
        left = list(scheme.stages.filter(reached_at=None).select_for_update().order_by("place"))
        if not left or str(place) != str(left[0].place):
            raise Refused(
                rules.NOT_NEXT,
                field="place",
                next=left[0].place if left else "—",
                text=left[0].text if left else "—",
            )
        step = move(
            item=item, name="reach", by=by, at=at, happened_at=happened_at, place=int(left[0].place), **rest
        )
        left[0].reached_at, left[0].reached_by = happened_at or at, by
        left[0].save(update_fields=["reached_at", "reached_by"])
        if len(left) > 1:
            scheme.next_due = left[1].due_at
            scheme.save(update_fields=["next_due"])
            restart(WorkItem.objects.get(pk=item.pk), due_at=scheme.next_due)
    return step


def complete(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """The whole scheme is carried out: every stage was reached."""
    with transaction.atomic():
        scheme = _lock(item)
        left = list(scheme.stages.filter(reached_at=None).values_list("text", flat=True))
        if left:
            raise Refused(rules.STAGES_OPEN, open="、".join(left))
        return move(item=item, name="complete", by=by, at=at, **rest)


def _lock(item: WorkItem) -> Scheme:
    rows = Scheme.objects.select_for_update(of=("self",)).select_related(
        "danger__item", "danger__organisation"
    )
    return rows.get(pk=item.pk)


ACTS: dict[str, Callable[..., Step]] = {"change": change, "reach": reach, "complete": complete}
