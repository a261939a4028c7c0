"""Rules as data: what holds where, since when, by which law; a new value is a new row, the old ones stay readable."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from anlan.kernel.core import clock, rulesets
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.models import RuleValue
from anlan.kernel.core.ruleset_shapes import Shape
from anlan.kernel.core.words import N_
from anlan.kernel.domain import registry, rulebook
from anlan.kernel.domain.rulebook import Wanted
from anlan.kernel.orgs.queries import duty_names, scope_of
from anlan.kernel.places.models import Region
from anlan.surfaces.web import rule_forms
from anlan.surfaces.web.administrators import by_of, role_of
from anlan.surfaces.web.names import author_names
from anlan.surfaces.web.people import View, author_of, person_of
from anlan.surfaces.web.refusals import REFUSED_STATUS
from anlan.surfaces.web.rule_words import ROOMS, TAGS, Words, rule_label, unit_label

NOT_A_DAY = reason("web.rule_day", N_("“{given}” is not a day. Write it like 2026-07-03, or choose it."))
_LOCAL = ZoneInfo("Asia/Shanghai")
_LEVELS = ("province", "city", "county", "street")


@dataclass(frozen=True, slots=True)
class Line:
    """A row as lists show it. `standing`: now | to_come | over."""

    row: RuleValue
    label: str
    region: str
    unit: str
    tag: str
    shown: rule_forms.Node
    standing: str
    by: str


def staff_or_system(view: View) -> View:
    """The people of bureau and streets read the rules; the system administrator reads and keeps them."""

    @login_required
    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        person = person_of(request)
        staff = person is not None and person.organisation.kind != "enterprise"
        if not (staff or role_of(request) == "system"):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def _today() -> date:
    return clock.real_now().astimezone(_LOCAL).date()


@staff_or_system
@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    """Rules in force and to come, by domain; cut by domain, region and words."""
    asked = {name: request.GET.get(name, "").strip() for name in ("domain", "region", "q", "origin")}
    rows = [row for row in rulebook.rows_of() if not asked["domain"] or _room(row.rule) == asked["domain"]]
    lines = [line for line in _lines(rows) if line.standing != "over" and _fits(line, asked)]
    names = _domain_names()
    groups = [
        (name, label, [line for line in lines if _room(line.row.rule) == name])
        for name, label in names.items()
    ]
    page = {
        "here": "rules",
        "asked": asked,
        "domains": names.items(),
        "regions": [
            (code, _region_name(code)) for code in sorted({row.region for row in rulebook.rows_of()})
        ],
        "groups": [group for group in groups if group[2]],
        "n": len(lines),
    }
    return render(request, "web/pages/rules.html", page)


def _fits(line: Line, asked: dict[str, str]) -> bool:
    if asked["region"] and line.row.region != asked["region"].replace("*", ""):
        return False
    if asked["origin"] and line.row.origin != rulesets.FROM_PAGE:
        return False
    words = asked["q"].lower()
    return not words or words in f"{line.label} {line.row.rule} {line.row.law} {line.row.article}".lower()


def _room(rule: str) -> str:
    return rule.partition(".")[0]


def _domain_names() -> dict[str, str]:
    named = {domain.name: _(domain.label) for domain in registry.all_domains()}
    others = {
        _room(rule) for rule in RuleValue.objects.values_list("rule", flat=True).distinct()
    } - named.keys()
    return named | {name: _(ROOMS[name]) if name in ROOMS else name for name in sorted(others)}


def _lines(rows: Sequence[RuleValue]) -> list[Line]:
    today = _today()
    holding = {row.pk for row in rulebook.holding(rows, today).values()}
    names, words = author_names(row.by for row in rows), Words()
    by_rule: dict[str, list[RuleValue]] = {}
    for row in rows:
        by_rule.setdefault(row.rule, []).append(row)
    shapes = {rule: rule_forms.arranged(rulebook.shape_among(group)) for rule, group in by_rule.items()}
    return [_line(row, shapes[row.rule], row.pk in holding, today, names, words) for row in rows]


def _line(
    row: RuleValue, shape: Shape, holds: bool, today: date, names: dict[str, str], words: Words
) -> Line:
    standing = "now" if holds else ("to_come" if row.valid_from > today else "over")
    return Line(
        row, rule_label(row.rule, row.value), _region_name(row.region), unit_label(row.unit),
        _(TAGS[row.tag]), rule_forms.node(shape, row.value, words=words), standing, names.get(row.by, row.by),
    )  # fmt: skip


def _region_name(prefix: str) -> str:
    if not prefix:
        return _("everywhere")
    found = Region.objects.filter(prefix=prefix).first()
    return str(found) if found else _("region {prefix}").format(prefix=prefix)


@staff_or_system
@require_GET
def rule(request: HttpRequest, rule: str) -> HttpResponse:
    """One rule: what holds in each region now, what is to come, and every row there ever was."""
    lines = _lines(_known(rule))
    page = {
        "here": "rules",
        "rule": rule,
        "label": rule_label(rule, lines[0].row.value),
        "now": [line for line in lines if line.standing != "over"],
        "lines": sorted(lines, key=lambda line: line.row.recorded_at, reverse=True),
        "domain": _domain_names().get(_room(rule), ""),
        **_keeping(request, rule),
    }
    return render(request, "web/pages/rule.html", page)


def _known(rule: str) -> list[RuleValue]:
    rows = rulebook.rows_of(rule)
    if not rows:
        raise Http404
    return rows


def _keeping(request: HttpRequest, rule: str) -> dict[str, Any]:
    """Who may set it anew, and where this reader may."""
    open_to = _open_regions(request, rule)
    return {"may": bool(open_to), "keepers": duty_names(rulebook.keepers_of(rule)), "open_to": open_to}


def _open_regions(request: HttpRequest, rule: str) -> list[tuple[str, str]]:
    """The regions for which the reader may set a rule, as (digits, name)."""
    system = role_of(request) == "system"
    person = person_of(request)
    found = [("", _("everywhere"))] if system else []
    regions: QuerySet[Region] = Region.objects.filter(level__in=_LEVELS).order_by("code")
    if not system:
        if person is None:
            return []
        scope, at = scope_of(person, at=clock.real_now()), clock.real_now()
        near = [r for r in regions if any(r.code.startswith(prefix) for prefix in scope)]
        top = [p for p in scope if rulebook.may_set(rule, p, by=person.by, at=at)]
        return [(r.prefix, r.name) for r in near if any(r.prefix.startswith(p) for p in top)]
    return found + [(r.prefix, r.name) for r in regions]


@staff_or_system
def rule_new(request: HttpRequest, rule: str) -> HttpResponse:
    """A new row: begins with the row that holds now in the region; the old row stays as it is."""
    rows = _known(rule)
    open_to = _open_regions(request, rule)
    if not open_to:
        raise Http404
    shape = rule_forms.arranged(rulebook.shape_among(rows))
    region = request.POST.get("region", request.GET.get("region", open_to[0][0]))
    model = _model(rows, region)
    if request.method != "POST":
        given = {
            "region": region, "valid_from": _today().isoformat(), "unit": model.unit, "law": model.law,
            "article": model.article, "tag": "M",
        }  # fmt: skip
        return _form(request, rule, shape, model.value, given, open_to)
    value = rule_forms.read(shape, request.POST)
    try:
        by = by_of(request) if role_of(request) == "system" else author_of(request).by
        wanted = _wanted(request, rule, region, "" if value is None else value)
        rulebook.set_value(wanted, why=request.POST.get("reason", ""), by=by, at=clock.real_now())
    except Refused as refusal:
        return _form(request, rule, shape, value, request.POST.dict(), open_to, refusal)
    messages.success(request, _("The new row stands. It holds from {day}.").format(day=wanted.valid_from))
    return redirect(reverse("web:rule", args=[rule]))


def _model(rows: Sequence[RuleValue], region: str) -> RuleValue:
    """The row to begin with: of the region itself, else of the nearest above it, else any."""
    held = rulebook.holding(rows, _today())
    above = [row for (_rule, at), row in held.items() if region.startswith(at)]
    return max(above, key=lambda row: len(row.region)) if above else rows[0]


def _wanted(request: HttpRequest, rule: str, region: str, value: Any) -> Wanted:
    posted = request.POST
    return Wanted(
        rule=rule, region=region, value=value,
        valid_from=_day(posted.get("valid_from", ""), "valid_from") or _today(),
        valid_to=_day(posted.get("valid_to", ""), "valid_to"),
        unit=posted.get("unit", "").strip(), law=posted.get("law", "").strip(),
        article=posted.get("article", "").strip(), tag=posted.get("tag", ""),
    )  # fmt: skip


def _in_words(refusal: Refused | None) -> Refused | None:
    """A refusal of a part of the value names it as the page does."""
    if refusal is None or "place" not in refusal.facts:
        return refusal
    place = rule_forms.place_in_words(str(refusal.facts["place"]))
    return Refused(refusal.code, **{**refusal.facts, "place": place})


def _day(raw: str, name: str) -> date | None:
    if not raw.strip():
        return None
    try:
        found = parse_date(raw.strip())
    except ValueError:
        found = None
    if found is None:
        raise Refused(NOT_A_DAY, field=name, given=raw)
    return found


def _form(
    request: HttpRequest, rule: str, shape: Shape, value: Any, typed: dict[str, Any],
    open_to: Sequence[tuple[str, str]], refusal: Refused | None = None,
) -> HttpResponse:  # fmt: skip
    page = {
        "here": "rules",
        "rule": rule,
        "label": rule_label(rule, value),
        "typed": typed,
        "node": rule_forms.node(shape, value, words=Words()),
        "open_to": open_to,
        "tags": [(code, _(text)) for code, text in TAGS.items()],
        "today": _today().isoformat(),
        "refusal": _in_words(refusal),
        "by_seat": role_of(request) != "system",
    }
    return render(request, "web/pages/rule_new.html", page, status=200 if refusal is None else REFUSED_STATUS)
