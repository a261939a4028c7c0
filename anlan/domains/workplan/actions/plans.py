"""A document becomes a plan: read, corrected by hand where its numbering is doubtful, landed, signed off by another."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.domains.workplan.actions.common import check_keeper
from anlan.domains.workplan.models import Draft, Plan, Point
from anlan.domains.workplan.rules import outline as outlines
from anlan.domains.workplan.rules import tasks as rules
from anlan.kernel.core import keys
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.ids import new_id
from anlan.kernel.ledger.actions import record


def draft(
    *, text: str, title: str, year: int, region: str, by: str, at: datetime, name: str = "",
    exercise_id: UUID | None = None,
) -> Draft:  # fmt: skip
    """Keep a document as it was handed in, so that it can be looked through before it becomes a plan."""
    check_keeper(region, by=by, at=at)
    if not outlines.read(text).roots:
        raise Refused(rules.EMPTY, field="text")
    return Draft.objects.create(
        title=title[:200], year=year, region_id=region, text=text, name=name[:200], by=by, at=at,
        exercise_id=exercise_id,
    )  # fmt: skip


def fix(*, draft: Draft, line: int, how: str, by: str, at: datetime, mark: str = "", depth: int = 0) -> Draft:
    """Correct how one line was read: `text`, `point` (with a mark and a depth), `leave_out`, or `read` as it was."""
    check_keeper(draft.region_id, by=by, at=at)
    lines = draft.text.splitlines()
    if not 1 <= line <= len(lines) or how not in ("read", *outlines.FIXES):
        raise Refused(rules.BAD_FIX, field="how", line=line)
    if how == "point" and not 0 <= depth <= outlines.DEEPEST:
        raise Refused(rules.BAD_FIX, field="depth", line=line)
    with transaction.atomic():
        row = Draft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
        row.fixes.pop(str(line), None)
        if how != "read":
            row.fixes[str(line)] = {"as": how, "mark": mark.strip()[:20], "depth": depth}
        row.save(update_fields=["fixes"])
    return row


def settle(*, draft: Draft, lines: list[int], by: str, at: datetime) -> Draft:
    """Say of doubtful places that they are right as printed."""
    check_keeper(draft.region_id, by=by, at=at)
    with transaction.atomic():
        row = Draft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
        row.settled = sorted({*row.settled, *lines})
        row.save(update_fields=["settled"])
    return row


def land(*, draft: Draft, by: str, at: datetime) -> Plan:
    """Make the plan out of what was looked through. Every doubt was corrected or said to be right."""
    with transaction.atomic():
        row = Draft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
        open_doubts = [
            d for d in outlines.read(row.text, fixes=fixes_of(row)).doubts if d.line not in row.settled
        ]
        if open_doubts:
            raise Refused(rules.UNSETTLED, field="doubts", count=len(open_doubts))
        plan = take_plan(
            text=row.text, title=row.title, year=row.year, region=row.region_id, by=by, at=at,
            exercise_id=row.exercise_id, fixes=row.fixes,
        )  # fmt: skip
        row.delete()
    return plan


def fixes_of(row: Draft) -> dict[int, outlines.Fix]:
    """The corrections of a draft as the reader takes them."""
    return _fixes(row.fixes)


def _fixes(raw: Mapping[str, Any]) -> dict[int, outlines.Fix]:
    return {int(line): outlines.Fix(said["as"], said["mark"], said["depth"]) for line, said in raw.items()}


def take_plan(
    *, text: str, title: str, year: int, region: str, by: str, at: datetime, exercise_id: UUID | None = None,
    fixes: Mapping[str, Any] | None = None,
) -> Plan:  # fmt: skip
    """Read a document into a plan with its numbering kept. The same text twice is the same plan."""
    check_keeper(region, by=by, at=at)
    read = outlines.read(text, fixes=_fixes(fixes or {}))
    if not read.roots:
        raise Refused(rules.EMPTY, field="text")
    digest = keys.sm3(text.encode())
    known = Plan.objects.filter(region_id=region, digest=digest, exercise_id=exercise_id).first()
    if known is not None:
        return known
    with transaction.atomic():
        plan = Plan.objects.create(
            title=title[:200], year=year, region_id=region, preface=read.preface, digest=digest,
            doubts=[{"line": d.line, "mark": d.mark, "what": d.what} for d in read.doubts], by=by, at=at,
            exercise_id=exercise_id,
        )  # fmt: skip
        Point.objects.bulk_create(_points(plan, read))
        facts = {
            "digest": digest,
            "points": plan.points.count(),
            "doubts": len(read.doubts),
            "corrected": fixes or {},
        }
        record(
            code="workplan.taken", subject=("workplan.plan", plan.pk), facts=facts, by=by, at=at, region=region,
            exercise_id=exercise_id,
        )  # fmt: skip
    return plan


def _points(plan: Plan, read: outlines.Outline) -> list[Point]:
    """Parents stand before their children, as in the document."""
    found: list[Point] = []

    def add(node: outlines.Node, parent: UUID | None) -> None:
        point = Point(
            id=new_id(), plan=plan, parent_id=parent, place=len(found) + 1, depth=node.depth, kind=node.kind,
            mark=node.mark[:20], title=node.title[:120], text=node.text,
        )  # fmt: skip
        found.append(point)
        for child in node.children:
            add(child, point.pk)

    for root in read.roots:
        add(root, None)
    return found


def sign_off(*, plan: Plan, by: str, at: datetime) -> Plan:
    """Another person signs the plan off; from then on its text stays and tasks are handed out."""
    with transaction.atomic():
        row = Plan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
        if row.signed_at is not None:
            raise Refused(rules.SIGNED)
        check_keeper(row.region_id, by=by, at=at)
        if row.by == by:
            raise Refused(rules.OWN_WORK)
        row.signed_by, row.signed_at = by, at
        row.save(update_fields=["signed_by", "signed_at"])
        record(
            code="workplan.signed_off", subject=("workplan.plan", row.pk), facts={"digest": row.digest}, by=by, at=at,
            region=row.region_id, exercise_id=row.exercise_id,
        )  # fmt: skip
    return row
