"""Prints how long each part of the suite took beside what it may take; the whole has twenty minutes."""

from collections import defaultdict

import pytest

# seconds a part on a quiet machine
BUDGET = {
    "anlan/kernel": 260,
    "anlan/domains": 200,
    "anlan/surfaces": 300,
    "tests/architecture": 60,
    "tests/docs": 20,
    "tests/doors": 60,
    "tests/house": 160,
    "tests/journeys": 420,
    "tests/lamps": 40,
    "other": 60,
}


def part_of(nodeid: str) -> str:
    """The part a test belongs to, by its path."""
    return next((part for part in BUDGET if nodeid.startswith(f"{part}/")), "other")


class Budget:
    """Adds up setup, call and teardown of every test, by part."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.tests: dict[str, int] = defaultdict(int)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        part = part_of(report.nodeid)
        self.seconds[part] += report.duration
        self.tests[part] += report.when == "call"

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if len(self.tests) < 2:
            return
        terminalreporter.section("time of each part")
        for part, budget in BUDGET.items():
            if self.tests[part]:
                spent = self.seconds[part]
                over = "  OVER" if spent > budget else ""
                line = f"{part:<20} {self.tests[part]:>5} tests {spent:>7.1f} s of {budget:>4} s{over}"
                terminalreporter.write_line(line, red=bool(over))


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--prove", default=False):
        return  # the long proofs have times of their own
    config.pluginmanager.register(Budget(), "anlan-budget")
