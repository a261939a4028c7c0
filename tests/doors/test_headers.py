"""Pages run no script that is not a file of ours, cannot be framed, and set cookies that a script cannot read."""

import re

import pytest
from django.urls import reverse

from anlan.kernel.orgs.models import Account

SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.DOTALL | re.IGNORECASE)
HANDLER = re.compile(r"""<[^>]+\son[a-z]+\s*=\s*["']""", re.IGNORECASE)
OUTSIDE = re.compile(r"""(?:src|href|action)\s*=\s*["'](?:https?:)?//""", re.IGNORECASE)
BEFORE = ("account_login",)
INSIDE = (
    "mfa_index",
    "mfa_activate_totp",
    "mfa_list_webauthn",
    "account_change_password",
    "account_logout",
    "account_reauthenticate",
)

pytestmark = pytest.mark.django_db


def inline_scripts(html):
    """Scripts with a body that a browser would run (data blocks carry a type of their own)."""
    return [body for attributes, body in SCRIPT.findall(html) if body.strip() and "json" not in attributes]


def check(response):
    assert response.status_code == 200
    policy = response.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy.replace("style-src-attr 'unsafe-inline'", "")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    html = response.content.decode()
    assert inline_scripts(html) == []
    assert HANDLER.findall(html) == []
    assert OUTSIDE.findall(html) == []


@pytest.mark.parametrize("name", BEFORE)
def test_a_page_before_the_door_obeys_the_policy(client, name):
    check(client.get(reverse(name)))


@pytest.mark.parametrize("name", INSIDE)
def test_a_page_of_the_account_obeys_the_policy(client, name):
    account = Account.objects.create_user("chen", "calm-waters-2027")
    client.post(reverse("account_login"), {"login": account.login, "password": "calm-waters-2027"})
    client.post(reverse("account_reauthenticate"), {"password": "calm-waters-2027"})
    check(client.get(reverse(name)))


def test_the_session_lasts_a_watch_and_no_script_can_read_it(client, settings):
    Account.objects.create_user("chen", "calm-waters-2027")
    client.post(reverse("account_login"), {"login": "chen", "password": "calm-waters-2027"})
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == 24 * 3600
