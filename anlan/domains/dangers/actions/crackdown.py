"""打非治违: what was made, stored, carried or sold without leave; handed over, and how it ended."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.domains.dangers import rules
from anlan.domains.dangers.models import Unlawful
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.loop.actions import move, open_item
from anlan.kernel.loop.models import Step, WorkItem

NOT_ON_LIST = reason("dangers.not_on_list", N_("{given} is not on the list. Choose one of it."))


def find_unlawful(
    *, goods: str, what: str, place: str, quantity: Any, region: str, by: str, at: datetime, unit: str = "箱",
    persons: Any = 0, campaign: UUID | None = None, happened_at: datetime | None = None,
    exercise_id: UUID | None = None, evidence: Any = (), **_: Any,
) -> WorkItem:  # fmt: skip
    """Write down what was found out: goods, act, place, how much, how many people."""
    for field, given, known in (("goods", goods, rules.GOODS), ("what", what, rules.UNLAWFUL)):
        if given not in known:
            raise Refused(NOT_ON_LIST, field=field, given=given[:40] or "—")
    amount = rules.figure(quantity)
    if amount <= 0:
        raise Refused(rules.BAD_QUANTITY, field="quantity")
    row = Unlawful(
        goods=goods, what=what,
        place=place[:200], quantity=amount, unit=unit[:10] or "箱", persons=int(persons or 0), campaign_id=campaign,
    )  # fmt: skip
    return open_item(
        loop="dangers.unlawful", record=row, title=place[:80], region=region, severity=2,
        charge_duty="street_safety_officer", by=by, at=at, happened_at=happened_at, exercise_id=exercise_id,
        evidence=evidence,
    )  # fmt: skip


def hand_over(*, item: WorkItem, handed_to: str, document: str, by: str, at: datetime, **rest: Any) -> Step:
    """To whom it goes, with the number of the paper."""
    with transaction.atomic():
        step = move(item=item, name="hand_over", by=by, at=at, handed_to=handed_to, document=document, **rest)
        Unlawful.objects.filter(pk=item.pk).update(handed_to=handed_to[:20], document=document[:100])
    return step


def settle(*, item: WorkItem, result: str, by: str, at: datetime, **rest: Any) -> Step:
    """How it ended: seized, destroyed, fined, arrested."""
    with transaction.atomic():
        step = move(item=item, name="settle", by=by, at=at, result=result, **rest)
        Unlawful.objects.filter(pk=item.pk).update(result=result[:300])
    return step


ACTS: dict[str, Callable[..., Step]] = {"hand_over": hand_over, "settle": settle}
