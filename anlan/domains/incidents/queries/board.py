"""Reads for the board of an event: its judgements, its units, what was said and done, newest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from anlan.domains.incidents.models import (
    Figures,
    Incident,
    Judgement,
    Report,
    UnitNotice,
    UnitQuery,
)
from anlan.domains.incidents.rules import judging as rules
from anlan.domains.incidents.rules import reporting
from anlan.kernel.core import rulesets
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.messaging.models import Answer
from anlan.kernel.orgs.models import Duty, Organisation, Person
from anlan.kernel.orgs.queries import in_force
from anlan.kernel.places.regions import ancestors, prefix_of

TAKERS = ("liaison_a", "liaison_b", "office_watch")  # who takes a unit's matters
MOST_TAKERS = 5
UNIT_KINDS = ("member_unit", "bureau", "headquarters", "street")
SAID = ("note", "note_here", "note_first")


def name_of(by: str) -> str:
    """The name behind an author, for a refusal."""
    kind, _colon, key = by.partition(":")
    person = Person.objects.filter(pk=key).first() if kind == "person" else None
    return person.name if person else by


def judgements(incident: UUID) -> list[Judgement]:
    """Every version of an event's judgement, the newest first."""
    return list(Judgement.objects.filter(incident=incident).select_related("item").order_by("-version"))


# ---- units ----------------
@dataclass(frozen=True, slots=True)
class Offered:
    """A unit of the list of a kind of event; None where no unit of the register has that name."""

    word: str
    unit: Organisation | None


def units_for(*, kind: str, region: str, at: datetime) -> list[Offered]:
    """The units that are told of a kind of event, by the rule, as units of the register."""
    table = rulesets.value_of("incidents.departments", region=region, at=at)
    here = Q(region__in=ancestors(region)) | Q(region__code__startswith=prefix_of(region))
    known = list(
        Organisation.objects.filter(here, active=True, kind__in=UNIT_KINDS)
        .select_related("region")
        .order_by("name")
    )
    return [Offered(word, _named(word, known)) for word in rules.units_for(table, kind)]


def _named(word: str, known: Sequence[Organisation]) -> Organisation | None:
    """The unit of a name: its code, its short or whole name; else the shortest name that holds the word."""
    exact = next((unit for unit in known if word in (unit.code, unit.short_name, unit.name)), None)
    if exact is not None:
        return exact
    holding = [unit for unit in known if word in unit.name and unit.kind != "street"]
    return min(holding, key=lambda unit: (len(unit.name), unit.name), default=None)


def units_here(region: str) -> list[Organisation]:
    """Every unit that can be told or asked about an event of a region."""
    here = Q(region__in=ancestors(region)) | Q(region__code__startswith=prefix_of(region))
    rows = Organisation.objects.filter(here, active=True, kind__in=UNIT_KINDS)
    return list(rows.order_by("kind", "region_id", "short_name", "name"))


def takers(unit: UUID | None, *, at: datetime) -> list[UUID]:
    """Who takes the matters of a unit: its liaisons and watch, else its first people."""
    if unit is None:
        return []
    people = Person.objects.filter(organisation=unit, active=True)
    held = Duty.objects.filter(in_force(at), person__in=people, kind_id__in=TAKERS)
    named = list(dict.fromkeys(held.order_by("kind_id", "rank", "pk").values_list("person_id", flat=True)))
    return named[:MOST_TAKERS] or list(
        people.order_by("name", "pk").values_list("pk", flat=True)[:MOST_TAKERS]
    )


@dataclass(frozen=True, slots=True)
class Exchange:
    """What a unit was told or asked, and what it said."""

    item: WorkItem
    unit: Organisation
    words: str
    asks: bool
    said: str = ""
    said_by: str = ""
    said_at: datetime | None = None


def exchanges(incident: UUID) -> list[Exchange]:
    """Notices and questions to units about an event: unanswered ones first, by what runs out first."""
    found: list[Exchange] = []
    for model, text, asks in ((UnitNotice, "words", False), (UnitQuery, "question", True)):
        rows = model._default_manager.filter(incident=incident).select_related("item", "unit")
        found += [Exchange(row.item, row.unit, getattr(row, text), asks) for row in rows]
    steps: dict[UUID, Step] = {}
    for step in (
        Step.objects.filter(item__in=[each.item.pk for each in found]).exclude(move="open").order_by("at")
    ):
        steps[step.item_id] = step
    told = [_with(each, steps.get(each.item.pk)) for each in found]
    return sorted(
        told, key=lambda each: (each.item.closed_at is not None, each.item.due_at or each.item.opened_at)
    )


def _with(each: Exchange, step: Step | None) -> Exchange:
    if step is None:
        return each
    said = str(step.needs.get("information") or step.reason)
    return Exchange(each.item, each.unit, each.words, each.asks, said, step.by, step.happened_at)


# ---- what was said and done ----------------
@dataclass(frozen=True, slots=True)
class News:
    """Something from the scene or about it: when, what kind, in words, from whom."""

    at: datetime
    kind: str  # figures | report | note | unit | answer
    text: str
    by: str = ""
    heavy: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)


def news(row: Incident, *, at: datetime) -> list[News]:
    """What came in about an event: figures, reports, notes, information of units; newest first."""
    found = [News(row.received_at, "told", row.description, row.reporter)]
    for figures in Figures.objects.filter(incident=row.pk, recorded_at__lte=at):
        counts = {name: getattr(figures, name) for name in reporting.COUNTS if getattr(figures, name)}
        heavy = bool(figures.dead or figures.missing)
        found.append(News(figures.happened_at, "figures", figures.reason, figures.by, heavy, counts))
    found += [
        News(each.happened_at, "report", each.words, each.signed_by, False, {"kind": each.kind})
        for each in Report.objects.filter(incident=row.pk, recorded_at__lte=at)
    ]
    found += [
        News(step.happened_at, "note", str(step.needs.get("done", "")), step.by)
        for step in Step.objects.filter(item=row.pk, move__in=SAID, at__lte=at)
    ]
    found += [
        News(each.said_at, "unit", each.said, each.said_by, False, {"unit": str(each.unit)})
        for each in exchanges(row.pk)
        if each.said and each.said_at is not None and each.said_at <= at
    ]
    return sorted(found + _answers(row, at=at), key=lambda each: each.at, reverse=True)


def _answers(row: Incident, *, at: datetime) -> list[News]:
    """Answers to messages about the event itself."""
    rows = Answer.objects.filter(
        message__subject_type="loop.item", message__subject_id=str(row.pk), at__lte=at
    ).exclude(note="")
    return [News(each.at, "answer", each.note, each.by) for each in rows]


DECIDED = (
    "assess_up", "assess_here", "raise_up", "first", "update", "final", "regrade", "regrade_first", "end", "merge",
    "dismiss",
)  # fmt: skip


def decisions(item: WorkItem, *, at: datetime) -> list[Step]:
    """What was decided about an event itself, newest first: where it goes, its grade, its reports, its end."""
    return list(Step.objects.filter(item=item, move__in=DECIDED, at__lte=at).order_by("-happened_at", "-at"))


def offspring(item: WorkItem) -> list[WorkItem]:
    """What arose from an event beside its judgements and units: an accident, an instruction, a task."""
    own = ("incidents.judgement", "incidents.notice", "incidents.query")
    rows = WorkItem.objects.filter(arises_from=item).exclude(loop__in=own).select_related("region")
    return list(rows.order_by("-opened_at")[:30])
