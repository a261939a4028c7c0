"""执法检查: recorded on the spot by two officers; what is wrong becomes dangers of the firm, with date and recheck."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.domains.dangers.public import issue_notice, report
from anlan.domains.enforcement.actions import answering, common, planning, together
from anlan.domains.enforcement.actions.common import SERVICE
from anlan.domains.enforcement.models import Check, Finding, Task
from anlan.domains.enforcement.rules import words
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.loop.actions import Making, move, move_all, open_item
from anlan.kernel.loop.evidence import Given
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.orgs.models import Organisation, Person

BAD_KIND = reason("enforcement.bad_kind", N_("There is no kind of check {kind}."))
NO_TEXT = reason("enforcement.no_finding", N_("Say what is wrong, or leave the line empty altogether."))
NO_FIRM = reason("enforcement.check_no_firm", N_("Choose the firm that you check."))
NO_WITNESS = reason(
    "enforcement.no_witness", N_("The firm refused to sign: write down who witnessed it, then send it again.")
)
STILL_OPEN = reason(
    "enforcement.still_open",
    N_("{open} of {all} findings are not settled: close the dangers off, or open a case from this check."),
)
NO_TASK = reason(
    "enforcement.no_task", N_("This firm is not waiting for a check any more. Record the check without it.")
)


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that is wrong, as the officers write it down."""

    description: str
    category: str = "other"
    spot: str = ""
    may_be_major: bool = False
    rectify_by: datetime | None = None
    clauses: tuple[str, ...] = ()
    evidence: tuple[Given, ...] = ()


def record_check(
    *, organisation: Organisation | None, first_officer: Person | str, second_officer: Person | str, by: str,
    at: datetime, kind: str = "general", findings: Sequence[Found] = (), order: bool = True,
    happened_at: datetime | None = None,
    task: WorkItem | None = None, key: UUID | None = None, evidence: Sequence[Given] = (),
    exercise_id: UUID | None = None, **more: Any,
) -> WorkItem:  # fmt: skip
    """One visit. Without findings it is concluded at once; with them an order to rectify is issued (`order`).

    `more`: site, campaign (ids), experts, partners (names), prevention, sign_how, witness, note, region, alone_why (why
    a task goes alone though others are due there). A visit sent twice with the same `key` is one visit. A task, or the
    open line of the plan, is fulfilled by it. Raises `Refused`.
    """
    if known := _sent_before(key):
        return known
    if organisation is None:
        raise Refused(NO_FIRM, field="organisation")
    when = happened_at or at
    first, second, numbers = common.pair(first_officer, second_officer, firm=organisation, on=when)
    _check_words(kind, findings, more)
    firm = common.firm_of(organisation, name="", region=str(more.get("region", "")), on=common.day_of(when))
    row = Check(
        key=key, organisation=organisation, firm_name=firm.name, site_id=more.get("site"), kind=kind,
        campaign_id=more.get("campaign"), first_officer=first, second_officer=second, certificates=numbers,
        experts=common.words_of(more.get("experts")), partners=common.words_of(more.get("partners")), tags=firm.tags,
        sector=firm.sector, prevention=more.get("prevention", ""), sign_how=more.get("sign_how", ""),
        witness=str(more.get("witness", ""))[:60], note=more.get("note", ""), checked_at=when, recorded_at=at,
    )  # fmt: skip
    with transaction.atomic():
        item = open_item(
            loop="enforcement.check", record=row, title=firm.name, region=firm.region, charge_person=first, by=by,
            at=at, happened_at=happened_at, exercise_id=exercise_id, evidence=evidence,
        )  # fmt: skip
        _fulfil(row, task, by=by, at=at, happened_at=happened_at, alone_why=str(more.get("alone_why", "")))
        answering.visited(organisation.pk, check=row.pk, at=at, exercise_id=exercise_id)
        dangers = _report(row, findings, by=by, at=at, happened_at=happened_at)
        if dangers and order and _may_order(dangers, by, first, second):
            _order(row, dangers, by=by, at=at)
        if not findings:
            move(item=item, name="conclude", by=SERVICE, at=at, happened_at=happened_at)
    return item


def _sent_before(key: UUID | None) -> WorkItem | None:
    known = Check.objects.select_related("item").filter(key=key).first() if key else None
    return known.item if known is not None else None


def _check_words(kind: str, findings: Sequence[Found], more: dict[str, Any]) -> None:
    if kind not in words.CHECK_KINDS:
        raise Refused(BAD_KIND, field="kind", kind=kind)
    if any(not each.description.strip() for each in findings):
        raise Refused(NO_TEXT, field="finding")
    if more.get("sign_how") == "refused" and not str(more.get("witness", "")).strip():
        raise Refused(NO_WITNESS, field="witness")


def _fulfil(
    row: Check, task: WorkItem | None, *, by: str, at: datetime, happened_at: datetime | None, alone_why: str
) -> None:
    """The task this visit was for is done by it; without one, any open task of the firm. Who else was due there is
    decided by then, or said here."""
    waiting = Task.objects.filter(
        organisation=row.organisation, item__closed_at=None, item__exercise=row.item.exercise
    )
    found = (
        waiting.select_related("item").filter(**({"pk": task.pk} if task else {})).order_by("due_by").first()
    )
    if found is None:
        if task is not None:
            raise Refused(NO_TASK, field="task")
        return
    if task is not None:
        together.check_decided(found, partners=row.partners, why=alone_why, by=by, at=at)
    move(item=found.item, name="check", by=by, at=at, happened_at=happened_at, check=str(row.pk))
    row.task = found
    row.partners = row.partners or found.partners
    row.save(update_fields=["task", "partners"])


def _report(
    row: Check, findings: Sequence[Found], *, by: str, at: datetime, happened_at: datetime | None
) -> list[WorkItem]:
    """Each finding goes to the dangers, with the firm and a date; the platform keeps no second list of them."""
    made = []
    for each in findings:
        more: dict[str, Any] = {"site": row.site_id, "campaign": row.campaign_id, "clauses": each.clauses}
        danger = report(
            description=each.description, category=each.category, spot=each.spot, organisation=row.organisation,
            region=row.item.region_id, source="enforcement", candidate_major=each.may_be_major, evidence=each.evidence,
            rectify_by=each.rectify_by, by=by, at=at, happened_at=happened_at, exercise_id=row.item.exercise_id, **more,
        )  # fmt: skip
        made.append(danger)
    Finding.objects.bulk_create(
        [Finding(check_row=row, danger_id=danger.pk, recorded_at=at) for danger in made]
    )
    return made


def _may_order(dangers: Sequence[WorkItem], by: str, first: Person, second: Person) -> bool:
    """An order is issued by one of the two officers, for dangers that were not put right on the spot."""
    return by in (first.by, second.by) and any(danger.closed_at is None for danger in dangers)


def _order(row: Check, dangers: Sequence[WorkItem], *, by: str, at: datetime) -> None:
    """责令限期整改指令书: the dangers' own paper, with both officers."""
    other = row.second_officer if row.first_officer and by == row.first_officer.by else row.first_officer
    assert other is not None
    open_ones = [danger for danger in dangers if danger.closed_at is None]
    paper = issue_notice(
        items=open_ones, kind="rectification_order", by=by, at=at, second_officer=str(other.pk)
    )
    row.papers.add(paper)


def conclude(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """Everything found is closed off, or stands in a case."""
    row = Check.objects.get(pk=item.pk)
    dangers = row.findings.values_list("danger_id", flat=True)
    left = WorkItem.objects.filter(pk__in=dangers, closed_at=None)
    left = left.exclude(pk__in=row.cases.values("dangers"))
    if count := left.count():
        raise Refused(STILL_OPEN, open=count, all=len(dangers))
    return move(item=item, name="conclude", by=by, at=at, **rest)


def conclude_settled(*, region: str, at: datetime) -> int:
    """A round: checks whose findings were all settled since are concluded by themselves, some hundred at a time."""
    open_ones = WorkItem.objects.filter(
        loop="enforcement.check", closed_at=None, exercise=None, region__code__startswith=region.rstrip("0")
    )
    unsettled = Finding.objects.filter(check_row__item__in=open_ones, danger__item__closed_at=None).values(
        "check_row"
    )
    ready = list(open_ones.exclude(pk__in=unsettled).order_by("pk")[:200])
    done = move_all([Making(item, "conclude", SERVICE, at) for item in ready])
    return sum(1 for step in done if isinstance(step, Step))


def plan_line_of(row: Check) -> Any:
    """The line of the year's plan that a visit fulfils, or None."""
    if row.organisation_id is None:
        return None
    return planning.open_line(row.organisation_id, at=row.checked_at, exercise_id=row.item.exercise_id)
