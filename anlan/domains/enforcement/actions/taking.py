"""Past visits, spot penalties and cases come in from sheets: counted rows, each with its source and its number there.

A row that came before stays as it is. What goes in here goes through the same loops as what is recorded by hand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.domains.enforcement.actions.common import SERVICE, due, words_of
from anlan.domains.enforcement.models import Case, Check, Execution, Penalty, Spot
from anlan.domains.enforcement.rules import days, words
from anlan.domains.enterprises.public import tags_of
from anlan.kernel.core.bulk import insert_rows
from anlan.kernel.loop.actions import Making, Opening, move_all, open_items
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.orgs.models import Organisation

NOON = time(12)
CHUNK = 1000


@dataclass(frozen=True, slots=True)
class CheckGiven:
    """A visit that was made and recorded elsewhere."""

    day: date | datetime
    region: str
    firm_name: str
    organisation: Organisation | None = None
    kind: str = "general"
    number: str = ""
    source: str = ""
    found: int = 0
    found_major: int = 0
    partners: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    campaign: UUID | None = None


@dataclass(frozen=True, slots=True)
class PenaltyGiven:
    """A penalty that was decided elsewhere: `procedure` case or spot; a firm's and a person's amount in one case.

    Days as far as known: opened (cases), decided, paid. Amounts in yuan.
    """

    procedure: str
    decided: date | datetime | None
    region: str
    firm_name: str
    cause: str = ""
    organisation: Organisation | None = None
    number: str = ""
    source: str = ""
    opened: date | datetime | None = None
    amount: Decimal = Decimal(0)
    person_amount: Decimal | None = None
    paid: Decimal | None = None
    paid_on: date | datetime | None = None
    kind: str = "fine"
    law: str = ""
    article: str = ""
    majors: int = 0
    tags: tuple[str, ...] = ()
    campaign: UUID | None = None


def _at(day: date | datetime, latest: datetime) -> datetime:
    """A day as a time: noon of it, never after the entering."""
    when = day if isinstance(day, datetime) else datetime.combine(day, NOON, days.LOCAL)
    return min(when, latest)


def enter_checks(
    given: Sequence[CheckGiven], *, by: str, at: datetime, exercise_id: UUID | None = None
) -> list[WorkItem]:
    """Write visits in bulk; they are concluded, their dangers live where they were found."""
    made: list[WorkItem] = []
    for start in range(0, len(given), CHUNK):
        made += _checks(given[start : start + CHUNK], by=by, at=at, exercise_id=exercise_id)
    return made


def _checks(
    given: Sequence[CheckGiven], *, by: str, at: datetime, exercise_id: UUID | None
) -> list[WorkItem]:
    tags = tags_of([each.organisation.pk for each in given if each.organisation])
    openings = []
    for each in given:
        own = each.tags or tuple(tags.get(each.organisation.pk, ())) if each.organisation else each.tags
        row = Check(
            organisation=each.organisation, firm_name=each.firm_name[:160], kind=each.kind, tags=sorted(own),
            partners=list(each.partners), found=each.found, found_major=each.found_major, campaign_id=each.campaign,
            checked_at=_at(each.day, at), recorded_at=at, source=each.source[:160], number=each.number[:60],
        )  # fmt: skip
        openings.append(
            Opening(record=row, title=each.firm_name, region=each.region, happened_at=row.checked_at)
        )
    with transaction.atomic():
        items = open_items(loop="enforcement.check", openings=openings, by=by, at=at, exercise_id=exercise_id)
        _move(items, "conclude", at, [opening.happened_at for opening in openings])
    return items


def _move(items: Sequence[WorkItem], name: str, at: datetime, happened: Sequence[datetime | None]) -> None:
    move_all([
        Making(item, name, SERVICE, at, happened_at=when) for item, when in zip(items, happened, strict=True)
    ])  # fmt: skip


def enter_penalties(
    given: Sequence[PenaltyGiven], *, by: str, at: datetime, exercise_id: UUID | None = None
) -> list[WorkItem]:
    """Write cases and spot penalties in bulk, each as far as it has come: opened, decided, paid in full."""
    made: list[WorkItem] = []
    for start in range(0, len(given), CHUNK):
        part = given[start : start + CHUNK]
        with transaction.atomic():
            cases = [each for each in part if each.procedure == "case"]
            spots = [each for each in part if each.procedure == "spot"]
            made += _cases(cases, by=by, at=at, exercise_id=exercise_id)
            made += _spots(spots, by=by, at=at, exercise_id=exercise_id)
    return made


def _cases(
    given: Sequence[PenaltyGiven], *, by: str, at: datetime, exercise_id: UUID | None
) -> list[WorkItem]:
    began = [_at(each.opened or each.decided or at, at) for each in given]
    openings = []
    for each, when in zip(given, began, strict=True):
        decided = _at(each.decided, at) if each.decided else None
        row = Case(**_shared(each), decide_by=due("enforcement.decide_days", when, region=each.region))
        row.pay_by = due("enforcement.pay_days", decided, region=each.region) if decided else None
        title = f"{each.firm_name}：{each.cause}" if each.cause else each.firm_name
        openings.append(Opening(record=row, title=title[:300], region=each.region, happened_at=when))
    items = open_items(loop="enforcement.case", openings=openings, by=by, at=at, exercise_id=exercise_id)
    _move(items, "enter_opened", at, began)
    decided_ones = [(item, each) for item, each in zip(items, given, strict=True) if each.decided is not None]
    _decided(decided_ones, "enter_decided", "enter_executed", by=by, at=at)
    return items


def _spots(
    given: Sequence[PenaltyGiven], *, by: str, at: datetime, exercise_id: UUID | None
) -> list[WorkItem]:
    openings = []
    for each in given:
        when = _at(each.decided or at, at)
        row = Spot(**_shared(each), pay_by=due("enforcement.pay_days", when, region=each.region))
        title = f"{each.firm_name}：{each.cause}" if each.cause else each.firm_name
        openings.append(Opening(record=row, title=title[:300], region=each.region, happened_at=when))
    items = open_items(loop="enforcement.spot", openings=openings, by=by, at=at, exercise_id=exercise_id)
    _decided(list(zip(items, given, strict=True)), "", "execute", by=by, at=at)
    return items


def _shared(given: PenaltyGiven) -> dict[str, Any]:
    return {
        "organisation": given.organisation, "firm_name": given.firm_name[:160], "cause": given.cause[:300],
        "tags": sorted(given.tags), "campaign_id": given.campaign, "source": given.source[:160],
        "number": given.number[:60],
    }  # fmt: skip


def _decided(
    pairs: Sequence[tuple[WorkItem, PenaltyGiven]], decide: str, execute: str, *, by: str, at: datetime
) -> None:
    """The penalties of rows, what was paid of them, and the steps that follow from both."""
    when = [_at(each.decided or at, at) for _item, each in pairs]
    if decide:
        _move([item for item, _each in pairs], decide, at, when)
    rows: list[Penalty] = []
    done: list[Execution] = []
    for (item, each), decided in zip(pairs, when, strict=True):
        own = _penalties(item, each, decided, by=by, at=at)
        rows += own
        done += _executions(own, each, by=by, at=at)
    insert_rows(rows)
    insert_rows(done)
    whole = {row.penalty_id for row in done if row.whole}
    open_ones = {row.item_id for row in rows if row.pk not in whole}
    finished = [(item, each) for item, each in pairs if item.pk not in open_ones]
    _move([item for item, _each in finished], execute, at,
          [_at(each.paid_on or each.decided or at, at) for _item, each in finished])  # fmt: skip


def _penalties(
    item: WorkItem, given: PenaltyGiven, decided: datetime, *, by: str, at: datetime
) -> list[Penalty]:
    shared: dict[str, Any] = {
        "item": item, "procedure": given.procedure, "law": given.law[:200], "article": given.article[:100],
        "decided_at": decided, "recorded_at": at, "by": by,
    }  # fmt: skip
    rows = []
    if given.amount or given.kind not in words.MONEY or given.person_amount is None:
        rows.append(Penalty(respondent="unit", kind=given.kind if given.amount or given.kind not in words.MONEY
                            else "warning", amount=given.amount, majors=given.majors, **shared))  # fmt: skip
    if given.person_amount is not None:
        rows.append(Penalty(respondent="person", kind="fine", amount=given.person_amount, **shared))
    return rows


def _executions(rows: Sequence[Penalty], given: PenaltyGiven, *, by: str, at: datetime) -> list[Execution]:
    """What was paid goes to the firm's fine first; a warning is executed with its decision."""
    left, found = given.paid or Decimal(0), []
    for row in rows:
        share = min(left, row.amount)
        left -= share
        if share or row.kind == "warning":
            done = row.decided_at if row.kind == "warning" else _at(given.paid_on or row.decided_at, at)
            found.append(
                Execution(
                    penalty=row, how="paid" if share else "done", amount=share, whole=share == row.amount, done_at=done,
                    recorded_at=at, by=by,
                )
            )  # fmt: skip
    return found


def tags_in(text: Any) -> tuple[str, ...]:
    """Kinds of firms as a sheet writes them."""
    return tuple(words_of(text))


def known_numbers(rows: Sequence[Mapping[str, Any]]) -> set[tuple[str, str]]:
    """(source, number) of rows that came before, for visits, cases and spot penalties alike."""
    pairs = {(str(row["source"]), str(row["number"])) for row in rows}
    numbers = {number for _source, number in pairs}
    found: set[tuple[str, str]] = set()
    for model in (Check, Case, Spot):
        found |= set(model._default_manager.filter(number__in=numbers).values_list("source", "number"))
    return found & pairs
