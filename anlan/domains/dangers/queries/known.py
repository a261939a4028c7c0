"""What is known of dangers: lists, a site's open ones and its history, repeats, papers, what may be published."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, QuerySet

from anlan.domains.dangers import rules
from anlan.domains.dangers.models import Danger, Listing
from anlan.kernel.core import rulesets
from anlan.kernel.core.worlds import in_world
from anlan.kernel.loop.queries import visible_items
from anlan.kernel.orgs.models import Duty, Person
from anlan.kernel.orgs.queries import in_force
from anlan.kernel.places.regions import ancestors, prefix_of


def visible_dangers(person: Person, *, at: datetime, exercise_id: UUID | None = None) -> QuerySet[Danger]:
    """The dangers a person may see, newest first."""
    rows = Danger.objects.filter(item__in=visible_items(person, at=at), item__exercise_id=exercise_id)
    return rows.select_related("item__region", "organisation").order_by("-item__opened_at")


def history_of(
    site_id: UUID, *, exercise_id: UUID | None = None, open_only: bool = False
) -> QuerySet[Danger]:
    """The dangers of a site: open ones by what runs out first, or all, newest first."""
    rows = Danger.objects.filter(in_world(exercise_id, path="item__exercise_id"), site_id=site_id)
    rows = rows.select_related("item", "organisation", "risk_point")
    if open_only:
        return rows.filter(item__closed_at=None).order_by("item__due_at")
    return rows.order_by("-item__opened_at")


def open_listing(danger: Danger) -> Listing | None:
    return Listing.objects.select_related("item").filter(danger=danger, item__closed_at=None).first()


def listed_dangers(site_id: UUID, *, exercise_id: UUID | None = None) -> list[dict[str, Any]]:
    """What a page without sign-in may say of a site: listed major dangers, in the words that were approved, until they
    are taken off the list (practice.md 1.11). Plain values: text, since, due."""
    rows = Listing.objects.filter(
        in_world(exercise_id, path="item__exercise_id"), danger__site_id=site_id, item__closed_at=None,
        published_at__isnull=False,
    ).select_related("item", "danger")  # fmt: skip
    return [
        {"text": row.public_text, "since": row.item.opened_at, "due": row.danger.rectify_by}
        for row in rows.order_by("item__opened_at")
    ]


def late_days(danger: Danger, *, at: datetime) -> float | None:
    """How many days a danger is late, or None where it is not, or is not being put right."""
    due = danger.item.due_at
    if danger.item.state != "rectifying" or due is None or due >= at:
        return None
    return (at - due) / timedelta(days=1)


def papers_offered(danger: Danger, person: Person, *, at: datetime) -> Sequence[str]:
    """The papers that a person may issue about an open danger."""
    if danger.item.closed_at is not None or danger.organisation_id is None:
        return ()
    here = Duty.objects.filter(in_force(at), person=person, region_id__in=ancestors(danger.item.region_id))
    days = float(rulesets.value_of("dangers.follow_up_order_days", region=danger.item.region_id, at=at))
    kinds = set(here.values_list("kind_id", flat=True))
    return rules.papers_for(kinds, late_days=late_days(danger, at=at), order_after_days=days)


def repeat_offenders(
    *, region: str, at: datetime, exercise_id: UUID | None = None, days: int | None = None
) -> list[dict[str, Any]]:
    """屡改不改: firms with the same item found again within the span of the rule (180 days).

    Item = item of the checklist, else kind of danger. Each: organisation (id), name, matter, times, last.
    """
    span = days or int(rulesets.value_of("dangers.repeat_days", region=region, at=at))
    rows = Danger.objects.filter(
        in_world(exercise_id, path="item__exercise_id"), organisation__isnull=False,
        item__opened_at__gte=at - timedelta(days=span), item__opened_at__lte=at,
        item__region__code__startswith=prefix_of(region),
    ).exclude(item__state="withdrawn")  # fmt: skip
    grouped = rows.values("organisation_id", "organisation__name", "category", "check_item").annotate(
        times=Count("pk"), last=Max("item__opened_at")
    )
    return [
        {
            "organisation": row["organisation_id"],
            "name": row["organisation__name"],
            "matter": row["check_item"] or row["category"],
            "times": row["times"],
            "last": row["last"],
        }
        for row in grouped.filter(times__gte=2).order_by("-times", "-last")
    ]
