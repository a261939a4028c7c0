"""Photographs in pieces: a line that is cut goes on where it stopped, and the bytes must be what they claim."""

import fcntl
import os
import re
import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from anlan.kernel.core import attachments, keys
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.models import Attachment
from anlan.kernel.core.words import N_

GAP = reason("patrols.upload_gap", N_("{received} bytes of this photo are here. Go on from there."))
BAD_NUMBER = reason("patrols.bad_digest", N_("This is no SM3 of a photo: 64 digits and letters a to f."))
TOO_BIG = reason("patrols.photo_too_big", N_("A photo may have {limit_mb} MB at most. Take it smaller."))
NOT_A_PHOTO = reason("patrols.not_a_photo", N_("This file is no photo: send JPEG, PNG or WebP."))
OTHER_BYTES = reason(
    "patrols.other_bytes", N_("The photo did not arrive as it was sent. It was thrown away; send it again.")
)
TOO_MANY = reason("patrols.too_many_uploads", N_("Too many photos are half sent. Finish those first."))
NOT_HERE = reason(
    "patrols.photo_not_here", N_("A photo of this act has not arrived yet. Send the photo first.")
)

_DIGEST = re.compile(r"[0-9a-f]{64}")
HALF_SENT = 200  # a person
STALE_SECONDS = 30 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Progress:
    """How many bytes are here, and whether the photo is whole."""

    received: int
    done: bool


def progress_of(*, sm3: str, by: str) -> Progress:
    """How far a photo of this person has come."""
    _check_digest(sm3)
    whole = _kept(sm3, by)
    if whole is not None:
        return Progress(whole.size, done=True)
    partial = _partial(sm3, by)
    return Progress(partial.stat().st_size if partial.exists() else 0, done=False)


def receive(*, sm3: str, offset: int, total: int, data: bytes, by: str) -> Progress:
    """Add a piece that begins at `offset`; what came before is passed over, what is missing is asked for."""
    _check_digest(sm3)
    if total > attachments.LIMIT_BYTES or offset + len(data) > total or total <= 0:
        raise Refused(TOO_BIG, field="photo", limit_mb=attachments.LIMIT_BYTES // 1048576)
    whole = _kept(sm3, by)
    if whole is not None:
        return Progress(whole.size, done=True)
    partial = _partial(sm3, by)
    _make_room(partial)
    with partial.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # the same photo from two tabs
        size = os.fstat(file.fileno()).st_size
        if offset > size:
            raise Refused(GAP, field="offset", received=size)
        file.write(data[size - offset :])
        file.flush()
        size = os.fstat(file.fileno()).st_size
    if size < total:
        return Progress(size, done=False)
    _finish(partial, sm3, by)
    return Progress(size, done=True)


def own_photos(digests: list[str], *, by: str) -> list[Attachment]:
    """The photos that this person sent, in the order asked for. Somebody else's are not here."""
    rows = Attachment.objects.filter(sm3__in=digests, by=by, state="stored")
    here = {row.sm3: row for row in rows}
    if missing := [digest for digest in digests if digest not in here]:
        raise Refused(NOT_HERE, field="photos", sm3=missing[0])
    return [here[digest] for digest in digests]


def _finish(partial: Path, sm3: str, by: str) -> None:
    data = partial.read_bytes()
    if keys.sm3(data) != sm3:
        partial.unlink(missing_ok=True)
        raise Refused(OTHER_BYTES, field="photo")
    kind = media_type(data)
    if kind is None:
        partial.unlink(missing_ok=True)
        raise Refused(NOT_A_PHOTO, field="photo")
    attachments.keep(data=data, media_type=kind, by=by)
    partial.unlink(missing_ok=True)


def media_type(data: bytes) -> str | None:
    """What the bytes are by their beginning, whatever the sender called them."""
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    return "image/webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else None


def _check_digest(sm3: str) -> None:
    if not _DIGEST.fullmatch(sm3):
        raise Refused(BAD_NUMBER, field="sm3")


def _kept(sm3: str, by: str) -> Attachment | None:
    return Attachment.objects.filter(sm3=sm3, by=by, state="stored").first()


def _folder(by: str) -> Path:
    return Path(settings.ANLAN_VAR) / "uploads" / keys.sm3(by.encode())[:32]


def _partial(sm3: str, by: str) -> Path:
    return _folder(by) / sm3


def _make_room(partial: Path) -> None:
    """The person's folder, without what was left lying for a month."""
    partial.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if partial.exists():
        return
    waiting = list(partial.parent.iterdir())
    old = time.time() - STALE_SECONDS
    for path in waiting:
        if path.stat().st_mtime < old:
            path.unlink(missing_ok=True)
    if len(waiting) >= HALF_SENT:
        raise Refused(TOO_MANY, field="photo")
