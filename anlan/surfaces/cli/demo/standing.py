"""Committees, the matrix of duties, leaders' lists and funds of the demo district: all of it invented."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from anlan.domains.workplan import actions, queries
from anlan.domains.workplan.models import Checked, Committee, Done, DutyLine, Matter, Member, Share
from anlan.domains.workplan.rules.asking import time_share
from anlan.domains.workplan.rules.reading import matching
from anlan.kernel.orgs.models import Duty, DutyKind, Organisation, Person
from anlan.kernel.places.models import Place
from anlan.surfaces.cli.demo.district import BY, SINCE, key
from anlan.surfaces.cli.demo.files import DISTRICT

DAY = timedelta(days=1)
SECTORS = ("道路交通", "建筑施工", "消防", "危险化学品", "工贸", "燃气", "特种设备", "水上渔业", "文旅体育", "教育",
           "电力通信", "小散工程")  # fmt: skip
FIELDS = ("有限空间作业", "粉尘涉爆", "涉氨制冷", "分租式厂房", "电动自行车充电", "瓶装燃气", "外来作业")
NODES = (("动火作业审批", "现场监护人不到位不得动火，动火后三十分钟复查"), ("起重吊装", "吊装前核验司索信号工证件"),
         ("水库高水位运行", "超汛限水位两小时一报，值守人员到坝"))  # fmt: skip
WHOSE = ("交警", "住建", "消防", "应急", "应急", "住建", "市场监管", "海事", "文体旅游", "教育", "供电", "")
BODIES = (("awh", "区安全生产委员会", 90), ("yjw", "区应急委员会", 180), ("jzw", "区减灾委员会", 180),
          ("sfz", "区森林防灭火指挥部", 180), ("xaw", "区消防安全委员会", 120))  # fmt: skip


def write(keeper: Person, at: datetime) -> None:
    """All of it; `workplan.write` asks whether it is there."""
    _leader_duties(at)
    _committees(keeper, at)
    _matrix()
    _leaders(keeper, at)
    _funds(keeper, at)


def units_here() -> list[Organisation]:
    return list(queries.units_of(DISTRICT))


def named(name: str, units: Sequence[Organisation]) -> Organisation | None:
    found = matching(name, [(str(u.pk), u.name, u.short_name) for u in units])
    return next((u for u in units if str(u.pk) == found), None)


def _leader_duties(at: datetime) -> None:
    """The commander and the executive deputy lead the district; every hill but one has its keeper."""
    for code, label, english, post in (
        ("district_leader", "区领导", "Leader of the district", "commander-0"),
        ("hill_keeper", "山头责任人", "Keeper of a hill", ""),
    ):
        DutyKind.objects.get_or_create(
            code=code, defaults={"label": label, "label_en": english, "rung_by_hand": bool(post)}
        )
    rows = [
        Duty(
            id=key("duty", "district_leader", name), person_id=key("person", name), kind_id="district_leader",
            region_id=DISTRICT, rank=rank, valid_from=SINCE, verified_at=at,
        )
        for rank, name in enumerate(("commander-0", "executive"))
    ]  # fmt: skip
    keepers = Person.objects.filter(
        duties__kind="community_leader", duties__region__code__startswith="440399004"
    )
    hills = list(Place.objects.filter(kind="hill", region__code__startswith=DISTRICT[:6]).order_by("code"))[
        1:
    ]
    rows += [
        Duty(
            id=key("duty", "hill_keeper", str(hill.code)), person=person, kind_id="hill_keeper",
            region_id=hill.region_id,
            place=hill, valid_from=SINCE, verified_at=at - timedelta(days=(n * 7) % 45),
        )
        for n, (hill, person) in enumerate(zip(hills, keepers.distinct().order_by("pk"), strict=False))
    ]  # fmt: skip
    Duty.objects.bulk_create(rows, ignore_conflicts=True)


# ---- committees and the matrix ----------------
def _committees(keeper: Person, at: datetime) -> None:
    units = units_here()
    people: dict[tuple[UUID, str], Person] = {}
    held = Duty.objects.filter(kind__in=("liaison_a", "liaison_b", "flood_clerk"), valid_to=None)
    for duty in held.select_related("person").order_by("rank"):
        people.setdefault((duty.person.organisation_id, duty.kind_id), duty.person)
    bodies = [
        Committee(code=code, name=f"{name}（演示）", region_id=DISTRICT, meets_days=days, at=SINCE, by=BY)
        for code, name, days in BODIES
    ]
    parts = [
        Committee(code=f"zwh-{n:02d}", name=f"{name}安全专业委员会（演示）", region_id=DISTRICT, parent=bodies[0],
                  meets_days=90, at=SINCE, by=BY)
        for n, name in enumerate(SECTORS, start=1)
    ]  # fmt: skip
    Committee.objects.bulk_create([*bodies, *parts])
    rows = []
    for n, body in enumerate([*bodies, *parts]):
        own = units[:38] if n == 0 else units[n % 7 :: 3 if n < len(bodies) else 6]
        rows += [
            Member(
                committee=body, organisation=unit, role="lead" if unit.kind == "bureau" else "member",
                since=SINCE, by=BY,
                liaison_a=people.get((unit.pk, "liaison_a")) or people.get((unit.pk, "flood_clerk")),
                liaison_b=people.get((unit.pk, "liaison_b")) if (place + n) % 17 else None,
            )
            for place, unit in enumerate(own)
        ]  # fmt: skip
    Member.objects.bulk_create(rows)
    Checked.objects.bulk_create(
        Checked(member=row, at=at - (5 if n % 8 else 52) * DAY, by=keeper.by) for n, row in enumerate(rows)
    )


def _matrix() -> None:
    """Nobody runs the last sector, and two units say that they run charging of electric bicycles."""
    units = {unit.short_name: unit for unit in units_here()}
    matters = [
        Matter(
            code=f"S{n:02d}", name=name, group="安委会行业领域", kind="sector", place=n, region_id=DISTRICT
        )
        for n, name in enumerate(SECTORS)
    ]
    matters += [
        Matter(code=f"F{n:02d}", name=name, group="重点领域", kind="field", place=n, region_id=DISTRICT)
        for n, name in enumerate(FIELDS)
    ]
    matters += [
        Matter(
            code=f"N{n:02d}",
            name=name,
            measure=said,
            group="关键节点",
            kind="node",
            place=n,
            region_id=DISTRICT,
        )
        for n, (name, said) in enumerate(NODES)
    ]
    Matter.objects.bulk_create(matters)
    bureau = next((unit for unit in units.values() if unit.kind == "bureau"), None)
    fields = ("应急", "应急", "应急", "住建", "消防", "住建", "应急")
    given = [(m, units.get(name), "industry") for m, name in zip(matters, (*WHOSE, *fields), strict=False)]
    given += [(m, bureau, "industry") for m in matters[-3:]] + [(m, bureau, "overall") for m in matters[:12]]
    given += [(matters[16], units.get("城管"), "industry")]
    given += [
        (m, units.get(name), "joint")
        for m, name in zip(matters, ("公安", "水务", "民政", "工信", "工信"), strict=False)
    ]
    Share.objects.bulk_create(
        Share(matter=m, organisation=unit, role=role, source="区安委会职责分工（演示）", since=SINCE, by=BY)
        for m, unit, role in given
        if unit is not None and not (unit == bureau and role == "overall" and m == matters[3])
    )


# ---- leaders and funds ----------------
CHECKED = ("检查青坪化工园（演示）", "检查望潮下穿通道（演示）", "检查在建工地（演示）")
LINES = (("主持召开区安委会全体会议", 4, "meeting"), ("带队检查重点企业和工地", 12, ""),
         ("研究批示安全生产事项", 10, "instruction"),
         ("听取部门履职情况汇报", 2, ""), ("参加应急演练", 1, ""))  # fmt: skip
STANDING = (
    "领导全区安全生产和防灾减灾工作",
    "将安全生产纳入年度工作要点同部署同检查",
    "组织较大以上突发事件先期处置",
)


def _leaders(keeper: Person, at: datetime) -> None:
    year = timezone.localdate(at).year
    people = [Person.objects.get(pk=key("person", name)) for name in ("commander-0", "executive", "deputy-0")]
    lines = [
        DutyLine(person=person, year=year, number=n, text=text, times=times, counts=counts,
                 source="年度工作清单（演示）",
                 since=SINCE, by=BY)
        for person in people for n, (text, times, counts) in enumerate(LINES, start=1)
    ]  # fmt: skip
    lines += [
        DutyLine(person=person, number=20 + n, text=text, source="职责清单（演示）", since=SINCE, by=BY)
        for person in people
        for n, text in enumerate(STANDING)
    ]
    with transaction.atomic():
        DutyLine.objects.bulk_create(lines)
        Done.objects.bulk_create(
            Done(
                person=line.person, line=line, text=CHECKED[n % 3],
                happened_at=at - (11 * n + 3) * DAY, recorded_at=at - (11 * n + 2) * DAY, by=keeper.by,
            )
            for line in lines if line.number == 2
            for n in range(7)
        )  # fmt: skip


FUNDS = (("安全生产专项经费", "应急", 2_980_000, 81), ("三防应急抢险经费", "水务", 6_400_000, 92),
         ("消防设施更新经费", "消防", 1_860_000, 38), ("街道应急队伍装备", "临港街道", 940_000, 76))  # fmt: skip


def _funds(keeper: Person, at: datetime) -> None:
    """One of the four lags behind the year."""
    units, year = units_here(), timezone.localdate(at).year
    gone = time_share(year, day=timezone.localdate(at))
    for name, whose, yuan, share in FUNDS:
        unit = named(whose, units)
        if unit is not None:
            early = at - 150 * DAY
            fund = actions.arrange(name=f"{name}（演示）", year=year, organisation=unit, yuan=str(yuan),
                                   source="区财政预算（演示）", by=keeper.by, at=early)  # fmt: skip
            paid = Decimal(yuan) * min(Decimal(share), gone + 2 if share > 40 else Decimal(share)) / 100
            for n in range(2):
                actions.pay(fund=fund, yuan=str((paid / 2).quantize(Decimal("0.01"))), note="按进度支付（演示）",
                            by=keeper.by,
                            at=early + (40 + 60 * n) * DAY)  # fmt: skip
