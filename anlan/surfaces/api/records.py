"""JSON for every declared record: lists, one record with its way, opening, moves; worklist and indicators.

Nothing here knows a domain: what a domain declares appears.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Model, Q
from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status
from ninja.security import django_auth

from anlan.kernel.core import clock
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.core.worlds import in_world
from anlan.kernel.domain import registry
from anlan.kernel.domain.opening import check_opening
from anlan.kernel.domain.spec import Field as Fact
from anlan.kernel.domain.spec import Record
from anlan.kernel.indicators import registry as indicators
from anlan.kernel.indicators.queries import indicator
from anlan.kernel.indicators.registry import of_code
from anlan.kernel.indicators.spec import Cut, Period
from anlan.kernel.loop.actions import Telephone, move
from anlan.kernel.loop.evidence import Given
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.loop.queries import item_for, my_worklist, open_moves, steps_of, visible_items
from anlan.kernel.orgs.models import Organisation, Person
from anlan.kernel.orgs.queries import region_in_scope

router = Router(tags=["records"], auth=django_auth)

NO_PERSON = reason("api.no_person", N_("This account belongs to no person and cannot act."))
NOT_OPENED = reason("api.not_opened", N_("Nobody opens a {record} by hand."))
BAD_VALUE = reason("api.bad_value", N_("{field}: {value} is no {kind}."))
MISSING = reason("api.missing", N_("{field} is missing: {label}."))

PAGE = 50


class ItemOut(Schema):
    """A work item as every list shows it."""

    id: UUID
    loop: str
    state: str
    title: str
    severity: int
    region: str = Field(alias="region_id")
    opened_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    escalated_to: str


class StepOut(Schema):
    """One step of an item's way."""

    move: str
    source: str
    target: str
    by: str
    entered_by: str
    at: datetime
    happened_at: datetime
    late_entry: bool
    reason: str
    needs: dict[str, Any]


class RecordOut(Schema):
    """A record: its item, its own columns, its way, and the moves open to the person who asks."""

    item: ItemOut
    columns: dict[str, Any]
    steps: list[StepOut]
    moves: list[str]


class Page(Schema):
    """A page of a list; no count above 10,000 is made."""

    rows: list[dict[str, Any]]
    next: int | None


class MoveIn(Schema):
    """A move to be made: the facts it needs, a reason, when it really happened, a leader's word on the telephone."""

    facts: dict[str, Any] = Field(default_factory=dict)
    reason: str = Field("", max_length=2000)
    happened_at: datetime | None = None
    text: str = Field("", max_length=2000)
    leader: UUID | None = None
    telephone_number: str = Field("", max_length=40)
    telephone_words: str = Field("", max_length=300)


class OpenIn(Schema):
    """A record to be opened: its region and the facts its form asks for."""

    region: str = Field(pattern=r"^\d{12}$")
    facts: dict[str, Any] = Field(default_factory=dict)


class ReadingOut(Schema):
    """A named number with everything needed to open it."""

    code: str
    label: str
    unit: str
    definition: str
    value: float | None
    base: int
    rows: list[UUID]


class Part(Schema):
    """Which part of a list, and of which world."""

    offset: int = Field(0, ge=0, le=10_000)
    exercise_id: UUID | None = None


class Span(Schema):
    """Whose rows and which span a number counts: `start` ≤ happened < `end`, as recorded by `as_of`."""

    start: datetime
    end: datetime
    region: str = Field("", pattern=r"^(\d{12})?$")
    as_of: datetime | None = None
    exercise_id: UUID | None = None


def person_of(request: HttpRequest) -> Person:
    """The person of the signed-in account."""
    person = (
        Person.objects.select_related("organisation")
        .filter(Q(account_id=request.user.pk), active=True)
        .first()
    )
    if person is None:
        raise Refused(NO_PERSON)
    return person


@router.get("/worklist", response=list[ItemOut])
def worklist(request: HttpRequest, exercise_id: UUID | None = None) -> Sequence[WorkItem]:
    """What is in your hands now, by what runs out first."""
    at = clock.now(exercise_id)
    return list(my_worklist(person_of(request), at=at, exercise_id=exercise_id)[:PAGE])


@router.get("/domains", response=list[dict[str, Any]])
def domains(request: HttpRequest) -> list[dict[str, Any]]:
    """What this installation keeps: domains, their records and the moves of each."""
    del request
    return [
        {
            "name": domain.name,
            "records": [
                {
                    "name": r.slug,
                    "loop": r.loop.name,
                    "states": list(r.loop.states),
                    "moves": [m.name for m in r.loop.moves],
                }
                for r in domain.records
            ],
        }
        for domain in registry.all_domains()
    ]


@router.get("/indicators", response=list[dict[str, str]])
def indicator_list(request: HttpRequest) -> list[dict[str, str]]:
    """Every named number."""
    del request
    return [{"code": i.code, "label": i.label, "unit": i.unit} for i in indicators.all_indicators()]


@router.get("/indicators/{code}", response=ReadingOut)
def indicator_read(request: HttpRequest, code: str, span: Query[Span]) -> dict[str, Any]:
    """Read a number of a region of yours; `rows` are those of its work items that you may see."""
    person, at = person_of(request), clock.now(span.exercise_id)
    of_code(code)
    region = region_in_scope(person, span.region, at=clock.real_now())
    period = Period(span.start, span.end)
    read = indicator(code=code, cut=Cut(region, span.exercise_id), period=period, as_of=span.as_of or at)
    seen = visible_items(person, at=at).filter(pk__in=list(read.rows)).values_list("pk", flat=True)
    known = read.indicator
    return {
        "code": code, "label": known.label, "unit": known.unit, "definition": known.definition,
        "value": None if read.value is None else float(read.value), "base": read.base, "rows": list(seen),
    }  # fmt: skip


@router.get("/{domain}/{record}", response=Page)
def record_list(
    request: HttpRequest,
    domain: str,
    record: str,
    part: Query[Part],
) -> dict[str, Any]:
    """The records of a kind that you may see, newest first."""
    offset, exercise_id = part.offset, part.exercise_id
    declared, at = registry.record_of(domain, record), clock.now(exercise_id)
    items = visible_items(person_of(request), at=at).filter(in_world(exercise_id), loop=declared.loop.name)
    ids = list(items.order_by("-opened_at", "pk").values_list("pk", flat=True)[offset : offset + PAGE + 1])
    rows = declared.model._default_manager.select_related("item").in_bulk(ids[:PAGE])
    return {
        "rows": [{"id": pk, **columns_of(declared, rows[pk])} for pk in ids[:PAGE]],
        "next": offset + PAGE if len(ids) > PAGE else None,
    }


@router.post("/{domain}/{record}", response={201: ItemOut})
def record_open(
    request: HttpRequest, domain: str, record: str, given: OpenIn, exercise_id: UUID | None = None
) -> Any:
    """Open a record, where its domain lets a person do so."""
    declared, person = registry.record_of(domain, record), person_of(request)
    if declared.opens is None:
        raise Refused(NOT_OPENED, record=record)
    check_opening(declared, person, region=given.region, at=clock.real_now())
    # The region is said once: a form that asks for it among its facts gets the one whose rights were just asked.
    facts = read_facts(declared.opening, given.facts | {"region": given.region}) | {"region": given.region}
    at = clock.now(exercise_id)
    return Status(201, declared.opens(by=person.by, at=at, exercise_id=exercise_id, **facts))


@router.get("/{domain}/{record}/{uuid:item_id}", response=RecordOut)
def record_one(request: HttpRequest, domain: str, record: str, item_id: UUID) -> dict[str, Any]:
    """One record, or *no such item* where it is not yours to see."""
    declared, person = registry.record_of(domain, record), person_of(request)
    item = item_for(person, item_id, at=clock.real_now())
    row = declared.model._default_manager.get(pk=item.pk)
    moves = open_moves(item, person, at=clock.now(item.exercise_id))
    return {
        "item": item,
        "columns": columns_of(declared, row),
        "steps": list(steps_of(item)),
        "moves": [m.name for m in moves],
    }  # fmt: skip


@router.post("/{domain}/{record}/{uuid:item_id}/{name}", response=StepOut)
def record_move(
    request: HttpRequest, domain: str, record: str, item_id: UUID, name: str, given: MoveIn
) -> Step:
    """Make a move. A leader's word on the telephone is recorded with `leader`, number and words."""
    declared, person = registry.record_of(domain, record), person_of(request)
    item = item_for(person, item_id, at=clock.real_now())
    act = declared.acts.get(name)
    facts = read_facts(declared.facts.get(name, ()), given.facts) or dict(given.facts)
    rest: dict[str, Any] = {
        "by": person.by, "at": clock.now(item.exercise_id), "happened_at": given.happened_at, "reason": given.reason,
        "evidence": [Given("text", text=given.text)] if given.text else [],
    }  # fmt: skip
    if given.leader is not None:
        rest |= {
            "by": f"person:{given.leader}", "entered_by": person.by,
            "telephone": Telephone(given.telephone_number, given.telephone_words),
        }  # fmt: skip
    step: Step = (
        act(item=item, **rest, **facts) if act is not None else move(item=item, name=name, **rest, **facts)
    )
    return step


def columns_of(declared: Record, row: Any) -> dict[str, Any]:
    """The declared columns of a record, as plain values."""
    return {column.path: _plain(_follow(row, column.path)) for column in declared.columns}


def _follow(row: Any, path: str) -> Any:
    for name in path.split("."):
        row = getattr(row, name, None)
    return row


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str | datetime | list | dict):
        return value
    return {"id": str(value.pk), "name": str(value)} if isinstance(value, Model) else str(value)


def read_facts(fields: Sequence[Fact], given: dict[str, Any]) -> dict[str, Any]:
    """Turn what came as JSON into what the action takes; a missing or wrong one is refused by name."""
    out: dict[str, Any] = {}
    for field in fields:
        value = given.get(field.name)
        if value in (None, ""):
            if field.required:
                raise Refused(MISSING, field=field.name, label=field.label)
            continue
        out[field.name] = _read(field, value)
    return out


def _read(field: Fact, value: Any) -> Any:
    reader = _READERS.get(field.kind)
    try:
        return value if reader is None else reader(field, value)
    except (ValueError, KeyError, Organisation.DoesNotExist):
        raise Refused(BAD_VALUE, field=field.name, value=value, kind=field.kind) from None


def _when(field: Fact, value: Any) -> datetime:
    del field
    when = datetime.fromisoformat(str(value))
    if when.tzinfo is None:
        raise ValueError("a time without its zone")
    return when


_READERS: dict[str, Callable[[Fact, Any], Any]] = {
    "datetime": _when,
    "organisation": lambda field, value: Organisation.objects.get(pk=UUID(str(value))),
    "choice": lambda field, value: {code: code for code, _ in field.choices}[value],
}
