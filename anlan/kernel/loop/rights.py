"""Who may make a move, and who is barred from it because they took part before."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.loop import registry
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.loop.spec import CHARGED, OPENER, SYSTEM, Move
from anlan.kernel.orgs.models import Absence, Duty, DutyKind, Person
from anlan.kernel.orgs.queries import duty_names, has_duty, in_force, who_answers

NOT_YOURS = reason("loop.not_yours", N_("You may not take the step “{move}” here. It is for: {who}."))
SECOND_PERSON = reason(
    "loop.second_person", N_("You took the step “{earlier}” yourself; “{move}” needs another person.")
)
NOT_ON_WATCH = reason(
    "loop.not_on_watch",
    N_("A word on the telephone is written down by somebody on watch. Ask the watch officer."),
)
SECOND_RECORDER = reason(
    "loop.second_recorder",
    N_(
        "You proposed this. While another officer is on watch, that officer records the approval by telephone."
    ),
)

OPENING = N_("Opened")
_WORDS = {
    CHARGED: N_("Whoever is in charge"),
    OPENER: N_("Whoever opened it"),
    SYSTEM: N_("The platform itself"),
}


def person_id(by: str) -> UUID | None:
    """The person behind `person:<id>`, or None for a service."""
    kind, _, name = by.partition(":")
    return UUID(name) if kind == "person" else None


def may(move: Move, item: WorkItem, *, by: str, at: datetime) -> bool:
    """Whether an author may make a move, before asking who took part earlier."""
    person = person_id(by)
    if person is None:
        return SYSTEM in move.by
    if OPENER in move.by and item.opened_by == by:
        return True
    if CHARGED in move.by and in_charge(item, person, at=at):
        return True
    kinds = [word for word in move.by if word not in (CHARGED, OPENER, SYSTEM)]
    return bool(kinds) and has_duty(person_id=person, kinds=kinds, region=item.region_id, at=at)


def in_charge(item: WorkItem, person: UUID, *, at: datetime) -> bool:
    """Whether a person is in charge of an item: by name, by standing in, by duty, or as one of its organisation.

    An organisation stays on the item for good, so that it goes on seeing its matter; it is in charge only while no
    duty is: a firm does not recheck its own work.
    """
    if item.charge_person_id == person or _stands_in(person, item.charge_person_id, at=at):
        return True
    if item.charge_duty:
        return has_duty(person_id=person, kinds=[item.charge_duty], region=item.region_id, at=at)
    members = Person.objects.filter(pk=person, organisation=item.charge_org_id, active=True)
    return item.charge_org_id is not None and members.exists()


def _stands_in(person: UUID, charged: UUID | None, *, at: datetime) -> bool:
    away = Absence.objects.filter(deputy=person, start__lte=at, end__gt=at)
    return charged is not None and away.filter(person=charged).exists()


def barred_by(move: Move, item: WorkItem, *, by: str) -> str:
    """The earlier move that bars an author from this one, or an empty string."""
    if "open" in move.unless and item.opened_by == by:
        return "open"
    earlier = [name for name in move.unless if name != "open"]
    if not earlier:
        return ""
    return (
        Step.objects.filter(item=item, move__in=earlier, by=by).values_list("move", flat=True).first() or ""
    )


def check_author(move: Move, item: WorkItem, *, by: str, at: datetime) -> None:
    """Raise `Refused` unless the author may make the move now."""
    if not may(move, item, by=by, at=at):
        raise Refused(NOT_YOURS, move=move.label, who=_names(move))
    if earlier := barred_by(move, item, by=by):
        before = registry.loop_of(item).move(earlier)
        raise Refused(SECOND_PERSON, move=move.label, earlier=before.label if before is not None else OPENING)


def _names(move: Move) -> str:
    """Whom a move is for, in words."""
    kinds = duty_names([word for word in move.by if word not in _WORDS])
    own = [gettext(_WORDS[word]) for word in move.by if word in _WORDS]
    return "、".join([*own, *kinds])


def single_handed(move: Move, item: WorkItem, *, recorder: str, at: datetime) -> bool:
    """Whether the recorder of a telephone approval had a hand in the proposal and is alone on watch.

    Only somebody on watch writes such a word down; where a second one is there, the proposer may not. Raises
    `Refused`.
    """
    writer = person_id(recorder)
    kinds = DutyKind.objects.filter(watch=True).values_list("code", flat=True)
    if writer is None or not has_duty(person_id=writer, kinds=kinds, region=item.region_id, at=at):
        raise Refused(NOT_ON_WATCH, field="telephone")
    if not barred_by(move, item, by=recorder):
        return False
    if _others_on_watch(writer, item.region_id, at=at):
        raise Refused(SECOND_RECORDER)
    return True


def _others_on_watch(recorder: UUID, region: str, *, at: datetime) -> bool:
    kinds: Iterable[str] = Duty.objects.filter(
        in_force(at), person_id=recorder, kind__watch=True
    ).values_list("kind_id", flat=True)
    return any(
        answerer.person_id != recorder
        for kind in kinds
        for answerer in who_answers(duty=kind, where=region, at=at)
    )
