"""The local authority: what it signs is served and believed, for the names of this house and no other."""

import socket
import ssl
import threading

import pytest

from anlan.surfaces.cli.supervisor.authority import certificate_for


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "tls"


def shake_hands(folder, certificate, key, name):
    """A TLS handshake over loopback, as a browser that trusts ca.crt does it; returns the version spoken."""
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(certificate, key)
    client = ssl.create_default_context(cafile=folder / "ca.crt")
    near, far = socket.socketpair()

    def serve():
        try:
            server.wrap_socket(far, server_side=True).close()
        except (ssl.SSLError, OSError):
            far.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with client.wrap_socket(near, server_hostname=name) as trusted:
            return trusted.version()
    finally:
        near.close()
        thread.join(5)


def test_a_browser_that_trusts_the_authority_believes_the_house(folder):
    certificate, key = certificate_for(folder, ["anlan.bureau.lan"])
    assert shake_hands(folder, certificate, key, "anlan.bureau.lan") == "TLSv1.3"
    assert shake_hands(folder, certificate, key, "127.0.0.1") == "TLSv1.3"
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(folder, certificate, key, "bank.example")


def test_the_certificate_is_kept_until_another_name_is_needed(folder):
    certificate, key = certificate_for(folder, ["anlan.bureau.lan"])
    first, root = certificate.read_bytes(), (folder / "ca.crt").read_bytes()
    certificate_for(folder, ["anlan.bureau.lan"])
    assert certificate.read_bytes() == first
    certificate_for(folder, ["other.bureau.lan"])
    assert certificate.read_bytes() != first
    assert (folder / "ca.crt").read_bytes() != root
    assert shake_hands(folder, certificate, key, "other.bureau.lan") == "TLSv1.3"


def test_nobody_else_may_read_the_keys(folder):
    certificate_for(folder, [])
    assert {path.stat().st_mode & 0o077 for path in [folder, *folder.iterdir()]} == {0}
