"""Drawn pictures for the demo's evidence, each another one; no photograph of any real place."""

import random
import struct
import zlib

from anlan.kernel.core import attachments
from anlan.kernel.loop.evidence import Given
from anlan.surfaces.cli.demo.district import BY


def photos(number: int, count: int) -> list[Given]:
    """So many photographs of a number: another number, other pictures."""
    found = []
    for part in range(count):
        data = picture(number * 7 + part)
        kept = attachments.keep(data=data, media_type="image/png", name=f"demo-{number}-{part}.png", by=BY)
        found.append(Given("photo", file=kept))
    return found


def picture(number: int) -> bytes:
    grey = random.Random(number)  # noqa: S311 - a picture, not a secret
    base, width, height = grey.randrange(60, 190), 96, 72
    rows = b"".join(
        b"\0" + bytes(min(255, base + (x * y // (number % 23 + 9)) % 60) for x in range(width))
        for y in range(height)
    )
    pieces = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    body = b"".join(
        struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in pieces
    )
    return b"\x89PNG\r\n\x1a\n" + body
