"""Reads about dangers."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from anlan.domains.dangers.models import Danger, Term
from anlan.kernel.core.worlds import in_world
from anlan.kernel.loop.models import Extension, Step
from anlan.kernel.loop.queries import visible_items
from anlan.kernel.orgs.models import Person
from anlan.kernel.places.regions import prefix_of


def visible_dangers(person: Person, *, at: datetime, exercise_id: UUID | None = None) -> QuerySet[Danger]:
    """The dangers a person may see, newest first."""
    rows = Danger.objects.filter(item__in=visible_items(person, at=at), item__exercise_id=exercise_id)
    return rows.select_related("item__region", "organisation").order_by("-item__opened_at")


def terms_due(
    *, region: str, start: datetime, end: datetime, as_of: datetime, exercise_id: UUID | None = None
) -> dict[UUID, datetime]:
    """Item → its date to be put right by, for those whose last known date lies in the span."""
    here = Term.objects.filter(in_world(exercise_id, path="item__exercise_id"), set_at__lte=as_of)
    if region:
        here = here.filter(item__region__code__startswith=prefix_of(region))
    last = dict(here.order_by("set_at").values_list("item_id", "due_at"))
    granted = Extension.objects.filter(
        of__in=list(last), item__state="granted", item__steps__move="grant", item__steps__at__lte=as_of
    )
    last |= dict(granted.order_by("item__steps__at").values_list("of_id", "until"))
    return {item: due for item, due in last.items() if start <= due < end}


def accepted_at(items: Iterable[UUID], *, as_of: datetime) -> dict[UUID, datetime]:
    """Item → when its last recheck passed, as recorded up to a time; late entries count by when it happened."""
    passed = Step.objects.filter(item__in=list(items), move__in=("accept", "fix_on_spot"), at__lte=as_of)
    return dict(passed.order_by("at").values_list("item_id", "happened_at"))
