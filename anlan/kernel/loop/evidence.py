"""What a move rests on: checked for being there, and for place, time and earlier use. Doubt is flagged, not refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.models import Attachment
from anlan.kernel.core.words import N_
from anlan.kernel.loop import registry
from anlan.kernel.loop.models import Evidence, Step, WorkItem
from anlan.kernel.loop.spec import EvidenceKind, File, Photo, Position, Text, Track
from anlan.kernel.places.queries import metres_between

PHOTOS = reason(
    "loop.needs_photos", N_("This step needs {least} photo(s); {given} came. Add the missing ones.")
)
SAME_PHOTO = reason(
    "loop.same_photo",
    N_("The same photo came twice: this step needs {least} different ones. Take another one and send again."),
)
LACKS = reason(
    "loop.needs_evidence", N_("This step needs {kind}. Add it and send again; what you wrote is kept.")
)

ON_THE_SPOT = timedelta(hours=1)
_NAMES = {Text: "text", Position: "position", File: "file", Track: "track"}


@dataclass(frozen=True, slots=True)
class Given:
    """One piece of evidence as it comes in: kind photo | text | position | file | track."""

    kind: str
    file: Attachment | None = None
    text: str = ""
    lon: float | None = None
    lat: float | None = None
    taken_at: datetime | None = None


def check(needed: Sequence[EvidenceKind], given: Sequence[Given]) -> None:
    """Raise `Refused` where a declared kind of evidence did not come."""
    for kind in needed:
        if isinstance(kind, Photo):
            _check_photos(kind.least, [piece for piece in given if piece.kind == "photo"])
        elif not any(piece.kind == _NAMES[type(kind)] for piece in given):
            raise Refused(LACKS, field=_NAMES[type(kind)], kind=_NAMES[type(kind)])


def _check_photos(least: int, photos: Sequence[Given]) -> None:
    """Enough photos, and as many different pictures: one upload sent twice is one."""
    if len(photos) < least:
        raise Refused(PHOTOS, field="photo", least=least, given=len(photos))
    pictures = {piece.file.sm3 if piece.file else id(piece) for piece in photos}
    if len(pictures) < least:
        raise Refused(SAME_PHOTO, field="photo", least=least)


def rows_for(
    step: Step, item: WorkItem, needed: Sequence[EvidenceKind], given: Sequence[Given]
) -> list[Evidence]:
    """The rows of a step's evidence, each with the doubts found about it."""
    within = next((kind.within_m for kind in needed if isinstance(kind, Position)), 300)
    return [
        Evidence(
            step=step,
            kind=piece.kind,
            file=piece.file,
            text=piece.text,
            lon=piece.lon,
            lat=piece.lat,
            taken_at=piece.taken_at,
            flags=_doubts(piece, step, item, within),
        )
        for piece in given
    ]


def _doubts(piece: Given, step: Step, item: WorkItem, within_m: int) -> list[str]:
    flags = []
    if piece.kind == "photo" and piece.file is not None and _used_before(piece.file, step.at):
        flags.append("reused_photo")
    if piece.taken_at is not None and piece.taken_at < _since(step, item):
        flags.append("older_than_item")
    if _metres_off(piece, item) > within_m:
        flags.append("far_away")
    return flags


def _since(step: Step, item: WorkItem) -> datetime:
    """From when on a photo is fresh. What is found is photographed before it is reported: the opening asks nothing, a
    step of the same moment (put right on the spot) allows the walk back to the car."""
    if step.move == "open":
        return datetime.min.replace(tzinfo=UTC)
    return item.opened_at if step.at > item.opened_at else item.opened_at - ON_THE_SPOT


def _metres_off(piece: Given, item: WorkItem) -> float:
    if piece.lon is None or piece.lat is None:
        return 0.0
    spot = registry.spot_of(item)
    return 0.0 if spot is None else metres_between(piece.lon, piece.lat, *spot)


def _used_before(photo: Attachment, at: datetime) -> bool:
    """Whether the same picture stands elsewhere; one upload that one act hands to two items is no reuse."""
    elsewhere = Evidence.objects.filter(file__sm3=photo.sm3).exclude(file=photo, step__at=at)
    return elsewhere.exists()
