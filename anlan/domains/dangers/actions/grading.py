"""Major or not: the mark starts everything at once, two officers decide."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from anlan.domains.dangers.actions import common
from anlan.domains.dangers.models import Candidate, Danger
from anlan.kernel.core import rulesets
from anlan.kernel.loop.actions import move, open_item
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.messaging.sending import Row, send_all
from anlan.kernel.orgs.models import Person

STOP_KIND = "dangers.stop"


def mark_candidate(*, item: WorkItem, by: str, at: datetime) -> WorkItem:
    """Mark *candidate major*: the firm is asked to stop and leave now, the street's officers are called."""
    with transaction.atomic():
        danger = common.lock(item)
        danger.grade = "candidate_major"
        common.set_order(danger, at=at)
        danger.save(update_fields=["grade", "order"])
        span = rulesets.value_of("dangers.candidate_decide_minutes", region=item.region_id, at=at)
        question = open_item(
            loop="dangers.candidate", record=Candidate(danger=danger, decide_by=at + timedelta(minutes=float(span))),
            title=item.title, region=item.region_id, severity=3, charge_duty="enforcement_officer",
            arises_from=item, by=by, at=at, exercise_id=item.exercise_id,
        )  # fmt: skip
        _ask_to_stop(question, danger, by=by, at=at)
        common.weigh_point(danger, by=by, at=at)
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
    officer = common.second_officer(second, by=by, region=item.region_id, at=at)
    with transaction.atomic():
        step = move(item=item, name=name, by=by, at=at, second_officer=officer.by, **rest)
        candidate = Candidate.objects.select_related("danger__item").get(pk=item.pk)
        candidate.second_officer, candidate.clause = officer.by, str(rest.get("clause", ""))[:200]
        candidate.save(update_fields=["second_officer", "clause"])
        danger = candidate.danger
        danger.grade, danger.clause = grade, candidate.clause
        common.set_order(danger, at=at)
        danger.save(update_fields=["grade", "clause", "order"])
        WorkItem.objects.filter(pk=danger.pk).update(severity=3 if grade == "major" else 1)
        common.weigh_point(danger, by=by, at=at)
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
