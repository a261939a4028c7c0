"""`anlan ledger` as an auditor meets it."""

import json

import pytest
from click.testing import CliRunner
from django.db import connections
from django.utils import translation

from anlan.kernel.ledger.actions import record
from anlan.kernel.ledger.facts import hide
from anlan.kernel.ledger.models import Entry
from anlan.kernel.ledger.sequencer import head, sequence_all
from anlan.kernel.ledger.tests.helpers import NOON, without_keys, write, write_many
from anlan.surfaces.cli.verbs.ledger import command

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def run():
    def runner(*words: str):
        with translation.override("en"):
            return CliRunner().invoke(command, words)

    return runner


@pytest.fixture
def entries():
    written = write_many(4)
    sequence_all()
    return written


def tamper(statement, *parameters):
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement, parameters)


def test_a_ledger_in_order_says_so_and_ends_well(run, entries):
    result = run("verify")
    assert result.exit_code == 0
    assert result.output.startswith("In order: 4 entries, 0 waiting. Last seal 4:")


def test_a_changed_entry_is_named_and_the_exit_code_tells(run, entries):
    tamper("UPDATE ledger_entry SET region = '44' WHERE id = %s", entries[1].id)
    result = run("verify")
    assert result.exit_code == 1
    assert f"2  snow.seen {entries[1].id}  changed" in result.output
    assert "Not in order: 1 findings" in result.output


def test_verify_speaks_json(run, entries):
    tamper("DELETE FROM ledger_entry WHERE id = %s", entries[1].id)
    result = run("verify", "--json")
    told = json.loads(result.output)
    assert (result.exit_code, told["ok"], told["checked"]) == (1, False, 4)
    (finding,) = told["findings"]
    assert (finding["seq"], finding["id"]) == (2, str(entries[1].id))
    assert finding["what"].startswith("removed")


def test_the_seal_on_the_sheet_finds_a_tail_cut_off(run, entries):
    sheet = run("seal").output.strip()
    seq, seal = head()
    assert sheet == f"{seq}:{seal.hex()}"
    assert run("verify", "--expect", sheet).exit_code == 0
    tamper("DELETE FROM ledger_position WHERE seq = 4")
    tamper("DELETE FROM ledger_entry WHERE id = %s", entries[3].id)
    assert run("verify").exit_code == 0
    result = run("verify", "--expect", sheet)
    assert result.exit_code == 1
    assert "the seal handed over has seq 4, the ledger ends at 3" in result.output


def test_the_seal_covers_what_was_written_a_moment_ago(run, entries):
    write()
    assert json.loads(run("seal", "--json").output)["seq"] == 5


@pytest.mark.parametrize("sheet", ["4", "4:12", "x:" + "0" * 64, "4:" + "g" * 64])
def test_a_seal_mistyped_is_refused_with_its_form(run, sheet):
    result = run("verify", "--expect", sheet)
    assert result.exit_code == 2
    assert "SEQ:SEAL" in result.output


def test_show_tells_the_newest_first_and_what_was_cut(run, entries):
    lines = run("show", "--limit", "2").output.splitlines()
    assert [line.split()[0] for line in lines] == ["4", "3", "2"]
    assert lines[-1] == "2 of 4 shown"
    assert "snow.stretch/3" in lines[0]
    assert "2026-06-01 12:00:00" in lines[0]


def test_show_is_cut_by_subject_code_author_and_time(run, entries):
    wanted = write(code="snow.cleared", by="service:sweep", subject=("snow.stretch", "77"))
    for cut in (["snow.stretch/77"], ["--code", "snow.cl"], ["--by", "service:sweep"]):
        assert [json.loads(line)["id"] for line in run("show", "--json", *cut).output.splitlines()] == [
            str(wanted.id)
        ]
    assert run("show", "--json", "--until", "2020-01-01").output == ""


def test_show_never_shows_personal_data(run):
    record(code="snow.seen", subject=("snow.stretch", "1"), facts={"road": hide("13900000001")},
           by="service:test", at=NOON)  # fmt: skip
    for words in (["show"], ["show", "--json"]):
        assert "1390" not in without_keys(run(*words).output)
    assert Entry.objects.count() == 1


def test_the_answer_is_chinese_by_default(entries):
    result = CliRunner().invoke(command, ["verify"])
    assert result.output.startswith("完好：共 4 条")
