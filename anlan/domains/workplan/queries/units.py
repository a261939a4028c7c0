"""Reads about units: who takes their matters, and how often they were asked this week."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from anlan.domains.workplan.models import Member
from anlan.domains.workplan.rules.asking import WEEK, Burden
from anlan.kernel.core import rulesets
from anlan.kernel.core.worlds import in_world
from anlan.kernel.loop import registry
from anlan.kernel.loop.models import Step
from anlan.kernel.messaging.models import Message
from anlan.kernel.orgs.models import Duty, Organisation
from anlan.kernel.orgs.queries import in_force
from anlan.kernel.places.regions import prefix_of

# Who takes a unit's matters, the first that there is; the register of member units goes before.
TAKERS = (
    "liaison_a", "liaison_b", "flood_clerk", "street_safety_officer", "street_deputy", "unit_head", "community_clerk",
    "safety_manager", "work_plan_office",
)  # fmt: skip
STREET_DUTIES = ("flood_clerk", "street_deputy", "street_principal", "street_safety_officer")
UNIT_KINDS = ("member_unit", "bureau", "street")

Asking = Callable[[Organisation, datetime, datetime, UUID | None], int]
_others: dict[str, Asking] = {}


def count_askings_with(name: str, count: Asking) -> None:
    """Let somebody who asks units by something that is no item say how often: (unit, from, before, world) → n."""
    _others[name] = count


def liaison_of(unit: Organisation, *, at: datetime) -> UUID | None:
    """The person who takes a unit's matters: its liaison of a committee, else by duty; None where nobody is named."""
    named = (
        Member.objects.filter(organisation=unit, until=None, liaison_a__active=True).order_by("since").first()
    )
    if named is not None and named.liaison_a_id is not None:
        return named.liaison_a_id
    order = Case(
        *[When(kind_id=kind, then=Value(place)) for place, kind in enumerate(TAKERS)],
        output_field=IntegerField(),
    )
    held = Duty.objects.filter(
        in_force(at), person__organisation=unit, person__active=True, kind_id__in=TAKERS
    )
    found: UUID | None = held.order_by(order, "rank", "pk").values_list("person_id", flat=True).first()
    return found


def burden_of(unit: Organisation, *, at: datetime, exercise_id: UUID | None = None) -> Burden:
    """How often a unit was asked in the seven days before a time.

    Whatever one act asks of a unit is one asking: ten questions of a month come as one list. A line of a task sheet
    that nobody is told of by itself is none. Notices are what a unit's people were sent that no loop sent them.
    """
    start = at - WEEK
    parts = Counter(_by_items(unit, start, at, exercise_id))
    if notices := _notices(unit, start, at, exercise_id):
        parts["notice"] = notices
    for name, count in _others.items():
        if more := count(unit, start, at, exercise_id):
            parts[name] = more
    limit = int(rulesets.value_of("workplan.burden_limit", region=unit.region_id, at=at))
    return Burden(sum(parts.values()), limit, dict(parts.most_common()))


def _by_items(unit: Organisation, start: datetime, at: datetime, exercise_id: UUID | None) -> dict[str, int]:
    whose = Q(item__charge_org=unit)
    if unit.kind == "street":
        whose |= Q(
            item__charge_org=None, item__region_id=unit.region_id, item__charge_duty__in=STREET_DUTIES,
            item__opened_by__startswith="person:",
        )  # fmt: skip
    steps = Step.objects.filter(
        whose, in_world(exercise_id, path="item__exercise_id"), move="open", at__gt=start, at__lte=at
    )
    acts = set(steps.values_list("item__loop", "act"))
    return Counter(loop for loop, _act in acts if loop.startswith("workplan.") or _announces(loop))


def _announces(loop: str) -> bool:
    return loop in registry.names() and registry.registered(loop).announces


def _notices(unit: Organisation, start: datetime, at: datetime, exercise_id: UUID | None) -> int:
    sent = Message.objects.filter(
        in_world(exercise_id), person__organisation=unit, created_at__gt=start, created_at__lte=at
    )
    return (
        sent.exclude(Q(kind__startswith="loop.") | Q(kind__startswith="workplan."))
        .values("act")
        .distinct()
        .count()
    )


def units_of(region: str) -> QuerySet[Organisation]:
    """The units that can be asked in a region: member units, the bureau, the streets."""
    rows = Organisation.objects.filter(
        active=True, kind__in=UNIT_KINDS, region__code__startswith=prefix_of(region)
    )
    return rows.order_by("kind", "region_id", "short_name", "name")
