"""Keys of the bureau: made at first start under `var/keys/`, mode 0600, never in the database or a backup.

Text at rest is SM4-GCM under a data key; equality search goes by HMAC-SM3 under a second key.
"""

import base64
import os
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SM3, Hash
from cryptography.hazmat.primitives.hmac import HMAC
from django.conf import settings

_NONCE = 12
_TAG = 16


def _key_dir() -> Path:
    folder = Path(settings.ANLAN_VAR) / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


@cache
def key(name: str, length: int = 16) -> bytes:
    """The named secret key of this installation, made on first use. `length` in bytes."""
    path = _key_dir() / f"{name}.key"
    try:
        # O_EXCL: two processes starting together must end up with one key, not each with its own.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(descriptor, "wb") as file:
        secret = os.urandom(length)
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    return secret


def seal_text(text: str, *, secret: bytes | None = None) -> bytes:
    """Encrypt: nonce ‖ tag ‖ ciphertext (SM4-GCM)."""
    nonce = os.urandom(_NONCE)
    encryptor = Cipher(algorithms.SM4(secret or key("data")), modes.GCM(nonce)).encryptor()
    body = encryptor.update(text.encode()) + encryptor.finalize()
    return nonce + encryptor.tag + body


def open_text(sealed: bytes, *, secret: bytes | None = None) -> str:
    """Decrypt what `seal_text` made; raises `cryptography.exceptions.InvalidTag` when it was tampered with."""
    nonce, tag, body = sealed[:_NONCE], sealed[_NONCE : _NONCE + _TAG], sealed[_NONCE + _TAG :]
    decryptor = Cipher(algorithms.SM4(secret or key("data")), modes.GCM(nonce, tag)).decryptor()
    return (decryptor.update(body) + decryptor.finalize()).decode()


def hmac_index(text: str) -> str:
    """A keyed digest for equality search over an encrypted column (32 characters, base64)."""
    mac = HMAC(key("index", 32), SM3())
    mac.update(text.strip().encode())
    return base64.urlsafe_b64encode(mac.finalize()[:24]).decode()


def sm3(data: bytes) -> str:
    """SM3 of bytes as 64 hex digits."""
    digest = Hash(SM3())
    digest.update(data)
    return digest.finalize().hex()
