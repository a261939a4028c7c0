"""Releasing a call-out: the list is read, the items opened and the messages queued in one transaction."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from anlan.domains.warnings.actions import words
from anlan.domains.warnings.models import CallOut, CallOutDuty, CallOutItem, CallOutJoin, Proposal
from anlan.domains.warnings.queries import areas, called, rulebook
from anlan.domains.warnings.queries.called import Callee
from anlan.domains.warnings.rules import calls, scales
from anlan.kernel.core.bulk import insert_rows
from anlan.kernel.core.memory import without_collecting
from anlan.kernel.ledger.actions import record
from anlan.kernel.loop.actions import Making, Opening, move_all, open_item, open_items
from anlan.kernel.messaging.actions import Row, send_all
from anlan.kernel.orgs.models import DutyKind, Person

CALL_KIND = "warnings.call_out"
BY = "service:warnings"


@dataclass(frozen=True, slots=True)
class Released:
    """What a release did: the call-out (None where everybody was reached a moment ago), how many, how many joined."""

    call_out: CallOut | None
    called: int
    joined: int


@without_collecting()
def release(*, proposal: Proposal, by: str, at: datetime) -> Released:
    """Call everybody whom the matrix names for this colour, hour and area. Only for use inside an approval."""
    codes = sorted(proposal.regions.values_list("pk", flat=True))
    region = calls.common_region(codes)
    plan = rulebook.call_plan(colour=proposal.colour, region=region, at=at)
    with transaction.atomic():
        people = called.callees(plan=plan, regions=codes, area=proposal.area, at=at)
        open_calls = called.recent_calls(exercise_id=proposal.item.exercise_id, at=at)
        earlier = called.items_of([c.person_id for c in people], call_outs=list(open_calls))
        joined = _joined(people, earlier, open_calls, colour=proposal.colour, region=region, at=at)
        CallOutJoin.objects.bulk_create(
            [CallOutJoin(proposal=proposal, item=item, at=at) for item in joined.values()]
        )
        fresh = [c for c in people if c.person_id not in joined]
        call_out = _call(proposal, plan, codes, fresh, earlier, by=by, at=at) if fresh else None
        facts = {"called": len(fresh), "joined": len(joined), "colour": proposal.colour, "hazard": proposal.hazard,
                 "regions": codes, "by_hand": sum(c.means.by_hand for c in fresh)}  # fmt: skip
        subject = ("warnings.call_out", call_out.pk) if call_out else ("warnings.proposal", proposal.pk)
        record(code="warnings.call_out_released", subject=subject, facts=facts, by=by, at=at, region=region,
               exercise_id=proposal.item.exercise_id)  # fmt: skip
    return Released(call_out, len(fresh), len(joined))


def _joined(
    people: Sequence[Callee],
    earlier: Mapping[UUID, Sequence[CallOutItem]],
    open_calls: Mapping[UUID, CallOut],
    *,
    colour: str,
    region: str,
    at: datetime,
) -> dict[UUID, CallOutItem]:
    """Who was called about the same area a short while ago at this colour or a higher one: person → that item."""
    within = rulebook.minutes("join_minutes", region=region, at=at)
    recent = {
        pk: calls.Recent(call.colour, call.released_at, tuple(r.pk for r in call.regions.all()))
        for pk, call in open_calls.items()
    }
    found: dict[UUID, CallOutItem] = {}
    for callee in people:
        for item in earlier.get(callee.person_id, ()):
            call = recent[item.call_out_id]
            if all(
                calls.joins([call], region=d.region, colour=colour, at=at, within=within)
                for d in callee.duties
            ):
                found[callee.person_id] = item
                break
    return found


def _call(
    proposal: Proposal,
    plan: Mapping[str, calls.Means],
    codes: list[str],
    people: Sequence[Callee],
    earlier: Mapping[UUID, Sequence[CallOutItem]],
    *,
    by: str,
    at: datetime,
) -> CallOut:
    call_out = _open_call_out(proposal, plan, codes, by=by, at=at)
    higher = [
        item for c in people for item in earlier.get(c.person_id, ()) if _is_replaced(item, proposal, codes)
    ]
    move_all([Making(item=item.item, name="supersede", by=BY, at=at) for item in higher])
    old = _messages_of(higher)
    items = _open_items(call_out, people, by=by, at=at)
    insert_rows(
        [
            CallOutDuty(item=item, duty_id=duty.id, kind_id=duty.kind, region_id=duty.region)
            for item, callee in zip(items, people, strict=True)
            for duty in callee.duties
        ]
    )
    send_all(_messages(call_out, people, old, by=by, at=at))
    return call_out


def _is_replaced(item: CallOutItem, proposal: Proposal, codes: Sequence[str]) -> bool:
    """An open call about the same area that is not higher than this one: the person is asked once, by the newer."""
    lower = item.item.closed_at is None and scales.severity(proposal.colour) >= item.item.severity
    return lower and any(calls.covers(code, item.item.region_id) for code in codes)


def _open_call_out(
    proposal: Proposal, plan: Mapping[str, calls.Means], codes: list[str], *, by: str, at: datetime
) -> CallOut:
    region = calls.common_region(codes)
    hazard = rulebook.hazard(proposal.hazard, region=region, at=at)["zh"]
    call_out = CallOut(
        proposal=proposal, hazard=proposal.hazard, colour=proposal.colour, basis=proposal.basis, area=proposal.area,
        text=words.about(words.CALLED[proposal.basis], hazard=hazard, colour=proposal.colour, regions=codes),
        plan={kind: [means.urgency, means.by_hand] for kind, means in sorted(plan.items())},
        answer_minutes=rulebook.of_colour("answer_limit", proposal.colour, region=region, at=at), released_at=at,
    )  # fmt: skip
    open_item(
        loop="warnings.call_out", record=call_out, title=call_out.text, region=region,
        severity=scales.severity(proposal.colour), charge_duty="watch_officer", arises_from=proposal.item,
        by=by, at=at, exercise_id=proposal.item.exercise_id,
    )  # fmt: skip
    call_out.regions.set(areas.rows(codes))
    return call_out


def _open_items(call_out: CallOut, people: Sequence[Callee], *, by: str, at: datetime) -> list[CallOutItem]:
    names = dict(Person.objects.filter(pk__in=[c.person_id for c in people]).values_list("pk", "name"))
    minutes = rulebook.of_colour("escalate_after", call_out.colour, region=call_out.item.region_id, at=at)
    severity = scales.severity(call_out.colour)
    records = [
        CallOutItem(
            call_out=call_out, person_id=c.person_id, stands_in_for_id=c.stands_in_for, street_id=c.street,
            kind_id=c.duties[0].kind, closes_on=c.closes_on, urgency=c.means.urgency, by_hand=c.means.by_hand,
            called_at=at, escalate_minutes=minutes,
        )
        for c in people
    ]  # fmt: skip
    openings = [
        Opening(
            record=row, title=f"{names[c.person_id]} · {call_out.text}", region=c.region, severity=severity,
            charge_person=c.person_id, arises_from=call_out.item,
        )
        for row, c in zip(records, people, strict=True)
    ]  # fmt: skip
    open_items(
        loop="warnings.call_out_item", openings=openings, by=by, at=at, exercise_id=call_out.item.exercise_id
    )
    return records


def _messages(
    call_out: CallOut, people: Sequence[Callee], old: Mapping[UUID, UUID], *, by: str, at: datetime
) -> list[Row]:
    labels = dict(DutyKind.objects.values_list("pk", "label"))
    asked: dict[str, str] = {}
    expires = at + timedelta(hours=12)
    rows = []
    for c in people:
        duties = "、".join(dict.fromkeys(labels[d.kind] for d in c.duties))
        if duties not in asked:
            asked[duties] = words.sentence(words.ASKED, duties=duties)
        rows.append(
            Row(
                kind=CALL_KIND, to=c.person_id, title=call_out.text[:100], text=f"{call_out.text}{asked[duties]}",
                urgency=c.means.urgency, ladder="by_hand" if c.means.by_hand else "", expires=expires,
                subject=("warnings.call_out", call_out.pk), by=by, at=at,
                exercise_id=call_out.item.exercise_id, supersedes=old.get(c.person_id),
            )
        )  # fmt: skip
    return rows


def _messages_of(items: Sequence[CallOutItem]) -> dict[UUID, UUID]:
    """Person → the message of an earlier call that a higher one takes the place of."""
    from_calls: dict[str, set[UUID]] = defaultdict(set)
    for item in items:
        from_calls[str(item.call_out_id)].add(item.person_id)
    found: dict[UUID, UUID] = {}
    for call, people in from_calls.items():
        found |= called.messages_of(call, people)
    return found
