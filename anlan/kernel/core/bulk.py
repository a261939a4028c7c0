"""Many rows changed by one statement. Django's bulk_update spells a CASE for every field and row: milliseconds a row,
all of it in Python; this takes a tenth of one."""

from collections.abc import Sequence
from typing import Any

from django.db import connection, models
from django.db.models.fields import Field


def update_rows(rows: Sequence[models.Model], fields: Sequence[str]) -> int:
    """Write these fields of these rows of one model. Returns how many rows there were to change.

    A field may hold what can be adapted to an array of its column's type: not JSON, not arrays.
    """
    if not rows:
        return 0
    meta = type(rows[0])._meta
    columns: list[Field[Any, Any]] = [meta.pk, *(meta.get_field(name) for name in fields)]
    quote = connection.ops.quote_name
    names = [quote(column.column) for column in columns]
    # Without its length: a cast to varchar(20) would cut what is too long, an assignment refuses it.
    types = ", ".join(f"%s::{str(column.rel_db_type(connection)).partition('(')[0]}[]" for column in columns)
    sets = ", ".join(f"{name} = n.{name}" for name in names[1:])
    statement = (
        f"UPDATE {quote(meta.db_table)} t SET {sets} "  # noqa: S608 - made of the model's own names
        f"FROM unnest({types}) AS n ({', '.join(names)}) WHERE t.{names[0]} = n.{names[0]}"
    )
    values = [
        [column.get_db_prep_save(getattr(row, column.attname), connection) for row in rows]
        for column in columns
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)
