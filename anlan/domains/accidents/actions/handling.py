"""Writes about an accident from its determination to the evaluation, and the lesson to all like firms."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.domains.accidents import queries
from anlan.domains.accidents.actions import filing
from anlan.domains.accidents.actions.filing import days_of, lock, write_due
from anlan.domains.accidents.models import Finding, Measure
from anlan.domains.accidents.rules import clocks, grading
from anlan.domains.accidents.rules.words import RESULTS
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused
from anlan.kernel.loop.actions import move
from anlan.kernel.loop.handing import restart
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.messaging.actions import Row, send_all
from anlan.kernel.orgs.queries import who_answers
from anlan.kernel.places.models import Region

ALERT_KIND = "accidents.peer_alert"
ALERTED = ("street_safety_officer", "safety_section")


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


def recast(
    *, item: WorkItem, type_code: str, sector: str, body: str, by: str, at: datetime, **rest: Any
) -> Step:
    """The words of the first minutes put right: type, sector, supervising body. Another type may have another clock of
    deaths: the toll that counts, and the grade it reaches, follow it."""
    with transaction.atomic():
        row = lock(item)
        label = filing.check_words(type_code, sector, body, row.item.region_id, by=by, at=at)
        before = f"{row.type_code} {row.sector} {row.body}"
        if before == f"{type_code} {sector} {body}":
            raise Refused(grading.NO_CHANGE, field="type_code")
        name = "recast_first" if item.state == "filed" else "recast"
        step = move(item=item, name=name, by=by, at=at, type_code=type_code, sector=sector, body=body, before=before,
                    **rest)  # fmt: skip
        row.type_code, row.sector, row.body, row.body_label = type_code, sector, body, label
        row.counts_until = filing.counts_until(type_code, row.occurred_at, row.item.region_id)
        row.save(update_fields=["type_code", "sector", "body", "body_label", "counts_until"])
        filing.count_again(row)
    return step


def extend(*, item: WorkItem, until: datetime, by: str, at: datetime, **rest: Any) -> Step:
    """延长调查: the investigating government grants more time, at most what the rule allows beyond the sixty days."""
    with transaction.atomic():
        row = lock(item)
        region, occurred = row.item.region_id, row.occurred_at
        first = occurred + days_of("accidents.investigate_days", region, occurred)
        most = int(rulesets.value_of("accidents.extension_days", region=region, at=occurred))
        clocks.check_extension(until=until, due=row.investigate_due or first, first_due=first, most_days=most)
        row.investigate_due = until
        row.save(update_fields=["investigate_due"])
        step = move(item=item, name="extend", by=by, at=at, until=until.isoformat(), **rest)
        write_due(row, "investigate", until, "accidents.extension_days", by=by, at=at)
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
        write_due(row, "reply", row.reply_due, "accidents.reply_days", by=by, at=at)
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
        write_due(row, "evaluate", row.evaluate_due, "accidents.evaluate_years", by=by, at=at)
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
