"""Which tests stay together, and which begin: with two processes the last file to begin decides when the suite ends.

A file's tests run in one process, as its fixtures are the file's. A folder whose ground is written once for all of its
files stays in one process too: two would write it twice, and again each time another file came between.
"""

from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

WRITTEN_ONCE = "anlan/surfaces/cli/demo/tests/daily"


class Together(LoadFileScheduling):
    """By file, and a folder that is written once as if it were one file."""

    def _split_scope(self, nodeid: str) -> str:
        return WRITTEN_ONCE if nodeid.startswith(f"{WRITTEN_ONCE}/") else str(super()._split_scope(nodeid))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    """Asked by the runner of several processes."""
    return Together(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Move whole files whose tests are marked slow to the front; a file stays together, as its fixtures are."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)
