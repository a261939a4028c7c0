"""典型案例: the library of shared cases, and what the page of one adds to the common one."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from anlan.domains.knowledge import actions
from anlan.domains.knowledge.loop import WRITERS
from anlan.domains.knowledge.models import Example
from anlan.domains.knowledge.queries import examples
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.words import N_
from anlan.kernel.orgs.models import Duty
from anlan.kernel.orgs.queries import in_force
from anlan.surfaces.web.pages.asking import bureau_only
from anlan.surfaces.web.pages.items import EXTRAS, HERE, Shown, url_of
from anlan.surfaces.web.pages.records import ALSO
from anlan.surfaces.web.people import author_of, people_only
from anlan.surfaces.web.refusals import again

ROWS = 20
HERE["knowledge"] = "knowledge"
ALSO["knowledge"] = (
    ("web:knowledge", N_("What hangs together")),
    ("web:knowledge_laws", N_("Register of laws")),
    ("web:knowledge_cases", N_("Library of typical cases")),
)


def told(row: Example) -> list[tuple[str, str]]:
    """What the case's own rows say, labels in the reader's language."""
    return [(_(label), value) for label, value in row.facts]


def _extra(page: Shown) -> Mapping[str, Any]:
    return {"told": told(page.row)}


EXTRAS["knowledge.example"] = _extra


def writes(request: HttpRequest) -> bool:
    """Whether the reader may write cases up somewhere."""
    person, world = bureau_only(request)
    return Duty.objects.filter(in_force(world.seen_at), person=person, kind__in=WRITERS).exists()


@people_only
@require_GET
def knowledge_cases(request: HttpRequest) -> HttpResponse:
    """What was shared, for the whole bureau: without a name, a number or a region that points to anybody."""
    _person, world = bureau_only(request)
    words = request.GET.get("q", "").replace("\0", " ").strip()[:60]
    rows = examples.shared(exercise_id=world.exercise_id, words=words.split())
    pages = Paginator(rows, ROWS).get_page(request.GET.get("page", "1"))
    page = {
        "here": "knowledge", "words": words, "pages": pages, "query": f"q={words}" if words else "",
        "rows": [(row, told(row)) for row in pages],
        "writes": writes(request),
    }  # fmt: skip
    return render(request, "web/pages/knowledge_cases.html", page)


@people_only
@require_http_methods(["GET", "POST"])
def knowledge_case_new(request: HttpRequest) -> HttpResponse:
    """The form by which a closed case is written up, and the drafting."""
    _person, world = bureau_only(request)
    if not writes(request):
        raise Http404
    page: dict[str, Any] = {"here": "knowledge", "typed": {}, "refusal": None}
    if request.method == "GET":
        return render(request, "web/pages/knowledge_case_new.html", page)
    posted = request.POST
    try:
        item = actions.draft(
            number=posted.get("number", ""), headline=posted.get("headline", ""), story=posted.get("story", ""),
            lesson=posted.get("lesson", ""), by=author_of(request).by, at=world.now, exercise_id=world.exercise_id,
        )  # fmt: skip
    except Refused as refusal:
        return again(request, "web/pages/knowledge_case_new.html", page, refusal)
    messages.success(request, _("Recorded: {title}.").format(title=item.title))
    return redirect(url_of(item))
