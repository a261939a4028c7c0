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
    # The key comes first: by it the rows are found.
    columns = [column for column in meta.concrete_fields if column.primary_key]
    columns += [column for column in meta.concrete_fields if column.name in fields]
    quote = connection.ops.quote_name
    names = [quote(column.column) for column in columns]
    # Without its length: a cast to varchar(20) would cut what is too long, an assignment refuses it.
    types = ", ".join(f"%s::{str(_type_of(column)).partition('(')[0]}[]" for column in columns)
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


def _type_of(column: Field[Any, Any]) -> str | None:
    """The column's type in the database; a foreign key has the type of what it names."""
    while isinstance(column, models.ForeignKey):
        column = column.target_field
    return column.db_type(connection)


MANY = 100  # rows from which COPY is worth its own round trip


def insert_rows(rows: Sequence[models.Model]) -> None:
    """Insert many new rows of one model, foreign keys and constraints checked as ever.

    From a hundred rows on by COPY: Django's INSERT spends a millisecond a row on SQL text and placeholders, this a
    tenth. Defaults are the model's, set in Python; columns that the database fills must be nullable or absent.
    """
    if not rows:
        return
    model = type(rows[0])
    if len(rows) < MANY:
        model._default_manager.bulk_create(rows)
        return
    columns = model._meta.concrete_fields
    quote = connection.ops.quote_name
    names = ", ".join(quote(column.column) for column in columns)
    statement = f"COPY {quote(model._meta.db_table)} ({names}) FROM STDIN"
    # What the driver raises from COPY does not pass Django's cursor: it is put into Django's words here.
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(
                [column.get_db_prep_save(column.pre_save(row, add=True), connection) for column in columns]
            )
    for row in rows:
        row._state.adding = False
        row._state.db = connection.alias
