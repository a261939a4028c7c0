"""Comparing lists of firms with the archive: which row is which firm, by what, and how sure. Pure.

The order of rows and rows that come twice change nothing: rows are folded first, grouped second, weighed last.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from anlan.kernel.core.errors import reason
from anlan.kernel.core.words import N_

BAD_SETTLING = reason("enterprises.settling_needs_firm", N_("Choose which firm of the archive it is."))
_BRACKETS = re.compile(r"[\s\W_]+")
_FORMS = (
    "有限责任公司",
    "股份有限公司",
    "有限公司",
    "分公司",
    "个体工商户",
    "经营部",
    "商行",
    "公司",
    "工厂",
    "厂",
    "店",
)
_PLACES = re.compile(
    r"^(?:中国)?(?:[\u4e00-\u9fff]{2,6}?省)?(?:[\u4e00-\u9fff]{2,6}?市)?(?:[\u4e00-\u9fff]{2,6}?(?:区|县))?"
)
_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")


@dataclass(frozen=True, slots=True, order=True)
class Row:
    """A row of another office's list."""

    source: str
    name: str = ""
    uscc: str = ""
    address: str = ""
    lon: float | None = field(default=None, compare=False)
    lat: float | None = field(default=None, compare=False)
    key: str = field(default="", compare=False)  # the caller's own name of the row


@dataclass(frozen=True, slots=True)
class Firm:
    """A firm of the archive."""

    key: str
    name: str
    uscc: str = ""
    address: str = ""
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """What spoke for it: uscc, name, address or position, how much of 100, and what was compared."""

    by: str
    score: int
    said: str


@dataclass(frozen=True, slots=True)
class Candidate:
    firm: str
    score: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """One firm as the lists show it. `verdict` matched | doubtful | missing; `firm` only where matched."""

    verdict: str
    firm: str
    score: int
    reasons: tuple[Reason, ...]
    candidates: tuple[Candidate, ...]
    sources: tuple[str, ...]
    row: Row
    keys: tuple[str, ...]


def plain_name(name: str) -> str:
    """A name as it is compared: no blanks or signs, without its place in front and its legal form behind."""
    text = _PLACES.sub("", _BRACKETS.sub("", name.translate(_DIGITS)).upper())
    for form in _FORMS:
        if text.endswith(form) and len(text) > len(form) + 1:
            text = text.removesuffix(form)
            break
    return text


def plain_address(address: str) -> str:
    """An address without signs and the words that only some offices write."""
    text = _PLACES.sub("", _BRACKETS.sub("", address.translate(_DIGITS)).upper())
    return re.sub(r"街道|社区|办事处", "", text)


def alike(left: str, right: str) -> int:
    """How alike two texts are, 0–100, by their pairs of neighbouring characters (Dice)."""
    if not left or not right:
        return 0
    if left == right:
        return 100
    a, b = _pairs(left), _pairs(right)
    return round(200 * len(a & b) / (len(a) + len(b))) if a and b else 0


def _pairs(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)} or {text}


def metres(a: Row | Firm, b: Row | Firm) -> float | None:
    """How far apart, in metres; None where one has no position. Flat: fit for a district."""
    if a.lon is None or a.lat is None or b.lon is None or b.lat is None:
        return None
    east = (a.lon - b.lon) * 111_320 * math.cos(math.radians((a.lat + b.lat) / 2))
    return math.hypot(east, (a.lat - b.lat) * 110_574)


def compare(rows: Iterable[Row], firms: Sequence[Firm], *, rule: Mapping[str, int]) -> list[Found]:
    """Every firm that the lists show, with what it is in the archive.

    rule: points of name, address, position; name_least (below it a name says nothing), near_m, matched_from,
    doubtful_from. An equal credit code settles it; two different ones forbid it.
    """
    known = _Known(firms)
    return sorted(
        (_judge(group, known, rule) for group in _grouped(rows)),
        key=lambda found: (found.verdict, found.row),
    )


def missing_from(rows: Iterable[Found], firms: Sequence[Firm]) -> list[str]:
    """Firms of the archive that none of the lists shows, not even doubtfully."""
    seen = {found.firm for found in rows} | {c.firm for found in rows for c in found.candidates}
    return sorted(firm.key for firm in firms if firm.key not in seen)


# ---- grouping ----------------
def _grouped(rows: Iterable[Row]) -> list[list[Row]]:
    """Rows that are surely the same firm: one credit code; or, where a row has none, one name at one address."""
    by_code: dict[str, list[Row]] = defaultdict(list)
    loose: dict[tuple[str, str], list[Row]] = defaultdict(list)
    home: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in sorted(rows, key=_order):
        said = (plain_name(row.name), plain_address(row.address))
        if row.uscc:
            by_code[row.uscc.upper()].append(row)
            home[said].add(row.uscc.upper())
        else:
            loose[said].append(row)
    groups = []
    for said, group in loose.items():
        codes = home.get(said, set())
        if len(codes) == 1 and all(said):
            by_code[next(iter(codes))].extend(group)
        else:
            groups.append(group)
    return [*by_code.values(), *groups]


def _order(row: Row) -> tuple[str, ...]:
    return (row.source, row.name, row.uscc, row.address, str(row.lon), str(row.lat), row.key)


# ---- judging ----------------
class _Known:
    """The archive, found by code and by pairs of characters of the name and the address."""

    def __init__(self, firms: Sequence[Firm]) -> None:
        self.names = {firm.key: (plain_name(firm.name), plain_address(firm.address)) for firm in firms}
        self.firms = {firm.key: firm for firm in firms}
        self.by_code = {firm.uscc.upper(): firm for firm in firms if firm.uscc}
        self.by_pair: dict[str, set[str]] = defaultdict(set)
        self.by_address: dict[str, set[str]] = defaultdict(set)
        for key, (name, address) in self.names.items():
            for pair in _pairs(name):
                self.by_pair[pair].add(key)
            if address:
                self.by_address[address].add(key)

    def near(self, row: Row) -> list[Firm]:
        """Firms that share enough pairs of the name, or the whole address; the ten that share most."""
        shared: dict[str, int] = defaultdict(int)
        for pair in _pairs(plain_name(row.name)):
            for key in self.by_pair.get(pair, ()):
                shared[key] += 1
        for key in self.by_address.get(plain_address(row.address), ()):
            shared[key] += 1
        best = sorted(shared, key=lambda key: (-shared[key], key))[:10]
        return [self.firms[key] for key in best]


def _judge(group: list[Row], known: _Known, rule: Mapping[str, int]) -> Found:
    row = _told(group)
    sources = tuple(sorted({each.source for each in group}))
    keys = tuple(sorted({each.key for each in group if each.key}))
    same = known.by_code.get(row.uscc.upper()) if row.uscc else None
    if same is not None:
        why = (Reason("uscc", 100, row.uscc),)
        return Found("matched", same.key, 100, why, (), sources, row, keys)
    weighed = (_weigh(row, firm, known, rule) for firm in known.near(row))
    candidates = sorted(
        (c for c in weighed if c.score >= rule["doubtful_from"]), key=lambda c: (-c.score, c.firm)
    )
    best = candidates[0] if candidates else None
    if best is None:
        return Found("missing", "", 0, (), (), sources, row, keys)
    alone = len(candidates) == 1 or candidates[1].score < best.score
    if best.score >= rule["matched_from"] and alone:
        return Found("matched", best.firm, best.score, best.reasons, (), sources, row, keys)
    return Found("doubtful", "", best.score, best.reasons, tuple(candidates[:5]), sources, row, keys)


def _told(group: list[Row]) -> Row:
    """What the group says, each fact by the first list that has it: a register's word before a meter's."""
    first = sorted(group, key=_order)
    name, uscc, address = (
        next((getattr(r, f) for r in first if getattr(r, f)), "") for f in ("name", "uscc", "address")
    )
    placed = next((row for row in first if row.lon is not None and row.lat is not None), None)
    return Row(
        first[0].source, name, uscc, address, placed.lon if placed else None, placed.lat if placed else None
    )


def _weigh(row: Row, firm: Firm, known: _Known, rule: Mapping[str, int]) -> Candidate:
    if row.uscc and firm.uscc:  # two codes that differ: two firms, whatever the names say
        return Candidate(firm.key, 0, ())
    name, address = known.names[firm.key]
    reasons = []
    likeness = alike(plain_name(row.name), name)
    if likeness >= rule["name_least"]:
        reasons.append(Reason("name", likeness * rule["name"] // 100, f"{row.name} / {firm.name}"))
    where = alike(plain_address(row.address), address)
    if where >= rule["name_least"]:
        reasons.append(Reason("address", where * rule["address"] // 100, f"{row.address} / {firm.address}"))
    away = metres(row, firm)
    if away is not None and away <= rule["near_m"]:
        reasons.append(Reason("position", rule["position"], f"{away:.0f} m"))
    return Candidate(firm.key, min(99, sum(each.score for each in reasons)), tuple(reasons))
