"""Reads: worklists, an item's way, and the next steps open to a person."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.core.worlds import in_world
from anlan.kernel.loop import registry, rights
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.loop.spec import Move
from anlan.kernel.orgs.models import Duty, Person
from anlan.kernel.orgs.queries import in_force, visible_regions

NOT_FOUND = reason("loop.not_found", N_("There is no such item, or it is not yours to see."))


def visible_items(person: Person, *, at: datetime) -> QuerySet[WorkItem]:
    """Items of the regions a person answers for, of the person's organisation, and those in their own hands."""
    mine = Q(charge_person=person) | Q(charge_org=person.organisation_id) | Q(opened_by=person.by)
    return WorkItem.objects.filter(visible_regions(person, at=at) | mine)


def item_for(person: Person, item_id: UUID, *, at: datetime) -> WorkItem:
    """Fetch and authorise in one act: what is not there and what is not yours are the same refusal."""
    item = (
        visible_items(person, at=at)
        .select_related("region", "place", "charge_person", "charge_org")
        .filter(pk=item_id)
    )
    found = item.first()
    if found is None:
        raise Refused(NOT_FOUND)
    return found


def my_worklist(person: Person, *, at: datetime, exercise_id: UUID | None = None) -> QuerySet[WorkItem]:
    """What is in a person's hands now, by what runs out first: by name, by duty over its region, by organisation."""
    hands = Q(charge_person=person)
    if person.organisation.kind == "enterprise":
        hands |= Q(charge_org=person.organisation_id, charge_duty="")
    for kind, prefix in Duty.objects.filter(in_force(at), person=person).values_list(
        "kind_id", "region__prefix"
    ):
        hands |= Q(charge_person=None, charge_duty=kind, region__code__startswith=prefix)
    rows = WorkItem.objects.filter(hands, in_world(exercise_id), closed_at=None).select_related(
        "region", "place"
    )
    return rows.order_by(F("due_at").asc(nulls_last=True), "-severity", "pk")


def steps_of(item: WorkItem) -> QuerySet[Step]:
    """An item's way in the order of recording, with the evidence."""
    return Step.objects.filter(item=item).prefetch_related("evidence__file").order_by("at", "pk")


def open_moves(item: WorkItem, person: Person, *, at: datetime) -> Sequence[Move]:
    """The moves this person may make now; the first is the one big button."""
    moves = registry.loop_of(item).moves
    return [
        move
        for move in moves
        if move.starts_from(item.state)
        and rights.may(move, item, by=person.by, at=at)
        and not rights.barred_by(move, item, by=person.by)
    ]


def telephone_moves(item: WorkItem, person: Person) -> Sequence[Move]:
    """The moves for which a recorder may write down somebody else's word: those that ask for a duty."""
    del person
    return [m for m in registry.loop_of(item).moves if m.starts_from(item.state) and m.unless]
