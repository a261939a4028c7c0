"""Risk points and risk sources in the graph: at which firm and site, in which community, what they threaten with."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from anlan.domains.risks import rules
from anlan.domains.risks.models import RiskPoint, RiskSource
from anlan.domains.risks.queries import lists
from anlan.domains.risks.queries.points import visible_points
from anlan.kernel.core.words import N_
from anlan.kernel.domain.links import Link, Links, NodeKind, Reader, Said
from anlan.kernel.domain.nodes import called, every

POINT = "risks.point"
SOURCE = "risks.source"


def _points(reader: Reader) -> QuerySet[Any]:
    rows = visible_points(reader.person, at=reader.at).defer("search")
    return rows.select_related("enterprise__organisation", "region")


def _sources(reader: Reader) -> QuerySet[Any]:
    points = visible_points(reader.person, at=reader.at)
    rows = RiskSource.objects.filter(active=True, point__in=points.values("pk"))
    return rows.select_related("point__enterprise__organisation").defer("search", "point__search")


def _level(level: int) -> str:
    return _(rules.LABELS[level]) if level else ""


def _point(row: RiskPoint) -> Said:
    parts = (_level(row.current_level), called(row.enterprise.organisation), called(row.region))
    return Said(row.name, " · ".join(part for part in parts if part))


def _source(row: RiskSource) -> Said:
    parts = (_level(row.assessed_level), row.point.name, called(row.point.enterprise.organisation))
    return Said(row.name, " · ".join(part for part in parts if part), (POINT, str(row.point_id)))


def _find_points(reader: Reader, words: str, limit: int) -> Sequence[str]:
    """As the list of points finds them: one walk through its index at any size."""
    found = lists.points(replace(lists.Asked(), words=words[:80]), reader.person, at=reader.at)
    return [str(row.pk) for row in found.rows[:limit]]


def _find_sources(reader: Reader, words: str, limit: int) -> Sequence[str]:
    found = lists.sources(replace(lists.Asked(), words=words[:80]), reader.person, at=reader.at)
    return [str(row.pk) for row in found.rows[:limit]]


def _live(reader: Reader) -> QuerySet[Any]:
    del reader
    return RiskPoint.objects.filter(active=True)


LINKS = Links(
    kinds=(
        NodeKind(POINT, N_("Risk point"), _points, _point, find=_find_points, region="region_id"),
        NodeKind(SOURCE, N_("Risk source"), _sources, _source, find=_find_sources, region="point__region_id"),
    ),
    links=(
        Link("risks.of_firm", POINT, "enterprises.firm", N_("is of the firm"), N_("Risk points"), rows=_live,
             at_target="enterprise_id", since="created_at"),
        Link("risks.on_site", POINT, "enterprises.site", N_("lies on the site"), N_("Risk points on the site"),
             rows=_live, at_target="site_id", since="created_at"),
        Link("risks.lies_in", POINT, "places.region", N_("lies in"), N_("Risk points"), rows=_live,
             at_target="region_id", since="created_at", one_way=True),
        Link("risks.at_point", SOURCE, POINT, N_("threatens at"), N_("What can go wrong there"),
             rows=every(RiskSource, active=True), at_target="point_id", why="accident_kinds"),
    ),
)  # fmt: skip
