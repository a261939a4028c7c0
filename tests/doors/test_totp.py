"""The second door: wrong codes are counted across processes, and the right one then comes too late."""

import os
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest
from allauth.mfa.totp.internal import auth
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client
from django.urls import reverse

from anlan.kernel.orgs.models import Account

RIGHT = "calm-waters-2027"
PERIOD_SECONDS = 30
KNOCK = """
import sys, django
from django.conf import settings
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
django.setup()
from django.test import Client
from django.urls import reverse
client = Client()
client.post(reverse("account_login"), {"login": "chen", "password": sys.argv[1]})
for code in sys.argv[2:]:
    client.post(reverse("mfa_authenticate"), {"code": code})
"""

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def cheap_hashes(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def secret():
    """The key of chen's authenticator."""
    account = Account.objects.create_user("chen", RIGHT)
    key = generate_totp_secret()
    TOTP.activate(account, key)
    return key


def code_now(secret, steps=0):
    return format_hotp_value(hotp_value(secret, int(auth.time.time()) // PERIOD_SECONDS + steps))


def wrong_codes(secret, count):
    return [f"{(int(code_now(secret)) + 111_111 * (step + 1)) % 1_000_000:06d}" for step in range(count)]


def knock_from_another_process(codes, var_dir):
    environment = {**os.environ, "ANLAN_VAR": str(var_dir), "ANLAN_HOSTS": "testserver"}
    command = [sys.executable, "-c", KNOCK, RIGHT, *codes]
    result = subprocess.run(command, env=environment, check=False, timeout=60, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


def sign_in(code):
    client = Client()
    client.post(reverse("account_login"), {"login": "chen", "password": RIGHT})
    assert "_auth_user_id" not in client.session
    client.post(reverse("mfa_authenticate"), {"code": code})
    return "_auth_user_id" in client.session


def test_the_password_alone_does_not_open_and_the_code_does(secret):
    assert sign_in(code_now(secret))


@pytest.fixture
def moment(monkeypatch):
    """The door's clock stands still: half a minute must not end between a code and its taking."""
    at = time.time()
    monkeypatch.setattr(auth, "time", SimpleNamespace(time=lambda: at))


def test_the_code_of_half_a_minute_ago_is_taken_that_of_two_minutes_ago_is_not(secret, moment):
    assert sign_in(code_now(secret, -1))
    assert not sign_in(code_now(secret, -4))


def test_six_wrong_codes_from_two_processes_lock_the_second_door(secret, var_dir):
    codes = wrong_codes(secret, 6)
    knock_from_another_process(codes[:3], var_dir)
    knock_from_another_process(codes[3:], var_dir)
    assert not sign_in(code_now(secret))
