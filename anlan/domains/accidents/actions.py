"""Writes about accidents. Each takes `by` and `at`; what may be done is decided in rules and in the loop."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.domains.accidents import queries
from anlan.domains.accidents.models import Accident, Due, Finding, Measure, Toll, Victim
from anlan.domains.accidents.rules import clocks, grading
from anlan.domains.accidents.rules.words import (
    FIGURES,
    OUTCOMES,
    RANK,
    RESULTS,
    SECTORS,
    SHORT_CLOCK,
    TYPES,
)
from anlan.domains.incidents import public as incidents
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.ledger.actions import record
from anlan.kernel.loop.actions import move, open_item
from anlan.kernel.loop.handing import restart
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.messaging.actions import Row, send_all
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.orgs.queries import has_duty, who_answers
from anlan.kernel.places.models import Region

LATE_AFTER = timedelta(hours=24)
ALERT_KIND = "accidents.peer_alert"
ALERTED = ("street_safety_officer", "safety_section")
KEEPERS = ("accident_office", "bureau_chief", *incidents.FIGURE_KEEPERS)
NO_INCIDENT = reason(
    "accidents.no_incident", N_("This event is not in the register any more. Choose another one.")
)
TWICE = reason("accidents.filed_twice", N_("An accident was filed for this event already: “{title}”."))
FILERS = ("safety_section", "street_safety_officer", "enforcement_officer", *KEEPERS)
NOT_A_FILER = reason(
    "accidents.not_a_filer",
    N_(
        "An accident is filed by the accident office, the watch or the safety officers of its region. Tell the watch."
    ),
)
NOT_YOURS = reason(
    "accidents.not_yours",
    N_("Figures and persons of an accident are entered by the accident office of its region."),
)
NO_NAME = reason("accidents.no_name", N_("Write the name; it is encrypted and stands in no list."))


def file_accident(
    *,
    description: str,
    type_code: str,
    sector: str,
    body: str,
    region: str,
    by: str,
    at: datetime,
    occurred_at: datetime | None = None,
    happened_at: datetime | None = None,
    incident: Any = None,
    organisation: Organisation | None = None,
    unit_name: str = "",
    spot: str = "",
    exercise_id: UUID | None = None,
    evidence: Sequence[Any] = (),
    **figures: Any,
) -> WorkItem:
    """先行填报: an accident is filed with what is known. With an `incident` (its id) the facts of that event are taken
    over and its figures are followed from then on: nobody types a death twice. Raises `Refused`.
    """
    if not _holds(FILERS, region, by=by, at=at):
        raise Refused(NOT_A_FILER, field="region")
    grading.check_word(type_code, TYPES, "type_code")
    grading.check_word(sector, SECTORS, "sector")
    labels = {row["code"]: row["label"] for row in queries.bodies(region=region, at=at)}
    grading.check_word(body, labels, "body")
    event = _event(incident, exercise_id)
    occurred = (event.occurred_at if event else None) or occurred_at or happened_at or at
    row = Accident(
        type_code=type_code, sector=sector, body=body, body_label=labels[body], description=description.strip()[:300],
        occurred_at=occurred, counts_until=_counts_until(type_code, occurred, region),
        organisation=organisation or (event.organisation if event else None), unit_name=unit_name[:160],
        spot=spot or (event.spot if event else ""), **_position(event, evidence),
    )  # fmt: skip
    with transaction.atomic():
        _set_due(row, "investigate", occurred + _days("accidents.investigate_days", region, occurred))
        item = open_item(
            loop=queries.LOOP, record=row, title=f"{row.unit or row.spot} {row.description}".strip()[:300],
            region=region, severity=2, charge_duty="accident_office", arises_from=event.item if event else None, by=by,
            at=at, happened_at=happened_at, exercise_id=exercise_id, evidence=tuple(evidence),
        )  # fmt: skip
        _write_due(row, "investigate", row.investigate_due, "accidents.investigate_days", by=by, at=at)
        _first_toll(row, event, figures, by=by, at=at)
    return item


def _event(given: Any, exercise_id: UUID | None) -> incidents.Incident | None:
    """The event an accident arises from, which has no accident yet."""
    if given in (None, ""):
        return None
    try:
        row = incidents.incident(given if isinstance(given, UUID) else UUID(str(getattr(given, "pk", given))))
    except ValueError:
        row = None
    if row is None or row.item.exercise_id != exercise_id:
        raise Refused(NO_INCIDENT, field="incident")
    known = (
        WorkItem.objects.filter(arises_from=row.item, loop=queries.LOOP).exclude(state="written_off").first()
    )
    if known is not None:
        raise Refused(TWICE, field="incident", title=known.title)
    return row


def _position(event: incidents.Incident | None, evidence: Sequence[Any]) -> dict[str, float | None]:
    piece = next((each for each in evidence if each.kind == "position"), None)
    source = piece or event
    return {"lon": source.lon, "lat": source.lat} if source is not None else {}


def _days(rule: str, region: str, at: datetime) -> timedelta:
    return timedelta(days=float(rulesets.value_of(rule, region=region, at=at)))


def _counts_until(type_code: str, occurred: datetime, region: str) -> datetime:
    rule = "accidents.counts_days_road_fire" if type_code in SHORT_CLOCK else "accidents.counts_days"
    return grading.counts_until(occurred, days=int(rulesets.value_of(rule, region=region, at=occurred)))


def _set_due(row: Accident, what: str, due: datetime) -> None:
    setattr(row, f"{what}_due", due)


def _write_due(row: Accident, what: str, due: datetime | None, rule: str, *, by: str, at: datetime) -> None:
    """Keep a due date with the law that says so."""
    if due is not None:
        value = rulesets.row_of(rule, region=row.item.region_id, at=at)
        source = f"{value.law} {value.article}".strip()[:200]
        Due.objects.create(accident_id=row.pk, what=what, due_at=due, source=source, recorded_at=at, by=by)


# ---- the toll ----------------
def _first_toll(
    row: Accident, event: incidents.Incident | None, given: Mapping[str, Any], *, by: str, at: datetime
) -> None:
    known = {name: value for name, value in given.items() if value not in (None, "", 0, "0")}
    if event is not None:
        held = incidents.figures_of(event.pk)
        if held is not None:
            _write_toll(row, queries.as_counts(held), by=by, at=at, happened=held.happened_at, figures=held)
        there = queries.as_counts(held)
        more = {name: value for name, value in known.items() if str(value) != str(there.get(name, 0))}
        if more:
            incidents.add_figures(item=event.item, by=by, at=at, **more)
    elif known:
        _write_toll(row, grading.grown({}, known, why=""), by=by, at=at, happened=row.occurred_at)


def tell_toll(
    *, item: WorkItem, by: str, at: datetime, happened_at: datetime | None = None, why: str = "", **given: Any
) -> Toll:
    """New cumulative figures. Where the accident follows an event they are entered there, so that the follow-up report
    and the accident say the same. After 30 days (road and fire 7) they are kept but count no more."""
    with transaction.atomic():
        row = lock(item)
        _check_keeper(row, by=by, at=at)
        happened = min(happened_at or at, at)
        if happened < row.occurred_at:
            raise Refused(grading.LATER, field="happened_at", occurred=f"{row.occurred_at:%F %R}")
        source = row.item.arises_from
        if source is not None and incidents.incident(source.pk) is not None:
            told = {name: value for name, value in given.items() if name in FIGURES}
            fresh = incidents.add_figures(item=source, by=by, at=at, happened_at=happened_at, why=why, **told)
            return Toll.objects.get(figures=fresh, accident=item)
        before = grading.holding(Toll.objects.filter(accident=item, happened_at__lte=happened))
        counts = grading.grown(queries.as_counts(before), given, why=why)
        return _write_toll(row, counts, by=by, at=at, happened=happened, why=why)


def follow(figures: incidents.Figures) -> None:
    """New figures of an event, in the transaction that wrote them: the accident that arose from it has the same."""
    rows = Accident.objects.select_for_update(of=("self",)).select_related("item").filter(
        item__arises_from=figures.incident_id, item__loop=queries.LOOP
    )  # fmt: skip
    for row in rows.exclude(item__state="written_off"):
        _write_toll(
            row, queries.as_counts(figures), by=figures.by, at=figures.recorded_at, happened=figures.happened_at,
            why=figures.reason, figures=figures,
        )  # fmt: skip


incidents.when_figures_change(follow)


def _write_toll(
    row: Accident, counts: dict[str, int], *, by: str, at: datetime, happened: datetime, why: str = "",
    figures: incidents.Figures | None = None,
) -> Toll:  # fmt: skip
    """Write a toll with the grade it reaches, and put the grade that holds now on the accident."""
    region = row.item.region_id
    reached = grading.grade(queries.bands(region=region, at=row.occurred_at), counts)
    fresh = Toll.objects.create(
        accident_id=row.pk, figures=figures, grade=reached, counted=happened <= row.counts_until, reason=why[:300],
        happened_at=happened, recorded_at=at, late_entry=at - happened > LATE_AFTER, by=by, **counts,
    )  # fmt: skip
    held = queries.toll_of(row.pk)
    now = held.grade if held else "none"
    if now != row.grade:
        row.grade = now
        row.save(update_fields=["grade"])
        WorkItem.objects.filter(pk=row.pk).update(severity=3 if RANK.index(now) >= 2 else 2)
    record(
        code="accidents.toll", subject=("loop.item", row.pk),
        facts={**counts, "grade": reached, "counted": fresh.counted, "reason": why}, by=by, at=at, happened_at=happened,
        region=region, exercise_id=row.item.exercise_id,
    )  # fmt: skip
    return fresh


def name_victim(
    *, item: WorkItem, name: str, outcome: str, by: str, at: datetime, age: int | None = None, trade: str = "",
    happened_at: datetime | None = None, before: Victim | None = None,
) -> Victim:  # fmt: skip
    """A person who died or was hurt; `before` is the row whose place this one takes (badly hurt, then dead)."""
    if not name.strip():
        raise Refused(NO_NAME, field="name")
    grading.check_word(outcome, OUTCOMES, "outcome")
    with transaction.atomic():
        row = lock(item)
        _check_keeper(row, by=by, at=at)
        fresh = Victim.objects.create(
            accident=item, name=name.strip(), outcome=outcome, age=age, trade=trade[:60], before=before,
            happened_at=happened_at or at, recorded_at=at, by=by,
        )  # fmt: skip
        record(
            code="accidents.victim", subject=("loop.item", row.pk), facts={"outcome": outcome}, by=by, at=at,
            happened_at=fresh.happened_at, region=row.item.region_id, exercise_id=row.item.exercise_id,
        )  # fmt: skip
    return fresh


def _check_keeper(row: Accident, *, by: str, at: datetime) -> None:
    if not _holds(KEEPERS, row.item.region_id, by=by, at=at):
        raise Refused(NOT_YOURS)


def _holds(kinds: Sequence[str], region: str, *, by: str, at: datetime) -> bool:
    """Whether an author holds one of these duties over a region; a service of the platform does."""
    kind, _colon, key = by.partition(":")
    return kind == "service" or (
        kind == "person" and has_duty(person_id=UUID(key), kinds=kinds, region=region, at=at)
    )


# ---- determination and investigation ----------------
def determine(*, item: WorkItem, grade: str, by: str, at: datetime, **rest: Any) -> Step:
    """调查认定: it is a production accident of this grade. A person signs at least what the figures reach."""
    return _sign(item, "determine", grade, by=by, at=at, **rest)


def regrade(*, item: WorkItem, grade: str, by: str, at: datetime, **rest: Any) -> Step:
    """The grade is signed anew: somebody died within the clock, or the loss became known."""
    return _sign(item, "regrade", grade, by=by, at=at, **rest)


def _sign(item: WorkItem, name: str, grade: str, *, by: str, at: datetime, **rest: Any) -> Step:
    with transaction.atomic():
        row = lock(item)
        row.signed_grade = grading.check_signed(grade, row.grade)
        row.save(update_fields=["signed_grade"])
        return move(item=item, name=name, by=by, at=at, grade=grade, **rest)


def extend(*, item: WorkItem, until: datetime, by: str, at: datetime, **rest: Any) -> Step:
    """延长调查: the investigating government grants more time, at most what the rule allows beyond the sixty days."""
    with transaction.atomic():
        row = lock(item)
        region, occurred = row.item.region_id, row.occurred_at
        first = occurred + _days("accidents.investigate_days", region, occurred)
        most = int(rulesets.value_of("accidents.extension_days", region=region, at=occurred))
        clocks.check_extension(until=until, due=row.investigate_due or first, first_due=first, most_days=most)
        row.investigate_due = until
        row.save(update_fields=["investigate_due"])
        step = move(item=item, name="extend", by=by, at=at, until=until.isoformat(), **rest)
        _write_due(row, "investigate", until, "accidents.extension_days", by=by, at=at)
        restart(item, due_at=until)
    return step


def submit(
    *, item: WorkItem, by: str, at: datetime, happened_at: datetime | None = None, **rest: Any
) -> Step:
    """The investigation report is handed in; the government replies within the days of its grade."""
    with transaction.atomic():
        row = lock(item)
        table = rulesets.value_of("accidents.reply_days", region=row.item.region_id, at=row.occurred_at)
        graded = grading.heavier(row.grade, row.signed_grade)
        row.reply_due = (happened_at or at) + timedelta(days=clocks.days_for(table, graded))
        row.save(update_fields=["reply_due"])
        step = move(item=item, name="submit", by=by, at=at, happened_at=happened_at, **rest)
        _write_due(row, "reply", row.reply_due, "accidents.reply_days", by=by, at=at)
    return step


def reply(
    *, item: WorkItem, number: str, measures: str, by: str, at: datetime, happened_at: datetime | None = None,
    **rest: Any,
) -> Step:  # fmt: skip
    """批复结案: the government's reply with its number and the measures it asks for, one a line."""
    with transaction.atomic():
        row = lock(item)
        years = int(rulesets.value_of("accidents.evaluate_years", region=row.item.region_id, at=at))
        row.evaluate_due = clocks.a_year_on(happened_at or at, years=years)
        row.save(update_fields=["evaluate_due"])
        step = move(
            item=item,
            name="reply",
            by=by,
            at=at,
            happened_at=happened_at,
            number=number,
            measures=measures,
            **rest,
        )
        Measure.objects.bulk_create(
            Measure(accident=item, number=place, words=line, recorded_at=at, by=by)
            for place, line in enumerate(clocks.lines_of(measures), start=1)
        )
        _write_due(row, "evaluate", row.evaluate_due, "accidents.evaluate_years", by=by, at=at)
    return step


def look(
    *, item: WorkItem, measure: Any, result: str, by: str, at: datetime, note: str = "",
    happened_at: datetime | None = None, **rest: Any,
) -> Step:  # fmt: skip
    """整改评估: what somebody found of one measure."""
    grading.check_word(result, RESULTS, "result")
    with transaction.atomic():
        lock(item)
        number = grading.number_of(measure, "measure")
        row = Measure.objects.filter(accident=item, number=number).first()
        if row is None:
            raise Refused(clocks.NO_MEASURE, field="measure", given=measure)
        step = move(
            item=item,
            name="look",
            by=by,
            at=at,
            happened_at=happened_at,
            measure=number,
            result=result,
            **rest,
        )
        Finding.objects.create(
            measure=row, result=result, note=note[:300], happened_at=step.happened_at, recorded_at=at, by=by
        )
    return step


def evaluate(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """The evaluation within a year of the reply: every measure was looked at and carried out."""
    with transaction.atomic():
        lock(item)
        known = queries.measures(item.pk)
        results = {each.measure.number: each.last.result for each in known if each.last is not None}
        clocks.check_carried_out([each.measure.number for each in known], results)
        return move(item=item, name="evaluate", by=by, at=at, **rest)


# ---- one board for all ----------------
def alert(*, item: WorkItem, lesson: str, by: str, at: datetime, **rest: Any) -> Step:
    """事故“一盘棋”: the lesson goes to whoever answers for safety in every street at once; their answers are kept."""
    with transaction.atomic():
        row = lock(item)
        name = "alert_first" if item.state == "filed" else "alert"
        step = move(item=item, name=name, by=by, at=at, lesson=lesson, **rest)
        send_all(
            [
                Row(
                    kind=ALERT_KIND, to=person, text=f"{row.description}。{lesson}"[:500], title=item.title[:120],
                    urgency=1, expires=at + timedelta(days=7), answers=("received", "done"),
                    subject=("loop.item", item.pk), by=by, at=at, exercise_id=item.exercise_id,
                )
                for person in _alerted(item, at=at)
            ]
        )  # fmt: skip
    return step


def _alerted(item: WorkItem, *, at: datetime) -> list[UUID]:
    """Those who answer for safety in every street of the district, each once."""
    district = item.region_id[:6]
    streets = Region.objects.filter(code__startswith=district, level="street").values_list("pk", flat=True)
    found = [
        answerer.person_id for kind in ALERTED for answerer in who_answers(duty=kind, where=[*streets], at=at)
    ]
    return list(dict.fromkeys(found))


def lock(item: WorkItem) -> Accident:
    """The row of an accident, held until the transaction ends."""
    rows = Accident.objects.select_for_update(of=("self",)).select_related(
        "item__region", "item__arises_from"
    )
    return rows.get(pk=item.pk)
