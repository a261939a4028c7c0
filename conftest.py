"""Loaded for every test, wherever it stands: the throw-away database of the session, and the house's own language."""

from collections.abc import Iterator

import pytest
from django.utils import translation

pytest_plugins = ("tests.database", "tests.budget", "tests.prove", "tests.ordering")


@pytest.fixture(autouse=True)
def house_language() -> Iterator[None]:
    """A request in English leaves its language on the thread: the next test begins in the house's own again."""
    yield
    translation.deactivate()
