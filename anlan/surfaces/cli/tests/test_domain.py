"""A new subject is ready to be filled: it starts, migrates, is translated and passes the house's checks."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.conf import settings

from anlan.surfaces.cli.main import main
from anlan.surfaces.cli.verbs.domain import written
from scripts import messages

ROOT = Path(settings.BASE_DIR)
SETTINGS = """
from anlan.config.settings import *
INSTALLED_APPS = [*INSTALLED_APPS, "anew.snow"]
"""


@pytest.fixture
def land(tmp_path: Path) -> Path:
    """A folder with the package `anew.snow` and settings that install it."""
    snow = {"name": "snow", "record": "stretch", "label": "Snow clearing", "zh": "扫雪除冰"}
    written(tmp_path / "anew/snow", package="anew.snow", **snow)
    (tmp_path / "anew/__init__.py").touch()
    (tmp_path / "anew_settings.py").write_text(SETTINGS)
    return tmp_path


def run(land: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ, "PYTHONPATH": str(land), "DJANGO_SETTINGS_MODULE": "anew_settings",
        "ANLAN_VAR": str(land / "var"),
    }  # fmt: skip
    command = [sys.executable, "-m", *words]
    return subprocess.run(
        command, cwd=land, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


def test_it_starts_and_makes_its_migration(land):
    checked = run(land, "django", "check")
    assert checked.returncode == 0, checked.stderr
    made = run(land, "django", "makemigrations", "snow")
    assert "Create model Stretch" in made.stdout, made.stderr
    assert (land / "anew/snow/migrations/0001_initial.py").exists()


def test_its_own_tests_pass(land):
    (land / "none.ini").write_text("[pytest]\n")
    options = ("-c", "none.ini", "-q", "-p", "no:cacheprovider", "-p", "no:django", "--import-mode=importlib")
    result = run(land, "pytest", *options, "anew/snow")
    assert "3 passed" in result.stdout, result.stdout


def test_ruff_finds_nothing_in_it(land):
    rules = ("--no-cache", "--config", str(ROOT / "pyproject.toml"))
    checked = run(
        land, "ruff", "check", *rules, "--config", "lint.isort.known-first-party=['anlan', 'anew']", "anew"
    )
    assert checked.returncode == 0, checked.stdout
    formatted = run(land, "ruff", "format", "--check", *rules, "anew")
    assert formatted.returncode == 0, formatted.stdout


def test_its_catalogue_is_complete_and_contradicts_nobody(land, monkeypatch):
    app = land / "anew/snow"
    known = {
        messages.key_of(m): m.string for each in messages.apps() for m in messages.read(each) if m.string
    }
    monkeypatch.setattr(messages, "ROOT", land)
    assert messages.problems(app) == []
    own = {messages.key_of(m): m.string for m in messages.read(app) if m.id}
    assert {key: words for key, words in own.items() if known.get(key, words) != words} == {}


@pytest.mark.parametrize("name", ["Snow", "2snow", "class", "sn-ow", "../snow"])
def test_a_name_that_is_no_package_is_refused(name):
    result = CliRunner().invoke(
        main, ["domain", name, "--record", "stretch", "--label", "Snow", "--zh", "雪"]
    )
    assert result.exit_code == 2
    assert not (ROOT / "anlan/domains" / name.lower()).exists()


def test_a_subject_that_is_there_is_not_made_twice():
    result = CliRunner().invoke(main, ["domain", "dangers", "--record", "x_y", "--label", "X", "--zh", "某"])
    assert result.exit_code == 2
    assert "already" in result.output
