"""Writes about dangers. Each takes `by` and `at`; what may be done is decided in rules.py and in the loop."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.domains.dangers import rules
from anlan.domains.dangers.models import Candidate, Danger, Term
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused
from anlan.kernel.loop import announce
from anlan.kernel.loop.actions import move, open_item
from anlan.kernel.loop.evidence import Given
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.loop.rights import person_id
from anlan.kernel.messaging.sending import Row, send_all
from anlan.kernel.orgs.models import Duty, Organisation, Person
from anlan.kernel.orgs.queries import in_force
from anlan.kernel.places.models import Place

STOP_KIND = "dangers.stop"


def report_danger(
    *,
    description: str,
    category: str,
    region: str,
    by: str,
    at: datetime,
    source: str = "patrol",
    organisation: Organisation | None = None,
    spot: str = "",
    place: Place | None = None,
    candidate_major: bool = False,
    evidence: Sequence[Given] = (),
    fixed: bool = False,
    entered_for: str = "",
    happened_at: datetime | None = None,
    exercise_id: UUID | None = None,
) -> WorkItem:
    """Report one; with `fixed` it is closed off by its two photos, with a firm it goes to that firm at once."""
    danger = Danger(
        source=source, description=description, category=category, spot=spot, organisation=organisation,
        found_by=by, entered_for=entered_for, document=rules.document_for(_kinds_of(by, at)),
    )  # fmt: skip
    with transaction.atomic():
        item = open_item(
            loop="dangers.danger", record=danger, title=_title(organisation, description), region=region, place=place,
            severity=2 if candidate_major else 1, charge_duty="street_safety_officer", by=by, at=at,
            happened_at=happened_at, exercise_id=exercise_id, evidence=() if fixed else evidence,
        )  # fmt: skip
        if fixed:
            rules.check_on_spot("candidate_major" if candidate_major else "ordinary")
            move(item=item, name="fix_on_spot", by=by, at=at, happened_at=happened_at, evidence=evidence)
        elif organisation is not None and _is_checker(by, at):
            _to_the_firm(item, organisation, by=by, at=at)
        if candidate_major:
            mark_candidate(item=item, by=by, at=at)
    return item


def _to_the_firm(item: WorkItem, firm: Organisation, *, by: str, at: datetime) -> None:
    """A finder who may assign gives it to the firm at once, with the usual date."""
    days = rulesets.value_of("dangers.ordinary_term_days", region=item.region_id, at=at)
    assign(item=item, organisation=firm, rectify_by=at + timedelta(days=days), by=by, at=at)


def assign(
    *,
    item: WorkItem,
    organisation: Organisation | UUID | str,
    rectify_by: datetime,
    by: str,
    at: datetime,
    **rest: Any,
) -> Step:
    """Give it to the firm with a date."""
    firm = _firm(organisation)
    with transaction.atomic():
        danger = _lock(item)
        danger.organisation = firm
        _set_term(danger, rectify_by, by=by, at=at, also=("organisation",))
        needs: dict[str, Any] = {"organisation": str(firm.pk), "rectify_by": rectify_by.isoformat()}
        step = move(item=item, name="assign", by=by, at=at, **rest, **needs)
        _charge_firm(item, firm, by=by, at=at)
    return step


def rectify(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """The firm (or a patroller for it) reports it put right, with a photo; the five in place where they are due.

    The five come as `five_measures`, `five_responsible`, `five_funds`, `five_time_limit` and `five_plan`.
    """
    with transaction.atomic():
        danger = _lock(item)
        five = {name: rest.pop(f"five_{name}", "") for name in rules.FIVE}
        given = danger.five_in_place | {name: text for name, text in five.items() if text}
        rules.check_five(grade=danger.grade, age=at - item.opened_at, five=given)
        if given != danger.five_in_place:
            danger.five_in_place = given
            danger.save(update_fields=["five_in_place"])
        return move(item=item, name="rectify", by=by, at=at, **rest)


def accept(*, item: WorkItem, how: str, by: str, at: datetime, **rest: Any) -> Step:
    """Recheck passed: closed off. `how` is visit or photo."""
    with transaction.atomic():
        danger = _lock(item)
        listed = rulesets.value_of("dangers.photo_recheck_categories", region=item.region_id, at=at)
        rules.check_recheck(
            grade=danger.grade,
            category=danger.category,
            how=how,
            finder=danger.found_by,
            by=by,
            by_photo=listed,
        )
        return move(item=item, name="accept", by=by, at=at, how=how, **rest)


def send_back(*, item: WorkItem, rectify_by: datetime, by: str, at: datetime, **rest: Any) -> Step:
    """Recheck failed: the firm has it again, with a new date."""
    return _back_to_firm(item, "send_back", rectify_by=rectify_by, by=by, at=at, **rest)


def reopen(*, item: WorkItem, rectify_by: datetime, by: str, at: datetime, **rest: Any) -> Step:
    """Closed off too soon: the firm has it again, with a new date."""
    return _back_to_firm(item, "reopen", rectify_by=rectify_by, by=by, at=at, **rest)


def fix_on_spot(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """Put right where it was found: two photos."""
    with transaction.atomic():
        rules.check_on_spot(_lock(item).grade)
        return move(item=item, name="fix_on_spot", by=by, at=at, **rest)


def mark_candidate(*, item: WorkItem, by: str, at: datetime) -> WorkItem:
    """Mark *candidate major*: the firm is asked to stop and leave now, the street's officers are called."""
    with transaction.atomic():
        danger = _lock(item)
        danger.grade = "candidate_major"
        danger.save(update_fields=["grade"])
        question = open_item(
            loop="dangers.candidate", record=Candidate(danger=danger), title=item.title, region=item.region_id,
            severity=3, charge_duty="enforcement_officer", arises_from=item, by=by, at=at, exercise_id=item.exercise_id,
        )  # fmt: skip
        _ask_to_stop(question, danger, by=by, at=at)
    return question


def decide_major(
    *, item: WorkItem, second_officer: str, clause: str, by: str, at: datetime, **rest: Any
) -> Step:
    """Two officers decide that it is major, and by which clause."""
    return _decide(item, "decide_major", "major", second_officer, by=by, at=at, clause=clause, **rest)


def decide_ordinary(*, item: WorkItem, second_officer: str, by: str, at: datetime, **rest: Any) -> Step:
    """Two officers decide that it is not."""
    return _decide(item, "decide_ordinary", "ordinary", second_officer, by=by, at=at, **rest)


def _decide(
    item: WorkItem, name: str, grade: str, second: str, *, by: str, at: datetime, **rest: Any
) -> Step:
    rules.check_two_officers(by=by, second=second)
    with transaction.atomic():
        step = move(item=item, name=name, by=by, at=at, second_officer=second, **rest)
        candidate = Candidate.objects.select_related("danger").get(pk=item.pk)
        candidate.second_officer, candidate.clause = second, str(rest.get("clause", ""))
        candidate.save(update_fields=["second_officer", "clause"])
        Danger.objects.filter(pk=candidate.danger_id).update(grade=grade, clause=candidate.clause)
        WorkItem.objects.filter(pk=candidate.danger_id).update(severity=3 if grade == "major" else 1)
    return step


def _back_to_firm(
    item: WorkItem, name: str, *, rectify_by: datetime, by: str, at: datetime, **rest: Any
) -> Step:
    with transaction.atomic():
        danger = _lock(item)
        firm = _firm(danger.organisation)
        _set_term(danger, rectify_by, by=by, at=at)
        step = move(item=item, name=name, by=by, at=at, rectify_by=rectify_by.isoformat(), **rest)
        _charge_firm(item, firm, by=by, at=at)
    return step


def _ask_to_stop(question: WorkItem, danger: Danger, *, by: str, at: datetime) -> None:
    if danger.organisation_id is None:
        return
    people = Person.objects.filter(organisation=danger.organisation_id, active=True)
    send_all(
        [
            Row(
                kind=STOP_KIND,
                to=person,
                title=question.title,
                text=danger.description,
                urgency=3,
                expires=at + timedelta(days=1),
                subject=("loop.item", question.pk),
                by=by,
                at=at,
                exercise_id=question.exercise_id,
            )
            for person in people.values_list("pk", flat=True)
        ]
    )


def _lock(item: WorkItem) -> Danger:
    return Danger.objects.select_for_update(of=("self",)).select_related("item").get(pk=item.pk)


def _set_term(danger: Danger, due_at: datetime, *, by: str, at: datetime, also: tuple[str, ...] = ()) -> None:
    rules.check_term(due_at, at=at)
    danger.rectify_by = due_at
    danger.save(update_fields=["rectify_by", *also])
    Term.objects.create(item_id=danger.pk, due_at=due_at, set_at=at, by=by)


def _charge_firm(item: WorkItem, firm: Organisation, *, by: str, at: datetime) -> None:
    item.charge_org, item.charge_duty, item.charge_person = firm, "", None
    item.save(update_fields=["charge_org", "charge_duty", "charge_person"])
    announce.charged([item], by=by, at=at)


def _firm(organisation: Organisation | UUID | str | None) -> Organisation:
    if organisation is None or organisation == "":
        raise Refused(rules.NO_FIRM, field="organisation")
    return (
        organisation if isinstance(organisation, Organisation) else Organisation.objects.get(pk=organisation)
    )


def _kinds_of(by: str, at: datetime) -> set[str]:
    person = person_id(by)
    return (
        set(Duty.objects.filter(in_force(at), person_id=person).values_list("kind_id", flat=True))
        if person
        else set()
    )


def _is_checker(by: str, at: datetime) -> bool:
    return bool(_kinds_of(by, at) & {"patroller", "street_safety_officer", "enforcement_officer"})


def _title(organisation: Organisation | None, description: str) -> str:
    return f"{organisation}：{description[:80]}" if organisation else description[:80]
