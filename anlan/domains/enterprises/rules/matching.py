"""Comparing lists of firms with the archive: which row is which firm, by what, and how sure. Pure.

The order of rows and rows that come twice change nothing: rows are folded first, grouped second, weighed last.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
# What one row may cost: a district has 37,000 firms, and every second one is called 科技 or 实业. Rare pairs are looked
# up first; a pair (or an address) that more firms share than this tells none of them from the others.
BUDGET = 2_000
MOST_LIKELY = 60  # firms that are looked at in full
WEIGHED = 10
CELL = 0.0015  # degrees: more than 80 m anywhere in the country
_NONE: list[int] = []


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


@dataclass(frozen=True, slots=True)
class Plain:
    """A text as it is compared, with its pairs of neighbouring characters."""

    text: str
    pairs: frozenset[str]


def alike(left: Plain, right: Plain) -> int:
    """How alike two texts are, 0–100, by their pairs of neighbouring characters (Dice)."""
    if not left.text or not right.text:
        return 0
    if left.text == right.text:
        return 100
    return round(200 * len(left.pairs & right.pairs) / (len(left.pairs) + len(right.pairs)))


def plain(text: str) -> Plain:
    return Plain(text, frozenset(text[i : i + 2] for i in range(len(text) - 1)) or frozenset((text,)))


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


def missing_from(rows: Iterable[Found], firms: Iterable[Firm]) -> list[str]:
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
    """The archive, found by code, by the whole name or address, and by pairs of characters of the name."""

    def __init__(self, firms: Sequence[Firm]) -> None:
        self.firms = sorted(firms, key=lambda firm: firm.key)
        self.names = [
            (plain(plain_name(firm.name)), plain(plain_address(firm.address))) for firm in self.firms
        ]
        self.by_code = {firm.uscc.upper(): firm for firm in self.firms if firm.uscc}
        self.by_pair: dict[str, list[int]] = defaultdict(list)
        self.by_name: dict[str, list[int]] = defaultdict(list)
        self.by_address: dict[str, list[int]] = defaultdict(list)
        self.by_cell: dict[tuple[int, int], list[int]] = defaultdict(list)
        for place, firm in enumerate(self.firms):
            if firm.lon is not None and firm.lat is not None:
                self.by_cell[int(firm.lon // CELL), int(firm.lat // CELL)].append(place)
        for place, (name, address) in enumerate(self.names):
            self.by_name[name.text].append(place)
            for pair in name.pairs:
                self.by_pair[pair].append(place)
            if address.text:
                self.by_address[address.text].append(place)

    def near(self, row: Row, name: Plain, address: Plain, *, least: int) -> list[int]:
        """Places of the firms that may be it, the most alike first: of the same name or address, beside it on the map,
        or whose names share as many pairs as `least` (of 100) asks for."""
        found = set(self.by_name.get(name.text, _NONE)[:BUDGET])
        found.update(self.by_address.get(address.text, _NONE)[:BUDGET])
        found.update(self._beside(row))
        found.update(self._sharing(name, least))
        best = sorted(found, key=lambda place: (-alike(name, self.names[place][0]), place))
        return best[:WEIGHED]

    def _beside(self, row: Row) -> Iterator[int]:
        """Those of its own cell of the map and of the eight around it."""
        if row.lon is None or row.lat is None:
            return
        across, up = int(row.lon // CELL), int(row.lat // CELL)
        for x in (across - 1, across, across + 1):
            for y in (up - 1, up, up + 1):
                yield from self.by_cell.get((x, y), _NONE)[:BUDGET]

    def _sharing(self, name: Plain, least: int) -> list[int]:
        """A likeness of `least` needs so many shared pairs; pairs too common to be looked up count as shared."""
        lists = sorted((self.by_pair.get(pair, _NONE) for pair in name.pairs), key=len)
        shared: Counter[int] = Counter()
        spent = read = 0
        for places in lists:
            spent += len(places)
            if spent > BUDGET:
                break
            shared.update(places)
            read += 1
        needed = max(1, math.ceil(least * len(lists) / (200 - least)) - (len(lists) - read))
        while len(likely := [place for place, n in shared.items() if n >= needed]) > MOST_LIKELY:
            needed += 1
        return likely


def _judge(group: list[Row], known: _Known, rule: Mapping[str, int]) -> Found:
    row = _told(group)
    sources = tuple(sorted({each.source for each in group}))
    keys = tuple(sorted({each.key for each in group if each.key}))
    same = known.by_code.get(row.uscc.upper()) if row.uscc else None
    if same is not None:
        why = (Reason("uscc", 100, row.uscc),)
        return Found("matched", same.key, 100, why, (), sources, row, keys)
    name, address = plain(plain_name(row.name)), plain(plain_address(row.address))
    near = known.near(row, name, address, least=rule["name_least"])
    weighed = (_weigh(row, name, address, known.firms[place], known.names[place], rule) for place in near)
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


def _weigh(
    row: Row, name: Plain, address: Plain, firm: Firm, its: tuple[Plain, Plain], rule: Mapping[str, int]
) -> Candidate:
    if row.uscc and firm.uscc:  # two codes that differ: two firms, whatever the names say
        return Candidate(firm.key, 0, ())
    its_name, its_address = its
    reasons = []
    likeness = alike(name, its_name)
    if likeness >= rule["name_least"]:
        reasons.append(Reason("name", likeness * rule["name"] // 100, f"{row.name} / {firm.name}"))
    where = alike(address, its_address)
    if where >= rule["name_least"]:
        reasons.append(Reason("address", where * rule["address"] // 100, f"{row.address} / {firm.address}"))
    away = metres(row, firm)
    if away is not None and away <= rule["near_m"]:
        reasons.append(Reason("position", rule["position"], f"{away:.0f} m"))
    return Candidate(firm.key, min(99, sum(each.score for each in reasons)), tuple(reasons))
