from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.kernel.core import attachments, clock, errors, keys, rulesets
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.ids import new_id
from anlan.kernel.core.models import Exercise, RuleValue
from tests.people import NOON


def test_ids_are_version_7_and_grow() -> None:
    ids = [new_id() for _ in range(5000)]
    assert ids == sorted(set(ids))
    assert {made.version for made in ids} == {7}


@given(st.text())
def test_sealed_text_opens_to_itself_and_never_looks_the_same_twice(text: str) -> None:
    sealed = keys.seal_text(text, secret=b"0" * 16)
    assert keys.open_text(sealed, secret=b"0" * 16) == text
    assert sealed != keys.seal_text(text, secret=b"0" * 16)


def test_sm3_of_the_standards_vector() -> None:
    assert keys.sm3(b"abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_a_key_is_made_once_and_is_nobody_elses_to_read(tmp_path: Path, settings: object) -> None:
    settings.ANLAN_VAR = tmp_path  # type: ignore[attr-defined]
    first = keys.key.__wrapped__("trial")
    assert keys.key.__wrapped__("trial") == first
    assert (tmp_path / "keys" / "trial.key").stat().st_mode & 0o777 == 0o600


def test_a_refusal_speaks_with_its_facts_even_where_one_is_missing() -> None:
    code = reason("test.spoken", "{name} is {size} MB")
    assert str(Refused(code, name="a.jpg", size=12)) == "a.jpg is 12 MB"
    assert str(Refused(code, name="a.jpg")) == "a.jpg is {size} MB"


def test_a_refusal_is_worded_once() -> None:
    reason("test.once", "one")
    with pytest.raises(ValueError, match="worded twice"):
        reason("test.once", "two")
    assert errors.wordings()["test.once"] == "one"


@pytest.mark.django_db
class TestAWorld:
    def test_runs_at_its_speed(self) -> None:
        start = clock.real_now() - timedelta(seconds=10)
        world = Exercise.objects.create(name="storm", real_start=start, sim_start=NOON, speed=60)
        assert timedelta(minutes=10) <= clock.now(world.pk) - NOON < timedelta(minutes=11)

    def test_stands_where_a_replay_puts_it(self) -> None:
        world = Exercise.objects.create(
            name="replay", real_start=NOON, sim_start=NOON, frozen_at=NOON + timedelta(hours=1)
        )
        assert clock.now(world.pk) == NOON + timedelta(hours=1)

    def test_the_real_one_has_the_time_of_the_machine(self) -> None:
        assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


@pytest.mark.django_db
class TestARule:
    def load(self, tmp_path: Path, text: str) -> int:
        file = tmp_path / "rules.toml"
        file.write_text(text, encoding="utf-8")
        return rulesets.load_files([file])

    @pytest.mark.feature("M224")
    def test_is_taken_from_the_nearest_region(self, tmp_path: Path) -> None:
        self.load(tmp_path, _rule(30) + _rule(20, region="4403") + _rule(10, region="440399001"))
        values = [
            rulesets.value_of("t.minutes", region=code, at=NOON)
            for code in ("440399001002", "440399002001", "450000000000")
        ]
        assert values == [10, 20, 30]

    @pytest.mark.feature("M224")
    def test_is_taken_by_the_day_it_was_in_force(self, tmp_path: Path) -> None:
        self.load(tmp_path, _rule(30, to="2025-12-31") + _rule(20, since="2026-01-01"))
        assert rulesets.value_of("t.minutes", at=NOON) == 20
        assert rulesets.value_of("t.minutes", at=NOON - timedelta(days=365)) == 30

    def test_that_nobody_loaded_is_refused_by_name(self) -> None:
        with pytest.raises(Refused, match=r"t\.nowhere"):
            rulesets.value_of("t.nowhere", region="440399001000", at=NOON)

    def test_loaded_twice_stands_once(self, tmp_path: Path) -> None:
        assert self.load(tmp_path, _rule(30)) == 1
        assert self.load(tmp_path, _rule(30)) == 0
        assert RuleValue.objects.filter(rule="t.minutes").count() == 1

    @pytest.mark.parametrize(("line", "word"), [('tag = "X"', "tag"), ('tag = "M"\nvalu = 3', "valu")])
    def test_badly_written_is_refused_with_the_file(self, tmp_path: Path, line: str, word: str) -> None:
        with pytest.raises(Refused, match=r"rules\.toml") as refusal:
            self.load(tmp_path, f'[[rule]]\nrule = "t.x"\nvalue = 1\nvalid_from = 2020-01-01\n{line}\n')
        assert word in str(refusal.value)


@pytest.mark.django_db
class TestAFile:
    def test_is_stored_once_under_its_digest(self, tmp_path: Path, settings: object) -> None:
        settings.ANLAN_VAR = tmp_path  # type: ignore[attr-defined]
        rows = [
            attachments.keep(data=b"photo", media_type="image/jpeg", name=n, by="service:test")
            for n in ("a", "b")
        ]
        assert rows[0].sm3 == rows[1].sm3 == keys.sm3(b"photo")
        assert attachments.path_of(rows[0].sm3).read_bytes() == b"photo"
        assert {row.state for row in rows} == {"stored"}

    def test_too_large_is_refused_with_both_sizes(self) -> None:
        with pytest.raises(Refused) as refusal:
            attachments.keep(
                data=b"0" * (12 * 1024 * 1024), media_type="image/jpeg", name="big.jpg", by="service:test"
            )
        assert refusal.value.facts["size_mb"] == 12.0


def _rule(value: int, *, region: str = "", since: str = "2020-01-01", to: str = "") -> str:
    end = f"valid_to = {to}\n" if to else ""
    return f'[[rule]]\nrule = "t.minutes"\nregion = "{region}"\nvalue = {value}\nvalid_from = {since}\n{end}tag = "M"\n'
