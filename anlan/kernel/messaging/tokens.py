"""The token of an answer link: one message, hence one person, signed; it ends with its message."""

import base64
import binascii
import hmac
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.hmac import HMAC

from anlan.kernel.core import keys
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_

BAD_TOKEN = reason("messaging.bad_token", N_("This link is not valid. Ring the duty office."))

_MAC = 12  # bytes; 96 bits are far beyond what can be guessed over HTTP


def token_for(message_id: UUID) -> str:
    """38 characters that fit a link. Nothing is stored: whoever holds it may answer this one message."""
    return base64.urlsafe_b64encode(message_id.bytes + _mac(message_id)).decode().rstrip("=")


def message_of(token: str) -> UUID:
    """The message a token is for, or Refused; whether it still stands is the message's to say."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        message_id = UUID(bytes=raw[:16])
    except (binascii.Error, ValueError):
        raise Refused(BAD_TOKEN) from None
    if not hmac.compare_digest(raw[16:], _mac(message_id)):
        raise Refused(BAD_TOKEN)
    return message_id


def _mac(message_id: UUID) -> bytes:
    mac = HMAC(keys.key("answer", 32), SM3())
    mac.update(b"answer:" + message_id.bytes)
    return mac.finalize()[:_MAC]
