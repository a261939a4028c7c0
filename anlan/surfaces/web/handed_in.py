"""The only place that reads the files of a request: each goes through the gate of `kernel/core/uploads`.

Pages ask here for photos, files, a text or a spreadsheet; a test sees to it that nobody reads them elsewhere.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from anlan.kernel.core import uploads
from anlan.kernel.core.models import Attachment
from anlan.kernel.core.uploads import FILES, Upload


def kept(
    request: HttpRequest, wanted: Mapping[str, frozenset[str]], *, by: str, distinct: bool = False
) -> dict[str, list[Attachment]]:
    """The files of some inputs of a form, kept: input → files in the order in which they were chosen.

    `wanted`: input → the kinds it takes (`uploads.PHOTOS`, `FILES` …). Either all of them come in or none; raises
    `Refused` naming input, file and remedy. `distinct`: two photos must be two pictures.
    """
    _check_count(request)
    given = [_read(field, each, kinds) for field, kinds in wanted.items() for each in _sent(request, field)]
    rows = uploads.keep(given, by=by, distinct=distinct)
    found: dict[str, list[Attachment]] = {field: [] for field in wanted}
    for upload, row in zip(given, rows, strict=True):
        found[upload.field].append(row)
    return found


def one_kept(
    request: HttpRequest, field: str, *, by: str, allowed: frozenset[str] = FILES
) -> Attachment | None:
    """The one file of an input, kept, or None where none was chosen."""
    rows = kept(request, {field: allowed}, by=by)[field]
    return rows[0] if rows else None


def read(request: HttpRequest, field: str, *, allowed: frozenset[str]) -> Upload | None:
    """The one file of an input as it came in, looked at and not kept: its text is what is wanted."""
    _check_count(request)
    found = next(iter(_sent(request, field)), None)
    if found is None:
        return None
    upload = _read(field, found, allowed)
    uploads.let_in(upload)
    return upload


@dataclass(frozen=True, slots=True)
class Sheet:
    """A spreadsheet on its way to `kernel/sheets`, whose own gate looks at it: it may be larger than a photo."""

    name: str
    size: int
    blocks: Iterator[bytes]


def sheet(request: HttpRequest, field: str) -> Sheet | None:
    """The spreadsheet of an input, block by block; `kernel/sheets` keeps and inspects it before anybody reads it."""
    _check_count(request)
    found = next(iter(_sent(request, field)), None)
    return Sheet(found.name or "", found.size or 0, found.chunks(2**20)) if found is not None else None


def _sent(request: HttpRequest, field: str) -> list[UploadedFile]:
    return request.FILES.getlist(field)


def _check_count(request: HttpRequest) -> None:
    """All files of the form count, whichever input they came by."""
    by_field = dict(request.FILES.lists())
    uploads.check_count(
        sum(map(len, by_field.values())), field=max(by_field, key=lambda f: len(by_field[f]), default="")
    )


def _read(field: str, sent: UploadedFile, allowed: frozenset[str]) -> Upload:
    name = sent.name or ""
    uploads.check_size(sent.size or 0, field=field, name=name)
    return Upload(field, name, sent.read(), allowed)
