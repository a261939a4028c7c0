"""The second look: drawn at random by a seed that everybody can repeat, made by another person; failing reopens."""

import json
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from anlan.domains.dangers import rules
from anlan.domains.dangers.actions import mending
from anlan.domains.dangers.models import Danger, Draw, SecondLook
from anlan.domains.dangers.queries import closed_off_in, hands_in
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused
from anlan.kernel.ledger.actions import record
from anlan.kernel.loop.actions import Opening, move, open_items
from anlan.kernel.loop.models import Step, WorkItem

DRAWN_FROM_DAY = 5  # of a month: closures of its last days have been written down by then


def draw_second_looks(
    *, region: str, start: datetime, end: datetime, by: str, at: datetime, seed: str = "",
    exercise_id: UUID | None = None,
) -> Draw:  # fmt: skip
    """Draw from what was closed off in a region in a span: a share of the ordinary ones, another of the major ones.

    `seed` is given beforehand or made here; seed, list and result are kept, so that the draw can be repeated. Raises
    `Refused` dangers.drawn_already.
    """
    if Draw.objects.filter(region=region, start=start, end=end, exercise_id=exercise_id).exists():
        raise Refused(rules.DRAWN_ALREADY)
    rows = closed_off_in(region=region, start=start, end=end, exercise_id=exercise_id)
    listed = [[str(pk), row["grade"]] for pk, row in sorted(rows.items(), key=lambda pair: str(pair[0]))]
    shares = {name: float(rulesets.value_of(f"dangers.second_look_{name}", region=region, at=at))
              for name in ("share", "share_major")}  # fmt: skip
    made = Draw(
        region=region, start=start, end=end, seed=seed or secrets.token_hex(16), candidates=listed,
        candidates_sm3=rules.digest(json.dumps(listed)), by=by, at=at, exercise_id=exercise_id, **shares,
    )  # fmt: skip
    with transaction.atomic():
        made.save()
        chosen = drawn_by(made)
        _open(made, [rows[UUID(pk)] for pk in chosen], by=by, at=at)
        facts = {
            "start": start.isoformat(), "end": end.isoformat(), "seed": made.seed, "candidates": len(listed),
            "candidates_sm3": made.candidates_sm3, "drawn": chosen, **shares,
        }  # fmt: skip
        record(code="dangers.drawn", subject=("dangers.draw", made.pk), facts=facts, by=by, at=at, region=region,
               exercise_id=exercise_id)  # fmt: skip
    return made


def draw_last_month(*, region: str, at: datetime) -> int:
    """A round: from the fifth day of a month what was closed off in the last one is drawn from, where nobody has."""
    local = timezone.localtime(at)
    if local.day < DRAWN_FROM_DAY:
        return 0
    end = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    start = (end - timedelta(days=1)).replace(day=1)
    if Draw.objects.filter(region=region, start=start, end=end, exercise_id=None).exists():
        return 0
    made = draw_second_looks(region=region, start=start, end=end, by="service:dangers", at=at)
    return len(drawn_by(made))


def drawn_by(draw: Draw) -> list[str]:
    """The draw again, from its own row: what anybody who doubts it does."""
    major = [pk for pk, grade in draw.candidates if grade == "major"]
    others = [pk for pk, grade in draw.candidates if grade != "major"]
    return rules.drawn(major, seed=draw.seed, share=draw.share_major) + rules.drawn(
        others, seed=draw.seed, share=draw.share
    )


def _open(draw: Draw, rows: list[dict[str, Any]], *, by: str, at: datetime) -> None:
    delay, span = (
        timedelta(
            days=float(rulesets.value_of(f"dangers.second_look_{name}_days", region=draw.region, at=at))
        )
        for name in ("after", "within")
    )
    openings = []
    for row in rows:
        danger: Danger = row["danger"]
        look_from = max(row["closed_at"] + delay, at)
        look = SecondLook(danger=danger, draw=draw, look_from=look_from, look_by=look_from + span)
        openings.append(
            Opening(
                record=look,
                title=danger.item.title,
                region=danger.item.region_id,
                charge_duty="street_safety_officer",
                severity=2 if danger.grade == "major" else 1,
                arises_from=danger.item,
            )
        )
    open_items(loop="dangers.second_look", openings=openings, by=by, at=at, exercise_id=draw.exercise_id)


def look_passed(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """Still put right: a photo says so."""
    with transaction.atomic():
        _check(item, by=by, at=at, happened_at=rest.get("happened_at"))
        return move(item=item, name="pass", by=by, at=at, **rest)


def look_failed(*, item: WorkItem, rectify_by: datetime, by: str, at: datetime, **rest: Any) -> Step:
    """Found again: the danger is reopened and the firm has it, with a new date."""
    with transaction.atomic():
        danger = _check(item, by=by, at=at, happened_at=rest.get("happened_at"))
        step = move(item=item, name="fail", by=by, at=at, rectify_by=rectify_by.isoformat(), **rest)
        if danger.item.closed_at is not None:
            mending.reopen(
                item=danger.item, rectify_by=rectify_by, by=by, at=at, reason=rest.get("reason", "")
            )
    return step


def _check(item: WorkItem, *, by: str, at: datetime, happened_at: datetime | None) -> Danger:
    look = SecondLook.objects.select_for_update(of=("self",)).select_related("danger__item").get(pk=item.pk)
    hands = hands_in(look.danger)
    rules.check_look(hands=hands, by=by, at=happened_at or at, look_from=look.look_from)
    return look.danger


ACTS: dict[str, Callable[..., Step]] = {"pass": look_passed, "fail": look_failed}
