"""The register of rescue forces: who is stale on top, one page a force, its contact asked, rung, shown for a reason."""

from collections.abc import Mapping
from dataclasses import fields as fields_of
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.domains.resources import queries, rules
from anlan.domains.resources.actions import checking, forces
from anlan.domains.resources.models import ContactCheck, Force
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.words import N_
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.orgs.administration import masked, reveal_phone
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import has_duty, scope_of
from anlan.surfaces.web import forms
from anlan.surfaces.web.pages import answer, number_rows, records
from anlan.surfaces.web.pages.asking import bureau_only
from anlan.surfaces.web.pages.items import EXTRAS, Shown, url_of
from anlan.surfaces.web.pages.records import ALSO, BUREAU
from anlan.surfaces.web.people import author_of, people_only
from anlan.surfaces.web.refusals import again
from anlan.surfaces.web.worlds import World

ROWS = 50
FILTERS = ("kind", "scope", "skill", "region", "q", "stale")
STANDINGS = {
    "fresh": N_("answered in time"),
    "stale": N_("not answered for too long"),
    "never": N_("never answered"),
}
AGREEMENTS = {"none": N_("none"), "valid": N_("valid"), "ending": N_("ends soon"), "ended": N_("ended")}
BAD_DAY = forms.NOT_A_TIME


def skill_names(at: Any) -> dict[str, str]:
    """Code → name of the skills in the reader's language."""
    key = "label_en" if (get_language() or "").startswith("en") else "label"
    return {each["code"]: each[key] for each in queries.skills(at=at)}


def words_of(line: queries.Line, names: Mapping[str, str]) -> dict[str, Any]:
    """A line of the register in words."""
    return {
        "force": line.force, "km": line.km, "standing": line.standing, "standing_word": _(STANDINGS[line.standing]),
        "agreement": line.agreement, "agreement_word": _(AGREEMENTS[line.agreement]),
        "skills": [names.get(code, code) for code in line.force.skills],
    }  # fmt: skip


def keeps(person: Person, world: World) -> bool:
    """Whether somebody keeps the register anywhere."""
    return any(
        has_duty(person_id=person.pk, kinds=rules.KEEPERS, region=prefix.ljust(12, "0"), at=world.seen_at)
        for prefix in scope_of(person, at=world.seen_at)
    )


# ---- the register ----------------
@people_only
@require_GET
def force_list(request: HttpRequest) -> HttpResponse:
    """社会应急力量联系库: whose contact has not answered for longest stands on top."""
    person, world = bureau_only(request)
    at = world.seen_at
    everything = queries.register(person, at=at, asked={})
    pages = Paginator(queries.register(person, at=at, asked=request.GET), ROWS).get_page(
        request.GET.get("page", "1")
    )
    names = skill_names(at)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "here": "registers",
        "rows": [words_of(queries.line_of(force, at=at), names) for force in pages],
        "pages": pages,
        "query": query.urlencode(),
        "asked": request.GET,
        "doors": _doors(everything, queries.register(person, at=at, asked={"stale": "1"}).count()),
        "kinds": [(code, _(label)) for code, label in rules.KINDS.items()],
        "scopes": [(code, _(label)) for code, label in rules.SCOPES.items()],
        "skills": list(names.items()),
        "regions": records.regions_of(person, world),
        "keeps": keeps(person, world),
        "sheet": "resources.forces",
        "csrf_filters": {name: value for name, value in request.GET.items() if name in FILTERS},
    }  # fmt: skip
    return render(request, "web/pages/forces.html", context)


def _doors(everything: Any, stale: int) -> list[tuple[Any, str, str, str]]:
    """Number, name, where it opens, scope. People of two scopes stand side by side and are never added up."""
    here = reverse("web:forces")
    found: list[tuple[Any, str, str, str]] = [
        (everything.count(), _("Rescue forces"), here, ""),
        (stale, _("Contacts to be asked"), f"{here}?stale=1", ""),
    ]
    for code, label in rules.SCOPES.items():
        people = list(everything.filter(scope=code).values_list("people", flat=True))
        if people:
            found.append((sum(people), _("People it can send"), f"{here}?scope={code}", _(label)))
    return found


# ---- one force ----------------
@people_only
@require_GET
def force(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One force: whom to ring and when they last answered, what it brings, on which agreement."""
    person, world, row = _seen(request, pk)
    return _page(request, person, world, row)


def _seen(request: HttpRequest, pk: UUID) -> tuple[Person, World, Force]:
    person, world = bureau_only(request)
    row = queries.visible_forces(person, at=world.seen_at).filter(pk=pk).first()
    if row is None:
        raise Http404
    return person, world, row


def _page(
    request: HttpRequest, person: Person, world: World, row: Force, *, shown: Mapping[str, str] | None = None,
    refusal: Refused | None = None,
) -> HttpResponse:  # fmt: skip
    at = world.seen_at
    checks = (
        ContactCheck.objects.filter(force=row)
        .select_related("item", "asked")
        .order_by("-item__opened_at")[:12]
    )

    def holds(kinds: tuple[str, ...]) -> bool:
        return has_duty(person_id=person.pk, kinds=kinds, region=row.region_id, at=at)

    context = {
        "here": "registers",
        "line": words_of(queries.line_of(row, at=at), skill_names(at)),
        "row": row,
        "contacts": [
            (_(label), who, masked(who.phone), (shown or {}).get(letter, ""), letter)
            for letter, label, who in (
                ("a", N_("Contact A"), row.contact_a),
                ("b", N_("Contact B"), row.contact_b),
            )
            if who is not None
        ],
        "strengths": list(row.strengths.order_by("-happened_at", "-recorded_at")[:12]),
        "checks": [(each, url_of(each.item), _check_words(each.item)) for each in checks],
        "open": next((url_of(each.item) for each in checks if each.item.closed_at is None), ""),
        "keeps": holds(rules.KEEPERS) and row.left_at is None,
        "rings": holds(rules.RINGERS),
        "refusal": refusal,
        "typed": request.POST,
    }
    return render(request, "web/pages/force.html", context, status=200 if refusal is None else 422)


def _check_words(item: WorkItem) -> tuple[str, str]:
    """The state of a check and what was said."""
    said = item.steps.filter(move__in=("change", "ring", "lose")).order_by("-at").first()
    words = (
        "" if said is None else str(said.needs.get("words") or said.needs.get("answered_by") or said.reason)
    )
    return _(checking_states()[item.state]), words


def checking_states() -> dict[str, str]:
    return records.declared("resources", "contact_check").loop.states


@people_only
@require_POST
def force_act(request: HttpRequest, pk: UUID, act: str) -> HttpResponse:
    """Ask its contact now, show a number for a reason, or take it off the register."""
    person, world, row = _seen(request, pk)
    try:
        by = author_of(request).by
        if act == "ask":
            checking.ask(force=row, by=by, at=world.seen_at)
            messages.success(
                request, _("{name} was asked. The answer stands here.").format(name=row.contact_a.name)
            )
        elif act == "phone":
            return _page(request, person, world, row, shown=_reveal(request, row, by=by, world=world))
        elif act == "leave":
            checking.leave(force=row, why=request.POST.get("why", ""), by=by, at=world.seen_at)
            messages.success(request, _("{name} left the register.").format(name=row.name))
        else:
            raise Http404
    except Refused as refusal:
        return _page(request, person, world, row, refusal=refusal)
    return redirect("web:force", pk=pk)


def _reveal(request: HttpRequest, row: Force, *, by: str, world: World) -> dict[str, str]:
    letter = request.POST.get("which", "a")
    who = row.contact_b if letter == "b" else row.contact_a
    author = author_of(request)
    if not has_duty(person_id=author.pk, kinds=rules.RINGERS, region=row.region_id, at=world.seen_at):
        raise Refused(rules.NOT_RINGER)
    if who is None:
        raise Http404
    why = request.POST.get("why", "").strip() or f"联系救援队伍：{row.name}"
    return {letter: reveal_phone(person=who, why=why, by=by, at=world.seen_at)}


# ---- the form ----------------
@people_only
@require_http_methods(["GET", "POST"])
def force_new(request: HttpRequest) -> HttpResponse:
    """Take a force into the register."""
    person, world = bureau_only(request)
    if not keeps(person, world):
        raise Http404
    page = _form(request, person, world, None)
    if request.method == "GET":
        return render(request, "web/pages/force_form.html", page)
    try:
        row = forces.add_force(given=_given(request), by=author_of(request).by, at=world.seen_at)
    except Refused as refusal:
        return again(request, "web/pages/force_form.html", page, refusal)
    messages.success(request, _("{name} stands in the register.").format(name=row.name))
    return redirect("web:force", pk=row.pk)


@people_only
@require_http_methods(["GET", "POST"])
def force_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change the line of a force."""
    person, world, row = _seen(request, pk)
    if not has_duty(person_id=person.pk, kinds=rules.KEEPERS, region=row.region_id, at=world.seen_at):
        raise Http404
    page = _form(request, person, world, row)
    if request.method == "GET":
        return render(request, "web/pages/force_form.html", page)
    try:
        changed = forces.change_force(
            force=row, given=_given(request), by=author_of(request).by, at=world.seen_at
        )
    except Refused as refusal:
        return again(request, "web/pages/force_form.html", page, refusal)
    messages.success(request, _("Changed.") if changed else _("Nothing was different."))
    return redirect("web:force", pk=row.pk)


def _form(request: HttpRequest, person: Person, world: World, row: Force | None) -> dict[str, Any]:
    return {
        "here": "registers",
        "row": row,
        "kinds": [(code, _(label)) for code, label in rules.KINDS.items()],
        "scopes": [(code, _(label)) for code, label in rules.SCOPES.items()],
        "skills": list(skill_names(world.seen_at).items()),
        "regions": records.regions_of(person, world),
        "typed": request.POST if request.method == "POST" else _known(row),
        "chosen": request.POST.getlist("skills") if request.method == "POST" else (row.skills if row else []),
        "refusal": None,
    }


def _known(row: Force | None) -> dict[str, Any]:
    """The line as the form shows it; numbers with stars, so that they stay as they are unless typed anew."""
    if row is None:
        return {}
    second = row.contact_b
    return {
        "name": row.name, "kind": row.kind, "scope": row.scope, "region": row.region_id, "unit": row.organisation.name,
        "people": row.people, "equipment": rules.equipment_words(row.equipment), "base": row.base,
        "contact_a": row.contact_a.name, "phone_a": masked(row.contact_a.phone),
        "contact_b": second.name if second else "", "phone_b": masked(second.phone) if second else "",
        "lon": row.place.lon if row.place else "", "lat": row.place.lat if row.place else "",
        "agreement": row.agreement, "agreement_from": f"{row.agreement_from or ''}",
        "agreement_to": f"{row.agreement_to or ''}",
    }  # fmt: skip


def _given(request: HttpRequest) -> forces.Given:
    """What the form says. Raises `Refused` at the field that cannot be read."""
    said: dict[str, Any] = {}
    for each in fields_of(forces.Given):
        raw = request.POST.get(each.name, "").strip()
        said[each.name] = _value(each.name, raw)
    said["skills"] = "、".join(request.POST.getlist("skills"))
    return forces.Given(**said)


def _value(name: str, raw: str) -> Any:
    if name in ("lon", "lat"):
        return _number(name, raw)
    if name in ("agreement_from", "agreement_to"):
        return _day(name, raw)
    return raw


def _number(name: str, raw: str) -> float | None:
    try:
        return float(raw) if raw else None
    except ValueError:
        raise Refused(rules.BAD_POSITION, field="lon", lon=raw, lat=name) from None


def _day(name: str, raw: str) -> date | None:
    try:
        found = parse_date(raw) if raw else None
    except ValueError:
        found = None
    if raw and found is None:
        raise Refused(BAD_DAY, field=name, label=_("Agreement"))
    return found


def _check(page: Shown) -> Mapping[str, Any]:
    row = Force.objects.select_related("contact_a", "contact_b").get(checks__item=page.item)
    return {"force": row, "force_url": reverse("web:force", args=[row.pk])}


EXTRAS["resources.contact_check"] = _check
BUREAU.add("resources")
ALSO["resources"] = (("web:forces", N_("Rescue forces")),)
answer.SAID[checking.KIND] = {
    "received": N_("Verified: all is right"),
    "need_help": N_("Something has changed"),
    "ask": N_("What has changed: name, telephone, people, place?"),
}
number_rows.OPENERS["resources.force"] = number_rows.Opener(
    "resources.force", N_("Rescue force"), "region__code", ("resources.force",),
    url=lambda row: reverse("web:force", args=[row.pk]), at=lambda row: row.joined_at,
)  # fmt: skip
