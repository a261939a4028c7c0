"""The joint with sensing: alarm steps of a batch become causes for proposals."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from anlan.domains.sensing.public import AlarmStep
from anlan.domains.warnings.actions.weighing import Cause, Deed, Weighing
from anlan.domains.warnings.queries import rulebook
from anlan.kernel.places.regions import street_of


class Considering(Weighing):
    """Alarm steps of one world weighed slot by slot within one transaction."""

    def look(self, *, alarm_steps: Sequence[AlarmStep], at: datetime) -> Deed | None:
        """Weigh the alarm steps of one slot; what must be done about them is returned. None came: nothing is read."""
        if not alarm_steps:
            return None
        names = rulebook.value("hazard_of_metric", region=alarm_steps[0].region, at=at)
        causes = [_of_alarm(step, names) for step in alarm_steps if _metric(step) in names]
        return self.weigh(causes, at=at)


def consider(*, alarm_steps: Sequence[AlarmStep], exercise_id: UUID | None, at: datetime) -> None:
    """Weigh the alarm steps of one batch: propose, add grounds, or end episodes."""
    if not alarm_steps:
        return
    with transaction.atomic():
        considering = Considering(exercise_id)
        deed = considering.look(alarm_steps=alarm_steps, at=at)
        if deed is not None:
            deed()
        considering.write()


def _of_alarm(step: AlarmStep, names: dict[str, str]) -> Cause:
    street = street_of(step.region)
    return Cause(
        "alarm", str(step.episode_id), names[_metric(step)], street, (street,), step.colour, step.facts()
    )


def _metric(step: AlarmStep) -> str:
    """The metric without its unit: rain, level, depth."""
    return step.metric.partition("_")[0]
