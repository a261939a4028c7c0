"""What neighbours and reports may use of accidents: what counts, broken down; what is due; the one of an event."""

from datetime import datetime
from uuid import UUID

from anlan.domains.accidents import queries
from anlan.domains.accidents.models import Accident
from anlan.domains.accidents.queries import Counted, DueState, Group, Span, breakdown, counted, dues

__all__ = ["Counted", "DueState", "Group", "Span", "breakdown", "counted", "dues", "of_incident", "sentence"]


def of_incident(incident: UUID) -> Accident | None:
    """The accident that was filed for an event, unless it was written off."""
    rows = Accident.objects.select_related("item").filter(item__arises_from=incident, item__loop=queries.LOOP)
    return rows.exclude(item__state="written_off").first()


def sentence(
    *, region: str, start: datetime, end: datetime, as_of: datetime, exercise_id: UUID | None = None
) -> str:
    """The sentence of a half-year text, from the rows the indicators count; 初步判定 while one is not determined."""
    span = Span(region, start, end, as_of, exercise_id)
    now, then = counted(span), counted(span.year_before())
    word = "初步判定为" if any(each.determination == queries.PRELIMINARY for each in now) else ""
    return (
        f"{word}生产安全事故{len(now)}起，死亡{_dead(now)}人，重伤{_hurt(now)}人；"
        f"上年同期{len(then)}起，死亡{_dead(then)}人，重伤{_hurt(then)}人。"
    )


def _dead(rows: list[Counted]) -> int:
    return sum(each.dead for each in rows)


def _hurt(rows: list[Counted]) -> int:
    return sum(each.badly_hurt for each in rows)
