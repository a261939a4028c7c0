"""Rounds are gone once a day, in turns, and one that fails keeps no other from being gone."""

from datetime import UTC, datetime, timedelta

import pytest

from anlan.kernel.core.errors import Refused
from anlan.kernel.core.models import RoundDone
from anlan.kernel.domain import rounds
from anlan.kernel.domain.spec import Round
from anlan.kernel.orgs.actions import DUTY_ENDED

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 7, 2, 22, 0, tzinfo=UTC)  # six o'clock in Shanghai, on the third
REGION = "440399000000"


class Work:
    """Work that is there: each turn does two of it."""

    def __init__(self, left: int) -> None:
        self.left, self.turns = left, 0

    def __call__(self, *, region: str, at: datetime) -> int:
        assert region == REGION
        self.turns += 1
        done = min(2, self.left)
        self.left -= done
        return done


def refuse(*, region: str, at: datetime) -> int:
    raise Refused(DUTY_ENDED)


def declare(monkeypatch: pytest.MonkeyPatch, **each) -> None:
    monkeypatch.setattr(rounds, "_declared", lambda: {name: Round(name, run) for name, run in each.items()})


def test_a_round_is_gone_in_turns_until_nothing_is_left_and_once_a_day(monkeypatch) -> None:
    work = Work(5)
    declare(monkeypatch, sweeping=work)
    assert rounds.go_rounds(region=REGION, at=MORNING) == {"sweeping": 5}
    assert work.turns == 4
    assert rounds.go_rounds(region=REGION, at=MORNING + timedelta(hours=3)) == {}
    assert rounds.go_rounds(region=REGION, at=MORNING + timedelta(days=1)) == {"sweeping": 0}
    assert list(RoundDone.objects.order_by("day").values_list("count", flat=True)) == [5, 0]


def test_one_that_fails_is_tried_again_and_keeps_no_other(monkeypatch) -> None:
    work = Work(1)
    declare(monkeypatch, broken=refuse, sweeping=work)
    assert rounds.go_rounds(region=REGION, at=MORNING) == {"sweeping": 1}
    declare(monkeypatch, broken=Work(3), sweeping=work)
    assert rounds.go_rounds(region=REGION, at=MORNING) == {"broken": 3}


def test_nobody_is_asked_before_five_in_the_morning(monkeypatch) -> None:
    declare(monkeypatch, sweeping=Work(5))
    assert rounds.go_rounds(region=REGION, at=MORNING - timedelta(hours=2)) == {}
    assert not RoundDone.objects.exists()


def test_every_declared_round_can_be_gone_in_an_empty_district() -> None:
    assert set(rounds.go_rounds(region=REGION, at=MORNING).values()) <= {0}
