"""What the surroundings say is read rightly, and secrets are made once and kept shut."""

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from anlan.config import environment


def test_a_database_address_becomes_settings():
    settings = environment.database_from_url("postgresql://app:p%40ss@db.example:5433/anlan?sslmode=require")
    assert settings["NAME"] == "anlan"
    assert settings["USER"] == "app"
    assert settings["PASSWORD"] == "p@ss"
    assert (settings["HOST"], settings["PORT"]) == ("db.example", "5433")
    assert settings["OPTIONS"] == {"sslmode": "require"}


def test_a_socket_folder_may_be_the_host():
    settings = environment.database_from_url("postgresql://app@/anlan?host=/run/anlan")
    assert settings["HOST"] == "/run/anlan"
    assert settings["OPTIONS"] == {}


def test_another_kind_of_database_is_refused():
    with pytest.raises(ValueError, match="postgresql"):
        environment.database_from_url("sqlite:///x.db")


def test_a_secret_is_made_once_and_only_its_owner_may_read_it(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: environment.secret(tmp_path, "secret_key"), range(32)))
    assert len(made) == 1
    assert len(made.pop()) >= 50
    path = tmp_path / "keys" / "secret_key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [each.name for each in path.parent.iterdir()] == ["secret_key"]


def test_two_installations_have_two_secrets(tmp_path):
    assert environment.secret(tmp_path / "a", "k") != environment.secret(tmp_path / "b", "k")


def test_pages_answer_under_the_public_name_and_this_machine(monkeypatch):
    monkeypatch.setenv("ANLAN_HOSTS", "anlan.bureau.example, 10.1.2.3")
    hosts = environment.hosts("https://portal.example:8443")
    assert hosts[:3] == ["portal.example", "anlan.bureau.example", "10.1.2.3"]
    assert "127.0.0.1" in hosts
    assert "*" not in hosts


@pytest.mark.parametrize(
    ("said", "meant"), [("1", True), ("Yes", True), ("", False), ("0", False), ("off", False)]
)
def test_a_flag_is_true_only_when_it_says_so(monkeypatch, said, meant):
    monkeypatch.setenv("ANLAN_TRY", said)
    assert environment.flag("ANLAN_TRY") is meant
