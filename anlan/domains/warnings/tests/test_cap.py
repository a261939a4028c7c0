"""CAP 1.2 is read strictly and without reaching outside; what we write, we can read."""

import http.server
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.domains.warnings.rules import cap, cap_write
from anlan.domains.warnings.tests.samples import message
from anlan.kernel.core.errors import Refused
from tests.people import NOON

OLD = """<?xml version="1.0"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.1">
<identifier>OLD-1</identifier>
<sender>office@weather.invalid</sender>
<sent>{sent}</sent>
<status>Actual</status>
<msgType>Alert</msgType>
<scope>Public</scope>
<info><category>Met</category><event>Gale</event><urgency>Expected</urgency><severity>Severe</severity>
<certainty>Likely</certainty><expires>2026-07-03T06:00:00.123Z</expires>
<resource><resourceDesc>map</resourceDesc></resource>
<area><areaDesc>sea</areaDesc><circle>22.5,113.9 5</circle></area></info>
</alert>"""

OUTSIDE = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE alert PUBLIC "-//A/B/EN" "http://127.0.0.1:{port}/payload.dtd" [
  <!ENTITY % remote SYSTEM "http://127.0.0.1:{port}/remote">
  <!ENTITY xxe SYSTEM "http://127.0.0.1:{port}/entity">
  <!ENTITY secret SYSTEM "file:///etc/passwd">
  %remote;
]>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>&xxe;&secret;</identifier></alert>"""


def refusal(data: bytes, **how: bool) -> Refused:
    with pytest.raises(Refused) as caught:
        cap.read(data, **how)
    return caught.value


def test_a_message_is_read_into_values() -> None:
    alert = cap.read(
        message(refers=("S0",), area="<polygon>22.5,113.9 22.6,113.9 22.6,114.0 22.5,113.9</polygon>")
    )
    assert (alert.identifier, alert.msg_type, alert.references[0].identifier) == ("S1", "Update", "S0")
    info = alert.infos[0]
    assert info.expires == NOON + timedelta(hours=6)
    assert info.areas[0].polygons == (((113.9, 22.5), (113.9, 22.6), (114.0, 22.6), (113.9, 22.5)),)


def test_a_refusal_names_line_and_element() -> None:
    refused = refusal(message(status="Perhaps"))
    assert refused.code == "cap.bad_value"
    assert refused.facts == {"line": 6, "element": "status", "value": "Perhaps"}
    missing = refusal(message().replace(b"<scope>Public</scope>", b""))
    assert (missing.code, missing.facts["element"], missing.facts["line"]) == ("cap.misplaced", "info", 10)
    assert "scope" in str(missing.facts["expected"])


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("cap.no_reference", {"msg_type": "Cancel"}),
        ("cap.bad_reference", {"msg_type": "Update", "references": "<references>S0</references>"}),
        ("cap.bad_word", {"identifier": "two words"}),
        ("cap.bad_ring", {"area": "<polygon>22.5,113.9 22.6,113.9 22.6,114.0</polygon>"}),
        ("cap.bad_ring", {"area": "<polygon>22.5,113.9 22.6,113.9 22.6,114.0 22.7,114.1</polygon>"}),
        ("cap.bad_point", {"area": "<polygon>113.9,22.5 113.9,22.6 114.0,22.6 113.9,22.5</polygon>"}),
        ("cap.bad_point", {"area": "<circle>nan,113.9 5</circle>"}),
        ("cap.bad_circle", {"area": "<circle>22.5,113.9</circle>"}),
        ("cap.bad_value", {"effective": "<effective>2026-07-03T12:00:00Z</effective>"}),
        ("cap.bad_value", {"effective": "<effective>2026-02-30T12:00:00+08:00</effective>"}),
    ],
)
def test_what_the_schema_does_not_say_is_refused_too(code: str, said: dict[str, str]) -> None:
    refused = refusal(message(**said))
    assert refused.code == code
    assert isinstance(refused.facts["line"], int)
    assert str(refused)


def test_what_is_not_xml_or_not_cap_is_refused() -> None:
    assert refusal(b"<alert").code == "cap.not_xml"
    assert refusal(b"<feed xmlns='http://www.w3.org/2005/Atom'/>").code == "cap.not_cap"
    assert refusal(b" " * (cap.LIMIT_BYTES + 1)).code == "cap.too_large"


class _Ears(http.server.BaseHTTPRequestHandler):
    heard: list[str] = []

    def do_GET(self) -> None:
        self.heard.append(self.path)
        self.send_error(404)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def listening_port() -> Iterator[int]:
    _Ears.heard.clear()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Ears)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused_and_nothing_outside_is_read(listening_port: int, encoding: str) -> None:
    text = OUTSIDE.format(port=listening_port).replace('"utf-8"', f'"{encoding}"')
    refused = refusal(text.encode(encoding))
    assert refused.code == "cap.has_dtd"
    assert "root:" not in str(refused)
    assert _Ears.heard == []


def test_a_flood_of_entities_is_refused_before_it_is_poured() -> None:
    bomb = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
    )
    assert refusal((bomb + "]><a>&j;</a>").encode()).code == "cap.has_dtd"


def test_an_old_message_is_converted_only_when_asked() -> None:
    data = OLD.format(sent="2026-07-03T04:00:00Z").encode()
    assert refusal(data).code == "cap.version_11"
    alert = cap.read(data, convert_11=True)
    assert alert.sent == NOON
    assert alert.infos[0].expires == datetime(2026, 7, 3, 6, 0, tzinfo=UTC)
    assert alert.infos[0].areas[0].circles == ((113.9, 22.5, 5.0),)


def test_an_old_message_without_a_time_zone_is_refused_on_its_line() -> None:
    refused = refusal(OLD.format(sent="2026-07-03T04:00:00").encode(), convert_11=True)
    assert (refused.facts["line"], refused.facts["element"]) == (5, "sent")


_TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)
_LONLAT = st.tuples(st.floats(-179, 179), st.floats(-89, 89))


@settings(max_examples=100, deadline=None)
@given(headline=_TEXT, description=_TEXT, points=st.lists(_LONLAT, min_size=3, max_size=8))
def test_what_is_written_reads_back_the_same(
    headline: str, description: str, points: list[tuple[float, float]]
) -> None:
    ring = tuple((round(lon, 5) + 0.0, round(lat, 5) + 0.0) for lon, lat in [*points, points[0]])
    info = cap.Info(
        language="zh-CN", categories=("Met",), event="风险提示", response_types=("Prepare",), urgency="Expected",
        severity="Moderate", certainty="Likely", event_codes=(("code", "11B03"),), effective=NOON, onset=None,
        expires=NOON + timedelta(hours=1), sender_name="局", headline=headline, description=description,
        instruction="", parameters=(), areas=(cap.Area("区", polygons=(ring,)),),
    )  # fmt: skip
    alert = cap.Alert("id-1", "a@b", NOON, "Exercise", "Alert", "Public", "", (), (info,))
    read = cap.read(cap_write.write(alert))
    clean = "".join(c for c in headline if c in "\t\n\r" or ord(c) >= 0x20)
    assert read.infos[0].headline == clean.replace("\r\n", "\n").replace("\r", "\n").strip() or "\r" in clean
    assert read.infos[0].areas[0].polygons == (ring,)
    assert read.infos[0].expires == info.expires
