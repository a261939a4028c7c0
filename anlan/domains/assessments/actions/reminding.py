"""Each morning while a vetting request nears its day or is past it: its keepers are told how many names still wait.

The message says numbers and a day, never of whom or for what: it stands in an inbox that others may look over.
"""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext

from anlan.domains.assessments.models import VettingBatch
from anlan.domains.assessments.queries import vetting as reads
from anlan.domains.assessments.rules import duties
from anlan.kernel.core import rulesets
from anlan.kernel.messaging.actions import Row, send_all
from anlan.kernel.messaging.models import Message
from anlan.kernel.orgs.models import Duty
from anlan.kernel.orgs.queries import in_force
from anlan.kernel.places.regions import prefix_of

KIND = "assessments.vetting_due"
SUBJECT = "assessments.vetting_batch"
BY = "service:assessments"


def remind_keepers(*, region: str, at: datetime) -> int:
    """A turn of the daily round: one message a keeper and open request, once a day; how many."""
    ahead = int(rulesets.value_of("assessments.vetting_remind_days", region=region, at=at))
    today = timezone.localdate(at)
    rows = VettingBatch.objects.filter(
        exercise=None, due_on__lte=today + timedelta(days=ahead), region__code__startswith=prefix_of(region)
    )
    messages = [row for batch in rows for row in _messages(batch, at=at)]
    send_all(messages)
    return len(messages)


def _messages(batch: VettingBatch, *, at: datetime) -> list[Row]:
    many, signed = reads.progress_of(batch)
    if signed >= many:
        return []
    start = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    told = Message.objects.filter(
        subject_type=SUBJECT, subject_id=str(batch.pk), kind=KIND, created_at__gte=start
    )
    keepers = Duty.objects.filter(
        in_force(at), kind_id=duties.VETTING, region=batch.region_id, person__active=True
    )
    waiting = keepers.exclude(person__in=told.values("person")).values_list("person_id", flat=True)
    words = gettext("Due on {day}: {left} of {many} names have no signed opinion yet.")
    return [
        Row(
            kind=KIND, to=person, title=gettext("A request waits for opinions"),
            text=words.format(day=f"{batch.due_on:%Y-%m-%d}", left=many - signed, many=many), urgency=1,
            expires=at + timedelta(days=3), subject=(SUBJECT, batch.pk), by=BY, at=at,
        )
        for person in dict.fromkeys(waiting)
    ]  # fmt: skip
