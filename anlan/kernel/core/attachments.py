"""Files under their own SM3 in `var/files/`: the same photo is stored once, and its reuse can be seen."""

import os
from pathlib import Path

from django.conf import settings

from anlan.kernel.core import clock, keys
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.models import Attachment
from anlan.kernel.core.words import N_

TOO_LARGE = reason(
    "attachment.too_large",
    N_(
        "{name} is {size_mb} MB; the limit is {limit_mb} MB. The text was kept. Compress the file and send it again."
    ),
)
LIMIT_BYTES = 10 * 1024 * 1024


def path_of(sm3: str) -> Path:
    """Where the bytes of a digest lie."""
    return Path(settings.ANLAN_VAR) / "files" / sm3[:2] / sm3


def keep(*, data: bytes, media_type: str, name: str = "", by: str) -> Attachment:
    """Store bytes and return their row; the row is written first, so that no file lies there unowned."""
    if len(data) > LIMIT_BYTES:
        size, limit = round(len(data) / 1048576, 1), LIMIT_BYTES // 1048576
        raise Refused(TOO_LARGE, field="photo", name=name or "file", size_mb=size, limit_mb=limit)
    digest = keys.sm3(data)
    row = Attachment.objects.create(
        sm3=digest, size=len(data), media_type=media_type, name=name[:200], by=by, created_at=clock.real_now()
    )
    path = path_of(digest)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Rename is atomic: a reader sees the whole file or none, even after a power cut in between.
        partial = path.with_name(f"{digest}.{row.pk}")
        with partial.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.rename(path)
    Attachment.objects.filter(pk=row.pk, state="pending").update(state="stored")
    row.state = "stored"
    return row
