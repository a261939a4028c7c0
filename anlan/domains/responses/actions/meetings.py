"""Consultation and video roll call, as records; a decision becomes a task on the unit's sheet."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.domains.responses.actions.running import BY, check_watch, task_opening
from anlan.domains.responses.models import Consultation, Response
from anlan.domains.responses.rules.plan import Line
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.ledger.actions import record
from anlan.kernel.loop.actions import open_items
from anlan.kernel.orgs.models import Person

CONSULTATION = N_("Consultation or roll call held")
NO_SHEET = reason(
    "responses.no_sheet", N_("{unit} has no sheet in this response; the decision cannot become a task.")
)


def hold_consultation(
    *,
    response: Response | None,
    said: Sequence[dict[str, str]],
    conclusion: str,
    decisions: Sequence[dict[str, Any]] = (),
    next_at: datetime | None = None,
    chaired_by: Person | None = None,
    by: str,
    at: datetime,
    exercise_id: UUID | None = None,
) -> Consultation:
    """Write down who said what, the conclusion and the decisions: [{unit, action, due_at}], each becoming a task."""
    check_watch(CONSULTATION, by=by, at=at)
    with transaction.atomic():
        row = Consultation.objects.create(
            response=response, kind="consultation", said=list(said), conclusion=conclusion,
            decisions=[{**d, "due_at": d["due_at"].isoformat()} for d in decisions],
            next_at=next_at, chaired_by=chaired_by, by=by, at=at, exercise_id=exercise_id,
        )  # fmt: skip
        if response is not None:
            _decide(response, row, decisions, at=at)
        _note(row, by=by, at=at)
    return row


def hold_roll_call(
    *, response: Response, rows: Sequence[dict[str, Any]], by: str, at: datetime
) -> Consultation:
    """点调: one row a street — on post? points guarded? moved? boats?"""
    check_watch(CONSULTATION, by=by, at=at)
    with transaction.atomic():
        row = Consultation.objects.create(
            response=response,
            kind="roll_call",
            said=list(rows),
            by=by,
            at=at,
            exercise_id=response.exercise_id,
        )
        _note(row, by=by, at=at)
    return row


def _decide(
    response: Response, row: Consultation, decisions: Sequence[dict[str, Any]], *, at: datetime
) -> None:
    sheets = {sheet.unit: sheet for sheet in response.sheets.select_related("item", "organisation")}
    openings = []
    for number, decision in enumerate(decisions, start=1):
        if decision["unit"] not in sheets:
            raise Refused(NO_SHEET, field="decisions", unit=decision["unit"])
        line = Line(
            code=f"D{number:02}", unit=decision["unit"], deputy_unit="", from_level=response.level,
            action=decision["action"], action_en=decision["action"], clock_min=None, repeat_min=None, proof="",
            base=None,
        )  # fmt: skip
        openings.append(
            task_opening(sheets[decision["unit"]], line, due_at=decision["due_at"], about=row.pk.hex[-12:])
        )
    open_items(loop="responses.task", openings=openings, by=BY, at=at, exercise_id=response.exercise_id)


def _note(row: Consultation, *, by: str, at: datetime) -> None:
    facts = {
        "kind": row.kind,
        "conclusion": row.conclusion,
        "decisions": len(row.decisions),
        "said": len(row.said),
    }
    record(
        code="responses.consulted", subject=("responses.consultation", row.pk), facts=facts, by=by, at=at,
        exercise_id=row.exercise_id,
    )  # fmt: skip
