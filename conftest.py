"""Loaded for every test, wherever it stands: the throw-away database of the session, and the house's own language."""

from collections.abc import Iterator

import pytest
from django.utils import translation
from hypothesis import settings

pytest_plugins = ("tests.database", "tests.budget", "tests.prove", "tests.ordering")

# `make test` tries the same examples every time, and none is too slow on a busy machine: a red run is never bad luck.
# `make prove` looks further, and so does `--hypothesis-seed=NUMBER` on any test.
settings.register_profile("test", derandomize=True, deadline=None)
settings.register_profile("prove", derandomize=False, deadline=None, print_blob=True)


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("prove" if config.getoption("--prove") else "test")


@pytest.fixture(autouse=True)
def house_language() -> Iterator[None]:
    """A request in English leaves its language on the thread: the next test begins in the house's own again."""
    yield
    translation.deactivate()
