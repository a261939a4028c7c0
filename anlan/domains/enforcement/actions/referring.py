"""行刑衔接: what may be a crime goes to the police, with the papers, a receipt and their answer."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.domains.enforcement.actions import common, issuing
from anlan.domains.enforcement.models import Case, Referral
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.loop.actions import move, open_item
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.orgs.models import Organisation

NO_OFFENCE = reason("enforcement.no_offence", N_("Write what is suspected."))
NO_PERSONS = reason("enforcement.no_persons", N_("Write how many people it is about: a whole number."))


def refer(
    *, offence: str, to: str, by: str, at: datetime, case: WorkItem | None = None,
    organisation: Organisation | None = None,
    persons: Any = 0, names: str = "", documents: str = "", region: str = "", happened_at: datetime | None = None,
    exercise_id: UUID | None = None, **_more: Any,
) -> WorkItem:  # fmt: skip
    """Hand a matter over. Names of people are kept encrypted and stand on no list."""
    row = Case.objects.select_related("organisation", "item").filter(pk=case.pk).first() if case else None
    if not offence.strip():
        raise Refused(NO_OFFENCE, field="offence")
    firm = organisation or (row.organisation if row else None)
    referral = Referral(
        case=row, organisation=firm, to=to[:120], offence=offence[:200], persons=_count(persons), names=names,
        documents=documents[:300], sent_at=happened_at or at,
    )  # fmt: skip
    where = region or (row.item.region_id if row else "") or (firm.region_id if firm else "")
    if not where:
        raise Refused(common.NO_FIRM, field="organisation")
    with transaction.atomic():
        item = open_item(
            loop="enforcement.referral", record=referral, title=f"{firm or ''} {offence[:80]}".strip(), region=where,
            severity=2, charge_duty="safety_section", arises_from=row.item if row else None, by=by, at=at,
            happened_at=happened_at, exercise_id=exercise_id,
        )  # fmt: skip
        referral.paper = issuing.referral(referral, by=by, at=at)
        referral.save(update_fields=["paper"])
    return item


def _count(persons: Any) -> int:
    try:
        number = int(persons)
    except (TypeError, ValueError):
        raise Refused(NO_PERSONS, field="persons") from None
    if not 0 <= number <= 1000:
        raise Refused(NO_PERSONS, field="persons")
    return number


def receipted(*, item: WorkItem, receipt: str, by: str, at: datetime, **rest: Any) -> Step:
    """The police wrote that they have it."""
    with transaction.atomic():
        row = common.lock(Referral, item)
        row.receipt = receipt[:80]
        row.save(update_fields=["receipt"])
        return move(item=item, name="receipt", by=by, at=at, receipt=receipt, **rest)


def _answered(name: str, item: WorkItem, answer: str, **rest: Any) -> Step:
    with transaction.atomic():
        row = common.lock(Referral, item)
        row.answer = answer[:200]
        row.save(update_fields=["answer"])
        return move(item=item, name=name, answer=answer, **rest)


def taken(*, item: WorkItem, answer: str, **rest: Any) -> Step:
    """They opened a criminal case; its number is the answer."""
    return _answered("take", item, answer, **rest)


def returned(*, item: WorkItem, answer: str, **rest: Any) -> Step:
    """They did not; the administrative case goes on."""
    return _answered("return", item, answer, **rest)
