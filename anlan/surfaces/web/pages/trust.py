"""The page of the connection: what TLS this house speaks, its own root to be trusted once, and how; open to everybody.

A phone must be able to read it before anybody signs in there. The root says nothing that the handshake does not say.
"""

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import segno
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET


@dataclass(frozen=True, slots=True)
class Root:
    """The root of the house's own authority. `fingerprint`: SHA-256 as devices show it."""

    name: str
    fingerprint: str
    until: datetime
    der: bytes


def own_root() -> Root | None:
    """The local root, where `anlan up --tls` runs on a certificate of its own making."""
    folder = Path(settings.ANLAN_VAR) / "tls"
    served = os.environ.get("ANLAN_TLS_CERTIFICATE", "")
    if not served or Path(served).resolve() != (folder / "server.crt").resolve():
        return None
    try:
        held = x509.load_pem_x509_certificate((folder / "ca.crt").read_bytes())
    except (OSError, ValueError):
        return None
    digits = held.fingerprint(hashes.SHA256()).hex().upper()
    return Root(
        name=held.subject.rfc4514_string().removeprefix("CN="),
        fingerprint=":".join(digits[n : n + 2] for n in range(0, len(digits), 2)),
        until=held.not_valid_after_utc,
        der=held.public_bytes(serialization.Encoding.DER),
    )


def qr(text: str, title: str) -> SafeString:
    """A QR code as an inline drawing with a name, dark on white also at night."""
    drawing = segno.make(text, error="m").svg_inline(omitsize=True, light="#fff", title=title)
    return mark_safe(drawing.replace("<svg ", '<svg role="img" ', 1))  # noqa: S308 - drawn by us, the title is ours


@require_GET
def trust(request: HttpRequest) -> HttpResponse:
    """Address, root, fingerprint, codes to scan, and the steps for each kind of device; on HTTP, what is missing."""
    address = settings.ANLAN_PUBLIC_URL
    root_url = f"{address}{reverse('web:trust_root')}"
    root = own_root()
    public = urlsplit(address)
    page: dict[str, Any] = {
        "address": address,
        "secure": public.scheme == "https",
        "local": public.hostname in {"127.0.0.1", "localhost", "::1"},
        "root": root,
        "root_url": root_url,
        "address_qr": qr(f"{address}/", _("QR code of the address")),
        "root_qr": qr(root_url, _("QR code of the root certificate")) if root else "",
    }
    return render(request, "web/pages/trust.html", page)


@require_GET
def trust_root(request: HttpRequest) -> HttpResponse:
    """The root as a file that devices install."""
    root = own_root()
    if root is None:
        raise Http404
    answer = HttpResponse(root.der, content_type="application/x-x509-ca-cert")
    answer.headers["Content-Disposition"] = 'attachment; filename="anlan-root.crt"'
    return answer
