"""One bundle for a day without a line: today's list, the sites with their history, open dangers, the checklists."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET

from anlan.domains.dangers.domain import CATEGORIES, FIVE_LABELS
from anlan.domains.dangers.queries import visible_dangers
from anlan.domains.dangers.rules import five_from
from anlan.domains.enterprises.models import Certificate, KeyPerson, Site, Tag
from anlan.domains.patrols.models import Checklist, Visit
from anlan.domains.patrols.queries import lists, visits
from anlan.domains.risks.models import RiskPoint
from anlan.domains.risks.queries.plates import plate_of
from anlan.kernel.core import clock, keys
from anlan.kernel.core.fields import mask_phone
from anlan.kernel.core.workdays import local_day
from anlan.kernel.loop import registry as loops
from anlan.kernel.loop.models import Step
from anlan.kernel.loop.queries import my_worklist, open_moves
from anlan.kernel.orgs.models import Duty, Person
from anlan.kernel.orgs.queries import in_force, scope_of, who_answers
from anlan.surfaces.field.who import carrier_only
from anlan.surfaces.field.words import in_both

SITES = 400  # a patroller has seventy; an officer of a whole street gets what is due first
DANGERS = 300
HISTORY = 3
POINTS = 30  # of one firm, the gravest
CERTIFICATE_DAYS = timedelta(days=60)
ROLES = ("principal", "safety_manager")


@require_GET
@carrier_only
@ensure_csrf_cookie  # inside: a stranger's answer sets no cookie, so that it cannot undo a sign-in form beside it
def day(request: HttpRequest, *, person: Person) -> HttpResponse:
    """GET: the bundle, or 304 where nothing changed since the phone's ETag."""
    at = clock.real_now()
    said = json.dumps(bundle(person, at=at), ensure_ascii=False, sort_keys=True, default=str)
    tag = f'W/"{keys.sm3(said.encode())[:32]}"'
    same = request.headers.get("If-None-Match") == tag
    body = "" if same else f'{{"at":"{at.isoformat()}","day":{said}}}'
    response = HttpResponse(body, status=304 if same else 200, content_type="application/json")
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ("Cookie",))
    return response


def bundle(person: Person, *, at: datetime) -> dict[str, Any]:
    """Everything for the day, in plain values. Times are ISO 8601 with zone; positions WGS-84."""
    dangers = _dangers(person, at=at)
    sites = _sites(person, at=at)
    cut = {"sites": len(sites) > SITES, "dangers": len(dangers) > DANGERS}
    sites, dangers = sites[:SITES], dangers[:DANGERS]
    by_firm: dict[str, list[UUID]] = defaultdict(list)
    for site in sites:
        by_firm[str(site.enterprise_id)].append(site.pk)
    urgent = _urgent(dangers, by_firm, at=at)
    due = visits.todays([_facts(site) for site in sites], urgent=urgent, at=at)
    in_lists = lists.in_force()
    return {
        "person": {
            "id": str(person.pk),
            "name": person.name,
            "title": person.title,
            "firm": _is_firm(person),
        },
        "stops": [
            {"site": str(d.site), "due": _iso(d.due_at), "last": _iso(d.last), "urgent": d.urgent}
            for d in due
        ],
        "sites": _cards(sites, in_lists, at=at),
        "dangers": dangers,
        "lists": [_list(each) for each in in_lists],
        "going": _going(person),
        "calls": _calls(sites, at=at),
        "categories": [[code, *in_both(label)] for code, label in CATEGORIES],
        "five": [[name, *in_both(label)] for name, label in FIVE_LABELS],
        "cut": cut,
    }


def _is_firm(person: Person) -> bool:
    return person.organisation.kind == "enterprise"


def _sites(person: Person, *, at: datetime) -> list[Site]:
    """The sites of one's communities (patroller), of one's firm, or of one's regions."""
    rows = Site.objects.filter(active=True).exclude(enterprise__status__in=("closed", "moved"))
    rows = rows.select_related("enterprise__organisation", "region").order_by("region_id", "pk")
    if _is_firm(person):
        return list(rows.filter(enterprise=person.organisation_id)[: SITES + 1])
    own = Duty.objects.filter(in_force(at), person=person, kind="patroller")
    prefixes = list(own.values_list("region__prefix", flat=True)) or scope_of(person, at=at)
    found: list[Site] = []
    for prefix in prefixes:
        found += rows.filter(region__code__startswith=prefix)[: SITES + 1 - len(found)]
    return found


def _facts(site: Site) -> visits.SiteFacts:
    grade = site.enterprise.grade
    return visits.SiteFacts(site.pk, site.region_id, grade, site.created_at, site.lon, site.lat)


# ---- dangers in one's hands ----------------
def _dangers(person: Person, *, at: datetime) -> list[dict[str, Any]]:
    """Open dangers of one's regions: state, clock, the step seen last, and the steps one may take."""
    rows = list(
        visible_dangers(person, at=at).filter(item__closed_at=None).order_by("item__due_at")[: DANGERS + 1]
    )
    mine = set(my_worklist(person, at=at).filter(loop="dangers.danger").values_list("pk", flat=True))
    seen = _last_steps([row.pk for row in rows])
    return [
        {
            "id": str(row.pk),
            "firm": str(row.organisation_id or ""),
            "title": row.item.title,
            "description": row.description,
            "category": row.category,
            "grade": row.grade,
            "state": row.item.state,
            "state_name": in_both(loops.loop_of(row.item).states[row.item.state]),
            "due": _iso(row.item.due_at),
            "opened": _iso(row.item.opened_at),
            "seen": seen.get(row.pk, ""),
            "five": row.five_in_place,
            "five_from": _iso(five_from(grade=row.grade, found=row.item.opened_at)),
            "mine": row.pk in mine,
            "moves": [move.name for move in open_moves(row.item, person, at=at)] if row.pk in mine else [],
        }
        for row in rows
    ]


def _last_steps(items: Sequence[UUID]) -> dict[UUID, str]:
    steps = Step.objects.filter(item__in=items).order_by("item", "-at", "-pk").distinct("item")
    return {item: str(step) for item, step in steps.values_list("item", "pk")}


def _urgent(
    dangers: Iterable[dict[str, Any]], by_firm: dict[str, list[UUID]], *, at: datetime
) -> dict[UUID, datetime]:
    """Sites where a danger in one's own hands runs out within a day, and until when."""
    found: dict[UUID, datetime] = {}
    for row in dangers:
        due = datetime.fromisoformat(row["due"]) if row["due"] and row["mine"] else None
        if due is None or due > at + timedelta(days=1):
            continue
        for site in by_firm.get(row["firm"], [])[:1]:
            found[site] = min(due, found.get(site, due))
    return found


# ---- the cards ----------------
def _cards(sites: Sequence[Site], in_lists: Sequence[Checklist], *, at: datetime) -> list[dict[str, Any]]:
    firms = {site.enterprise_id for site in sites}
    tags, people, papers = _tags(firms), _people(firms), _papers(firms, local_day(at))
    points = _points(firms)
    past = visits.recent([site.pk for site in sites], each=HISTORY)
    return [
        {
            "id": str(site.pk),
            "plate": site.plate,
            "firm": str(site.enterprise_id),
            "name": site.enterprise.organisation.name,
            "site_name": site.name,
            "address": site.address or site.enterprise.address,
            "region": site.region.name,
            "lon": site.lon,
            "lat": site.lat,
            "grade": site.enterprise.grade,
            "tags": tags[site.enterprise_id],
            "people": people[site.enterprise_id],
            "certificates": papers[site.enterprise_id],
            "points": points[site.enterprise_id],
            "lists": [
                each.code for each in lists.fitting(in_lists, [t["kind"] for t in tags[site.enterprise_id]])
            ],
            "history": [_visit(row) for row in past.get(site.pk, [])],
        }
        for site in sites
    ]


def _tags(firms: set[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    rows = Tag.objects.filter(enterprise__in=firms, until=None).order_by("kind")
    for firm, kind, facts in rows.values_list("enterprise", "kind", "facts"):
        found[firm].append({"kind": kind, "facts": facts})
    return found


def _people(firms: set[UUID]) -> dict[UUID, list[dict[str, str]]]:
    """Principal and safety managers; phones masked: a lost phone must not give away a district's numbers."""
    found: dict[UUID, list[dict[str, str]]] = defaultdict(list)
    rows = KeyPerson.objects.filter(enterprise__in=firms, until=None, role__in=ROLES).select_related("person")
    for row in rows.order_by("role"):
        phone = mask_phone(row.person.phone) if row.person.phone else ""
        found[row.enterprise_id].append({"role": row.role, "name": row.person.name, "phone": phone})
    return found


def _points(firms: set[UUID]) -> dict[UUID, list[dict[str, str]]]:
    """The firms' risk points, the gravest first: a danger is reported at one, its code opens the firm."""
    found: dict[UUID, list[dict[str, str]]] = defaultdict(list)
    rows = RiskPoint.objects.filter(enterprise__in=firms, active=True).order_by("-worst_case_level", "number")
    for pk, firm, name, number in rows.values_list("pk", "enterprise", "name", "number"):
        if len(found[firm]) < POINTS:
            found[firm].append({"id": str(pk), "name": name, "number": number, "plate": plate_of(pk)})
    return found


def _papers(firms: set[UUID], today: date) -> dict[UUID, list[dict[str, str]]]:
    """Certificates that have run out or do so within sixty days."""
    found: dict[UUID, list[dict[str, str]]] = defaultdict(list)
    rows = Certificate.objects.filter(
        enterprise__in=firms, ended_on=None, due_on__lte=today + CERTIFICATE_DAYS
    )
    for row in rows.select_related("person").order_by("due_on"):
        found[row.enterprise_id].append(
            {"name": row.person.name, "trade": row.trade, "due": row.due_on.isoformat()}
        )
    return found


def _visit(row: Visit) -> dict[str, Any]:
    return {
        "key": str(row.key),
        "kind": row.kind,
        "state": row.item.state,
        "at": _iso(row.started_at),
        "by": row.patroller.name,
        "found": len(row.findings.all()),
        "note": row.note[:200],
    }


def _list(row: Checklist) -> dict[str, Any]:
    names = ("code", "text", "text_en", "law", "article", "tag", "category", "major")
    items = [
        {name: getattr(item, name) for name in names}
        for item in sorted(row.items.all(), key=lambda i: i.number)
    ]
    return {
        "code": row.code,
        "version": row.version,
        "name": row.name,
        "name_en": row.name_en,
        "items": items,
    }


def _going(person: Person) -> list[dict[str, Any]]:
    """Visits of this person that were begun and not finished, so that another phone can go on with them."""
    rows = Visit.objects.filter(patroller=person, item__state="begun").prefetch_related("lists")
    return [
        {
            "key": str(row.key), "site": str(row.site_id or ""), "kind": row.kind, "started": _iso(row.started_at),
            "version": row.version, "answers": row.answers, "note": row.note,
            "lists": [[each.code, each.version] for each in row.lists.all()],
        }
        for row in rows
    ]  # fmt: skip


def _calls(sites: Sequence[Site], *, at: datetime) -> dict[str, list[dict[str, str]]]:
    """Region → who is called when something may be major there: the street's officers."""
    found = {}
    for region in sorted({site.region_id for site in sites}):
        ids = [
            answerer.person_id for answerer in who_answers(duty="enforcement_officer", where=region, at=at)
        ][:4]
        people = Person.objects.in_bulk(ids)
        found[region] = [{"name": people[pk].name, "title": people[pk].title} for pk in ids if pk in people]
    by_name = {site.region_id: site.region.name for site in sites}
    return {by_name[region]: rows for region, rows in found.items()}


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at else ""
