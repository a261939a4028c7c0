"""Reads about imports and exports."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext

from anlan.kernel.core.errors import Refused
from anlan.kernel.sheets import writing
from anlan.kernel.sheets.models import Bad, Export, Import
from anlan.kernel.sheets.registry import sheet_of


def imports_of(by: str) -> QuerySet[Import]:
    """The imports of one author, newest first."""
    return Import.objects.filter(by=by).select_related("file").order_by("-created_at")


def exports_of(by: str) -> QuerySet[Export]:
    return Export.objects.filter(by=by).order_by("-created_at")


def said(bad: Bad) -> str:
    """Why a row was not taken in, in the reader's language."""
    return gettext(bad.text) if bad.text else str(Refused(bad.code, **bad.facts))


def column_label(job: Import, name: str) -> str:
    """The head of a column as the sheet declares it."""
    return next((gettext(c.label) for c in sheet_of(job.sheet).columns if c.name == name), name)


def bad_rows_file(job: Import) -> Path:
    """The bad rows as they came, as a spreadsheet, with row, column and reason behind each; the caller removes it."""
    heads = [*job.heads, gettext("Row"), gettext("Column"), gettext("Reason")]
    with NamedTemporaryFile(suffix=".xlsx", delete=False) as file:
        path = Path(file.name)
    writing.write_xlsx(path, name=gettext("Rows not taken in"), heads=heads, rows=_bad_rows(job))
    return path


def _bad_rows(job: Import) -> Iterator[list[Any]]:
    width = len(job.heads)
    for bad in Bad.objects.filter(of=job).order_by("row").iterator(2_000):
        cells = [*bad.cells, *[""] * width][:width]
        yield [*cells, bad.row, column_label(job, bad.column), said(bad)]
