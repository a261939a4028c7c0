"""The board of contractors' ground and the guide of its patrols; what a job's page adds of both."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anlan.domains.contractors import queries, rules
from anlan.domains.contractors.loop import JOB
from anlan.kernel.core import rulesets
from anlan.kernel.core.fields import mask_phone
from anlan.kernel.core.words import N_
from anlan.kernel.loop.spec import Move
from anlan.kernel.orgs.models import Duty, Person
from anlan.kernel.orgs.queries import in_force
from anlan.surfaces.web.pages.dangers import who
from anlan.surfaces.web.pages.grassroots import _job
from anlan.surfaces.web.pages.items import CHOICES, EXTRAS, Shown, url_of
from anlan.surfaces.web.pages.records import ALSO
from anlan.surfaces.web.people import people_only

ALSO["contractors"] = (
    ("web:contractor_board", N_("Board of the ground")),
    ("web:contractor_guide", N_("Guide of patrols at contractor work")),
    ("web:contractor_fixtures", N_("Terminals and boards of parks")),
)


@people_only
@require_GET
def contractor_board(request: HttpRequest) -> HttpResponse:
    """外来作业现场管理监控: every crew on the ground with what is missing; terminals, silent ones first."""
    person, world = who(request)
    today = timezone.localtime(world.now).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = queries.on_ground(person, at=world.seen_at, today=today, exercise_id=world.exercise_id)
    terminals = queries.terminals(person, at=world.now, exercise_id=world.exercise_id)
    context = {
        "here": "registers",
        "rows": [
            {
                "ground": each, "item": each.job.item, "url": url_of(each.job.item),
                "state": _(JOB.states[each.job.item.state]),
                "lacking": [_(rules.PERMIT_WORKS[work]) for work in each.lacking],
                "worry": _worry(each.last_pulse), "late_notice": each.job.item.opened_at > each.job.start_at,
            }
            for each in rows
        ],
        "terminals": [{"row": each, "worry": _worry(each.last)} for each in terminals[:100]],
        "counts": {
            "working": sum(1 for each in rows if each.job.item.state == "working"),
            "waiting": sum(1 for each in rows if each.job.item.state == "noticed"),
            "stopped": sum(1 for each in rows if each.job.item.state == "stopped"),
            "silent": sum(1 for each in terminals if each.silent), "terminals": len(terminals),
        },
    }  # fmt: skip
    return render(request, "web/pages/contractor_board.html", context)


STANDS = {
    "bought": N_("Bought"),
    "installed": N_("Installed"),
    "connected": N_("Linked up"),
    "removed": N_("Removed"),
}


@people_only
@require_GET
def contractor_fixtures(request: HttpRequest) -> HttpResponse:
    """The register of terminals and boards: what each is, where, what became of it and when."""
    person, world = who(request)
    kind, stands = request.GET.get("kind", ""), request.GET.get("stands", "")
    words = request.GET.get("q", "").strip()
    at, drill = world.seen_at, world.exercise_id
    everything = queries.fixtures_of(person, at=at, exercise_id=drill)
    known = kind if kind in rules.FIXTURES else ""
    rows = queries.fixtures_of(person, at=at, exercise_id=drill, kind=known, stands=stands, words=words)
    pages = Paginator(rows, 50).get_page(request.GET.get("page", "1"))
    context = {
        "here": "registers", "pages": pages, "query": f"kind={kind}&stands={stands}&q={words}", "words": words,
        "kind": kind, "stands": stands, "kinds": [(code, _(label)) for code, label in rules.FIXTURES.items()],
        "doors": [
            (code, _(label), sum(1 for each in everything if each.stands == code)) for code, label in STANDS.items()
        ],
        "rows": [
            {
                "row": each.fixture, "kind": _(rules.FIXTURES[each.fixture.kind]), "stands": _(STANDS[each.stands]),
                "gone": each.stands == "removed", "days": [each.steps.get(what) for what in rules.STEPS[:3]],
            }
            for each in pages if each.stands
        ],
        "keeps": has_kind(person, rules.KEEPERS, at=world.seen_at),
    }  # fmt: skip
    return render(request, "web/pages/contractor_fixtures.html", context)


def has_kind(person: Person, kinds: Sequence[str], *, at: datetime) -> bool:
    """Whether a person holds one of some duties anywhere."""
    return Duty.objects.filter(in_force(at), person=person, kind__in=kinds).exists()


def _worry(pulse: Any) -> str:
    return _(rules.WORRIES[pulse.worry]) if pulse is not None and pulse.worry else ""


@people_only
@require_GET
def contractor_guide(request: HttpRequest) -> HttpResponse:
    """外来作业巡查工作指引: the whole guide by permit work, with the source of the rule, to be printed."""
    person, world = who(request)
    region = person.organisation.region_id
    row = rulesets.row_of("contractors.patrol_guide", region=region, at=world.now)
    ones = rulesets.row_of("contractors.eight_ones", region=region, at=world.now)
    works = {"every": _("Every crew"), **{code: _(label) for code, label in rules.PERMIT_WORKS.items()}}
    context = {
        "here": "registers", "rule": row, "law": ones,
        "ones": [_said(one["name"], one.get("name_en", "")) for one in ones.value],
        "groups": [
            (label, [_said(line["text"], line.get("text_en", "")) for line in row.value if line["work"] == code])
            for code, label in works.items()
            if any(line["work"] == code for line in row.value)
        ],
    }  # fmt: skip
    return render(request, "web/pages/contractor_guide.html", context)


def job_extra(page: Shown) -> Mapping[str, Any]:
    """What the job's page shows, and the eight ones and the lines to look at."""
    ones, lines = queries.eight_ones(page.row, at=page.at), queries.guide_of(page.row, at=page.at)
    return {
        **_job(page),
        "ones": [{"name": _said(one.name, one.name_en), "there": one.there} for one in ones],
        "guide": [{"text": _said(line["text"], line.get("text_en", ""))} for line in lines],
        "late_notice": page.item.opened_at > page.row.start_at,
        "leader_phone": mask_phone(page.row.leader_phone) if page.row.leader_phone else "",
    }


def job_choices(page: Shown, move: Move) -> Mapping[str, Sequence[tuple[str, str]]]:
    """The lines of the guide for this crew: one of them may stand for the note."""
    if move.name != "check":
        return {}
    lines = queries.guide_of(page.row, at=page.at)
    return {"line": [(line["text"], _said(line["text"], line.get("text_en", ""))) for line in lines]}


def _said(text: str, other: str) -> str:
    """A line of a rule in the reader's language, where the rule has it in both."""
    return other if other and (get_language() or "").startswith("en") else text


EXTRAS["contractors.job"] = job_extra
CHOICES["contractors.job"] = job_choices
