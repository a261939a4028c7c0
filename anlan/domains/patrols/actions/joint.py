"""消地联合监管: joint checks of major hazard installations, opened by the half-year, held with the fire service."""

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.timezone import localdate

from anlan.domains.dangers import public as dangers
from anlan.domains.enterprises import public as enterprises
from anlan.domains.patrols import rules
from anlan.domains.patrols.models import JointCheck
from anlan.kernel.loop.actions import Opening, move, open_items
from anlan.kernel.loop.models import Step, WorkItem

BY = "service:patrols"
TURN = 100
_LOCAL = ZoneInfo("Asia/Shanghai")


def open_joint_checks(*, region: str, at: datetime, by: str = BY, limit: int = TURN) -> int:
    """The joint checks of this half-year, one an installation; what is there already is not opened again."""
    half, after = rules.half_of(localdate(at))
    due = datetime.combine(after, time(), _LOCAL)
    there = set(JointCheck.objects.filter(half=half).values_list("unit_id", flat=True))
    waiting = [unit for unit in enterprises.installations(region=region) if unit.pk not in there][:limit]
    openings = [
        Opening(
            record=JointCheck(unit=unit, organisation=unit.enterprise.organisation, half=half, due_at=due),
            title=f"{unit.enterprise.organisation.name}：{unit.name} {half}",
            region=unit.enterprise.organisation.region_id, charge_duty="safety_section", severity=1,
        )
        for unit in waiting
    ]  # fmt: skip
    return len(open_items(loop="patrols.joint", openings=openings, by=by, at=at)) if openings else 0


def hold(
    *, item: WorkItem, fire_team: str, fire_officer: str, by: str, at: datetime, found: str = "", **rest: Any
) -> Step:
    """Held together: who came from the fire service; each line of what was found becomes a danger of the firm."""
    with transaction.atomic():
        row = (
            JointCheck.objects.select_for_update(of=("self",))
            .select_related("organisation", "unit")
            .get(pk=item.pk)
        )
        lines = [line.strip() for line in found.splitlines() if line.strip()]
        step = move(
            item=item, name="hold", by=by, at=at, fire_team=fire_team, fire_officer=fire_officer, found=len(lines),
            **rest,
        )  # fmt: skip
        told = {name: rest[name] for name in ("happened_at",) if rest.get(name)}
        for line in lines:
            dangers.report(
                description=line, category="chemicals", organisation=row.organisation, site=row.unit.site_id,
                source="enforcement", by=by, at=at, exercise_id=item.exercise_id, **told,
            )  # fmt: skip
        row.fire_team, row.fire_officer, row.found = fire_team[:80], fire_officer[:60], len(lines)
        row.save(update_fields=["fire_team", "fire_officer", "found"])
    return step
