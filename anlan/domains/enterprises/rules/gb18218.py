"""重大危险源辨识 GB 18218-2018: S = Σ q/Q, R = α Σ β q/Q, level by R. Pure; values come from the rulesets.

What is unknown refuses: a substance that stands in no table, a class without β, nobody counted within 500 m.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_

NO_QUANTITY = reason(
    "enterprises.no_quantity", N_("{name}: the largest quantity by design is not known. Enter it in tonnes.")
)
NOT_LISTED = reason(
    "enterprises.not_listed",
    N_(
        "{name} stands in no table by name or CAS number. Give its class of table 2 from the safety data sheet."
    ),
)
MORE_THAN_ONE = reason(
    "enterprises.more_than_one",
    N_("CAS {cas} stands for several entries ({names}). Give the name exactly as one of them."),
)
NO_BETA = reason(
    "enterprises.no_beta",
    N_("{name} has no factor by name. Give its class of table 2, so that the factor can be taken from it."),
)
BAD_CLASS = reason("enterprises.bad_class", N_("{name}: {given} is no class of table 2."))
NO_PEOPLE = reason(
    "enterprises.no_people_500m",
    N_("Persons within 500 m of the plant's boundary are not known. Count them."),
)
NOTHING = reason("enterprises.no_substance", N_("No substance is entered for this unit."))


@dataclass(frozen=True, slots=True)
class Held:
    """A substance in a unit; `quantity_t` in tonnes."""

    name: str
    cas: str = ""
    hazard_class: str = ""
    quantity_t: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of the standard, as the rulesets hold them.

    substances: rows of name, cas, critical_t, beta (None = by class) · classes: class → critical_t, beta ·
    alpha: rows of least (persons), alpha, highest `least` that fits wins · levels: rows of least (R), level.
    """

    substances: Sequence[Mapping[str, Any]]
    classes: Mapping[str, Mapping[str, Any]]
    alpha: Sequence[Mapping[str, Any]]
    levels: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Part:
    """One substance's share: q/Q and, where the sum reaches 1, β."""

    name: str
    critical_t: Decimal
    share: Decimal
    beta: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Graded:
    """`level`: none, or 1 (highest) to 4. `r` is None where S stays below 1."""

    level: str
    s: Decimal
    r: Decimal | None
    alpha: Decimal | None
    parts: tuple[Part, ...]


def grade(held: Iterable[Held], *, people_500m: int | None, tables: Tables) -> Graded:
    """The level of one unit; raises `Refused` where a value that decides is unknown."""
    rows = list(held)
    if not rows:
        raise Refused(NOTHING, field="substance")
    found = [(row, _entry(row, tables)) for row in rows]
    parts = [_part(row, entry) for row, entry in found]
    s = sum((part.share for part in parts), Decimal(0))
    if s < 1:
        return Graded("none", s, None, None, tuple(parts))
    weighed = [
        Part(part.name, part.critical_t, part.share, _beta(row, entry, tables))
        for part, (row, entry) in zip(parts, found, strict=True)
    ]
    alpha = _alpha(people_500m, tables)
    r = alpha * sum((part.share * (part.beta or 0) for part in weighed), Decimal(0))
    return Graded(_level(r, tables), s, r, alpha, tuple(weighed))


def _entry(held: Held, tables: Tables) -> Mapping[str, Any]:
    """The row of table 1 by exact name, then by CAS; else the class of table 2."""
    by_name = [row for row in tables.substances if row["name"] == held.name.strip()]
    by_cas = [row for row in tables.substances if held.cas and row["cas"] == held.cas.strip()]
    found = by_name or by_cas
    if len(found) > 1:
        names = "、".join(str(row["name"]) for row in found)
        raise Refused(MORE_THAN_ONE, field="name", cas=held.cas, names=names)
    if found:
        return found[0]
    if not held.hazard_class:
        raise Refused(NOT_LISTED, field="hazard_class", name=held.name)
    return _class(held, tables)


def _class(held: Held, tables: Tables) -> Mapping[str, Any]:
    if held.hazard_class not in tables.classes:
        raise Refused(BAD_CLASS, field="hazard_class", name=held.name, given=held.hazard_class)
    return tables.classes[held.hazard_class]


def _part(held: Held, entry: Mapping[str, Any]) -> Part:
    if held.quantity_t is None:
        raise Refused(NO_QUANTITY, field="quantity_t", name=held.name)
    critical = Decimal(str(entry["critical_t"]))
    return Part(held.name, critical, held.quantity_t / critical)


def _beta(held: Held, entry: Mapping[str, Any], tables: Tables) -> Decimal:
    beta = entry.get("beta")
    if beta:
        return Decimal(str(beta))
    if not held.hazard_class:
        raise Refused(NO_BETA, field="hazard_class", name=held.name)
    return Decimal(str(_class(held, tables)["beta"]))


def _alpha(people: int | None, tables: Tables) -> Decimal:
    if people is None:
        raise Refused(NO_PEOPLE, field="people_500m")
    fitting = [row for row in tables.alpha if people >= row["least"]]
    return Decimal(str(max(fitting, key=lambda row: row["least"])["alpha"]))


def _level(r: Decimal, tables: Tables) -> str:
    fitting = [row for row in tables.levels if r >= Decimal(str(row["least"]))]
    return str(max(fitting, key=lambda row: row["least"])["level"])
