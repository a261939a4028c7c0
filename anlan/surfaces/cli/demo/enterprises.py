"""The 900 firms of the small demo: invented, each street with its own character, every state of every loop present.

凤岭 furniture and dust, 榕溪 cold stores and ammonia, 青坪 chemicals, 新渡 plating, lithium and rented blocks …
Rows by COPY; the loops by the acts themselves.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import shapely
from django.db import transaction

from anlan.domains.enterprises.actions import hazards
from anlan.domains.enterprises.actions.common import renew
from anlan.domains.enterprises.models import (
    Certificate,
    Comparison,
    Enterprise,
    Facility,
    HazardUnit,
    History,
    KeyPerson,
    ParkPoint,
    SelfCheckPost,
    SelfReport,
    Site,
    Standardisation,
    Substance,
    Tag,
    Tenancy,
)
from anlan.kernel.core import clock
from anlan.kernel.core.bulk import insert_rows
from anlan.kernel.core.workdays import local_day
from anlan.kernel.ledger.actions import record
from anlan.kernel.orgs.actions import phone_fields
from anlan.kernel.orgs.models import Organisation, Person
from anlan.surfaces.cli.demo import files, units
from anlan.surfaces.cli.demo.district import BY, key
from anlan.surfaces.cli.demo.files import DISTRICT
from anlan.surfaces.cli.demo.firm_dealings import play
from anlan.surfaces.cli.demo.trades import CHARACTER, FIRST_TRADES, TRADES, Trade
from anlan.surfaces.cli.ground.names import surname

SEED, FIRMS, FIRST_NUMBER = 11, 900, 1001  # credit codes after those of the first few dozen firms
DAY = timedelta(days=1)
ONE = "启恒瑞嘉联宏顺博立新德创永盛百汇智信铭源"
TWO = "衡达丰泰成辉祥兴远通和益隆康翔锋润捷业航"
PHONE = "1549{:07d}"


@dataclass(slots=True)
class Born:
    """A firm while it is being written."""

    number: int
    organisation: Organisation
    trade: Trade
    region: str
    lon: float
    lat: float
    new: bool


def is_there() -> bool:
    return Comparison.objects.filter(region_id=DISTRICT, by=BY).exists()


def write() -> int:
    """All of it, once; returns how many firms there are. A few seconds."""
    if is_there():
        return 0
    dice = random.Random(SEED)  # noqa: S311 - dice that fall the same twice
    at = clock.real_now()
    born = list(_firms(dice))
    with transaction.atomic():
        _identity(born, dice, at)
        _people(born, dice, at)
        _hazards(born, dice, at)
        _papers(born, dice, at)
        facts = {"firms": len(born)}
        record(
            code="enterprises.imported",
            subject=("places.region", DISTRICT),
            facts=facts,
            by=BY,
            at=at,
            region=DISTRICT,
        )
    for start in range(0, len(born), 300):
        renew([b.organisation.pk for b in born[start : start + 300]], by=BY, at=at)
    play([b.organisation.pk for b in born], dice, at)
    return len(born)


# ---- who they are ----------------
def _firms(dice: random.Random) -> Iterator[Born]:
    """The first few dozen firms of the district, then as many more in each street as its share of 900."""
    areas = {
        f["properties"]["code"]: shapely.geometry.shape(f["geometry"])
        for f in files.geojson("outlines")["features"]
    }
    known = {o.code: o for o in Organisation.objects.filter(code__startswith="firm_", kind="enterprise")}
    for number, unit in enumerate(units.enterprises(), 1):
        lon, lat = _inside(areas.get(unit.region), dice)
        trade = TRADES[FIRST_TRADES[unit.sector]]
        yield Born(number, known[unit.code], trade, unit.region, lon, lat, new=False)
    number = FIRST_NUMBER
    homes = [row["community_code"] for row in files.table("regions")]
    for street in files.table("streets"):
        share = round((FIRMS - len(known)) * int(street["enterprises"]) / 37_000)
        own = [code for code in homes if code.startswith(files.street_code(street["name"])[:9])]
        for _each in range(share):
            word = dice.choice(CHARACTER[street["name"]].split())
            region = dice.choice(own)
            lon, lat = _inside(areas.get(region), dice)
            yield _new(number, TRADES[word], region, lon, lat, dice)
            number += 1


def _new(number: int, trade: Trade, region: str, lon: float, lat: float, dice: random.Random) -> Born:
    name = f"安澜{dice.choice(ONE)}{dice.choice(TWO)}{trade.word}有限公司（{number - FIRST_NUMBER + 1}）"
    organisation = Organisation(
        id=key("organisation", f"firm_{number}"),
        code=f"firm_{number}",
        name=name,
        short_name=name[:60],
        kind="enterprise",
        region_id=region,
        sector=trade.word,
        uscc=units.credit_code(number),
        lon=lon,
        lat=lat,
    )
    return Born(number, organisation, trade, region, lon, lat, new=True)


def _inside(area: shapely.Geometry | None, dice: random.Random) -> tuple[float, float]:
    """A spot inside a community, or somewhere in the district where no outline is known."""
    if area is None:
        return 113.9 + dice.random() / 10, 22.65 + dice.random() / 10
    west, south, east, north = area.bounds
    for _try in range(60):
        lon, lat = dice.uniform(west, east), dice.uniform(south, north)
        if shapely.contains_xy(area, lon, lat):
            return lon, lat
    middle = area.representative_point()
    return middle.x, middle.y


def _identity(born: Sequence[Born], dice: random.Random, at: datetime) -> None:
    insert_rows([b.organisation for b in born if b.new])
    first = [b.organisation for b in born if not b.new]
    for b in born:
        b.organisation.lon, b.organisation.lat = b.lon, b.lat
    Organisation.objects.bulk_update(first, ["lon", "lat"])
    since = at - 500 * DAY
    insert_rows([_enterprise(b, dice, since) for b in born])
    insert_rows(
        [
            Site(
                id=key("site", b.organisation.code),
                enterprise_id=b.organisation.pk,
                name=b.organisation.name,
                address=f"{dice.choice('工业兴业创新海滨园区')}路{dice.randrange(1, 300)}号",
                region_id=b.region,
                lon=b.lon,
                lat=b.lat,
                created_at=since,
            )
            for b in born
        ]
    )
    status = [
        ("closed" if n % 97 == 0 else "suspended" if n % 41 == 0 else "operating")
        for n in range(1, len(born) + 1)
    ]
    insert_rows([_said(b, "status", "operating", since) for b in born])
    later = [(b, value) for b, value in zip(born, status, strict=True) if value != "operating"]
    insert_rows([_said(b, "status", value, at - 40 * DAY) for b, value in later])
    for b, value in later:
        Enterprise.objects.filter(pk=b.organisation.pk).update(status=value)
    day = local_day(at)
    tags = [(b, tag) for b in born for tag in b.trade.tags]
    tags += [(b, "key_enterprise") for b in born if b.trade.substances or "smelting" in b.trade.tags]
    tags += [(b, "dust_campaign") for b in born if "dust" in b.trade.tags and b.number % 3 == 0]
    tags += [(b, "scattered_poor") for b in born if b.new and b.number % 173 == 0]
    insert_rows(
        [Tag(enterprise_id=b.organisation.pk, kind=tag, since=day - 300 * DAY, by=BY) for b, tag in tags]
    )


def _enterprise(b: Born, dice: random.Random, since: datetime) -> Enterprise:
    return Enterprise(
        organisation_id=b.organisation.pk,
        sector=b.trade.sector,
        section=b.trade.sector[0],
        field=b.trade.field,
        scale=dice.choice(("micro", "small", "small", "small", "medium", "large")),
        staff=dice.randrange(4, 420),
        address=f"安澜区{dice.choice('工业兴业创新海滨园区')}路{dice.randrange(1, 300)}号",
        origin="demo",
        created_at=since,
        updated_at=since,
        regulator="应急管理局" if b.trade.field in ("industry", "hazchem") else "行业主管部门",
    )


def _said(b: Born, kind: str, value: str, when: datetime) -> History:
    return History(enterprise_id=b.organisation.pk, kind=kind, value=value, by=BY, at=when, happened_at=when)


def _people(born: Sequence[Born], dice: random.Random, at: datetime) -> None:
    """Principal, controller, safety manager; some archives lack one of them, as archives do."""
    day = local_day(at)
    people: list[Person] = []
    roles: list[KeyPerson] = []
    managers = {
        p.organisation_id: p
        for p in Person.objects.filter(organisation__in=[b.organisation.pk for b in born if not b.new])
    }
    for place, b in enumerate(born):
        for number, (role, title) in enumerate(
            (("principal", "厂长"), ("controller", "总"), ("safety_manager", "安全主管"))
        ):
            if (role == "controller" and place % 9 == 4) or (role == "safety_manager" and place % 13 == 6):
                continue
            person = managers.get(b.organisation.pk) if role == "safety_manager" else None
            if person is None:
                one = place * 3 + number
                person = Person(
                    id=key("person", f"firm_{b.number}-{role}"),
                    name=surname(one + 7) + title,
                    title=title,
                    organisation_id=b.organisation.pk,
                    **phone_fields(PHONE.format(one)),
                )
                people.append(person)
            roles.append(
                KeyPerson(enterprise_id=b.organisation.pk, person=person, role=role, since=day - 400 * DAY)
            )
    insert_rows(people)
    insert_rows(roles)
    _certificates(born, dice, at)


def _certificates(born: Sequence[Born], dice: random.Random, at: datetime) -> None:
    """One in fourteen overdue, one in ten within 60 days, the rest good."""
    day = local_day(at)
    workers: list[Person] = []
    rows: list[Certificate] = []
    for b in born:
        for number, trade in enumerate(b.trade.certificates):
            person = Person(
                id=key("person", f"firm_{b.number}-worker-{number}"),
                organisation_id=b.organisation.pk,
                name=surname(b.number * 5 + number) + "师傅",
                title="特种作业人员",
            )
            workers.append(person)
            left = dice.choice((-20, 12, 35, 55, 130, 240, 300, 420, 500, 640, 700, 800, 900, 1000))
            due = day + timedelta(days=left)
            rows.append(
                Certificate(
                    enterprise_id=b.organisation.pk,
                    person=person,
                    trade=trade,
                    issued_on=due - 1095 * DAY,
                    review_on=due,
                    expires_on=due + 1095 * DAY,
                    due_on=due,
                    created_at=at - 400 * DAY,
                )
            )
    insert_rows(workers)
    insert_rows(rows)


# ---- what is in them ----------------
def _hazards(born: Sequence[Born], dice: random.Random, at: datetime) -> None:
    facilities = [
        Facility(
            enterprise_id=b.organisation.pk, kind=kind, name=name, facts=facts, created_at=at - 300 * DAY
        )
        for b in born
        for kind, name, facts in b.trade.facilities
        if b.number % 17  # some tags stand without their facility: the archive says that it is missing
    ]
    insert_rows(facilities)
    stored = [
        (
            b,
            HazardUnit(
                enterprise_id=b.organisation.pk,
                name="储存单元",
                kind="storage",
                people_500m=None if b.number % 11 == 0 else dice.choice((0, 12, 36, 60, 120)),
            ),
        )
        for b in born
        if b.trade.substances
    ]
    insert_rows([unit for _b, unit in stored])
    insert_rows(
        [
            Substance(
                unit=unit,
                name=name,
                cas=cas,
                hazard_class=kind,
                quantity_t=Decimal(str(round(t * dice.uniform(0.6, 1.6), 2))),
            )
            for b, unit in stored
            for name, cas, kind, t in b.trade.substances
        ]
    )
    for _b, unit in stored[:40]:  # the working of the standard is computed, not invented
        hazards.assess(unit=unit, by=BY, at=at)


def _papers(born: Sequence[Born], dice: random.Random, at: datetime) -> None:
    """Standardisation, self-check posts, own reports, leaseholders, points."""
    day = local_day(at)
    insert_rows(
        [
            Standardisation(
                enterprise_id=b.organisation.pk,
                grade=dice.choice(("2", "3", "3", "small")),
                by=BY,
                valid_from=day - 700 * DAY,
                valid_to=day + timedelta(days=dice.choice((-60, 100, 300, 395))),
            )
            for b in born
            if b.number % 3 == 0
        ]
    )
    levels = (
        ("principal", "主要负责人", "month"),
        ("workshop", "车间班组", "week"),
        ("key_post", "重点岗位", "day"),
    )
    insert_rows(
        [
            SelfCheckPost(enterprise_id=b.organisation.pk, level=level, name=name, rhythm=rhythm)
            for place, b in enumerate(born)
            if place % 6
            for level, name, rhythm in levels[: 3 if b.trade.tags else 1]
        ]
    )
    reports = [(b, at - timedelta(days=dice.randrange(1, 85))) for b in born if b.number % 7]
    insert_rows(
        [
            SelfReport(
                enterprise_id=b.organisation.pk, found=dice.randrange(1, 4), by=BY, at=when, happened_at=when
            )
            for b, when in reports
        ]
    )
    _tenancies(born, dice, at)


def _tenancies(born: Sequence[Born], dice: random.Random, at: datetime) -> None:
    """Six leaseholders a park, out of its own street."""
    day = local_day(at)
    rows: list[Tenancy] = []
    points: list[ParkPoint] = []
    for b in (b for b in born if "park" in b.trade.tags):
        near = [o for o in born if o.region[:9] == b.region[:9] and "park" not in o.trade.tags]
        for floor, tenant in enumerate(dice.sample(near, min(6, len(near))), 1):
            rows.append(
                Tenancy(
                    building_id=key("site", b.organisation.code),
                    tenant_id=tenant.organisation.pk,
                    rooms=f"{floor}楼",
                    area_m2=dice.randrange(200, 2400),
                    since=day - 300 * DAY,
                    safety_agreement=dice.random() > 0.15,
                    fire_pledge_on=day - 200 * DAY if dice.random() > 0.2 else None,
                )
            )
        for item, worth in (("training", 5), ("patrol_done", 2), ("agreement_missing", -5))[
            : dice.randrange(1, 4)
        ]:
            points.append(
                ParkPoint(enterprise_id=b.organisation.pk, item=item, points=worth, by=BY, at=at - 30 * DAY)
            )
    insert_rows(rows)
    insert_rows(points)
