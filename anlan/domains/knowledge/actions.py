"""Writes: a typical case is drafted from a closed case, written anew, put forward, shared, taken out."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.domains.knowledge.loop import WRITERS
from anlan.domains.knowledge.models import Example
from anlan.domains.knowledge.queries.examples import case_of, told_of
from anlan.domains.knowledge.rules import sharing as rules
from anlan.kernel.core.errors import Refused
from anlan.kernel.loop.actions import move, open_item
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import has_duty

PARTS = ("headline", "story", "lesson")


def draft(
    *, number: str, headline: str, story: str, lesson: str, by: str, at: datetime,
    happened_at: datetime | None = None, exercise_id: UUID | None = None, **_rest: Any,
) -> WorkItem:  # fmt: skip
    """A typical case out of a closed case: in own words, without names; law, penalty and days come from the case."""
    person = Person.objects.select_related("organisation").filter(pk=by.partition(":")[2]).first()
    case = case_of(number.strip(), person=person, at=at, exercise_id=exercise_id) if person else None
    if person is None or case is None:
        raise Refused(rules.NO_CASE, field="number", number=number.strip() or "—")
    if not has_duty(person_id=person.pk, kinds=WRITERS, region=case.region_id, at=at):
        raise Refused(rules.NOT_YOURS)
    before = Example.objects.filter(case=case, ended=False).select_related("item").first()
    if before is not None:
        raise Refused(rules.THERE, field="number", title=before.item.title)
    parts = {"headline": headline.strip(), "story": story.strip(), "lesson": lesson.strip()}
    told = told_of(case)
    rules.check(parts, told.secret)
    facts = [[label, rules.without(value, told.secret)] for label, value in told.facts]
    return open_item(
        loop="knowledge.example", record=Example(case=case, facts=facts, **parts), title=parts["headline"],
        region=case.region_id, charge_person=person, arises_from=case, by=by, at=at, happened_at=happened_at,
        exercise_id=exercise_id,
    )  # fmt: skip


def revise(
    *, item: WorkItem, headline: str, story: str, lesson: str, by: str, at: datetime, **rest: Any
) -> Step:
    """Write it anew; the words before stand in the steps."""
    row = Example.objects.select_related("case").get(item=item)
    parts = {"headline": headline.strip(), "story": story.strip(), "lesson": lesson.strip()}
    rules.check(parts, told_of(row.case).secret)
    with transaction.atomic():
        step = move(item=item, name="revise", by=by, at=at, **{**rest, **parts})
        Example.objects.filter(pk=row.pk).update(**parts)
        WorkItem.objects.filter(pk=item.pk).update(title=parts["headline"])
    return step


def share(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """Into the library. Names are looked for again: the case may know more people by now."""
    row = Example.objects.select_related("case").get(item=item)
    rules.check(_parts(row), told_of(row.case).secret)
    with transaction.atomic():
        step = move(item=item, name="share", by=by, at=at, **rest)
        Example.objects.filter(pk=row.pk).update(shared_at=at)
    return step


def drop(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    return _end(item, "drop", by=by, at=at, **rest)


def withdraw(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    return _end(item, "withdraw", by=by, at=at, **rest)


def _end(item: WorkItem, name: str, *, by: str, at: datetime, **rest: Any) -> Step:
    with transaction.atomic():
        step = move(item=item, name=name, by=by, at=at, **rest)
        Example.objects.filter(item=item).update(ended=True)
    return step


def _parts(row: Example) -> Mapping[str, str]:
    return {name: getattr(row, name) for name in PARTS}
