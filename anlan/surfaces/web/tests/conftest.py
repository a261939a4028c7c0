"""The district with its three standing people, each with a browser of their own that is signed in."""

import pytest
from django.test import Client

from tests import people


@pytest.fixture
def district(db):
    return people.district()


@pytest.fixture
def signed_in():
    """A client signed in as somebody."""

    def client_of(person):
        client = Client()
        client.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return client_of
