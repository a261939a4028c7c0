"""Putting an offer on the table: a new proposal, or more streets and grounds for the one that still waits."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from anlan.domains.warnings.actions import words
from anlan.domains.warnings.models import Advisory, Ground, OfficeRing, Proposal, Signal
from anlan.domains.warnings.queries import areas, rulebook
from anlan.domains.warnings.rules import advisories, calls, scales
from anlan.kernel.loop.actions import Making, move_all, open_item
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.places.models import Region

BY = "service:warnings"
LOOPS = ("warnings.callout_proposal", "warnings.advisory")
STRENGTH = ("person", "forecast", "alarm", "signal")


class Cause(Protocol):
    """What an offer needs to know of whatever speaks for it."""

    @property
    def source(self) -> str: ...
    @property
    def source_id(self) -> str: ...
    @property
    def hazard(self) -> str: ...
    @property
    def street(self) -> str: ...
    @property
    def parts(self) -> tuple[str, ...]: ...
    @property
    def colour(self) -> str: ...
    @property
    def facts(self) -> dict[str, Any]: ...


def offer(
    kind: str, hazard: str, colour: str, causes: Sequence[Cause], *, exercise_id: UUID | None, at: datetime
) -> WorkItem:
    """Propose a call-out or an advisory for the causes' streets; a waiting one of the same colour takes them in."""
    model = Proposal if kind == "call_out" else Advisory
    item: WorkItem
    codes = areas.compressed(code for cause in causes for code in cause.parts)
    waiting = _waiting(model, hazard, exercise_id=exercise_id)
    equal = next((row for row in waiting if _colour(row) == colour), None)
    if equal is not None:
        _extend(equal, causes, codes, at=at)
        item = equal.item
    else:
        item = _open(kind, hazard, colour, causes, codes, exercise_id=exercise_id, at=at)
    lower = [row for row in waiting if scales.is_higher(colour, _colour(row)) and _inside(row, codes)]
    move_all([Making(item=row.item, name="supersede", by=BY, at=at) for row in lower])
    if kind == "call_out":
        _ring_office(
            hazard, colour, [c for c in causes if c.source == "alarm"], exercise_id=exercise_id, at=at
        )
    return item


def add_grounds(causes: Sequence[Cause], *, exercise_id: UUID | None, at: datetime) -> None:
    """What is not higher still says something to whoever must decide: it joins the waiting proposals of its street.

    A signal of the same colour makes an alarm's proposal a signal's.
    """
    by_hazard: dict[str, list[Cause]] = defaultdict(list)
    for cause in causes:
        by_hazard[cause.hazard].append(cause)
    if not causes or not something_waits(exercise_id):
        return
    for hazard, some in by_hazard.items():
        for row in _waiting(Proposal, hazard, exercise_id=exercise_id) + _waiting(
            Advisory, hazard, exercise_id=exercise_id
        ):
            codes = [region.pk for region in row.regions.all()]
            fitting = [
                cause
                for cause in some
                if not scales.is_higher(_colour(row), cause.colour)
                and any(calls.meet(code, cause.street) for code in codes)
            ]
            if fitting:
                _extend(row, fitting, [], at=at)


def something_waits(exercise_id: UUID | None) -> bool:
    """Whether any proposal or advisory waits for a decision."""
    return WorkItem.objects.filter(exercise_id=exercise_id, state="proposed", loop__in=LOOPS).exists()


def write_grounds(item: WorkItem, causes: Iterable[Cause], *, at: datetime) -> None:
    """The grounds of an item, each source once."""
    known = set(Ground.objects.filter(item=item).values_list("source", "source_id", "colour"))
    rows = {
        (c.source, c.source_id, c.colour): Ground(
            item=item,
            source=c.source,
            source_id=c.source_id,
            region_id=c.parts[0],
            colour=c.colour,
            facts=c.facts,
            at=at,
        )
        for c in causes
        if (c.source, c.source_id, c.colour) not in known
    }
    Ground.objects.bulk_create(rows.values())


def draft_advisory(
    *, hazard: str, colour: str, basis: str, codes: Sequence[str], at: datetime, span: timedelta | None = None
) -> Advisory:
    """An unsaved advisory with the standing words in Chinese and English; the officer may reword it."""
    region = calls.common_region(codes)
    names = rulebook.hazard(hazard, region=region, at=at)
    issuer = rulebook.value("issuer", region=region, at=at)
    stands = span or rulebook.minutes("advisory_minutes", region=region, at=at)
    text = advisories.draft(
        hazard=names, colour=colour, basis=basis, area=areas.names_of(codes), issuer=issuer, codes=codes
    )
    return Advisory(
        hazard=hazard, mark_colour=colour, basis=basis, onset=at, expires_at=at + stands,
        headline=text.headline, description=text.description, instruction=text.instruction,
        headline_en=text.headline_en, description_en=text.description_en, instruction_en=text.instruction_en,
    )  # fmt: skip


def title_of(hazard: str, colour: str, basis: str, codes: list[str], *, at: datetime) -> str:
    """The title of a proposed call-out in the house's language."""
    names = rulebook.hazard(hazard, region=calls.common_region(codes), at=at)
    return words.about(words.PROPOSED[basis], hazard=names["zh"], colour=colour, regions=codes)


def _open(
    kind: str,
    hazard: str,
    colour: str,
    causes: Sequence[Cause],
    codes: list[str],
    *,
    exercise_id: UUID | None,
    at: datetime,
) -> WorkItem:
    basis = max((c.source for c in causes), key=STRENGTH.index)
    record: Proposal | Advisory
    if kind == "call_out":
        loop, title = "warnings.callout_proposal", title_of(hazard, colour, basis, codes, at=at)
        record = Proposal(hazard=hazard, colour=colour, basis=basis)
    else:
        loop = "warnings.advisory"
        record = draft_advisory(hazard=hazard, colour=colour, basis=basis, codes=codes, at=at)
        title = record.headline
    item = open_item(
        loop=loop, record=record, title=title, region=calls.common_region(codes), severity=scales.severity(colour),
        charge_duty="watch_chief", by=BY, at=at, exercise_id=exercise_id,
    )  # fmt: skip
    record.regions.set(areas.rows(codes))
    write_grounds(item, causes, at=at)
    return item


def _waiting(model: Any, hazard: str, *, exercise_id: UUID | None) -> list[Any]:
    rows = model.objects.select_related("item").prefetch_related("regions")
    return list(
        rows.filter(item__state="proposed", item__exercise_id=exercise_id, hazard=hazard).order_by(
            "item__opened_at"
        )
    )


def _colour(row: Any) -> str:
    colour: str = row.colour if isinstance(row, Proposal) else row.mark_colour
    return colour


def _inside(row: Any, codes: Sequence[str]) -> bool:
    return all(any(calls.covers(code, region.pk) for code in codes) for region in row.regions.all())


def _extend(row: Any, causes: Sequence[Cause], codes: Sequence[str], *, at: datetime) -> None:
    """Grounds are added; more streets or a stronger source change the proposal itself and count up its version."""
    write_grounds(row.item, causes, at=at)
    before = [region.pk for region in row.regions.all()]
    after = areas.compressed([*before, *codes])
    basis = max((row.basis, *(c.source for c in causes if c.colour == _colour(row))), key=STRENGTH.index)
    if set(after) == set(before) and basis == row.basis:
        return
    row.regions.set(areas.rows(after))
    row.basis = basis
    if isinstance(row, Advisory):
        fresh = draft_advisory(hazard=row.hazard, colour=row.mark_colour, basis=basis, codes=after, at=at)
        for name in ("headline", "description", "headline_en", "description_en"):
            setattr(row, name, getattr(fresh, name))
        title = row.headline
    else:
        row.version += 1
        title = title_of(row.hazard, row.colour, basis, after, at=at)
    row.save()
    region = calls.common_region(after)
    WorkItem.objects.filter(pk=row.item_id).update(title=title[:300], region=region)
    row.item.title, row.item.region_id = title[:300], region


def _ring_office(
    hazard: str, colour: str, alarms: Sequence[Cause], *, exercise_id: UUID | None, at: datetime
) -> None:
    """Where our own gauges reached a mark and the weather office has said nothing: ring it (practice 1.1)."""
    signals = (
        Signal.objects.in_force()
        .filter(item__exercise_id=exercise_id, hazard=hazard)
        .prefetch_related("regions")
    )
    told = [r.pk for s in signals if not scales.is_higher(colour, s.colour) for r in s.regions.all()]
    streets = sorted({c.street for c in alarms if not any(calls.covers(code, c.street) for code in told)})
    if not streets:
        return
    waiting = OfficeRing.objects.filter(item__closed_at=None, item__exercise_id=exercise_id, hazard=hazard)
    if (ring := waiting.first()) is not None:
        ring.regions.add(*Region.objects.filter(pk__in=streets))
        return
    region = calls.common_region(streets)
    name = rulebook.hazard(hazard, region=region, at=at)["zh"]
    ring = OfficeRing(hazard=hazard, mark_colour=colour)
    open_item(
        loop="warnings.office_ring", record=ring, region=region, severity=scales.severity(colour),
        title=words.about(words.RING, hazard=name, colour=colour, regions=streets),
        charge_duty="watch_officer", by=BY, at=at, exercise_id=exercise_id,
    )  # fmt: skip
    ring.regions.set(areas.rows(streets))
