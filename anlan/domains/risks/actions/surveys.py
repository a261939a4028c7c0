"""Surveys of risks, the yearly assessment of a region, and letters that name a risk to whoever must act."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate

from anlan.domains.risks import rules
from anlan.domains.risks.actions.provisions import declare_base
from anlan.domains.risks.models import Assessment, Letter, Survey
from anlan.domains.risks.queries.surveys import collected_in, figures_of
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.loop.actions import move, open_item
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.loop.rights import person_id
from anlan.kernel.orgs.models import Organisation, Person
from anlan.kernel.papers.actions import issue
from anlan.kernel.papers.models import Paper
from anlan.kernel.papers.spec import Office, PaperKind

FOLDER = Path(__file__).resolve().parents[1] / "papers"
PAPERS = (
    PaperKind("risks.notice_letter", N_("Risk notice letter"), FOLDER / "notice_letter.toml"),
    PaperKind("risks.assessment", N_("Risk assessment of a region"), FOLDER / "assessment.toml"),
)
RUNNING = reason("risks.survey_running", N_("A survey runs here already. End it first."))
PAST = reason("risks.survey_past", N_("The day lies in the past. Give a later one."))
NO_AUTHOR = reason("risks.letter_author", N_("A letter is signed by a person of an office."))
TWICE = reason("risks.assessment_twice", N_("{year} was assessed here already, or is being assessed."))
BAD_LEVEL = reason("risks.assessment_level", N_("Sign one of the four levels."))


def begin_survey(
    *, name: str, base: Any, source: str, due_at: datetime, region: str, by: str, at: datetime,
    happened_at: datetime | None = None, exercise_id: UUID | None = None, **_: Any,
) -> WorkItem:  # fmt: skip
    """A region declares how many points it has, and collects them by a day. The base is declared by the same act."""
    if due_at <= at:
        raise Refused(PAST, field="due_at")
    open_one = Survey.objects.filter(
        item__region_id=region, item__closed_at=None, item__exercise_id=exercise_id
    )
    if open_one.exists():
        raise Refused(RUNNING, field="region")
    with transaction.atomic():
        declare_base(region=region, number=int(base), source=source, by=by, at=at)
        row = Survey(name=name[:120], base=int(base), source=source[:200], due_at=due_at)
        return open_item(
            loop="risks.survey", record=row, title=name[:80], region=region, charge_duty="street_safety_officer",
            by=by, at=at, happened_at=happened_at, exercise_id=exercise_id,
        )  # fmt: skip


def hand_in(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """Hand in what was collected: the number is counted now, from rows."""
    with transaction.atomic():
        row = Survey.objects.select_for_update(of=("self",)).get(pk=item.pk)
        points = collected_in(item.region_id)
        least = float(rulesets.value_of("risks.survey_least_share", region=item.region_id, at=at))
        rules.check_collected(points=points, base=row.base, least=least)
        step = move(item=item, name="hand_in", by=by, at=at, collected=points, base=row.base, **rest)
        row.collected = points
        row.save(update_fields=["collected"])
    return step


def accept_survey(*, item: WorkItem, sampled: Any, wrong: Any, by: str, at: datetime, **rest: Any) -> Step:
    """Accept it after a sample on the spot."""
    limits = rulesets.value_of("risks.survey_sample", region=item.region_id, at=at)
    rules.check_sample(
        sampled=int(sampled),
        wrong=int(wrong),
        least=int(limits["least"]),
        most_wrong=float(limits["most_wrong"]),
    )
    with transaction.atomic():
        step = move(item=item, name="accept", by=by, at=at, sampled=int(sampled), wrong=int(wrong), **rest)
        Survey.objects.filter(pk=item.pk).update(sampled=int(sampled), wrong=int(wrong))
    return step


# ---- the assessment of a region ----------------
def draft_assessment(
    *, year: Any, region: str, by: str, at: datetime, happened_at: datetime | None = None,
    exercise_id: UUID | None = None, **_: Any,
) -> WorkItem:  # fmt: skip
    """Keep the figures of a region as they are now and propose its level; people review and sign."""
    number = int(year)
    there = Assessment.objects.filter(year=number, item__region_id=region, item__exercise_id=exercise_id)
    if there.exclude(item__state="dropped").exists():
        raise Refused(TWICE, field="year", year=number)
    figures = figures_of(region, at=at)
    weights = rulesets.value_of("risks.region_grade", region=region, at=at)
    points = {int(level): n for level, n in figures["current"].items()}
    row = Assessment(year=number, figures=figures, proposed=rules.grade_of(points, weights))
    return open_item(
        loop="risks.assessment", record=row, title=f"{figures['region']}{number}年城市安全风险评估", region=region,
        charge_duty="safety_section", by=by, at=at, happened_at=happened_at, exercise_id=exercise_id,
    )  # fmt: skip


def review(*, item: WorkItem, experts: str, opinion: str, by: str, at: datetime, **rest: Any) -> Step:
    """What the experts said of the figures and the level."""
    with transaction.atomic():
        step = move(item=item, name="review", by=by, at=at, experts=experts, opinion=opinion, **rest)
        Assessment.objects.filter(pk=item.pk).update(experts=experts[:200], opinion=opinion)
    return step


def issue_assessment(
    *, item: WorkItem, level: Any, measures: str, by: str, at: datetime, **rest: Any
) -> Step:
    """A person signs the level with the reason; the report is issued with its number by the same act."""
    if str(level) not in {"1", "2", "3", "4"}:
        raise Refused(BAD_LEVEL, field="level")
    with transaction.atomic():
        row = (
            Assessment.objects.select_for_update(of=("self",)).select_related("item__region").get(pk=item.pk)
        )
        step = move(item=item, name="issue", by=by, at=at, level=int(level), measures=measures, **rest)
        row.level, row.measures = int(level), measures
        row.paper = _paper("risks.assessment", item, _assessment_values(row), by=by, at=at)
        row.save(update_fields=["level", "measures", "paper"])
    return step


LEVEL_WORDS = {0: "尚未评估", 1: "低风险", 2: "一般风险", 3: "较大风险", 4: "重大风险"}


def _assessment_values(row: Assessment) -> Mapping[str, Any]:
    figures = row.figures
    return {
        "region": figures["region"], "for_year": row.year, "total": figures["total"],
        "major": figures["current"].get("4", 0), "considerable": figures["current"].get("3", 0),
        "moderate": figures["current"].get("2", 0), "low": figures["current"].get("1", 0),
        "level": LEVEL_WORDS[row.level], "proposed": LEVEL_WORDS[row.proposed],
        "experts": row.experts, "opinion": row.opinion, "measures": row.measures,
        "rows": [
            {"street": name, **{f"l{level}": counts.get(str(level), 0) for level in (4, 3, 2, 1)}}
            for name, counts in figures["streets"].items()
        ],
    }  # fmt: skip


# ---- letters ----------------
def send_letter(
    *, to: Organisation, topic: str, text: str, asks: str, answer_by: datetime, by: str, at: datetime,
    happened_at: datetime | None = None, exercise_id: UUID | None = None, **_: Any,
) -> WorkItem:  # fmt: skip
    """Name a risk to a street, a department or a firm by a numbered letter; it is signed for and answered here."""
    if answer_by <= at:
        raise Refused(PAST, field="answer_by")
    with transaction.atomic():
        row = Letter(to=to, topic=topic[:120], text=text, asks=asks, answer_by=answer_by)
        item = open_item(
            loop="risks.letter", record=row, title=f"{to.name}：{topic[:60]}", region=to.region_id, charge_org=to,
            severity=1, by=by, at=at, happened_at=happened_at, exercise_id=exercise_id,
        )  # fmt: skip
        day = localdate(answer_by)
        values = {"to": to.name, "topic": topic, "text": text, "asks": asks,
                  "day": f"{day.year}年{day.month}月{day.day}日"}  # fmt: skip
        row.paper = _paper("risks.notice_letter", item, values, by=by, at=at)
        row.save(update_fields=["paper"])
    return item


def answer(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """What was done about it, in words; kept with the letter."""
    with transaction.atomic():
        step = move(item=item, name="answer", by=by, at=at, **rest)
        said = "\n".join(piece.text for piece in rest.get("evidence", ()) if piece.kind == "text")
        Letter.objects.filter(pk=item.pk).update(answer=said)
    return step


def _paper(kind: str, item: WorkItem, values: Mapping[str, Any], *, by: str, at: datetime) -> Paper:
    key = person_id(by)
    author = Person.objects.select_related("organisation").filter(pk=key).first() if key else None
    if author is None:
        raise Refused(NO_AUTHOR)
    unit = author.organisation
    office = Office(code=(unit.code or str(unit.pk))[:60], name=unit.name, short=unit.short_name or unit.name)
    return issue(
        kind=kind, office=office, subject=("loop.item", item.pk), values=values, by=by, at=at, region=item.region_id,
        exercise_id=item.exercise_id,
    )  # fmt: skip
