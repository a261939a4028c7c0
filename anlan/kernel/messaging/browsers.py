"""The browsers in which a person has allowed messages: each by a tap on that very device, each taken back as easily."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from anlan.kernel.messaging.models import WebPushSubscription


@dataclass(frozen=True, slots=True)
class Browser:
    """One allowed browser as its owner sees it; `service` is the push service's host, the only thing that tells."""

    id: UUID
    service: str
    since: datetime


def subscribe_push(
    *, person_id: UUID, endpoint: str, p256dh: str, auth: str, at: datetime
) -> WebPushSubscription:
    """A browser allowed messages. The same browser again, or in another person's hands, is one row."""
    row, _ = WebPushSubscription.objects.update_or_create(
        endpoint=endpoint,
        defaults={"person_id": person_id, "p256dh": p256dh, "auth": auth, "gone_at": None},
        create_defaults={"person_id": person_id, "p256dh": p256dh, "auth": auth, "created_at": at},
    )
    return row


def end_push(*, person_id: UUID, at: datetime, endpoint: str = "", pk: UUID | None = None) -> bool:
    """The person takes the permission back, on the device itself (`endpoint`) or from another (`pk`).

    Returns whether there was one of this person that still held: somebody else's is left alone.
    """
    mine = WebPushSubscription.objects.filter(person_id=person_id, gone_at=None)
    named = mine.filter(pk=pk) if pk is not None else mine.filter(endpoint=endpoint)
    return bool(named.update(gone_at=at))


def browsers_of(person_id: UUID) -> list[Browser]:
    """The browsers that hold, the newest first."""
    rows = WebPushSubscription.objects.filter(person_id=person_id, gone_at=None).order_by("-created_at")
    return [Browser(row.pk, urlsplit(row.endpoint).netloc, row.created_at) for row in rows]
