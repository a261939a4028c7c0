"""Messages that a loop queues: to whoever was put in charge, and to whoever must know that a clock ran out."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.timezone import localtime
from django.utils.translation import gettext

from anlan.kernel.core.words import N_
from anlan.kernel.loop import registry
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.loop.spec import CHARGED, DEPUTY, SUPERIOR
from anlan.kernel.messaging.registry import register_kind
from anlan.kernel.messaging.sending import Row, send_all
from anlan.kernel.messaging.spec import MessageKind
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import deputies_of, who_answers

MOVED_FIELDS = [
    "state",
    "state_since",
    "charge_person",
    "charge_duty",
    "charge_org",
    "due_at",
    "next_at",
    "next_step",
    "escalated_to",
    "closed_at",
]

# The same as attributes of a row: foreign keys by their id, so that nothing is fetched.
MOVED_COLUMNS = [f"{name}_id" if name in ("charge_person", "charge_org") else name for name in MOVED_FIELDS]

CHARGED_KIND = "loop.charged"
CLOCK_KIND = "loop.clock"
STANDS_FOR = timedelta(days=7)
REMINDER = N_("Reminder: “{title}” is “{state}” and due {due}.")
OVERDUE = N_("Overdue: “{title}” is “{state}” and was due {due}.")


def register_kinds() -> None:
    """The kernel's own two kinds of message; neither asks for an answer, the item itself is answered."""
    register_kind(MessageKind(CHARGED_KIND, N_("Put in charge"), answers=(), handler=None, ladder="office"))
    register_kind(MessageKind(CLOCK_KIND, N_("A clock"), answers=(), handler=None, ladder="office"))


def charged(items: Iterable[WorkItem], *, by: str, at: datetime) -> None:
    """Tell those who are in charge of items that were just opened or handed to them."""
    rows = [
        _message(CHARGED_KIND, item, person, item.title, by=by, at=at)
        for item in items
        for person in people_in_charge(item, at=at)
        if f"person:{person}" != by
    ]
    if rows:
        send_all(rows)


def moved(steps: Sequence[Step]) -> None:
    """Tell those whom a move put in charge."""
    for step in steps:
        known = registry.registered(step.item.loop)
        declared = known.loop.move(step.move)
        if known.announces and declared is not None and declared.charges is not None:
            charged([step.item], by=step.by, at=step.at)


def people_in_charge(item: WorkItem, *, at: datetime) -> list[UUID]:
    """The people an item is in the hands of: a person, the first rank of a duty, or an organisation's people."""
    if item.charge_person_id is not None:
        return [item.charge_person_id]
    if item.charge_duty:
        answerers = who_answers(duty=item.charge_duty, where=item.place or item.region_id, at=at)
        return [a.person_id for a in answerers if a.rank == answerers[0].rank]
    if item.charge_org_id is not None:
        people = Person.objects.filter(organisation=item.charge_org_id, active=True)
        return list(people.values_list("pk", flat=True)[:20])
    return []


def people_at(duty: str, item: WorkItem, *, at: datetime) -> list[UUID]:
    """Whom a rung of the ladder names: the charged, their deputy or superior, or the holders of a duty."""
    if duty == CHARGED:
        return people_in_charge(item, at=at)
    if duty == DEPUTY:
        return _deputies(item, at=at)
    if duty == SUPERIOR:
        bosses = Person.objects.filter(pk__in=people_in_charge(item, at=at), superior__isnull=False)
        return [boss.superior_id for boss in bosses if boss.superior_id is not None]
    return [a.person_id for a in who_answers(duty=duty, where=item.region_id, at=at)]


def _deputies(item: WorkItem, *, at: datetime) -> list[UUID]:
    found: dict[UUID, None] = {}
    for person in people_in_charge(item, at=at):
        kinds = [item.charge_duty] if item.charge_duty else _kinds_of(person)
        for answerer in deputies_of(person_id=person, kinds=kinds, where=item.place or item.region_id, at=at):
            found[answerer.person_id] = None
    return list(found)


def _kinds_of(person: UUID) -> list[str]:
    kinds = Person.objects.filter(pk=person, duties__valid_to=None).values_list("duties__kind_id", flat=True)
    return sorted(set(kinds) - {None})


def clock(rungs: Sequence[registry.Rung], *, at: datetime) -> None:
    """Tell whom the rungs name; the kernel's own way where a domain did not bring its own."""
    rows = []
    for rung in rungs:
        duty = rung.to.duty if rung.to is not None else CHARGED
        rows += [
            _message(CLOCK_KIND, rung.item, person, _clock_text(rung), by="service:sweep", at=at)
            for person in people_at(duty, rung.item, at=at)
        ]
    if rows:
        send_all(rows)


def _clock_text(rung: registry.Rung) -> str:
    """What a person reads at night: in the house's language, with the hour of the wall clock."""
    words = REMINDER if rung.kind == "remind" else OVERDUE
    return gettext(words).format(
        title=rung.item.title,
        state=gettext(registry.loop_of(rung.item).states[rung.item.state]),
        due=f"{localtime(rung.due_at):%m-%d %H:%M}",
    )


def _message(kind: str, item: WorkItem, person: UUID, text: str, *, by: str, at: datetime) -> Row:
    return Row(
        kind=kind,
        to=person,
        title=item.title,
        text=text,
        urgency=min(item.severity, 2),
        expires=max(at + STANDS_FOR, item.due_at or at),
        subject=("loop.item", item.pk),
        by=by,
        at=at,
        exercise_id=item.exercise_id,
    )
