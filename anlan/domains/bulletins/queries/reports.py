"""Reads about reports: what may be seen, what stands beside, what contradicts, what is behind a number."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Q, QuerySet

from anlan.domains.bulletins.models import Number, Paragraph, Report, Share
from anlan.domains.bulletins.rules.templates import ReportTemplate, templates
from anlan.kernel.core.worlds import in_world
from anlan.kernel.indicators.checking import Finding, Relation, findings
from anlan.kernel.indicators.figures import Fact
from anlan.kernel.indicators.spans import Span
from anlan.kernel.loop.models import WorkItem
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


def facts_of(numbers: Iterable[Number]) -> dict[str, Fact]:
    """Slot → what the text says of it now: a number typed by hand counts as it was typed."""
    return {
        one.slot: Fact(one.slot, one.value, one.unit, one.label, one.code)
        for one in numbers
        if one.value is not None and one.slot
    }


def relations_of(report: Report) -> list[Relation]:
    """What the template wants to hold, and that every table adds up."""
    found = list(template_of(report).relations)
    for paragraph in report.paragraphs.filter(kind="table"):
        for column in paragraph.data.get("sums", ()):
            parts = tuple(f"{column}@{row['region']}" for row in paragraph.data["rows"])
            found.append(Relation(f"{paragraph.key}.{column}", "sum", (column, *parts)))
    return found


def findings_of(report: Report) -> list[Finding]:
    """What contradicts itself in a report, worst first; a scope that was explained is silent."""
    explained = report.explanations.values_list("key", flat=True)
    return findings(relations_of(report), facts_of(standing(report)), noted=explained)


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


def rows_behind(numbers: Iterable[Number]) -> Iterator[Sequence[Any]]:
    """One line a row behind a number: the annex that is opened in a spreadsheet."""
    for place, one in enumerate(numbers, start=1):
        head = [place, one.paragraph.text[:20] or one.paragraph.key, one.label, one.printed, one.unit, one.code,
                one.definition, one.first, one.last, one.as_of, one.base]  # fmt: skip
        behind = list(_behind(one))
        for row in behind:
            yield [*head, *row]
        if not behind:
            yield [*head, "", one.reason, "", "", None, None]


def _behind(one: Number) -> Iterator[Sequence[Any]]:
    if one.opens:
        for row in (
            apps.get_model(one.opens)._default_manager.filter(pk__in=one.rows).iterator(chunk_size=2000)
        ):
            yield [str(row.pk), str(row), "", "", getattr(row, "recorded_at", None), None]
        return
    items = WorkItem.objects.filter(pk__in=[UUID(row) for row in one.rows]).select_related("region")
    for item in items.order_by("opened_at", "pk").iterator(chunk_size=2000):
        yield [str(item.pk), item.title, item.region.name, item.state, item.opened_at, item.closed_at]


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
