"""述职述安 before a panel, and the findings of duty inspections."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.domains.assessments.actions.rights import check_member, check_office
from anlan.domains.assessments.actions.sheets import give_back
from anlan.domains.assessments.models import Finding, Inspection, PanelScore, PanelSeat, SafetyAccount
from anlan.domains.assessments.rules import duties, scoring
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.workdays import local_day
from anlan.kernel.ledger.actions import record
from anlan.kernel.loop.actions import move, open_item
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.loop.registry import loop_of
from anlan.kernel.loop.rights import person_id
from anlan.kernel.orgs.models import Organisation, Person

KINDS = ("duty", "special")


def ask_account(
    *,
    leader: Person,
    year: int,
    panel: Iterable[Person],
    by: str,
    at: datetime,
    exercise_id: UUID | None = None,
) -> WorkItem:
    """Ask a leader to account for the safety of their unit before a panel, of which the leader is no member."""
    unit = leader.organisation
    check_office(unit.region_id, by=by, at=at)
    members = {person.pk: person for person in panel}
    if not members or leader.pk in members:
        raise Refused(duties.NO_PANEL, field="panel")
    with transaction.atomic():
        account = SafetyAccount(leader=leader, unit=unit, year=year)
        item = open_item(
            loop="assessments.safety_account", record=account, title=f"{year}·{unit} {leader.title} {leader.name}",
            region=unit.region_id, charge_person=leader, by=by, at=at, exercise_id=exercise_id,
        )  # fmt: skip
        PanelSeat.objects.bulk_create(
            PanelSeat(account=account, member=member) for member in members.values()
        )
    return item


def open_account(
    *, leader: Person, year: str | int, panel: Iterable[Person] | Person, by: str, at: datetime, **rest: Any
) -> WorkItem:
    """The same from the form of the register, whose panel starts with one member."""
    members = [panel] if isinstance(panel, Person) else list(panel)
    return ask_account(
        leader=leader, year=int(year), panel=members, by=by, at=at, exercise_id=rest.get("exercise_id")
    )


def score_account(
    *, account: SafetyAccount, score: str | Decimal, by: str, at: datetime, said: str = ""
) -> PanelScore:
    """A member of the panel gives a score, once."""
    member = person_id(by)
    seat = PanelSeat.objects.filter(account=account, member_id=member).first() if member else None
    if seat is None:
        raise Refused(duties.NOT_PANEL)
    with transaction.atomic():
        item = WorkItem.objects.select_for_update(of=("self",)).get(pk=account.pk)
        if item.state != "handed_in":
            raise Refused(duties.STATE, state=loop_of(item).states[item.state])
        if PanelScore.objects.filter(seat=seat).exists():
            raise Refused(duties.SCORED_ALREADY, field="score")
        row = PanelScore.objects.create(seat=seat, score=_score(score), said=said.strip()[:500], by=by, at=at)
        record(code="assessments.panel_scored", subject=("loop.item", item.pk), facts={"score": row.score}, by=by,
               at=at, region=item.region_id, exercise_id=item.exercise_id)  # fmt: skip
    return row


def _score(given: str | Decimal) -> Decimal:
    try:
        score = Decimal(str(given).strip())
    except InvalidOperation:
        score = Decimal("NaN")
    if not score.is_finite() or not 0 <= score <= scoring.HUNDRED:
        raise Refused(duties.BAD_SCORE, field="score", given=given)
    return score.quantize(scoring.CENT)


def close_account(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """Close with the mean of the whole panel: nobody's score is left out, so all must be there."""
    with transaction.atomic():
        account = SafetyAccount.objects.select_for_update(of=("self",)).get(pk=item.pk)
        seats = list(account.panel.select_related("member", "score"))
        waiting = [seat.member.name for seat in seats if not hasattr(seat, "score")]
        duties.check_all(waiting, duties.PANEL_WAITS, "names")
        step = move(item=item, name="close", by=by, at=at, **rest)
        account.mean = scoring.mean(seat.score.score for seat in seats)
        account.save(update_fields=["mean"])
    return step


def give_finding(
    *, unit: Organisation, words: str, kind: str, by: str, at: datetime, inspected_on: date | None = None,
    inspection: Inspection | None = None, exercise_id: UUID | None = None, **rest: Any,
) -> WorkItem:  # fmt: skip
    """Give a unit what an inspection of its duty found; it says how it was mended, somebody looks back."""
    check_office(unit.region_id, by=by, at=at)
    if not words.strip():
        raise Refused(duties.NO_FINDING, field="words")
    finding = Finding(
        unit=unit,
        kind=kind if kind in KINDS else "duty",
        words=words.strip()[:500],
        inspected_on=inspected_on or (inspection.first if inspection else local_day(at)),
        inspection=inspection,
    )
    return open_item(
        loop="assessments.duty_finding", record=finding, title=f"{unit} · {words.strip()[:120]}", region=unit.region_id,
        charge_org=unit, by=by, at=at, exercise_id=exercise_id, evidence=rest.get("evidence") or (),
    )  # fmt: skip


def answer_finding(*, item: WorkItem, measure: str, by: str, at: datetime, **rest: Any) -> Step:
    """The unit says how it was mended, with a paper or photo; that goes into its register of measures."""
    finding = Finding.objects.select_related("unit").get(pk=item.pk)
    check_member(finding.unit, by=by)
    with transaction.atomic():
        step = move(item=item, name="answer", by=by, at=at, measure=measure, **rest)
        Finding.objects.filter(pk=item.pk).update(measure=measure[:500])
    return step


def not_mended(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """Looked back, and it is as it was: the unit has it again."""
    with transaction.atomic():
        step = move(item=item, name="not_mended", by=by, at=at, **rest)
        give_back(item)
    return step
