"""The lists of points and sources at any size: words, streets, sections and colours by one index.

A page is put together level by level, the gravest first, by one statement that ends at ten thousand rows in all: what
is asked never costs more than that, and no count above it is shown. Levels that it did not come to are not counted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from anlan.domains.risks import rules
from anlan.domains.risks.models import RiskPoint, RiskSource
from anlan.kernel.core.search import COUNTED_TO, folded, query_of
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import scope_of
from anlan.kernel.places.models import Region
from anlan.kernel.places.regions import prefix_of

PAGE = 50
_LEVELS = (*rules.LEVELS, rules.NOT_YET)
_GRAVE = (rules.MAJOR, rules.CONSIDERABLE)
_OF_FIRM = {
    "p": "p.enterprise_id = %(firm)s",
    "s": "s.point_id IN (SELECT p.id FROM risks_riskpoint p WHERE p.enterprise_id = %(firm)s)",
}
_FEW = 20  # regions outside somebody's own; of more it is not asked whether they are empty
_SINGLE = re.compile(r"'.':\*")
_TABLES = {"p": "risks_riskpoint", "s": "risks_risksource"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list is cut by. `level` is the current (of a source: assessed) one, `worst` the worst case; None: any."""

    words: str = ""
    region: str = ""
    section: str = ""
    level: int | None = None
    worst: int | None = None
    firm: str = ""
    grave: bool = False  # considerable and major only

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Asked:
        """From what stands in an address; what makes no sense asks for nothing."""
        level, worst = (_level_in(given.get(name)) for name in ("level", "worst"))
        region = str(given.get("region") or "")
        firm = str(given.get("firm") or "")
        return cls(
            words=str(given.get("q") or "")[:80],
            region=region if len(region) == 12 and region.isascii() and region.isdigit() else "",
            section=section
            if len(section := str(given.get("section") or "")[:1].upper()) and section.isalpha()
            else "",
            level=level,
            worst=worst,
            firm=firm if _is_uuid(firm) else "",
            grave=str(given.get("grave") or "") == "1",
        )

    def as_query(self) -> dict[str, str]:
        """The same for an address."""
        said = {
            "q": self.words, "region": self.region, "section": self.section, "firm": self.firm,
            "level": "" if self.level is None else str(self.level),
            "worst": "" if self.worst is None else str(self.worst), "grave": "1" if self.grave else "",
        }  # fmt: skip
        return {name: value for name, value in said.items() if value}


@dataclass(frozen=True, slots=True)
class Found:
    """One page: the rows, how many there are of each level, and the page's place.

    Counting ends at `COUNTED_TO` + 1 rows of all levels: `cut` is the level it ended in, of which there may be more;
    those below it are not in `counts`.
    """

    rows: list[Any]
    counts: dict[int, int]
    page: int
    pages: int

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def more(self) -> bool:
        """Whether the total is only known to be above ten thousand."""
        return self.total > COUNTED_TO

    @property
    def cut(self) -> int | None:
        return min(self.counts) if self.more else None


def points(asked: Asked, person: Person | None, *, at: datetime, page: int = 1) -> Found:
    """One page of the points a person may see, the gravest first."""
    found = _page("p", asked, person, at=at, page=page)
    rows = RiskPoint.objects.filter(pk__in=found.rows).select_related("enterprise__organisation", "region")
    return replace(found, rows=_in_order(rows.defer("search"), found.rows))


def sources(asked: Asked, person: Person | None, *, at: datetime, page: int = 1) -> Found:
    """One page of the sources a person may see, the gravest first."""
    found = _page("s", asked, person, at=at, page=page)
    rows = RiskSource.objects.filter(pk__in=found.rows).select_related(
        "point__enterprise__organisation", "point__region"
    )
    return replace(found, rows=_in_order(rows.defer("search", "point__search"), found.rows))


def conditions(
    asked: Asked, person: Person | None, *, at: datetime, table: str
) -> tuple[str, dict[str, Any]]:
    """An SQL condition over `p` (points) or `s` (sources) and its values; "" where everything is asked for."""
    tokens = _tokens(asked)
    parts: list[str] = []
    values: dict[str, Any] = {}
    if person is not None:
        if person.organisation.kind == "enterprise":
            asked = replace(asked, firm=str(person.organisation_id))
        else:
            tokens.append(_reach(scope_of(person, at=at)))
    for number, word in enumerate(folded(asked.words).split()):
        tokens.append(_indexed(word))
        parts.append(f"{table}.words LIKE %(word{number})s")
        values[f"word{number}"] = f"%{_escaped(word)}%"
    if tokens := [token for token in tokens if token]:
        parts.insert(0, f"{table}.search @@ %(tokens)s::tsquery")
        values["tokens"] = " & ".join(tokens)
    if asked.firm:
        parts.append(_OF_FIRM[table])
        values["firm"] = asked.firm
    return " AND ".join(parts), values


def _indexed(word: str) -> str:
    """What of a word the index is asked for. LIKE looks at all of it anyway, and a single character beside something
    better (of 1号炉 the 1) only has the index gather half of all rows; of 1号 the 1 says more, and is whole."""
    parts = query_of(word).split(" & ")
    better = [part for part in parts if not _SINGLE.fullmatch(part)]
    if better or len(parts) == 1:
        return " & ".join(better or parts)
    said = min(parts, key=lambda part: not part.isascii())
    ends = said.isascii() and not word[-1].isascii()  # a run of digits that is followed by something is whole
    return said.removesuffix(":*") if ends else said


def _tokens(asked: Asked) -> list[str]:
    tokens = []
    if asked.region:
        tokens.append(_reach([prefix_of(asked.region)]))
    if asked.section:
        tokens.append(f"'S:{asked.section}'")
    if asked.level is not None:
        tokens.append(f"'C:{asked.level}'")
    elif asked.grave:
        tokens.append("(" + " | ".join(f"'C:{level}'" for level in _GRAVE) + ")")
    if asked.worst is not None:
        tokens.append(f"'W:{asked.worst}'")
    return tokens


def _region_token(region: str) -> str:
    """A street or community as it stands in the index; everything above by the beginning of the streets' tokens."""
    prefix = prefix_of(region)
    return f"'R:{prefix}'" if len(prefix) in (9, 12) else f"'R:{prefix}':*"


def _reach(prefixes: Sequence[str]) -> str:
    """The tokens of all regions a person may see: one that nothing bears where there are none, and none where they are
    all there is, for the index would gather every row only to keep it."""
    if not prefixes:
        return "'R:none'"
    tokens = (_region_token(prefix.ljust(12, "0")) for prefix in prefixes)
    return "" if _are_all(prefixes) else f"({' | '.join(tokens)})"


def _are_all(prefixes: Sequence[str]) -> bool:
    """Whether no point lies outside: mostly there is but the city above, and nothing lies there."""
    within = reduce(or_, (Q(code__startswith=prefix) for prefix in prefixes))
    outside = list(Region.objects.exclude(within).values_list("code", flat=True)[: _FEW + 1])
    return len(outside) <= _FEW and not RiskPoint.objects.filter(region__in=outside).exists()


def _page(table: str, asked: Asked, person: Person | None, *, at: datetime, page: int) -> Found:
    levels = (_GRAVE if asked.grave else _LEVELS) if asked.level is None else (asked.level,)
    statement, values = _statement(table, levels, asked, person, at)
    counts, rows = _asked(statement, values, page)
    total = sum(counts.values())
    pages = max(1, -(-min(COUNTED_TO, total) // PAGE))
    if page > pages or page < 1:
        page = min(max(1, page), pages)
        counts, rows = _asked(statement, values, page)
    last = min(counts) if total > COUNTED_TO else min(levels)
    return Found(rows, {level: counts.get(level, 0) for level in levels if level >= last}, page, pages)


def _asked(statement: str, values: dict[str, Any], page: int) -> tuple[dict[int, int], list[UUID]]:
    skip = (max(1, page) - 1) * PAGE
    # Of more than are counted, only the counted ones are shown.
    place = {"skip": min(skip, COUNTED_TO), "most": max(0, min(PAGE, COUNTED_TO - skip))}
    with connection.cursor() as cursor:
        cursor.execute(statement, values | place)
        found = cursor.fetchall()
    return {level: count for level, count, pk in found if pk is None}, [pk for _l, _n, pk in found if pk]


def _statement(
    table: str, levels: Sequence[int], asked: Asked, person: Person | None, at: datetime
) -> tuple[str, dict[str, Any]]:
    """How many of each level, and the ids of a page: levels are gone to in turn, as long as the common limit lasts.

    Each has a limit of its own too: by it the planner sees that a word that all rows have needs no index.
    """
    where, values = conditions(replace(asked, level=None, grave=False), person, at=at, table=table)
    rest = values.pop("tokens", "")
    other = where.removeprefix(f"{table}.search @@ %(tokens)s::tsquery").removeprefix(" AND ")
    selects: list[str] = []
    for level in levels:
        values[f"tokens{level}"] = " & ".join(filter(None, (f"'C:{level}'", rest)))
        mine = f"{table}.search @@ %(tokens{level})s::tsquery{' AND ' if other else ''}{other}"
        selects.append(
            f"(SELECT {level} AS level, {table}.id FROM {_TABLES[table]} {table}"  # noqa: S608 - own names
            f" WHERE {mine} AND {table}.active LIMIT {COUNTED_TO + 1})"
        )
    return (
        f"WITH found AS MATERIALIZED (SELECT * FROM ({' UNION ALL '.join(selects)}) AS every"  # noqa: S608 - as above
        f" LIMIT {COUNTED_TO + 1})"
        " SELECT level, count(*) AS many, NULL::uuid AS id FROM found GROUP BY level"
        " UNION ALL (SELECT level, 0, id FROM found ORDER BY level DESC, id OFFSET %(skip)s LIMIT %(most)s)"
    ), values


def _in_order(rows: Any, ids: Sequence[UUID]) -> list[Any]:
    by_id = {row.pk: row for row in rows}
    return [by_id[pk] for pk in ids if pk in by_id]


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _level_in(given: Any) -> int | None:
    return int(given) if str(given) in {"0", "1", "2", "3", "4"} else None


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
