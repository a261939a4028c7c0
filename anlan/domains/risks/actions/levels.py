"""Levels: signed by somebody, or computed from open dangers. Each change is a row of the history and an entry."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from anlan.domains.risks import rules
from anlan.domains.risks.models import Level, Reassessment, RiskPoint, RiskSource
from anlan.domains.risks.rules import OpenDanger, Weighed
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.models import Exercise
from anlan.kernel.core.words import N_
from anlan.kernel.ledger.actions import record
from anlan.kernel.loop.actions import move, open_item
from anlan.kernel.loop.models import Step, WorkItem

NO_POINT = reason("risks.no_point", N_("There is no such risk point."))
BELOW_SOURCES = reason(
    "risks.below_sources",
    N_("The point cannot stand below its gravest source ({level}). Assess that source anew."),
)
_JUDGED = (
    "worst_case_level", "assessed_level", "method", "inputs", "score", "signed_by", "signed_at", "words", "search",
)  # fmt: skip
ALREADY_ASKED = reason("risks.already_asked", N_("This point is to be assessed anew already."))


def sign_point(
    *, point_id: UUID, worst: int, assessed: int = 0, method: str = "direct", inputs: Mapping[str, Any] | None = None,
    why: str = "", by: str, at: datetime, happened_at: datetime | None = None,
) -> Level:  # fmt: skip
    """Sign the two levels of a point. By a method `assessed` follows from the inputs; a direct one needs why."""
    with transaction.atomic():
        point = _locked(point_id)
        score, assessed = _judged(method, inputs or {}, assessed, why=why, region=point.region_id, at=at)
        rules.check_levels(worst=worst, assessed=assessed)
        below = point.sources.filter(active=True).aggregate(
            w=Max("worst_case_level"), a=Max("assessed_level")
        )
        if worst < (below["w"] or 0) or assessed < (below["a"] or 0):
            raise Refused(
                BELOW_SOURCES, field="assessed_level", level=rules.LABELS[max(below["a"], below["w"])]
            )
        point.worst_case_level, point.assessed_level, point.method = worst, assessed, method
        return _signed(
            point,
            method=method,
            inputs=dict(inputs or {}),
            score=score,
            why=why,
            by=by,
            at=at,
            happened_at=happened_at,
        )


def sign_source(
    *, source_id: UUID, worst: int, assessed: int = 0, method: str, inputs: Mapping[str, Any] | None = None,
    why: str = "", by: str, at: datetime,
) -> Level:  # fmt: skip
    """Sign the levels of a source; its point then has those of its gravest source."""
    with transaction.atomic():
        found = RiskSource.objects.filter(pk=source_id).values_list("point_id", flat=True).first()
        if found is None:
            raise Refused(NO_POINT)
        point = _locked(found)
        source = RiskSource.objects.select_for_update().get(pk=source_id)
        score, assessed = _judged(method, inputs or {}, assessed, why=why, region=point.region_id, at=at)
        rules.check_levels(worst=worst, assessed=assessed)
        source.worst_case_level, source.assessed_level = worst, assessed
        source.method, source.inputs, source.score = method, dict(inputs or {}), score
        source.signed_by, source.signed_at = by, at
        source.index(point)
        source.save(update_fields=_JUDGED)  # not all: numbers are told of columns that move a source
        top = point.sources.filter(active=True).aggregate(w=Max("worst_case_level"), a=Max("assessed_level"))
        point.worst_case_level, point.assessed_level, point.method = top["w"], top["a"], method
        return _signed(
            point, source=source, method=method, inputs=dict(inputs or {}), score=score, why=why, by=by, at=at
        )


def without_source(*, point_id: UUID, source: RiskSource, why: str, by: str, at: datetime) -> Level:
    """A source ended: its point has the levels of the gravest that are left, and keeps its own where none is."""
    point = _locked(point_id)
    top = point.sources.filter(active=True).aggregate(w=Max("worst_case_level"), a=Max("assessed_level"))
    if top["a"]:
        point.worst_case_level, point.assessed_level = top["w"], top["a"]
    said: dict[str, Any] = {"method": point.method, "inputs": {}, "score": None, "cause": rules.SOURCE_OFF}
    return _signed(point, source=source, why=why, by=by, at=at, **said)


def weigh(
    *, point_id: UUID, dangers: Sequence[OpenDanger], by: str, at: datetime, exercise_id: UUID | None = None
) -> Weighed:
    """Compute a point's current level from its assessed level and all dangers open there; write it where it changed.

    `dangers` are *all* that are open at the point; none where the last one was closed. Writes the point, a row of its
    history and an entry. In a drill or replay nothing is written: an exercise does not change a real point.
    """
    with transaction.atomic():
        point = _locked(point_id)
        found = _weighed(point, dangers, at)
        told = {"dangers": _told(dangers), "raised": found.raised}
        if not _is_practice(exercise_id) and (found.level, told) != (point.current_level, point.weighed):
            before = point.current_level
            known = {row["id"] for row in point.weighed.get("dangers", []) if row["grade"] == "major"}
            raised_before = point.weighed.get("raised", [])
            point.current_level, point.weighed, point.open_dangers = found.level, told, len(dangers)
            _save(point)
            if before != found.level or raised_before != found.raised:
                history_of(point, cause="dangers", by=by, at=at)
            facts = {"before": before, "after": found.level, "assessed": point.assessed_level, **told}
            _entry("risks.weighed", point, facts, by=by, at=at, exercise_id=exercise_id)
            if any(danger.grade == "major" and str(danger.id) not in known for danger in dangers):
                _demand_once(point, by=by, at=at, exercise_id=exercise_id)
    return found


def _demand_once(point: RiskPoint, *, by: str, at: datetime, exercise_id: UUID | None) -> None:
    """A major danger was found: what was signed did not see it coming. Asked once while a demand is open."""
    asked = Reassessment.objects.filter(point=point, item__closed_at=None, item__exercise_id=exercise_id)
    if point.assessed_level and not asked.exists():
        demand_reassessment(point_id=point.pk, cause="major_danger", by=by, at=at, exercise_id=exercise_id)


def demand_reassessment(
    *, point_id: UUID, cause: str, note: str = "", by: str, at: datetime, arises_from: WorkItem | None = None,
    exercise_id: UUID | None = None,
) -> WorkItem:  # fmt: skip
    """Ask the firm to assess a point anew: its process, equipment or material changed, or somebody was hurt.

    Raises `Refused` risks.already_asked while an earlier demand for the point is open.
    """
    with transaction.atomic():
        point = _locked(point_id)
        if Reassessment.objects.filter(
            point=point, item__closed_at=None, item__exercise_id=exercise_id
        ).exists():
            raise Refused(ALREADY_ASKED)
        return open_item(
            loop="risks.reassessment", record=Reassessment(point=point, cause=cause, note=note[:400]),
            title=f"{point.enterprise.organisation}：{point.name}", region=point.region_id,
            severity=2 if cause in ("accident", "major_danger") else 1, charge_org=point.enterprise.organisation,
            arises_from=arises_from, by=by, at=at, exercise_id=exercise_id,
        )  # fmt: skip


def assess(
    *, item: WorkItem, worst: int | str, method: str, assessed: int | str = 0, reason: str = "", by: str, at: datetime,
    **rest: Any,
) -> Step:  # fmt: skip
    """Close a demand by a new signed assessment of its point. The factors come as factor_L, factor_E, …"""
    inputs = {
        name.removeprefix("factor_"): rest.pop(name)
        for name in [key for key in rest if key.startswith("factor_")]
    }
    inputs = {name: value for name, value in inputs.items() if value not in (None, "")}
    with transaction.atomic():
        point = Reassessment.objects.get(pk=item.pk).point_id
        sign_point(
            point_id=point, worst=int(worst or 0), assessed=int(assessed or 0), method=method, inputs=inputs,
            why=reason, by=by, at=at, happened_at=rest.get("happened_at"),
        )  # fmt: skip
        return move(item=item, name="assess", by=by, at=at, reason=reason, method=method, **rest)


def _judged(
    method: str, inputs: Mapping[str, Any], assessed: int, *, why: str, region: str, at: datetime
) -> tuple[Decimal | None, int]:
    if method == "direct":
        if not why.strip():
            raise Refused(rules.NO_REASON, field="reason")
        return None, assessed
    if method not in rules.FACTORS:
        raise Refused(rules.NO_METHOD, field="method", given=method)
    found = rules.scored(method, inputs, rulesets.value_of(f"risks.{method}", region=region, at=at))
    return found.score, found.level


def _signed(
    point: RiskPoint, *, method: str, inputs: dict[str, Any], score: Decimal | None, why: str, by: str, at: datetime,
    source: RiskSource | None = None, happened_at: datetime | None = None, cause: str = "assessed",
) -> Level:  # fmt: skip
    """Everything that follows from a signature: current level, responsible level, history, entry."""
    point.signed_by, point.signed_at = by, at
    by_level = rulesets.value_of("risks.responsible", region=point.region_id, at=at)
    point.responsible_level = rules.responsible_for(point.assessed_level, by_level)
    dangers = [
        OpenDanger(UUID(d["id"]), d["grade"], datetime.fromisoformat(d["since"]))
        for d in point.weighed.get("dangers", [])
    ]
    found = _weighed(point, dangers, at)
    point.current_level, point.weighed = found.level, {"dangers": _told(dangers), "raised": found.raised}
    _save(point)
    row = history_of(
        point,
        cause=cause,
        by=by,
        at=at,
        source=source,
        method=method,
        inputs=inputs,
        score=score,
        reason=why[:400],
    )
    facts = {
        "worst_case": point.worst_case_level, "assessed": point.assessed_level, "current": point.current_level,
        "method": method, "inputs": inputs, "source": str(source.pk) if source else "", "why": why,
    }  # fmt: skip
    _entry("risks.assessed", point, facts, by=by, at=at, happened_at=happened_at)
    return row


def _weighed(point: RiskPoint, dangers: Sequence[OpenDanger], at: datetime) -> Weighed:
    table = rulesets.value_of("risks.raise", region=point.region_id, at=at)
    return rules.weighed(assessed=point.assessed_level, dangers=dangers, table=table)


def _told(dangers: Sequence[OpenDanger]) -> list[dict[str, str]]:
    ordered = sorted(dangers, key=lambda d: (d.since, str(d.id)))
    return [{"id": str(d.id), "grade": d.grade, "since": d.since.isoformat()} for d in ordered]


def history_of(point: RiskPoint, **said: Any) -> Level:
    """A row of a point's history as it stands now; `said`: cause, by, at and what there is to say."""
    return Level.objects.create(
        point=point, worst_case_level=point.worst_case_level, assessed_level=point.assessed_level,
        current_level=point.current_level, raised=point.weighed.get("raised", []), **said,
    )  # fmt: skip


def _entry(code: str, point: RiskPoint, facts: dict[str, Any], **said: Any) -> None:
    record(code=code, subject=("risks.point", point.pk), facts=facts, region=point.region_id, **said)


def _locked(point_id: UUID) -> RiskPoint:
    rows = RiskPoint.objects.select_for_update(of=("self",)).select_related("enterprise__organisation")
    point = rows.filter(pk=point_id).first()
    if point is None:
        raise Refused(NO_POINT)
    return point


def _save(point: RiskPoint) -> None:
    point.index(point.enterprise.organisation.name)
    point.save(
        update_fields=[
            "worst_case_level", "assessed_level", "current_level", "weighed", "open_dangers", "responsible_level",
            "method", "signed_by", "signed_at", "words", "search",
        ]
    )  # fmt: skip


def _is_practice(exercise_id: UUID | None) -> bool:
    """A drill or a replay. The demo's world is the only one its district has, so there points do change."""
    return exercise_id is not None and not Exercise.objects.filter(pk=exercise_id, kind="demo").exists()
