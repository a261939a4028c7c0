"""Imports point down: the contracts of pyproject.toml hold, and so does the house style that ruff knows."""

import subprocess
import sys

import pytest

from tests.architecture.house import ROOT

LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(cache_dir=None))"
STYLE = {"check": ("check", "--no-cache", "."), "format": ("format", "--check", "--no-cache", ".")}


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)


def test_the_import_contracts_hold():
    result = run("-c", LINT)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("verb", STYLE)
def test_ruff_finds_nothing(verb):
    result = run("-m", "ruff", *STYLE[verb])
    assert result.returncode == 0, result.stdout + result.stderr
