"""A danger is reported, given to the firm, put right on the spot, or withdrawn."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from anlan.domains.dangers import rules
from anlan.domains.dangers.actions import common, grading, opening
from anlan.domains.dangers.actions.placing import check_owner
from anlan.domains.dangers.models import Campaign, Danger
from anlan.domains.enterprises.public import self_reported
from anlan.domains.enterprises.public import site as site_of
from anlan.domains.risks.public import point as point_of
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.ledger.actions import record
from anlan.kernel.loop.actions import move, open_item
from anlan.kernel.loop.evidence import Given
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.loop.rights import person_id
from anlan.kernel.orgs.models import Organisation
from anlan.kernel.orgs.queries import own_firm
from anlan.kernel.places.models import Place

_LOCAL = ZoneInfo("Asia/Shanghai")
NOT_THE_FIRMS = reason(
    "dangers.not_the_firms",
    N_("This step is for the firm that found the danger itself. Give it to the firm instead."),
)
NOT_BY_THE_FIRM = reason(
    "dangers.not_by_the_firm",
    N_("A firm does not close off its own danger. Report it as put right by yourselves."),
)


def report_danger(
    *, description: str, category: str, by: str, at: datetime, region: str = "", source: str = "patrol",
    organisation: Organisation | None = None, spot: str = "", place: Place | None = None, candidate_major: bool = False,
    evidence: Sequence[Given] = (), fixed: bool = False, entered_for: str = "", happened_at: datetime | None = None,
    exercise_id: UUID | None = None, **more: Any,
) -> WorkItem:  # fmt: skip
    """Report one; with `fixed` it is closed off by its two photos, with a firm it goes to that firm at once.

    `more`: site, risk_point, campaign (ids), clauses (codes), check_item, lon and lat, key (made on a phone: the same
    key again is the same danger), rectify_by. Source: patrol, self_check, enforcement, public, video or alarm.
    What a firm's own person reports is its self-check and lies with that firm from the start.
    """
    if (known := _sent_before(more.get("key"))) is not None:
        return known
    found, own = happened_at or at, own_firm(person_id(by))
    danger = Danger(
        source="self_check" if own else source, description=description, category=category, spot=spot,
        organisation=organisation or (None if more.get("site") or more.get("risk_point") else own),
        found_by=by, document=rules.document_for(common.kinds_of(by, at)),
        clauses=list(more.get("clauses", ())), check_item=more.get("check_item", ""), key=more.get("key"),
        lon=more.get("lon"), lat=more.get("lat"),
    )  # fmt: skip
    region = _locate(danger, more.get("site"), more.get("risk_point"), region)
    _check(danger, own, entered_for, region=region, by=by, at=at)
    _look(danger, region, found)
    danger.campaign_id = more.get("campaign") or _campaign_of(danger, region, found, exercise_id)
    grade = "candidate_major" if candidate_major else "ordinary"
    with transaction.atomic():
        item = open_item(
            loop="dangers.danger", record=danger, title=common.title_of(danger.organisation, description),
            region=region, place=place, severity=2 if candidate_major else 1, charge_duty="street_safety_officer",
            by=by, at=at, happened_at=happened_at, exercise_id=exercise_id, evidence=() if fixed else evidence,
        )  # fmt: skip
        if fixed:
            rules.check_on_spot(grade)
            end = fix_own if own else fix_on_spot
            end(item=item, by=by, at=at, happened_at=happened_at, evidence=evidence)
        elif danger.organisation is not None:
            _to_the_firm(item, danger.organisation, more.get("rectify_by"), own=own, by=by, at=at)
        if candidate_major:
            grading.mark_candidate(item=item, by=by, at=at)
        elif not fixed:
            common.weigh_point(danger, by=by, at=at)
        _count_as_own(danger, by=by, at=at, happened_at=happened_at, exercise_id=exercise_id)
    return item


def _check(
    danger: Danger, own: Organisation | None, entered_for: str, *, region: str, by: str, at: datetime
) -> None:
    """Whose it is to report, and of a kind that is in force; what is entered for a firm is marked (代录)."""
    opening.check_finder(danger, own)
    opening.check_categories([danger.category], field="category", region=region, at=at)
    if danger.source == "self_check":
        danger.entered_for = entered_for or common.entered_for(danger.organisation_id, by)


def _count_as_own(danger: Danger, **when: Any) -> None:
    """A firm's own finding counts for it: who reports nothing for ninety days is listed (practice.md §7, group 07)."""
    if danger.organisation_id is not None:
        self_reported(danger.organisation_id, danger=danger.pk, source=danger.source, **when)


def _sent_before(key: UUID | None) -> WorkItem | None:
    """The item of a danger that a phone sent twice."""
    known = Danger.objects.select_related("item").filter(key=key).first() if key else None
    return known.item if known is not None else None


def _locate(danger: Danger, site_id: Any, point_id: Any, region: str) -> str:
    """Fill in what the risk point and the site say already: nobody types it again. Returns the region."""
    point = point_of(point_id) if point_id else None
    check_owner(point, danger.organisation)
    danger.risk_point = point
    site_id = site_id or (point.site_id if point else None)
    site = site_of(site_id) if site_id else None
    danger.site = site
    if danger.organisation is None and (site or point):
        owner = site.enterprise if site is not None else point.enterprise if point is not None else None
        danger.organisation = owner.organisation if owner is not None else None
    for spot in (point, site):
        if danger.lon is None and spot is not None and spot.lon is not None:
            danger.lon, danger.lat = spot.lon, spot.lat
    known = next((each.region_id for each in (point, site, danger.organisation) if each is not None), "")
    if not (region or known):
        raise Refused(rules.NO_REGION, field="region")
    return region or str(known)


def _look(danger: Danger, region: str, at: datetime) -> None:
    """What a kind of danger usually means, until somebody looks: harm, difficulty, spread."""
    usual = rulesets.value_of("dangers.order_usual", region=region, at=at)
    row = next((row for row in usual if row["category"] == danger.category), None)
    for name in rules.LOOKS:
        setattr(danger, name, int(row[name]) if row else 1)
    weights = rulesets.value_of("dangers.order_weights", region=region, at=at)
    looks = {name: getattr(danger, name) for name in rules.LOOKS}
    danger.order = rules.order_of(grade="ordinary", looks=looks, weights=weights)


def _campaign_of(danger: Danger, region: str, at: datetime, exercise_id: UUID | None) -> UUID | None:
    """The running campaign that this kind of danger belongs to by its declaration, where there is exactly one."""
    day: date = at.astimezone(_LOCAL).date()
    running = Campaign.objects.filter(
        item__closed_at=None, item__exercise_id=exercise_id, starts_on__lte=day, ends_on__gte=day,
        categories__contains=[danger.category],
    ).values_list("pk", "item__region__prefix")  # fmt: skip
    fitting = [pk for pk, prefix in running if region.startswith(prefix)]
    return fitting[0] if len(fitting) == 1 else None


def _to_the_firm(
    item: WorkItem, firm: Organisation, rectify_by: datetime | None, *, own: Organisation | None, by: str,
    at: datetime,
) -> None:  # fmt: skip
    """A finder who may assign gives it to the firm at once, a firm takes on its own; else the usual date."""
    days = rulesets.value_of("dangers.ordinary_term_days", region=item.region_id, at=at)
    due = rectify_by or at + timedelta(days=days)
    if own is not None:
        take_on(item=item, rectify_by=due, by=by, at=at)
    elif common.is_checker(by, region=item.region_id, at=at):
        assign(item=item, organisation=firm, rectify_by=due, by=by, at=at)


def take_on(*, item: WorkItem, rectify_by: datetime, by: str, at: datetime, **rest: Any) -> Step:
    """A firm puts right what it found itself, by a date."""
    with transaction.atomic():
        danger, firm = _own(item, by)
        common.set_term(danger, rectify_by, by=by, at=at)
        step = move(item=item, name="take_on", by=by, at=at, rectify_by=rectify_by.isoformat(), **rest)
        common.charge_firm(item, firm, by=by, at=at)
    return step


def fix_own(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """A firm found it and put it right: its two photos wait for the patroller, who accepts them or goes to look."""
    with transaction.atomic():
        danger, firm = _own(item, by)
        rules.check_on_spot(danger.grade)
        step = move(item=item, name="fix_own", by=by, at=at, **rest)
        item.charge_org = firm
        item.save(update_fields=["charge_org"])
    return step


def _own(item: WorkItem, by: str) -> tuple[Danger, Organisation]:
    """A danger that an author's own firm found, and the firm; raises `Refused`."""
    danger, firm = common.lock(item), own_firm(person_id(by))
    if firm is None or danger.organisation_id != firm.pk:
        raise Refused(NOT_THE_FIRMS)
    return danger, firm


def assign(
    *,
    item: WorkItem,
    organisation: Organisation | UUID | str,
    rectify_by: datetime,
    by: str,
    at: datetime,
    **rest: Any,
) -> Step:
    """Give it to the firm with a date."""
    firm = common.firm_of(organisation)
    with transaction.atomic():
        danger = common.lock(item)
        danger.organisation = firm
        common.set_term(danger, rectify_by, by=by, at=at, also=("organisation",))
        needs: dict[str, Any] = {"organisation": str(firm.pk), "rectify_by": rectify_by.isoformat()}
        step = move(item=item, name="assign", by=by, at=at, **rest, **needs)
        common.charge_firm(item, firm, by=by, at=at)
    return step


def fix_on_spot(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """Put right where it was found: two photos. A firm does not close off by it what is its own."""
    with transaction.atomic():
        danger = common.lock(item)
        if own_firm(person_id(by)) is not None:
            raise Refused(NOT_BY_THE_FIRM)
        rules.check_on_spot(danger.grade)
        step = move(item=item, name="fix_on_spot", by=by, at=at, **rest)
        common.weigh_point(danger, by=by, at=at)
    return step


def withdraw(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """It was no danger: the reason stays."""
    with transaction.atomic():
        danger = common.lock(item)
        step = move(item=item, name="withdraw", by=by, at=at, **rest)
        common.weigh_point(danger, by=by, at=at)
    return step


def rank(*, item: WorkItem, harm: int, difficulty: int, spread: int, by: str, at: datetime) -> Danger:
    """一线三排, the order: somebody looks at harm, difficulty and spread (1–3) and sets them."""
    with transaction.atomic():
        danger = common.lock(item)
        danger.harm, danger.difficulty, danger.spread = harm, difficulty, spread
        common.set_order(danger, at=at)
        danger.save(update_fields=["harm", "difficulty", "spread", "order"])
        facts = {"harm": harm, "difficulty": difficulty, "spread": spread, "order": danger.order}
        record(code="dangers.ranked", subject=("loop.item", item.pk), facts=facts, by=by, at=at,
               region=item.region_id, exercise_id=item.exercise_id)  # fmt: skip
    return danger
