"""What the rows of a chunk refer to: firms, regions, tables of methods, and what the author may write."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from anlan.domains.enterprises.public import firms_by_code
from anlan.domains.risks import rules
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.words import N_
from anlan.kernel.orgs.models import Person
from anlan.kernel.orgs.queries import scope_of
from anlan.kernel.places.models import Region

NO_FIRM = N_("No enterprise has this unified social credit code. Take the enterprises in first.")
NO_REGION = N_("There is no such region, or several of that name. Give its code of twelve digits.")
NOT_YOURS = N_("This lies in none of your regions.")
HALF_PLACE = N_("Longitude and latitude belong together, in degrees (WGS-84).")
NO_LEVEL = N_("Give the assessed level, or a method with all its factors.")
_LOCK = 0x616E6C_0006


class UnfitError(Exception):
    """A row that cannot be taken: the column, and why."""

    def __init__(self, column: str, text: str) -> None:
        super().__init__(column, text)
        self.column, self.text = column, text


class Firm(NamedTuple):
    id: UUID
    name: str
    region: str
    section: str
    lon: float | None
    lat: float | None


class Judged(NamedTuple):
    worst: int
    assessed: int
    method: str
    inputs: dict[str, float]
    score: Any


@dataclass(slots=True)
class Ground:
    """`prefixes`: regions the author may write in, None for everywhere; `own`: the one firm of a firm's person."""

    by: str
    at: datetime
    act: UUID
    firms: dict[str, Firm]
    names: dict[UUID, str]
    regions: dict[str, str]
    prefixes: list[str] | None
    own: UUID | None
    signed: str = field(init=False)  # who signs and when, as COPY takes it
    written: str = field(init=False)  # the import, as COPY takes it
    tables: dict[tuple[str, str], Any] = field(default_factory=dict)
    known: dict[Any, Judged] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.signed, self.written = f"{self.by}\t{self.at}", str(self.act)

    def firm(self, uscc: str) -> Firm:
        """The firm of a code, if the author may write of it."""
        firm = self.firms.get(uscc)
        if firm is None:
            raise UnfitError("uscc", NO_FIRM)
        if self.own is not None and firm.id != self.own:
            raise UnfitError("uscc", NOT_YOURS)
        if self.own is None:
            self._in_reach("uscc", firm.region)
        return firm

    def _in_reach(self, column: str, region: str) -> None:
        if self.prefixes is not None and not any(region.startswith(prefix) for prefix in self.prefixes):
            raise UnfitError(column, NOT_YOURS)

    def region(self, named: str) -> str:
        """The code of a region given by code or name; "" where none was given."""
        if not named:
            return ""
        code = self.regions.get(named)
        if not code:
            raise UnfitError("region", NO_REGION)
        if self.own is None:
            self._in_reach("region", code)
        return code

    def table(self, rule: str, region: str) -> Any:
        """A rule's value for a region, asked for once an import: one act is judged by one table."""
        key = rule, region
        if key not in self.tables:
            self.tables[key] = rulesets.value_of(rule, region=region, at=self.at)
        return self.tables[key]

    def judged(self, row: Mapping[str, Any], region: str) -> Judged:
        """The levels of a row: its own word for the assessed one, or what its method makes of its factors."""
        key = (
            row.get("method"), row["worst_case_level"], row["assessed_level"], *(row.get(name) for name in "LECMS"),
            region,
        )  # fmt: skip
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = self._judged(row, region)
        return found

    def _judged(self, row: Mapping[str, Any], region: str) -> Judged:
        method = row.get("method") or ""
        worst, assessed = int(row["worst_case_level"] or 0), int(row["assessed_level"] or 0)
        inputs: dict[str, float] = {}
        score = None
        if method in rules.FACTORS:
            inputs = {factor: row[factor] for factor in rules.FACTORS[method] if row.get(factor) is not None}
        try:
            if inputs:
                score, assessed = rules.scored(method, inputs, self.table(f"risks.{method}", region))
            if not assessed:
                raise UnfitError("assessed_level", NO_LEVEL)
            rules.check_levels(worst=worst or assessed, assessed=assessed)
        except Refused as refusal:
            raise UnfitError(refusal.field, str(refusal)) from refusal
        return Judged(worst or assessed, assessed, method or "direct", inputs, score)


@dataclass(slots=True)
class _Met:
    """What the chunks of one import have met so far: firms follow one another over many chunks, rules over all."""

    act: UUID
    firms: dict[str, Firm] = field(default_factory=dict)
    names: dict[UUID, str] = field(default_factory=dict)
    regions: dict[str, str] = field(default_factory=dict)
    tables: dict[tuple[str, str], Any] = field(default_factory=dict)
    known: dict[Any, Judged] = field(default_factory=dict)


_last: _Met | None = None


def ground_of(rows: Sequence[Mapping[str, Any]], *, by: str, at: datetime, act: UUID) -> Ground:
    """Read what a chunk refers to and the chunks before it did not. Who is not there is asked for again."""
    global _last
    met = _last if _last is not None and _last.act == act else _Met(act)
    _last = met
    if unmet := {row["uscc"] for row in rows} - met.firms.keys():
        found = {code: Firm(*firm) for code, firm in firms_by_code(unmet).items()}
        met.firms |= found
        met.names |= {firm.id: firm.name for firm in found.values()}
    named = {row["region"] for row in rows if row.get("region")}
    if named - met.regions.keys():
        met.regions |= _regions(named)
    return Ground(
        by, at, act, met.firms, met.names, met.regions, *_reach(by, at), tables=met.tables, known=met.known
    )


def _regions(named: set[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    if named:
        known = Region.objects.filter(code__in=named) | Region.objects.filter(name__in=named)
        for code, name in known.values_list("code", "name"):
            # A name that two regions share is nobody's: the row is refused, the code asked for.
            found[name] = code if name not in found else ""
            found[code] = code
    return found


def _reach(by: str, at: datetime) -> tuple[list[str] | None, UUID | None]:
    kind, _, pk = by.partition(":")
    if kind != "person":
        return None, None
    person = Person.objects.select_related("organisation").get(pk=pk)
    own = person.organisation_id if person.organisation.kind == "enterprise" else None
    return scope_of(person, at=at), own


def alone(dry: bool) -> None:
    """Until the transaction ends, be the only import of risks that writes."""
    if not dry:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
