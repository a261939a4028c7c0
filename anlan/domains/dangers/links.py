"""Dangers in the graph: at which firm, site and risk point, in which campaign, which clauses they may meet."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, Func, Q, QuerySet, TextField

from anlan.domains.dangers.loop import CAMPAIGN, DANGER
from anlan.domains.dangers.models import Campaign, Danger
from anlan.domains.dangers.queries.clauses import PREFIX
from anlan.kernel.core.models import RuleValue
from anlan.kernel.core.search import folded
from anlan.kernel.core.words import N_
from anlan.kernel.domain.links import Citation, Cited, Link, Links, NodeKind, Reader, Said
from anlan.kernel.domain.nodes import every, matter

CLAUSE = "dangers.clause"


class _Each(Func):
    """The members of a list, a row for each."""

    function = "jsonb_array_elements_text"
    output_field = TextField()


def _clauses() -> dict[str, tuple[str, RuleValue]]:
    """Code → text and row of every clause there is or was: a danger of last year stands on the clause of last year."""
    rows = RuleValue.objects.filter(rule__startswith=PREFIX).order_by("valid_from", "recorded_at")
    return {clause["code"]: (clause["text"], row) for row in rows for clause in row.value}


def _read(reader: Reader, keys: Sequence[str]) -> Mapping[str, Said]:
    del reader
    known = _clauses()
    return {key: _said(*known[key]) for key in keys if key in known}


def _said(text: str, row: RuleValue) -> Said:
    return Said(text, f"{row.law} {row.article} [{row.tag}]".strip())


def _find(reader: Reader, words: str, limit: int) -> Sequence[str]:
    del reader
    asked = folded(words).split()
    hits = [key for key, (text, _row) in _clauses().items() if all(word in folded(text) for word in asked)]
    return hits[:limit]


def _cited(at: datetime) -> Iterable[Cited]:
    del at
    return [
        Cited(code, row.law, row.article, row.tag, row.valid_from)
        for code, (_text, row) in _clauses().items()
    ]


def _ticked(reader: Reader) -> QuerySet[Any]:
    del reader
    return Danger.objects.exclude(clauses=[]).annotate(clause_code=_Each(F("clauses")))


def _with_clauses(rows: QuerySet[Any], keys: Sequence[str]) -> QuerySet[Any]:
    held = Q(pk__in=[])
    for key in keys:
        held |= Q(clauses__contains=[key])
    return rows.filter(held)


OPENED = "item__opened_at"
LINKS = Links(
    kinds=(
        matter(Danger, DANGER),
        matter(Campaign, CAMPAIGN),
        NodeKind(CLAUSE, N_("Clause of a list of major dangers"), find=_find, read=_read, common=True),
    ),
    links=(
        Link("dangers.at_firm", DANGER.name, "enterprises.firm", N_("was found at the firm"), N_("Dangers"),
             rows=every(Danger), at_target="organisation_id", since=OPENED),
        Link("dangers.on_site", DANGER.name, "enterprises.site", N_("was found on the site"),
             N_("Dangers on the site"), rows=every(Danger), at_target="site_id", since=OPENED),
        Link("dangers.at_point", DANGER.name, "risks.point", N_("weighs on the risk point"),
             N_("Dangers at the point"), rows=every(Danger), at_target="risk_point_id", since=OPENED),
        Link("dangers.in_campaign", DANGER.name, CAMPAIGN.name, N_("counts for the campaign"),
             N_("Dangers of the campaign"), rows=every(Danger), at_target="campaign_id", since=OPENED),
        Link("dangers.may_meet", DANGER.name, CLAUSE, N_("may meet the clause"), N_("Dangers that may meet it"),
             rows=_ticked, at_target="clause_code", since=OPENED, narrow=_with_clauses, spread=True),
    ),
    citations=(
        Citation("dangers.clause_of", CLAUSE, N_("is a clause of"), N_("Clauses of major dangers"), cited=_cited),
    ),
)  # fmt: skip
