"""Writes about an event's judgement, and about what units are told and asked. Each takes `by` and `at`."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from anlan.domains.incidents.actions import events
from anlan.domains.incidents.loop import LEADERS, WATCH
from anlan.domains.incidents.models import Judgement, UnitNotice, UnitQuery
from anlan.domains.incidents.queries import board
from anlan.domains.incidents.rules import judging as rules
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.words import N_
from anlan.kernel.loop.actions import Opening, move, open_item, open_items
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.loop.rights import person_id
from anlan.kernel.messaging.models import Answer, Message
from anlan.kernel.messaging.sending import Row, close, open_about, send_all
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.orgs.queries import has_duty

NOTICE_KIND, QUERY_KIND = "incidents.notice", "incidents.query"
BY = "service:incidents"
NOTICE_TITLE = N_("To be known: {title}")
QUERY_TITLE = N_("To be answered: {title}")


def judge(
    *, incident: WorkItem, known: str, unknown: str, opinion: str, review_at: datetime | None, by: str, at: datetime,
    version: int | None = None,
) -> WorkItem:  # fmt: skip
    """研判: a person signs what is known, what is not, what is to be thought of it, and when it is looked at again.

    `version` is the last one that was read: somebody else's newer one is not passed over. Raises `Refused`.
    """
    _check_author(incident, by=by, at=at)
    rules.check_judgement(known, unknown, opinion)
    hours = int(rulesets.value_of("incidents.review_hours", region=incident.region_id, at=at))
    when = rules.check_review(review_at, at=at, hours=hours)
    with transaction.atomic():
        events.lock(incident)
        last = Judgement.objects.filter(incident=incident).select_related("item").order_by("-version").first()
        number = last.version if last else 0
        if last is not None and version is not None and version != number:
            raise Refused(
                rules.JUDGED_MEANWHILE, field="opinion", by=board.name_of(last.signed_by), version=number
            )
        row = Judgement(
            incident=incident, version=number + 1, known=known.strip(), unknown=unknown.strip(),
            opinion=opinion.strip(), review_at=when, signed_by=by,
        )  # fmt: skip
        item = open_item(
            loop="incidents.judgement", record=row, title=incident.title, region=incident.region_id,
            severity=incident.severity, charge_duty="watch_officer", arises_from=incident, by=by, at=at,
            exercise_id=incident.exercise_id,
        )  # fmt: skip
        if last is not None and last.item.closed_at is None:
            move(item=last.item, name="renew", by=by, at=at)
    return item


def _check_author(incident: WorkItem, *, by: str, at: datetime) -> None:
    """The watch or a leader of the region, of an event that goes on."""
    person = person_id(by)
    duty = person is not None and has_duty(
        person_id=person, kinds=(*WATCH, *LEADERS), region=incident.region_id, at=at
    )
    if not duty and person is not None:
        raise Refused(rules.NOT_WATCH)
    incident.refresh_from_db(fields=["closed_at", "state"])
    if incident.closed_at is not None:
        raise Refused(rules.OVER, title=incident.title)


# ---- units are told and asked ----------------
def tell_units(
    *, incident: WorkItem, units: Sequence[Organisation], words: str, by: str, at: datetime
) -> list[WorkItem]:
    """通报: units are told of an event; each answers received, sends information, or says it is not concerned.

    Raises `Refused`: incidents.no_units, incidents.no_words, incidents.told_already.
    """
    _check_author(incident, by=by, at=at)
    if not units:
        raise Refused(rules.NO_UNITS, field="units")
    if not words.strip():
        raise Refused(rules.NO_WORDS, field="words")
    with transaction.atomic():
        events.lock(incident)
        waiting = UnitNotice.objects.filter(incident=incident, unit__in=units, item__state="told")
        if named := "、".join(str(each.unit) for each in waiting.select_related("unit")):
            raise Refused(rules.TOLD_ALREADY, field="units", units=named)
        items = open_items(
            loop="incidents.notice",
            openings=[
                Opening(
                    record=UnitNotice(incident=incident, unit=unit, words=words.strip()), title=incident.title,
                    region=incident.region_id, severity=incident.severity, charge_org=unit, arises_from=incident,
                )
                for unit in units
            ],
            by=by, at=at, exercise_id=incident.exercise_id,
        )  # fmt: skip
        title = gettext(NOTICE_TITLE).format(title=incident.title)
        _send(NOTICE_KIND, items, title, words.strip(), by=by, at=at)
    return items


def ask_unit(
    *,
    incident: WorkItem,
    unit: Organisation,
    question: str,
    wanted_by: datetime | None,
    by: str,
    at: datetime,
) -> WorkItem:
    """征询: a unit is asked something, with the time by which the answer is needed. Raises `Refused`."""
    _check_author(incident, by=by, at=at)
    if not question.strip():
        raise Refused(rules.NO_QUESTION, field="question")
    if wanted_by is None or wanted_by <= at:
        raise Refused(rules.BAD_DUE, field="wanted_by")
    with transaction.atomic():
        row = UnitQuery(incident=incident, unit=unit, question=question.strip(), wanted_by=wanted_by)
        item = open_item(
            loop="incidents.query", record=row, title=incident.title, region=incident.region_id,
            severity=incident.severity, charge_org=unit, arises_from=incident, by=by, at=at,
            exercise_id=incident.exercise_id,
        )  # fmt: skip
        _send(
            QUERY_KIND,
            [item],
            gettext(QUERY_TITLE).format(title=incident.title),
            question.strip(),
            by=by,
            at=at,
        )
    return item


def _send(kind: str, items: Sequence[WorkItem], title: str, text: str, *, by: str, at: datetime) -> None:
    """It goes to those who take their unit's matters: liaisons first, the unit's people where it named none."""
    rows = [
        Row(
            kind=kind, to=person, title=title[:120], text=text, urgency=2, expires=at + timedelta(hours=24),
            subject=("loop.item", item.pk), by=by, at=at, exercise_id=item.exercise_id,
        )
        for item in items
        for person in board.takers(item.charge_org_id, at=at)
    ]  # fmt: skip
    if rows:
        send_all(rows)


def on_notice_answer(message: Message, answer: Answer) -> None:
    """One tap: received; words: information."""
    name = "receive" if answer.kind == "received" else "inform"
    _answered(message, answer, NOTICE_KIND, name)


def on_query_answer(message: Message, answer: Answer) -> None:
    """Words answer the question; one tap only says that it arrived."""
    if answer.kind != "received":
        _answered(message, answer, QUERY_KIND, "answer")


def _answered(message: Message, answer: Answer, loop: str, name: str) -> None:
    item = WorkItem.objects.filter(pk=message.subject_id, loop=loop).first()
    needs: dict[str, Any] = {} if name == "receive" else {"information": answer.note.strip()[:1000]}
    if needs and not needs["information"]:
        if answer.via == "page":
            raise Refused(rules.NO_ANSWER, field="note")
        return  # a key pressed on a telephone says nothing that could be passed on
    if item is None:
        return
    if item.state in ("told", "asked") or (name == "inform" and item.state != "over"):
        heard(name)(item=item, by=f"person:{message.person_id}", at=answer.at, **needs)


def heard(name: str) -> Any:
    """The act of a move by which a unit was heard: nobody of it is asked any more."""

    def act(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
        with transaction.atomic():
            step = move(item=item, name=name, by=by, at=at, **rest)
            _end_messages([item.pk], by=by, at=at)
        return step

    return act


def _end_messages(items: Sequence[UUID], *, by: str, at: datetime) -> None:
    waiting = Message.objects.filter(
        open_about(*(("loop.item", pk) for pk in items)), kind__in=(NOTICE_KIND, QUERY_KIND)
    )
    close(list(waiting.values_list("pk", flat=True)), by=by, at=at, why="answered")


# ---- the event is over ----------------
def let_go(incident: WorkItem, *, at: datetime) -> None:
    """What hangs on an event ends with it: its judgement is looked at no more, units owe no answer."""
    loops = ("incidents.judgement", NOTICE_KIND, QUERY_KIND)
    left = list(WorkItem.objects.filter(arises_from=incident, loop__in=loops, closed_at=None))
    for item in left:
        move(item=item, name="lapse", by=BY, at=at)
    if left:
        _end_messages([item.pk for item in left], by=BY, at=at)


def ending(act: Any) -> Any:
    """An act that ends an event, and with it what hangs on it."""

    def end(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
        with transaction.atomic():
            step: Step = act(item=item, by=by, at=at, **rest)
            let_go(item, at=at)
        return step

    return end


def _moved(name: str) -> Any:
    def act(**given: Any) -> Step:
        return move(name=name, **given)

    return act


end_event = ending(_moved("end"))
dismiss_event = ending(_moved("dismiss"))
