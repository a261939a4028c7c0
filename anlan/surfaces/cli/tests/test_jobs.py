"""The process of jobs: what domains have in the background runs beside the spreadsheets, and is never missed in silence."""

from collections.abc import Callable
from threading import Event
from types import SimpleNamespace

import pytest

from anlan.surfaces.cli import processes

WAIT_S = 20


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Event]:
    """Run the process with the jobs of a domain until it ends; spreadsheets are as busy as they can be."""

    def run(job: Callable[[Event], bool], *, spreadsheet: Callable[[Event], bool]) -> Event:
        stop = Event()
        monkeypatch.setattr(processes, "JOBS_SECONDS", 0.01)
        monkeypatch.setattr(processes, "all_domains", lambda: [SimpleNamespace(name="reports", jobs=(job,))])
        monkeypatch.setattr(processes.heartbeats, "beat_in_thread", lambda _kind: None)
        monkeypatch.setattr(processes, "sheets", SimpleNamespace(work_once=spreadsheet, tidy=lambda: None))
        monkeypatch.setattr(processes, "connection", SimpleNamespace(close=lambda: None))
        processes.jobs(stop)
        return stop

    return run


def test_a_report_is_written_while_a_spreadsheet_of_a_million_rows_comes_in(
    jobs: Callable[..., Event],
) -> None:
    written = Event()

    def report(stop: Event) -> bool:
        written.set()
        stop.set()
        return True

    def a_million_rows(_stop: Event) -> bool:
        return written.wait(WAIT_S)  # it ends when the report is there, or never

    assert jobs(report, spreadsheet=a_million_rows).is_set() and written.is_set()


def test_a_job_that_breaks_ends_the_process_so_that_it_is_started_again(
    jobs: Callable[..., Event], caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(_stop: Event) -> bool:
        raise ZeroDivisionError

    assert jobs(breaks, spreadsheet=lambda stop: stop.wait(WAIT_S)).is_set()
    assert "started again" in caplog.text
