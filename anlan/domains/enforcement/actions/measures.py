"""现场处理措施、停产停业、查封扣押: imposed in writing by two officers, prolonged once with approval, lifted."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.domains.enforcement.actions import common, issuing
from anlan.domains.enforcement.models import Check, Measure
from anlan.domains.enforcement.rules import cases, words
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.loop.actions import move, open_item
from anlan.kernel.loop.handing import restart
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.orgs.models import Organisation, Person

DAY = timedelta(days=1)
BAD_KIND = reason("enforcement.bad_measure", N_("There is no measure {kind}."))
NO_FIRM = reason("enforcement.measure_no_firm", N_("Choose the firm, or impose it from a check."))
NO_DATE = reason("enforcement.measure_no_date", N_("Say until when it holds."))
TOO_LONG = reason(
    "enforcement.measure_too_long", N_("At most {days} days, until {until}. Give an earlier day.")
)
ONCE = reason(
    "enforcement.measure_once", N_("This measure was prolonged already. Lift it or decide the case.")
)
SEALING = ("seal", "seizure")


def impose(
    *, kind: str, what: str, first_officer: Person | str, second_officer: Person | str, by: str, at: datetime,
    organisation: Organisation | None = None, check: WorkItem | None = None, until: datetime | None = None,
    basis: str = "", happened_at: datetime | None = None, exercise_id: UUID | None = None, **more: Any,
) -> WorkItem:  # fmt: skip
    """Impose one; sealing and seizing hold thirty days at most (行政强制法 art. 25)."""
    if kind not in words.MEASURE_KINDS:
        raise Refused(BAD_KIND, field="kind", kind=kind)
    row = Check.objects.select_related("organisation", "item").filter(pk=check.pk).first() if check else None
    firm, when = organisation or (row.organisation if row else None), happened_at or at
    if firm is None:
        raise Refused(NO_FIRM, field="organisation")
    first, second, _numbers = common.pair(first_officer, second_officer, firm=firm, on=when)
    region = str(more.get("region") or (row.item.region_id if row else "") or firm.region_id)
    measure = Measure(
        kind=kind, organisation=firm, check_row=row, what=what[:300], basis=basis[:200], first_officer=first,
        second_officer=second, imposed_at=when, due_by=_until(kind, until, when, region),
    )  # fmt: skip
    with transaction.atomic():
        item = open_item(
            loop="enforcement.measure", record=measure, title=f"{firm.name}：{what[:80]}", region=region, severity=2,
            charge_person=first, arises_from=row.item if row else None, by=by, at=at, happened_at=happened_at,
            exercise_id=exercise_id,
        )  # fmt: skip
        measure.paper = issuing.measure(measure, by=by, at=at)
        measure.save(update_fields=["paper"])
    return item


def _until(kind: str, until: datetime | None, when: datetime, region: str) -> datetime:
    longest = common.due("enforcement.seal_days", when, region=region)
    if kind not in SEALING:
        if until is None:
            raise Refused(NO_DATE, field="until")
        return until
    if until is not None and until > longest:
        raise Refused(TOO_LONG, field="until", days=(longest - when) // DAY, until=common.says(longest))
    return until or longest


def prolong(*, item: WorkItem, until: datetime, by: str, at: datetime, **rest: Any) -> Step:
    """Once, with the head's approval; sealing and seizing by thirty more days at most."""
    with transaction.atomic():
        row = common.lock(Measure, item)
        if row.kind in SEALING and row.prolonged:
            raise Refused(ONCE)
        longest = common.due("enforcement.seal_days", row.due_by, region=item.region_id)
        if until <= row.due_by:
            raise Refused(cases.NOT_LATER, field="until", date=common.says(row.due_by))
        if row.kind in SEALING and until > longest:
            raise Refused(
                TOO_LONG, field="until", days=(longest - row.due_by) // DAY, until=common.says(longest)
            )
        row.due_by, row.prolonged = until, True
        row.save(update_fields=["due_by", "prolonged"])
        step = move(item=item, name="prolong", by=by, at=at, until=until.isoformat(), **rest)
        restart(item, due_at=until)
    return step


def lift(*, item: WorkItem, second_officer: str, by: str, at: datetime, **rest: Any) -> Step:
    """Two officers look and lift it: work may go on."""
    row = Measure.objects.select_related("organisation").get(pk=item.pk)
    common.pair(by, second_officer, firm=row.organisation, on=rest.get("happened_at") or at)
    return move(item=item, name="lift", by=by, at=at, second_officer=second_officer, **rest)
