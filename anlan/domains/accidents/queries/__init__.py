"""Reads about accidents: what counts in a span, by sector, body, type and street; what is due; measures."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.timezone import localdate

from anlan.domains.accidents.models import Accident, Due, Finding, Measure, Toll, Victim
from anlan.domains.accidents.rules import clocks, grading
from anlan.domains.accidents.rules.words import FIGURES, GRADES_SAID, RANK
from anlan.kernel.core import rulesets
from anlan.kernel.core.worlds import in_world
from anlan.kernel.domain.looking_back import Trace
from anlan.kernel.indicators import counting, spans
from anlan.kernel.loop.models import Step
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.places.regions import prefix_of

LOOP = "accidents.accident"
DETERMINED, PRELIMINARY = "determined", "filed"
DETERMINED_BY, WRITTEN_OFF = ("determine", "enter_determined"), ("write_off", "enter_written_off")
GDP, WORKERS = "statistics.gdp", "statistics.workers"  # codes of the counted records that the rates divide by


@dataclass(frozen=True, slots=True)
class Span:
    """Whose accidents, of when, as known when."""

    region: str
    start: datetime
    end: datetime
    as_of: datetime
    exercise_id: UUID | None = None
    sector: str = ""  # beginning of a code of GB/T 4754: its division

    def year_before(self) -> "Span":
        """同比: the same days of the year before."""
        start, end = clocks.a_year_on(self.start, years=-1), clocks.a_year_on(self.end, years=-1)
        return replace(self, start=start, end=end)


@dataclass(frozen=True, slots=True)
class Counted:
    """An accident as the statistics know it at a time."""

    pk: UUID
    occurred_at: datetime
    street: str
    sector: str
    body: str
    body_label: str
    type_code: str
    grade: str
    dead: int
    badly_hurt: int
    hurt: int
    loss_yuan: int
    determination: str  # filed | determined

    @property
    def fatal(self) -> bool:
        return self.dead > 0

    @property
    def injured(self) -> int:
        """受伤人数: badly and slightly hurt."""
        return self.badly_hurt + self.hurt


def counted(span: Span) -> list[Counted]:
    """Accidents of a span that count: not written off by then, and with a death or somebody badly hurt."""
    gone = Step.objects.filter(item__loop=LOOP, move__in=WRITTEN_OFF, at__lte=span.as_of).values("item_id")
    rows = list(
        Accident.objects.filter(
            in_world(span.exercise_id, path="item__exercise_id"), under(span.region, "item__region"),
            occurred_at__gte=span.start, occurred_at__lt=span.end, item__opened_at__lte=span.as_of,
        )
        .exclude(pk__in=gone)
        .select_related("item")
        .order_by("occurred_at", "pk")
    )  # fmt: skip
    tolls = tolls_at([row.pk for row in rows], as_of=span.as_of)
    signed = determined_by([row.pk for row in rows], as_of=span.as_of)
    least = rulesets.value_of("accidents.counted_from", region=span.region, at=span.as_of)
    found = [_counted(row, tolls.get(row.pk), determined=row.pk in signed) for row in rows]
    found = [each for each in found if each.sector.startswith(span.sector[:1])]
    return [each for each in found if each.dead >= least["dead"] or each.badly_hurt >= least["badly_hurt"]]


def _counted(row: Accident, toll: Toll | None, *, determined: bool) -> Counted:
    return Counted(
        pk=row.pk,
        occurred_at=row.occurred_at,
        street=row.item.region_id[:9].ljust(12, "0"),
        sector=row.sector,
        body=row.body,
        body_label=row.body_label,
        type_code=row.type_code,
        grade=toll.grade if toll else "none",
        dead=toll.dead if toll else 0,
        badly_hurt=toll.badly_hurt if toll else 0,
        hurt=toll.hurt if toll else 0,
        loss_yuan=toll.loss_yuan if toll else 0,
        determination=DETERMINED if determined else PRELIMINARY,
    )


def tolls_at(accidents: Iterable[UUID], *, as_of: datetime) -> dict[UUID, Toll]:
    """Accident → the toll that counts, as known at a time."""
    rows: dict[UUID, list[Toll]] = defaultdict(list)
    for row in Toll.objects.filter(accident__in=list(accidents), counted=True, recorded_at__lte=as_of):
        rows[row.accident_id].append(row)
    held = {pk: grading.holding(mine, as_of=as_of) for pk, mine in rows.items()}
    return {pk: row for pk, row in held.items() if row is not None}


def toll_of(accident: UUID) -> Toll | None:
    """The toll of an accident that counts now."""
    return grading.holding(Toll.objects.filter(accident_id=accident))


def as_counts(row: Any) -> dict[str, int]:
    """Figures by name; nothing known is nothing."""
    return {name: getattr(row, name) if row else 0 for name in FIGURES}


def determined_by(accidents: Iterable[UUID], *, as_of: datetime) -> set[UUID]:
    """Those that were determined, as known at a time."""
    steps = Step.objects.filter(item__in=list(accidents), move__in=DETERMINED_BY, at__lte=as_of)
    return set(steps.values_list("item_id", flat=True))


@dataclass(frozen=True, slots=True)
class Group:
    """Accidents under one word of a cut, now and in the year before."""

    code: str
    label: str
    now: Sequence[Counted]
    then: Sequence[Counted]

    @property
    def fatal(self) -> int:
        return sum(1 for each in self.now if each.fatal)

    @property
    def dead(self) -> int:
        return sum(each.dead for each in self.now)

    @property
    def badly_hurt(self) -> int:
        return sum(each.badly_hurt for each in self.now)

    @property
    def fatal_then(self) -> int:
        return sum(1 for each in self.then if each.fatal)

    @property
    def dead_then(self) -> int:
        return sum(each.dead for each in self.then)


def breakdown(span: Span, *, by: str) -> list[Group]:
    """Accidents of a span by sector, body, type_code, grade or street, with the year before; the heaviest first."""
    now, then = counted(span), counted(span.year_before())
    labels = {getattr(each, by): each.body_label for each in (*then, *now)} if by == "body" else {}
    codes = dict.fromkeys(getattr(each, by) for each in (*now, *then))
    groups = [
        Group(
            code,
            labels.get(code, code),
            [each for each in now if getattr(each, by) == code],
            [each for each in then if getattr(each, by) == code],
        )
        for code in codes
    ]
    return sorted(groups, key=lambda group: (-group.dead, -len(group.now), -len(group.then), group.code))


@dataclass(frozen=True, slots=True)
class DueState:
    """A due date of an accident and whether it was met: on_time | late | missed | open."""

    accident: UUID
    what: str
    due_at: datetime
    met_at: datetime | None
    state: str


MET_BY = {"investigate": "submit", "reply": "reply", "evaluate": "evaluate"}


def dues(span: Span, *, what: str) -> list[DueState]:
    """Reports, replies or evaluations that were due in a span, as they stood at its `as_of`. An extension recorded by
    then holds; an accident written off owes nothing."""
    gone = Step.objects.filter(item__loop=LOOP, move__in=WRITTEN_OFF, at__lte=span.as_of).values("item_id")
    rows = Due.objects.filter(
        in_world(span.exercise_id, path="accident__exercise_id"), under(span.region, "accident__region"), what=what,
        recorded_at__lte=span.as_of,
    ).exclude(accident__in=gone)  # fmt: skip
    last = {row.accident_id: row.due_at for row in rows.order_by("recorded_at", "pk")}
    mine = {pk: due for pk, due in last.items() if span.start <= due < span.end}
    steps = Step.objects.filter(item__in=list(mine), move=MET_BY[what], at__lte=span.as_of)
    met = dict(steps.order_by("-happened_at").values_list("item_id", "happened_at"))
    return [_due(pk, what, due, met.get(pk), span.as_of) for pk, due in mine.items()]


def _due(pk: UUID, what: str, due: datetime, met: datetime | None, at: datetime) -> DueState:
    if met is not None:
        return DueState(pk, what, due, met, "on_time" if met <= due else "late")
    return DueState(pk, what, due, None, "missed" if due < at else "open")


def handled(span: Span) -> list[UUID]:
    """Accidents whose handling on the spot was recorded in a span."""
    rows = Step.objects.filter(
        in_world(span.exercise_id, path="item__exercise_id"), under(span.region, "item__region"), item__loop=LOOP,
        move__in=("handle", "handle_first"), happened_at__gte=span.start, happened_at__lt=span.end,
        at__lte=span.as_of,
    )  # fmt: skip
    return list(dict.fromkeys(rows.order_by("happened_at").values_list("item_id", flat=True)))


def steps_made(span: Span, *, move: str) -> list[UUID]:
    """Accidents of which a step was made in a span: review meetings, replies."""
    rows = Step.objects.filter(
        in_world(span.exercise_id, path="item__exercise_id"), under(span.region, "item__region"), item__loop=LOOP,
        move=move, happened_at__gte=span.start, happened_at__lt=span.end, at__lte=span.as_of,
    )  # fmt: skip
    return list(rows.order_by("happened_at").values_list("item_id", flat=True))


def base(span: Span, code: str) -> Decimal | None:
    """A counted record of exactly this region and these days: GDP in 亿元, workers. None where nobody entered one."""
    days = spans.Span("since", localdate(span.start), localdate(span.end - timedelta(microseconds=1)))
    known = counting.facts(region=span.region, span=days, as_of=span.as_of, exercise_id=span.exercise_id)
    return known[code].value if code in known else None


def bodies(*, region: str, at: datetime) -> list[dict[str, str]]:
    """Supervising bodies: code, label, label_en."""
    found: list[dict[str, str]] = rulesets.value_of("accidents.bodies", region=region, at=at)
    return found


def old_types(*, region: str, at: datetime) -> list[dict[str, str]]:
    """The 1986 list with what each type became: old, code ("" = ask)."""
    found: list[dict[str, str]] = rulesets.value_of("accidents.old_types", region=region, at=at)
    return found


def bands(*, region: str, at: datetime) -> list[dict[str, Any]]:
    """The rows of the grade table in force on a day."""
    found: list[dict[str, Any]] = rulesets.value_of("accidents.grades", region=region, at=at)
    return found


@dataclass(frozen=True, slots=True)
class MeasureState:
    """A measure of a reply with the last that was found of it."""

    measure: Measure
    last: Finding | None


def measures(accident: UUID) -> list[MeasureState]:
    """The measures of the reply in their order."""
    rows = Measure.objects.filter(accident_id=accident).prefetch_related("findings").order_by("number")
    return [
        MeasureState(row, max(row.findings.all(), key=lambda f: (f.happened_at, f.recorded_at), default=None))
        for row in rows
    ]


def victims(accident: UUID) -> list[Victim]:
    """The persons of an accident as they are known now, without the rows that were taken the place of."""
    rows = Victim.objects.filter(accident_id=accident, after=None)
    return list(rows.order_by("outcome", "pk"))


def against_units(
    *,
    organisations: Sequence[UUID],
    start: datetime,
    end: datetime,
    as_of: datetime,
    exercise_id: UUID | None,
) -> Iterator[Trace]:
    """Determined accidents of some days: they stand against the firm they happened at, and against the street they
    lie in. From which grade on one is grave, a row of the rules says; whether that bars anything, a person decides."""
    rows = Organisation.objects.filter(pk__in=organisations, kind="street")
    streets = [(pk, prefix_of(region)) for pk, region in rows.values_list("pk", "region_id")]
    known = _in_span(organisations, [prefix for _pk, prefix in streets], start, end, exercise_id)
    gone = Step.objects.filter(item__in=known, move__in=WRITTEN_OFF, at__lte=as_of).values_list(
        "item_id", flat=True
    )
    standing = determined_by(known, as_of=as_of) - set(gone)
    tolls = tolls_at(standing, as_of=as_of)
    for row in Accident.objects.filter(pk__in=standing).select_related("item"):
        words, grave = _told(row, tolls.get(row.pk), as_of)
        region = row.item.region_id
        for unit in (row.organisation_id, *(pk for pk, prefix in streets if region.startswith(prefix))):
            if unit is not None:
                yield Trace(unit, row.pk, row.occurred_at, words, bars=grave)


def _in_span(
    organisations: Sequence[UUID],
    prefixes: Sequence[str],
    start: datetime,
    end: datetime,
    exercise_id: UUID | None,
) -> list[UUID]:
    whose = Q(organisation__in=organisations)
    for prefix in prefixes:
        whose |= Q(item__region__code__startswith=prefix)
    rows = Accident.objects.filter(
        whose, in_world(exercise_id, path="item__exercise_id"), occurred_at__gte=start, occurred_at__lt=end
    )
    return list(rows.values_list("pk", flat=True))


def _told(row: Accident, toll: Toll | None, as_of: datetime) -> tuple[str, bool]:
    """An accident in one line without a name, and whether its grade is grave."""
    graded = grading.heavier(row.signed_grade, toll.grade if toll else row.grade)
    least = rulesets.value_of("accidents.grave_from", region=row.item.region_id, at=as_of)
    dead, hurt = (toll.dead, toll.badly_hurt) if toll else (0, 0)
    said = f"{GRADES_SAID[graded]}生产安全事故（已认定）：死亡{dead}人、重伤{hurt}人。{row.description[:100]}"
    return said, RANK.index(graded) >= RANK.index(least)


def under(region: str, path: str) -> Q:
    """Rows of a region's subtree; everything where no region is named."""
    return Q(**{f"{path}__code__startswith": prefix_of(region)}) if region else Q()
