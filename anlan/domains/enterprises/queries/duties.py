"""Reads of the ledger of responsibilities: one firm's, and how far the firms of a region, street or sector are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet

from anlan.domains.enterprises.models import DutyHolder, DutyPost, DutyReview, Enterprise, Tag
from anlan.domains.enterprises.queries.archive import visible_to
from anlan.domains.enterprises.rules import duties as rules
from anlan.kernel.core import clock, rulesets
from anlan.kernel.core.workdays import local_day
from anlan.kernel.orgs.models import Person
from anlan.kernel.places.regions import prefix_of

PAGE = 500


def asked_of(firm: Enterprise, *, at: datetime) -> list[rules.Asked]:
    """The posts that the region's list asks of this firm."""
    rows = rulesets.value_of("enterprises.duty_posts", region=firm.organisation.region_id, at=at)
    tags = list(Tag.objects.filter(enterprise=firm, until=None).values_list("kind", flat=True))
    return rules.asked_of(rows, tags=tags, sector=firm.sector, staff=firm.staff)


def posts_of(firm: Enterprise) -> list[DutyPost]:
    """The posts of a firm in their order, with those who hold them (`held`) and their assessments (`said`)."""
    reviews = DutyReview.objects.filter(current=True).order_by("-year")
    holders = (
        DutyHolder.objects.filter(until=None)
        .select_related("person")
        .prefetch_related(Prefetch("reviews", queryset=reviews, to_attr="said"))
        .order_by("since", "pk")
    )
    rows = DutyPost.objects.filter(enterprise=firm, ended_on=None).order_by("place", "name")
    return list(rows.prefetch_related(Prefetch("holders", queryset=holders, to_attr="held")))


def state_of(firm: Enterprise, *, at: datetime) -> rules.State:
    """A firm's ledger on the day of a time."""
    return rules.state_of(
        [_plain(post) for post in posts_of(firm)], asked_of(firm, at=at), today=local_day(at)
    )


def _plain(post: DutyPost) -> rules.Post:
    held: Sequence[DutyHolder] = getattr(post, "held", ())
    return rules.Post(
        post.code, post.name,
        tuple(
            rules.Held(
                row.person.name, row.since, row.signed_on is not None,
                frozenset(said.year for said in _said(row)), {said.year: float(said.hours) for said in _said(row)},
            )
            for row in held
        ),
    )  # fmt: skip


def _said(row: DutyHolder) -> Sequence[DutyReview]:
    said: Sequence[DutyReview] = getattr(row, "said", ())
    return said


# ---- how far the firms are ----------------
@dataclass(frozen=True, slots=True)
class Share:
    """How many firms in operation of a street or a sector: all, ledger begun, ledger complete."""

    key: str
    firms: int
    begun: int
    whole: int

    @property
    def rate(self) -> int:
        return self.whole * 100 // self.firms if self.firms else 0


def firms_for(
    person: Person, *, at: datetime, street: str = "", section: str = "", view: str = ""
) -> QuerySet[Enterprise]:
    """The firms in operation that one may see. view: none (no ledger) | gaps | whole."""
    rows = visible_to(person, at=at).filter(status="operating").select_related("duty_ledger")
    if street:
        rows = rows.filter(organisation__region__code__startswith=prefix_of(street))
    if section:
        rows = rows.filter(section=section)
    cut = {
        "none": Q(duty_ledger=None), "gaps": Q(duty_ledger__rate__lt=100), "whole": Q(duty_ledger__rate=100),
    }.get(view)  # fmt: skip
    rows = rows.filter(cut) if cut is not None else rows
    return rows.order_by("duty_ledger__rate", "organisation__name", "pk")


def shares(person: Person, *, at: datetime, by: str) -> list[Share]:
    """The shares by `street` or by `section`, the lowest first, in one statement."""
    column = "organisation__region__code" if by == "street" else "section"
    rows = visible_to(person, at=at).filter(status="operating").order_by().values_list(column).annotate(
        n=Count("pk"), begun=Count("pk", filter=Q(duty_ledger__isnull=False)),
        whole=Count("pk", filter=Q(duty_ledger__rate=100)),
    )  # fmt: skip
    sums: dict[str, list[int]] = {}
    for code, *counts in rows:
        key = f"{code[:9]}000" if by == "street" else code
        sums[key] = [a + b for a, b in zip(sums.get(key, [0, 0, 0]), counts, strict=True)]
    found = [Share(key, *each) for key, each in sums.items()]
    return sorted(found, key=lambda share: (share.rate, -share.firms, share.key))


# ---- spreadsheets ----------------
def give(*, person: UUID | None, filters: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Every post and holder of the firms one may see, in the order of the sheet's columns."""
    if person is None:
        firms = Enterprise.objects.select_related("organisation").order_by("pk")
    else:
        reader = Person.objects.select_related("organisation").get(pk=person)
        street, section, view = (str(filters.get(name, "")) for name in ("street", "section", "view"))
        firms = firms_for(reader, at=clock.real_now(), street=street, section=section, view=view).order_by(
            "pk"
        )
        if firm := str(filters.get("firm", "")):
            firms = firms.filter(organisation_id=UUID(firm))
    after: UUID | None = None
    while page := list((firms if after is None else firms.filter(pk__gt=after))[:PAGE]):
        for each in page:
            yield from _lines(each)
        after = page[-1].pk


def _lines(firm: Enterprise) -> Iterator[tuple[Any, ...]]:
    head = (firm.organisation.uscc, firm.organisation.name)
    for post in posts_of(firm):
        tail = ("\n".join(post.duties), post.criteria)
        held: Sequence[DutyHolder] = getattr(post, "held", ())
        for row in held:
            last = next(iter(_said(row)), None)
            said = (last.year, last.result_name(), last.hours) if last else ("", "", "")
            yield (*head, post.name, row.person.name, row.since, row.signed_on or "", *said, *tail)
        if not held:
            yield (*head, post.name, "", "", "", "", "", "", *tail)
