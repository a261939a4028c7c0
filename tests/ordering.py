"""Files with a long test go first: with two processes the last file to begin decides when the suite ends."""

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Move whole files whose tests are marked slow to the front; a file stays together, as its fixtures are."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)
