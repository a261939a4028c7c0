"""What docs/features.csv says and what tests prove are the same."""

from pathlib import Path

import pytest
from django.conf import settings

from anlan.domains.statistics.public import ROWS
from anlan.surfaces.cli import features


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / "anlan").mkdir()
    return tmp_path


def write(project: Path, listed: str, proof: str) -> None:
    (project / "docs/features.csv").write_text(f"{','.join(features.COLUMNS)}\n{listed}")
    (project / "tests/test_lamp.py").write_text(f"import pytest\n\n{proof}\ndef test_it():\n    pass\n")


def test_a_listed_feature_with_a_proof_is_fine(project):
    write(project, "M001,G02,lamps,灯\n", '@pytest.mark.feature("M001")')
    assert features.problems(project) == []
    assert features.proofs(project) == {"M001": ["tests/test_lamp.py"]}


def test_a_listed_feature_without_a_proof_is_named(project):
    write(project, "M001,G02,lamps,灯\nM002,G02,bulbs,灯泡\n", '@pytest.mark.feature("M001")')
    assert features.problems(project) == ["M002: no test proves it"]


def test_a_proof_of_something_unlisted_is_named(project):
    write(project, "", '@pytest.mark.feature("M001", "M009")')
    assert features.problems(project)[1] == "M009: proved in tests/test_lamp.py but not listed"


def test_another_set_of_columns_is_refused(project):
    (project / "docs/features.csv").write_text("id,name\n")
    with pytest.raises(ValueError, match="columns must be"):
        features.features(project)


def test_what_this_platform_lists_is_proved():
    assert features.problems(Path(settings.BASE_DIR)) == []


def test_each_feature_names_the_rows_of_numbers_that_answer_it():
    listed = {each.id: each.codes.split() for each in features.features(Path(settings.BASE_DIR))}
    answered = {
        mission: [row.id for row in ROWS if mission in row.missions]
        for row in ROWS
        for mission in row.missions
    }
    assert {mission: codes for mission, codes in listed.items() if codes} == answered
