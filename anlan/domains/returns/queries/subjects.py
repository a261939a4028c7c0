"""The fields of one matter or one day of the watch, each as it was known at a time, from the neighbours' own rows.

A form's field names one of them (`incident.dead`). What is not known is None: the form prints its blank sign.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext

from anlan.domains.accidents import public as accidents
from anlan.domains.incidents import public as incidents
from anlan.domains.returns.rules.texts import Opens
from anlan.kernel.loop.models import Step

LANGUAGE = "zh-hans"  # upper forms are filled in Chinese, whoever looks at the page
WAN = 10_000
COUNTS = ("dead", "missing", "badly_hurt", "hurt", "moved")


@dataclass(frozen=True, slots=True)
class Told:
    """The fields of one matter, and where they lead."""

    values: Mapping[str, Any]
    opens: Mapping[str, Opens]

    def value(self, name: str) -> Any:
        """Raises `KeyError` for a field that no register has: the form's test finds it."""
        return self.values[name]


def incident_told(pk: UUID, *, as_of: datetime) -> Told:
    """An event (and the accident filed for it), with its figures and what was done, as known at a time."""
    row = incidents.incident(pk)
    if row is None:
        return Told({}, {})
    with translation.override(LANGUAGE):
        values = _event(row) | _figures(pk, as_of=as_of) | _reported(row, as_of=as_of) | _accident(pk)
    return Told(values, dict.fromkeys(values, Opens("item", str(pk))))


def _event(row: incidents.Incident) -> dict[str, Any]:
    place = f"{row.item.region.name}{row.spot}"
    return {
        "title": row.description,
        "class": str(row.get_event_class_display()),
        "kind": row.kind_label,
        "grade": str(row.get_grade_display()) if row.grade else None,
        "occurred_at": row.occurred_at,
        "received_at": row.received_at,
        "region": row.item.region.name,
        "place": place,
        "unit": str(row.organisation) if row.organisation is not None else None,
        "reporter": row.reporter or None,
        "via": str(row.get_via_display()),
    }


def _figures(pk: UUID, *, as_of: datetime) -> dict[str, Any]:
    """Nobody has told any figure: none is known, and none is 0."""
    held = incidents.figures_of(pk, as_of=as_of)
    known: dict[str, Any] = {name: getattr(held, name) if held else None for name in COUNTS}
    known["injured"] = held.badly_hurt + held.hurt if held else None
    known["casualties"] = held.dead + held.missing if held else None
    known["loss_wan"] = Decimal(held.loss_yuan) / WAN if held and held.loss_yuan else None
    known["figures_told"] = incidents.figures_told(known) if held else None
    known["figures_at"] = held.happened_at if held else None
    return known


def _reported(row: incidents.Incident, *, as_of: datetime) -> dict[str, Any]:
    sent = (
        incidents.Report.objects.filter(incident_id=row.pk, recorded_at__lte=as_of).order_by("number").last()
    )
    done = Step.objects.filter(
        item_id=row.pk, move__in=("note", "note_here", "note_first", "end"), at__lte=as_of
    ).order_by("happened_at", "pk")
    words = [str(step.needs.get("done", "")).rstrip("。；") for step in done]
    return {
        "measures": "；".join(each for each in words if each) or None,
        "report": sent.words if sent is not None else incidents.draft(row, at=as_of),
        "report_kind": str(sent.get_kind_display()) if sent is not None else gettext("First report"),
        "report_number": sent.number if sent is not None else 1,
    }


def _accident(incident: UUID) -> dict[str, Any]:
    found = accidents.of_incident(incident)
    return {
        "accident_type": str(found.get_type_code_display()) if found else None,
        "sector": str(found.get_sector_display()) if found else None,
        "body": found.body_label if found else None,
        "accident_unit": (found.unit or None) if found else None,
        "determined": bool(found.signed_grade) if found else None,
    }


def day_told(region: str, day: date, *, as_of: datetime, exercise_id: UUID | None = None) -> Told:
    """A day of the watch, from hand-over to hand-over. A register that is kept says 0 where nothing happened."""
    known = incidents.daily(region=region, day=day, as_of=as_of, exercise_id=exercise_id)
    figures = incidents.figures_at([row.pk for row in known.incidents], as_of=as_of)
    with translation.override(LANGUAGE):
        level = str(known.readiness.get_level_display()) if known.readiness else gettext("Normal")
    values: dict[str, Any] = {
        "date": f"{day:%Y-%m-%d}",
        "start": known.span.start,
        "end": known.span.end,
        "received": len(known.incidents),
        **{
            cls: sum(1 for row in known.incidents if row.event_class == cls)
            for cls in ("natural", "accident", "health", "security")
        },
        **{
            name: sum(each[name] for each in figures.values()) if figures or not known.incidents else None
            for name in ("dead", "missing", "badly_hurt", "hurt")
        },
        "reports": len(known.reports),
        "late": len(known.late),
        "open": len(known.open_items),
        "checked": len(known.checks),
        "check_failed": sum(1 for _row, step in known.checks if step.move == "fail"),
        "readiness": level,
        "matters": _matters(known, figures),
        "note": known.note.words if known.note is not None else None,
    }
    return Told(values, dict.fromkeys(values, Opens("day", f"{day:%Y-%m-%d}")))


def _matters(known: incidents.Day, figures: Mapping[UUID, Mapping[str, int]]) -> str | None:
    """The day's events in a line each, with what is known of persons."""
    lines = [
        f"{number}.{row.item.region.name}{row.spot}{row.description.rstrip('。')}"
        + (f"，{incidents.figures_told(figures[row.pk])}" if row.pk in figures else "")
        for number, row in enumerate(known.incidents, start=1)
    ]
    return "；".join(lines) or None
