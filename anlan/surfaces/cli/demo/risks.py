"""Risk points and sources of the demo: invented, seeded, lying where each street's trades are; by COPY.

Two scales of the same making: small (a twentieth) on the firms that are there, and the whole district with 37,000
firms of its own, 303,533 points and 974,024 sources.
"""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction

from anlan.domains.enterprises.models import Enterprise
from anlan.domains.risks.actions.taking import rows as copied
from anlan.domains.risks.models import Base, Provision, RiskPoint, filter_tokens, pairs_of
from anlan.kernel.core import clock
from anlan.kernel.core.search import folded
from anlan.kernel.ledger.actions import record
from anlan.kernel.orgs.models import Organisation
from anlan.surfaces.cli.demo.files import DISTRICT, street_code, table

POINTS, SOURCES = 303_533, 974_024
SMALL = 20  # the usual demo has one point in so many
SEED = 6
BY = "service:demo"
SINCE = datetime(2026, 1, 5, 1, tzinfo=UTC)
BASE_SHARE = 0.9559  # the collection rate of the seed report: points ÷ declared base
_CHUNK = 1_200  # points of a transaction, with their sources about 5,000 rows
# What stands where, by section: the street's trades weigh these (practice.md §5).
TRADES = {
    "临港": "GGGGGGCCDFKE", "望潮": "FFFHHKKQEEOR", "新渡": "CCCCCCCKKKFG", "石矶": "CCFHKNAOED", "凤岭": "CCCCCCKKGF",
    "榕溪": "GGGGCCKFDE", "岭背": "BBCCGEKD", "白鹭": "EEEERRKFH", "青坪": "CCCCGGDEK", "云涌": "AAAGGCFNH",
}  # fmt: skip
_LEC = {  # level → factors whose product falls into its band
    4: ((6, 6, 15), (3, 6, 40), (6, 10, 7)),
    3: ((3, 6, 15), (6, 6, 7), (3, 10, 7)),
    2: ((3, 6, 7), (1, 6, 15), (6, 6, 3)),
    1: ((1, 6, 7), (3, 6, 3), (1, 3, 7), (0.5, 6, 15)),
}


class Kind(NamedTuple):
    """What stands at a place of a trade, how grave it can be, and what can do harm there."""

    kind: str
    name: str
    grave: int
    sources: tuple[tuple[str, str, str], ...]


class Home(NamedTuple):
    """A firm as its points need it."""

    id: UUID
    name: str
    region: str
    section: str
    lon: float
    lat: float


@dataclass(slots=True)
class Making:
    """Where the making stands: its dice, the ids it gives, and the rows of the chunk in hand."""

    dice: random.Random
    next_id: int
    at: datetime


@cache
def kinds() -> dict[str, tuple[Kind, ...]]:
    """What stands at a place, by section of GB/T 4754."""
    found: dict[str, list[Kind]] = {}
    for row in table("risk_kinds"):
        said = tuple(tuple(each.split(":")) for each in row["sources"].split("|"))
        sources = tuple((name, hazard, accidents.replace(";", ",")) for name, hazard, accidents in said)
        found.setdefault(row["section"], []).append(
            Kind(row["kind"], row["point"], int(row["grave"]), sources)
        )
    return {section: tuple(rows) for section, rows in found.items()}


def write(scale: str = "small") -> int:
    """Points and sources for the firms of the demo; nothing where they are there already. Returns the points."""
    if RiskPoint.objects.filter(act=_ACT).exists():
        return 0
    homes = list(_homes())
    if not homes:
        return 0
    points = POINTS if scale == "district" else POINTS // SMALL
    sources = SOURCES if scale == "district" else SOURCES // SMALL
    dice = random.Random(SEED)  # noqa: S311 - dice that fall the same twice
    making = Making(dice, 0, clock.real_now())
    shares = _shares(points, sources, making.dice)
    for start in range(0, points, _CHUNK):
        _write_chunk(homes, shares[start : start + _CHUNK], start, making)
    _around(homes, points, making.at)
    return points


_ACT = UUID("44039900-0000-5000-8000-000000000006")


def _homes() -> Iterator[Home]:
    rows = Enterprise.objects.filter(organisation__region__code__startswith=DISTRICT[:6], status="operating")
    rows = rows.exclude(organisation__lon=None)
    names = (
        "pk",
        "organisation__name",
        "organisation__region_id",
        "section",
        "organisation__lon",
        "organisation__lat",
    )
    yield from (Home(*row) for row in rows.order_by("organisation__region_id", "pk").values_list(*names))


def _shares(points: int, sources: int, dice: random.Random) -> list[int]:
    """How many sources each point has: one to six, adding up exactly."""
    mean = sources / points
    shares = [max(1, min(6, round(dice.gauss(mean, 1.1)))) for _each in range(points)]
    missing = sources - sum(shares)
    step = 1 if missing > 0 else -1
    while missing:
        number = dice.randrange(points)
        if 1 <= shares[number] + step <= 6:
            shares[number] += step
            missing -= step
    return shares


def _write_chunk(homes: Sequence[Home], shares: Sequence[int], start: int, making: Making) -> None:
    points: list[Any] = []
    sources: list[Any] = []
    levels: list[Any] = []
    for offset, share in enumerate(shares):
        number = start + offset
        # Firms in turn, so that each has its eight or so points and large ones stand beside small ones.
        home = homes[number * len(homes) // POINTS] if len(homes) > 5_000 else homes[number % len(homes)]
        for rows, into in zip(_point(home, number, share, making), (points, sources, levels), strict=True):
            into.extend(rows)
    with transaction.atomic():
        copied.copy("risks_riskpoint", copied.POINT_COLUMNS, map(_line, points))
        copied.copy("risks_risksource", copied.SOURCE_COLUMNS, map(_line, sources))
        copied.copy("risks_level", copied.LEVEL_COLUMNS, map(_line, levels))


def _line(row: Sequence[Any]) -> str:
    """A row as COPY takes it; what is invented here holds nothing that would have to be escaped."""
    return "\t".join(map(str, row)) + "\n"


def _id(making: Making) -> UUID:
    """Ids in order, in the shape of version 7: neighbours in the index are neighbours on the disk."""
    making.next_id += 1
    return UUID(int=(0x019B0000_0000_7000_8000 << 48) | making.next_id)


def _point(home: Home, number: int, share: int, making: Making) -> tuple[list[Any], list[Any], list[Any]]:
    dice = making.dice
    there = kinds().get(home.section) or kinds()["O"]
    kind = there[dice.randrange(len(there))]
    pk = _id(making)
    name = f"{dice.randrange(1, 9)}号{kind.name}" if dice.random() < 0.5 else kind.name
    signed = SINCE + timedelta(minutes=dice.randrange(200_000))
    sources, worst, assessed = _sources(pk, name, kind, home, share, signed, making)
    fx = f"FX-{number % 100_000:05d}"
    lon, lat = home.lon + dice.gauss(0, 0.0006), home.lat + dice.gauss(0, 0.0006)
    tokens = filter_tokens(region=home.region, section=home.section, worst=worst, colour=assessed)
    search = " ".join([pairs_of(name), pairs_of(fx), pairs_of(home.name), *(f"'{t}'" for t in tokens)])
    duty = {4: "company", 3: "workshop", 2: "team", 1: "post"}[assessed]
    point = (
        pk, fx, home.id, name, kind.kind, home.region, home.section, lon, lat, duty, "", "lec", worst, assessed,
        assessed, "{}", 0, BY, signed, "t", folded(name, fx, home.name), search, _ACT, signed,
    )  # fmt: skip
    level = (
        _id(making), pk, worst, assessed, assessed, "imported", "lec", "{}", "", "[]", BY,
        signed,
    )  # fmt: skip
    return [point], sources, [level]


def _sources(
    point: UUID, at_point: str, kind: Kind, home: Home, share: int, signed: datetime, making: Making
) -> tuple[list[Any], int, int]:
    dice, rows, gravest = making.dice, [], [0, 0]
    for number in range(share):
        what, hazard, accidents = kind.sources[number % len(kind.sources)]
        name = what if number < len(kind.sources) else f"{what}（{number // len(kind.sources) + 1}）"
        worst = max(1, kind.grave - (0 if number == 0 else dice.randrange(2)))
        assessed = max(1, worst - dice.choices((0, 1, 2), (3, 45, 52))[0])
        gravest = [max(gravest[0], worst), max(gravest[1], assessed)]
        inputs, score = _lec(assessed, dice)
        tokens = filter_tokens(region=home.region, section=home.section, worst=worst, colour=assessed)
        search = " ".join([pairs_of(name), pairs_of(at_point), *(f"'{t}'" for t in tokens)])
        rows.append(
            (
                _id(making),
                point,
                name,
                hazard,
                accidents,
                "lec",
                inputs,
                score,
                worst,
                assessed,
                BY,
                signed,
                True,
                folded(name, at_point),
                search,
                _ACT,
            )
        )
    return rows, gravest[0], gravest[1]


def _lec(level: int, dice: random.Random) -> tuple[Any, float]:
    factors = _LEC[level][dice.randrange(len(_LEC[level]))]
    return _inputs(factors), factors[0] * factors[1] * factors[2]


@cache
def _inputs(factors: tuple[float, float, float]) -> Any:
    return json.dumps(dict(zip("LEC", factors, strict=True)))


def _around(homes: Sequence[Home], points: int, at: datetime) -> None:
    """The declared bases of the streets, some measures of the second list, and the entry of it all."""
    with transaction.atomic():
        _bases(at)
        _measures(at)
        _provisions(at)
        facts = {"points": points, "firms": len(homes), "seed": SEED}
        record(
            code="risks.point_declared",
            subject=("places.region", DISTRICT),
            facts=facts,
            by=BY,
            at=at,
            act=_ACT,
        )


# Against every point of considerable or major risk: what is there, and what is done.
_AGAINST = (
    ("engineering", "联锁、报警和通风装置完好，每班检查"),
    ("management", "作业审批，专人监护，严禁单人操作"),
    ("emergency", "现场处置卡上墙，每季度演练一次"),
)


def _measures(at: datetime) -> None:
    kinds_of, texts = zip(*_AGAINST, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO risks_measure (id, point_id, kind, text, active, by, at)"
            " SELECT md5(p.id::text || k.kind)::uuid, p.id, k.kind, k.text, true, %s, %s FROM risks_riskpoint p,"
            " unnest(%s::text[], %s::text[]) AS k (kind, text) WHERE p.act = %s AND p.assessed_level >= 3",
            [BY, at, list(kinds_of), list(texts), _ACT],
        )


def _bases(at: datetime) -> None:
    dice = random.Random(SEED)  # noqa: S311 - dice that fall the same twice
    with connection.cursor() as cursor:
        cursor.execute("SELECT left(region_id, 9), count(*) FROM risks_riskpoint WHERE active GROUP BY 1")
        collected = dict(cursor.fetchall())
    rows = [
        Base(
            region_id=f"{street}000", number=round(count / min(1, BASE_SHARE + dice.uniform(-0.03, 0.03))),
            source="各街道风险点位普查底数（演示）", by=BY, at=at,
        )
        for street, count in sorted(collected.items())
    ]  # fmt: skip
    total = round(sum(collected.values()) / BASE_SHARE)
    rows.append(Base(region_id=DISTRICT, number=total, source="区安委办下达底数（演示）", by=BY, at=at))
    Base.objects.bulk_create(rows)


PROVISIONS = (
    ("粉尘涉爆企业除尘系统改造技术指引", "干式除尘器缺少控爆措施", "standard", "凤岭", 30),
    ("分租式厂房“园长制”管理办法", "分租厂房消防通道反复堵塞", "rule", "新渡", -20),
    ("有限空间作业审批与监护制度", "有限空间作业未先通风再检测", "rule", "", -60),
    ("涉氨制冷企业包联机制", "液氨泄漏报警器停用", "mechanism", "榕溪", 45),
    ("电动自行车集中充电设施建设", "楼道停放充电屡禁不止", "works", "望潮", 90),
    ("外来作业入园审批流程", "外来施工未交底", "mechanism", "", 12),
    ("危化品中间仓限量标识", "中间仓超量存放", "standard", "青坪", -5),
    ("采石场高陡边坡监测全覆盖", "边坡无监测", "works", "岭背", 60),
)


def _provisions(at: datetime) -> None:
    units = {
        u.region_id: u
        for u in Organisation.objects.filter(
            kind__in=("street", "bureau"), region__level__in=("street", "county")
        )
    }
    today = at.date()
    rows = []
    for title, problem, kind, street, days in PROVISIONS:
        region = street_code(street) if street else DISTRICT
        unit = units.get(region)
        if unit is None:
            continue
        due = today + timedelta(days=days)
        done = days < -10
        rows.append(
            Provision(
                title=title,
                problem=problem,
                kind=kind,
                region_id=region,
                lead_unit=unit,
                due_on=due,
                issued_on=due - timedelta(days=3) if done else None,
                state="issued" if done else "planned",
                by=BY,
                at=at,
            )
        )
    Provision.objects.bulk_create(rows, ignore_conflicts=True)
