"""一票否决: proposed with what it rests on, by the platform or the office; a person signs or rejects."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.domains.assessments.actions.publishing import write_result
from anlan.domains.assessments.actions.rights import check_office
from anlan.domains.assessments.models import Round, Sheet, Veto
from anlan.domains.assessments.queries.sheets import LOCAL
from anlan.domains.assessments.rules import duties
from anlan.kernel.core.errors import Refused
from anlan.kernel.domain.looking_back import LookBack, Trace, look_back
from anlan.kernel.domain.registry import all_domains
from anlan.kernel.indicators.spans import Span
from anlan.kernel.loop.actions import move, open_item
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.orgs.models import Organisation

BY = "service:assessments"
BARS = "platform"  # the clause of what the platform proposes where a scheme names none


def propose_veto(
    *, unit: Organisation, of: Round | None, clause: str, words: str, by: str, at: datetime,
    traces: Sequence[dict[str, str]] = (), first: date | None = None, last: date | None = None,
) -> WorkItem:  # fmt: skip
    """Propose a veto. It rests on evidence, and is proposed once for a unit, a round and a clause."""
    check_office(unit.region_id, by=by, at=at, kinds=duties.DECIDERS)
    if not traces and not words.strip():
        raise Refused(duties.NO_EVIDENCE, field="words")
    if Veto.objects.filter(unit=unit, round=of, clause=clause).exists():
        raise Refused(duties.VETO_THERE, field="unit", unit=str(unit))
    day = at.astimezone(LOCAL).date()
    veto = Veto(
        unit=unit, round=of, clause=clause, words=words.strip()[:500], traces=list(traces),
        first=first or (of.first if of else day), last=last or (of.last if of else day),
    )  # fmt: skip
    return open_item(
        loop="assessments.veto", record=veto, title=f"{unit} · {words.strip()[:120]}", region=unit.region_id,
        charge_duty="bureau_chief", severity=1, by=by, at=at, exercise_id=of.exercise_id if of else None,
    )  # fmt: skip


def propose_vetoes(*, of: Round, at: datetime) -> list[WorkItem]:
    """What the platform proposes for a round: a veto a unit against which something grave stands in its days. The
    words are of what is grave; beside it stands everything else that is known of those days."""
    units = {sheet.unit_id: sheet.unit for sheet in Sheet.objects.filter(round=of).select_related("unit")}
    period = Span("since", of.first, of.last).period(LOCAL)
    looks = [look for domain in all_domains() for look in domain.looks_back]
    found = look_back(
        looks,
        organisations=list(units),
        start=period.start,
        end=period.end,
        as_of=at,
        exercise_id=of.exercise_id,
    )
    against: dict[UUID, list[tuple[LookBack, Trace]]] = {}
    for look, trace in found:
        against.setdefault(trace.organisation, []).append((look, trace))
    clause = str(of.scheme.vetoes[0][0]) if of.scheme.vetoes else BARS
    proposed = set(Veto.objects.filter(round=of, clause=clause).values_list("unit_id", flat=True))
    return [
        propose_veto(
            unit=units[pk], of=of, clause=clause, words="；".join(grave)[:400],
            traces=[_told(look.code, trace) for look, trace in traces], by=BY, at=at,
        )
        for pk, traces in against.items()
        if (grave := [trace.words for _look, trace in traces if trace.bars]) and pk not in proposed
    ]  # fmt: skip


def _told(code: str, trace: Trace) -> dict[str, str]:
    return {
        "source": code, "item": str(trace.item), "words": trace.words, "happened_at": trace.happened_at.isoformat(),
        "bars": "grave" if trace.bars else "",
    }  # fmt: skip


def sign(*, item: WorkItem, by: str, at: datetime, **rest: Any) -> Step:
    """Sign a veto. Where the round was published already, the unit's result is written anew with it."""
    with transaction.atomic():
        step = move(item=item, name="sign", by=by, at=at, **rest)
        veto = Veto.objects.select_related("round").get(pk=item.pk)
        sheet = Sheet.objects.filter(round=veto.round_id, unit=veto.unit_id).select_related(
            "item", "unit", "round__scheme"
        ).first()  # fmt: skip
        if veto.round_id is not None and sheet is not None and sheet.results.exists():
            write_result(sheet, why=veto.words, by=by, at=at)
    return step
