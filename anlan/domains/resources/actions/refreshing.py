"""Writes about sets of data: what is too old is laid before its keeper; what was brought up to date closes itself."""

from datetime import datetime
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext

from anlan.domains.resources import queries
from anlan.domains.resources.models import Refresh
from anlan.kernel.core.words import N_
from anlan.kernel.loop.actions import move, open_item
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.places.regions import prefix_of

LOOP = "resources.refresh"
BY = "service:sweep"
TITLE = N_("{name}: no change since {day}")


def find_old(*, region: str, at: datetime) -> int:
    """The round of the day: sets older than they may be become matters of their keepers; those that changed close."""
    return _close_changed(region, at=at) + _open_old(region, at=at)


def _open_old(region: str, *, at: datetime) -> int:
    done = 0
    for data in queries.datasets(region=region, at=at):
        if not data.days:
            continue
        now = queries.standing_of(data, within=queries.region_filter(data, [prefix_of(region)]), at=at)
        if not now.late or now.open_item is not None:
            continue
        fresh = now.fresh_at
        title = gettext(TITLE).format(name=data.label, day=f"{localtime(fresh):%F}" if fresh else "—")
        open_item(
            loop=LOOP, record=Refresh(code=data.code, changed_at=now.changed_at), title=title, region=region,
            charge_duty=data.keeper, by=BY, at=at,
        )  # fmt: skip
        done += 1
    return done


def _close_changed(region: str, *, at: datetime) -> int:
    known = {data.code: data for data in queries.datasets(region=region, at=at)}
    done = 0
    for row in Refresh.objects.filter(item__closed_at=None).select_related("item"):
        data = known.get(row.code)
        if data is None:
            continue
        now = queries.standing_of(data, within=queries.region_filter(data, [prefix_of(region)]), at=at)
        if now.changed_at is not None and (row.changed_at is None or now.changed_at > row.changed_at):
            move(item=row.item, name="refresh", by=BY, at=at)
            done += 1
    return done


def look_through(*, item: WorkItem, checked: Any, by: str, at: datetime, **rest: Any) -> Step:
    """The keeper looked it through and nothing has changed; how it was checked is written down."""
    return move(item=item, name="look_through", by=by, at=at, checked=str(checked)[:300], **rest)
