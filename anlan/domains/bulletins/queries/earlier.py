"""Reads about what stands beside a report: the issue before it, or a text from before this platform."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from anlan.domains.bulletins.models import EarlierPart, EarlierText, Report
from anlan.domains.bulletins.queries.reports import span_of, template_of
from anlan.domains.bulletins.rules.templates import ReportTemplate
from anlan.kernel.core.worlds import in_world
from anlan.kernel.indicators.spans import Span


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a report: its title, its words by the key of the paragraph, and which of the two it is."""

    title: str
    words: Mapping[str, str]
    report: Report | None = None
    earlier: EarlierText | None = None


def span_beside(template: ReportTemplate, span: Span) -> Span:
    """The span whose text one wants to see beside a report."""
    return span.year_before() if template.previous == "year_before" else span.before()


def earlier_for(report: Report) -> QuerySet[EarlierText]:
    """The texts from before this platform of a report's kind, region and world; the last one taken in first."""
    rows = EarlierText.objects.filter(
        in_world(report.item.exercise_id), template=report.template, region_id=report.item.region_id,
        last__lt=report.last,
    )  # fmt: skip
    return rows.order_by("-last", "-at", "-pk")


def beside_of(report: Report) -> Beside | None:
    """The text of the span that is wanted, an issue before an older text; else whichever lies nearest before."""
    wanted, before = span_beside(template_of(report), span_of(report)), report.previous
    if before is not None and (before.first, before.last) == (wanted.first, wanted.last):
        return _issue(before)
    texts = earlier_for(report)
    exact = texts.filter(first=wanted.first, last=wanted.last).first()
    if exact is not None:
        return _text(exact)
    if before is not None:
        return _issue(before)
    nearest = texts.first()
    return _text(nearest) if nearest is not None else None


def _issue(before: Report) -> Beside:
    words = before.paragraphs.filter(kind="say").values_list("key", "text")
    return Beside(before.title, dict(words), report=before)


def _text(row: EarlierText) -> Beside:
    words: dict[str, list[str]] = defaultdict(list)
    for part in row.parts.filter(heading=False).exclude(key="").order_by("place"):
        words[part.key].append(part.words)
    return Beside(row.title, {key: "\n".join(found) for key, found in words.items()}, earlier=row)


def parts_of(row: EarlierText) -> QuerySet[EarlierPart]:
    return row.parts.order_by("place")


def earlier_text(report: Report, pk: UUID) -> EarlierText | None:
    """A text that can stand beside a report, by its id."""
    return EarlierText.objects.filter(
        Q(exercise=report.item.exercise_id), pk=pk, template=report.template, region_id=report.item.region_id
    ).first()
