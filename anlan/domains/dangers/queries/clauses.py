"""The clauses of the 判定标准 that a danger may meet. The platform offers, two officers decide."""

from datetime import datetime
from typing import Any
from uuid import UUID

from anlan.domains.enterprises.public import tags_of
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.models import RuleValue

PREFIX = "dangers.clauses."


def clauses_for(
    *, category: str, organisation_id: UUID | None, region: str, at: datetime
) -> list[dict[str, Any]]:
    """Clauses in force for a kind of danger, those of the firm's tags first.

    Each: code, text, law, article, tag (C confirmed, P second source, M memory), fits (words of why it is offered).
    """
    tags = set(tags_of([organisation_id]).get(organisation_id, [])) if organisation_id else set()
    found = [_offer(row, clause, category, tags) for row in _rows(region, at) for clause in row.value]
    fitting = [offer for offer in found if offer["fits"]]
    return sorted(fitting, key=lambda offer: (-len(offer["fits"]), offer["code"]))


def _rows(region: str, at: datetime) -> list[RuleValue]:
    names = RuleValue.objects.filter(rule__startswith=PREFIX).values_list("rule", flat=True).distinct()
    rows = []
    for name in sorted(names):
        try:
            rows.append(rulesets.row_of(name, region=region, at=at))
        except Refused:
            continue  # repealed, or not yet in force, on that day
    return rows


def _offer(row: RuleValue, clause: dict[str, Any], category: str, tags: set[str]) -> dict[str, Any]:
    fits = [word for word in (category,) if word in clause["categories"]]
    fits += sorted(tags & set(clause["firm_tags"])) if category in clause["categories"] else []
    return {
        "code": clause["code"], "text": clause["text"], "law": row.law, "article": row.article, "tag": row.tag,
        "fits": fits,
    }  # fmt: skip
