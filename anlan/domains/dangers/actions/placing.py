"""At which risk point a danger lies: said as it is reported, or put right afterwards. Both points are weighed anew."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from anlan.domains.dangers.actions import common
from anlan.domains.dangers.loop import CHECKERS
from anlan.domains.dangers.models import Danger
from anlan.domains.risks.public import RiskPoint
from anlan.domains.risks.public import point as point_of
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.ledger.actions import record
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.loop.rights import person_id
from anlan.kernel.orgs.models import Organisation, Person
from anlan.kernel.orgs.queries import has_duty

PLACERS = (*CHECKERS, "safety_section")
NOT_A_PLACER = reason(
    "dangers.not_a_placer",
    N_("At which risk point it lies is said by the firm itself or by those who check firms in its place."),
)
NO_POINT = reason(
    "dangers.no_risk_point", N_("There is no such risk point in use. Choose one of the firm's.")
)
OTHER_FIRM = reason(
    "dangers.point_of_other_firm", N_("“{name}” is a risk point of another firm. Choose one of {firm}.")
)


def places(person: UUID, danger: Danger, *, at: datetime) -> bool:
    """Whether somebody may say at which risk point a danger lies."""
    own = Person.objects.filter(pk=person, organisation=danger.organisation_id, active=True)
    region = danger.item.region_id
    return own.exists() or has_duty(person_id=person, kinds=PLACERS, region=region, at=at)


def check_owner(point: RiskPoint | None, firm: Organisation | None) -> None:
    """A danger of one firm does not raise the risk of another."""
    if point is not None and firm is not None and point.enterprise_id != firm.pk:
        raise Refused(OTHER_FIRM, field="risk_point", name=point.name, firm=str(firm))


def place_at(*, item: WorkItem, point_id: UUID, by: str, at: datetime) -> Danger:
    """Say at which risk point a danger lies; the point that it lay at before gets its level back. Raises `Refused`."""
    with transaction.atomic():
        danger = common.lock(item)
        person = person_id(by)
        if person is not None and not places(person, danger, at=at):
            raise Refused(NOT_A_PLACER)
        point = point_of(point_id)
        if point is None or not point.active:
            raise Refused(NO_POINT, field="risk_point")
        check_owner(point, danger.organisation)
        before = danger.risk_point_id
        if before == point.pk:
            return danger
        danger.risk_point, danger.site_id = point, danger.site_id or point.site_id
        danger.save(update_fields=["risk_point", "site"])
        facts = {"name": point.name, "point": str(point.pk), "before": str(before or "")}
        record(
            code="dangers.placed", subject=("loop.item", item.pk), facts=facts, by=by, at=at,
            region=item.region_id, exercise_id=item.exercise_id,
        )  # fmt: skip
        for each in filter(None, (before, point.pk)):
            common.weigh_at(each, exercise_id=item.exercise_id, by=by, at=at)
    return danger
