"""What stands behind a number, whatever it is made of: each kind of row with its name, its page and its entries."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from anlan.kernel.core.words import N_
from anlan.kernel.loop import registry as loops
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.loop.queries import visible_items
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import duty_names, scope_of
from anlan.kernel.places.models import Region
from anlan.surfaces.web.pages.items import url_of
from anlan.surfaces.web.worlds import World

ITEM = "loop.workitem"


@dataclass(frozen=True, slots=True)
class Row:
    """A row behind a number that the reader may see. `item` is None where it is no work item."""

    id: UUID
    title: str
    kind: str
    region: Region | None
    state: str
    closed: bool
    at: datetime | None
    due_at: datetime | None
    url: str
    entries: str
    item: WorkItem | None = None


@dataclass(frozen=True, slots=True)
class Opener:
    """A kind of rows that are no work items: where they lie, what they are called, where their page is."""

    model: str
    label: str
    region: str  # path of the region code
    subjects: tuple[str, ...]  # what the ledger calls it
    title: Callable[[Any], str] = str
    url: Callable[[Any], str] = lambda row: ""
    where: Callable[[Any], Region] = lambda row: row.region
    at: Callable[[Any], datetime | None] = lambda row: None
    related: tuple[str, ...] = ("region",)
    subject: Callable[[Any], object] = lambda row: row.pk


OPENERS = {
    each.model: each
    for each in (
        Opener(
            "indicators.count", N_("Counted record"), "region__code", ("indicators.count",),
            title=lambda row: f"{row.value.normalize():f} {_(row.unit)} · {row.scope}",
            url=lambda row: reverse("web:fact", args=[row.pk]), at=lambda row: row.recorded_at,
        ),
        Opener(
            "indicators.scopenote", N_("Scope note"), "region__code", ("indicators.scope",), at=lambda row: row.at,
        ),
        Opener(
            "enterprises.enterprise", N_("Enterprise"), "organisation__region__code", ("enterprises.enterprise",),
            title=lambda row: str(row.organisation.name), url=lambda row: reverse("web:enterprise", args=[row.pk]),
            where=lambda row: row.organisation.region, at=lambda row: row.created_at,
            related=("organisation__region",),
        ),
        Opener(
            "risks.riskpoint", N_("Risk point"), "region__code", ("risks.point",),
            url=lambda row: reverse("web:risk_point", args=[row.pk]), at=lambda row: row.created_at,
        ),
        Opener(
            "risks.risksource", N_("Risk source"), "point__region__code", ("risks.point",),
            url=lambda row: reverse("web:risk_point", args=[row.point_id]), where=lambda row: row.point.region,
            related=("point__region",), subject=lambda row: row.point_id,
        ),
        Opener(
            "sensing.station", N_("Station"), "region__code", ("sensing.station",),
            url=lambda row: reverse("web:station", args=[row.pk]),
        ),
        Opener(
            # Terminals come in by the list; the entry of a list is one of its street.
            "contractors.fixture", N_("Terminal or board"), "region__code", ("places.region",),
            title=lambda row: f"{row.code} · {row.park}", subject=lambda row: row.region_id,
        ),
        Opener(
            "grassroots.activity", N_("Line of a station's work book"), "station__region__code",
            ("grassroots.station",), title=lambda row: f"{row.station} · {row.work}",
            url=lambda row: reverse("web:post", args=[row.station_id]), where=lambda row: row.station.region,
            at=lambda row: row.happened_at, related=("station__region",), subject=lambda row: row.station_id,
        ),
        Opener(
            "resources.force", N_("Rescue force"), "region__code", ("resources.force",),
            url=lambda row: reverse("web:force", args=[row.pk]), at=lambda row: row.joined_at,
        ),
        Opener(
            "workplan.fund", N_("Fund"), "region__code", ("workplan.fund",),
            title=lambda row: f"{row.name} · {row.organisation} · {row.year}", url=lambda row: reverse("web:funds"),
            at=lambda row: row.recorded_at, related=("region", "organisation"),
        ),
        Opener(
            "orgs.duty", N_("Duty"), "region__code", ("orgs.duty",),
            title=lambda row: f"{row.person.name} · {duty_names([row.kind_id])[0]}",
            url=lambda row: reverse("web:holders"), at=lambda row: row.verified_at,
            related=("region", "person", "kind"),
        ),
        Opener(
            "places.place", N_("Place"), "region__code", ("places.place",),
            title=lambda row: f"{row.name} · {row.kind.label}", at=lambda row: row.created_at,
            related=("region", "kind"),
        ),
    )
}  # fmt: skip


def opener_of(opens: str) -> Opener | None:
    """How rows of a model are opened; None for work items. Each model that a number opens to is described above."""
    return None if opens in ("", ITEM) else OPENERS[opens]


def rows_of(ids: Sequence[Any], *, opens: str, person: Person, world: World) -> list[Row]:
    """The rows of some ids that a person may see, in the order of the ids."""
    opener = opener_of(opens)
    if opener is None:
        found = visible_items(person, at=world.seen_at).filter(pk__in=list(ids)).select_related("region")
        rows = [_item(item) for item in found]
    else:
        rows = [_row(opener, each) for each in _visible(opener, person, world, pk__in=list(ids))]
    known = {str(row.id): row for row in rows}
    return [known[str(each)] for each in ids if str(each) in known]


def row_of(pk: UUID, *, opens: str, person: Person, world: World) -> tuple[Row, tuple[str, ...], str] | None:
    """One row with what the ledger calls it, or None where it is not there or not the person's to see."""
    opener = opener_of(opens)
    if opener is None:
        item = visible_items(person, at=world.seen_at).filter(pk=pk).select_related("region").first()
        return None if item is None else (_item(item), ("loop.item", item.loop), str(item.pk))
    found = next(iter(_visible(opener, person, world, pk=pk)), None)
    return None if found is None else (_row(opener, found), opener.subjects, str(opener.subject(found)))


def _visible(opener: Opener, person: Person, world: World, **which: Any) -> Any:
    mine = Q(pk=None)
    for prefix in scope_of(person, at=world.seen_at):
        mine |= Q(**{f"{opener.region}__startswith": prefix})
    model = apps.get_model(opener.model)
    return model._default_manager.filter(mine, **which).select_related(*opener.related)


def _item(item: WorkItem) -> Row:
    loop = loops.loop_of(item)
    state = _(loop.states.get(item.state, item.state))
    return Row(
        item.pk, item.title, _(loop.label), item.region, state, item.closed_at is not None, item.opened_at,
        item.due_at, url_of(item), reverse("web:number_entries", args=[item.pk]), item,
    )  # fmt: skip


def _row(opener: Opener, row: Any) -> Row:
    entries = f"{reverse('web:number_entries', args=[row.pk])}?of={opener.model}"
    return Row(
        row.pk, opener.title(row), _(opener.label), opener.where(row), "", False, opener.at(row), None,
        opener.url(row), entries,
    )  # fmt: skip
