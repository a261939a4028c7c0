"""CAP messages for tests, made from one sheet."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from anlan.domains.warnings.rules.cap_write import time_text
from tests.people import HARBOUR, NOON

SHEET = Path(__file__).with_name("data") / "signal.xml"
SENDER = "office@weather.invalid"


def geocode(*codes: str) -> str:
    return "".join(
        f"<geocode><valueName>GB/T 2260</valueName><value>{code}</value></geocode>" for code in codes
    )


def message(
    identifier: str = "S1", *, sent: datetime = NOON, ends: timedelta | None = timedelta(hours=6), **said: Any
) -> bytes:
    """A rain signal of the weather office; keywords replace what stands in the sheet."""
    refers = said.pop("refers", ())
    references = " ".join(f"{SENDER},{name},{time_text(NOON)}" for name in refers)
    colour = said.pop("colour", "橙")
    fields = {
        "identifier": identifier,
        "sender": SENDER,
        "sent": time_text(sent),
        "status": "Actual",
        "msg_type": "Update" if refers else "Alert",
        "references": f"<references>{references}</references>" if refers else "",
        "event": "暴雨",
        "headline": f"安澜区气象台发布暴雨{colour}色预警信号",
        "effective": f"<effective>{time_text(sent)}</effective>",
        "expires": f"<expires>{time_text(sent + ends)}</expires>" if ends is not None else "",
        "area": geocode(*said.pop("regions", (HARBOUR,))),
    }
    return SHEET.read_text(encoding="utf-8").format(**(fields | said)).encode()
