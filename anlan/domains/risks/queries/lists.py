"""The lists of points and sources at any size: words, streets, sections and colours by one index.

A page is put together level by level, the gravest first. Each level is one walk through the index that ends at ten
thousand rows: what is asked never costs more than that, and no count above it is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from anlan.domains.risks import rules
from anlan.domains.risks.models import RiskPoint, RiskSource
from anlan.kernel.core.search import COUNTED_TO, folded, query_of
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import scope_of
from anlan.kernel.places.regions import prefix_of

PAGE = 50
_LEVELS = (*rules.LEVELS, rules.NOT_YET)
_OF_FIRM = {
    "p": "p.enterprise_id = %(firm)s",
    "s": "s.point_id IN (SELECT p.id FROM risks_riskpoint p WHERE p.enterprise_id = %(firm)s)",
}
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
        )

    def as_query(self) -> dict[str, str]:
        """The same for an address."""
        said = {
            "q": self.words, "region": self.region, "section": self.section, "firm": self.firm,
            "level": "" if self.level is None else str(self.level),
            "worst": "" if self.worst is None else str(self.worst),
        }  # fmt: skip
        return {name: value for name, value in said.items() if value}


@dataclass(frozen=True, slots=True)
class Found:
    """One page: the rows, how many there are of each level (`COUNTED_TO` + 1 stands for more), and the page's place."""

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
        return any(count > COUNTED_TO for count in self.counts.values()) or self.total > COUNTED_TO


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
        if query := query_of(word):
            tokens.append(query)
        parts.append(f"{table}.words LIKE %(word{number})s")
        values[f"word{number}"] = f"%{_escaped(word)}%"
    if tokens := [token for token in tokens if token]:
        parts.insert(0, f"{table}.search @@ %(tokens)s::tsquery")
        values["tokens"] = " & ".join(tokens)
    if asked.firm:
        parts.append(_OF_FIRM[table])
        values["firm"] = asked.firm
    return " AND ".join(parts), values


def _tokens(asked: Asked) -> list[str]:
    tokens = []
    if asked.region and (token := _region_token(asked.region)):
        tokens.append(token)
    if asked.section:
        tokens.append(f"'S:{asked.section}'")
    if asked.level is not None:
        tokens.append(f"'C:{asked.level}'")
    if asked.worst is not None:
        tokens.append(f"'W:{asked.worst}'")
    return tokens


def _region_token(region: str) -> str:
    """A street or community as it stands in the index; everything above by the beginning of the streets' tokens."""
    prefix = prefix_of(region)
    return f"'R:{prefix}'" if len(prefix) in (9, 12) else f"'R:{prefix}':*"


def _reach(prefixes: Sequence[str]) -> str:
    """The tokens of all regions a person may see; one that nothing bears where there are none."""
    tokens = [_region_token(prefix.ljust(12, "0")) for prefix in prefixes]
    return f"({' | '.join(tokens)})" if tokens else "'R:none'"


def _page(table: str, asked: Asked, person: Person | None, *, at: datetime, page: int) -> Found:
    counts = _counts(table, asked, person, at)
    total = min(COUNTED_TO, sum(counts.values()))
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    skip = (page - 1) * PAGE
    rows: list[UUID] = []
    for level, count in counts.items():
        if len(rows) < PAGE and skip < count:
            rows += _ids(table, replace(asked, level=level), person, at, skip, PAGE - len(rows))
        skip = max(0, skip - count)
    return Found(rows, counts, page, pages)


def _counts(table: str, asked: Asked, person: Person | None, at: datetime) -> dict[int, int]:
    """Level → rows, each counted to one more than is shown; one statement."""
    levels = _LEVELS if asked.level is None else (asked.level,)
    selects: list[str] = []
    values: dict[str, Any] = {}
    for level in levels:
        where, given = conditions(replace(asked, level=level), person, at=at, table=table)
        values |= given
        values[f"tokens{level}"] = values.pop("tokens")
        where = where.replace("%(tokens)s", f"%(tokens{level})s")
        selects.append(
            f"(SELECT count(*) FROM (SELECT 1 FROM {_TABLES[table]} {table} WHERE {where} AND {table}.active"  # noqa: S608
            f" LIMIT {COUNTED_TO + 1}) AS n)"
        )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(selects)}", values)
        return dict(zip(levels, cursor.fetchone(), strict=True))


def _ids(table: str, asked: Asked, person: Person | None, at: datetime, skip: int, most: int) -> list[UUID]:
    """Some ids of one level, in an order that stays: among the first ten thousand that the index gives."""
    where, values = conditions(asked, person, at=at, table=table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM (SELECT id FROM {_TABLES[table]} {table} WHERE {where} AND {table}.active"  # noqa: S608
            f" LIMIT {COUNTED_TO}) AS n ORDER BY id OFFSET {skip} LIMIT {most}",
            values,
        )
        return [row[0] for row in cursor.fetchall()]


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
