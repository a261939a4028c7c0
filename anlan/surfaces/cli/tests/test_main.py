"""The `anlan` command as a duty officer meets it."""

import click
import pytest
from click.testing import CliRunner
from django.db import OperationalError

from anlan.kernel.core.errors import Refused, reason
from anlan.surfaces.cli import main as frame

reason("tests.cli.full", "The boat {boat} is full. Call another.")


@pytest.fixture
def run():
    def runner(*words: str):
        return CliRunner().invoke(frame.main, words)

    return runner


def test_help_lists_every_verb_with_a_sentence(run):
    result = run("--help")
    assert result.exit_code == 0
    for name in frame.main.list_commands(click.Context(frame.main)):
        assert f"\n  {name} " in result.output


def test_a_verb_that_does_not_exist_is_named(run):
    result = run("fly")
    assert result.exit_code == 2
    assert "No such command 'fly'" in result.output


@pytest.mark.parametrize("name", ["../main", "verbs.bench", "__init__"])
def test_only_files_of_the_verbs_folder_are_verbs(run, name):
    assert run(name).exit_code == 2


def failing_with(error: Exception) -> click.Command:
    @click.command()
    def command() -> None:
        raise error

    return command


def test_a_refusal_is_one_line_with_its_code(run, monkeypatch):
    refusal = Refused("tests.cli.full", boat="A")
    monkeypatch.setattr(frame.Verbs, "get_command", lambda *_: failing_with(refusal))
    result = run("board")
    assert result.exit_code == 1
    assert result.output == "Error: The boat A is full. Call another. [tests.cli.full]\n"


def test_a_database_that_is_not_there_is_told_in_plain_words(run, monkeypatch):
    monkeypatch.setattr(frame.Verbs, "get_command", lambda *_: failing_with(OperationalError("no socket\n")))
    result = run("board")
    assert result.exit_code == 1
    assert result.output == "Error: " + frame.NO_DATABASE.format(said="no socket") + "\n"
