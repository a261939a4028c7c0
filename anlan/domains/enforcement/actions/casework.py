"""立案 → 调查 → 告知 → 决定 → 送达 → 执行 → 结案: the acts of a case up to its decision, each with its clock."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.domains.dangers.public import note_penalty
from anlan.domains.enforcement.actions import common, issuing
from anlan.domains.enforcement.actions.penalising import basis_of, keep_penalties, read_given
from anlan.domains.enforcement.models import Case, Check, Publication
from anlan.domains.enforcement.rules import cases, words
from anlan.domains.enforcement.rules.cases import Given
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.loop.actions import move, open_item
from anlan.kernel.loop.handing import restart
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.orgs.models import Organisation, Person

NO_CAUSE = reason("enforcement.no_cause", N_("Write what the case is about."))
BAD_HEARING = reason("enforcement.bad_hearing", N_("A hearing is waived or held; {given} is neither."))


def open_case(
    *, cause: str, first_officer: Person | str, second_officer: Person | str, by: str, at: datetime,
    organisation: Organisation | None = None, check: WorkItem | None = None, dangers: Sequence[UUID] = (),
    happened_at: datetime | None = None, exercise_id: UUID | None = None, **more: Any,
) -> WorkItem:  # fmt: skip
    """Propose a case (立案审批): out of a check with its dangers, or against a firm. `more`: campaign, region."""
    row = Check.objects.select_related("organisation", "item").filter(pk=check.pk).first() if check else None
    firm_row = organisation or (row.organisation if row else None)
    if not cause.strip():
        raise Refused(NO_CAUSE, field="cause")
    when = happened_at or at
    first, second, _numbers = common.pair(first_officer, second_officer, firm=firm_row, on=when)
    given_region = str(more.get("region") or (row.item.region_id if row else ""))
    firm = common.firm_of(firm_row, name="", region=given_region, on=common.day_of(when))
    case = Case(
        organisation=firm.organisation, firm_name=firm.name, cause=cause[:300], check_row=row,
        campaign_id=more.get("campaign") or (row.campaign_id if row else None), first_officer=first,
        second_officer=second, tags=firm.tags, sector=firm.sector,
        open_by=common.due("enforcement.open_days", when, region=firm.region),
    )  # fmt: skip
    with transaction.atomic():
        item = open_item(
            loop="enforcement.case", record=case, title=f"{firm.name}：{cause[:80]}", region=firm.region, severity=1,
            charge_duty="safety_section", arises_from=row.item if row else None, by=by, at=at, happened_at=happened_at,
            exercise_id=exercise_id,
        )  # fmt: skip
        known = dangers or (list(row.findings.values_list("danger_id", flat=True)) if row else [])
        Case.dangers.through._default_manager.bulk_create(
            [Case.dangers.through(case_id=case.pk, danger_id=pk) for pk in known]
        )
    return item


def approve(
    *, item: WorkItem, by: str, at: datetime, happened_at: datetime | None = None, **rest: Any
) -> Step:
    """立案: from here the days to the decision run; the case goes back to its officers with a number."""
    with transaction.atomic():
        case = common.lock(Case, item)
        case.decide_by = common.due("enforcement.decide_days", happened_at or at, region=item.region_id)
        case.save(update_fields=["decide_by"])
        step = move(item=item, name="approve", by=by, at=at, happened_at=happened_at, **rest)
        paper = issuing.opening(case, by=by, at=at)
        case.number = paper.number
        case.save(update_fields=["number"])
        _to_officers(case)
    return step


def _to_officers(case: Case) -> None:
    """The officers who propose it have it in their hands again."""
    WorkItem.objects.filter(pk=case.pk).update(charge_person=case.first_officer_id, charge_duty="")


def notify(
    *,
    item: WorkItem,
    by: str,
    at: datetime,
    happened_at: datetime | None = None,
    evidence: Any = (),
    **given: Any,
) -> Step:
    """告知: what is to be decided and why; a large amount opens the time in which a hearing may be asked for."""
    when = happened_at or at
    with transaction.atomic():
        case = common.lock(Case, item)
        penalties = read_given(given)
        for each in penalties:
            basis_of(each, region=item.region_id, at=when)
        case.large = cases.is_large(penalties, thresholds=_thresholds(item, when))
        case.hearing_until = (
            common.due("enforcement.hearing_days", when, region=item.region_id) if case.large else None
        )
        case.power, case.notified = penalties[0].power, [issuing.told(each) for each in penalties]
        case.save(update_fields=["large", "hearing_until", "power", "notified"])
        amount = str(sum(each.amount for each in penalties))
        step = move(item=item, name="notify", by=by, at=at, happened_at=happened_at, evidence=evidence, amount=amount,
                    power=case.power)  # fmt: skip
        issuing.notice(case, penalties, by=by, at=at)
    return step


def hear(*, item: WorkItem, hearing: str, by: str, at: datetime, **rest: Any) -> Step:
    """陈述申辩、听证: waived in writing or held; what was said stands in the reason."""
    if hearing not in words.HEARINGS or not hearing:
        raise Refused(BAD_HEARING, field="hearing", given=hearing or "—")
    with transaction.atomic():
        case = common.lock(Case, item)
        case.hearing = hearing
        case.save(update_fields=["hearing"])
        return move(item=item, name="hear", by=by, at=at, hearing=hearing, **rest)


def review(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """法制审核与集体讨论: by somebody who neither proposed the case nor gave the notice."""
    with transaction.atomic():
        case = common.lock(Case, item)
        case.reviewed_by, case.reviewed_at = by, rest.get("happened_at") or at
        case.save(update_fields=["reviewed_by", "reviewed_at"])
        return move(item=item, name="review", by=by, at=at, **rest)


def extend(*, item: WorkItem, until: datetime, by: str, at: datetime, **rest: Any) -> Step:
    """The head gives the decision more time; the reason stays."""
    with transaction.atomic():
        case = common.lock(Case, item)
        if case.decide_by is not None and until <= case.decide_by:
            raise Refused(cases.NOT_LATER, field="until", date=common.says(case.decide_by))
        case.decide_by = until
        case.save(update_fields=["decide_by"])
        name = "extend" if case.item.state == "investigating" else "extend_noticed"
        step = move(item=item, name=name, by=by, at=at, until=until.isoformat(), **rest)
        restart(item, due_at=until)
    return step


def decide(
    *, item: WorkItem, by: str, at: datetime, happened_at: datetime | None = None, evidence: Any = (),
    entered_by: str = "", telephone: Any = None, **given: Any,
) -> Step:  # fmt: skip
    """决定: penalties against the firm, a person, or both (一案双罚), within its basis; the days to serve begin."""
    when = happened_at or at
    with transaction.atomic():
        case = common.lock(Case, item)
        penalties = read_given(given)
        thresholds = _thresholds(item, when)
        cases.check_ready(
            large=cases.is_large(penalties, thresholds=thresholds), hearing=case.hearing,
            reviewed=bool(case.reviewed_by),
            hearing_until=case.hearing_until, at=when, threshold=thresholds["unit"],
        )  # fmt: skip
        case.serve_by = common.due("enforcement.serve_days", when, region=item.region_id)
        case.save(update_fields=["serve_by"])
        amount = str(sum(each.amount for each in penalties))
        step = move(
            item=item, name="decide", by=by, at=at, happened_at=happened_at, evidence=evidence, entered_by=entered_by,
            telephone=telephone, amount=amount, power=penalties[0].power,
        )  # fmt: skip
        keep_penalties(item, "case", penalties, by=by, at=at, decided_at=when)
        issuing.decision(case, penalties, by=by, at=at)
        _to_be_published(case, when, by=by, at=at)
        _tell_dangers(case, penalties, when, by=by, at=at)
        _to_officers(case)
    return step


def _to_be_published(case: Case, when: datetime, *, by: str, at: datetime) -> None:
    due_by = common.due("enforcement.publish_days", when, region=case.item.region_id)
    open_item(
        loop="enforcement.publication", record=Publication(case=case, due_by=due_by), title=str(case),
        region=case.item.region_id, charge_person=case.first_officer, arises_from=case.item, by=by, at=at,
        exercise_id=case.item.exercise_id,
    )  # fmt: skip


def _tell_dangers(case: Case, penalties: Sequence[Given], when: datetime, *, by: str, at: datetime) -> None:
    """重大事故隐患处罚: a major danger of the case carries the number of the penalty."""
    amount = sum((each.amount for each in penalties), Decimal(0))
    for danger in case.dangers.select_related("item").filter(grade="major"):
        note_penalty(
            item=danger.item, number=case.number, decided_on=common.day_of(when), amount=amount, by=by, at=at
        )


def _thresholds(item: WorkItem, at: datetime) -> dict[str, Any]:
    found: dict[str, Any] = rulesets.value_of("enforcement.large_amount", region=item.region_id, at=at)
    return found


def publish(*, item: WorkItem, published_where: str, by: str, at: datetime, **rest: Any) -> Step:
    """The decision stands where everybody can read it."""
    with transaction.atomic():
        row = common.lock(Publication, item)
        row.published_where = published_where[:200]
        row.save(update_fields=["published_where"])
        return move(item=item, name="publish", by=by, at=at, published_where=published_where, **rest)
