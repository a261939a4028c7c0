"""The long proofs of `make prove`: how often is killed, how many examples, and what each part may take.

`ANLAN_KILLS` and `ANLAN_EXAMPLES` make them shorter on a small evening; the summary says what was really run.
"""

import os
import time

import pytest
from hypothesis import settings

KILLS = int(os.environ.get("ANLAN_KILLS", "50"))
EXAMPLES = int(os.environ.get("ANLAN_EXAMPLES", "100000"))
MARKS = [pytest.mark.prove, pytest.mark.timeout(3600)]

# Properties that are run with EXAMPLES examples: windows and episodes against the oracle, the ladder of messages.
PROPERTIES = (
    "anlan/domains/sensing/tests/test_engine_against_oracle.py",
    "anlan/kernel/messaging/tests/test_rules.py",
)
# seconds a part of `make prove` with 50 kills and 100,000 examples on two cores
BUDGET = {
    "anlan/surfaces/stream/tests": ("replay killed", 1200),
    "anlan/kernel/messaging/tests/test_crashes.py": ("worker and gateway killed", 900),
    "anlan/kernel/messaging/tests/test_rules.py": ("ladder of messages", 600),
    "anlan/domains/sensing/tests": ("windows and episodes", 3600),
    "tests/loop": ("sweep killed", 900),
    "tests/house/test_migrating.py": ("two ways to migrate", 300),
    "tests/house": ("postmaster killed", 300),
}


def kills(few: int = 5) -> pytest.MarkDecorator:
    """`kills` as a parameter: a few in `make test`, KILLS in `make prove`."""
    many = pytest.param(KILLS, marks=MARKS)
    return pytest.mark.parametrize("kills", [few, many], ids=["a few kills", "many kills"])


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--prove", action="store_true", help="the long proofs, and only those")


def pytest_configure(config: pytest.Config) -> None:
    # Not where tests are collected: with several processes that is done in each of them, and only here is it summed up.
    if config.getoption("--prove"):
        config.pluginmanager.register(_Times(), "anlan-prove")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--prove"):
        return
    for item in items:
        test = getattr(item, "function", None)
        known = getattr(test, "_hypothesis_internal_use_settings", None)
        if known is not None and item.nodeid.startswith(PROPERTIES):
            # Where hypothesis itself keeps them: a test can't be decorated a second time.
            test._hypothesis_internal_use_settings = settings(known, max_examples=EXAMPLES, deadline=None)
            for mark in MARKS:
                item.add_marker(mark)
    rest = [item for item in items if item.get_closest_marker("prove") is None]
    items[:] = [item for item in items if item.get_closest_marker("prove") is not None]
    config.hook.pytest_deselected(items=rest)


class _Times:
    """How long each part took beside what it may take, and with how many kills and examples."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.began = time.monotonic()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        part = next((part for part in BUDGET if report.nodeid.startswith(part)), "other")
        self.seconds[part] = self.seconds.get(part, 0.0) + report.duration

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.section(f"proofs: {KILLS} kills, {EXAMPLES} examples")
        for part, spent in self.seconds.items():
            name, budget = BUDGET.get(part, ("other", 300))
            over = "  OVER" if spent > budget else ""
            line = f"{name:<28} {spent:>7.1f} s of {budget:>5} s{over}"
            terminalreporter.write_line(line, red=bool(over))
        terminalreporter.write_line(f"{'all':<28} {time.monotonic() - self.began:>7.1f} s")
