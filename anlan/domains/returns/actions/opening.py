"""Returns are opened: by the round of the day for spans that are over, by an event's figures, by whoever fills one."""

import logging
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from anlan.domains.incidents import public as incidents
from anlan.domains.returns.models import Return
from anlan.domains.returns.queries.reading import Known
from anlan.domains.returns.queries.records import LOOP, NO_FORM, find, key_of
from anlan.domains.returns.rules import periods
from anlan.domains.returns.rules.forms import SPANS, Form, Words, forms
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.indicators.spans import Span
from anlan.kernel.loop.actions import open_item
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.loop.rights import person_id
from anlan.kernel.orgs.queries import duty_names, has_duty
from anlan.kernel.places.models import Region

logger = logging.getLogger(__name__)

BY = "service:returns"
LATE_DAYS = 60  # spans that ended longer ago are not opened by themselves: nobody waits for them any more
NOT_FILLER = reason(
    "returns.not_filler", N_("“{label}” is filled by: {who}. Ask one of them, or ask for such a duty.")
)
NO_MATTER = reason("returns.no_matter", N_("“{label}” is about one matter. Choose it from the list."))
WRONG_MATTER = reason("returns.wrong_matter", N_("“{label}” is not asked for about “{title}”."))


def form_of(code: str) -> Form:
    """The form, or a refusal that names what was asked for."""
    try:
        return forms()[code]
    except KeyError:
        raise Refused(NO_FORM, field="form", code=code) from None


def check_filler(form: Form, *, region: str, by: str, at: datetime) -> None:
    """Whoever fills a form holds one of its duties over the region; a program acts for whoever started it."""
    person = person_id(by)
    if person is not None and not has_duty(person_id=person, kinds=form.fillers, region=region, at=at):
        raise Refused(NOT_FILLER, label=form.label, who="、".join(duty_names(form.fillers)))


def may_fill(form: Form, *, region: str, by: str, at: datetime) -> bool:
    """Whether somebody may enter, skip, read back and settle this form of a region."""
    try:
        check_filler(form, region=region, by=by, at=at)
    except Refused:
        return False
    return True


def county_of(region: str) -> str:
    """Upper levels are told by the district, whatever street something happened in."""
    return region[:6].ljust(12, "0")


def check_matter(form: Form, matter: WorkItem | None) -> None:
    """A form about one matter has one, of the right kind; an event of another class asks for another form."""
    if form.about == "span":
        return
    if matter is None:
        raise Refused(NO_MATTER, field="of", label=form.label)
    wanted = {"incident": "incidents.incident", "response": "responses.response"}[form.period]
    event = incidents.incident(matter.pk) if wanted == "incidents.incident" else None
    wrong_class = bool(form.only) and (event is None or event.event_class != form.only)
    if matter.loop != wanted or wrong_class:
        raise Refused(WRONG_MATTER, field="of", label=form.label, title=matter.title)


def span_about(form: Form, matter: WorkItem) -> Span:
    """The days of a matter: that of an event's occurrence, a response's start."""
    event = incidents.incident(matter.pk) if form.period == "incident" else None
    day = timezone.localdate(event.occurred_at if event is not None else matter.opened_at)
    return periods.span_of(form, day)


def due(form: Form, *, region: str, span: Span, matter: WorkItem | None, at: datetime) -> datetime:
    """When a return is due: so many minutes (`returns.due_<form>`) after its days end, or after it was told."""
    if matter is None:
        ends = periods.due_at(span, minutes=0)
        return periods.due_at(span, minutes=int(_minutes(form, region, ends)))
    event = incidents.incident(matter.pk) if form.period == "incident" else None
    told = event.received_at if event is not None else matter.opened_at
    return told + timedelta(minutes=_minutes(form, region, at))


def _minutes(form: Form, region: str, at: datetime) -> float:
    return float(rulesets.value_of(f"returns.due_{form.code}", region=region, at=at))


def open_return(
    *, form: Form, region: str, span: Span, by: str, at: datetime, matter: WorkItem | None = None,
    exercise_id: UUID | None = None,
) -> Return:  # fmt: skip
    """The return of a form for its days or its matter: there is one, opened the first time it is asked for."""
    check_matter(form, matter)
    key = key_of(
        form, region=region, span=span, subject=matter.pk if matter else None, exercise_id=exercise_id
    )
    known = find(key)
    if known is not None:
        return known
    office = Known(form, region, span, at, exercise_id, matter).office()
    words = periods.words(span, district=_name(region), office=office, matter=matter.title if matter else "")
    title = Words(words).fill(form.title)
    if matter is not None:
        title = f"{title}：{matter.title}"
    row = Return(
        form=form.code, first=span.first, last=span.last, subject=matter, key=key,
        due_at=due(form, region=region, span=span, matter=matter, at=at),
    )  # fmt: skip
    open_item(
        loop=LOOP, record=row, title=title[:300], region=region, charge_duty=form.fillers[0], arises_from=matter, by=by,
        at=at, exercise_id=exercise_id,
    )  # fmt: skip
    return row


def _name(region: str) -> str:
    return Region.objects.values_list("name", flat=True).get(pk=region)


def open_due(*, region: str, at: datetime) -> int:
    """The round of the day: every span that is over has its return, so that none is forgotten. Twice is once."""
    today, opened = timezone.localdate(at), 0
    if not Region.objects.filter(pk=region).exists():
        return 0  # a house whose regions are not loaded yet owes nothing to anybody
    for form in forms().values():
        if form.period not in SPANS:
            continue
        span = periods.last_ended(form, today)
        key = key_of(form, region=region, span=span, subject=None, exercise_id=None)
        if (today - span.last).days <= LATE_DAYS and find(key) is None:
            open_return(form=form, region=region, span=span, by=BY, at=at)
            opened += 1
    return opened


def follow(figures: Any) -> None:
    """An event with figures owes the forms of its class, in the transaction that wrote them."""
    event = incidents.incident(figures.incident_id)
    if event is None or event.item.closed_at is not None:
        return
    for form in forms().values():
        if form.period == "incident" and form.only in ("", event.event_class):
            try:
                with transaction.atomic():
                    _owed(form, event, at=figures.recorded_at)
            except Refused as refusal:
                # Nobody who enters a death is held up because a form has no clock: the form is opened by hand.
                logger.warning("%s is not opened for %s: %s", form.code, event.pk, refusal)


def _owed(form: Form, event: incidents.Incident, *, at: datetime) -> None:
    open_return(
        form=form, region=county_of(event.item.region_id), span=span_about(form, event.item), by=BY, at=at,
        matter=event.item, exercise_id=event.item.exercise_id,
    )  # fmt: skip


incidents.when_figures_change(follow)
