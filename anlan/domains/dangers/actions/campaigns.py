"""专项行动: opened with what it is to reach, ended with a summary."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from anlan.domains.dangers import rules
from anlan.domains.dangers.actions import opening
from anlan.domains.dangers.models import Campaign, LastingMeasure
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.workdays import local_day
from anlan.kernel.loop.actions import open_item
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.orgs.models import Organisation

TARGETS = ("visits", "found", "rectified", "enforcement_visits", "cases", "fines")


def start_campaign(
    *,
    name: str,
    region: str,
    starts_on: date | datetime,
    ends_on: date | datetime,
    by: str,
    at: datetime,
    code: str = "",
    aim: str = "",
    sectors: Sequence[str] | str = (),
    tags: Sequence[str] | str = (),
    categories: Sequence[str] | str = (),
    parts: Sequence[str] | str = (),
    targets: Mapping[str, int] | None = None,
    monthly: bool = False,
    exercise_id: UUID | None = None,
    **more: Any,
) -> WorkItem:
    """Open a campaign of a region. A form gives targets as `target_visits`, `target_found` … and kinds of dangers as
    `kind_dust`, `kind_exit` …, each ticked."""
    known = rulesets.value_of("dangers.categories", region=region, at=at)
    kinds = [*_words(categories), *(code for code in known if more.get(f"kind_{code}"))]
    opening.check_categories(kinds, field="categories", region=region, at=at)
    first, last = _day(starts_on), _day(ends_on)
    if last < first:
        raise Refused(rules.BAD_SPAN, field="ends_on")
    wanted = dict(targets or {})
    wanted |= {word: rules.target(more[f"target_{word}"]) for word in TARGETS if more.get(f"target_{word}")}
    campaign = Campaign(
        code=code, name=str(name)[:160], aim=aim, starts_on=first, ends_on=last, sectors=_words(sectors),
        tags=_words(tags), categories=kinds, parts=_words(parts), targets=wanted,
        monthly=bool(monthly),
    )  # fmt: skip
    return open_item(
        loop="dangers.campaign", record=campaign, title=name, region=region, charge_duty="safety_section", by=by, at=at,
        exercise_id=exercise_id,
    )  # fmt: skip


def _day(when: date | datetime) -> date:
    return local_day(when) if isinstance(when, datetime) else when


def _words(given: Sequence[str] | str) -> list[str]:
    """A list, or one typed with commas of either kind."""
    parts = given.replace("，", ",").replace("、", ",").split(",") if isinstance(given, str) else given
    return [part.strip() for part in parts if part.strip()]


def plan_measure(
    *,
    text: str,
    kind: str,
    region: str,
    due_by: datetime,
    by: str,
    at: datetime,
    lead: Organisation | None = None,
    answers: str = "",
    campaign: UUID | None = None,
    exercise_id: UUID | None = None,
    **_more: Any,
) -> WorkItem:
    """Enter a measure of the second list, with its lead unit and date."""
    rules.check_term(due_by, at=at)
    row = LastingMeasure(
        kind=kind, text=text, lead=lead, answers=answers[:300], campaign_id=campaign, due_by=due_by
    )
    return open_item(
        loop="dangers.measure", record=row, title=text[:80], region=region, charge_org=lead,
        charge_duty="" if lead else "safety_section", by=by, at=at, exercise_id=exercise_id,
    )  # fmt: skip
