"""`make setup` decides rightly what has to be done again."""

import subprocess
import sys

import pytest

from scripts import bootstrap

VITE = "^20.19.0 || >=22.12.0"


@pytest.mark.parametrize(
    ("version", "enough"),
    [
        ("v18.20.4", False),
        ("v20.18.9", False),
        ("v20.19.0", True),
        ("v21.7.0", False),
        ("v22.11.0", False),
        ("v22.12.0", True),
        ("v24.19.0", True),
        ("v25.0.0-nightly", True),
    ],
)
def test_a_node_is_new_enough_only_when_the_build_says_so(version, enough):
    assert bootstrap.satisfies(version, VITE) is enough


def test_a_stamp_holds_until_what_it_was_made_from_changes(tmp_path, monkeypatch):
    monkeypatch.setattr(bootstrap, "STAMPS", tmp_path / "stamps")
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    source = tmp_path / "src"
    source.mkdir()
    (source / "a.ts").write_text("1")
    before = bootstrap.Stamp("bundle", bootstrap.digest([source]))
    assert not before.holds()
    before.put()
    assert bootstrap.Stamp("bundle", bootstrap.digest([source])).holds()
    (source / "b.ts").write_text("2")
    assert not bootstrap.Stamp("bundle", bootstrap.digest([source])).holds()


def test_an_old_python_is_refused_with_a_sentence():
    code = "import sys; sys.version_info=(3, 10, 1, 'final', 0); sys.argv=['setup']; import runpy; "
    code += f"runpy.run_path({str(bootstrap.__file__)!r}, run_name='__main__')"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert "Python 3.11 or newer is needed" in result.stderr


def test_the_locked_lists_carry_hashes_and_name_no_address():
    for name in ("bootstrap", "base", "dev", "node"):
        text = (bootstrap.REQUIREMENTS / f"{name}.txt").read_text()
        pinned = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
        assert pinned
        assert all("==" in line for line in pinned)
        assert text.count("--hash=sha256:") >= len(pinned)
        assert "://" not in text
