"""A backup restored into a fresh installation: the ledger verifies, the feed goes on, the keys were never in it."""

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from anlan.kernel.core import attachments, clock, keys
from anlan.kernel.core.postgres import Places, Server
from anlan.kernel.ledger.actions import record
from anlan.kernel.ledger.facts import hide
from anlan.kernel.ledger.registry import register_codes
from anlan.kernel.ledger.sequencer import head, sequence_all
from anlan.surfaces.cli import archive

AFTER = """
from anlan.kernel.core import attachments, clock
from anlan.kernel.ledger.actions import record
from anlan.kernel.ledger.feed import read_feed
from anlan.kernel.ledger.registry import register_codes
from anlan.kernel.ledger.sequencer import sequence_all
from anlan.kernel.ledger.verify import verify
from anlan.surfaces.cli import archive
register_codes({'house.kept': 'Kept'})
with archive.server():
    before = read_feed(after=2, limit=10)
    record(code='house.kept', subject=('house.thing', 'new'), facts={}, by='service:test', at=clock.real_now())
    sequence_all()
    feed = read_feed(after=before.seq, limit=10)
    verdict = verify(open_secrets=True)
    print('before', [entry.subject_id for entry in before.entries])
    print('after', [(entry.position.seq, entry.subject_id) for entry in feed.entries])
    print('verdict', verdict.ok, verdict.checked, verdict.findings)
"""


@pytest.fixture
def elsewhere(tmp_path):
    """A fresh installation in another var folder."""
    var = tmp_path / "fresh"
    yield var
    shutil.rmtree(Places(var).home, ignore_errors=True)
    shutil.rmtree(Places(var).socket, ignore_errors=True)


def anlan(var, *words, **more):
    environ = {**os.environ, "ANLAN_VAR": str(var), **more}
    return subprocess.run(
        [sys.executable, "-m", "anlan", *words], env=environ, capture_output=True, text=True, check=False
    )


@pytest.fixture
def backup(transactional_db, tmp_path):
    """A ledger of four entries (the last still without a place) and one photo, backed up."""
    register_codes({"house.kept": "Kept"})
    for number in range(3):
        record(code="house.kept", subject=("house.thing", str(number)), facts={"phone": hide("13900000000")},
               by="service:test", at=clock.real_now())  # fmt: skip
    sequence_all()
    photo = attachments.keep(data=b"a photo", media_type="image/jpeg", by="service:test")
    record(
        code="house.kept", subject=("house.thing", "late"), facts={}, by="service:test", at=clock.real_now()
    )
    own = Path(settings.ANLAN_VAR) / "reports" / "ours.toml"
    own.parent.mkdir(exist_ok=True)
    own.write_text("ours")
    file = tmp_path / "anlan.tar"
    assert archive.write(file)["seq"] == head()[0] == 3
    own.unlink()
    return file, photo


@pytest.mark.slow
def test_a_restored_ledger_verifies_and_its_feed_goes_on(backup, elsewhere):
    file, photo = backup
    shutil.copytree(settings.ANLAN_VAR / "keys", elsewhere / "keys")
    reports = elsewhere / "reports"
    reports.mkdir()
    (reports / "ours.toml").write_text("written here")
    restored = anlan(elsewhere, "restore", str(file))
    assert restored.returncode == 0, restored.stderr
    assert "留痕核验无误。" in restored.stdout
    assert (elsewhere / "files" / photo.sm3[:2] / photo.sm3).read_bytes() == b"a photo"
    assert (reports / "ours.toml").read_text() == "ours"
    assert (reports / "ours.toml.before").read_text() == "written here"
    after = anlan(elsewhere, "manage", "shell", "--no-imports", "-c", AFTER).stdout.splitlines()
    assert after[0] == "before ['2']"
    assert after[1].startswith("after [(4, 'late'), (5, 'new')") or after[1].startswith(
        "after [(4, 'new'), (5, 'late')"
    )
    assert after[2] == "verdict True 5 []"
    again = anlan(elsewhere, "restore", str(file))
    assert again.returncode == 1
    assert "backup.not_empty" in again.stderr


@pytest.mark.slow
def test_a_server_of_the_bureaus_own_is_served_by_the_same_verbs(backup, tmp_path):
    own = Server(tmp_path / "own", options={"shared_buffers": "16MB"}, sync=False)
    own.start()
    try:
        at = f"/anlan?host={own.places.socket}"
        urls = {
            "DATABASE_URL": f"postgresql://anlan_app@{at}",
            "ANLAN_OWNER_DATABASE_URL": f"postgresql://anlan_owner@{at}",
        }
        var = tmp_path / "other"
        shutil.copytree(settings.ANLAN_VAR / "keys", var / "keys")
        restored = anlan(var, "restore", str(backup[0]), **urls)
        assert "留痕核验无误。" in restored.stdout, restored.stderr
        assert not (var / "postgres").exists()
        with psycopg.connect(own.conninfo("anlan_app")) as app:
            assert app.execute("SELECT count(*) FROM ledger_entry").fetchone() == (4,)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute("UPDATE ledger_entry SET code = 'x'")
        again = anlan(var, "backup", str(tmp_path / "again.tar"), **urls)
        assert "留痕至第 3 条" in again.stdout, again.stderr
    finally:
        own.stop()
        shutil.rmtree(own.places.home)
        shutil.rmtree(own.places.socket)


def test_the_keys_are_not_in_a_backup_and_nobody_else_may_read_it(backup):
    file, _ = backup
    with tarfile.open(file) as tar:
        names = tar.getnames()
        text = b"".join(tar.extractfile(name).read() for name in names)
    assert [name for name in names if "key" in name] == []
    assert keys.key("data") not in text
    assert b"13900000000" not in text
    assert file.stat().st_mode & 0o077 == 0


def test_a_backup_is_not_restored_over_other_keys(backup, elsewhere):
    refused = anlan(elsewhere, "restore", str(backup[0]))
    assert refused.returncode == 1
    assert "backup.other_keys" in refused.stderr
