"""What neighbours may use of responses: which were in force in a span, and their situation returns at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from anlan.domains.responses import queries
from anlan.domains.responses.models import Response, Return
from anlan.domains.responses.rules import returns
from anlan.domains.responses.rules.returns import FieldOf, Figures
from anlan.kernel.core.worlds import in_world

__all__ = ["FieldOf", "Figures", "Response", "Return", "Situation", "in_force_in", "response", "situation"]


def response(pk: UUID) -> Response | None:
    """A response by the id of its item, with its region."""
    return Response.objects.select_related("item__region").filter(pk=pk).first()


def in_force_in(
    *, start: datetime, end: datetime, as_of: datetime, exercise_id: UUID | None = None
) -> list[Response]:
    """Responses that were in force in a span, as known at a time; the first one first."""
    rows = Response.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=start), in_world(exercise_id), started_at__lt=end,
        item__opened_at__lte=as_of,
    )  # fmt: skip
    return list(rows.select_related("item__region").order_by("started_at"))


@dataclass(frozen=True, slots=True)
class Situation:
    """The last return of each street at a time. `total` adds up the streets asked for; empty where none has told."""

    response: Response
    fields: Mapping[str, FieldOf]
    streets: Mapping[str, Return]
    total: Figures


def situation(row: Response, *, as_of: datetime, streets: Sequence[str] = ()) -> Situation:
    """The returns of a response as known at a time, of all its streets or of some."""
    fields = queries.return_fields(region=row.item.region_id, at=as_of)
    found = Return.objects.filter(response=row, at__lte=as_of)
    if streets:
        found = found.filter(street__in=list(streets))
    last = {each.street_id: each for each in found.order_by("street_id", "-at", "-pk").distinct("street_id")}
    total = returns.total([each.figures for each in last.values()], fields) if last else {}
    return Situation(row, {field.code: field for field in fields}, last, total)
