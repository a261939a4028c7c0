"""Writing CAP 1.2: an alert as XML that our own reader and the OASIS schema accept, and the Atom feed over alerts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from lxml import etree

from anlan.domains.warnings.rules import cap

ATOM = "http://www.w3.org/2005/Atom"
_LOCAL = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the feed: one message with its address."""

    identifier: str
    title: str
    summary: str
    updated: datetime
    href: str


def write(alert: cap.Alert) -> bytes:
    """The alert as an XML document; raises `Refused` (line, element) where it would not be valid CAP 1.2."""
    root = etree.Element(_cap("alert"), nsmap={None: cap.CAP_12})
    _add(root, "identifier", alert.identifier)
    _add(root, "sender", alert.sender)
    _add(root, "sent", time_text(alert.sent))
    _add(root, "status", alert.status)
    _add(root, "msgType", alert.msg_type)
    _add(root, "scope", alert.scope)
    _add(root, "note", alert.note)
    _add(root, "references", " ".join(f"{r.sender},{r.identifier},{r.sent}" for r in alert.references))
    for info in alert.infos:
        _info(root, info)
    data = _document(root)
    cap.read(data)
    return data


def feed(
    *, identifier: str, title: str, author: str, href: str, updated: datetime, entries: Sequence[Entry]
) -> bytes:
    """An Atom feed (RFC 4287) whose entries lead to the messages, newest first."""
    root = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})
    _atom(root, "id", identifier)
    _atom(root, "title", title)
    _atom(root, "updated", updated.isoformat(timespec="seconds"))
    _atom(_atom(root, "author", ""), "name", author)
    _atom(root, "link", "", rel="self", href=href)
    for entry in sorted(entries, key=lambda e: (e.updated, e.identifier), reverse=True):
        element = _atom(root, "entry", "")
        _atom(element, "id", entry.identifier)
        _atom(element, "title", entry.title)
        _atom(element, "updated", entry.updated.isoformat(timespec="seconds"))
        _atom(element, "link", "", rel="alternate", type="application/cap+xml", href=entry.href)
        _atom(element, "summary", entry.summary)
    return _document(root)


def time_text(at: datetime) -> str:
    """A time as CAP 1.2 wants it: local, whole seconds, offset with a colon, never `Z`."""
    return at.astimezone(_LOCAL).isoformat(timespec="seconds")


def _document(root: etree._Element) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _info(root: etree._Element, info: cap.Info) -> None:
    element = _add(root, "info", "", empty=True)
    _add(element, "language", info.language)
    for category in info.categories:
        _add(element, "category", category)
    _add(element, "event", info.event)
    for kind in info.response_types:
        _add(element, "responseType", kind)
    _add(element, "urgency", info.urgency)
    _add(element, "severity", info.severity)
    _add(element, "certainty", info.certainty)
    _pairs(element, "eventCode", info.event_codes)
    for name, at in (("effective", info.effective), ("onset", info.onset), ("expires", info.expires)):
        _add(element, name, time_text(at) if at else "")
    _add(element, "senderName", info.sender_name)
    _add(element, "headline", info.headline)
    _add(element, "description", info.description)
    _add(element, "instruction", info.instruction)
    _pairs(element, "parameter", info.parameters)
    for area in info.areas:
        _area(element, area)


def _area(parent: etree._Element, area: cap.Area) -> None:
    element = _add(parent, "area", "", empty=True)
    _add(element, "areaDesc", area.description)
    for ring in area.polygons:
        _add(element, "polygon", " ".join(f"{lat:.5f},{lon:.5f}" for lon, lat in ring))
    for lon, lat, radius in area.circles:
        _add(element, "circle", f"{lat:.5f},{lon:.5f} {radius:g}")
    _pairs(element, "geocode", area.geocodes)


def _pairs(parent: etree._Element, name: str, pairs: Sequence[tuple[str, str]]) -> None:
    for key, value in pairs:
        element = _add(parent, name, "", empty=True)
        _add(element, "valueName", key)
        _add(element, "value", value)


def _add(parent: etree._Element, name: str, text: str, *, empty: bool = False) -> etree._Element:
    """A child element; one without text is left out, for an empty element says nothing and some readers choke on it."""
    element = etree.Element(_cap(name))
    if text:
        element.text = _printable(text)
    if text or empty:
        parent.append(element)
    return element


def _atom(parent: etree._Element, name: str, text: str, **attributes: str) -> etree._Element:
    element = etree.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    if text:
        element.text = _printable(text)
    return element


def _printable(text: str) -> str:
    """XML 1.0 knows no control characters; a pasted one must not stop a warning."""
    return "".join(c for c in text if c in "\t\n\r" or ord(c) >= 0x20)


def _cap(name: str) -> str:
    return f"{{{cap.CAP_12}}}{name}"
