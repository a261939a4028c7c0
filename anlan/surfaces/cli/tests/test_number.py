"""`anlan number` as somebody who writes a report meets it."""

import json

import pytest
from click.testing import CliRunner, Result
from django.utils import translation

from anlan.surfaces.cli.main import main
from tests.people import HARBOUR, district

pytestmark = pytest.mark.django_db


def run(*words: str) -> Result:
    with translation.override("en"):
        return CliRunner().invoke(main, ["number", *words])


def test_every_number_is_listed() -> None:
    assert "dangers.on_time" in run().output


def test_an_empty_base_gives_a_dash_and_says_why() -> None:
    district()
    told = run("dangers.on_time", "--from", "2026-01-01", "--to", "2026-06-30", "--region", HARBOUR).output
    assert "—" in told.splitlines()[0]
    assert "Nothing fell" in told
    assert "2026-01-01 00:00 – 2026-07-01 00:00" in told


def test_it_speaks_json() -> None:
    district()
    said = json.loads(run("dangers.on_time", "--from", "2026-01-01", "--to", "2026-06-30", "--json").output)
    assert (said["value"], said["base"], said["rows"]) == (None, 0, [])


def test_what_is_not_there_is_refused() -> None:
    assert run("no.such").exit_code == 1
    assert run("dangers.on_time", "--from", "2026-02-01", "--to", "2026-01-01").exit_code == 2
