"""挂牌督办: listed, published, asked to be taken off, pre-checked, accepted with an expert, taken off.

Whoever listed it accepts it and takes it off: a street does not delist what the district listed.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction

from anlan.domains.dangers import rules
from anlan.domains.dangers.actions import common, mending
from anlan.domains.dangers.loop import DISTRICT, STREET
from anlan.domains.dangers.models import Listing
from anlan.kernel.core.errors import Refused
from anlan.kernel.loop.actions import move, open_item
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.loop.rights import person_id
from anlan.kernel.orgs.queries import duty_names, has_duty

MAY_LIST = {
    "street": STREET,
    "district": DISTRICT,
    "city": DISTRICT,
}  # what the city listed, the district enters


def list_danger(
    *,
    item: WorkItem,
    level: str,
    by: str,
    at: datetime,
    decision: str = "",
    document: str = "",
    rectify_by: datetime | None = None,
) -> WorkItem:
    """List a major danger at a level (street, district, or as the city listed it, with the number of its notice).

    With `rectify_by` it gets a new date, else it keeps its own.
    Raises `Refused`: dangers.not_major, dangers.listed_already, dangers.not_yours_to_list, dangers.no_document.
    """
    if level == "city" and not document.strip():
        raise Refused(rules.NO_DOCUMENT, field="document")
    person = person_id(by)
    if person is None or not has_duty(person_id=person, kinds=MAY_LIST[level], region=item.region_id, at=at):
        raise Refused(rules.NOT_YOURS_TO_LIST, who="、".join(duty_names(MAY_LIST[level])))
    with transaction.atomic():
        danger = common.lock(item)
        open_one = Listing.objects.filter(danger=danger, item__closed_at=None).exists()
        rules.check_listing(grade=danger.grade, listed=open_one)
        if rectify_by is not None:
            common.set_term(danger, rectify_by, by=by, at=at)
        return open_item(
            loop="dangers.listing", record=Listing(
                danger=danger, level=level, decision=decision[:300], document=document.strip()[:100]
            ),
            title=item.title, region=item.region_id, severity=3, charge_org=danger.organisation, arises_from=item,
            by=by, at=at, exercise_id=item.exercise_id,
        )  # fmt: skip


def publish(*, item: WorkItem, public_text: str, by: str, at: datetime, **rest: Any) -> Step:
    """Approve the public notice of one listed danger, in these words and no others (practice.md 1.11)."""
    with transaction.atomic():
        listing = _lock(item, "publish")
        step = move(item=item, name="publish", by=by, at=at, public_text=public_text, **rest)
        listing.public_text, listing.published_at, listing.published_by = public_text[:300], at, by
        listing.save(update_fields=["public_text", "published_at", "published_by"])
    return step


def apply(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """The firm asks to be taken off: by the same act it reports the danger as put right, with the five in place."""
    with transaction.atomic():
        listing = _lock(item, "apply")
        five = {name: rest.pop(name) for name in list(rest) if name.startswith("five_")}
        danger = listing.danger
        if danger.item.state == "rectifying":
            told = {name: rest[name] for name in ("evidence", "happened_at") if name in rest}
            mending.rectify(item=danger.item, by=by, at=at, **told, **five)
        return move(item=item, name="apply", by=by, at=at, **rest)


def step(*, item: WorkItem, name: str, by: str, at: datetime, **rest: Any) -> Step:
    """A move that only the listing's own level makes; going back puts the firm in charge again."""
    with transaction.atomic():
        listing = _lock(item, name)
        if name in ("accept", "accept_city"):
            listing.expert = str(rest.get("expert", ""))[:100]
        listing.reply = str(rest.get("reply", listing.reply))[:100]
        listing.save(update_fields=["expert", "reply"])
        done = move(item=item, name=name, by=by, at=at, **rest)
        if done.target == "listed" and listing.danger.organisation is not None:
            common.charge_firm(item, listing.danger.organisation, by=by, at=at)
            _danger_back(listing, str(rest.get("reason", "")), by=by, at=at)
    return done


def _danger_back(listing: Listing, why: str, *, by: str, at: datetime) -> None:
    """What was not accepted is being put right again, by the date it had or a week from now."""
    danger = listing.danger
    if danger.item.state == "recheck":
        again = rules.again_by(danger.rectify_by, at=at)
        mending.send_back(item=danger.item, rectify_by=again, reason=why, by=by, at=at)


def _acts(name: str) -> Any:
    """The act of one move, as declarations want it."""

    def act(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
        return step(item=item, name=name, by=by, at=at, **rest)

    act.__name__ = name
    return act


ACTS: dict[str, Callable[..., Step]] = {
    "publish": publish,
    "apply": apply,
    **{
        name: _acts(name)
        for name in (
            "precheck",
            "turn_down",
            "accept",
            "reject",
            "delist",
            "accept_street",
            "delist_street",
            "precheck_district",
            "accept_city",
            "reject_city",
            "delist_city",
        )
    },
}


def _lock(item: WorkItem, name: str) -> Listing:
    rows = Listing.objects.select_for_update(of=("self",)).select_related(
        "danger__item", "danger__organisation"
    )
    listing = rows.get(pk=item.pk)
    rules.check_level(listing.level, name)
    return listing
