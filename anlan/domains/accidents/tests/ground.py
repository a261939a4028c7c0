"""The accident office of the tests: people, an accident in each state, and how its numbers are read."""

from datetime import datetime, timedelta
from typing import Any

from anlan.domains.accidents import actions
from anlan.domains.accidents.models import Accident
from anlan.kernel.core import attachments
from anlan.kernel.indicators.queries import indicator
from anlan.kernel.indicators.spec import Cut, Period
from anlan.kernel.loop.evidence import Given
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.orgs.models import Person
from tests.people import (
    DISTRICT,
    NOON,
    QUAY,
    District,
    add_duty,
    add_kind,
    add_person,
    district,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Office:
    """The accident office of the district: one files, another determines."""

    def __init__(self) -> None:
        self.here: District = district()
        add_kind("accident_office")
        self.clerk, self.head = (self._person(name) for name in ("冯专员", "卫专员"))

    def _person(self, name: str) -> Person:
        person = add_person(name, self.here.bureau)
        add_duty(person, "accident_office", DISTRICT)
        return person

    def filed(self, *, at: datetime = NOON, **more: Any) -> WorkItem:
        given = {
            "description": "工人从脚手架坠落", "type_code": "fall_height", "sector": "E", "body": "housing",
            "region": QUAY, "organisation": self.here.firm, "dead": 1, "by": self.clerk.by, "at": at,
        }  # fmt: skip
        return actions.file_accident(**(given | more))

    def determined(self, **more: Any) -> WorkItem:
        item = self.filed(**more)
        actions.determine(item=item, grade=row(item).grade, by=self.head.by, at=NOON + DAY)
        return item

    def replied(self, measures: str = "停用升降机\n复训全员") -> WorkItem:
        item = self.determined()
        actions.submit(item=item, by=self.clerk.by, at=NOON + 40 * DAY, evidence=[paper("报告")])
        actions.reply(
            item=item, number="安府复〔2026〕8号", measures=measures, by=self.clerk.by, at=NOON + 50 * DAY,
            evidence=[paper("批复")],
        )  # fmt: skip
        return item


def paper(text: str) -> Given:
    return Given(
        "file", file=attachments.keep(data=text.encode(), media_type="application/pdf", by="service:test")
    )


def row(item: WorkItem) -> Accident:
    return Accident.objects.get(pk=item.pk)


def read(code: str, *, start=NOON - DAY, end=NOON + 90 * DAY, as_of=NOON + 90 * DAY, region: str = DISTRICT):
    return indicator(code=code, cut=Cut(region), period=Period(start, end), as_of=as_of)
