"""The doors of sign-in: wrong tries are counted across processes, under the name that was tried."""

import os
import subprocess
import sys

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.urls import reverse

from anlan.kernel.orgs.models import Account

RIGHT = "calm-waters-2027"
KNOCK = """
import sys, django
from django.conf import settings
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
django.setup()
from django.test import Client
from django.urls import reverse
for _ in range(int(sys.argv[1])):
    Client(REMOTE_ADDR="10.0.0.7").post(reverse("account_login"), {"login": "chen", "password": "wrong"})
"""

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def cheap_hashes(settings):
    """Hashing slowly is the hasher's own business; these tests try many passwords."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def chen():
    return Account.objects.create_user("chen", RIGHT)


def knock_from_another_process(times, var_dir):
    environment = {**os.environ, "ANLAN_VAR": str(var_dir), "ANLAN_HOSTS": "testserver"}
    command = [sys.executable, "-c", KNOCK, str(times)]
    result = subprocess.run(command, env=environment, check=False, timeout=60, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


def sign_in(login="chen", password=RIGHT, address="10.0.0.7"):
    """The status of the answer, and whether somebody is signed in."""
    client = Client(REMOTE_ADDR=address)
    response = client.post(reverse("account_login"), {"login": login, "password": password})
    return response.status_code, "_auth_user_id" in client.session


def test_the_right_password_opens(chen):
    assert sign_in() == (302, True)


def test_six_wrong_tries_from_two_processes_lock_the_door(chen, var_dir):
    knock_from_another_process(3, var_dir)
    knock_from_another_process(3, var_dir)
    status, inside = sign_in()
    assert (status, inside) == (429, False)
    assert {(each.username, each.ip_address) for each in AccessAttempt.objects.all()} == {
        ("chen", "10.0.0.7")
    }


def knock(times):
    for _ in range(times):
        sign_in(password="wrong")


def test_a_locked_name_is_open_from_another_address(chen):
    knock(6)
    assert sign_in()[0] == 429
    assert sign_in(address="10.0.0.8") == (302, True)


def test_another_name_is_open_from_the_same_address(chen):
    Account.objects.create_user("li", RIGHT)
    knock(6)
    assert sign_in(login="li") == (302, True)


def test_another_spelling_of_the_name_is_the_same_name(chen):
    for login in ("chen", "CHEN", " chen", "Chen", "chen ", "cHen"):
        sign_in(login=login, password="wrong")
    assert sign_in()[0] == 429


def test_nobody_signs_himself_up(client):
    response = client.post(reverse("account_signup"), {"username": "mallory", "password1": RIGHT})
    assert response.status_code in {200, 302, 403, 404}
    assert not Account.objects.filter(login="mallory").exists()
