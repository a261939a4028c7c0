"""What the map says of an object that somebody clicked: a card a layer, fetched and authorised in one query."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from anlan.domains.enterprises.models import Enterprise, Site
from anlan.domains.enterprises.queries import archive
from anlan.domains.risks.models import RiskPoint, RiskSource
from anlan.domains.risks.queries.points import visible_points, why_of
from anlan.kernel.orgs.models import Person
from anlan.surfaces.web import scales

LEVELS = (None, "blue", "yellow", "orange", "red")  # of a risk, as its hue


@dataclass(frozen=True, slots=True)
class Level:
    """A level on one axis, as hue, shape and word."""

    axis: str
    hue: str
    shape: str
    word: str


@dataclass(frozen=True, slots=True)
class Card:
    """An object in a few lines; `url` is its page, "" where it has none."""

    id: UUID
    title: str
    where: str
    url: str = ""
    levels: tuple[Level, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = field(default=())


Cards = Callable[[Person, Sequence[UUID], datetime], list[Card]]
CARDS: dict[str, Cards] = {}


def page_at(name: str, *arguments: object) -> str:
    """The address of a page, "" where this house has none of that name."""
    try:
        return reverse(f"web:{name}", args=arguments)
    except NoReverseMatch:
        return ""


def risk_level(axis: str, level: int) -> Level:
    """A risk level 0–4 of an axis."""
    hue = LEVELS[level] if 0 < level < len(LEVELS) else None
    if hue is None:
        return Level(axis, "none", "○", _("not yet assessed"))
    words = {"red": "major", "orange": "considerable", "yellow": "moderate", "blue": "low"}
    return Level(axis, hue, scales.SIGNAL[hue].shape, str(scales.RISK[words[hue]]))


def _point_cards(person: Person, ids: Sequence[UUID], at: datetime) -> list[Card]:
    rows = (
        visible_points(person, at=at).filter(pk__in=ids).select_related("enterprise__organisation", "region")
    )
    return [_point(row) for row in rows]


def _point(row: RiskPoint) -> Card:
    return Card(
        id=row.pk,
        title=row.name,
        where=f"{row.enterprise.organisation.name} · {row.region.name}",
        url=page_at("risk_point", row.pk),
        levels=(
            risk_level(_("Worst case"), row.worst_case_level),
            risk_level(_("Current risk"), row.current_level),
        ),
        facts=((_("Point number"), row.number), (_("Who controls it"), row.responsible)),
        notes=tuple(why_of(row)),
    )


def _source_cards(person: Person, ids: Sequence[UUID], at: datetime) -> list[Card]:
    rows = RiskSource.objects.filter(pk__in=ids, active=True, point__in=visible_points(person, at=at))
    return [_source(row) for row in rows.select_related("point__enterprise__organisation", "point__region")]


def _source(row: RiskSource) -> Card:
    point = row.point
    return Card(
        id=row.pk,
        title=row.name,
        where=f"{point.enterprise.organisation.name} · {point.region.name}",
        url=page_at("risk_point", point.pk),
        levels=(
            risk_level(_("Worst case"), row.worst_case_level),
            risk_level(_("Assessed"), row.assessed_level),
        ),
        facts=((_("Risk point"), point.name),),
    )


def _site_cards(person: Person, ids: Sequence[UUID], at: datetime) -> list[Card]:
    """Sites by their own id, or by that of their firm."""
    firms = archive.visible_to(person, at=at)
    sites = Site.objects.filter(pk__in=ids, enterprise__in=firms)
    found = [_site(row) for row in sites.select_related("enterprise__organisation", "region")]
    return found + [_firm(row) for row in firms.filter(pk__in=ids)]


def _site(row: Site) -> Card:
    firm = row.enterprise
    return Card(
        id=row.pk,
        title=f"{firm.organisation.name} {row.name}".strip(),
        where=" · ".join(part for part in (row.region.name, row.address) if part),
        url=page_at("enterprise", firm.pk),
        facts=((_("Sector"), firm.sector), (_("Class"), firm.grade)),
    )


def _firm(row: Enterprise) -> Card:
    return Card(
        id=row.pk,
        title=row.organisation.name,
        where=row.organisation.region.name,
        url=page_at("enterprise", row.pk),
        facts=((_("Sector"), row.sector), (_("Class"), row.grade)),
    )


CARDS |= {"risk_point": _point_cards, "risk_source": _source_cards, "enterprise_site": _site_cards}
