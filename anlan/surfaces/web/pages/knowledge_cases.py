"""典型案例: the library of shared cases, and what the page of one adds to the common one."""

from collections.abc import Mapping
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anlan.domains.knowledge.loop import WRITERS
from anlan.domains.knowledge.models import Example
from anlan.domains.knowledge.queries import examples
from anlan.kernel.core.words import N_
from anlan.kernel.orgs.models import Duty
from anlan.kernel.orgs.queries import in_force
from anlan.surfaces.web.pages.asking import bureau_only
from anlan.surfaces.web.pages.items import EXTRAS, HERE, Shown
from anlan.surfaces.web.pages.records import ALSO
from anlan.surfaces.web.people import people_only

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


@people_only
@require_GET
def knowledge_cases(request: HttpRequest) -> HttpResponse:
    """What was shared, for the whole bureau: without a name, a number or a region that points to anybody."""
    person, world = bureau_only(request)
    words = request.GET.get("q", "").replace("\0", " ").strip()[:60]
    rows = examples.shared(exercise_id=world.exercise_id, words=words.split())
    pages = Paginator(rows, ROWS).get_page(request.GET.get("page", "1"))
    page = {
        "here": "knowledge", "words": words, "pages": pages, "query": f"q={words}" if words else "",
        "rows": [(row, told(row)) for row in pages],
        "writes": Duty.objects.filter(in_force(world.seen_at), person=person, kind__in=WRITERS).exists(),
    }  # fmt: skip
    return render(request, "web/pages/knowledge_cases.html", page)
