"""People and duties, as the security administrator keeps them: found, given duties, sent away, let in, locked out."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anlan.kernel.core import clock, keys
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.loop.posts import hand_over_post
from anlan.kernel.orgs import actions, administration
from anlan.kernel.orgs.models import Absence, Duty, DutyKind, Person
from anlan.kernel.orgs.queries import in_force
from anlan.kernel.places.models import Place, Region
from anlan.kernel.places.regions import prefix_of
from anlan.surfaces.web.administrators import administrator_only, by_of
from anlan.surfaces.web.forms import moment
from anlan.surfaces.web.refusals import REFUSED_STATUS

ROWS = 50
MOST_REGIONS = 500
LINK_MINUTES = (30, 120, 720)

NO_KIND = reason("web.no_duty_kind", N_("Choose what kind of duty it is."))
NO_REGION = reason(
    "web.no_region", N_("There is no region “{given}”, or several have this name: give its 12 digits.")
)
NO_PLACE = reason("web.no_place", N_("There is no place with the code “{given}”, or several have it."))
NO_SUCH = reason(
    "web.no_such_person", N_("Nobody, or more than one person, is called “{given}”. Give the phone number.")
)
BAD_RANK = reason("web.bad_rank", N_("The rank is a number: 0 holds the duty, 1 is the first deputy."))
BAD_DAYS = reason("web.bad_days", N_("“{given}” is not a number of days."))

security_only = administrator_only("security")


@security_only
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """People by a part of the name, post or organisation, or by the whole phone number."""
    asked = request.GET.get("q", "").strip()
    pages = Paginator(_found(asked), ROWS).get_page(request.GET.get("page", "1"))
    page = {
        "here": "people",
        "q": asked,
        "pages": pages,
        "query": f"q={asked}" if asked else "",
        "rows": [(one, administration.masked(one.phone), _duty_words(one)) for one in pages],
    }
    return render(request, "web/pages/people.html", page)


def _found(asked: str) -> QuerySet[Person]:
    now = clock.real_now()
    duties = (
        Duty.objects.filter(in_force(now))
        .select_related("kind", "region")
        .order_by("rank", "kind__ring_order")
    )
    rows = Person.objects.select_related("organisation", "account").prefetch_related(
        Prefetch("duties", queryset=duties, to_attr="held")
    )
    if asked:
        words = Q(name__icontains=asked) | Q(title__icontains=asked) | Q(organisation__name__icontains=asked)
        rows = rows.filter(words | Q(phone_index=keys.hmac_index(asked)))
    return rows.order_by("name", "pk")


def _duty_words(one: Person) -> str:
    """The first two duties in force, and how many more."""
    held: list[Duty] = getattr(one, "held", [])
    words = [f"{kind_name(duty.kind)} {duty.region.name}" for duty in held[:2]]
    more = len(held) - 2
    return "；".join(words) + (f" +{more}" if more > 0 else "")


def kind_name(kind: DutyKind) -> str:
    return kind.label if (get_language() or "zh").startswith("zh") else kind.label_en


@security_only
@require_GET
def person(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One person: duties with their validity, absences, and the ways in."""
    return _page(request, _one(pk))


def _one(pk: UUID) -> Person:
    found = Person.objects.select_related("organisation", "account").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _page(request: HttpRequest, one: Person, *, refusal: Refused | None = None, **once: str) -> HttpResponse:
    """The page; `once` holds what is shown this one time: a link, a whole phone number."""
    now = clock.real_now()
    duties = Duty.objects.filter(person=one).select_related("kind", "region", "place")
    near = Region.objects.filter(code__startswith=prefix_of(settings.ANLAN_REGION)).order_by("code")
    context: dict[str, Any] = {
        "here": "people",
        "one": one,
        "phone": administration.masked(one.phone),
        "locked": one.account is not None and not one.account.is_active,
        "duties": [_duty(duty, now) for duty in duties.order_by("valid_to", "rank", "kind__ring_order")],
        "absences": Absence.objects.filter(person=one, end__gt=now)
        .select_related("deputy")
        .order_by("start"),
        "kinds": [(kind.pk, kind_name(kind)) for kind in DutyKind.objects.order_by("ring_order", "code")],
        "regions": near[:MOST_REGIONS],
        "minutes": LINK_MINUTES,
        "refusal": refusal,
        "typed": request.POST,
        **once,
    }
    status = 200 if refusal is None else REFUSED_STATUS
    return render(request, "web/pages/person.html", context, status=status)


def _duty(duty: Duty, now: datetime) -> dict[str, Any]:
    ended = duty.valid_to is not None and duty.valid_to <= now
    return {"row": duty, "kind": kind_name(duty.kind), "ended": ended}


def _back(request: HttpRequest, one: Person, said: str) -> HttpResponseRedirect:
    messages.success(request, said)
    return redirect("web:person", pk=one.pk)


# ---- acts ----------------
@security_only
@require_POST
def duty_grant(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give a duty from now on."""
    one = _one(pk)
    try:
        kind = DutyKind.objects.filter(pk=request.POST.get("kind", "")).first()
        if kind is None:
            raise Refused(NO_KIND, field="kind")
        region, place = _where(request)
        rank = request.POST.get("rank", "").strip() or "0"
        if not (rank.isascii() and rank.isdigit()) or int(rank) > 99:
            raise Refused(BAD_RANK, field="rank")
        actions.grant_duty(
            person=one, kind=kind.pk, region=region, place_id=place, rank=int(rank),
            by=by_of(request), at=clock.real_now(),
        )  # fmt: skip
    except Refused as refusal:
        return _page(request, one, refusal=refusal)
    return _back(request, one, _("The duty holds from now on."))


def _where(request: HttpRequest) -> tuple[str, UUID | None]:
    """The region by code or by its only name; a place brings its own."""
    code = request.POST.get("place", "").strip()
    if code:
        places = list(Place.objects.filter(code=code, active=True)[:2])
        if len(places) != 1:
            raise Refused(NO_PLACE, field="place", given=code)
        return places[0].region_id, places[0].pk
    given = request.POST.get("region", "").strip()
    regions = list(Region.objects.filter(Q(code=given) | Q(name=given))[:2]) if given else []
    if len(regions) != 1:
        raise Refused(NO_REGION, field="region", given=given)
    return regions[0].pk, None


@security_only
@require_POST
def duty_end(request: HttpRequest, pk: UUID, duty: UUID) -> HttpResponse:
    """End a duty now; its row stays."""
    one = _one(pk)
    row = Duty.objects.filter(pk=duty, person=one).first()
    if row is None:
        raise Http404
    try:
        actions.end_duty(duty=row, by=by_of(request), at=clock.real_now())
    except Refused as refusal:
        return _page(request, one, refusal=refusal)
    return _back(request, one, _("The duty has ended."))


@security_only
@require_POST
def duty_pass(request: HttpRequest, pk: UUID, duty: UUID) -> HttpResponse:
    """Hand a post over: the duty and its open items, with some days of overlap."""
    one = _one(pk)
    row = Duty.objects.filter(pk=duty, person=one).first()
    if row is None:
        raise Http404
    try:
        to = _deputy(request.POST.get("to", "").strip(), field="to")
        if to is None:
            raise Refused(NO_SUCH, field="to", given="")
        days = request.POST.get("overlap", "").strip() or "1"
        if not (days.isascii() and days.isdigit()):
            raise Refused(BAD_DAYS, field="overlap", given=days)
        passed = hand_over_post(
            duty=row, to=to, overlap=timedelta(days=int(days)), why=request.POST.get("why", "").strip(),
            by=by_of(request), at=clock.real_now(),
        )  # fmt: skip
    except Refused as refusal:
        return _page(request, one, refusal=refusal)
    said = _("{name} holds the post; {n} open items went along.").format(name=to.name, n=len(passed.items))
    return _back(request, one, said)


@security_only
@require_POST
def absence(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Note that somebody is away, and who stands in."""
    one = _one(pk)
    try:
        start = moment(request.POST.get("start", ""), "start", _("Away from"))
        end = moment(request.POST.get("end", ""), "end", _("Back at"))
        deputy = _deputy(request.POST.get("deputy", "").strip())
        actions.leave(person=one, start=start, end=end, deputy=deputy, by=by_of(request), at=clock.real_now())
    except Refused as refusal:
        return _page(request, one, refusal=refusal)
    return _back(request, one, _("The absence is noted."))


def _deputy(given: str, field: str = "deputy") -> Person | None:
    if not given:
        return None
    found = list(
        Person.objects.filter(Q(name=given) | Q(phone_index=keys.hmac_index(given)), active=True)[:2]
    )
    if len(found) != 1:
        raise Refused(NO_SUCH, field=field, given=given)
    return found[0]


@security_only
@require_POST
def sign_in_link(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Make a link that signs this person in once; it is shown on this answer and never again."""
    one = _one(pk)
    given = request.POST.get("minutes", "")
    minutes = int(given) if given in map(str, LINK_MINUTES) else LINK_MINUTES[0]
    token = actions.make_sign_in_link(person=one, by=by_of(request), at=clock.real_now(), minutes=minutes)
    return _page(request, one, link=f"{settings.ANLAN_PUBLIC_URL}/in/{token}/", link_minutes=str(minutes))


@security_only
@require_POST
def phone(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The whole number, for a reason that the ledger keeps; shown on this answer only."""
    one = _one(pk)
    try:
        whole = administration.reveal_phone(
            person=one, why=request.POST.get("why", ""), by=by_of(request), at=clock.real_now()
        )
    except Refused as refusal:
        return _page(request, one, refusal=refusal)
    return _page(request, one, whole_phone=whole)


@security_only
@require_POST
def lock(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Lock somebody out, or let them in again."""
    one = _one(pk)
    locked = request.POST.get("locked") == "1"
    try:
        administration.set_locked(person=one, locked=locked, by=by_of(request), at=clock.real_now())
    except Refused as refusal:
        return _page(request, one, refusal=refusal)
    return _back(request, one, _("The account is locked.") if locked else _("The account is open again."))
