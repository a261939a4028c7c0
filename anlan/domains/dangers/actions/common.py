"""What all writes about dangers share: locking, dates, whose hands it is in, and what it does to its risk point."""

from datetime import datetime
from uuid import UUID

from anlan.domains.dangers import rules
from anlan.domains.dangers.loop import CHECKERS
from anlan.domains.dangers.models import Danger, Term
from anlan.domains.risks.public import OpenDanger, weigh
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused
from anlan.kernel.loop import announce
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.loop.rights import person_id
from anlan.kernel.orgs.models import Duty, Organisation, Person
from anlan.kernel.orgs.queries import has_duty, in_force


def lock(item: WorkItem) -> Danger:
    return Danger.objects.select_for_update(of=("self",)).select_related("item").get(pk=item.pk)


def set_term(danger: Danger, due_at: datetime, *, by: str, at: datetime, also: tuple[str, ...] = ()) -> None:
    """Set the date to put it right by; every date that was ever set stays."""
    rules.check_term(due_at, at=at)
    danger.rectify_by = due_at
    danger.save(update_fields=["rectify_by", *also])
    Term.objects.create(item_id=danger.pk, due_at=due_at, set_at=at, by=by)


def charge_firm(item: WorkItem, firm: Organisation, *, by: str, at: datetime) -> None:
    """Put an item into the hands of a firm and tell its people."""
    item.charge_org, item.charge_duty, item.charge_person = firm, "", None
    item.save(update_fields=["charge_org", "charge_duty", "charge_person"])
    announce.charged([item], by=by, at=at)


def firm_of(organisation: Organisation | UUID | str | None) -> Organisation:
    if organisation is None or organisation == "":
        raise Refused(rules.NO_FIRM, field="organisation")
    return (
        organisation if isinstance(organisation, Organisation) else Organisation.objects.get(pk=organisation)
    )


def kinds_of(by: str, at: datetime) -> set[str]:
    """The kinds of duty that an author holds anywhere."""
    person = person_id(by)
    return (
        set(Duty.objects.filter(in_force(at), person_id=person).values_list("kind_id", flat=True))
        if person
        else set()
    )


def is_checker(by: str, *, region: str, at: datetime) -> bool:
    """Whether an author checks firms in a region: a patroller of another street hands on what they see here."""
    person = person_id(by)
    return person is not None and has_duty(person_id=person, kinds=CHECKERS, region=region, at=at)


def second_officer(given: str, *, by: str, region: str, at: datetime) -> Person:
    """The other of two certified officers: a holder of the duty there, and another person. Raises `Refused`."""
    try:
        key = UUID(given.removeprefix("person:"))
    except ValueError:
        raise Refused(rules.SECOND_OFFICER, field="second_officer") from None
    rules.check_two_officers(by=by, second=str(key))
    found = Person.objects.filter(pk=key, active=True).first()
    if found is None or not has_duty(person_id=key, kinds=["enforcement_officer"], region=region, at=at):
        raise Refused(rules.SECOND_OFFICER, field="second_officer")
    return found


def entered_for(firm: UUID | None, by: str) -> str:
    """代录: the firm, where a person who is not of it writes in its name; else an empty string."""
    person = person_id(by)
    if firm is None or person is None or Person.objects.filter(pk=person, organisation=firm).exists():
        return ""
    return f"enterprise:{firm}"


def title_of(organisation: Organisation | None, description: str) -> str:
    return f"{organisation}：{description[:80]}" if organisation else description[:80]


def set_order(danger: Danger, *, at: datetime) -> None:
    """Where it stands among the others follows from its grade and the three looks; unsaved."""
    weights = rulesets.value_of("dangers.order_weights", region=danger.item.region_id, at=at)
    looks = {name: getattr(danger, name) for name in rules.LOOKS}
    danger.order = rules.order_of(grade=danger.grade, looks=looks, weights=weights)


def weigh_point(danger: Danger, *, by: str, at: datetime) -> None:
    """Tell the risk point what is open there now, after each opening, grading, closing and reopening."""
    if danger.risk_point_id is not None:
        weigh_at(danger.risk_point_id, exercise_id=danger.item.exercise_id, by=by, at=at)


def weigh_at(point_id: UUID, *, exercise_id: UUID | None, by: str, at: datetime) -> None:
    """The same for a point by its id."""
    rows = Danger.objects.filter(risk_point_id=point_id, item__closed_at=None, item__exercise_id=exercise_id)
    there = [
        OpenDanger(id=pk, grade=grade, since=since)
        for pk, grade, since in rows.values_list("pk", "grade", "item__opened_at")
    ]
    weigh(point_id=point_id, dangers=there, by=by, at=at, exercise_id=exercise_id)
