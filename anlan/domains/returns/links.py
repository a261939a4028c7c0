"""Returns in the graph: which form each fills, about which event or response, who entered it on the upper system."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet, UUIDField
from django.db.models.functions import Cast, Substr
from django.utils.translation import get_language

from anlan.domains.returns.loop import RETURN
from anlan.domains.returns.models import Entered, Return
from anlan.domains.returns.rules.forms import Form, forms
from anlan.kernel.core.search import folded
from anlan.kernel.core.words import N_
from anlan.kernel.domain.links import Link, Links, NodeKind, Reader, Said
from anlan.kernel.domain.nodes import every, matter

FORM, PERSON = "returns.form", "person:"


def _said(form: Form) -> Said:
    chinese = (get_language() or "zh").startswith("zh")
    return Said(form.label, form.upper) if chinese else Said(form.english, form.upper_english)


def _read(reader: Reader, keys: Sequence[str]) -> Mapping[str, Said]:
    del reader  # what an upper level asks for is no secret
    return {key: _said(form) for key in keys if (form := forms().get(key)) is not None}


def _find(reader: Reader, words: str, limit: int) -> Sequence[str]:
    del reader
    asked = folded(words).split()
    hits = [code for code, form in forms().items() if all(word in folded(_said(form).name) for word in asked)]
    return hits[:limit]


def _entered(reader: Reader) -> QuerySet[Any]:
    """What people entered; a service is nobody."""
    del reader
    who = Cast(Substr("by", len(PERSON) + 1), UUIDField())
    return Entered.objects.filter(by__startswith=PERSON).annotate(entered_by=who)


def _of_people(rows: QuerySet[Any], keys: Sequence[str]) -> QuerySet[Any]:
    return rows.filter(by__in=[f"{PERSON}{key}" for key in keys])


def _about(code: str, target: str, label: str, back: str) -> Link:
    return Link(code, RETURN.name, target, label, back, rows=every(Return, subject__loop=target),
                at_target="subject_id", since="item__opened_at")  # fmt: skip


LINKS = Links(
    kinds=(
        matter(Return, RETURN),
        NodeKind(FORM, N_("Form of an upper level"), find=_find, read=_read, common=True),
    ),
    links=(
        Link("returns.fills", RETURN.name, FORM, N_("fills the form"), N_("Returns of the form"), rows=every(Return),
             at_target="form", since="item__opened_at"),
        _about("returns.of_event", "incidents.incident", N_("tells of the event"), N_("Returns about the event")),
        _about("returns.of_response", "responses.response", N_("tells of the response"),
               N_("Returns about the response")),
        Link("returns.entered_by", RETURN.name, "orgs.person", N_("was entered by"), N_("Returns they entered"),
             rows=_entered, at_source="item_id", at_target="entered_by", since="happened_at", narrow=_of_people),
    ),
)  # fmt: skip
