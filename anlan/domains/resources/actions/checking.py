"""Writes about contacts: every force is asked at its interval; who is silent is asked again, then rung."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localtime
from django.utils.translation import gettext

from anlan.domains.resources import rules
from anlan.domains.resources.actions.forces import check_keeper, write
from anlan.domains.resources.models import ContactCheck, Force
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.words import N_
from anlan.kernel.loop import announce
from anlan.kernel.loop.actions import move, open_item
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.loop.registry import Rung
from anlan.kernel.messaging.models import Answer, Message
from anlan.kernel.messaging.sending import close, open_about, send
from anlan.kernel.orgs.models import Person
from anlan.kernel.places.models import Place

KIND = "resources.contact_check"
BY = "service:sweep"
A_TURN = 100
TITLE = N_("Are your contact details still right?")
TEXT = N_(
    "{force}: {a}{b}, {people} people, based at {base}. If all of it is right, press the big button or reply 1. "
    "If something has changed, write what."
)
UNSAID = N_("Not said: ring and ask what has changed.")


def ask(*, force: Force, by: str, at: datetime) -> WorkItem:
    """Ask a force whether its contact is right: by message to contact A; contact B follows by the reminder.

    Raises `Refused`: resources.asked_already, resources.gone, resources.not_keeper.
    """
    if by != BY:
        check_keeper(force.region_id, by=by, at=at)
    with transaction.atomic():
        row = (
            Force.objects.select_for_update(of=("self",))
            .select_related("contact_a", "contact_b")
            .get(pk=force.pk)
        )
        if row.left_at is not None:
            raise Refused(rules.GONE, name=row.name, day=f"{localtime(row.left_at):%F}")
        running = ContactCheck.objects.filter(force=row, item__closed_at=None).select_related("item").first()
        if running is not None:
            day = f"{localtime(running.item.opened_at):%F}"
            raise Refused(rules.ASKED_ALREADY, name=row.name, day=day)
        item = open_item(
            loop=KIND, record=ContactCheck(force=row, asked=row.contact_a), title=row.name, region=row.region_id,
            place=None, charge_org=row.organisation, by=by, at=at,
        )  # fmt: skip
        row.asked_at = at
        row.save(update_fields=["asked_at"])
        _send(item, row, row.contact_a, by=by, at=at)
    return item


def _send(item: WorkItem, force: Force, to: Person, *, by: str, at: datetime) -> Message:
    second = f"、{force.contact_b.name}" if force.contact_b is not None else ""
    text = gettext(TEXT).format(
        force=force.name,
        a=force.contact_a.name,
        b=second,
        people=force.people,
        base=force.base or force.region.name,
    )
    return send(
        kind=KIND, to=to.pk, title=gettext(TITLE), text=text, urgency=1, expires=at + timedelta(days=14),
        subject=("loop.item", item.pk), by=by, at=at, exercise_id=item.exercise_id,
    )  # fmt: skip


def ask_due(*, region: str, at: datetime) -> int:
    """The round of the day: those not asked within the days of the rule. A part of them a turn."""
    days = int(rulesets.value_of("resources.contact_days", region=region, at=at))
    before = at - timedelta(days=days)
    due = Force.objects.filter(
        Q(asked_at=None) | Q(asked_at__lte=before), Q(answered_at=None) | Q(answered_at__lte=before), left_at=None
    ).exclude(checks__item__closed_at=None, checks__isnull=False)  # fmt: skip
    done = 0
    for force in due.order_by("asked_at", "pk")[:A_TURN]:
        ask(force=force, by=BY, at=at)
        done += 1
    return done


def on_answer(message: Message, answer: Answer) -> None:
    """What a contact pressed or wrote: *received* says that all is right, words say what has changed."""
    item = WorkItem.objects.filter(pk=message.subject_id, loop=KIND, state="asked").first()
    if item is None:
        return
    by = f"person:{message.person_id}"
    if answer.kind == "received":
        _make(item, "confirm", by=by, at=answer.at)
    elif answer.note.strip() or answer.via != "page":
        # Somebody who pressed a key on a telephone wrote nothing: the keeper rings to hear what it is.
        change(item=item, words=answer.note.strip() or gettext(UNSAID), by=by, at=answer.at)
    else:
        raise Refused(rules.NO_WORDS, field="note")


def ring(*, item: WorkItem, answered_by: str, by: str, at: datetime, **rest: Any) -> Step:
    """The keeper rang: all is right, and who said so."""
    return _make(item, "ring", by=by, at=at, answered_by=answered_by, **rest)


def confirm(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """Somebody of the force says on the page that all is right."""
    return _make(item, "confirm", by=by, at=at, **rest)


def change(*, item: WorkItem, words: str, by: str, at: datetime, **rest: Any) -> Step:
    """Something has changed: the contact answered, the keeper enters it within the clock."""
    if not words.strip():
        raise Refused(rules.NO_WORDS, field="words")
    step = _make(item, "change", by=by, at=at, words=words.strip()[:300], **rest)
    announce.charged([step.item], by=by, at=at)
    return step


def lose(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """Nobody is to be reached: the register says so until somebody answers again."""
    with transaction.atomic():
        step = move(item=item, name="lose", by=by, at=at, **rest)
        _end_messages(item, by=by, at=at)
        Force.objects.filter(checks__item=item).update(answered_at=None)
    return step


def _make(item: WorkItem, name: str, *, by: str, at: datetime, **rest: Any) -> Step:
    """A move by which the force was heard: its line says when."""
    with transaction.atomic():
        step = move(item=item, name=name, by=by, at=at, **rest)
        heard = Force.objects.select_for_update().get(checks__item=item)
        if heard.answered_at is None or heard.answered_at < step.happened_at:
            heard.answered_at = step.happened_at
            heard.save(update_fields=["answered_at"])
        _end_messages(item, by=by, at=at)
    return step


def _end_messages(item: WorkItem, *, by: str, at: datetime) -> None:
    """Nobody is asked twice: what still waits to be answered ends with the answer."""
    waiting = Message.objects.filter(open_about(("loop.item", item.pk)), kind=KIND)
    close(list(waiting.values_list("pk", flat=True)), by=by, at=at, why="answered")


def leave(*, force: Force, why: str, by: str, at: datetime) -> None:
    """A force leaves the register; its line stays for what was done with it. Open questions to it end."""
    check_keeper(force.region_id, by=by, at=at)
    with transaction.atomic():
        if Force.objects.filter(pk=force.pk, left_at=None).update(left_at=at) != 1:
            raise Refused(rules.GONE, name=force.name, day=f"{localtime(force.left_at or at):%F}")
        if force.place_id is not None:
            Place.objects.filter(pk=force.place_id).update(active=False)
        for check in ContactCheck.objects.filter(force=force, item__closed_at=None).select_related("item"):
            move(item=check.item, name="withdraw", by=BY, at=at)
            _end_messages(check.item, by=BY, at=at)
        write("resources.force_left", force, {"why": why.strip()[:200]}, by=by, at=at)
    force.refresh_from_db()


def tell(rungs: Sequence[Rung], at: datetime) -> None:
    """The ladder of the sweep: the reminder asks contact B (A again where there is none), the rungs after it tell the
    keeper and the watch chief."""
    announce.clock([rung for rung in rungs if rung.kind != "remind"], at=at)
    for rung in rungs:
        if rung.kind == "remind":
            _ask_second(rung.item, at=at)


def _ask_second(item: WorkItem, *, at: datetime) -> None:
    force = Force.objects.select_related("contact_a", "contact_b", "region").get(checks__item=item)
    to = force.contact_b or force.contact_a
    before: UUID | None = None
    if to.pk == force.contact_a_id:
        last = Message.objects.filter(open_about(("loop.item", item.pk)), kind=KIND, person=to)
        before = last.order_by("-created_at").values_list("pk", flat=True).first()
    if before is None:
        _send(item, force, to, by=BY, at=at)
