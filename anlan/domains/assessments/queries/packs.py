"""What goes into an evidence pack: for each chosen item its number, the rows behind it, and every file of both."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from anlan.domains.assessments.models import Item, Mark, Pack, Proof, Sheet
from anlan.domains.assessments.queries.sheets import LOCAL, Valued, marks_of, value_of
from anlan.kernel.core.models import Attachment
from anlan.kernel.indicators.spans import Span
from anlan.kernel.indicators.spec import Period
from anlan.kernel.loop.models import Evidence, Step
from anlan.kernel.orgs.models import Person

MOST_ROWS = 480  # rows told of one number; twenty pages
MOST_FILES = 60  # files out of the rows behind one number: a sample that says it is one


@dataclass(frozen=True, slots=True)
class Paper:
    """One file with its two times."""

    title: str
    file: Attachment
    happened_at: datetime
    recorded_at: datetime
    late: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A row behind a number: what it is, when it happened, when it was recorded."""

    title: str
    happened_at: datetime
    recorded_at: datetime
    late: bool


@dataclass(frozen=True, slots=True)
class Chosen:
    """A chosen item of one unit's sheet with all that proves it."""

    sheet: Sheet
    item: Item
    valued: Valued
    rows: tuple[Row, ...]
    more_rows: int
    papers: tuple[Paper, ...]
    more_papers: int
    marks: Mapping[str, Mark]


def packs_for(of: UUID, *, by: str) -> QuerySet[Pack]:
    """The packs that somebody asked for in a round, newest first."""
    return Pack.objects.filter(round=of, by=by).select_related("unit").order_by("-at")


def sheets_of(pack: Pack) -> list[Sheet]:
    rows = Sheet.objects.filter(round=pack.round_id).select_related("item", "unit", "round__scheme")
    return list((rows.filter(unit=pack.unit_id) if pack.unit_id else rows).order_by("unit__region_id", "pk"))


def chosen(pack: Pack, *, as_of: datetime) -> Iterator[Chosen]:
    """Item by item, within it unit by unit, in the scheme's order."""
    period = Span("since", pack.first, pack.last).period(LOCAL)
    sheets = sheets_of(pack)
    for item in pack.round.scheme.items.filter(code__in=pack.items):
        for sheet in sheets:
            yield _chosen(sheet, item, period, as_of=as_of)


def _chosen(sheet: Sheet, item: Item, period: Period, *, as_of: datetime) -> Chosen:
    valued = value_of(item, sheet, as_of=as_of)
    behind: Sequence[UUID] = valued.reading.rows if valued.reading is not None else ()
    rows, files = list(_rows(behind, period, as_of)), list(_files(behind, period, as_of))
    proofs = Proof.objects.filter(
        sheet=sheet,
        item=item,
        happened_at__gte=period.start,
        happened_at__lt=period.end,
        recorded_at__lte=as_of,
    ).select_related("file")
    papers = [
        Paper(p.title, p.file, p.happened_at, p.recorded_at, p.late)
        for p in proofs.order_by("happened_at", "pk")
    ]
    return Chosen(
        sheet, item, valued, tuple(rows[:MOST_ROWS]), max(0, len(rows) - MOST_ROWS),
        (*papers, *files[:MOST_FILES]), max(0, len(files) - MOST_FILES),
        marks_of(sheet, as_of=as_of).get(item.pk, {}),
    )  # fmt: skip


def _rows(ids: Sequence[UUID], period: Period, as_of: datetime) -> Iterator[Row]:
    """The matters behind a number, by when they were opened, with the two times of their opening."""
    steps = Step.objects.filter(
        item__in=list(ids),
        move="open",
        happened_at__gte=period.start,
        happened_at__lt=period.end,
        at__lte=as_of,
    ).select_related("item")
    for step in steps.order_by("happened_at", "pk"):
        yield Row(step.item.title, step.happened_at, step.at, step.late_entry)


def _files(ids: Sequence[UUID], period: Period, as_of: datetime) -> Iterator[Paper]:
    """Photos and papers of the steps of those matters; of one file that stands twice, the first."""
    rows = Evidence.objects.filter(
        step__item__in=list(ids), file__isnull=False, step__happened_at__gte=period.start,
        step__happened_at__lt=period.end, step__at__lte=as_of,
    ).select_related("file", "step__item")  # fmt: skip
    seen: set[str] = set()
    for row in rows.order_by("step__happened_at", "pk")[: MOST_FILES * 4]:
        if row.file is None or row.file.sm3 in seen:
            continue
        seen.add(row.file.sm3)
        yield Paper(row.step.item.title, row.file, row.step.happened_at, row.step.at, row.step.late_entry)


def office_of(by: str) -> str:
    """The organisation of whoever asked, for the cover."""
    kind, _colon, key = by.partition(":")
    if kind != "person":
        return ""
    return Person.objects.filter(pk=key).values_list("organisation__name", flat=True).first() or ""
