"""The parts every page is made of: levels, clocks, doors behind numbers, dates, icons, built scripts."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from anlan.surfaces.web import scales, times, vite
from anlan.surfaces.web.frame import frame_of
from anlan.surfaces.web.names import shown
from anlan.surfaces.web.people import sitters_of
from anlan.surfaces.web.picking import chosen
from anlan.surfaces.web.worlds import world_of

register = template.Library()


@register.simple_tag(name="vite")
def vite_tag(name: str) -> SafeString:
    """A built style sheet, the script of the page, or the early loading of an island's chunk and sheets."""
    file = vite.chunk(name)["file"]
    if file.endswith(".css"):
        return format_html('<link rel="stylesheet" href="{}">', vite.url_of(file))
    if name == "main":
        return format_html('<script type="module" src="{}"></script>', vite.url_of(file))
    files = [(vite.url_of(each),) for each in (file, *vite.preloads(name))]
    early = format_html_join("\n", '<link rel="modulepreload" href="{}">', files)
    return early + format_html_join("", '\n<link rel="stylesheet" href="{}">', vite.sheets(name))


@register.simple_tag
def icon(name: str) -> SafeString:
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', static("web/icons.svg"), name
    )


@register.simple_tag(takes_context=True)
def frame(context: Mapping[str, Any], here: str = "") -> dict[str, Any]:
    return frame_of(context["request"], here)


# ---- the four scales ----------------
@register.simple_tag
def signal(colour: str, large: bool = False) -> SafeString:
    """A weather signal's colour: hue, shape and word."""
    look = scales.SIGNAL.get(colour)
    if look is None:
        return format_html('<span class="lv lv-none">{}</span>', colour or "—")
    size = " lv-lg" if large else ""
    return format_html(
        '<span class="lv lv-{}{}"><span class="lv-shape" aria-hidden="true">{}</span>{}</span>',
        look.hue, size, look.shape, look.word,
    )  # fmt: skip


@register.simple_tag
def reached(colour: str, large: bool = False) -> SafeString:
    """An own alarm: it has reached a mark, no signal was issued. An outline, so that nobody takes it for a signal."""
    look = scales.SIGNAL.get(colour)
    if look is None:
        return format_html('<span class="lv lv-none">{}</span>', _("No mark reached"))
    return format_html(
        '<span class="lv lv-{} is-unissued{}"><span class="lv-shape" aria-hidden="true">{}</span>{}</span>',
        look.hue, " lv-lg" if large else "", look.shape, scales.REACHED.get(colour, look.word),
    )  # fmt: skip


@register.simple_tag
def response_level(level: object, large: bool = False) -> SafeString:
    """A response level: a Roman numeral, never a colour."""
    if level in (None, "", 0, "0"):
        return format_html('<span class="quiet">{}</span>', _("No response"))
    return format_html(
        '<span class="response-level{}"><span class="visually-hidden">{} </span>{}</span>',
        " lg" if large else "", _("Response level"), scales.roman(level),
    )  # fmt: skip


@register.simple_tag
def grade(code: str) -> SafeString:
    """The grade of an event or accident."""
    return format_html('<span class="grade">{}</span>', scales.GRADE.get(code, code or "—"))


@register.simple_tag
def risk(level: str) -> SafeString:
    """A risk level: its hue in a small square, its word beside it."""
    if level not in scales.RISK:
        return format_html('<span class="quiet">{}</span>', level or "—")
    return format_html(
        '<span class="risk risk-{}"><i aria-hidden="true"></i>{}</span>', level, scales.RISK[level]
    )


# ---- times ----------------
@register.simple_tag(takes_context=True)
def when(context: Mapping[str, Any], at: datetime | None, full: bool = False) -> SafeString:
    """A time in the page's language; the day is left out when it is today in this world."""
    if at is None:
        return mark_safe('<span class="quiet">—</span>')
    now = None if full else _now(context)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', at.isoformat(), times.when(at), times.when(at, now)
    )


@register.simple_tag(takes_context=True)
def clock(context: Mapping[str, Any], due: datetime | None, start: datetime | None = None) -> SafeString:
    """What is left until `due`, the absolute time beside it, and a thin bar that fills."""
    now = _now(context)
    if due is None:
        return format_html('<span class="clock none">{}</span>', _("No clock"))
    state = times.left(due, now, start)
    return format_html(
        '<span class="clock{}" data-due="{}" data-start="{}"><span data-left>{}</span>'
        '<time datetime="{}" title="{}">{}</time><progress value="{}" max="1" aria-label="{}"></progress></span>',
        " is-late" if state.late else "", due.isoformat(), start.isoformat() if start else "", state.text,
        due.isoformat(), times.when(due), times.when(due, now), f"{state.full:.3f}", state.text,
    )  # fmt: skip


@register.simple_tag(takes_context=True)
def lateness(context: Mapping[str, Any], due: datetime | None) -> str:
    return "is-late" if due is not None and _now(context) > due else ""


@register.filter
def span(length: timedelta | None) -> str:
    return "—" if length is None else times.span(length)


def _now(context: Mapping[str, Any]) -> datetime:
    return world_of(context["request"]).now


# ---- numbers ----------------
@register.simple_tag
def door(
    value: object, name: str, url: str = "", unit: str = "", title: str = "", base: str = ""
) -> SafeString:
    """A number that opens to its rows. `title` tells definition, scope and time; `base` stands under the name."""
    inside = format_html(
        '<b>{}</b>{}<span class="name">{}</span>{}',
        "—" if value in (None, "") else value,
        format_html('<span class="unit">{}</span>', unit) if unit else "",
        name,
        format_html('<span class="base">{}</span>', base) if base else "",
    )
    if not url:
        return format_html('<span class="door" title="{}">{}</span>', title, inside)
    return format_html('<a class="door" href="{}" title="{}">{}</a>', url, title, inside)


@register.filter
def percent(share: float | None) -> str:
    """0.924 → 92.4 %; 1 → 100 %."""
    if share is None:
        return "—"
    return f"{share * 100:.1f}".rstrip("0").rstrip(".") + "%"


@register.inclusion_tag("web/parts/empty.html")
def empty(title: str, text: str = "") -> dict[str, str]:
    """A designed empty state: what is not there, and what that means or what to do."""
    return {"title": title, "text": text}


@register.inclusion_tag("web/parts/refused.html")
def refused(refusal: Any, field: str = "") -> dict[str, Any]:
    """A refusal in words: beside its field, or at the head of the form when it belongs to none."""
    belongs = refusal is not None and (getattr(refusal, "field", "") or "") == field
    return {"text": str(refusal) if belongs else ""}


@register.filter(name="shown")
def shown_filter(row: object) -> str:
    """The name of a row in the reader's language."""
    return shown(row)


@register.filter
def as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


@register.filter
def get(mapping: Mapping[Any, Any] | None, key: object) -> Any:
    return (mapping or {}).get(key)


@register.simple_tag(takes_context=True)
def watch_people(context: Mapping[str, Any]) -> list[Any] | None:
    """Who may give a PIN at this watch seat; None where the screen is no watch seat."""
    return sitters_of(context["request"])


@register.inclusion_tag("web/parts/picks.html")
def picked(field: Any) -> dict[str, Any]:
    """The row chosen before, so that a refused form still holds it."""
    return {"name": field.name, "rows": chosen(field.kind, field.value), "checked": True}


@register.filter
def unlocalized(number: float) -> str:
    """A number for a style attribute: a point, never a comma."""
    return f"{number:.2f}"
