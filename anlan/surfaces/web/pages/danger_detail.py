"""What the page of a danger shows beyond the common one: photos, papers, listing, second look, clauses, order."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from anlan.domains.dangers import actions
from anlan.domains.dangers.domain import CATEGORIES, DOMAIN, FIVE_LABELS, SOURCES
from anlan.domains.dangers.loop import DISTRICT, LISTING, SCHEME, SECOND_LOOK, STREET
from anlan.domains.dangers.models import Candidate, Danger, Listing
from anlan.domains.dangers.queries import clauses_for, late_days, open_listing, papers_offered
from anlan.domains.dangers.rules import fits_level
from anlan.kernel.core.words import N_
from anlan.kernel.loop.models import Evidence, Extension, Step
from anlan.kernel.loop.queries import open_moves
from anlan.kernel.loop.registry import registered
from anlan.kernel.loop.spec import Move
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import has_duty, who_answers
from anlan.surfaces.web.names import author_names
from anlan.surfaces.web.pages import items
from anlan.surfaces.web.pages.items import CHOICES, DOUBTS, EXTRAS, OWN_ACTS, Shown, url_of

GRADES = {
    "ordinary": N_("Ordinary danger"),
    "candidate_major": N_("Candidate major danger"),
    "major": N_("Major danger"),
}
STRIP = ("found", "rectifying", "recheck", "closed_off")
LEVELS = {
    "street": N_("Listed by the street"),
    "district": N_("Listed by the district"),
    "city": N_("Listed by the city"),
}
LOOKS = (("harm", N_("Harm")), ("difficulty", N_("Difficulty")), ("spread", N_("Spread")))
RISKS = {4: "major", 3: "considerable", 2: "moderate", 1: "low"}
PAPERS = {kind.code: kind.label for kind in DOMAIN.papers}


def extra(page: Shown) -> Mapping[str, Any]:
    """The strip of states, the photographs before and after, and the question whether it is major."""
    danger: Danger = page.row
    steps = list(Step.objects.filter(item=page.item).order_by("at", "pk"))
    names = author_names(step.by for step in steps)
    on_spot = _photos(steps, ("fix_on_spot",))  # two photographs, the first taken before
    own = _photos(steps, ("fix_own",))
    return {
        "moves": [each for move, each in _offered(page) if move not in _others_moves(page, danger)],
        "entered_for": danger.entered_for != "",
        "strip": _strip(page, steps, names),
        "before": _photos(steps, ("open", "assign")) + on_spot[:1] + own[:1],
        "after": on_spot[1:] + own[1:] + _photos(steps, ("rectify", "accept")),
        "category": _(dict(CATEGORIES).get(danger.category, danger.category)),
        "grade": _(GRADES.get(danger.grade, danger.grade)),
        "heavy": danger.grade != "ordinary",
        "candidates": [(url_of(c.item), c) for c in danger.candidates.select_related("item")],
        "found_by": author_names([danger.found_by]).get(danger.found_by, ""),
        "source": _(dict(SOURCES).get(danger.source, danger.source)),
        "looks": [(name, _(label), getattr(danger, name)) for name, label in LOOKS],
        "may_rank": not page.item.closed_at and _holds(page, (*STREET, "patroller", *DISTRICT)),
        "ticked": _ticked(danger, page),
        "five": [
            (_(label), danger.five_in_place[name])
            for name, label in FIVE_LABELS
            if name in danger.five_in_place
        ],
        **_risk(danger),
        **_papers(page, danger),
        **_listing(page, danger),
        **_later(page, danger),
        **_schemes(page, danger),
    }


def _offered(page: Shown) -> list[tuple[str, dict[str, Any]]]:
    """The steps that the loop opens to the reader, by name."""
    return [(move.name, items._offer(page, move)) for move in open_moves(page.item, page.person, at=page.at)]


def _others_moves(page: Shown, danger: Danger) -> set[str]:
    """Steps that the action keeps for the other side: a firm does not close off its own, nobody else takes it on."""
    if page.person.organisation.kind != "enterprise":
        return {"take_on", "fix_own"}
    own = danger.organisation_id == page.person.organisation_id
    return {"fix_on_spot"} if own else {"fix_on_spot", "take_on", "fix_own"}


def _schemes(page: Shown, danger: Danger) -> dict[str, Any]:
    """Its schemes (一事一策), and whether this person may draft one."""
    rows = list(danger.schemes.select_related("item").prefetch_related("stages").order_by("-item__opened_at"))
    going = any(row.item.closed_at is None for row in rows)
    own = danger.organisation_id is not None and danger.organisation_id == page.person.organisation_id
    return {
        "schemes": [
            {"row": row, "item": row.item, "url": url_of(row.item), "state": _(SCHEME.states[row.item.state])}
            for row in rows
        ],
        "may_scheme": not going
        and page.item.closed_at is None
        and (own or _holds(page, (*STREET, "patroller"))),
    }


def _strip(page: Shown, steps: Sequence[Step], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Each state in order with who brought it there and when; the present one is marked."""
    reached = {step.target: step for step in steps}
    return [
        {
            "label": _(page.loop.states[state]),
            "here": state == page.item.state,
            "step": reached.get(state),
            "by": names.get(reached[state].by, "") if state in reached else "",
        }
        for state in STRIP
    ]


def _photos(steps: Sequence[Step], moves: tuple[str, ...]) -> list[Evidence]:
    """Photos of some steps in the order they came in, each with what is doubted about it in words."""
    wanted = [step.pk for step in steps if step.move in moves]
    rows = list(Evidence.objects.filter(step__in=wanted, kind="photo").select_related("step").order_by("pk"))
    for row in rows:
        row.doubts = [_(DOUBTS.get(flag, flag)) for flag in row.flags]  # type: ignore[attr-defined]
    return rows


def _risk(danger: Danger) -> dict[str, str]:
    """What the risk point stands at now, with this danger weighed in, and what was assessed without any."""
    point = danger.risk_point
    if point is None:
        return {}
    return {
        "risk_now": RISKS.get(point.current_level, ""),
        "risk_assessed": RISKS.get(point.assessed_level, ""),
    }


def _holds(page: Shown, kinds: Sequence[str]) -> bool:
    return has_duty(person_id=page.person.pk, kinds=kinds, region=page.item.region_id, at=page.at)


def _papers(page: Shown, danger: Danger) -> dict[str, Any]:
    """The papers about a danger, those that this person may issue, and the officers who may sign as the second."""
    offered = papers_offered(danger, page.person, at=page.at)
    seconds = _officers(page) if "rectification_order" in offered else []
    return {
        "papers": list(danger.papers.order_by("-at")),
        "papers_offered": [
            {"kind": kind, "label": _(PAPERS[f"dangers.{kind}"]), "second": kind == "rectification_order"}
            for kind in offered
        ],
        "seconds": seconds,
        "late_days": late_days(danger, at=page.at),
    }


def _officers(page: Shown) -> list[Person]:
    found = who_answers(duty="enforcement_officer", where=page.item.region_id, at=page.at)
    return list(Person.objects.filter(pk__in=[a.person_id for a in found]).exclude(pk=page.person.pk))


def _listing(page: Shown, danger: Danger) -> dict[str, Any]:
    """Where its listing stands, or the levels at which this person may list it."""
    rows = danger.listings.select_related("item").order_by("-item__opened_at")
    may = []
    if danger.grade == "major" and open_listing(danger) is None and page.item.closed_at is None:
        may = [level for level, kinds in (("district", DISTRICT), ("street", STREET)) if _holds(page, kinds)]
    return {
        "listings": [
            {
                "row": row,
                "item": row.item,
                "url": url_of(row.item),
                "level": _(LEVELS[row.level]),
                "state": _(LISTING.states[row.item.state]),
            }
            for row in rows
        ],
        "may_list": bool(may),
    }


def _later(page: Shown, danger: Danger) -> dict[str, Any]:
    """Second looks, and requests for more time."""
    looks = danger.second_looks.select_related("item").order_by("-look_from")
    asked = Extension.objects.filter(of=page.item).select_related("item").order_by("-item__opened_at")
    mine = (
        page.item.charge_org_id == page.person.organisation_id or page.item.charge_person_id == page.person.pk
    )
    return {
        "second_looks": [
            {
                "row": row,
                "item": row.item,
                "url": url_of(row.item),
                "state": _(SECOND_LOOK.states[row.item.state]),
            }
            for row in looks
        ],
        "extensions": [
            {"row": row, "url": url_of(row.item), "state": _(_extension_states()[row.item.state])}
            for row in asked
        ],
        "may_ask_time": page.item.state == "rectifying" and mine,
    }


def _extension_states() -> Mapping[str, str]:
    return registered("loop.extension").loop.states


def _ticked(danger: Danger, page: Shown) -> list[dict[str, Any]]:
    """The clauses that it may meet: those the finder ticked, else all that are offered while it is undecided."""
    if danger.grade == "ordinary" and not danger.clauses:
        return []
    offered = clauses_for(
        category=danger.category, organisation_id=danger.organisation_id, region=page.item.region_id,
        at=page.item.opened_at,
    )  # fmt: skip
    return [row for row in offered if row["code"] in danger.clauses] or offered[:6]


# ---- the forms of the moves ----------------
def candidate_choices(page: Shown, move: Move) -> Mapping[str, Sequence[tuple[str, str]]]:
    """The clauses offered to the two officers, in the words that are kept."""
    if move.name != "decide_major":
        return {}
    candidate: Candidate = page.row
    danger = candidate.danger
    offered = clauses_for(
        category=danger.category, organisation_id=danger.organisation_id, region=page.item.region_id,
        at=danger.item.opened_at,
    )  # fmt: skip
    offered.sort(key=lambda row: row["code"] not in danger.clauses)
    return {"clause": [(clause_text(row)[:200], row["law"]) for row in offered]}


def clause_text(row: Mapping[str, Any]) -> str:
    """A clause in one line: code, gist, article."""
    return (
        f"{row['code']} {row['text']}（第{row['article']}条）"
        if row["article"].isdigit()
        else f"{row['code']} {row['text']}"
    )


def candidate_extra(page: Shown) -> Mapping[str, Any]:
    """The question whether it is major: what it is about, and the clauses that it may meet."""
    danger: Danger = page.row.danger
    row: Candidate = page.row
    last = Step.objects.filter(item=page.item, move__startswith="decide_").first()
    hands = [last.by, row.second_officer] if last is not None else []
    names = author_names(hands)
    return {
        "danger": danger, "danger_url": url_of(danger.item), "ticked": _ticked(danger, page),
        "decided_by": [names[hand] for hand in hands if hand in names],
    }  # fmt: skip


def listing_extra(page: Shown) -> Mapping[str, Any]:
    """A listing: only the steps of its own level are offered."""
    row: Listing = page.row
    moves = [
        items._offer(page, move)
        for move in open_moves(page.item, page.person, at=page.at)
        if fits_level(row.level, move.name)
    ]
    return {
        "moves": moves,
        "level": _(LEVELS[row.level]),
        "danger_url": url_of(row.danger.item),
        "danger": row.danger,
    }


def second_look_extra(page: Shown) -> Mapping[str, Any]:
    """A second look: which draw, from when, about what."""
    return {
        "danger": page.row.danger,
        "danger_url": url_of(page.row.danger.item),
        "draw": page.row.draw,
        "look_url": reverse("web:second_looks"),
    }


EXTRAS["dangers.danger"] = extra
EXTRAS["dangers.candidate"] = candidate_extra
EXTRAS["dangers.listing"] = listing_extra
EXTRAS["dangers.second_look"] = second_look_extra
CHOICES["dangers.candidate"] = candidate_choices
OWN_ACTS["loop.extension", "grant"] = actions.grant_more_time
