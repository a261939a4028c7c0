"""The joint with sensing: alarm steps of a batch become causes for proposals."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from anlan.domains.sensing.public import AlarmStep
from anlan.domains.warnings.actions.proposing import Cause, weigh
from anlan.domains.warnings.queries import rulebook
from anlan.kernel.places.regions import street_of


def consider(*, alarm_steps: Sequence[AlarmStep], exercise_id: UUID | None, at: datetime) -> None:
    """Weigh the alarm steps of one batch: propose, add grounds, or end episodes. Nothing is read where none came."""
    if not alarm_steps:
        return
    names = rulebook.value("hazard_of_metric", region=alarm_steps[0].region, at=at)
    causes = [_of_alarm(step, names) for step in alarm_steps if _metric(step) in names]
    weigh(causes, exercise_id=exercise_id, at=at)


def _of_alarm(step: AlarmStep, names: dict[str, str]) -> Cause:
    street = street_of(step.region)
    return Cause(
        "alarm", str(step.episode_id), names[_metric(step)], street, (street,), step.colour, step.facts()
    )


def _metric(step: AlarmStep) -> str:
    """The metric without its unit: rain, level, depth."""
    return step.metric.partition("_")[0]
