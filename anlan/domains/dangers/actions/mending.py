"""The firm puts it right, the recheck passes or fails, it is closed off, perhaps reopened; more time is granted."""

from datetime import datetime
from typing import Any

from django.db import transaction

from anlan.domains.dangers import rules
from anlan.domains.dangers.actions import common
from anlan.domains.dangers.models import Danger, Listing
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused
from anlan.kernel.loop import handing
from anlan.kernel.loop.actions import move
from anlan.kernel.loop.models import Extension, Step, WorkItem


def rectify(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """The firm (or a patroller for it) reports it put right, with a photo; the five in place where they are due.

    The five come as `five_measures`, `five_responsible`, `five_funds`, `five_time_limit` and `five_plan`.
    """
    with transaction.atomic():
        danger = common.lock(item)
        plan(danger, rest, at=at)
        if told := common.entered_for(danger.organisation_id, by):
            rest["entered_for"] = told
        return move(item=item, name="rectify", by=by, at=at, **rest)


def plan(danger: Danger, rest: dict[str, Any], *, at: datetime) -> None:
    """Take the five in place out of a form's facts, keep them, and ask for those that are missing."""
    five = {name: rest.pop(f"five_{name}", "") for name in rules.FIVE}
    given = danger.five_in_place | {name: text for name, text in five.items() if text}
    rules.check_five(grade=danger.grade, age=at - danger.item.opened_at, five=given)
    if given != danger.five_in_place:
        danger.five_in_place = given
        danger.save(update_fields=["five_in_place"])


def accept(*, item: WorkItem, how: str, by: str, at: datetime, **rest: Any) -> Step:
    """Recheck passed: closed off. `how` is visit or photo. A listed one waits for its delisting."""
    with transaction.atomic():
        danger = common.lock(item)
        if Listing.objects.filter(danger=danger, item__closed_at=None).exists():
            raise Refused(rules.LISTED)
        listed = rulesets.value_of("dangers.photo_recheck_categories", region=item.region_id, at=at)
        rules.check_recheck(
            grade=danger.grade,
            category=danger.category,
            how=how,
            hands={danger.found_by, _mended_by(item)},
            by=by,
            by_photo=listed,
        )
        step = move(item=item, name="accept", by=by, at=at, how=how, **rest)
        common.weigh_point(danger, by=by, at=at)
    return step


def _mended_by(item: WorkItem) -> str:
    """Who reported it as put right the last time."""
    last = Step.objects.filter(item=item, move__in=("rectify", "fix_own")).order_by("-at", "-pk").first()
    return last.by if last is not None else ""


def send_back(*, item: WorkItem, rectify_by: datetime, by: str, at: datetime, **rest: Any) -> Step:
    """Recheck failed: the firm has it again, with a new date."""
    return _back_to_firm(item, "send_back", rectify_by=rectify_by, by=by, at=at, **rest)


def reopen(*, item: WorkItem, rectify_by: datetime, by: str, at: datetime, **rest: Any) -> Step:
    """Closed off too soon: the firm has it again, with a new date."""
    return _back_to_firm(item, "reopen", rectify_by=rectify_by, by=by, at=at, **rest)


def _back_to_firm(
    item: WorkItem, name: str, *, rectify_by: datetime, by: str, at: datetime, **rest: Any
) -> Step:
    with transaction.atomic():
        danger = common.lock(item)
        common.set_term(danger, rectify_by, by=by, at=at)
        step = move(item=item, name=name, by=by, at=at, rectify_by=rectify_by.isoformat(), **rest)
        if danger.organisation is not None:
            common.charge_firm(item, danger.organisation, by=by, at=at)
        if name == "reopen":
            common.weigh_point(danger, by=by, at=at)
    return step


def ask_more_time(*, item: WorkItem, until: datetime, why: str, by: str, at: datetime) -> WorkItem:
    """The firm asks for a later date: of the level that listed the danger, else of the street."""
    listing = Listing.objects.filter(danger_id=item.pk, item__closed_at=None).first()
    district = listing is not None and listing.level in ("district", "city")
    of = "safety_section" if district else "street_safety_officer"
    return handing.ask_extension(item=item, until=until, why=why, of=of, by=by, at=at)


def grant_more_time(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """Grant it: the danger has the later date, and so has its listing."""
    told = {name: rest[name] for name in ("reason", "entered_by", "telephone") if rest.get(name)}
    with transaction.atomic():
        step = handing.grant_extension(item=item, by=by, at=at, **told)
        request = Extension.objects.get(pk=item.pk)
        Danger.objects.filter(pk=request.of_id).update(rectify_by=request.until)
        for listing in Listing.objects.filter(danger_id=request.of_id, item__state="listed").select_related(
            "item"
        ):
            handing.restart(listing.item, due_at=request.until)
    return step
