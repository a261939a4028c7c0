"""The background of imports and exports: rows that are their own jobs, taken by whoever holds their lock.

Who comes after a killed one goes on at the position that stands beside the rows of the last whole chunk.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from threading import Event
from typing import Any

from django.db import Error, connection, models, transaction
from django.db.models import F
from django.utils.translation import gettext, override

from anlan.kernel.core import attachments, clock
from anlan.kernel.core.bulk import insert_rows
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.held import held
from anlan.kernel.core.words import N_
from anlan.kernel.ledger.actions import record
from anlan.kernel.sheets import files, mapping, reading, writing
from anlan.kernel.sheets.ahead import Ahead
from anlan.kernel.sheets.models import Bad, Export, Import
from anlan.kernel.sheets.preparing import Batch, Plan, batches, few_collections
from anlan.kernel.sheets.registry import sheet_of
from anlan.kernel.sheets.spec import Sheet, Taken

logger = logging.getLogger(__name__)

CHUNK = 5_000  # rows of one transaction
BAD_KEPT = 20_000  # bad rows kept to be downloaded; all are counted
SAMPLE = 5
TRIES = 3
AHEAD = 2  # chunks read and checked while one is being written
EXPORTS_KEPT = timedelta(days=7)

OUR_FAULT = reason(
    "sheets.our_fault",
    N_("Something went wrong here, not in the file. It was tried {tries} times; the log tells more."),
)


class StoppedError(Exception):
    """Somebody stopped the import, or another worker has it."""


# ---- who does what ----
def work_once(stop: Event | None = None) -> bool:
    """Do one waiting import or export to its end (or its stop); False where there was none to do."""
    stop = stop or Event()
    imports = Import.objects.filter(state__in=("arrived", "waiting", "running")).order_by("created_at")
    exports = Export.objects.filter(state__in=("waiting", "running")).order_by("created_at")
    # Exports first: somebody waits for them, and they are short.
    kinds: tuple[tuple[Any, Any, Callable[[Any, Event], None]], ...] = (
        (Export, exports, _give_out),
        (Import, imports, _take_in),
    )
    for model, todo, act in kinds:
        for pk in todo.values_list("pk", flat=True)[:20]:
            with held(f"sheets:{pk}") as ours:
                if ours and (job := model._default_manager.filter(pk=pk).first()) and _to_do(job):
                    act(job, stop)
                    return True
    return False


def run(job: Import, *, stop: Event | None = None) -> Import:
    """Do one import here and now, as the terminal and tests do; returns it as it then stands."""
    with held(f"sheets:{job.pk}") as ours:
        if ours:
            _take_in(job, stop or Event())
    job.refresh_from_db()
    return job


def _to_do(job: Any) -> bool:
    return job.state in ("arrived", "waiting", "running")


# ---- in ----
def _take_in(job: Import, stop: Event) -> None:
    try:
        if job.state == "arrived":
            look(job)
        else:
            _go_through(job, stop)
    except StoppedError:
        logger.info("import %s stopped", job.pk)
    except Refused as refusal:
        facts = {name: str(fact) for name, fact in refusal.facts.items()}
        _end(job, "refused", code=refusal.code, facts=facts)
    except Error:
        raise
    except Exception:
        logger.exception("import %s", job.pk)
        _count_try(job)


def _count_try(job: Import) -> None:
    Import.objects.filter(pk=job.pk).update(tries=F("tries") + 1)
    if job.tries + 1 >= TRIES:
        _end(job, "broken", code=OUR_FAULT, facts={"tries": TRIES})


def look(job: Import) -> None:
    """Open the file, find its heads, offer a mapping. Raises `Refused` where the file is not taken."""
    sheet = sheet_of(job.sheet)
    best: tuple[int, str, int, int, list[str], list[reading.Cells]] | None = None
    refusal = Refused(mapping.NO_HEADS, some="")
    for name, top, height in reading.tops(attachments.path_of(job.file.sm3)):
        try:
            head_row, heads = mapping.heads_in(sheet, top)
        except Refused as missing:
            refusal = missing
            continue
        met = sum(1 for column in mapping.proposed(sheet, heads, office=job.office).values() if column)
        if best is None or met > best[0]:
            best = met, name, height, head_row, heads, top[head_row : head_row + SAMPLE]
    if best is None:
        raise refusal
    _met, job.leaf, height, job.head_row, job.heads, sample = best
    job.rows = max(0, height - job.head_row)
    job.sample = [reading.trimmed(row) for row in sample]
    job.mapping = mapping.proposed(sheet, job.heads, office=job.office)
    job.state = "looked_at"
    job.save()


def _go_through(job: Import, stop: Event) -> None:
    sheet = sheet_of(job.sheet)
    Import.objects.filter(pk=job.pk, state="waiting").update(state="running")
    job.refresh_from_db()
    # All that is to be known of the job is asked here: whoever reads ahead has no business with the database.
    plan = Plan(
        job.sheet, attachments.path_of(job.file.sm3), job.leaf, job.head_row, job.heads, job.mapping,
        job.position, job.rows, CHUNK,
    )  # fmt: skip
    with few_collections():
        for batch in Ahead(batches(plan), depth=AHEAD, stop=stop):
            if stop.is_set():
                return  # the process ends; the next one goes on from here
            _write(job, sheet, batch)
    if not stop.is_set():
        _end(job, "checked" if job.dry else "taken")


def _write(job: Import, sheet: Sheet, batch: Batch) -> None:
    """One chunk: its rows, its entry, its bad rows and the position behind it, all or nothing."""
    at = clock.real_now()
    first, chunk = job.head_row + batch.start + 1, batch.chunk
    assert sheet.take is not None
    with transaction.atomic():
        _by_the_million()
        taken: Taken = sheet.take(chunk.values, by=job.by, at=at, act=job.act, dry=job.dry)
        bad = _bad_rows(job, batch, taken, first)
        moved = Import.objects.filter(pk=job.pk, position=batch.start, state="running").update(
            position=batch.start + batch.many,
            written=F("written") + len(chunk.values) - taken.same - len(taken.refused),
            same=F("same") + taken.same,
            refused=F("refused") + len(bad),
        )
        if not moved:
            raise StoppedError
        kept = max(0, BAD_KEPT - job.refused)
        insert_rows(bad[:kept])
        if not job.dry and (taken.ids or bad):
            facts = {
                "sheet": job.sheet, "sm3": job.file.sm3, "first": first, "last": first + batch.many - 1,
                "written": len(taken.ids), "same": taken.same, "refused": len(bad),
                "ids": [str(pk) for pk in taken.ids],
            }  # fmt: skip
            record(
                code="sheets.taken",
                subject=("sheets.import", job.pk),
                facts=facts,
                by=job.by,
                at=at,
                act=job.act,
            )
    job.refused += len(bad)


def _by_the_million() -> None:
    """Until this transaction ends: nobody waits for its own sync (a crash takes rows, entry and position back together,
    and the end of the import syncs for all), and words are sorted into their index in fewer, longer goes.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('synchronous_commit', 'off', true), set_config('gin_pending_list_limit', '32MB', true)"
        )


def _bad_rows(job: Import, batch: Batch, taken: Taken, first: int) -> list[Bad]:
    found = [
        Bad(
            of=job,
            row=first + place,
            column=column,
            code=refusal.code,
            facts={k: str(v) for k, v in refusal.facts.items()},
        )
        for place, (column, refusal) in batch.chunk.bad.items()
    ]
    for number, (column, text) in taken.refused.items():
        found.append(Bad(of=job, row=first + batch.chunk.places[number], column=column, text=text[:400]))
    cells = batch.cells() if found else []
    for bad in found:
        bad.cells = [reading.as_text(cell)[:400] for cell in cells[bad.row - first]]
    found.sort(key=lambda bad: bad.row)
    return found


def _end(job: Import, state: str, *, code: str = "", facts: dict[str, Any] | None = None) -> None:
    at = clock.real_now()
    with transaction.atomic():
        changed = Import.objects.filter(pk=job.pk, state__in=("arrived", "waiting", "running")).update(
            state=state, ended_at=at, code=code, facts=facts or {}
        )
        job.refresh_from_db()
        if changed and state == "taken":
            told = {
                "sheet": job.sheet, "sm3": job.file.sm3, "rows": job.position, "written": job.written,
                "same": job.same, "refused": job.refused,
            }  # fmt: skip
            record(
                code="sheets.import_ended",
                subject=("sheets.import", job.pk),
                facts=told,
                by=job.by,
                at=at,
                act=job.act,
            )


# ---- out ----
def _give_out(job: Export, stop: Event) -> None:
    try:
        write(job)
    except Error:
        raise
    except Exception:
        logger.exception("export %s", job.pk)
        broken = job.tries + 1 >= TRIES
        Export.objects.filter(pk=job.pk).update(tries=F("tries") + 1, state="broken" if broken else "waiting")


def write(job: Export) -> None:
    """Write the list to its file, and say in the ledger who took what out."""
    sheet = sheet_of(job.sheet)
    assert sheet.give is not None
    path = files.export_path(job.pk, job.form)
    partial = path.with_suffix(".partial")
    with override(job.language):
        heads = [gettext(column.label) for column in sheet.columns]
        rows = sheet.give(person=job.person, filters=job.filters)
        count = writing.WRITERS[job.form](partial, name=gettext(sheet.label), heads=heads, rows=rows)
    partial.rename(path)
    at = clock.real_now()
    with transaction.atomic():
        job.state, job.rows, job.size, job.sm3, job.ended_at = (
            "ready",
            count,
            path.stat().st_size,
            files.sm3_of(path),
            at,
        )
        job.save()
        facts = {"sheet": job.sheet, "filters": job.filters, "rows": count, "sm3": job.sm3}
        record(code="sheets.exported", subject=("sheets.export", job.pk), facts=facts, by=job.by, at=at)


def tidy() -> int:
    """Remove the files of old exports; their rows stay."""
    old = Export.objects.filter(state="ready", ended_at__lt=clock.real_now() - EXPORTS_KEPT)
    gone = list(old.values_list("pk", "form"))
    for pk, form in gone:
        files.export_path(pk, form).unlink(missing_ok=True)
    models.QuerySet.update(Export.objects.filter(pk__in=[pk for pk, _form in gone]), state="gone")
    return len(gone)
