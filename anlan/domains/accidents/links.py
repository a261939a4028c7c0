"""Accidents in the graph: at which firm, of which type; what stands behind accidents like one."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from anlan.domains.accidents.loop import ACCIDENT
from anlan.domains.accidents.models import Accident
from anlan.domains.accidents.rules import words
from anlan.kernel.core.search import folded
from anlan.kernel.core.words import N_
from anlan.kernel.domain.links import Link, Links, NodeKind, Reader, Said
from anlan.kernel.domain.nodes import every, matter

TYPE = "accidents.type"


def _read(reader: Reader, keys: Sequence[str]) -> Mapping[str, Said]:
    del reader
    return {key: Said(_(words.TYPES[key]), "GB 6441-2025") for key in keys if key in words.TYPES}


def _find(reader: Reader, asked: str, limit: int) -> Sequence[str]:
    del reader
    parts = folded(asked).split()
    hits = [code for code, label in words.TYPES.items() if all(part in folded(_(label)) for part in parts)]
    return hits[:limit]


LINKS = Links(
    kinds=(
        matter(Accident, ACCIDENT),
        NodeKind(TYPE, N_("Type of accident"), find=_find, read=_read, common=True),
    ),
    links=(
        Link("accidents.at_firm", ACCIDENT.name, "enterprises.firm", N_("happened at the firm"),
             N_("Accidents"), rows=every(Accident), at_target="organisation_id", since="occurred_at"),
        Link("accidents.of_type", ACCIDENT.name, TYPE, N_("is of the type"), N_("Accidents of the type"),
             rows=every(Accident), at_target="type_code", since="occurred_at"),
        Link("accidents.from_event", ACCIDENT.name, "incidents.incident", N_("followed the event"),
             N_("Accidents that followed"), rows=every(Accident), at_target="item__arises_from_id",
             since="occurred_at"),
    ),
)  # fmt: skip
