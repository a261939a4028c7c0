"""A numbered paper out of its template: parts filled with values, laid out as official papers are (`layout.py`)."""

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from anlan.kernel.papers import layout
from anlan.kernel.papers.layout import CENTRE, HEAD_FONT, MEDIA_TYPE, RIGHT, TITLE_FONT, TITLE_PT, paragraph
from anlan.kernel.papers.templates import Part, Template, filled

__all__ = ["MEDIA_TYPE", "render"]


def render(
    template: Template, values: Mapping[str, Any], *, number: str, signed: Sequence[str], at: datetime
) -> bytes:
    """The document's bytes. `signed` are the lines at its end: the office and the date."""
    document = layout.new_document()
    paragraph(document, number, align=RIGHT, indent=False)
    title = filled(template.title, values)
    paragraph(document, title, font=TITLE_FONT, size=TITLE_PT, align=CENTRE, indent=False)
    paragraph(document, "", indent=False)
    if template.to:
        paragraph(document, filled(template.to, values), indent=False)
    for part in template.parts:
        _part(document, part, values)
    paragraph(document, "", indent=False)
    for line in signed:
        paragraph(document, line, align=RIGHT, indent=False)
    return saved(document, title=f"{title} {number}", author=signed[0] if signed else "", at=at)


def saved(document: Any, *, title: str, author: str, at: datetime) -> bytes:
    """The bytes of a finished document with its properties."""
    document.core_properties.title = title
    document.core_properties.created = at.replace(tzinfo=None)
    document.core_properties.author = author
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _part(document: Any, part: Part, values: Mapping[str, Any]) -> None:
    if part.kind == "heading":
        paragraph(document, filled(part.words, values), font=HEAD_FONT, keep=True)
    elif part.kind == "text":
        paragraph(document, filled(part.words, values))
    elif part.kind == "list":
        for place, row in enumerate(values[part.words], start=1):
            paragraph(document, filled(part.item, {"number": place, **row}))
    elif part.kind == "table":
        rows = [[str(row.get(name, "")) for name, _label in part.heads] for row in values[part.words]]
        layout.table(document, [label for _name, label in part.heads], rows)
    else:
        for line in part.words:
            paragraph(document, line, indent=False)
