"""The QR plate of a risk point: a token out of its id and a keyed digest. No column, and none can be made up."""

import base64
import binascii
import secrets
from uuid import UUID

from anlan.domains.risks.models import RiskPoint
from anlan.kernel.core import keys

_ID = 22  # characters of sixteen bytes
_SEAL = 10


def plate_of(point_id: UUID) -> str:
    """What the code of a point says."""
    return base64.urlsafe_b64encode(point_id.bytes).decode().rstrip("=") + _seal(point_id)


def point_at_plate(token: str) -> RiskPoint | None:
    """The point in use whose plate carries this token, or None."""
    if len(token) != _ID + _SEAL or not token.isascii():
        return None
    try:
        point_id = UUID(bytes=base64.urlsafe_b64decode(token[:_ID] + "=="))
    except (ValueError, binascii.Error):
        return None
    if not secrets.compare_digest(token[_ID:], _seal(point_id)):
        return None
    rows = RiskPoint.objects.select_related("enterprise__organisation__region", "region", "site")
    return rows.defer("search").filter(pk=point_id, active=True).first()


def _seal(point_id: UUID) -> str:
    return keys.hmac_index(f"risks.point:{point_id}")[:_SEAL]
