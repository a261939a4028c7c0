"""A certificate authority of the house itself, for `anlan up --tls` where the bureau has no certificate.

Browsers give pages without TLS no camera, no service worker and no passkey. Whoever trusts `var/tls/ca.crt` once
gets all three; the authority may sign for the names of this house only, so trusting it gives away nothing else.
"""

import ipaddress
import os
import socket
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from anlan.kernel.core import clock

CA_DAYS, SERVER_DAYS, RENEW_DAYS = (
    3650,
    397,
    30,
)  # browsers refuse a server's certificate of more than 398 days


def certificate_for(folder: Path, names: Iterable[str]) -> tuple[Path, Path]:
    """Paths of certificate and key for these names or addresses; made when missing, ending soon, or for others."""
    wanted = _general_names([*names, *own_names()])
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    certificate, key = folder / "server.crt", folder / "server.key"
    if not _serves(certificate, wanted):
        _sign(folder, certificate, key, wanted)
    return certificate, key


def fingerprint(folder: Path) -> str:
    """SHA-256 of the root, as devices show it: what a person compares before trusting it."""
    digits = (
        x509.load_pem_x509_certificate((folder / "ca.crt").read_bytes())
        .fingerprint(hashes.SHA256())
        .hex()
        .upper()
    )
    return ":".join(digits[n : n + 2] for n in range(0, len(digits), 2))


def own_names() -> list[str]:
    """What this machine is called, and the address by which it reaches its network."""
    names = ["localhost", "127.0.0.1", "::1", socket.gethostname()]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing; asks the routing table
            names.append(str(probe.getsockname()[0]))
        except OSError:
            pass  # no network: loopback is what there is
    return names


def _general_names(names: Iterable[str]) -> list[x509.GeneralName]:
    return [_general_name(name) for name in dict.fromkeys(filter(None, names))]


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name.strip("[]")))
    except ValueError:
        return x509.DNSName(name)


def _serves(path: Path, wanted: list[x509.GeneralName]) -> bool:
    if not path.exists():
        return False
    found = x509.load_pem_x509_certificate(path.read_bytes())
    held = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    fresh = found.not_valid_after_utc - clock.real_now() > timedelta(days=RENEW_DAYS)
    return fresh and set(wanted) <= set(held)


def _authority(
    folder: Path, names: list[x509.GeneralName]
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """The house's own authority; another one when it may not sign for a new name."""
    path, key_path = folder / "ca.crt", folder / "ca.key"
    if path.exists():
        held = x509.load_pem_x509_certificate(path.read_bytes())
        allowed = held.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
        if {_subtree(name) for name in names} <= set(allowed):
            key = serialization.load_pem_private_key(key_path.read_bytes(), None)
            assert isinstance(key, ec.EllipticCurvePrivateKey)
            return held, key
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Anlan 安澜 {socket.gethostname()}")])
    built = _builder(name, name, key, CA_DAYS).add_extension(x509.BasicConstraints(True, 0), critical=True)
    built = built.add_extension(x509.NameConstraints([_subtree(each) for each in names], None), critical=True)
    built = built.add_extension(_usage(signs=True), critical=True)
    made = built.sign(key, hashes.SHA256())
    _write(key_path, _private(key))
    _write(path, made.public_bytes(serialization.Encoding.PEM))
    return made, key


def _subtree(name: x509.GeneralName) -> x509.GeneralName:
    if isinstance(name, x509.IPAddress):
        return x509.IPAddress(ipaddress.ip_network(str(name.value)))
    return name


def _sign(folder: Path, path: Path, key_path: Path, names: list[x509.GeneralName]) -> None:
    authority, authority_key = _authority(folder, names)
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Anlan")])
    built = _builder(subject, authority.subject, key, SERVER_DAYS)
    built = built.add_extension(x509.SubjectAlternativeName(names), critical=False)
    built = built.add_extension(x509.BasicConstraints(False, None), critical=True)
    built = built.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    built = built.add_extension(_usage(signs=False), critical=True)
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
    made = built.add_extension(issuer, critical=False).sign(authority_key, hashes.SHA256())
    _write(key_path, _private(key))
    _write(path, made.public_bytes(serialization.Encoding.PEM))


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, days: int
) -> x509.CertificateBuilder:
    now = clock.real_now()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))  # clocks of phones are not exact
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs, key_cert_sign=signs, crl_sign=signs, content_commitment=False,
        key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, data: bytes) -> None:
    fresh = path.with_name(f"{path.name}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    fresh.replace(path)
