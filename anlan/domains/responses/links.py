"""Responses in the graph: which units had a sheet, which lines of the plan were worked."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language

from anlan.domains.responses.loop import RESPONSE
from anlan.domains.responses.models import Response, Sheet, Task
from anlan.domains.responses.queries import visible_responses
from anlan.kernel.core.models import RuleValue
from anlan.kernel.core.search import folded
from anlan.kernel.core.words import N_
from anlan.kernel.domain.links import Link, Links, NodeKind, Reader, Said
from anlan.kernel.domain.nodes import every, matter

LINE = "responses.line"
PLAN_RULES = ("responses.flood_tasks", "responses.flood_street_sheet")


def _seen(reader: Reader) -> QuerySet[Any]:
    """As the page of a response decides: its district's, and those that name the reader's street."""
    return visible_responses(reader.person, at=reader.at, exercise_id=reader.exercise_id)


def _lines() -> dict[str, Said]:
    """Code → what the line of the plan asks for; of several rows of a rule the latest says it."""
    found = {}
    chinese = (get_language() or "zh").startswith("zh")
    for row in RuleValue.objects.filter(rule__in=PLAN_RULES).order_by("valid_from", "recorded_at"):
        for line in row.value:
            code = str(line.get("id") or line.get("line"))
            action = line["action"] if chinese else line.get("action_en") or line["action"]
            found[code] = Said(f"{code} {action}", row.law)
    return found


def _read(reader: Reader, keys: Sequence[str]) -> Mapping[str, Said]:
    del reader
    known = _lines()
    return {key: known[key] for key in keys if key in known}


def _find(reader: Reader, words: str, limit: int) -> Sequence[str]:
    del reader
    asked = folded(words).split()
    return [key for key, said in _lines().items() if all(word in folded(said.name) for word in asked)][:limit]


_MATTER = matter(Response, RESPONSE, note=lambda row: row.level)
LINKS = Links(
    kinds=(
        NodeKind(RESPONSE.name, RESPONSE.label, _seen, _MATTER.says, words="item__title", region="item__region_id",
                 loop=True),
        NodeKind(LINE, N_("Line of the flood plan"), find=_find, read=_read, common=True),
    ),
    links=(
        Link("responses.sheet_of", RESPONSE.name, "orgs.unit", N_("gave a task sheet to"),
             N_("Responses it had a sheet in"), rows=every(Sheet), at_source="response_id",
             at_target="organisation_id", since="item__opened_at"),
        Link("responses.worked", RESPONSE.name, LINE, N_("worked the line of the plan"),
             N_("Responses that worked it"), rows=every(Task), at_source="sheet__response_id",
             at_target="code", since="item__opened_at"),
    ),
)  # fmt: skip
