"""A text from before this platform is taken in, its paragraphs placed beside a report, and moved where need be."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from anlan.domains.bulletins.actions.drafting import check_duty
from anlan.domains.bulletins.models import EarlierPart, EarlierText, Report
from anlan.domains.bulletins.queries.earlier import span_beside
from anlan.domains.bulletins.queries.reports import span_of, template_of
from anlan.domains.bulletins.rules import deciding
from anlan.domains.bulletins.rules.placing import Spot, lines_of, placed
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.models import Attachment
from anlan.kernel.indicators.spans import Span
from anlan.kernel.ledger.actions import record

MOST_PARTS = 1500  # a yearbook is no report
HEADINGS = (1, 2)  # 一、 and （一）: the report has its own; 1. belongs to the text under it


def take_in(
    *, report: Report, text: str, title: str, by: str, at: datetime, day: date | None = None, name: str = "",
    file: Attachment | None = None,
) -> EarlierText:  # fmt: skip
    """Take in a text about the span that stands beside a report, or about the one in which `day` lies.

    The same span taken in again takes the place of what stood there; what stood there stays in the ledger.
    Raises `Refused`: bulletins.not_writer, earlier_empty, earlier_long, not_earlier.
    """
    _check_writer(report, by=by, at=at)
    lines = lines_of(text)
    if not lines:
        raise Refused(deciding.EARLIER_EMPTY, field="document")
    if len(lines) > MOST_PARTS:
        raise Refused(deciding.EARLIER_LONG, field="document", n=len(lines), most=MOST_PARTS)
    span, item = _span(report, day), report.item
    keys = placed(lines, spots_of(report))
    with transaction.atomic():
        row = EarlierText.objects.create(
            template=report.template, region_id=item.region_id, title=(title.strip() or lines[0].words)[:200],
            first=span.first, last=span.last, name=name[:200], file=file, by=by, at=at, exercise_id=item.exercise_id,
        )  # fmt: skip
        parts = [
            EarlierPart(text=row, place=place, words=line.words, heading=line.rank in HEADINGS, key=key)
            for place, (line, key) in enumerate(zip(lines, keys, strict=True), start=1)
        ]
        EarlierPart.objects.bulk_create(parts)
        facts = {"title": row.title, "paragraphs": len(parts), "placed": sum(1 for part in parts if part.key)}
        _entry("bulletins.earlier_taken", row, facts, by=by, at=at)
    return row


def spots_of(report: Report) -> list[Spot]:
    """What an older paragraph can stand beside: the text of a report with its headings."""
    rows = report.paragraphs.filter(kind__in=("say", "heading")).order_by("place")
    return [Spot(one.key, one.text, heading=one.kind == "heading") for one in rows]


def move_parts(*, report: Report, text: EarlierText, places: Mapping[int, str], by: str, at: datetime) -> int:
    """Put paragraphs of an older text beside others (place → key, empty: beside nothing); returns how many moved.

    Raises `Refused`: bulletins.not_writer, earlier_no_place.
    """
    _check_writer(report, by=by, at=at)
    known = {"", *(spot.key for spot in spots_of(report) if not spot.heading)}
    if not set(places.values()) <= known:
        raise Refused(deciding.EARLIER_NO_PLACE, field="places")
    with transaction.atomic():
        parts = [
            part
            for part in text.parts.select_for_update().order_by("place")
            if places.get(part.place, part.key) != part.key
        ]
        for part in parts:
            part.key = places[part.place]
        EarlierPart.objects.bulk_update(parts, ["key"])
        if parts:
            _entry("bulletins.earlier_moved", text, {"title": text.title, "n": len(parts)}, by=by, at=at)
    return len(parts)


def _check_writer(report: Report, *, by: str, at: datetime) -> None:
    kind = template_of(report)
    if report.item.opened_by != by:
        check_duty(kind, kind.writers, deciding.NOT_WRITER, region=report.item.region_id, by=by, at=at)


def _span(report: Report, day: date | None) -> Span:
    """The span that a text speaks of; one that runs from a start to a day is as long as the report's."""
    kind, own = template_of(report), span_of(report)
    if day is None:
        return span_beside(kind, own)
    if kind.span == "since":
        found = Span("since", day - (own.last - own.first), day)
    else:
        found = deciding.span_for(kind.span, day=day, cut=kind.cut)
    if found.last >= own.last:
        raise Refused(deciding.NOT_EARLIER, field="day", first=f"{own.first:%F}")
    return found


def _entry(code: str, row: EarlierText, facts: Mapping[str, object], *, by: str, at: datetime) -> None:
    record(
        code=code, subject=("bulletins.earlier", row.pk), facts=dict(facts), by=by, at=at, region=row.region_id,
        exercise_id=row.exercise_id,
    )  # fmt: skip
