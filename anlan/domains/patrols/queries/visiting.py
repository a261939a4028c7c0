"""Visits of patrollers that a firm may expect, and those that were made: for whoever sends others there too."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext

from anlan.domains.enterprises.public import classed, in_operation, signed_since
from anlan.domains.patrols import rules
from anlan.domains.patrols.models import JointCheck, Visit
from anlan.domains.patrols.queries.visits import finished
from anlan.kernel.core import rulesets
from anlan.kernel.core.among import among
from anlan.kernel.core.worlds import in_world
from anlan.kernel.domain.visiting import Expected
from anlan.kernel.loop.models import Step
from anlan.kernel.orgs.models import Organisation


def expected(
    *, organisations: Sequence[UUID], until: datetime, at: datetime, exercise_id: UUID | None
) -> Iterator[Expected]:
    """Patrols due by the firm's class, and joint checks of installations with the fire service."""
    yield from _patrols(organisations, until, at, exercise_id)
    rows = _joint(until, exercise_id).filter(among("organisation", organisations))
    for row in rows.select_related("unit"):
        said = gettext("Joint check with the fire service, {half}").format(half=row.half)
        yield Expected(row.organisation_id, row.due_at, said, gettext("Fire service"), row.pk)


def _patrols(
    organisations: Sequence[UUID], until: datetime, at: datetime, exercise_id: UUID | None
) -> Iterator[Expected]:
    firms = classed(organisations=organisations)
    last = _last([firm.organisation_id for firm in firms], exercise_id)
    streets = {f"{firm.region[:9]}000" for firm in firms}
    offices = dict(
        Organisation.objects.filter(kind="street", region__in=streets).values_list("region_id", "name")
    )
    places = {firm.region for firm in firms}  # a rule for each place, not for each of its thousand firms
    rule = {place: rulesets.value_of("patrols.visit_every_days", region=place, at=at) for place in places}
    for firm in firms:
        due = rules.due_at(
            grade=firm.grade,
            last=last.get(firm.organisation_id),
            since=firm.since,
            every_days=rule[firm.region],
        )
        if due <= until:
            who = offices.get(f"{firm.region[:9]}000", "")
            yield Expected(firm.organisation_id, due, gettext("Patrol by the firm’s class"), who)


def due(
    *, region: str, until: datetime, at: datetime, exercise_id: UUID | None
) -> Iterator[QuerySet[Any, Any]]:
    """What `expected` says of single firms, as queries of firms."""
    firms, visits = in_operation(region), _visits(exercise_id).exclude(organisation=None)
    signed = signed_since()
    since = Q(pk__in=signed.filter(since__lte=until).values("enterprise"))
    since |= ~Q(pk__in=signed.values("enterprise")) & Q(created_at__lte=until)
    been = Q(pk__in=visits.values("organisation"))
    yield firms.filter(~been, since).values_list("pk")
    places = firms.order_by().values_list("organisation__region_id", flat=True).distinct()
    for every, here in _by_rule(places, at):
        late = Q(pk__in=[])
        for grade, days in every.items():
            of = (
                Q(grade=grade) if grade != rules.UNCLASSED else ~Q(grade__in=[g for g in every if g != grade])
            )
            fresh = visits.filter(started_at__gt=until - timedelta(days=float(days)))
            late |= of & ~Q(pk__in=fresh.values("organisation"))
        yield firms.filter(been, late, here).values_list("pk")
    yield _joint(until, exercise_id).values_list("organisation_id")


def _by_rule(places: Iterable[str], at: datetime) -> Iterator[tuple[Mapping[str, Any], Q]]:
    """Each value that the rule has, and where: mostly one, everywhere."""
    found: dict[str, tuple[Mapping[str, Any], list[str]]] = {}
    for place in places:
        value = rulesets.value_of("patrols.visit_every_days", region=place, at=at)
        found.setdefault(json.dumps(value, sort_keys=True), (value, []))[1].append(place)
    for value, there in found.values():
        yield value, Q() if len(found) == 1 else Q(organisation__region__in=there)


def _joint(until: datetime, exercise_id: UUID | None) -> QuerySet[JointCheck]:
    return JointCheck.objects.filter(
        in_world(exercise_id, path="item__exercise_id"), item__closed_at=None, due_at__lte=until
    )


def _visits(exercise_id: UUID | None) -> QuerySet[Visit]:
    """Visits that count for when the next one is due: those of the bureau's people that were finished."""
    rows = Visit.objects.filter(in_world(exercise_id, path="item__exercise_id"), item__state="finished")
    return rows.exclude(kind="self_check")


def _last(firms: Sequence[UUID], exercise_id: UUID | None) -> dict[UUID, datetime]:
    rows = _visits(exercise_id).filter(among("organisation", firms))
    found = rows.values("organisation").annotate(last=Max("started_at"))
    return {row["organisation"]: row["last"] for row in found}


def made(
    *, region: str, start: datetime, end: datetime, as_of: datetime, exercise_id: UUID | None
) -> QuerySet[Visit, Any]:
    """Finished visits of the bureau's people."""
    rows = finished(region=region, start=start, end=end, as_of=as_of, exercise_id=exercise_id)
    return rows.values_list("organisation_id", "item_id", "item__region_id", "started_at")


def late(*, since: datetime, until: datetime, start: datetime, end: datetime) -> QuerySet[Visit, Any]:
    """Firms of visits of a span whose end was recorded between two times."""
    steps = Step.objects.filter(
        move="finish", at__gt=since, at__lte=until, happened_at__gte=start, happened_at__lt=end
    )
    return Visit.objects.filter(item__in=steps.values("item")).values_list("organisation_id")
