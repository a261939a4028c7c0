"""Schemes and rounds that a person may see."""

from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from anlan.domains.assessments.models import Round, Scheme, Sheet
from anlan.kernel.core.worlds import in_world
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import scope_of


def _mine(person: Person, *, at: datetime) -> Q:
    """A person's regions and those above: a street is assessed by the district's scheme."""
    mine = Q(pk=None)
    for prefix in scope_of(person, at=at):
        above = [prefix[:length].ljust(12, "0") for length in (2, 4, 6, 9) if length <= len(prefix)]
        mine |= Q(region__code__startswith=prefix) | Q(region__in=above)
    return mine


def schemes_for(person: Person, *, at: datetime) -> QuerySet[Scheme]:
    """Every version, the newest of each first."""
    rows = Scheme.objects.filter(_mine(person, at=at)).select_related("region")
    return rows.annotate(many=Count("items")).order_by("code", "-version")


def rounds_for(person: Person, *, at: datetime, exercise_id: UUID | None = None) -> QuerySet[Round]:
    """The rounds of a person's regions and of those above, newest first."""
    rows = Round.objects.filter(_mine(person, at=at), in_world(exercise_id))
    return rows.select_related("scheme", "region").order_by("-last", "-at")


def next_version(code: str, region: str) -> int:
    """The number that the next version of a scheme takes."""
    found = Scheme.objects.filter(code=code, region_id=region).aggregate(last=Max("version"))["last"]
    return int(found or 0) + 1


def states_of(of: Round) -> dict[str, int]:
    """How many sheets of a round stand where."""
    rows = Sheet.objects.filter(round=of).values("item__state").annotate(n=Count("pk"))
    return {row["item__state"]: row["n"] for row in rows.order_by()}
