"""Middleware that is wiring: the content security policy, and rules that another process set anew."""

import contextlib
from collections.abc import Callable

from django.db import Error
from django.http import HttpRequest, HttpResponse

from anlan.kernel.core import rulesets

# No inline script anywhere. Style attributes are allowed (bars and charts set widths), style elements are not.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "worker-src 'self' blob:",
        "style-src 'self'",
        "style-src-attr 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
PERMISSIONS = "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()"


class ContentSecurityPolicy:
    """Puts the policy on every answer that has none of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return response


class FreshRules:
    """Before a request is looked at: rules that another process has set anew hold here too, within two seconds."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # /health must say that the database is away, not fall over it.
        with contextlib.suppress(Error):
            rulesets.keep_fresh()
        return self.get_response(request)
