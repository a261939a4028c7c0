"""A sheet as it stands: values read, what was said last, points off and on, and what all that comes to."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from anlan.domains.assessments.models import Entry, Item, Mark, Proof, Sheet, Veto
from anlan.domains.assessments.rules import scoring
from anlan.domains.assessments.rules.scoring import JUDGED, Extra, Line, Total
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.worlds import in_world
from anlan.kernel.indicators import queries as numbers
from anlan.kernel.indicators import registry
from anlan.kernel.indicators.models import Count
from anlan.kernel.indicators.spans import Span
from anlan.kernel.indicators.spec import Cut, Reading
from anlan.kernel.orgs.models import Organisation

LOCAL = ZoneInfo("Asia/Shanghai")
OF_A_REGION = (
    "street",
    "community",
)  # what such a unit answers for is its region; others answer for themselves


@dataclass(frozen=True, slots=True)
class Valued:
    """What an item is worth: a reading of the platform, or a counted record; or neither, and then nothing."""

    value: Decimal | None = None
    base: int = 0
    reading: Reading | None = None
    count: Count | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """One item of a sheet with everything that speaks for its points."""

    item: Item
    valued: Valued
    marks: Mapping[str, Mark]  # role → what was said last in it
    proofs: Sequence[Proof]
    share: Decimal | None
    points: Decimal | None

    @property
    def mark(self) -> Mark | None:
        """The word that counts: a correction before a check before the unit's own."""
        return next((self.marks[role] for role in ("correct", "check", "self") if role in self.marks), None)


@dataclass(frozen=True, slots=True)
class Standing:
    """A whole sheet: its items, the entries that stand, and the total."""

    lines: tuple[Shown, ...]
    entries: tuple[Entry, ...]
    total: Total


def standing(sheet: Sheet, *, as_of: datetime) -> Standing:
    """A sheet as known at a time. Numbers are read anew; a result keeps them frozen."""
    items = list(sheet.round.scheme.items.all())
    marks, proofs = _marks(sheet, as_of), _proofs(sheet, as_of)
    values = {item.pk: value_of(item, sheet, as_of=as_of) for item in items}
    shares = {item.pk: _share(item, values[item.pk], marks.get(item.pk, {})) for item in items}
    entries = standing_entries(sheet, as_of=as_of)
    total = scoring.total(
        [Line(item.code, item.weight, shares[item.pk], item.missing) for item in items],
        [Extra(entry.clause.kind, entry.points) for entry in entries],
        sheet.round.scheme.terms,
        vetoed=is_vetoed(sheet, as_of=as_of),
    )
    lines = tuple(
        Shown(
            item, values[item.pk], marks.get(item.pk, {}), proofs.get(item.pk, ()), shares[item.pk],
            total.points[item.code],
        )
        for item in items
    )  # fmt: skip
    return Standing(lines, tuple(entries), total)


def _share(item: Item, valued: Valued, marks: Mapping[str, Mark]) -> Decimal | None:
    """The share of an item: of its number, or of the points that a person gave. What was set apart has none."""
    said = next((marks[role] for role in ("correct", "check", "self") if role in marks), None)
    if said is not None and said.apart:
        return None
    if item.kind != JUDGED:
        return scoring.share_of(item.rule, valued.value)
    if said is None or said.points is None:
        return None
    return scoring.share_of_points(said.points, item.weight)


def _marks(sheet: Sheet, as_of: datetime) -> dict[UUID, dict[str, Mark]]:
    found: dict[UUID, dict[str, Mark]] = defaultdict(dict)
    for mark in Mark.objects.filter(sheet=sheet, at__lte=as_of).order_by("at", "pk"):
        found[mark.item_id][mark.role] = mark
    return found


def _proofs(sheet: Sheet, as_of: datetime) -> dict[UUID, list[Proof]]:
    found: dict[UUID, list[Proof]] = defaultdict(list)
    rows = Proof.objects.filter(sheet=sheet, recorded_at__lte=as_of).select_related("file")
    for proof in rows.order_by("happened_at", "pk"):
        found[proof.item_id].append(proof)
    return found


def standing_entries(sheet: Sheet, *, as_of: datetime) -> list[Entry]:
    """Entries that were not taken back by then."""
    rows = Entry.objects.filter(sheet=sheet, recorded_at__lte=as_of)
    gone = rows.filter(takes_back__isnull=False).values("takes_back_id")
    return list(
        rows.filter(takes_back=None)
        .exclude(pk__in=gone)
        .select_related("clause")
        .order_by("happened_at", "pk")
    )


def is_vetoed(sheet: Sheet, *, as_of: datetime) -> bool:
    """Whether a veto on the unit was signed by then, in this round."""
    return Veto.objects.filter(
        round=sheet.round_id, unit=sheet.unit_id, item__state="signed", item__closed_at__lte=as_of
    ).exists()


def value_of(item: Item, sheet: Sheet, *, as_of: datetime) -> Valued:
    """The number of an item for the sheet's unit and the round's days; what has no number says so by having none."""
    if item.kind == JUDGED:
        return Valued()
    of = sheet.round
    span = Span("since", of.first, of.last)
    try:
        known = registry.of_code(item.indicator)
    except Refused:
        return _counted(item, sheet, span, as_of=as_of)
    regional = sheet.unit.kind in OF_A_REGION
    if not regional and "unit" not in known.cuts:
        return _counted(item, sheet, span, as_of=as_of)
    cut = Cut(
        region=sheet.unit.region_id if regional else of.region_id, exercise_id=of.exercise_id,
        unit=None if regional else sheet.unit_id,
    )  # fmt: skip
    reading = numbers.indicator(code=item.indicator, cut=cut, period=span.period(LOCAL), as_of=as_of)
    return Valued(reading.value, reading.base, reading=reading)


def _counted(item: Item, sheet: Sheet, span: Span, *, as_of: datetime) -> Valued:
    """A counted record of the same days: of the unit (`code@unit`), or for a street of its region."""
    of = sheet.round
    codes = [f"{item.indicator}@{sheet.unit.code}"] if sheet.unit.code else []
    if sheet.unit.kind in OF_A_REGION:
        codes.append(item.indicator)
    rows = Count.objects.filter(
        in_world(of.exercise_id), code__in=codes, region_id=sheet.unit.region_id, first=span.first, last=span.last,
        recorded_at__lte=as_of,
    )  # fmt: skip
    gone = Count.objects.filter(supersedes__in=rows, recorded_at__lte=as_of).values("supersedes_id")
    row = rows.exclude(pk__in=gone).order_by("-recorded_at").first()
    return Valued() if row is None else Valued(row.value, 1, count=row)


def marks_of(sheet: Sheet, *, as_of: datetime) -> dict[UUID, dict[str, Mark]]:
    """Item → role → what was said last in it; no number is read for that."""
    return dict(_marks(sheet, as_of))


def unscored(sheet: Sheet, role: str, *, as_of: datetime) -> list[str]:
    """Items that a person must still give points to, by code and label."""
    marks = _marks(sheet, as_of)
    judged = sheet.round.scheme.items.filter(kind=JUDGED)
    return [str(item) for item in judged if not _said(marks.get(item.pk, {}).get(role))]


def _said(mark: Mark | None) -> bool:
    return mark is not None and (mark.apart or mark.points is not None)


def units_for(kinds: Sequence[str], prefix: str) -> list[Organisation]:
    """The units of a region that a scheme assesses."""
    rows = Organisation.objects.filter(kind__in=kinds, active=True, region__code__startswith=prefix)
    return list(rows.order_by("region_id", "name"))


def points_by_month(of: Any, *, as_of: datetime) -> tuple[list[str], dict[UUID, dict[str, Decimal]]]:
    """积分制: month → points of each sheet by the day the thing happened, deductions below zero."""
    table: dict[UUID, dict[str, Decimal]] = {}
    months: set[str] = set()
    for sheet in Sheet.objects.filter(round=of).select_related("round"):
        row: dict[str, Decimal] = defaultdict(Decimal)
        for entry in standing_entries(sheet, as_of=as_of):
            month = f"{entry.happened_at.astimezone(LOCAL):%Y-%m}"
            months.add(month)
            row[month] += -entry.points if entry.clause.kind == scoring.DEDUCTION else entry.points
        table[sheet.pk] = dict(row)
    return sorted(months), table
