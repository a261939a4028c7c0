"""Organisations of the demo: the flood headquarters' member units, streets, communities, enterprises. Pure.

Units come from the flood plan's own data, so that every line of the plan finds who carries it.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from stdnum.cn import uscc

from anlan.surfaces.cli.demo import files
from anlan.surfaces.cli.demo.english import TRADES as TRADES_EN
from anlan.surfaces.cli.demo.english import english, spelt
from anlan.surfaces.cli.demo.files import DISTRICT, table

PLAN = Path(__file__).resolve().parents[3] / "domains" / "responses" / "rulesets" / "flood_units.toml"
HEADQUARTERS, OFFICE, STORES, BUREAU = "flood_hq", "flood_flood_office", "flood_stores", "flood_emergency"
UNUSED_REGION = "440399"  # no county has this code
FIRMS = 48
TRADES = ("家具厂", "电子厂", "冷链仓储", "电镀厂", "物流园", "五金厂", "包装厂", "涂料仓库")


@dataclass(frozen=True, slots=True)
class Unit:
    """An organisation to be made."""

    code: str
    name: str
    short: str
    kind: str
    region: str
    parent: str = ""
    sector: str = ""
    uscc: str = ""
    name_en: str = ""


@cache
def plan_units() -> tuple[Unit, ...]:
    """The units of the flood plan: 42 member units and the headquarters' own three bodies."""
    (rule,) = tomllib.loads(PLAN.read_text(encoding="utf-8"))["rule"]
    return tuple(
        Unit(
            code=f"flood_{row['code']}",
            name=row["organisation"],
            short=row["unit"],
            name_en=row["unit_en"],
            region=DISTRICT,
            kind="headquarters"
            if row["group"] == "headquarters"
            else ("bureau" if row["code"] == "emergency" else "member_unit"),
        )
        for row in rule["value"]
    )


def member_units() -> list[Unit]:
    return [unit for unit in plan_units() if unit.kind != "headquarters"]


def streets() -> list[Unit]:
    return [
        Unit(
            code=files.street_code(name),
            name=f"安澜区{name}街道办事处",
            short=f"{name}街道",
            name_en=f"{english(f'{name}街道')} Office",
            kind="street",
            region=files.street_code(name),
        )
        for name in files.street_names()
    ]


def communities() -> list[Unit]:
    return [
        Unit(
            code=row["community_code"],
            name=f"{row['street']}{row['community']}居民委员会",
            short=row["community"],
            name_en=f"{english(row['community'])} Committee",
            kind="community",
            region=row["community_code"],
            parent=row["street_code"].ljust(12, "0"),
        )
        for row in table("regions")
    ]


@cache
def enterprises() -> tuple[Unit, ...]:
    """A few dozen firms, one in every third community; their credit codes pass the check and belong to nobody."""
    homes = list(table("regions"))[:: 140 // FIRMS + 1] + list(table("regions"))[1 :: 140 // FIRMS + 1]
    found = []
    for number, home in enumerate(homes[:FIRMS]):
        trade = TRADES[number % len(TRADES)]
        name = f"{home['community'].removesuffix('社区')}{trade}（演示）"
        found.append(
            Unit(
                f"firm_{number + 1:03d}",
                name,
                name,
                "enterprise",
                home["community_code"],
                sector=trade,
                uscc=credit_code(number + 1),
                name_en=f"{spelt(home['community'].removesuffix('社区'))} {TRADES_EN[trade]} (demo)",
            )
        )
    return tuple(found)


def credit_code(number: int) -> str:
    """A unified social credit code with valid check digits (GB 11714 and GB 32100) in a region that does not exist."""
    body = f"9DEM{number:04d}"[:8]
    weights, alphabet = (3, 7, 9, 10, 5, 8, 4, 2), "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    rest = 11 - sum(alphabet.index(c) * w for c, w in zip(body, weights, strict=True)) % 11
    first = f"91{UNUSED_REGION}{body}{ {10: 'X', 11: '0'}.get(rest, str(rest)) }"
    return first + str(uscc.calc_check_digit(first))


def all_units() -> list[Unit]:
    """Parents before their children."""
    return [*plan_units(), *streets(), *communities(), *enterprises()]
