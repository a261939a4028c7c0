"""Many rows written by one statement. Django's own ways spell a CASE or a placeholder for every field and row and ask
the field about each value: milliseconds a row, all of it in Python; these take a tenth of one."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models.fields import Field

M = TypeVar("M", bound=models.Model)

MANY = 100  # rows from which COPY is worth its own round trip


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


# What the driver takes as it is, by Django's own kinds of field, and how one is spelled in an array.
_TEXT, _WHOLE = (str, _quoted), (int, str)
_PLAIN: dict[str, tuple[type, Callable[[Any], str]]] = {
    "CharField": _TEXT, "TextField": _TEXT, "UUIDField": (UUID, attrgetter("hex")), "BooleanField": (bool, str),
    "IntegerField": _WHOLE, "BigIntegerField": _WHOLE, "SmallIntegerField": _WHOLE, "PositiveIntegerField": _WHOLE,
    "PositiveSmallIntegerField": _WHOLE, "FloatField": (float, repr), "DateTimeField": (datetime, datetime.isoformat),
    "JSONField": (dict, lambda value: _quoted(json.dumps(value))),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Column:
    """How the values of one column get from rows into the database."""

    field: Field[Any, Any]
    name: str  # quoted
    cast: str
    plain: type | None
    spell: Callable[[Any], str]
    read: Callable[[Any], Any]

    def prepared(self, values: Sequence[Any]) -> list[Any]:
        """Values as the driver takes them one by one."""
        plain, prepare = self.plain, self.field.get_db_prep_save
        if plain is dict:
            plain = None  # the driver has to be told that it is JSON
        return [v if v is None or type(v) is plain else prepare(v, connection) for v in values]

    def array(self, values: Sequence[Any]) -> Any:
        """All of them as one array. Plain ones are spelled here: the driver takes ten times as long over each."""
        if {type(v) for v in values} <= {self.plain, type(None)}:
            spell = self.spell
            return "{" + ",".join(["NULL" if v is None else spell(v) for v in values]) + "}"
        return self.prepared(values)


def read_rows(model: type[M], fields: Sequence[str], tail: str, params: Sequence[Any]) -> list[M]:
    """Rows of one model with only these fields (the rest is read when it is asked for); `tail` is the SQL that follows
    `FROM table t`. For the few reads that come a thousand times a second: building a query costs more than running it.

    The fields must hold what the driver gives as it is: not JSON, nothing encrypted.
    """
    names, statement = _read(model, tuple(fields))
    with connection.cursor() as cursor:
        cursor.execute(statement + tail, params)
        return [model.from_db(connection.alias, names, values) for values in cursor.fetchall()]


@cache
def _read(model: type[models.Model], fields: tuple[str, ...]) -> tuple[list[str], str]:
    read = [f for f in model._meta.concrete_fields if f.primary_key or f.name in fields]
    quote = connection.ops.quote_name
    wanted = ", ".join(f"t.{quote(field.column)}" for field in read)
    return [field.attname for field in read], f"SELECT {wanted} FROM {_table(model)} t "  # noqa: S608 - its own names


def update_rows(rows: Sequence[models.Model], fields: Sequence[str]) -> int:
    """Write these fields of these rows of one model. Returns how many rows there were to change.

    A field may hold what can be adapted to an array of its column's type: not JSON, not arrays.
    """
    if not rows:
        return 0
    columns, statement = _update(type(rows[0]), tuple(fields))
    with connection.cursor() as cursor:
        cursor.execute(statement, [c.array(list(map(c.read, rows))) for c in columns])
        return int(cursor.rowcount)


@cache
def _update(model: type[models.Model], fields: tuple[str, ...]) -> tuple[list[_Column], str]:
    concrete = model._meta.concrete_fields
    # The key comes first: by it the rows are found.
    columns = [_column(f) for f in concrete if f.primary_key] + [
        _column(f) for f in concrete if f.name in fields
    ]
    names = [column.name for column in columns]
    sets = ", ".join(f"{name} = n.{name}" for name in names[1:])
    return columns, (
        f"UPDATE {_table(model)} t SET {sets} "  # noqa: S608 - made of the model's own names
        f"FROM unnest({_arrays(columns)}) AS n ({', '.join(names)}) WHERE t.{names[0]} = n.{names[0]}"
    )


def insert_rows(rows: Sequence[models.Model]) -> None:
    """Insert new rows of one model, foreign keys and constraints checked as ever.

    A few in one statement of arrays, from a hundred on by COPY. Defaults are the model's, set in Python; columns that
    the database fills must be nullable or absent.
    """
    if not rows:
        return
    model = type(rows[0])
    columns, statement, copy = _insert(model)
    if len(rows) < MANY and not statement:
        model._default_manager.bulk_create(rows)
        return
    values = [[c.field.pre_save(row, add=True) for row in rows] for c in columns]
    # What the driver raises from COPY does not pass Django's cursor: it is put into Django's words here.
    with connection.wrap_database_errors, connection.cursor() as cursor:
        if len(rows) < MANY:
            cursor.execute(statement, [c.array(given) for c, given in zip(columns, values, strict=True)])
        else:
            with cursor.copy(copy) as sink:
                prepared = [c.prepared(given) for c, given in zip(columns, values, strict=True)]
                for row in zip(*prepared, strict=True):
                    sink.write_row(row)
    for each in rows:
        each._state.adding = False
        each._state.db = connection.alias


@cache
def _insert(model: type[models.Model]) -> tuple[list[_Column], str, str]:
    """Columns, the statement for a few rows ("" where a column cannot stand in an array) and the one for many."""
    columns = [_column(field) for field in model._meta.concrete_fields]
    into = f"{_table(model)} ({', '.join(column.name for column in columns)})"
    few = f"INSERT INTO {into} SELECT * FROM unnest({_arrays(columns)})"  # noqa: S608 - the model's own names
    nested = any(isinstance(column.field, ArrayField) for column in columns)
    return columns, "" if nested else few, f"COPY {into} FROM STDIN"


def _arrays(columns: Sequence[_Column]) -> str:
    return ", ".join(f"%s::{column.cast}[]" for column in columns)


def _table(model: type[models.Model]) -> str:
    return str(connection.ops.quote_name(model._meta.db_table))


def _column(field: Field[Any, Any]) -> _Column:
    known = field
    while isinstance(known, models.ForeignKey):  # it has the type of what it names
        known = known.target_field
    own = type(known).__module__.startswith("django.db.") and not getattr(known, "encoder", None)
    plain, spell = _PLAIN.get(known.get_internal_type(), (None, str)) if own else (None, str)
    return _Column(
        field=field,
        name=str(connection.ops.quote_name(field.column)),
        # Without its length: a cast to varchar(20) would cut what is too long, an assignment refuses it.
        cast=str(known.db_type(connection)).partition("(")[0],
        plain=plain,
        spell=spell,
        read=attrgetter(field.attname),
    )
