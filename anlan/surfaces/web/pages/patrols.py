"""Patrols at the desk: the visits with what they found, the checklists with their sources, and the app's QR code."""

from collections.abc import Mapping, Sequence
from typing import Any

import segno
from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from anlan.domains.dangers.domain import CATEGORIES
from anlan.domains.patrols.loop import VISIT
from anlan.domains.patrols.models import Act, ChecklistItem, Visit
from anlan.domains.patrols.queries.lists import in_force
from anlan.domains.patrols.queries.visits import open_conflicts, visible_visits
from anlan.kernel.core import clock
from anlan.kernel.core.words import N_
from anlan.kernel.loop.models import Evidence
from anlan.kernel.orgs.actions import make_sign_in_link
from anlan.kernel.orgs.models import Person
from anlan.surfaces.web.names import author_names
from anlan.surfaces.web.pages.items import EXTRAS, Shown, url_of
from anlan.surfaces.web.pages.records import ALSO
from anlan.surfaces.web.people import people_only, person_of
from anlan.surfaces.web.worlds import world_of

ROWS = 50
LINK_MINUTES = 10
FAR_M = 300
VIEWS = (("all", N_("All visits")), ("going", N_("Going on")), ("far", N_("Far from the site")))
ANSWERS = {"fine": N_("Fine"), "not_fine": N_("Not fine"), "not_here": N_("Not here")}
SIGNS = {"": N_("Nobody signed"), "signed": N_("Signed"), "refused": N_("Signature refused")}
SURE = {"C": N_("Confirmed"), "P": N_("From a second source"), "M": N_("Practice")}
ALSO["patrols"] = (
    ("web:visits", N_("Visit records")),
    ("web:checklists", N_("Checklists")),
    ("web:patrol_app", N_("Patrol app")),
)


def _person(request: HttpRequest) -> Person:
    person = person_of(request)
    if person is None:
        raise Http404
    return person


@people_only
@require_GET
def visits(request: HttpRequest) -> HttpResponse:
    """The visits of one's regions, newest first; conflicts of phones that nobody settled stand above them."""
    person, world = _person(request), world_of(request)
    rows = visible_visits(person, at=world.seen_at, exercise_id=world.exercise_id)
    view, words = request.GET.get("view", "all"), request.GET.get("q", "").strip()
    cut = _cut(rows, view)
    if words:
        cut = cut.filter(organisation__name__icontains=words)
    pages = Paginator(cut.annotate(found=Count("findings")), ROWS).get_page(request.GET.get("page", "1"))
    context = {
        "here": "registers",
        "rows": [_line(row) for row in pages],
        "pages": pages,
        "views": [(code, _(label), _cut(rows, code).count()) for code, label in VIEWS],
        "view": view,
        "words": words,
        "query": f"view={view}&q={words}",
        "conflicts": _conflicts(rows),
    }
    return render(request, "web/pages/visits.html", context)


def _cut(rows: QuerySet[Visit], view: str) -> QuerySet[Visit]:
    if view == "going":
        return rows.filter(item__closed_at=None)
    return rows.filter(metres_off__gt=FAR_M) if view == "far" else rows


def _line(row: Any) -> dict[str, Any]:
    return {
        "row": row,
        "url": url_of(row.item),
        "state": _(VISIT.states[row.item.state]),
        "found": row.found,
        "far": row.metres_off is not None and row.metres_off > FAR_M,
    }


def _conflicts(rows: QuerySet[Visit]) -> list[Act]:
    """Open conflicts about visits that the reader may see; the person of the phone settles them."""
    waiting = list(open_conflicts()[:20])
    keys = [row.body.get("visit") for row in waiting if row.body.get("visit")]
    seen = {str(key) for key in rows.filter(key__in=keys).values_list("key", flat=True)}
    return [row for row in waiting if row.body.get("visit") in seen]


@people_only
@require_GET
def checklists(request: HttpRequest) -> HttpResponse:
    """The lists in force, item by item with the source of each."""
    english = (get_language() or "").startswith("en")
    kinds = dict(CATEGORIES)
    found = [
        {
            "list": row,
            "name": row.name_en if english and row.name_en else row.name,
            "items": [_item(item, kinds, english=english) for item in sorted(row.items.all(), key=_number)],
        }
        for row in in_force()
    ]
    return render(request, "web/pages/checklists.html", {"here": "registers", "lists": found})


def _number(item: ChecklistItem) -> int:
    return item.number


def _item(item: ChecklistItem, kinds: Mapping[str, str], *, english: bool) -> dict[str, Any]:
    return {
        "item": item,
        "text": item.text_en if english and item.text_en else item.text,
        "kind": _(kinds.get(item.category, item.category)),
        "sure": _(SURE[item.tag]),
    }


@never_cache
@people_only
@require_http_methods(["GET", "POST"])
def patrol_app(request: HttpRequest) -> HttpResponse:
    """The app's address as a QR code; on POST a code that signs this person in on a phone, once, within ten minutes."""
    person = _person(request)
    address = f"{settings.ANLAN_PUBLIC_URL}/field/"
    signs_in = request.method == "POST"
    if signs_in:
        at = clock.real_now()
        token = make_sign_in_link(person=person, by=person.by, at=at, minutes=LINK_MINUTES)
        address = f"{settings.ANLAN_PUBLIC_URL}/field/in/{token}/"
    drawn = segno.make(address, error="m").svg_inline(
        border=2, omitsize=True, dark="#14211f", light="#ffffff"
    )
    context = {
        "here": "registers",
        "code": mark_safe(drawn),  # noqa: S308 - drawn here
        "address": f"{settings.ANLAN_PUBLIC_URL}/field/",
        "signs_in": signs_in,
        "minutes": LINK_MINUTES,
        "secure": settings.ANLAN_PUBLIC_URL.startswith("https") or "//127.0.0.1" in settings.ANLAN_PUBLIC_URL,
    }
    return render(request, "web/pages/patrol_app.html", context)


# ---- one visit ----------------
def extra(page: Shown) -> Mapping[str, Any]:
    """What was answered by the lists it followed, what was found, who signed, and the pictures."""
    visit: Visit = page.row
    items = ChecklistItem.objects.filter(checklist__in=visit.lists.all()).select_related("checklist")
    photos = Evidence.objects.filter(step__item=page.item, kind="photo")
    hands = [str(step.by) for step in page.item.steps.all()]
    return {
        "kind": visit.kind_name(),
        "answers": _answers(visit, list(items.order_by("checklist__place", "number"))),
        "found": [
            {"row": row, "url": url_of(row.danger.item), "text": row.danger.description}
            for row in visit.findings.select_related("danger__item") if row.danger is not None
        ],
        "sign": _(SIGNS[visit.sign_how]),
        "pictures": photos,
        "far": visit.metres_off is not None and visit.metres_off > FAR_M,
        "hands": sorted(set(author_names(hands).values())),
    }  # fmt: skip


def _answers(visit: Visit, items: Sequence[ChecklistItem]) -> list[dict[str, Any]]:
    """Every item of the lists with its answer; what was not fine comes first."""
    english = (get_language() or "").startswith("en")
    rows = [
        {
            "text": item.text_en if english and item.text_en else item.text,
            "law": f"{item.law} {item.article}".strip(),
            "answer": _(ANSWERS[said["answer"]]) if said else "—",
            "note": said.get("note", "") if said else "",
            "heavy": bool(said) and said["answer"] == "not_fine",
        }
        for item in items
        for said in [visit.answers.get(item.code)]
    ]
    return sorted(rows, key=lambda row: not row["heavy"])


EXTRAS["patrols.visit"] = extra
