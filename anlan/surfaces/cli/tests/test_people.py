"""The verbs of an administrator at the terminal of the server."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.utils import translation

from anlan.kernel.orgs.actions import phone_fields
from anlan.kernel.orgs.models import Account, DutyKind, Person
from anlan.surfaces.cli.main import main
from tests.people import QUAY, district

pytestmark = pytest.mark.django_db
HEAD = "organisation,name,phone,duty,region\n"


def run(*words: str, typed: str = "") -> Result:
    with translation.override("en"):
        return CliRunner().invoke(main, words, input=typed)


def test_an_administrator_types_the_password_twice_on_the_terminal() -> None:
    made = run(
        "admin", "create", "--role", "audit", "--login", "audit-1", typed="Tide-table 77\nTide-table 77\n"
    )
    assert made.exit_code == 0, made.output
    assert "Tide-table" not in made.output
    assert Account.objects.get(login="audit-1").admin_role == "audit"


def test_a_weak_password_makes_no_administrator() -> None:
    made = run("admin", "create", "--role", "audit", "--login", "audit-1", typed="admin123\nadmin123\n")
    assert made.exit_code == 1
    assert "orgs.password_weak" in made.output
    assert not Account.objects.exists()


def test_people_come_out_of_a_file_and_bad_rows_go_back_into_one(tmp_path: Path) -> None:
    district()
    file, back = tmp_path / "people.csv", tmp_path / "bad.csv"
    lines = f"临港街道办事处,王码头,15400000001,patroller,{QUAY}\n临港街道办事处,李二,abc,patroller,{QUAY}\n"
    file.write_text(HEAD + lines, encoding="gb18030")
    taken = run("people", "import", str(file), "--bad", str(back), "--json")
    assert taken.exit_code == 1
    said = json.loads(taken.stdout.splitlines()[-1])
    assert (said["people"], said["bad"][0]["column"]) == (1, "phone")
    rows = list(csv.DictReader(back.read_text(encoding="utf-8-sig").splitlines()))
    assert [(r["name"], r["bad_row"], r["bad_column"]) for r in rows] == [("李二", "3", "phone")]


def test_a_dry_run_writes_nobody(tmp_path: Path) -> None:
    district()
    file = tmp_path / "people.csv"
    file.write_text(HEAD + f"临港街道办事处,王码头,15400000001,patroller,{QUAY}\n", encoding="utf-8-sig")
    assert "Nothing was written" in run("people", "import", str(file), "--dry-run").output
    assert not Person.objects.filter(name="王码头").exists()


def test_a_link_is_made_for_a_name_or_a_phone_and_for_one_person_only() -> None:
    here = district()
    Person.objects.filter(pk=here.owner.pk).update(**phone_fields("15400000001"))
    assert "/in/" in run("link", "Alma").output
    assert "Alma" in run("link", "15400000001", "--minutes", "5").output
    Person.objects.create(name="Alma", organisation=here.firm)
    several = run("link", "Alma")
    assert several.exit_code == 1
    assert str(here.owner.pk) in several.output
    assert run("link", "Nobody").exit_code == 1


def test_kinds_of_duty_come_out_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "kinds.csv"
    file.write_text("code,label,label_en,closes_on\nboatman,船老大,Boatman,done\n", encoding="utf-8")
    assert run("duty-kinds", "load", str(file)).exit_code == 0
    assert DutyKind.objects.get(code="boatman").closes_on == "done"
