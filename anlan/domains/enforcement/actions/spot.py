"""当场处罚: a warning or a small fine by the summary procedure, written on the spot with a numbered form."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.domains.enforcement.actions import common, executing, issuing
from anlan.domains.enforcement.actions.common import SERVICE
from anlan.domains.enforcement.actions.penalising import keep_penalties, read_given
from anlan.domains.enforcement.models import Check, Spot
from anlan.domains.enforcement.rules import cases
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.loop.actions import move, open_item
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.orgs.models import Organisation, Person

ONE = reason(
    "enforcement.spot_one", N_("On the spot either the firm or one person is penalised. Write two forms.")
)
NO_CAUSE = reason("enforcement.spot_no_cause", N_("Write what was done wrong."))
NOT_COLLECTED = reason(
    "enforcement.spot_not_collected",
    N_(
        "At most {most} yuan may be taken on the spot. Leave “paid on the spot” empty; the firm pays at the bank."
    ),
)


def penalise_on_spot(
    *, cause: str, first_officer: Person | str, second_officer: Person | str, by: str, at: datetime,
    organisation: Organisation | None = None, check: WorkItem | None = None, paid_now: bool = False,
    happened_at: datetime | None = None, exercise_id: UUID | None = None, **given: Any,
) -> WorkItem:  # fmt: skip
    """One penalty on the spot. `given`: the fields of a penalty (see `penalising.read_given`), region, campaign."""
    row = Check.objects.select_related("organisation", "item").filter(pk=check.pk).first() if check else None
    firm_row, when = organisation or (row.organisation if row else None), happened_at or at
    if not cause.strip():
        raise Refused(NO_CAUSE, field="cause")
    penalties = read_given(given)
    if len(penalties) != 1:
        raise Refused(ONE, field="person")
    region = str(given.get("region") or (row.item.region_id if row else ""))
    first, second, _numbers = common.pair(first_officer, second_officer, firm=firm_row, on=when)
    firm = common.firm_of(firm_row, name="", region=region, on=common.day_of(when))
    cases.check_spot(
        penalties[0], most=rulesets.value_of("enforcement.spot_most", region=firm.region, at=when)
    )
    spot = Spot(
        organisation=firm.organisation, firm_name=firm.name, cause=cause[:300], check_row=row, first_officer=first,
        campaign_id=given.get("campaign") or (row.campaign_id if row else None), second_officer=second, tags=firm.tags,
        sector=firm.sector, pay_by=common.due("enforcement.pay_days", when, region=firm.region),
    )  # fmt: skip
    with transaction.atomic():
        item = open_item(
            loop="enforcement.spot", record=spot, title=f"{firm.name}：{cause[:80]}", region=firm.region,
            charge_person=first, arises_from=row.item if row else None, by=by, at=at, happened_at=happened_at,
            exercise_id=exercise_id,
        )  # fmt: skip
        keep_penalties(item, "spot", penalties, by=by, at=at, decided_at=when)
        paper = issuing.spot_form(spot, penalties[0], by=by, at=at)
        spot.number = paper.number
        spot.save(update_fields=["number"])
        _settle(item, penalties[0], paid_now=paid_now, by=by, at=at, happened_at=happened_at)
    return item


def _settle(
    item: WorkItem, given: cases.Given, *, paid_now: bool, by: str, at: datetime, happened_at: datetime | None
) -> None:
    """A warning ends at once; a very small fine may be taken on the spot (行政处罚法 art. 68)."""
    if given.kind == "warning":
        move(item=item, name="execute", by=SERVICE, at=at, happened_at=happened_at)
    elif paid_now:
        most = rulesets.value_of(
            "enforcement.collect_on_spot_most", region=item.region_id, at=happened_at or at
        )
        if given.amount > most:
            raise Refused(NOT_COLLECTED, field="paid_now", most=most)
        executing.pay(item=item, amount=given.amount, by=by, at=at, happened_at=happened_at)
