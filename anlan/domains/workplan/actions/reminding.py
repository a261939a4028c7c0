"""Reminders of the week and of the month (每周提醒、每月通报): once a unit and day, to the unit's liaison."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from anlan.domains.workplan.actions.common import BY
from anlan.domains.workplan.models import Reminder
from anlan.domains.workplan.queries import standing
from anlan.domains.workplan.queries.asking import Standing, standing_of_units
from anlan.domains.workplan.queries.units import liaison_of
from anlan.domains.workplan.rules.asking import reminders_of
from anlan.domains.workplan.rules.standing import lags_behind
from anlan.kernel.core import rulesets
from anlan.kernel.messaging.actions import Row, send_all
from anlan.kernel.messaging.models import Message
from anlan.kernel.orgs.models import Organisation, Person

KINDS = {"week": "workplan.reminder", "month": "workplan.circular"}
LEADER = "workplan.leader_reminder"
TURN = 50


def remind_units(*, region: str, at: datetime, exercise_id: UUID | None = None) -> int:
    """Remind the units that owe something, on the days that the rules name; a part at a time."""
    day = timezone.localdate(at)
    due = reminders_of(
        day,
        weekday=int(rulesets.value_of("workplan.remind_weekday", region=region, at=at)),
        monthday=int(rulesets.value_of("workplan.remind_monthday", region=region, at=at)),
    )
    total = 0
    for kind in due:
        told = set(
            Reminder.objects.filter(kind=kind, day=day, exercise_id=exercise_id).values_list(
                "organisation_id", flat=True
            )
        )
        found = standing_of_units(region, at=at, exercise_id=exercise_id)
        waiting = {unit: row for unit, row in found.items() if unit not in told and (row.open or row.behind)}
        total += _remind(dict(list(waiting.items())[:TURN]), kind, day, at=at, exercise_id=exercise_id)
    return total


def _remind(
    units: Mapping[UUID, Standing], kind: str, day: date, *, at: datetime, exercise_id: UUID | None
) -> int:
    rows = Organisation.objects.in_bulk(units)
    with transaction.atomic():
        made = Reminder.objects.bulk_create(
            Reminder(
                organisation_id=unit, kind=kind, day=day, open=owed.open, late=owed.late,
                behind=owed.behind, at=at, exercise_id=exercise_id,
            )
            for unit, owed in units.items()
        )  # fmt: skip
        messages = [
            _message(reminder, holder, at=at)
            for reminder in made
            if (holder := liaison_of(rows[reminder.organisation_id], at=at)) is not None
        ]
        send_all(messages)
    return len(made)


def _message(reminder: Reminder, holder: UUID, *, at: datetime) -> Row:
    words = gettext("Your unit has {open} open matters of the work plan and of orders, {late} of them late.")
    if reminder.behind:
        words += gettext(" Spending of {behind} funds lags behind the year.")
    title = gettext("Reminder of the week") if reminder.kind == "week" else gettext("Circular of the month")
    return Row(
        kind=KINDS[reminder.kind], to=holder, title=title,
        text=words.format(open=reminder.open, late=reminder.late, behind=reminder.behind), urgency=0,
        expires=at + timedelta(days=7), subject=("workplan.reminder", reminder.pk), by=BY, at=at,
        exercise_id=reminder.exercise_id,
    )  # fmt: skip


# ---- leaders ----------------
@dataclass(frozen=True, slots=True)
class Lagging:
    """A leader of whose list of the year some lines lie behind the share of the year that has passed."""

    person: Person
    lines: int
    behind: int


def lagging(people: Sequence[Person], *, at: datetime) -> list[Lagging]:
    """The leaders whose list of the year lags, in their order."""
    day = timezone.localdate(at)
    start = timezone.make_aware(datetime.combine(day.replace(month=1, day=1), time()))
    lists = standing.lines_of(people, year=day.year)
    known = standing.tallies(people, start=start, end=at)
    found = []
    for person in people:
        lines = [line for line in lists[person.pk] if line.year is not None]
        behind = sum(lags_behind(known[person.pk].state_of(line), day=day) for line in lines)
        if behind:
            found.append(Lagging(person, len(lines), behind))
    return found


def remind_leaders(*, region: str, at: datetime) -> int:
    """履职提醒: on the day of the month each leader whose list lags is told so, once."""
    day = timezone.localdate(at)
    if day.day != int(rulesets.value_of("workplan.remind_monthday", region=region, at=at)):
        return 0
    start = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    told = set(Message.objects.filter(kind=LEADER, created_at__gte=start).values_list("person_id", flat=True))
    rows = [each for each in lagging(standing.leaders_of(region, at=at), at=at) if each.person.pk not in told]
    words = gettext("{behind} of {lines} lines of your list of the year lie behind the year.")
    send_all(
        [
            Row(
                kind=LEADER, to=each.person.pk, title=gettext("Your list of duties"),
                text=words.format(behind=each.behind, lines=each.lines), urgency=0, expires=at + timedelta(days=20),
                subject=("orgs.person", each.person.pk), by=BY, at=at,
            )
            for each in rows
        ]
    )  # fmt: skip
    return len(rows)
