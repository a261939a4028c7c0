"""The rolling situation return of a street: fourteen figures, or nil in one tap."""

from datetime import datetime
from typing import Any

from django.db import transaction

from anlan.domains.responses import queries
from anlan.domains.responses.actions import sheets
from anlan.domains.responses.actions.running import BY
from anlan.domains.responses.models import Response, Return, Task
from anlan.domains.responses.rules import returns
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.ledger.actions import record
from anlan.kernel.loop.rights import NOT_YOURS, person_id
from anlan.kernel.orgs.queries import duty_names, has_duty

NOT_NAMED = reason("responses.street_not_named", N_("{street} is not among the streets of this response."))
ENDED = reason("responses.ended", N_("This response has ended. Enter late figures with the daily sheet."))

RETURN = N_("Situation return")
REPORTERS = ("flood_clerk", "street_deputy", "street_principal", "watch_officer")


def give_return(
    *,
    response: Response,
    street: str,
    figures: dict[str, dict[str, Any]],
    by: str,
    at: datetime,
    happened_at: datetime | None = None,
    correction: str = "",
    nil: bool = False,
) -> Return:
    """Take a street's figures; the street's line S7 is done by it, and the district's sum is right at once."""
    if response.ended_at is not None:
        raise Refused(ENDED)
    if street not in response.streets:
        raise Refused(NOT_NAMED, field="street", street=street)
    person = person_id(by)
    if person is not None and not has_duty(person_id=person, kinds=REPORTERS, region=street, at=at):
        raise Refused(NOT_YOURS, move=RETURN, who="、".join(duty_names(REPORTERS)))
    fields = queries.return_fields(region=response.item.region_id, at=at)
    with transaction.atomic():
        last = Return.objects.filter(response=response, street_id=street).order_by("-at", "-pk").first()
        before = last.figures if last is not None else None
        checked = (
            returns.nil(fields, before)
            if nil
            else returns.check(figures, fields, before, corrected=bool(correction))
        )
        row = Return.objects.create(
            response=response, street_id=street, figures=checked, nil=nil, correction=correction, by=by, at=at,
            happened_at=happened_at or at,
        )  # fmt: skip
        facts = {"figures": checked, "nil": nil, "response": str(response.pk), "correction": correction}
        record(
            code="responses.return_given", subject=("responses.return", row.pk), facts=facts, by=by, at=at,
            happened_at=row.happened_at, region=street, exercise_id=response.exercise_id,
        )  # fmt: skip
        _finish_line(response, street, at=at)
    return row


def nil_return(*, response: Response, street: str, by: str, at: datetime) -> Return:
    """Nothing to report, in one tap."""
    return give_return(response=response, street=street, figures={}, by=by, at=at, nil=True)


def _finish_line(response: Response, street: str, *, at: datetime) -> None:
    """The line "return or nil return" is done by the return itself; who gave it stands on the return."""
    line = Task.objects.filter(
        sheet__response=response, sheet__street_id=street, code="S7", item__closed_at=None
    ).select_related("item")
    for task in line.order_by("round"):
        sheets.finish(item=task.item, by=BY, at=at)
