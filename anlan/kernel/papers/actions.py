"""Issuing: the number, the document, the file and the ledger entry, in the transaction of the act itself."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from anlan.kernel.core import attachments
from anlan.kernel.core.ids import new_id
from anlan.kernel.ledger.actions import Subject, record
from anlan.kernel.papers import docx, registry, templates
from anlan.kernel.papers.models import Paper, Series
from anlan.kernel.papers.spec import Office

_LOCAL = ZoneInfo("Asia/Shanghai")
DRILL = "【演练】"
Writer = Callable[[str, str, datetime], bytes]  # number, title, local time -> the document


def issue(
    *,
    kind: str,
    office: Office,
    subject: Subject,
    values: Mapping[str, Any],
    by: str,
    at: datetime,
    region: str = "",
    exercise_id: UUID | None = None,
    title: str = "",
    writer: Writer | None = None,
) -> Paper:
    """Issue one paper: its number is the next of the office, kind and year. Values are text, numbers, lists of rows.

    `writer` makes the document where the template's parts do not; it is given the number that was taken. `title` is
    said where it is not the template's.
    Raises `Refused`: papers.unknown, papers.lacks (field = the value that is missing).
    """
    declared = registry.kind_of(kind)
    template = templates.load(declared.template)
    day = at.astimezone(_LOCAL)
    known = {"office": office.short, "office_name": office.name, "year": day.year, "serial": 0, **values}
    templates.check(template, known | {"serial": 1})
    with transaction.atomic():
        serial = _next(office.code, kind, day.year, exercise_id)
        known["serial"] = serial
        number = templates.filled(template.number, known)
        title = (DRILL if exercise_id else "") + (title or templates.filled(template.title, known))
        signed = (office.name, f"{day.year}年{day.month}月{day.day}日")
        if writer is None:
            data = docx.render(template, known, number=number, signed=signed, at=day)
        else:
            data = writer(number, title, day)
        file = attachments.keep(data=data, media_type=docx.MEDIA_TYPE, name=f"{title} {number}.docx", by=by)
        paper = Paper.objects.create(
            kind=kind, office=office.code, year=day.year, serial=serial, number=number, title=title[:200],
            subject_type=subject[0], subject_id=str(subject[1]), region=region, values=dict(values), file=file,
            by=by, at=at, exercise_id=exercise_id,
        )  # fmt: skip
        facts = {"number": number, "title": title, "file": file.sm3, "paper": str(paper.pk)}
        record(code="papers.issued", subject=subject, facts=facts, by=by, at=at, region=region,
               exercise_id=exercise_id)  # fmt: skip
    return paper


def _next(office: str, kind: str, year: int, exercise_id: UUID | None) -> int:
    """The next number of a series. The row stays locked until the act ends: a number taken is a number issued."""
    table = connection.ops.quote_name(Series._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} AS s (id, office, kind, year, last, exercise_id) "  # noqa: S608 - the model's own name
            "VALUES (%s, %s, %s, %s, 1, %s) "
            "ON CONFLICT (office, kind, year, exercise_id) DO UPDATE SET last = s.last + 1 RETURNING last",
            [new_id(), office, kind, year, exercise_id],
        )
        row = cursor.fetchone()
    return int(row[0]) if row else 0
