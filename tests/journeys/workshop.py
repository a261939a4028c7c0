"""The people and rows of the dust workshop, and what they do on pages: the journey reads as the story does."""

import io
import struct
import zlib
from typing import Any

from tests.people import QUAY


def png(shade: int) -> bytes:
    """A small photograph: one grey."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    out = io.BytesIO(b"\x89PNG\r\n\x1a\n")
    out.seek(0, 2)
    out.write(chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 0, 0, 0, 0)))
    out.write(chunk(b"IDAT", zlib.compress(bytes([0, *([shade] * 64)]) * 64)))
    out.write(chunk(b"IEND", b""))
    return out.getvalue()


def attach(page: Any, field: str, shade: int) -> None:
    """A photograph into a field of the form."""
    file = {"name": f"{shade}.png", "mimeType": "image/png", "buffer": png(shade)}
    page.set_input_files(f"input[name={field}]", file)


def send(page: Any) -> None:
    """The one big button of a form."""
    page.locator("main form button.act-main").click()
    page.wait_for_load_state()


def report(page: Any, url: str, *, what: str, kind: str, candidate: bool, shade: int) -> None:
    """The form of a danger, filled in by a patroller."""
    page.goto(f"{url}/dangers/danger/new/")
    attach(page, "photo", shade)
    page.fill("[name=description]", what)
    page.select_option("[name=category]", kind)
    page.fill("input[name=q]", "海风")
    page.locator(
        "#pick-organisation input, #pick-organisation button, #pick-organisation label"
    ).first.click()
    if candidate:
        page.check("[name=candidate_major]")
    if page.locator("[name=region] option[value='" + QUAY + "']").count():
        page.select_option("[name=region]", QUAY)
    send(page)


def step(page: Any, url: str, record: str, pk: Any, move: str, **typed: str) -> None:
    """Make a step from its form: photos by `photo=<shade>`, what is chosen by name, the rest typed."""
    page.goto(f"{url}/dangers/{record}/{pk}/{move}/")
    for name, value in typed.items():
        if name == "photo":
            attach(page, "photo", int(value))
        elif page.locator(f"select[name={name}]").count():
            page.select_option(f"[name={name}]", value)
        else:
            page.fill(f"[name={name}]", value)
    send(page)
