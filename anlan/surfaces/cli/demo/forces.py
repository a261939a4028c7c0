"""Rescue forces of the demo with their contacts, and an open event that is judged and told to units: all invented."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from anlan.domains.incidents.actions import judging
from anlan.domains.incidents.models import Incident, Judgement
from anlan.domains.incidents.queries import board
from anlan.domains.resources.actions import checking, forces
from anlan.domains.resources.models import Force
from anlan.kernel.core import clock
from anlan.kernel.loop.actions import move
from anlan.kernel.orgs.models import Duty, DutyKind, Person
from anlan.kernel.places.models import Place
from anlan.surfaces.cli.demo.district import BY, SINCE, key
from anlan.surfaces.cli.demo.files import DISTRICT

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
KEEPER = "watch-11"
PHONE = "154{:08d}"
FIRST_NUMBER = 90_000_001  # beyond the people of the district
SHELTERS_APART = 7
SURNAMES = "纪佟沐桑苗樊郁符裴覃韶冼麦游"


@dataclass(frozen=True, slots=True)
class Line:
    """A force as the demo invents it; `answer`: how its contact stands."""

    name: str
    kind: str
    people: int
    skills: str
    equipment: str
    answer: str  # fresh | changed | silent | lost | never
    scope: str = "teams"
    agreement_days: int = 0

    @property
    def full(self) -> str:
        return f"{self.name}（演示）"


LINES = (
    Line("安澜区防汛抢险一队", "professional", 86, "flood、water",
         "冲锋舟 12 艘；大流量排水车 4 台；救生衣 200 件", "fresh"),
    Line("安澜区防汛抢险二队", "professional", 64, "flood、pipes",
         "移动泵站 3 台；编织袋 20000 条", "fresh"),
    Line("安澜区矿山救护队", "professional", 48, "collapse、mountain",
         "生命探测仪 4 台；破拆工具 12 套", "fresh"),
    Line("危化品应急处置队", "professional", 36, "hazchem",
         "重型防化服 20 套；洗消车 1 辆", "changed"),
    Line("临港街道应急分队", "grassroots", 42, "flood、comfort",
         "皮划艇 4 艘；发电机 6 台", "fresh"),
    Line("石矶街道应急分队", "grassroots", 38, "mountain、forest_fire",
         "风力灭火机 20 台", "fresh"),
    Line("蓝湾水上救援队", "social", 75, "water、drone",
         "冲锋舟 6 艘；水下机器人 1 台", "fresh", agreement_days=240),
    Line("安澜道路救援协会", "social", 120, "road、lifting",
         "清障车 32 辆；随车吊 8 台", "fresh", agreement_days=45),
    Line("山鹰户外救援队", "social", 58, "mountain、medical、drone",
         "绳索套装 30 套", "silent", agreement_days=-20),
    Line("红心志愿救护队", "social", 90, "medical、comfort",
         "除颤仪 12 台；急救包 90 个", "never"),
    Line("安澜供电抢修队", "firm", 110, "power",
         "应急发电车 5 辆；照明车 6 辆", "fresh", agreement_days=300),
    Line("中联建工救援分队", "firm", 95, "lifting、collapse",
         "挖掘机 10 台；吊车 4 台", "lost", agreement_days=400),
    Line("区水务局防汛力量", "professional", 620, "flood",
         "排水泵 40 台", "fresh", scope="flood_departments"),
    Line("区城管局防汛力量", "professional", 480, "flood",
         "高枝锯 60 台", "fresh", scope="flood_departments"),
)  # fmt: skip


def is_there() -> bool:
    return Force.objects.filter(name=LINES[0].full).exists()


def write() -> None:
    """All of it, once."""
    if is_there():
        return
    at = clock.real_now()
    keeper = _keeper()
    spots = list(
        Place.objects.filter(kind_id="shelter", region__code__startswith=DISTRICT[:6]).order_by("code")
    )
    with transaction.atomic():
        for number, line in enumerate(LINES):
            spot = spots[number * SHELTERS_APART % len(spots)] if spots else None
            _force(number, line, spot, keeper, at)
    _judged(at)


def _keeper() -> Person:
    """Somebody of the duty room keeps the register; the kind of duty is there in a district written before it was."""
    DutyKind.objects.get_or_create(
        code="resource_keeper",
        defaults={"label": "队伍物资管理员", "label_en": "Keeper of forces and supplies"},
    )
    person = Person.objects.get(pk=key("person", KEEPER))
    duty = Duty(
        id=key("duty", "forces"), person=person, kind_id="resource_keeper", region_id=DISTRICT, valid_from=SINCE,
        verified_at=SINCE,
    )  # fmt: skip
    Duty.objects.bulk_create([duty], ignore_conflicts=True)
    return person


def _force(number: int, line: Line, spot: Place | None, keeper: Person, at: datetime) -> None:
    today = at.date()
    force = forces.add_force(
        given=forces.Given(
            name=line.full, kind=line.kind, region=DISTRICT, people=line.people, scope=line.scope, skills=line.skills,
            equipment=line.equipment, contact_a=f"{SURNAMES[number]}队长",
            phone_a=PHONE.format(FIRST_NUMBER + 2 * number),
            contact_b=f"{SURNAMES[-number - 1]}副队长", phone_b=PHONE.format(FIRST_NUMBER + 2 * number + 1),
            base=f"{spot.name}旁" if spot else "", lon=spot.lon + 0.0012 if spot else None,
            lat=spot.lat if spot else None,
            agreement="应急救援联动协议" if line.agreement_days else "", agreement_from=_day(today, line, -365),
            agreement_to=_day(today, line, 0),
        ),
        by=BY, at=at - 60 * DAY,
    )  # fmt: skip
    _asked(force, line, keeper, at)


def _day(today: date, line: Line, shift: int) -> date | None:
    return today + timedelta(days=line.agreement_days + shift) if line.agreement_days else None


def _asked(force: Force, line: Line, keeper: Person, at: datetime) -> None:
    """The question of the last round and what became of it."""
    if line.answer == "never":
        return
    asked = at - (3 if line.answer == "silent" else 12) * DAY
    item = checking.ask(force=force, by=keeper.by, at=asked)
    by = force.contact_a.by
    if line.answer == "fresh":
        checking.confirm(item=item, by=by, at=asked + 40 * MINUTE)
    elif line.answer == "changed":
        checking.change(item=item, words="副队长已调离，请改为新任副队长", by=by, at=at - 5 * 60 * MINUTE)
    elif line.answer == "lost":
        checking.lose(item=item, reason="号码停机，单位总机转接无人", by=keeper.by, at=asked + 3 * DAY)


def _judged(at: datetime) -> None:
    """The open crane accident: judged, units told, one of them silent."""
    row = Incident.objects.filter(kind="construction", item__state="reported", item__exercise=None).first()
    if row is None or Judgement.objects.filter(incident=row.pk).exists():
        return
    officer, leader = (Person.objects.get(pk=key("person", name)) for name in ("watch-3", "watch-13"))
    units = [
        each.unit for each in board.units_for(kind=row.kind, region=row.item.region_id, at=at) if each.unit
    ]
    told = judging.tell_units(
        incident=row.item, units=units[:4], words="塔吊倾覆，有人失联，请派员到场并报送本部门掌握的情况。",
        by=officer.by, at=at - 50 * MINUTE,
    )  # fmt: skip
    for item, words in zip(
        told, ("总包单位资质和塔吊备案资料已调取，安拆单位负责人已控制在场。", ""), strict=False
    ):
        name = "inform" if words else "receive"
        facts: dict[str, Any] = {"information": words} if words else {}
        move(item=item, name=name, by=officer.by, at=at - 30 * MINUTE, **facts)
    judging.judge(
        incident=row.item, known="塔身自标准节处折断，三人遇难、两人重伤已送医。",
        unknown="一人失联，位置不明；残余塔臂是否稳定。",
        opinion="残臂有二次坠落可能，先以吊车固定再进入搜救；周边三十米内人员撤离。",
        review_at=at + 40 * MINUTE, by=leader.by, at=at - 20 * MINUTE,
    )  # fmt: skip
