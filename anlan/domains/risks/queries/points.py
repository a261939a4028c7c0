"""Reads about single points: who may see them, and why a level is what it is."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from anlan.domains.risks import rules
from anlan.domains.risks.models import RiskPoint
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import visible_regions


def visible_points(person: Person, *, at: datetime) -> QuerySet[RiskPoint]:
    """The points in use that a person may see: of the regions of their duties; a firm's people those of the firm."""
    own = Q(pk__in=[])
    if person.organisation.kind == "enterprise":
        own = Q(enterprise_id=person.organisation_id)
    return RiskPoint.objects.filter(own | visible_regions(person, at=at, field="region_id"), active=True)


def why_of(point: RiskPoint) -> list[str]:
    """Why the current level is above the assessed one, in sentences of the reader's language; empty: it is not."""
    return raised_by(point.weighed.get("raised", []))


def raised_by(raised: Iterable[Mapping[str, Any]]) -> list[str]:
    """The same of what a row keeps of it."""
    return [_sentence(found) for found in raised]


def _sentence(found: Mapping[str, Any]) -> str:
    sentence, level = rules.WHY[found["grade"]], rules.LABELS[found["to"]]
    return _(sentence).format(n=found["open"], level=_(level))
