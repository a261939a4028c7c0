"""What is asked of a unit by a numbered sheet, a leader's words or a meeting; meetings held, groups sent out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext

from anlan.domains.workplan.actions.common import (
    check_burdens,
    check_issuer,
    give_back,
    local_day,
)
from anlan.domains.workplan.models import Asked, Committee, Meeting, WorkGroup
from anlan.domains.workplan.queries.units import liaison_of
from anlan.domains.workplan.rules import asking as rules
from anlan.domains.workplan.rules import tasks as task_rules
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.models import Attachment
from anlan.kernel.ledger.actions import record
from anlan.kernel.loop.actions import Opening, move, open_item, open_items
from anlan.kernel.loop.announce import people_in_charge
from anlan.kernel.loop.evidence import Given
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.loop.rights import person_id
from anlan.kernel.messaging.actions import Row, send_all
from anlan.kernel.orgs.models import Organisation, Person
from anlan.kernel.papers.actions import issue
from anlan.kernel.papers.models import Paper
from anlan.kernel.papers.spec import Office

CHASE_KIND = "workplan.chase"
PAPERS = {
    rules.FOLLOW_UP: "workplan.follow_up_order",
    rules.ORDER: "workplan.command_order",
    rules.ASSIGNMENT: "workplan.assignment_sheet",
}


@dataclass(frozen=True, slots=True)
class AskedGiven:
    """One thing asked of one unit."""

    unit: Organisation | None
    text: str
    due_at: datetime
    wanted: str = ""
    supporters: Sequence[Organisation] = field(default=())
    leader: Person | None = None
    source: str = ""
    advice: bool = False


def ask(*, kind: str, by: str, at: datetime, why_more: str = "", evidence: Sequence[Given] = (),
        arises_from: WorkItem | None = None, exercise_id: UUID | None = None, **given: Any) -> WorkItem:  # fmt: skip
    """Ask one thing of one unit; `given`: the fields of `AskedGiven`. See `ask_many`."""
    return ask_many(
        [AskedGiven(**given)], kind=kind, by=by, at=at, why_more=why_more, evidence=evidence,
        arises_from=arises_from, exercise_id=exercise_id,
    )[0]  # fmt: skip


def ask_many(
    rows: Sequence[AskedGiven], *, kind: str, by: str, at: datetime, why_more: str = "",
    evidence: Sequence[Given] = (), meeting: Meeting | None = None, arises_from: WorkItem | None = None,
    exercise_id: UUID | None = None,
) -> list[WorkItem]:  # fmt: skip
    """Ask things of units in one act. Follow-up, order and assignment get a numbered sheet each.

    Raises `Refused`: workplan.not_issuer, workplan.no_unit, workplan.no_text, workplan.past, workplan.no_leader,
    workplan.too_much (field `why_more`).
    """
    for each in rows:
        _check(each, kind, by=by, at=at)
    units = [each.unit for each in rows if each.unit is not None]
    with transaction.atomic():
        had = check_burdens(units, why=why_more, by=by, at=at)
        made = [_row(each, kind, had, meeting, why_more) for each in rows]
        openings = [
            Opening(
                record=row, title=row.text[:120], region=row.organisation.region_id, charge_org=row.organisation,
                charge_person=liaison_of(row.organisation, at=at), arises_from=arises_from, severity=_severity(kind),
                evidence=tuple(evidence),
            )
            for row in made
        ]  # fmt: skip
        items = open_items(loop=f"workplan.{kind}", openings=openings, by=by, at=at, exercise_id=exercise_id)
        for row, each in zip(made, rows, strict=True):
            if each.supporters:
                row.supporters.set(each.supporters)
            if kind in PAPERS:
                _issue(row, each, by=by, at=at)
    return items


def _check(given: AskedGiven, kind: str, *, by: str, at: datetime) -> None:
    if given.unit is None:
        raise Refused(task_rules.NO_UNIT, field="unit")
    check_issuer(kind, given.unit.region_id, by=by, at=at)
    if not given.text.strip():
        raise Refused(rules.NO_TEXT, field="text")
    if kind == rules.INSTRUCTION and given.leader is None:
        raise Refused(rules.NO_LEADER, field="leader")
    task_rules.check_due(given.due_at, at=at)


def _severity(kind: str) -> int:
    return 1 if kind == rules.ORDER else 0


def _row(
    given: AskedGiven, kind: str, had: dict[Organisation, int], meeting: Meeting | None, why_more: str
) -> Asked:
    assert given.unit is not None
    return Asked(
        kind=kind, organisation=given.unit, text=given.text.strip(), wanted=given.wanted.strip()[:300],
        source=given.source.strip()[:200], leader=given.leader, meeting=meeting, advice=given.advice,
        due_at=given.due_at, burden=had.get(given.unit, 0), why_more=why_more.strip()[:300],
    )  # fmt: skip


def _issue(row: Asked, given: AskedGiven, *, by: str, at: datetime) -> Paper:
    """The numbered sheet: its number comes from the series of the office that sends it."""
    item = row.item
    minutes = float(rulesets.value_of(f"workplan.{row.kind}_sign_minutes", region=item.region_id, at=at))
    helpers = "、".join(str(unit) for unit in given.supporters)
    notes = [f"来源：{row.source}。" if row.source else "", f"配合单位：{helpers}。" if helpers else ""]
    values = {
        "unit": row.organisation.name,
        "text": row.text,
        "wanted": row.wanted or "按职责落实",
        "due": local_day(row.due_at),
        "notes": [{"text": note} for note in notes if note],
        "sign": f"{minutes / 60:g}小时" if minutes >= 60 else f"{minutes:g}分钟",
    }
    row.paper = issue(
        kind=PAPERS[row.kind], office=_office(by, item.region_id), subject=("loop.item", item.pk), values=values, by=by,
        at=at, region=item.region_id, exercise_id=item.exercise_id,
    )  # fmt: skip
    row.save(update_fields=["paper"])
    return row.paper


def _office(by: str, region: str) -> Office:
    """The office of whoever sends it; a program sends for the bureau of the region."""
    key = person_id(by)
    person = Person.objects.select_related("organisation").filter(pk=key).first() if key else None
    bureau = Organisation.objects.filter(kind="bureau", region__code__startswith=region[:6]).first()
    unit = person.organisation if person is not None else bureau
    if unit is None:
        return Office(code=region, name=region, short=region)
    return Office(code=(unit.code or str(unit.pk))[:60], name=unit.name, short=str(unit))


def send_back(*, item: WorkItem, by: str, at: datetime, reason: str = "", **rest: Any) -> Step:
    """The answer is not enough: the unit's liaison has it again."""
    with transaction.atomic():
        row = Asked.objects.select_related("organisation").get(pk=item.pk)
        give_back(item, row.organisation, why=reason, by=by, at=at)
        return move(item=item, name="send_back", by=by, at=at, reason=reason, **rest)


def chase(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """催办: one tap; whoever has it is told again, and that it was done stands on its way."""
    name = "chase_receipt" if item.state == "issued" else "chase"
    with transaction.atomic():
        step = move(item=item, name=name, by=by, at=at, **rest)
        words = gettext("Please see to it: “{title}”. Due {due}.")
        due = f"{localtime(item.due_at):%m-%d}" if item.due_at else "—"
        send_all(
            [
                Row(
                    kind=CHASE_KIND, to=person, title=item.title, text=words.format(title=item.title, due=due),
                    urgency=1, expires=at + timedelta(days=3), subject=("loop.item", item.pk), by=by, at=at,
                    exercise_id=item.exercise_id,
                )
                for person in people_in_charge(item, at=at)[:3]
            ]
        )  # fmt: skip
    return step


# ---- meetings ----------------
def hold_meeting(
    *, title: str, kind: str, region: str, held_at: datetime, by: str, at: datetime,
    asked: Sequence[AskedGiven] = (), committee: Committee | None = None, chair: Person | None = None,
    present: str = "", conclusion: str = "", minutes: Attachment | None = None, why_more: str = "",
    exercise_id: UUID | None = None,
) -> Meeting:  # fmt: skip
    """Write a meeting down; each decision and each advice goes to its unit with a day. Raises `Refused`."""
    check_issuer(rules.DECISION, region, by=by, at=at)
    if not title.strip():
        raise Refused(rules.NO_TITLE, field="title")
    rules.check_held(held_at, at=at)
    with transaction.atomic():
        meeting = Meeting.objects.create(
            title=title.strip()[:200], kind=kind if kind in rules.MEETINGS else "other", region_id=region,
            committee=committee, chair=chair, present=present.strip(), conclusion=conclusion.strip(), minutes=minutes,
            happened_at=min(held_at, at), recorded_at=at, by=by, exercise_id=exercise_id,
        )  # fmt: skip
        if asked:
            ask_many(
                asked,
                kind=rules.DECISION,
                by=by,
                at=at,
                meeting=meeting,
                why_more=why_more,
                exercise_id=exercise_id,
            )
        record(
            code="workplan.meeting_held", subject=("workplan.meeting", meeting.pk),
            facts={"title": meeting.title, "asked": len(asked)}, by=by, at=at, happened_at=meeting.happened_at,
            region=region, exercise_id=exercise_id,
        )  # fmt: skip
    return meeting


# ---- working groups ----------------
def send_group(
    *, leader: str, cause: str, to: str, task: str, by: str, at: datetime, region: str, members: str = "",
    sent_at: datetime | None = None, exercise_id: UUID | None = None, happened_at: datetime | None = None,
    evidence: Sequence[Given] = (),
) -> WorkItem:  # fmt: skip
    """Send a working group out: who leads it, where to, for what."""
    key = person_id(leader)
    person = Person.objects.select_related("organisation").filter(pk=key).first() if key else None
    if person is None:
        raise Refused(rules.NO_LEADER, field="leader")
    went = min(sent_at or happened_at or at, at)
    row = WorkGroup(leader=person, members=members, cause=cause[:200], to=to[:200], task=task, sent_at=went)
    return open_item(
        loop="workplan.work_group", record=row, title=f"{to}：{cause}"[:120],
        region=region or person.organisation.region_id, charge_person=person, by=by, at=at, happened_at=went,
        exercise_id=exercise_id, evidence=evidence,
    )  # fmt: skip
