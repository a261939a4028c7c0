"""Checks, cases and spot penalties in the graph: of which firm, by which officers, under which article and tier.

A person who was penalised is no node: such names are encrypted and stay in the case.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from anlan.domains.enforcement.loop import CASE, CHECK, SPOT
from anlan.domains.enforcement.models import Case, Check, Finding, Penalty, Spot
from anlan.domains.enforcement.rules import words
from anlan.kernel.core.models import RuleValue
from anlan.kernel.core.words import N_
from anlan.kernel.domain.links import Citation, Cited, Link, Links, Reader, Shareable, Told
from anlan.kernel.domain.nodes import every, matter


def _penalties(procedure: str) -> Callable[[Reader], QuerySet[Any]]:
    def rows(reader: Reader) -> QuerySet[Any]:
        del reader
        return Penalty.objects.filter(procedure=procedure).exclude(law="")

    return rows


def _bases(at: datetime) -> Iterable[Cited]:
    """The bases of penalties and of measures stand inside the tables of two rules, each with its own article."""
    held = RuleValue.objects.filter(rule__in=("enforcement.powers", "enforcement.compulsory"))
    day = at.astimezone(_LOCAL).date()
    rows = held.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)
    return [
        Cited(row.rule, base["law"], str(base["article"]), base["tag"], row.valid_from, base["name"])
        for row in rows
        for base in row.value
    ]


def _numbered(number: str) -> Sequence[UUID]:
    return list(Case.objects.filter(number=number).values_list("pk", flat=True)[:20]) if number else []


def _told(item: UUID) -> Told:
    """What a closed case says of itself; who it was about is named so that it is left out."""
    case = Case.objects.select_related("item", "organisation", "first_officer", "second_officer").get(pk=item)
    penalties = list(Penalty.objects.filter(item=item).order_by("decided_at", "pk"))
    facts = [(N_("About what"), case.cause)]
    for each in penalties:
        amount = f" {each.amount:.0f} 元" if each.amount else ""
        facts.append((N_("Penalty"), f"{_(words.PENALTY_KINDS[each.kind])}{amount}"))
        facts.append((N_("Basis"), " ".join(part for part in (each.law, each.article) if part)))
    if penalties:
        days = (penalties[0].decided_at - case.item.opened_at).days
        facts.append((N_("Days until the decision"), str(max(0, days))))
    officers = [each.name for each in (case.first_officer, case.second_officer) if each is not None]
    firm = case.organisation
    names = [firm.name, firm.short_name, firm.name_en, firm.uscc] if firm is not None else []
    secret = (case.firm_name, *names, *officers, *(each.name for each in penalties))
    return Told(tuple(facts), tuple(name for name in secret if name))


_LOCAL = ZoneInfo("Asia/Shanghai")
DECIDED, OPENED = "decided_at", "item__opened_at"
OFFICERS, CHECKS_OF = N_("was made by the officer"), N_("Checks made by the officer")
LINKS = Links(
    kinds=(
        matter(Check, CHECK, note=lambda row: row.kind_name()),
        matter(Case, CASE, note=lambda row: row.number),
        matter(Spot, SPOT, note=lambda row: row.number),
    ),
    links=(
        Link("enforcement.check_of", CHECK.name, "enterprises.firm", N_("checked the firm"),
             N_("Enforcement checks"), rows=every(Check), at_target="organisation_id", since="checked_at"),
        Link("enforcement.first_officer", CHECK.name, "orgs.person", OFFICERS, CHECKS_OF, rows=every(Check),
             at_target="first_officer_id", since="checked_at"),
        Link("enforcement.second_officer", CHECK.name, "orgs.person", N_("was made together with"),
             N_("Checks made as second officer"), rows=every(Check), at_target="second_officer_id", since="checked_at"),
        Link("enforcement.found", CHECK.name, "dangers.danger", N_("brought to light"), N_("was found by the check"),
             rows=every(Finding), at_source="check_row_id", at_target="danger_id", since="recorded_at"),
        Link("enforcement.case_of", CASE.name, "enterprises.firm", N_("is against the firm"), N_("Cases against it"),
             rows=every(Case), at_target="organisation_id", since=OPENED),
        Link("enforcement.case_from", CASE.name, CHECK.name, N_("came from the check"), N_("Cases from the check"),
             rows=every(Case), at_target="check_row_id", since=OPENED),
        Link("enforcement.case_about", CASE.name, "dangers.danger", N_("is about the danger"),
             N_("Cases about it"), rows=every(Case.dangers.through), at_source="case_id",
             at_target="danger_id", since="case__item__opened_at"),
        Link("enforcement.spot_of", SPOT.name, "enterprises.firm", N_("is against the firm"),
             N_("Spot penalties"), rows=every(Spot), at_target="organisation_id", since=OPENED),
    ),
    citations=(
        Citation("enforcement.bases", "core.rule", N_("takes a basis from"), N_("Bases of penalties and measures"),
                 cited=_bases),
        Citation("enforcement.penalised_under", CASE.name, N_("was penalised under"), N_("Cases under it"),
                 rows=_penalties("case"), at_source="item_id", since=DECIDED, why="tier", words=words.TIERS),
        Citation("enforcement.spot_under", SPOT.name, N_("was penalised under"), N_("Spot penalties under it"),
                 rows=_penalties("spot"), at_source="item_id", since=DECIDED, why="tier", words=words.TIERS),
    ),
    shareable=(Shareable(CASE.name, ("concluded",), _numbered, _told),),
)  # fmt: skip
