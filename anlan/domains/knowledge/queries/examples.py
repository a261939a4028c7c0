"""Typical cases: which cases may become one, what their rows say, and which are shared."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from anlan.domains.knowledge.models import Example
from anlan.kernel.core.worlds import in_world
from anlan.kernel.domain import registry
from anlan.kernel.domain.links import Shareable, Told
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.loop.queries import visible_items
from anlan.kernel.orgs.models import Person


def shareable() -> list[Shareable]:
    """What domains offer to be shared."""
    return [each for domain in registry.all_domains() for each in domain.links.shareable]


def case_of(number: str, *, person: Person, at: datetime, exercise_id: UUID | None = None) -> WorkItem | None:
    """The closed case of a number that somebody may see."""
    for offered in shareable():
        keys = offered.find(number)
        items = visible_items(person, at=at).filter(
            in_world(exercise_id), pk__in=keys, loop=offered.kind, state__in=offered.states
        )
        found = items.select_related("region").order_by("-closed_at").first()
        if found is not None:
            return found
    return None


def told_of(case: WorkItem) -> Told:
    """What the rows of a case say of it, and the names that must not leave it."""
    offered = next(each for each in shareable() if each.kind == case.loop)
    return offered.told(case.pk)


def shared(*, exercise_id: UUID | None = None, words: Iterable[str] = ()) -> QuerySet[Example]:
    """The library: what was shared and not taken out, the newest first. It is there for the whole bureau."""
    rows = Example.objects.filter(in_world(exercise_id, path="item__exercise_id"), item__state="shared")
    for word in words:
        rows = rows.filter(item__title__icontains=word) | rows.filter(story__icontains=word)
    return rows.select_related("item__region").order_by("-shared_at", "-pk")
