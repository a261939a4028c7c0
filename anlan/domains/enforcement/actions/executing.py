"""From the decision to the file: served, paid or carried out, demanded, concluded. Decided and paid are two numbers."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, Sum

from anlan.domains.enforcement.actions import common
from anlan.domains.enforcement.actions.common import SERVICE
from anlan.domains.enforcement.models import Case, Execution, Penalty, Publication, Spot
from anlan.domains.enforcement.rules import cases, words
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.loop.actions import move
from anlan.kernel.loop.handing import restart
from anlan.kernel.loop.models import Step, WorkItem

NOTHING_LEFT = reason("enforcement.nothing_left", N_("Everything of this penalty is executed already."))
DAY = timedelta(days=1)


def serve(
    *, item: WorkItem, receipt: str, by: str, at: datetime, happened_at: datetime | None = None, **rest: Any
) -> Step:
    """送达: with the receipt; the days to pay begin. A warning alone needs nothing more."""
    when = happened_at or at
    with transaction.atomic():
        case = common.lock(Case, item)
        case.pay_by = common.due("enforcement.pay_days", when, region=item.region_id)
        case.save(update_fields=["pay_by"])
        step = move(item=item, name="serve", by=by, at=at, happened_at=happened_at, receipt=receipt, **rest)
        _finish(case, by=by, at=at, when=when)
    return step


def pay(
    *, item: WorkItem, amount: Any, by: str, at: datetime, happened_at: datetime | None = None, receipt: str = "",
    surcharge: Any = 0, how: str = "paid", **rest: Any,
) -> Step:  # fmt: skip
    """A payment, in whole or in part, first against the firm's fine, then the person's; a surcharge is kept apart."""
    when = happened_at or at
    given = cases.yuan(amount)
    with transaction.atomic():
        row: Any = common.lock(Case, item) if item.loop == "enforcement.case" else common.lock(Spot, item)
        left = open_amounts(item)
        cases.check_payment(given, left=sum(left.values(), Decimal(0)))
        step = move(
            item=item,
            name="pay",
            by=by,
            at=at,
            happened_at=happened_at,
            amount=str(given),
            receipt=receipt,
            **rest,
        )
        extra = cases.yuan(surcharge or 0, field="surcharge")
        for penalty, share in _shared(left, given).items():
            Execution.objects.create(
                penalty=penalty, how=how if how in words.EXECUTIONS else "paid", amount=share, surcharge=extra,
                whole=share == left[penalty], receipt=receipt[:80], done_at=when, recorded_at=at, by=by,
            )  # fmt: skip
            extra = Decimal(0)
        if isinstance(row, Case):
            _finish(row, by=by, at=at, when=when)
    return step


def carry_out(
    *, item: WorkItem, by: str, at: datetime, happened_at: datetime | None = None, **rest: Any
) -> Step:
    """执行完毕: what is no money (suspension, licence) was carried out; an open fine is refused here."""
    when = happened_at or at
    with transaction.atomic():
        case = common.lock(Case, item)
        if left := sum(open_amounts(item).values(), Decimal(0)):
            raise Refused(cases.NOT_EXECUTED, field="amount", left=cases.plain(left))
        rows = _unfinished(item)
        Execution.objects.bulk_create(
            [
                Execution(penalty=row, how="done", whole=True, done_at=when, recorded_at=at, by=by)
                for row in rows
            ]
        )
        case.conclude_by = common.due("enforcement.conclude_case_days", when, region=item.region_id)
        case.save(update_fields=["conclude_by"])
        return move(item=item, name="execute", by=by, at=at, happened_at=happened_at, **rest)


def _finish(case: Case, *, by: str, at: datetime, when: datetime) -> None:
    """With nothing left to execute the case is executed by itself."""
    if not _unfinished(case.item):
        carry_out(item=case.item, by=SERVICE, at=at, happened_at=when)


def _unfinished(item: WorkItem) -> QuerySet[Penalty]:
    return Penalty.objects.filter(item=item).exclude(executions__whole=True)


def open_amounts(item: WorkItem) -> dict[Penalty, Decimal]:
    """The fines of a case or spot penalty that are not paid in full, with the yuan that are left; the firm's first."""
    rows = _unfinished(item).filter(kind__in=words.MONEY).annotate(paid=Sum("executions__amount"))
    return {row: row.amount - (row.paid or Decimal(0)) for row in rows.order_by("-respondent", "pk")}


def _shared(left: dict[Penalty, Decimal], given: Decimal) -> dict[Penalty, Decimal]:
    shares: dict[Penalty, Decimal] = {}
    for row, open_amount in left.items():
        share = min(open_amount, given)
        if share > 0:
            shares[row] = share
            given -= share
    return shares


def surcharge_now(item: WorkItem, pay_by: datetime | None, *, at: datetime) -> Decimal:
    """加处罚款 on a day, in yuan: on each fine that is still open after its last day."""
    if pay_by is None or at <= pay_by:
        return Decimal(0)
    late = (common.day_of(at) - common.day_of(pay_by)) // DAY
    a_day = Decimal(str(rulesets.value_of("enforcement.surcharge_a_day", region=item.region_id, at=at)))
    return sum(
        (cases.surcharge(row.amount, days_late=late, a_day=a_day) for row in open_amounts(item)), Decimal(0)
    )


def defer(*, item: WorkItem, until: datetime, by: str, at: datetime, **rest: Any) -> Step:
    """延期、分期缴纳: the head gives a later last day."""
    with transaction.atomic():
        case = common.lock(Case, item)
        if case.pay_by is not None and until <= case.pay_by:
            raise Refused(cases.NOT_LATER, field="until", date=common.says(case.pay_by))
        case.pay_by = until
        case.save(update_fields=["pay_by"])
        step = move(item=item, name="defer", by=by, at=at, until=until.isoformat(), **rest)
        restart(item, due_at=until)
    return step


def conclude(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """结案: executed, and published or kept back with a reason."""
    waiting = Publication.objects.filter(case=item.pk, item__closed_at=None)
    if waiting.exists():
        raise Refused(cases.NOT_PUBLISHED)
    return move(item=item, name="conclude", by=by, at=at, **rest)
