"""Writes about accidents as they are filed: facts, toll and persons; an accident follows the figures of its event."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext

from anlan.domains.accidents import queries
from anlan.domains.accidents.models import Accident, Due, Toll, Victim
from anlan.domains.accidents.rules import grading
from anlan.domains.accidents.rules.words import (
    FIGURES,
    OUTCOMES,
    RANK,
    SECTORS,
    SHORT_CLOCK,
    TYPES,
)
from anlan.domains.incidents import public as incidents
from anlan.domains.risks.public import after_accident
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.core.workdays import local_minute
from anlan.kernel.ledger.actions import record
from anlan.kernel.loop.actions import open_item
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.orgs.queries import has_duty

LATE_AFTER = timedelta(hours=24)
KEEPERS = ("accident_office", "bureau_chief", *incidents.FIGURE_KEEPERS)
NO_INCIDENT = reason(
    "accidents.no_incident", N_("This event is not in the register any more. Choose another one.")
)
TWICE = reason("accidents.filed_twice", N_("An accident was filed for this event already: “{title}”."))
FILERS = ("safety_section", "street_safety_officer", "enforcement_officer", *KEEPERS)
NOT_A_FILER = reason(
    "accidents.not_a_filer",
    N_(
        "An accident is filed by the accident office, the watch or the safety officers of its region. Tell the watch."
    ),
)
NOT_YOURS = reason(
    "accidents.not_yours",
    N_("Figures and persons of an accident are entered by the accident office of its region."),
)
NO_NAME = reason("accidents.no_name", N_("Write the name; it is encrypted and stands in no list."))


def file_accident(
    *,
    description: str,
    type_code: str,
    sector: str,
    body: str,
    region: str,
    by: str,
    at: datetime,
    occurred_at: datetime | None = None,
    happened_at: datetime | None = None,
    incident: Any = None,
    organisation: Organisation | None = None,
    unit_name: str = "",
    spot: str = "",
    exercise_id: UUID | None = None,
    evidence: Sequence[Any] = (),
    **figures: Any,
) -> WorkItem:
    """先行填报: an accident is filed with what is known. With an `incident` (its id) the facts of that event are taken
    over and its figures are followed from then on: nobody types a death twice. Raises `Refused`.
    """
    label = check_words(type_code, sector, body, region, by=by, at=at)
    event = _event(incident, exercise_id)
    occurred = (event.occurred_at if event else None) or occurred_at or happened_at or at
    row = Accident(
        type_code=type_code, sector=sector, body=body, body_label=label, description=description.strip()[:300],
        occurred_at=occurred, counts_until=counts_until(type_code, occurred, region),
        organisation=organisation or (event.organisation if event else None), unit_name=unit_name[:160],
        spot=spot or (event.spot if event else ""), **_position(event, evidence),
    )  # fmt: skip
    with transaction.atomic():
        _set_due(row, "investigate", occurred + days_of("accidents.investigate_days", region, occurred))
        item = open_item(
            loop=queries.LOOP, record=row, title=f"{row.unit or row.spot} {row.description}".strip()[:300],
            region=region, severity=2, charge_duty="accident_office", arises_from=event.item if event else None, by=by,
            at=at, happened_at=happened_at, exercise_id=exercise_id, evidence=tuple(evidence),
        )  # fmt: skip
        write_due(row, "investigate", row.investigate_due, "accidents.investigate_days", by=by, at=at)
        _first_toll(row, event, figures, by=by, at=at)
        _ask_anew(row, item, by=by, at=at)
    return item


def _ask_anew(row: Accident, item: WorkItem, *, by: str, at: datetime) -> None:
    """What was signed of the firm's risks did not see this coming: the points that name this kind of accident are to be
    assessed anew (危险化学品安全法 34; 安全生产法 41)."""
    if row.organisation_id is not None:
        with translation.override("zh-hans"):  # risk sources name accidents by the words of GB 6441
            kind = gettext(TYPES[row.type_code])
        after_accident(
            firm_id=row.organisation_id, note=row.description, kind=kind, arises_from=item, by=by, at=at,
            exercise_id=item.exercise_id,
        )  # fmt: skip


def check_words(type_code: str, sector: str, body: str, region: str, *, by: str, at: datetime) -> str:
    """Whether somebody may file it here and its words are known; returns the label of the supervising body."""
    if not _holds(FILERS, region, by=by, at=at):
        raise Refused(NOT_A_FILER, field="region")
    grading.check_word(type_code, TYPES, "type_code")
    grading.check_word(sector, SECTORS, "sector")
    labels = {row["code"]: row["label"] for row in queries.bodies(region=region, at=at)}
    return labels[grading.check_word(body, labels, "body")]


def _event(given: Any, exercise_id: UUID | None) -> incidents.Incident | None:
    """The event an accident arises from, which has no accident yet."""
    if given in (None, ""):
        return None
    try:
        row = incidents.incident(given if isinstance(given, UUID) else UUID(str(getattr(given, "pk", given))))
    except ValueError:
        row = None
    if row is None or row.item.exercise_id != exercise_id:
        raise Refused(NO_INCIDENT, field="incident")
    known = (
        WorkItem.objects.filter(arises_from=row.item, loop=queries.LOOP).exclude(state="written_off").first()
    )
    if known is not None:
        raise Refused(TWICE, field="incident", title=known.title)
    return row


def _position(event: incidents.Incident | None, evidence: Sequence[Any]) -> dict[str, float | None]:
    piece = next((each for each in evidence if each.kind == "position"), None)
    source = piece or event
    return {"lon": source.lon, "lat": source.lat} if source is not None else {}


def days_of(rule: str, region: str, at: datetime) -> timedelta:
    return timedelta(days=float(rulesets.value_of(rule, region=region, at=at)))


def counts_until(type_code: str, occurred: datetime, region: str) -> datetime:
    rule = "accidents.counts_days_road_fire" if type_code in SHORT_CLOCK else "accidents.counts_days"
    return grading.counts_until(occurred, days=int(rulesets.value_of(rule, region=region, at=occurred)))


def _set_due(row: Accident, what: str, due: datetime) -> None:
    setattr(row, f"{what}_due", due)


def write_due(row: Accident, what: str, due: datetime | None, rule: str, *, by: str, at: datetime) -> None:
    """Keep a due date with the law that says so."""
    if due is not None:
        value = rulesets.row_of(rule, region=row.item.region_id, at=at)
        source = f"{value.law} {value.article}".strip()[:200]
        Due.objects.create(accident_id=row.pk, what=what, due_at=due, source=source, recorded_at=at, by=by)


# ---- the toll ----------------
def _first_toll(
    row: Accident, event: incidents.Incident | None, given: Mapping[str, Any], *, by: str, at: datetime
) -> None:
    known = {name: value for name, value in given.items() if value not in (None, "", 0, "0")}
    if event is not None:
        held = incidents.figures_of(event.pk)
        if held is not None:
            write_toll(row, queries.as_counts(held), by=by, at=at, happened=held.happened_at, figures=held)
        there = queries.as_counts(held)
        more = {name: value for name, value in known.items() if str(value) != str(there.get(name, 0))}
        if more:
            incidents.add_figures(item=event.item, by=by, at=at, **more)
    elif known:
        write_toll(row, grading.grown({}, known, why=""), by=by, at=at, happened=row.occurred_at)


def tell_toll(
    *, item: WorkItem, by: str, at: datetime, happened_at: datetime | None = None, why: str = "", **given: Any
) -> Toll:
    """New cumulative figures. Where the accident follows an event they are entered there, so that the follow-up report
    and the accident say the same. After 30 days (road and fire 7) they are kept but count no more."""
    with transaction.atomic():
        row = lock(item)
        _check_keeper(row, by=by, at=at)
        happened = min(happened_at or at, at)
        if happened < row.occurred_at:
            raise Refused(grading.LATER, field="happened_at", occurred=local_minute(row.occurred_at))
        source = row.item.arises_from
        if source is not None and incidents.incident(source.pk) is not None:
            told = {name: value for name, value in given.items() if name in FIGURES}
            fresh = incidents.add_figures(item=source, by=by, at=at, happened_at=happened_at, why=why, **told)
            return Toll.objects.get(figures=fresh, accident=item)
        before = grading.holding(Toll.objects.filter(accident=item, happened_at__lte=happened))
        counts = grading.grown(queries.as_counts(before), given, why=why)
        return write_toll(row, counts, by=by, at=at, happened=happened, why=why)


def follow(figures: incidents.Figures) -> None:
    """New figures of an event, in the transaction that wrote them: the accident that arose from it has the same."""
    rows = Accident.objects.select_for_update(of=("self",)).select_related("item").filter(
        item__arises_from=figures.incident_id, item__loop=queries.LOOP
    )  # fmt: skip
    for row in rows.exclude(item__state="written_off"):
        write_toll(
            row, queries.as_counts(figures), by=figures.by, at=figures.recorded_at, happened=figures.happened_at,
            why=figures.reason, figures=figures,
        )  # fmt: skip


incidents.when_figures_change(follow)


def write_toll(
    row: Accident, counts: dict[str, int], *, by: str, at: datetime, happened: datetime, why: str = "",
    figures: incidents.Figures | None = None,
) -> Toll:  # fmt: skip
    """Write a toll with the grade it reaches, and put the grade that holds now on the accident."""
    region = row.item.region_id
    reached = grading.grade(queries.bands(region=region, at=row.occurred_at), counts)
    fresh = Toll.objects.create(
        accident_id=row.pk, figures=figures, grade=reached, counted=happened <= row.counts_until, reason=why[:300],
        happened_at=happened, recorded_at=at, late_entry=at - happened > LATE_AFTER, by=by, **counts,
    )  # fmt: skip
    held = queries.toll_of(row.pk)
    now = held.grade if held else "none"
    if now != row.grade:
        row.grade = now
        row.save(update_fields=["grade"])
        WorkItem.objects.filter(pk=row.pk).update(severity=3 if RANK.index(now) >= 2 else 2)
    record(
        code="accidents.toll", subject=("loop.item", row.pk),
        facts={**counts, "grade": reached, "counted": fresh.counted, "reason": why}, by=by, at=at, happened_at=happened,
        region=region, exercise_id=row.item.exercise_id,
    )  # fmt: skip
    return fresh


def count_again(row: Accident) -> None:
    """Which figures count, and the grade they reach, after the clock of deaths has changed."""
    told = Toll.objects.filter(accident_id=row.pk)
    told.filter(happened_at__lte=row.counts_until).update(counted=True)
    told.filter(happened_at__gt=row.counts_until).update(counted=False)
    held = queries.toll_of(row.pk)
    row.grade = held.grade if held else "none"
    row.save(update_fields=["grade"])
    WorkItem.objects.filter(pk=row.pk).update(severity=3 if RANK.index(row.grade) >= 2 else 2)


def name_victim(
    *, item: WorkItem, name: str, outcome: str, by: str, at: datetime, age: int | None = None, trade: str = "",
    happened_at: datetime | None = None, before: Victim | None = None,
) -> Victim:  # fmt: skip
    """A person who died or was hurt; `before` is the row whose place this one takes (badly hurt, then dead)."""
    if not name.strip():
        raise Refused(NO_NAME, field="name")
    grading.check_word(outcome, OUTCOMES, "outcome")
    with transaction.atomic():
        row = lock(item)
        _check_keeper(row, by=by, at=at)
        fresh = Victim.objects.create(
            accident=item, name=name.strip(), outcome=outcome, age=age, trade=trade[:60], before=before,
            happened_at=happened_at or at, recorded_at=at, by=by,
        )  # fmt: skip
        record(
            code="accidents.victim", subject=("loop.item", row.pk), facts={"outcome": outcome}, by=by, at=at,
            happened_at=fresh.happened_at, region=row.item.region_id, exercise_id=row.item.exercise_id,
        )  # fmt: skip
    return fresh


def _check_keeper(row: Accident, *, by: str, at: datetime) -> None:
    if not _holds(KEEPERS, row.item.region_id, by=by, at=at):
        raise Refused(NOT_YOURS)


def _holds(kinds: Sequence[str], region: str, *, by: str, at: datetime) -> bool:
    """Whether an author holds one of these duties over a region; a service of the platform does."""
    kind, _colon, key = by.partition(":")
    return kind == "service" or (
        kind == "person" and has_duty(person_id=UUID(key), kinds=kinds, region=region, at=at)
    )


def lock(item: WorkItem) -> Accident:
    """The row of an accident, held until the transaction ends."""
    rows = Accident.objects.select_for_update(of=("self",)).select_related(
        "item__region", "item__arises_from"
    )
    return rows.get(pk=item.pk)
