"""What a person does with spreadsheets: send one, say what its columns mean, try it, take it in, stop; ask for one."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.ids import new_id
from anlan.kernel.core.words import N_
from anlan.kernel.ledger.actions import record
from anlan.kernel.sheets import files, mapping
from anlan.kernel.sheets.models import Bad, Export, Import
from anlan.kernel.sheets.registry import sheet_of

NOT_TAKEN_IN = reason("sheets.not_taken_in", N_("{sheet} is not taken in from files."))
NOT_GIVEN_OUT = reason("sheets.not_given_out", N_("{sheet} is not given out as a file."))
NOT_NOW = reason("sheets.not_now", N_("The import is {state} now; this cannot be done."))
NO_FORM = reason("sheets.no_form", N_("Lists are given out as xlsx or csv."))


def receive(
    *, sheet: str, blocks: Iterable[bytes], name: str, office: str = "", by: str, at: datetime
) -> Import:
    """Keep a file that was sent in; the background then looks at it. Raises `Refused`."""
    declared = sheet_of(sheet)
    if declared.take is None:
        raise Refused(NOT_TAKEN_IN, field="sheet", sheet=declared.label)
    file = files.keep(blocks, name=name, by=by)
    return Import.objects.create(sheet=sheet, file=file, office=office, by=by, created_at=at)


def begin(*, job: Import, given: Mapping[str, str] | None = None, dry: bool, by: str, at: datetime) -> None:
    """Say what the columns mean and start: a dry run, or the taking in. The office's choice is remembered."""
    sheet = sheet_of(job.sheet)
    with transaction.atomic():
        row = Import.objects.select_for_update().get(pk=job.pk)
        if row.state not in ("looked_at", "checked", "stopped"):
            raise Refused(NOT_NOW, state=row.state)
        chosen = dict(row.mapping) if given is None else {head: given.get(head, "") for head in row.heads}
        mapping.check(sheet, chosen)
        mapping.remember(sheet, chosen, office=row.office, at=at)
        going_on = row.state == "stopped" and row.dry == dry and row.mapping == chosen
        row.mapping, row.dry, row.state, row.tries = chosen, dry, "waiting", 0
        if not going_on:
            Bad.objects.filter(of=row).delete()
            row.position = row.written = row.same = row.refused = 0
            row.act = new_id()
        row.started_at, row.ended_at = at, None
        row.save()
        if not dry:
            facts = {"sheet": row.sheet, "sm3": row.file.sm3, "file": row.file.name, "rows": row.rows}
            record(
                code="sheets.import_started",
                subject=("sheets.import", row.pk),
                facts=facts,
                by=by,
                at=at,
                act=row.act,
            )
    job.refresh_from_db()


def stop(*, job: Import, by: str, at: datetime) -> None:
    """Stop it after the chunk in hand; what was taken in stays, and it can be gone on with."""
    with transaction.atomic():
        stopped = Import.objects.filter(pk=job.pk, state__in=("waiting", "running", "arrived"))
        if not stopped.update(state="stopped" if job.heads else "refused", ended_at=at):
            raise Refused(NOT_NOW, state=job.state)
        facts = {"sheet": job.sheet, "stopped": True}
        record(
            code="sheets.import_ended",
            subject=("sheets.import", job.pk),
            facts=facts,
            by=by,
            at=at,
            act=job.act,
        )
    job.refresh_from_db()


def ask_for(
    *, sheet: str, form: str = "xlsx", filters: Mapping[str, Any] | None = None, person: UUID | None,
    language: str = "zh-hans", by: str, at: datetime,
) -> Export:  # fmt: skip
    """Ask for a list as a file; the background writes it for that person's eyes."""
    declared = sheet_of(sheet)
    if declared.give is None:
        raise Refused(NOT_GIVEN_OUT, field="sheet", sheet=declared.label)
    if form not in ("xlsx", "csv"):
        raise Refused(NO_FORM, field="form")
    return Export.objects.create(
        sheet=sheet,
        form=form,
        filters=dict(filters or {}),
        person=person,
        language=language,
        by=by,
        created_at=at,
    )
