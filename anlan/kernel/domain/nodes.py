"""Kinds of nodes that are matters: seen by whoever sees the item, called by its title."""

from collections.abc import Callable
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from anlan.kernel.domain.links import NodeKind, Reader, Said
from anlan.kernel.loop.models import LoopRecord
from anlan.kernel.loop.queries import visible_items
from anlan.kernel.loop.spec import Loop


def in_sight(reader: Reader, *, path: str = "item__exercise") -> Q:
    """The rows of the real world, and those of the reader's exercise beside them."""
    return Q(**{path: None}) | Q(**{path: reader.exercise_id})


def every(model: type[Model], **where: Any) -> Callable[[Reader], QuerySet[Any]]:
    """The rows of a link that hold for every reader: all of a model, or those of a plain condition."""

    def rows(reader: Reader) -> QuerySet[Any]:
        del reader
        return model._default_manager.filter(**where)

    return rows


def matter(model: type[LoopRecord], loop: Loop, *, note: Callable[[Any], str] | None = None) -> NodeKind:
    """The kind of node of a loop's records. `note`: a word of the row's own before state, place and day."""

    def seen(reader: Reader) -> QuerySet[Any]:
        items = visible_items(reader.person, at=reader.at).filter(loop=loop.name)
        rows = model._default_manager.filter(in_sight(reader), item__in=items)
        return rows.select_related("item__region")

    def says(row: Any) -> Said:
        item = row.item
        words = [note(row) if note else "", _(loop.states.get(item.state, item.state)), called(item.region)]
        words.append(f"{timezone.localtime(item.opened_at):%F}")
        return Said(item.title, " · ".join(word for word in words if word))

    return NodeKind(
        loop.name, loop.label, seen, says, words="item__title", region="item__region_id", loop=True
    )


def called(row: Any) -> str:
    """The name of a region or organisation in the reader's language, its Chinese one where it has no other."""
    other = "" if (get_language() or "zh").startswith("zh") else row.name_en
    return str(other or row.name)
