"""Reads of returns: the one of a form and its days, what was entered, what was read back, what is still open."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from anlan.domains.returns.models import Difference, Entered, ReadBack, Return
from anlan.domains.returns.rules.forms import Form
from anlan.kernel.core.errors import reason
from anlan.kernel.core.words import N_
from anlan.kernel.core.worlds import in_world
from anlan.kernel.indicators.spans import Span
from anlan.kernel.loop.models import Step
from anlan.kernel.places.regions import prefix_of

LOOP = "returns.return"
NO_FORM = reason("returns.no_form", N_("There is no form {code}. Choose one of the list."))


def key_of(form: Form, *, region: str, span: Span, subject: UUID | None, exercise_id: UUID | None) -> str:
    """What there is one of: a form for a region and its days, or about a matter."""
    about = str(subject) if form.about == "matter" else f"{span.first}~{span.last}"
    return f"{form.code}|{region}|{about}|{exercise_id or ''}"


def find(key: str) -> Return | None:
    return Return.objects.select_related("item__region", "subject").filter(key=key).first()


def entered_of(item: UUID) -> Entered | None:
    """What was entered last."""
    return Entered.objects.filter(item=item).order_by("-recorded_at", "-pk").first()


def read_backs(item: UUID) -> QuerySet[ReadBack]:
    return ReadBack.objects.filter(item=item).select_related("file").order_by("-recorded_at", "-pk")


def differences(read: ReadBack) -> list[Difference]:
    return list(read.differences.select_related("settlement").order_by("place"))


def unsettled(item: UUID) -> int:
    """Differences of the last export that nobody settled."""
    last = read_backs(item).first()
    return 0 if last is None else last.differences.filter(settlement=None).count()


def due_in(
    *, region: str, start: datetime, end: datetime, as_of: datetime, exercise_id: UUID | None = None
) -> list[tuple[Return, datetime | None]]:
    """Returns due in a span with when each was first entered, as known at a time; those not asked for are left out."""
    rows = list(
        Return.objects.filter(
            in_world(exercise_id, path="item__exercise_id"), item__region__code__startswith=prefix_of(region),
            due_at__gte=start, due_at__lt=end, item__opened_at__lte=as_of,
        ).select_related("item").order_by("due_at", "pk")
    )  # fmt: skip
    made = _first_steps([row.pk for row in rows], ("enter", "find", "agree"), as_of=as_of)
    gone = set(_first_steps([row.pk for row in rows], ("skip",), as_of=as_of))
    return [(row, made.get(row.pk)) for row in rows if row.pk not in gone]


def _first_steps(ids: Iterable[UUID], moves: tuple[str, ...], *, as_of: datetime) -> dict[UUID, datetime]:
    steps = Step.objects.filter(item__in=list(ids), move__in=moves, at__lte=as_of).order_by("-happened_at")
    return dict(steps.values_list("item_id", "happened_at"))


def found_in(
    *, region: str, start: datetime, end: datetime, as_of: datetime, exercise_id: UUID | None = None
) -> QuerySet[Difference]:
    """Differences that exports showed in a span."""
    return Difference.objects.filter(
        in_world(exercise_id, path="read__item__exercise_id"),
        read__item__region__code__startswith=prefix_of(region), read__recorded_at__gte=start,
        read__recorded_at__lt=end, read__recorded_at__lte=as_of,
    ).select_related("read__item")  # fmt: skip


def of_days(*, region: str, since: date, exercise_id: UUID | None) -> QuerySet[Return]:
    """The returns of a region whose days end on or after a day, the newest first."""
    rows = Return.objects.filter(
        in_world(exercise_id, path="item__exercise_id"), item__region=region, last__gte=since
    )
    return rows.select_related("item", "subject").order_by("item__closed_at", "due_at", "pk")
