"""Many slots in one transaction: what they come to is what they come to singly, whole or not at all."""

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest

from anlan.domains.responses.actions.asking import Asking
from anlan.domains.responses.models import Proposal as ResponseProposal
from anlan.domains.responses.models import Standing
from anlan.domains.sensing.actions import Intake, alarms
from anlan.domains.sensing.loop import ALARM
from anlan.domains.sensing.models import Alarm, AlarmStep, Position
from anlan.domains.sensing.queries import engines
from anlan.domains.warnings.models import Advisory, Episode, EpisodeSource, Ground, Proposal
from anlan.domains.warnings.public import Considering
from anlan.kernel.core.models import Exercise
from anlan.kernel.ledger.models import Entry
from anlan.kernel.loop.models import Step
from anlan.surfaces.stream import events, replay, step
from anlan.surfaces.stream.replay import Request, play
from anlan.surfaces.stream.tests import data
from tests import people

pytestmark = pytest.mark.django_db
SLOTS = 125


class Killed(Exception):  # noqa: N818 - what happens to the process, not an error of it
    """Stands for whatever ends a transaction in its middle."""


@pytest.fixture
def storm(db: None, tmp_path: Path) -> Iterator[Request]:
    engines._running.clear()
    people.district()
    yield Request(series=data.storm(tmp_path, slots=SLOTS), stations=data.sites(tmp_path))
    engines._running.clear()


def left_behind(exercise: UUID) -> dict[str, list[str]]:
    """Every row that a replay leaves, without ids: told, noted, proposed, written in the ledger."""
    episode = ("hazard", "region_id", "opened_at", "ended_at", "advisory_offered", "call_out_offered")
    of_item = {"item__exercise": exercise}
    rows = {
        "alarms": Alarm.objects.filter(exercise=exercise).values_list(
            "sensor__station__code", "area", "peak", "value", "began_at", "ended_at", "item__title", "item__state"
        ),
        "steps": AlarmStep.objects.filter(alarm__exercise=exercise).values_list(
            "alarm__sensor__station__code", "at", "before", "after", "value"
        ),
        "episodes": Episode.objects.filter(exercise=exercise).values_list(*episode),
        "sources": EpisodeSource.objects.filter(episode__exercise=exercise).values_list(
            *(f"episode__{name}" for name in episode), "source", "colour", "began_at", "ended_at"
        ),
        "grounds": Ground.objects.filter(**of_item).values_list("region", "colour", "facts", "at", "item__title"),
        "proposals": Proposal.objects.filter(**of_item).values_list("colour", "basis", "version", "item__opened_at"),
        "advisories": Advisory.objects.filter(**of_item).values_list("mark_colour", "headline", "item__opened_at"),
        "standing": Standing.objects.filter(exercise=exercise).values_list(
            "trigger", "level", "began_at", "seen_at", "ended_at"
        ),
        "levels": ResponseProposal.objects.filter(**of_item).values_list("level", "triggers", "item__opened_at"),
        "moves": Step.objects.filter(exercise=exercise).values_list(
            "item__title", "item__loop", "move", "at", "happened_at", "due_at"
        ),
        "position": Position.objects.filter(exercise=exercise).values_list("step", "watermark"),
    }  # fmt: skip
    found = {
        name: sorted(json.dumps(row, default=str, sort_keys=True) for row in of) for name, of in rows.items()
    }
    return {**found, "events": list(events.lines(exercise)), "order": order_of_ledger(exercise)}


def order_of_ledger(exercise: UUID) -> list[str]:
    """Codes and times in the order in which the ledger tells them."""
    entries = Entry.objects.filter(exercise_id=exercise).order_by("id").values_list("at", "code")
    return [f"{at:%F %T} {code}" for at, code in entries if not code.startswith("sensing.stations")]


def played(request: Request) -> dict[str, list[str]]:
    return left_behind(play(request).exercise.pk)


_singly: dict[str, list[str]] = {}


def singly(request: Request) -> dict[str, list[str]]:
    """What the storm comes to slot by slot, played once for all tests: it is a function of the file."""
    if not _singly:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(replay, "MOST_TOGETHER", 1)
            _singly.update(played(request))
    return _singly


@pytest.mark.parametrize("together", [7, 500])
def test_slots_taken_together_come_to_what_they_come_to_singly(
    storm: Request, monkeypatch: pytest.MonkeyPatch, together: int
) -> None:
    expected = singly(storm)
    assert all(expected.values()), [name for name, rows in expected.items() if not rows]
    monkeypatch.setattr(replay, "MOST_TOGETHER", together)
    assert played(storm) == expected


def test_shuffled_doubled_and_late_lines_taken_together_come_to_the_same(
    storm: Request, tmp_path: Path
) -> None:
    expected = singly(storm)
    head, *lines = storm.series.read_text().splitlines()
    rng = random.Random(5)
    lines += rng.choices(lines, k=400)
    rng.shuffle(lines)
    other = tmp_path / "shuffled.csv"
    other.write_text("\n".join([head, *lines]))
    assert played(Request(series=other, stations=storm.stations)) == expected


@pytest.mark.parametrize(
    ("where", "name"),
    [(Intake, "take"), (Asking, "look"), (alarms, "write"), (Considering, "write"), (step, "_turn_clock"),
     (step, "sweep_until")],
)  # fmt: skip
def test_a_transaction_that_dies_in_its_middle_leaves_nothing_and_is_taken_up_again(
    storm: Request, monkeypatch: pytest.MonkeyPatch, where: object, name: str
) -> None:
    expected = singly(storm)
    dying = Dying(getattr(where, name), every=2)
    monkeypatch.setattr(where, name, dying.stand_in())
    resume = False
    for _ in range(400):
        try:
            exercise = play(Request(**{**storm.__dict__, "resume": resume})).exercise
            break
        except Killed:
            resume = True
            engines._running.clear()
    assert dying.died > 1
    assert left_behind(exercise.pk) == expected
    assert not Exercise.objects.filter(ended_at=None).exists()


class Dying:
    """Does what it stands for, but dies after so many calls, then after twice as many, and so on."""

    def __init__(self, does: Callable[..., object], *, every: int) -> None:
        self.does, self.every, self.calls, self.died = does, every, 0, 0

    def stand_in(self) -> Callable[..., object]:
        """A function, so that it may stand for a method."""

        def act(*args: object, **given: object) -> object:
            done = self.does(*args, **given)
            self.calls += 1
            if self.calls >= self.every:
                self.calls, self.every, self.died = 0, self.every * 2, self.died + 1
                raise Killed
            return done

        return act


def test_an_alarm_has_no_clock_that_slots_taken_together_could_step_over() -> None:
    assert ALARM.deadlines == ()
