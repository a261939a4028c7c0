"""Rows whose key is one of many, asked with one parameter.

`__in` writes a parameter for each key: a district's 37,000 firms are a statement of half a megabyte that Python
writes, the driver counts and PostgreSQL parses, each for longer than the answer takes.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import ForeignObject, Lookup, Q, UUIDField


@ForeignObject.register_lookup
@UUIDField.register_lookup
class Among(Lookup):  # type: ignore[type-arg]
    """`firm__among=[…]`: the column is one of these ids; none of them is no row."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        left, values = self.process_lhs(compiler, connection)
        return f"{left} = ANY(%s::uuid[])", [*values, self.rhs]


def among(name: str, keys: Iterable[UUID]) -> Q:
    """A condition on a foreign key or an id, for any number of keys."""
    return Q(**{f"{name}__among": list(keys)})
