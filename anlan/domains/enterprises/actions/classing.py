"""Writes that a person signs: the A–D class, the three-colour tag; and leaseholders with the points of a park."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from anlan.domains.enterprises.actions.common import check_keeper, check_signer, check_why, note, renew, say
from anlan.domains.enterprises.models import Enterprise, ParkPoint, Site, Tenancy
from anlan.domains.enterprises.models.firms import COLOURS, GRADES
from anlan.domains.enterprises.queries.known import class_facts
from anlan.domains.enterprises.rules import classing
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.core.workdays import local_day

BAD_CLASS = reason("enterprises.no_class", N_("Choose one of the classes A to D."))
BAD_COLOUR = reason("enterprises.no_colour", N_("Choose green, yellow or red."))
BAD_ITEM = reason("enterprises.no_point_item", N_("{given} is no line of the list of points."))
LEASED = reason("enterprises.leased_already", N_("{tenant} is a leaseholder there already."))
OWN_TENANT = reason("enterprises.own_tenant", N_("A landlord is not its own leaseholder."))


def propose_class(
    *, firm: Enterprise, besides: Mapping[str, int], by: str, at: datetime
) -> classing.Proposed:
    """What the weights say; kept on the row, signed by nobody. `besides`: what other subjects know."""
    check_keeper(firm, by=by, at=at)
    proposed = proposed_class(firm, at=at, besides=besides)
    with transaction.atomic():
        firm.grade_proposed = proposed.grade
        firm.grade_reasons = reasons_of(proposed)
        firm.save(update_fields=["grade_proposed", "grade_reasons"])
        note(firm, "class_proposed", {"grade": proposed.grade, "score": proposed.score}, by=by, at=at)
    return proposed


def proposed_class(firm: Enterprise, *, besides: Mapping[str, int], at: datetime) -> classing.Proposed:
    """The same without writing anything."""
    region = firm.organisation.region_id
    days = rulesets.value_of("enterprises.long_zero_days", region=region, at=at)
    facts = class_facts(firm, at=at, today=local_day(at), zero_days=days) | dict(besides)
    return classing.propose(
        facts,
        weights=rulesets.value_of("enterprises.class_weights", region=region, at=at),
        bands=rulesets.value_of("enterprises.class_bands", region=region, at=at),
    )


def reasons_of(proposed: classing.Proposed) -> list[dict[str, Any]]:
    return [{"fact": why.fact, "count": why.count, "points": why.points} for why in proposed.reasons]


def sign_class(
    *, firm: Enterprise, grade: str, why: str, besides: Mapping[str, int], by: str, at: datetime
) -> None:
    """Sign a class: the weights are asked anew; another one than theirs needs a reason. `besides` as when proposed."""
    check_signer(firm, by=by, at=at)
    if grade not in GRADES or not grade:
        raise Refused(BAD_CLASS, field="grade")
    proposed = proposed_class(firm, besides=besides, at=at)
    classing.check_signed(signed=grade, proposed=proposed.grade, why=why)
    with transaction.atomic():
        firm.grade, firm.grade_proposed, firm.grade_reasons = grade, proposed.grade, reasons_of(proposed)
        firm.save(update_fields=["grade", "grade_proposed", "grade_reasons"])
        facts = {
            "score": proposed.score,
            "proposed": proposed.grade,
            "reasons": reasons_of(proposed),
            "why": why,
        }
        say(firm.pk, "grade", grade, facts=facts, by=by, at=at)
        note(firm, "class_signed", {"grade": grade, "proposed": proposed.grade, "why": why}, by=by, at=at)


def colour_of(fulfilled: Collection[str], *, region: str, at: datetime) -> tuple[str, int]:
    """The colour that the checklist gives, and its points of 100."""
    lines = rulesets.value_of("enterprises.colour_checklist", region=region, at=at)
    bands: Mapping[str, int] = rulesets.value_of("enterprises.colour_bands", region=region, at=at)
    points = sum(int(line["points"]) for line in lines if line["code"] in fulfilled)
    return max((name for name, least in bands.items() if points >= least), key=lambda n: bands[n]), points


def sign_colour(
    *, firm: Enterprise, fulfilled: Collection[str], by: str, at: datetime, colour: str = "", why: str = ""
) -> str:
    """三色挂牌: the checklist proposes, a person signs; another colour needs a reason. Gives the colour."""
    check_signer(firm, by=by, at=at)
    proposed, points = colour_of(fulfilled, region=firm.organisation.region_id, at=at)
    signed = colour or proposed
    if signed not in COLOURS or not signed:
        raise Refused(BAD_COLOUR, field="colour")
    classing.check_signed(signed=signed, proposed=proposed, why=why)
    with transaction.atomic():
        firm.colour = signed
        firm.save(update_fields=["colour"])
        facts = {"fulfilled": sorted(fulfilled), "points": points, "proposed": proposed, "why": why}
        say(firm.pk, "colour", signed, facts=facts, by=by, at=at)
        note(firm, "colour_signed", {"colour": signed, "points": points, "why": why}, by=by, at=at)
    return signed


# ---- leaseholders and points ----------------
def lease(
    *, building: Site, tenant: Enterprise, by: str, at: datetime, rooms: str = "", area_m2: int | None = None,
    since: date | None = None, safety_agreement: bool = False, fire_pledge_on: date | None = None,
) -> Tenancy:  # fmt: skip
    """A leaseholder under a landlord's building."""
    check_keeper(building.enterprise, by=by, at=at)
    if tenant.pk == building.enterprise_id:
        raise Refused(OWN_TENANT, field="tenant")
    with transaction.atomic():
        if Tenancy.objects.filter(building=building, tenant=tenant, until=None).exists():
            raise Refused(LEASED, field="tenant", tenant=tenant.organisation.name)
        row = Tenancy.objects.create(
            building=building, tenant=tenant, rooms=rooms, area_m2=area_m2, since=since or local_day(at),
            safety_agreement=safety_agreement, fire_pledge_on=fire_pledge_on,
        )  # fmt: skip
        note(building.enterprise, "leased", {"tenant": str(tenant.pk), "rooms": rooms}, by=by, at=at)
        renew([building.enterprise_id], by=by, at=at)
    return row


def end_lease(*, row: Tenancy, why: str, by: str, at: datetime) -> None:
    """The leaseholder moved out."""
    firm = row.building.enterprise
    check_keeper(firm, by=by, at=at)
    why = check_why(why)
    with transaction.atomic():
        row.until = local_day(at)
        row.save(update_fields=["until"])
        note(firm, "lease_ended", {"tenant": str(row.tenant_id), "why": why}, by=by, at=at)
        renew([firm.pk], by=by, at=at)


def give_points(*, firm: Enterprise, item: str, by: str, at: datetime, words: str = "") -> ParkPoint:
    """Points of a park's manager by a line of the list; nobody gives points to himself."""
    check_signer(firm, by=by, at=at)
    lines = rulesets.value_of("enterprises.park_points", region=firm.organisation.region_id, at=at)
    line = next((each for each in lines if each["code"] == item), None)
    if line is None:
        raise Refused(BAD_ITEM, field="item", given=item)
    with transaction.atomic():
        row = ParkPoint.objects.create(
            enterprise=firm, item=item, points=line["points"], note=words, by=by, at=at
        )
        note(firm, "points_given", {"item": item, "points": line["points"]}, by=by, at=at)
    return row
