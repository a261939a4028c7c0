"""Writes about events: received, judged, merged; figures, which are entered once and read by every report."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.domains.incidents.models import Clock, Figures, Incident
from anlan.domains.incidents.queries import events as queries
from anlan.domains.incidents.rules import reporting as rules
from anlan.domains.incidents.rules.words import CLASSES, GRADES, WAYS_IN
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.ids import new_id
from anlan.kernel.core.words import N_
from anlan.kernel.core.workdays import local_minute
from anlan.kernel.ledger.actions import record
from anlan.kernel.loop.actions import move, open_item
from anlan.kernel.loop.handing import restart
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.loop.rights import person_id
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.orgs.queries import has_duty, own_firm

LATE_AFTER = timedelta(minutes=30)
FIGURE_KEEPERS = ("watch_officer", "watch_chief", "watch_leader", "bureau_chief", "accident_office")
NOT_A_KEEPER = reason(
    "incidents.figures_not_yours",
    N_("Figures of an event are entered by the watch or the accident office of its region. Tell the watch."),
)
OTHER_FIRM = reason(
    "incidents.other_firm",
    N_("You tell of events at {firm}. What happened elsewhere tell the watch by telephone."),
)
FUTURE = reason("incidents.future", N_("The time given lies in the future. Correct it."))

Heard = Callable[[Figures], None]
_heard: list[Heard] = []


def when_figures_change(handler: Heard) -> None:
    """Declare who is told of new figures, in the transaction that writes them: an accident follows its event."""
    if handler not in _heard:
        _heard.append(handler)


def receive(
    *,
    description: str,
    event_class: str,
    kind: str,
    region: str,
    by: str,
    at: datetime,
    happened_at: datetime | None = None,
    occurred_at: datetime | None = None,
    via: str = "phone",
    reporter: str = "",
    reporter_phone: str = "",
    spot: str = "",
    organisation: Organisation | None = None,
    sensitive: bool = False,
    exercise_id: UUID | None = None,
    evidence: Sequence[Any] = (),
    **figures: Any,
) -> WorkItem:
    """An event is told to the watch. `happened_at` is when it was told, if that was earlier; the clocks run from then.

    `figures`: what is known of dead, missing, badly_hurt, hurt, moved, loss_yuan. Raises `Refused`.
    """
    told = min(happened_at or at, at)
    organisation = _of_whom(organisation, by)
    row = _row(
        event_class, kind, via, region, told, occurred_at=occurred_at, description=description.strip()[:300], spot=spot,
        reporter=reporter, reporter_phone=reporter_phone, organisation=organisation, sensitive=sensitive,
        **_spot(evidence),
    )  # fmt: skip
    known = {name: value for name, value in figures.items() if value not in (None, "", 0, "0")}
    with transaction.atomic():
        item = open_item(
            loop="incidents.incident", record=row, title=f"{spot or ''}{row.description}"[:300], region=region,
            severity=2 if sensitive else 1, charge_duty="watch_officer", by=by, at=at, happened_at=happened_at,
            exercise_id=exercise_id, evidence=tuple(evidence),
        )  # fmt: skip
        if known:
            _write_figures(item, rules.grown({}, known, why=""), by=by, at=at, happened=told)
    return item


def _of_whom(given: Organisation | None, by: str) -> Organisation | None:
    """The firm of an event: whoever is of a firm tells of their own."""
    own = own_firm(person_id(by))
    if own is not None and given is not None and given != own:
        raise Refused(OTHER_FIRM, field="organisation", firm=own.name)
    return own or given


def _row(
    cls: str, kind: str, via: str, region: str, told: datetime, *, occurred_at: datetime | None, **more: Any
) -> Incident:
    """The row of an event, with its class, kind and times checked."""
    rules.check_word(cls, CLASSES, "event_class")
    rules.check_word(via, WAYS_IN, "via")
    table = queries.kinds(region=region, at=told)
    rules.check_kind(cls, kind, table)
    occurred = occurred_at or told
    if occurred > told + timedelta(minutes=2):
        raise Refused(rules.BEFORE_IT, field="occurred_at", occurred=local_minute(occurred))
    label = next(each["label"] for each in table if each["code"] == kind)
    return Incident(
        event_class=cls,
        kind=kind,
        kind_label=label,
        via=via,
        occurred_at=min(occurred, told),
        received_at=told,
        **more,
    )


def _spot(evidence: Sequence[Any]) -> dict[str, float | None]:
    piece = next((each for each in evidence if each.kind == "position"), None)
    return {"lon": piece.lon, "lat": piece.lat} if piece else {}


# ---- judging ----------------
def assess_up(*, item: WorkItem, grade: str, by: str, at: datetime, **rest: Any) -> Step:
    """研判: the event goes upward; its clocks run from when it was told to the watch."""
    return _up(item, "assess_up", grade, by=by, at=at, **rest)


def raise_up(*, item: WorkItem, grade: str, by: str, at: datetime, **rest: Any) -> Step:
    """It goes upward after all: the clocks run from when that became known."""
    return _up(item, "raise_up", grade, by=by, at=at, **rest)


def _up(item: WorkItem, name: str, grade: str, *, by: str, at: datetime, **rest: Any) -> Step:
    with transaction.atomic():
        row = lock(item)
        since = row.received_at if name == "assess_up" else (rest.get("happened_at") or at)
        _grade(row, grade)
        set_clocks(row, since=since, at=at)
        row.save(update_fields=["grade", "first_due"])
        return move(item=item, name=name, by=by, at=at, grade=grade, **rest)


def assess_here(*, item: WorkItem, grade: str, by: str, at: datetime, **rest: Any) -> Step:
    """研判: it is handled here and goes no further up."""
    with transaction.atomic():
        row = lock(item)
        _grade(row, grade)
        row.save(update_fields=["grade"])
        return move(item=item, name="assess_here", by=by, at=at, grade=grade, **rest)


def regrade(*, item: WorkItem, grade: str, by: str, at: datetime, **rest: Any) -> Step:
    """Another grade, with a reason. A heavier one can shorten the clocks; a lighter one gives no time back."""
    with transaction.atomic():
        row = lock(item)
        _grade(row, grade)
        name = "regrade_first" if item.state == "to_report" else "regrade"
        step = move(item=item, name=name, by=by, at=at, grade=grade, **rest)
        if item.state == "to_report":
            set_clocks(row, since=step.happened_at, at=at)
            if row.first_due is not None:
                restart(item, due_at=row.first_due)
        row.save(update_fields=["grade", "first_due"])
    return step


def _grade(row: Incident, grade: str) -> None:
    row.grade = rules.check_word(grade, GRADES, "grade")


def set_clocks(row: Incident, *, since: datetime, at: datetime) -> None:
    """Write the clocks that a grade asks for, only shorter ones, and put the earliest unmet one on it."""
    rule = rules.rule_for(row.event_class, row.grade, sensitive=row.sensitive)
    value = rulesets.row_of(rule, region=row.item.region_id, at=row.received_at)
    known = [rules.Clock(c.channel, c.due_at) for c in Clock.objects.filter(incident_id=row.pk)]
    there = rules.effective(known)
    source = f"{value.law} {value.article}".strip()[:340]
    for each in rules.clocks(value.value, since=since, rule=rule, source=source):
        if each.channel not in there or each.due_at < there[each.channel].due_at:
            Clock.objects.create(
                incident_id=row.pk, channel=each.channel, due_at=each.due_at, rule=rule, source=source, tag=value.tag,
                recorded_at=at,
            )  # fmt: skip
    point(row, at=at)


def point(row: Incident, *, at: datetime) -> None:
    """Put the earliest clock that is not met on the event."""
    mine = queries.standings([row.pk], as_of=at).get(row.pk, [])
    row.first_due = min((each.due_at for each in mine if each.met_at is None), default=None)


def merge(*, item: WorkItem, into: Any, by: str, at: datetime, **rest: Any) -> Step:
    """Three callers, one underpass: the later one becomes part of the first and counts no more."""
    with transaction.atomic():
        row = lock(item)
        target = Incident.objects.select_related("item").filter(pk=_uuid(into)).first()
        other_world = target is not None and target.item.exercise_id != item.exercise_id
        if (
            target is None
            or other_world
            or target.pk == row.pk
            or target.item.state in ("merged", "dismissed")
        ):
            raise Refused(rules.SAME, field="into")
        row.merged_into_id = target.pk
        row.save(update_fields=["merged_into"])
        return move(item=item, name="merge", by=by, at=at, into=str(target.pk), **rest)


def _uuid(given: Any) -> UUID | None:
    try:
        return given if isinstance(given, UUID) else UUID(str(getattr(given, "pk", given)))
    except ValueError:
        return None


# ---- figures ----------------
def add_figures(
    *,
    item: WorkItem,
    by: str,
    at: datetime,
    happened_at: datetime | None = None,
    why: str = "",
    **given: Any,
) -> Figures:
    """New cumulative figures of an event: what is not given stays as it was. Entered once, read by every report.

    A figure falls only with a reason. `happened_at` earlier than half an hour ago is marked as entered late; it does
    not take the place of what was told about a later time. Raises `Refused`.
    """
    happened = happened_at or at
    if happened > at + timedelta(minutes=2):
        raise Refused(FUTURE, field="happened_at")
    with transaction.atomic():
        row = lock(item)
        if not _may_tell(row, by=by, at=at):
            raise Refused(NOT_A_KEEPER)
        happened = min(happened, at)
        counts = rules.grown(_as_known_then(row, happened), given, why=why)
        return _write_figures(item, counts, by=by, at=at, happened=happened, why=why)


def _as_known_then(row: Incident, happened: datetime) -> dict[str, int]:
    """The figures that held at a time: a late entry builds on what was before it, not on what came after."""
    rows = Figures.objects.filter(incident_id=row.pk, happened_at__lte=happened)
    return queries.as_counts(rules.latest(rows))


def _may_tell(row: Incident, *, by: str, at: datetime) -> bool:
    kind, _colon, key = by.partition(":")
    if kind == "service":
        return True
    region = row.item.region_id
    return kind == "person" and has_duty(person_id=UUID(key), kinds=FIGURE_KEEPERS, region=region, at=at)


def _write_figures(
    item: WorkItem, counts: dict[str, int], *, by: str, at: datetime, happened: datetime, why: str = ""
) -> Figures:
    fresh = Figures.objects.create(
        id=new_id(), incident_id=item.pk, reason=why[:300], happened_at=happened, recorded_at=at,
        late_entry=at - happened > LATE_AFTER, by=by, **counts,
    )  # fmt: skip
    record(
        code="incidents.figures", subject=("loop.item", item.pk), facts={**counts, "reason": why}, by=by, at=at,
        happened_at=happened, region=item.region_id, exercise_id=item.exercise_id,
    )  # fmt: skip
    for handler in _heard:
        handler(fresh)
    return fresh


def lock(item: WorkItem) -> Incident:
    """The row of an event, held until the transaction ends."""
    rows = Incident.objects.select_for_update(of=("self",)).select_related("item__region", "organisation")
    return rows.get(pk=item.pk)


def proposed(row: Incident, *, at: datetime) -> str:
    """The grade that the figures reach by the criteria of the kind; a person decides."""
    bands = queries.bands(kind=row.kind, cls=row.event_class, region=row.item.region_id, at=row.occurred_at)
    return rules.proposed_grade(bands, queries.as_counts(queries.figures_of(row.pk, as_of=at)))
