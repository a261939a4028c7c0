"""Reads about reports: what may be seen, what stands beside, what contradicts, what is behind a number."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Q, QuerySet

from anlan.domains.bulletins.models import Drafting, Number, Paragraph, Report, Share
from anlan.domains.bulletins.rules.templates import DERIVED, ReportTemplate, templates
from anlan.kernel.core.worlds import in_world
from anlan.kernel.indicators.checking import Finding, Relation, findings
from anlan.kernel.indicators.figures import Fact, Figure
from anlan.kernel.indicators.spans import Span
from anlan.kernel.loop.queries import visible_items
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import has_duty, scope_of

OUT = ("issued", "archived")


def visible_reports(person: Person, *, at: datetime, exercise_id: UUID | None = None) -> QuerySet[Report]:
    """The reports of a person's regions; those of the regions above once they are issued."""
    mine = Q(item__in=visible_items(person, at=at))
    for prefix in scope_of(person, at=at):
        above = [prefix[:length].ljust(12, "0") for length in (2, 4, 6, 9) if length < len(prefix)]
        mine |= Q(item__region__in=above, item__state__in=OUT)
    rows = Report.objects.filter(mine, in_world(exercise_id, path="item__exercise_id"))
    return rows.select_related("item__region", "office", "paper", "scan").order_by(
        "-last", "-item__opened_at"
    )


def visible_draftings(person: Person, *, at: datetime, exercise_id: UUID | None = None) -> QuerySet[Drafting]:
    """What the background writes in a person's regions: their own, and of the kinds that they may write too."""
    mine = Q(by=person.by)
    for prefix in scope_of(person, at=at):
        region = prefix.ljust(12, "0")
        codes = [one.code for one in templates().values() if _writes(person, one, region, at)]
        mine |= Q(region__code__startswith=prefix, template__in=codes)
    return Drafting.objects.filter(mine, in_world(exercise_id)).select_related("region", "report", "again")


def _writes(person: Person, kind: ReportTemplate, region: str, at: datetime) -> bool:
    return has_duty(person_id=person.pk, kinds=kind.writers, region=region, at=at)


def template_of(report: Report) -> ReportTemplate:
    return templates()[report.template]


def span_of(report: Report) -> Span:
    return Span(report.span, report.first, report.last)


def previous_of(
    *, template: ReportTemplate, span: Span, region: str, exercise_id: UUID | None
) -> Report | None:
    """The issue that stands beside: last year's of the same span, or the one before; another if that is not there."""
    rows = Report.objects.filter(
        in_world(exercise_id, path="item__exercise_id"), template=template.code, item__region_id=region,
        item__state__in=OUT, last__lt=span.last,
    ).order_by("-last", "-as_of")  # fmt: skip
    if template.previous == "year_before":
        then = span.year_before()
        found = rows.filter(first=then.first, last=then.last).first()
        if found is not None:
            return found
    return rows.first()


def standing(report: Report) -> QuerySet[Number]:
    """The numbers that stand in a report now, in their order."""
    rows = Number.objects.filter(paragraph__report=report, gone_at=None).select_related(
        "paragraph", "instead_of"
    )
    return rows.order_by("paragraph__place", "start", "slot")


def left_out(report: Report) -> list[Number]:
    """The numbers that an editor took out of a text and put nothing in their place, latest first."""
    gone = Number.objects.filter(paragraph__report=report, replaced_by=None, start__isnull=False).exclude(
        gone_at=None
    )
    there = set(standing(report).values_list("paragraph_id", "slot"))
    rows = gone.select_related("paragraph").order_by("-gone_at", "paragraph__place", "start")
    return [one for one in rows if (one.paragraph_id, one.slot) not in there]


def facts_of(numbers: Iterable[Number]) -> dict[str, Fact]:
    """Slot → what the text says of it now: a number typed by hand counts as it was typed.

    The numbers of a table are there under its key too: its lines are held against its own last line.
    """
    found: dict[str, Fact] = {}
    for one in sorted(numbers, key=lambda one: one.kind == "typed"):
        if one.value is not None and one.slot:
            found[one.slot] = Fact(one.slot, one.value, one.unit, one.label, one.code)
            if one.paragraph.kind == "table":
                found[f"{one.paragraph.key}.{one.slot}"] = found[one.slot]
    return found


def relations_of(report: Report) -> list[Relation]:
    """What the template wants to hold, that every table adds up, and every change is that of the numbers told."""
    kind = template_of(report)
    months = Decimal(span_of(report).months)
    found = [replace(each, limit=months) if each.kind == "issues" else each for each in kind.relations]
    for paragraph in report.paragraphs.filter(kind="table"):
        for column in paragraph.data.get("sums", ()):
            name = f"{paragraph.key}.{column}"
            parts = tuple(f"{name}@{row['region']}" for row in paragraph.data["rows"])
            found.append(Relation(name, "sum", (name, *parts)))
    for slot in kind.slots.values():
        if slot.kind in DERIVED:
            figure = Figure(slot.name, slot.kind, slot.of, 1 if slot.digits is None else slot.digits)
            found.append(Relation(f"made.{slot.name}", "made", (slot.name, *slot.of), figure=figure))
    return found


def _told_twice(numbers: Iterable[Number]) -> tuple[list[Relation], dict[str, Fact]]:
    """A number that stands in several places says the same in each."""
    told: dict[str, list[Fact]] = {}
    for one in numbers:
        if one.value is not None and one.slot:
            known = told.setdefault(one.slot, [])
            known.append(Fact(f"{one.slot}~{len(known) + 1}", one.value, one.unit, one.label, one.code))
    more = {slot: facts for slot, facts in told.items() if len({fact.value for fact in facts}) > 1}
    relations = [
        Relation(f"same.{slot}", "same", tuple(fact.code for fact in facts)) for slot, facts in more.items()
    ]
    return relations, {fact.code: fact for facts in more.values() for fact in facts}


def findings_of(report: Report) -> list[Finding]:
    """What contradicts itself in a report, worst first; a scope that was explained is silent."""
    explained = report.explanations.values_list("key", flat=True)
    numbers = list(standing(report))
    same, more = _told_twice(numbers)
    return findings([*relations_of(report), *same], facts_of(numbers) | more, noted=explained)


def shares_of(report: Report) -> QuerySet[Share]:
    return Share.objects.filter(report=report).select_related("item").order_by("item__opened_at", "pk")


def may_write(person: Person, report: Report, *, at: datetime) -> bool:
    """Whether somebody may change words anywhere in it: its writer, or the offices that write this kind."""
    kinds = template_of(report).writers
    return report.item.opened_by == person.by or has_duty(
        person_id=person.pk, kinds=kinds, region=report.item.region_id, at=at
    )


def owns(person: Person, paragraph: Paragraph, *, at: datetime) -> bool:
    region = paragraph.report.item.region_id
    return bool(paragraph.owner) and has_duty(
        person_id=person.pk, kinds=[paragraph.owner], region=region, at=at
    )


def number_for(report: Report, pk: UUID) -> Number | None:
    return (
        Number.objects.filter(paragraph__report=report, pk=pk)
        .select_related("paragraph", "instead_of")
        .first()
    )


def chain_of(one: Number) -> list[Number]:
    """What stood in the place of a number before, latest first."""
    found, seen = [], one.instead_of
    while seen is not None:
        found.append(seen)
        seen = seen.instead_of
    return found
