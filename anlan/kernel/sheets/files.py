"""Where the files of imports and exports lie: in under their SM3 beside the attachments, out for some days."""

import os
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.hashes import SM3, Hash
from django.conf import settings

from anlan.kernel.core import attachments, clock
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.models import Attachment
from anlan.kernel.sheets.inspecting import EMPTY, MOST_MB, TOO_BIG

_BLOCK = 2**20


def keep(blocks: Iterable[bytes], *, name: str, by: str) -> Attachment:
    """Store a file block by block, never whole in memory; raises `Refused` where it is empty or too big."""
    folder = Path(settings.ANLAN_VAR) / "files"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = folder / f"arriving.{uuid4().hex}"
    digest, size = Hash(SM3()), 0
    try:
        with partial.open("wb") as file:
            for block in blocks:
                size += len(block)
                if size > MOST_MB * 2**20:
                    raise Refused(TOO_BIG, field="file", mb=size // 2**20, most=MOST_MB)
                digest.update(block)
                file.write(block)
            file.flush()
            os.fsync(file.fileno())
        if size == 0:
            raise Refused(EMPTY, field="file")
        sm3 = digest.finalize().hex()
        row = Attachment.objects.create(
            sm3=sm3, size=size, media_type="application/octet-stream", name=name[:200], by=by,
            created_at=clock.real_now(),
        )  # fmt: skip
        path = attachments.path_of(sm3)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial.rename(path)
    finally:
        partial.unlink(missing_ok=True)
    Attachment.objects.filter(pk=row.pk).update(state="stored")
    return row


def blocks_of(path: Path) -> Iterable[bytes]:
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block


def sm3_of(path: Path) -> str:
    digest = Hash(SM3())
    for block in blocks_of(path):
        digest.update(block)
    return digest.finalize().hex()


def export_path(pk: UUID, form: str) -> Path:
    folder = Path(settings.ANLAN_VAR) / "exports"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / f"{pk}.{form}"
