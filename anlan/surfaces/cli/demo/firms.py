"""The 37,000 firms of the whole district, by COPY: only for `anlan demo --scale district`."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import numpy as np
import shapely
from django.db import transaction
from stdnum.cn import uscc

from anlan.domains.enterprises.models import Enterprise, Site
from anlan.kernel.core import clock
from anlan.kernel.core.bulk import insert_rows
from anlan.kernel.core.search import folded, vector_of
from anlan.kernel.orgs.models import Organisation
from anlan.surfaces.cli.demo import files
from anlan.surfaces.cli.demo.district import key
from anlan.surfaces.cli.demo.risks import TRADES, kinds

SEED = 5
_CHUNK = 2_000
_SINCE = datetime(2020, 1, 1, tzinfo=UTC)
_FIRST = (
    "鑫",
    "恒",
    "永",
    "嘉",
    "联",
    "华",
    "盛",
    "宏",
    "瑞",
    "诚",
    "海",
    "越",
    "顺",
    "博",
    "安",
    "利",
    "金",
    "新",
    "德",
    "创",
)
_SECOND = (
    "达",
    "丰",
    "源",
    "泰",
    "成",
    "辉",
    "祥",
    "兴",
    "力",
    "远",
    "通",
    "和",
    "益",
    "隆",
    "康",
    "翔",
    "锋",
    "润",
    "捷",
    "业",
)
_WHAT = {
    section: words.split()
    for section, words in {
        "A": "水产养殖 渔业合作", "B": "石料 矿业", "C": "家具 五金 电子科技 塑胶制品 精密模具 表面处理 包装材料",
        "D": "燃气 供电服务", "E": "建筑工程 装饰工程", "F": "百货 贸易 商业管理", "G": "物流 冷链仓储 货运代理",
        "H": "餐饮 酒店", "K": "物业服务 园区运营", "N": "公园管理 园林", "O": "机动车维修 设备维修",
        "P": "职业学校 培训", "Q": "门诊 医院", "R": "会展 文化体育",
    }.items()
}  # fmt: skip
_DIVISION = {
    "A": "A0412", "B": "B1019", "C": "C2110", "D": "D4511", "E": "E4710", "F": "F5211", "G": "G5930", "H": "H6210",
    "K": "K7020", "N": "N7850", "O": "O8111", "P": "P8336", "Q": "Q8411", "R": "R8840",
}  # fmt: skip


def write() -> int:
    """Firms with one site each, up to the number of every street; those that are there stay. Returns how many came."""
    at, written = clock.real_now(), 0
    dice = random.Random(SEED)  # noqa: S311 - dice that fall the same twice
    outlines = {f["properties"]["code"]: f["geometry"] for f in files.geojson("outlines")["features"]}
    for row in files.table("streets"):
        there = Organisation.objects.filter(
            kind="enterprise", region__code__startswith=files.street_code(row["name"])[:9]
        )
        wanted = int(row["enterprises"]) - there.count()
        if wanted <= 0:
            continue
        spots = list(_spots(row["name"], outlines, wanted, dice))
        for start in range(0, len(spots), _CHUNK):
            written += _write_chunk(row["name"], spots[start : start + _CHUNK], start, dice, at)
    return written


def _spots(
    street: str, outlines: dict[str, dict[str, object]], many: int, dice: random.Random
) -> Iterator[tuple[str, float, float]]:
    """Community and position of each firm: in clusters, as parks and rows of shops lie, all inside their community."""
    prefix = files.street_code(street)[:9]
    homes = [code for code in outlines if code.startswith(prefix) and code[9:] != "000"]
    weights = [dice.uniform(0.5, 2.0) for _home in homes]
    shares = dict.fromkeys(homes, 0)
    for home in dice.choices(homes, weights, k=many):
        shares[home] += 1
    for home, share in shares.items():
        area = shapely.from_geojson(shapely.to_geojson(shapely.geometry.shape(outlines[home])))
        yield from ((home, lon, lat) for lon, lat in _inside(area, share, dice))


def _inside(area: shapely.Geometry, many: int, dice: random.Random) -> list[tuple[float, float]]:
    rng = np.random.default_rng(dice.randrange(2**32))
    west, south, east, north = shapely.bounds(area)
    centres = rng.uniform((west, south), (east, north), (60, 2))
    centres = centres[shapely.contains_xy(area, centres[:, 0], centres[:, 1])][:6]
    if not len(centres):
        middle = shapely.point_on_surface(area)
        centres = np.array([[middle.x, middle.y]])
    found: list[tuple[float, float]] = []
    while len(found) < many:
        near = centres[rng.integers(len(centres), size=4 * many + 20)] + rng.normal(
            0, 0.0022, (4 * many + 20, 2)
        )
        near = near[shapely.contains_xy(area, near[:, 0], near[:, 1])]
        found += [(float(lon), float(lat)) for lon, lat in near]
    return found[:many]


def _write_chunk(
    street: str, spots: Sequence[tuple[str, float, float]], start: int, dice: random.Random, at: datetime
) -> int:
    number = files.street_names().index(street) * 10_000 + start
    units, firms, sites = [], [], []
    for offset, (region, lon, lat) in enumerate(spots, 1):
        section = dice.choice([s for s in TRADES[street] if s in kinds()])
        words = dice.choice(_FIRST) + dice.choice(_SECOND) + dice.choice(_WHAT[section])
        name = f"{words}有限公司（演示{number + offset}）"
        pk = key("district", str(number + offset))
        units.append(
            Organisation(
                id=pk, name=name, kind="enterprise", code=f"district_{number + offset}", region_id=region,
                sector=_DIVISION[section], uscc=credit_code(number + offset), lon=lon, lat=lat,
            )
        )  # fmt: skip
        firms.append(
            Enterprise(
                organisation_id=pk, section=section, sector=_DIVISION[section], created_at=_SINCE, updated_at=at,
                origin="demo", scale=dice.choice(("micro", "small", "small", "medium")), staff=dice.randrange(3, 400),
                words=folded(name), search=vector_of([name]),
            )
        )  # fmt: skip
        sites.append(
            Site(id=key("district-site", str(number + offset)), enterprise_id=pk, name=name, region_id=region,
                 lon=lon, lat=lat, created_at=_SINCE)
        )  # fmt: skip
    with transaction.atomic():
        for rows in (units, firms, sites):
            insert_rows(rows)
    return len(units)


def credit_code(number: int) -> str:
    """As in `units`, of another series: valid check digits, a region that does not exist."""
    body = f"9DX{number:05d}"
    weights, alphabet = (3, 7, 9, 10, 5, 8, 4, 2), "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    rest = 11 - sum(alphabet.index(c) * w for c, w in zip(body, weights, strict=True)) % 11
    first = f"91440399{body}{ {10: 'X', 11: '0'}.get(rest, str(rest)) }"
    return first + str(uscc.calc_check_digit(first))
