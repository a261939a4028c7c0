"""责任体系: committees and their member units, holders of duties, the matrix of who is responsible for what."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from anlan.domains.workplan import actions
from anlan.domains.workplan.models import Committee, Matter, Member, Share
from anlan.domains.workplan.queries import standing as queries
from anlan.domains.workplan.queries.units import units_of
from anlan.domains.workplan.rules import standing as rules
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import visible_regions
from anlan.surfaces.web.names import shown
from anlan.surfaces.web.pages.asking import bureau_only, home_region, person_by, unit_of
from anlan.surfaces.web.pages.workplan import keeps
from anlan.surfaces.web.people import author_of, people_only
from anlan.surfaces.web.refusals import again
from anlan.surfaces.web.worlds import World, world_of

ROWS = 50

NO_UNIT = reason("web.standing_unit", N_("Choose the unit."))
NOTHING = reason("web.standing_nothing", N_("Tick what was looked at."))

Act = Callable[[HttpRequest, Person, World], str]


def posted_act(
    request: HttpRequest, acts: dict[str, Act], template: str, page: dict[str, Any]
) -> HttpResponse:
    """Make the act that the form names and come back to the page; refused, the page again with what was typed."""
    act = acts.get(request.POST.get("act", ""))
    if act is None:
        raise Http404
    try:
        said = act(request, author_of(request), world_of(request))
    except Refused as refusal:
        return again(request, template, page, refusal)
    messages.success(request, said)
    return redirect(request.get_full_path())


def _verified_days(region: str, at: datetime) -> int:
    return int(rulesets.value_of("workplan.verified_days", region=region, at=at))


# ---- committees and their member units ----------------
@people_only
@require_GET
def committees(request: HttpRequest) -> HttpResponse:
    """Committees with their members: how many liaisons are named and were looked at, and when they last met."""
    person, world = bureau_only(request)
    rows = list(queries.committees_of(person, at=world.seen_at))
    days = _verified_days(home_region(person, world), world.now)
    members = queries.members_of(rows, at=world.now, days=days)
    met = queries.last_meetings(rows, at=world.now)
    lines = [
        {
            "row": row, "members": len(members[row.pk]), "fresh": sum(1 for m in members[row.pk] if m.fresh),
            "vacant": sum(m.vacant for m in members[row.pk]), "met": met.get(row.pk),
            "silent": _silent(row, met.get(row.pk), world.now),
        }
        for row in rows
    ]  # fmt: skip
    page = {
        "here": "registers",
        "lines": lines,
        "days": days,
        "keeps": keeps(person, world, home_region(person, world)),
    }
    return render(request, "web/pages/committees.html", page)


def _silent(row: Committee, met: datetime | None, at: datetime) -> bool:
    """Whether a committee that is to meet regularly has not met for longer than it may."""
    return row.meets_days is not None and (met is None or at - met > timedelta(days=row.meets_days))


@people_only
@require_http_methods(["GET", "POST"])
def committee(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One committee: its member units, their liaisons, who was looked at; members come and go by a paper."""
    person, world = bureau_only(request)
    row = queries.committees_of(person, at=world.seen_at).filter(pk=pk).first()
    if row is None:
        raise Http404
    days = _verified_days(row.region_id, world.now)
    members = queries.members_of([row], at=world.now, days=days)[row.pk]
    keeper = keeps(person, world, row.region_id)
    page = {
        "here": "registers",
        "row": row,
        "days": days,
        "keeps": keeper,
        "members": [
            {
                "state": each, "role": _(rules.MEMBER_ROLES[each.member.role]),
                "may": (own := keeper or each.member.organisation_id == person.organisation_id),
                "people": _people_of(each.member) if own else [],
            }
            for each in members
        ],
        "gone": _gone(row),
        "units": units_of(row.region_id) if keeper else [],
        "roles": [(code, _(label)) for code, label in rules.MEMBER_ROLES.items()],
        "fresh": sum(1 for each in members if each.fresh),
        "vacant": sum(each.vacant for each in members),
        "met": queries.last_meetings([row], at=world.now).get(row.pk),
        "typed": request.POST,
    }  # fmt: skip
    if request.method == "GET":
        return render(request, "web/pages/committee.html", page)
    acts: dict[str, Act] = {
        "add": lambda r, by, w: _add_member(r, row, by, w),
        "end": lambda r, by, w: _end_member(r, row, by, w),
        "name": lambda r, by, w: _name_liaisons(r, row, by, w),
        "verify": lambda r, by, w: _verify_members(r, row, by, w),
    }
    return posted_act(request, acts, "web/pages/committee.html", page)


def _gone(row: Committee) -> list[Member]:
    rows = Member.objects.filter(committee=row, until__isnull=False).select_related("organisation")
    return list(rows.order_by("-until")[:20])


def _people_of(member: Member) -> list[Person]:
    return list(Person.objects.filter(organisation=member.organisation_id, active=True).order_by("name")[:40])


def _member(request: HttpRequest, row: Committee) -> Member:
    try:
        found = Member.objects.select_related("organisation", "committee").filter(
            pk=UUID(request.POST.get("member", "")), committee=row, until=None
        )
        return found.get()
    except (ValueError, Member.DoesNotExist):
        raise Http404 from None


def _add_member(request: HttpRequest, row: Committee, by: Person, world: World) -> str:
    unit = unit_of(request.POST.get("unit", ""))
    if unit is None:
        raise Refused(NO_UNIT, field="unit")
    actions.add_member(
        committee=row, organisation=unit, role=request.POST.get("role", "member"), why=request.POST.get("why", ""),
        by=by.by, at=world.now,
    )  # fmt: skip
    return _("{unit} is a member now.").format(unit=shown(unit))


def _end_member(request: HttpRequest, row: Committee, by: Person, world: World) -> str:
    member = _member(request, row)
    actions.end_member(member=member, why=request.POST.get("why", ""), by=by.by, at=world.now)
    return _("{unit} is a member no more; the row stays.").format(unit=shown(member.organisation))


def _name_liaisons(request: HttpRequest, row: Committee, by: Person, world: World) -> str:
    a, b = (person_by(request.POST.get(name, "")) for name in ("liaison_a", "liaison_b"))
    actions.name_liaisons(member=_member(request, row), liaison_a=a, liaison_b=b, by=by.by, at=world.now)
    return _("Named, and looked at today.")


def _verify_members(request: HttpRequest, row: Committee, by: Person, world: World) -> str:
    ticked = set(request.POST.getlist("member"))
    rows = Member.objects.filter(committee=row, until=None).select_related("organisation", "committee")
    chosen = [each for each in rows if str(each.pk) in ticked]
    if not chosen:
        raise Refused(NOTHING)
    return _looked(actions.verify_members(members=chosen, by=by.by, at=world.now))


def _looked(count: int) -> str:
    return ngettext("{n} looked at today.", "{n} looked at today.", count).format(n=count)


# ---- holders of duties ----------------
@people_only
@require_http_methods(["GET", "POST"])
def holders(request: HttpRequest) -> HttpResponse:
    """Who holds which duty, when that was last looked at, and which places have nobody."""
    person, world = bureau_only(request)
    region, stale = home_region(person, world), request.GET.get("stale") == "1"
    days = _verified_days(region, world.now)
    rows = queries.holders(region=region, at=world.now)
    rows = rows.filter(visible_regions(person, at=world.seen_at))
    state = queries.verified(region=region, at=world.now, as_of=world.now, days=days)
    fresh = set(state.fresh)
    if stale:
        rows = rows.exclude(pk__in=fresh)
    if kind := request.GET.get("kind", ""):
        rows = rows.filter(kind=kind)
    if words := request.GET.get("q", "").strip():
        rows = rows.filter(person__name__icontains=words)
    pages = Paginator(rows.order_by("region", "kind", "rank", "pk"), ROWS).get_page(
        request.GET.get("page", "1")
    )
    looked = queries.checked_of(pages)
    vacant = queries.vacant_places(region=region, at=world.now)
    query = request.GET.copy()
    query.pop("page", None)
    page = {
        "here": "registers", "days": days, "all": len(state.all), "fresh": len(fresh), "pages": pages,
        "rows": [(row, looked.get(row.pk), row.pk in fresh) for row in pages], "vacant": vacant[:100],
        "vacant_n": len(vacant), "by_kind": Counter(shown(place.kind.label) for place in vacant).most_common(),
        "chosen": request.GET, "query": query.urlencode(),
        "share": len(fresh) * 100 / len(state.all) if state.all else None,
        "door": f"{reverse('web:number', args=['workplan.holders_verified'])}?region={region}",
    }  # fmt: skip
    if request.method == "GET":
        return render(request, "web/pages/holders.html", page)
    return posted_act(request, {"verify": _verify_duties}, "web/pages/holders.html", page)


def _verify_duties(request: HttpRequest, by: Person, world: World) -> str:
    keys = [key for key in request.POST.getlist("duty") if len(key) == 36][:ROWS]
    region = home_region(by, world)
    duties = list(queries.holders(region=region, at=world.now).filter(pk__in=keys))
    if not duties:
        raise Refused(NOTHING)
    return _looked(actions.verify_duties(duties=duties, by=by.by, at=world.now))


# ---- the matrix ----------------
@people_only
@require_http_methods(["GET", "POST"])
def matrix(request: HttpRequest) -> HttpResponse:
    """Who is responsible for what: gaps and overlaps first, then every matter with its units by role."""
    person, world = bureau_only(request)
    region = home_region(person, world)
    kind = request.GET.get("kind", "")
    states = queries.matrix(region, at=world.now, kind=kind if kind in rules.KINDS else "")
    keeper = keeps(person, world, region)
    page = {
        "here": "registers",
        "keeps": keeper,
        "roles": [(code, _(label)) for code, label in rules.ROLES.items()],
        "kinds": [(code, _(label)) for code, label in rules.KINDS.items()],
        "kind": kind,
        "states": [(state, [state.shares.get(role, []) for role in rules.ROLES]) for state in states],
        "wrong": [(state, each, _(rules.ROLES[each.role])) for state in states for each in state.findings],
        "gaps": sum(1 for s in states for f in s.findings if f.what == "gap"),
        "overlaps": sum(1 for s in states for f in s.findings if f.what == "overlap"),
        "units": units_of(region) if keeper else [],
        "by_unit": _by_unit(states),
        "typed": request.POST,
    }
    if request.method == "GET":
        return render(request, "web/pages/matrix.html", page)
    return posted_act(
        request, {"give": _give_share, "end": _end_share, "open": _open_matter}, "web/pages/matrix.html", page
    )


def _by_unit(states: list[queries.MatterState]) -> list[tuple[str, int, int]]:
    """Unit → how many matters it leads, how many it helps with; those that carry most first."""
    leads: Counter[str] = Counter()
    helps: Counter[str] = Counter()
    for state in states:
        for role, shares in state.shares.items():
            for share in shares:
                (helps if role == "joint" else leads)[shown(share.organisation)] += 1
    return [(name, leads[name], helps[name]) for name, _n in (leads + helps).most_common(60)]


def _give_share(request: HttpRequest, by: Person, world: World) -> str:
    unit, matter = unit_of(request.POST.get("unit", "")), row_of(Matter, request.POST.get("matter", ""))
    if unit is None:
        raise Refused(NO_UNIT, field="unit")
    actions.give_share(
        matter=matter, organisation=unit, role=request.POST.get("role", ""), source=request.POST.get("source", ""),
        by=by.by, at=world.now,
    )  # fmt: skip
    return _("{unit} is responsible for it now.").format(unit=shown(unit))


def _end_share(request: HttpRequest, by: Person, world: World) -> str:
    share = row_of(Share, request.POST.get("share", ""))
    actions.end_share(share=share, why=request.POST.get("why", ""), by=by.by, at=world.now)
    return _("Ended; the row stays with its paper.")


def _open_matter(request: HttpRequest, by: Person, world: World) -> str:
    posted = request.POST
    row = actions.open_matter(
        code=posted.get("code", "").strip() or posted.get("name", "").strip()[:40], name=posted.get("name", ""),
        group=posted.get("group", ""), kind=posted.get("kind", "sector"), measure=posted.get("measure", ""),
        region=home_region(by, world), by=by.by, at=world.now,
    )  # fmt: skip
    return _("{name} stands in the matrix now.").format(name=row.name)


def row_of(model: Any, key: str) -> Any:
    try:
        found = model.objects.filter(pk=UUID(key)).first()
    except ValueError:
        found = None
    if found is None:
        raise Http404
    return found
