"""Search in Chinese: pairs of neighbouring characters in a `tsvector`, checked again by LIKE.

Two-character words are the norm (粉尘, 喷漆), so no dictionary cuts the text: every pair of neighbouring characters is
a token, and so are whole runs of Latin letters and digits. A model that can be searched has two columns, both
written by its owner with every write: `words`, the folded text, and `search`, its vector, with a GIN index.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any, TypeVar

from django.contrib.postgres.search import SearchVectorField
from django.db.models import Lookup, Model, QuerySet

COUNTED_TO = 10_000  # no count above this is shown
_RUN = re.compile(r"[a-z0-9]+|[^\W_a-z0-9]+")
M = TypeVar("M", bound=Model)


@SearchVectorField.register_lookup
class Holds(Lookup):  # type: ignore[type-arg]
    """`search__holds="'粉尘' & '尘爆'"`: the query as it stands, past any parser that would cut Chinese its own way."""

    lookup_name = "holds"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        left, values = self.process_lhs(compiler, connection)
        return f"{left} @@ %s::tsquery", [*values, self.rhs]


def folded(*texts: str) -> str:
    """Texts as they are compared: full-width forms as half-width, small letters, one blank between words."""
    plain = unicodedata.normalize("NFKC", " ".join(texts)).replace("\0", " ")  # the database takes no NUL
    return " ".join(plain.lower().split())


def tokens(text: str) -> list[str]:
    """The tokens of a text, each once: pairs, whole Latin runs, and the last character so that one can be asked for."""
    found: dict[str, None] = {}
    for run in _RUN.findall(folded(text)):
        found.update((run[i : i + 2], None) for i in range(len(run) - 1))
        found[run if run.isascii() else run[-1]] = None
    return list(found)


def vector_of(texts: Iterable[str]) -> str:
    """The `tsvector` literal of some texts, for a `search` column; also as COPY takes it."""
    return " ".join(f"'{token}'" for token in sorted({token for text in texts for token in tokens(text)}))


def query_of(word: str) -> str:
    """The `tsquery` literal of one word: all its pairs; a single character is asked for as a beginning."""
    parts = []
    for run in _RUN.findall(folded(word)):
        pairs = [run[i : i + 2] for i in range(len(run) - 1)]
        parts += [f"'{pair}'" for pair in pairs] if pairs else [f"'{run}':*"]
    return " & ".join(dict.fromkeys(parts))


def matching(rows: QuerySet[M], words: str) -> QuerySet[M]:
    """The rows whose `words` hold every word of a search, in any order; no word at all leaves the rows as they are."""
    for word in folded(words).split():
        query = query_of(word)
        if query:
            rows = rows.filter(search__holds=query)
        # Pairs may stand apart in the text (尘爆 and 粉尘 without 粉尘爆): LIKE says whether they are neighbours.
        rows = rows.filter(words__contains=word)
    return rows
