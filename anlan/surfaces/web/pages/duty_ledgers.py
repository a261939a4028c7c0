"""全员安全生产责任制台账 at the desk: a firm fills its own ledger, the bureau sees how far the firms are."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from anlan.domains.enterprises.actions import duties
from anlan.domains.enterprises.models import DutyHolder, DutyLedger, DutyPost, Enterprise
from anlan.domains.enterprises.queries import duties as known
from anlan.domains.enterprises.rules import duties as rules
from anlan.domains.enterprises.rules import sectors, words
from anlan.domains.patrols.actions.ledgers import report_gaps
from anlan.domains.patrols.loop import VISITORS
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.core.workdays import local_day
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import has_duty
from anlan.kernel.places.models import Region
from anlan.surfaces.web import handed_in
from anlan.surfaces.web.pages.enterprise import firm_of
from anlan.surfaces.web.pages.enterprises import query_of, reader
from anlan.surfaces.web.pages.records import ALSO
from anlan.surfaces.web.people import author_of, people_only
from anlan.surfaces.web.refusals import again

ROWS = 50
BAD_DAY = reason("web.bad_date", N_("“{label}” is not a date."))
GONE = reason("web.duty_row_gone", N_("This line is no longer there. Load the page anew."))
VIEWS = (
    ("", N_("All firms")),
    ("none", N_("No ledger yet")),
    ("gaps", N_("Something lacks")),
    ("whole", N_("Complete")),
)
ALSO["enterprises"] = (
    *ALSO["enterprises"],
    ("web:duty_ledgers", N_("Ledgers of everybody's responsibility")),
)

Facts = Mapping[str, Any]


# ---- how far the firms are ----------------
@people_only
@require_GET
def duty_ledgers(request: HttpRequest) -> HttpResponse:
    """Shares complete by street and by sector; the firms under them, those that lack most first."""
    person, at = reader(request)
    asked = {name: request.GET.get(name, "")[:12] for name in ("street", "section", "view")}
    streets, by_section = known.shares(person, at=at, by="street"), known.shares(person, at=at, by="section")
    names = dict(Region.objects.filter(code__in=[each.key for each in streets]).values_list("code", "name"))
    pages = Paginator(known.firms_for(person, at=at, **asked), ROWS).get_page(request.GET.get("page", "1"))
    firms, whole = sum(each.firms for each in streets), sum(each.whole for each in streets)
    page = {
        "here": "enterprises", "asked": asked, "views": [(code, _(label)) for code, label in VIEWS],
        "streets": [(names.get(each.key, each.key), each) for each in streets],
        "sections": [(sectors.sections().get(each.key, _("Sector unknown")), each) for each in by_section],
        "firms": firms, "whole": whole, "begun": sum(each.begun for each in streets),
        "rate": whole * 100 // firms if firms else None,
        "rows": [(firm, _summed(firm)) for firm in pages], "pages": pages, "query": query_of(request),
        "sheet": "enterprises.duties", "csrf_filters": asked,
    }  # fmt: skip
    return render(request, "web/pages/duty_ledgers.html", page)


def _summed(firm: Enterprise) -> list[tuple[str, int]]:
    """What a ledger lacks, by kind: how many of each."""
    row: DutyLedger | None = getattr(firm, "duty_ledger", None)
    counts: dict[str, int] = {}
    for gap in row.gaps if row else []:
        counts[gap["kind"]] = counts.get(gap["kind"], 0) + 1
    return [(_(words.label(rules.GAPS, kind)), n) for kind, n in counts.items()]


# ---- one firm's ledger ----------------
@people_only
@require_http_methods(["GET", "POST"])
def duty_ledger(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The ledger: posts with their duties, who holds them, signatures and assessments, and what lacks."""
    firm, person, at = firm_of(request, pk)
    if request.method == "GET":
        return render(request, "web/pages/duty_ledger.html", _page(firm, person, at))
    act = ACTS.get(request.POST.get("act", ""))
    if act is None:
        raise Http404
    try:
        said = act(firm, request, author_of(request).by, at)
    except Refused as refusal:
        page = _page(firm, person, at) | {
            "sent": request.POST.get("act", ""),
            "sent_row": request.POST.get("row", ""),
        }
        return again(request, "web/pages/duty_ledger.html", page, refusal)
    messages.success(request, said)
    return redirect("web:duty_ledger", pk)


def _page(firm: Enterprise, person: Person, at: datetime) -> dict[str, Any]:
    state = known.state_of(firm, at=at)
    lacking: dict[str, list[str]] = {}
    for gap in state.gaps:
        lacking.setdefault(gap.post, []).append(f"{gap.kind}:{gap.person}")
    own = person.organisation_id == firm.pk
    return {
        "here": "enterprises", "firm": firm, "own": own, "state": state, "today": local_day(at),
        "last_year": local_day(at).year - 1, "results": [(code, _(label)) for code, label in rules.RESULTS],
        "gaps": [{"gap": gap, "words": words_of(gap)} for gap in state.gaps],
        "posts": [_post(post, person) for post in known.posts_of(firm)],
        "asked": len([gap for gap in state.gaps if gap.kind == "missing"]),
        "inspects": not own and bool(state.gaps) and has_duty(
            person_id=person.pk, kinds=VISITORS, region=firm.organisation.region_id, at=at
        ),
        "sheet": "enterprises.duties", "csrf_filters": {"firm": str(firm.pk)}, "refusal": None, "typed": {},
        "sent": "", "sent_row": "",
    }  # fmt: skip


def words_of(gap: rules.Gap) -> str:
    """A gap in a sentence: the post, of whom, what lacks."""
    return (
        "：".join(part for part in (gap.post, gap.person) if part)
        + " — "
        + _(words.label(rules.GAPS, gap.kind))
    )


def _post(post: DutyPost, person: Person) -> dict[str, Any]:
    held: list[DutyHolder] = getattr(post, "held", [])
    return {
        "post": post,
        "text": "\n".join(post.duties),
        "held": [
            {"row": row, "said": getattr(row, "said", [])[:3], "me": row.person_id == person.pk,
             "self": row.signed_by == row.person.by}
            for row in held
        ],
    }  # fmt: skip


# ---- what each form calls ----------------
def _take(firm: Enterprise, request: HttpRequest, by: str, at: datetime) -> str:
    n = duties.take_list(firm=firm, by=by, at=at)
    return ngettext("{n} post was put into the ledger.", "{n} posts were put into the ledger.", n).format(n=n)


def _set(firm: Enterprise, request: HttpRequest, by: str, at: datetime) -> str:
    name, text, criteria = (request.POST.get(each, "") for each in ("name", "duties", "criteria"))
    post = _of_firm(firm, request) if request.POST.get("row") else None
    duties.set_post(firm=firm, post=post, name=name, duties=text, criteria=criteria, by=by, at=at)
    return _("The post stands in the ledger.")


def _end(firm: Enterprise, request: HttpRequest, by: str, at: datetime) -> str:
    duties.end_post(post=_of_firm(firm, request), why=request.POST.get("why", ""), by=by, at=at)
    return _("Taken out; the post itself stays in the history.")


def _hold(firm: Enterprise, request: HttpRequest, by: str, at: datetime) -> str:
    since, signed = _day(request, "since", _("In the post since")), _day(request, "signed_on", _("Signed on"))
    duties.hold(
        post=_of_firm(firm, request),
        name=request.POST.get("name", ""),
        since=since,
        signed_on=signed,
        by=by,
        at=at,
    )
    return _("The person stands at the post.")


def _leave(firm: Enterprise, request: HttpRequest, by: str, at: datetime) -> str:
    duties.end_holder(row=_holder(firm, request), by=by, at=at)
    return _("Ended; the line itself stays.")


def _sign(firm: Enterprise, request: HttpRequest, by: str, at: datetime) -> str:
    paper = handed_in.one_kept(request, "paper", by=by)
    on = _day(request, "signed_on", _("Signed on"))
    duties.sign(row=_holder(firm, request), on=on, paper=paper, by=by, at=at)
    return _("The signature stands.")


def _review(firm: Enterprise, request: HttpRequest, by: str, at: datetime) -> str:
    post = request.POST
    duties.review(
        row=_holder(firm, request), year=post.get("year", ""), result=post.get("result", ""),
        hours=post.get("hours", "") or 0, words=post.get("words", ""), by=by, at=at,
    )  # fmt: skip
    return _("The assessment stands.")


def _report(firm: Enterprise, request: HttpRequest, by: str, at: datetime) -> str:
    chosen = set(request.POST.getlist("gap"))
    gaps = [(gap.key, words_of(gap)) for gap in known.state_of(firm, at=at).gaps if gap.key in chosen]
    items = report_gaps(firm=firm.pk, gaps=gaps, by=by, at=at)
    return ngettext(
        "{n} danger was reported; the firm was told.",
        "{n} dangers were reported; the firm was told.",
        len(items),
    ).format(n=len(items))


ACTS: dict[str, Callable[[Enterprise, HttpRequest, str, datetime], str]] = {
    "take": _take, "post": _set, "end": _end, "hold": _hold, "leave": _leave, "sign": _sign, "review": _review,
    "report": _report,
}  # fmt: skip


def _key(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("row", ""))
    except ValueError:
        raise Refused(GONE) from None


def _of_firm(firm: Enterprise, request: HttpRequest) -> DutyPost:
    rows = DutyPost.objects.select_related("enterprise__organisation")
    found = rows.filter(pk=_key(request), enterprise=firm, ended_on=None).first()
    if found is None:
        raise Refused(GONE)
    return found


def _holder(firm: Enterprise, request: HttpRequest) -> DutyHolder:
    found = duties.holder_of(firm, _key(request))
    if found is None:
        raise Refused(GONE)
    return found


def _day(request: HttpRequest, name: str, label: str) -> date | None:
    text = request.POST.get(name, "").strip()
    if not text:
        return None
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if found is None:
        raise Refused(BAD_DAY, field=name, label=label)
    return found
