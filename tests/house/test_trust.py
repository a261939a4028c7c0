"""The page of the connection tells the truth: plain HTTP, the house's own root, or the bureau's certificate."""

import hashlib
from html.parser import HTMLParser

import pytest
from cryptography import x509
from django.urls import reverse

from anlan.surfaces.cli.supervisor.authority import certificate_for, fingerprint

pytestmark = pytest.mark.django_db
PAGE = "/trust/"


@pytest.fixture
def house(tmp_path, settings, monkeypatch):
    settings.ANLAN_VAR = tmp_path
    settings.ANLAN_PUBLIC_URL = "https://anlan.lan:8000"
    certificate, _key = certificate_for(tmp_path / "tls", ["anlan.lan"])
    monkeypatch.setenv("ANLAN_TLS_CERTIFICATE", str(certificate))
    return tmp_path / "tls"


def test_on_plain_http_it_says_what_browsers_withhold(client, settings, monkeypatch) -> None:
    monkeypatch.delenv("ANLAN_TLS_CERTIFICATE", raising=False)
    settings.ANLAN_PUBLIC_URL = "http://10.0.0.5:8000"
    page = client.get(PAGE, headers={"accept-language": "en"}).content.decode()
    assert "unencrypted" in page
    assert "anlan up --tls" in page
    assert client.get(reverse("web:trust_root")).status_code == 404


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_its_own_root_is_there_with_the_fingerprint_the_terminal_says(client, house, language) -> None:
    page = client.get(PAGE, headers={"accept-language": language}).content.decode()
    root = client.get(reverse("web:trust_root"))
    assert root.headers["Content-Type"] == "application/x-x509-ca-cert"
    x509.load_der_x509_certificate(root.content)
    digits = hashlib.sha256(root.content).hexdigest().upper()
    assert fingerprint(house).replace(":", "") == digits
    assert fingerprint(house) in page
    assert page.count('role="img"') == 2


def test_a_certificate_of_the_bureau_needs_no_root(client, house, monkeypatch) -> None:
    monkeypatch.setenv("ANLAN_TLS_CERTIFICATE", "/etc/bureau.pem")
    page = client.get(PAGE, headers={"accept-language": "en"}).content.decode()
    assert "nothing to install" in page
    assert client.get(reverse("web:trust_root")).status_code == 404


def test_the_drawn_codes_carry_no_script_and_no_style_element(client, house) -> None:
    class Tags(HTMLParser):
        seen: set[str]

        def handle_starttag(self, tag, attrs) -> None:
            self.seen.add(tag)

    tags = Tags()
    tags.seen = set()
    tags.feed(client.get(PAGE).content.decode().partition('<div class="qr-pair">')[2].partition("</div>")[0])
    assert not tags.seen & {"script", "style"}
