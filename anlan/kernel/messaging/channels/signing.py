"""Signed HTTP, both ways: HMAC-SHA256 over `timestamp + newline + body` under the secret shared with the gateway."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_

BAD_SIGNATURE = reason("messaging.bad_signature", N_("The call-back is not signed with the shared secret."))
STALE = reason("messaging.stale_call_back", N_("The call-back's time stamp is more than five minutes off."))

STAMP, SIGNATURE = "X-Anlan-Timestamp", "X-Anlan-Signature"
_TOLERANCE = timedelta(minutes=5)


def sign(body: bytes, *, secret: str, at: datetime) -> dict[str, str]:
    """The two headers for a body."""
    stamp = str(int(at.timestamp()))
    return {STAMP: stamp, SIGNATURE: _digest(body, stamp, secret)}


def check(body: bytes, *, stamp: str, signature: str, secret: str, now: datetime) -> None:
    """Raises Refused when the body was not signed under this secret, or not just now."""
    # Empty secret = a gateway not set up: nobody may call back, rather than everybody.
    if not secret or not hmac.compare_digest(_digest(body, stamp, secret).encode(), signature.encode()):
        raise Refused(BAD_SIGNATURE)
    if not stamp.isdigit() or abs(now - datetime.fromtimestamp(int(stamp), UTC)) > _TOLERANCE:
        raise Refused(STALE)


def _digest(body: bytes, stamp: str, secret: str) -> str:
    return hmac.new(secret.encode(), stamp.encode() + b"\n" + body, hashlib.sha256).hexdigest()
