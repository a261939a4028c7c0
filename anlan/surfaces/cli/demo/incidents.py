"""What the watch was told in two months, the reports that went up, shifts, hand-overs and duty checks: all invented."""

import random
from datetime import datetime, timedelta
from typing import Any, cast

from django.utils import timezone

from anlan.domains.incidents.actions import events, reporting, watch
from anlan.domains.incidents.models import Incident
from anlan.domains.incidents.rules.words import BOXES
from anlan.kernel.core import clock
from anlan.kernel.loop.actions import Making, Opening, move, move_all, open_items
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.orgs.models import Person
from anlan.surfaces.cli.demo.district import key
from anlan.surfaces.cli.demo.files import DISTRICT, table

SEED = 16
SMALL, DAYS = 60, 58  # events handled here, and over how many days
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
LIGHT = (
    ("security", "rescue", "群众救助", "老人被困电梯"), ("accident", "fire", "火灾", "电动车起火，已扑灭"),
    ("accident", "traffic", "道路交通事故", "两车追尾，无人受伤"), ("natural", "weather", "气象灾害", "大树倒伏占道"),
    ("accident", "utilities", "公共设施和设备事故", "给水管破裂"),
    ("accident", "gas", "燃气事故", "餐馆燃气泄漏，已关阀"),
    ("natural", "flood", "水旱灾害", "下穿通道积水"), ("health", "food", "食品药品安全事件", "食堂多人腹泻"),
)  # fmt: skip
# kind, what, grade, casualties, how far it has come, minutes until the first report
HEAVY: tuple[tuple[str, str, str, str, dict[str, int], str, int], ...] = (
    ("accident", "traffic", "货车与公交车相撞", "ordinary", {"hurt": 6}, "ended", 50),
    ("accident", "construction", "脚手架坠落，一人死亡", "ordinary", {"dead": 1}, "ended", 70),
    ("accident", "fire", "出租屋火灾", "ordinary", {"badly_hurt": 1, "hurt": 2}, "ended", 45),
    ("natural", "geology", "边坡滑塌，疏散住户", "none", {"moved": 36}, "ended", 90),
    ("natural", "flood", "下穿隧道严重积水，车辆被困", "none", {"moved": 4}, "ended", 185),  # late
    ("accident", "chemicals", "厂区盐酸罐泄漏", "ordinary", {"hurt": 3, "moved": 120}, "ended", 60),
    ("accident", "ground", "路面坍塌", "none", {}, "ended", 100),
    ("accident", "work", "机械绞伤，一人重伤", "ordinary", {"badly_hurt": 1}, "ended", 80),
    ("natural", "forest_fire", "山林冒烟，已扑灭", "none", {}, "ended", 40),
    ("security", "crowd", "工程款纠纷聚集", "none", {}, "ended", 100),
    ("accident", "work", "污水池作业两人中毒", "ordinary", {"dead": 1, "badly_hurt": 1}, "reported", 55),
    (
        "accident",
        "construction",
        "塔吊倾覆",
        "serious",
        {"dead": 3, "badly_hurt": 2, "missing": 1},
        "reported",
        35,
    ),
    ("accident", "traffic", "大巴侧翻", "ordinary", {"hurt": 9}, "missed", 0),
    ("natural", "weather", "雷雨大风致棚架倒塌", "none", {"hurt": 2}, "to_report", 0),
    ("accident", "fire", "仓库起火，正在扑救", "", {}, "received", 0),
)


def is_there() -> bool:
    return Incident.objects.filter(item__exercise=None, item__region__code__startswith=DISTRICT[:6]).exists()


def write() -> None:
    """All of it, once."""
    if is_there():
        return
    dice = random.Random(SEED)  # noqa: S311 — a demo, no secret
    at = clock.real_now()
    homes = [(row["community_code"], row["community"]) for row in table("regions")]
    _handled_here(dice, homes, at)
    for number, given in enumerate(HEAVY):
        _reported(number, given, dice, homes, at)
    _roster(at)
    _checks(at)


def _person(number: int) -> Person:
    return Person.objects.get(pk=key("person", f"watch-{number}"))


def _handled_here(dice: random.Random, homes: list[tuple[str, str]], at: datetime) -> None:
    """What ends at the telephone: most of a duty room's day, written in bulk."""
    officer, made = _person(3).by, []
    for number in range(SMALL):
        cls, kind, label, what = LIGHT[number % len(LIGHT)]
        code, name = dice.choice(homes)
        told = at - timedelta(days=DAYS * number / SMALL, minutes=dice.randrange(60, 600))
        row = Incident(
            event_class=cls, kind=kind, kind_label=label, description=what, spot=f"{name}内", grade="none",
            via=dice.choice(("phone", "110", "119", "12345", "street")), occurred_at=told - 9 * MINUTE,
            received_at=told,
        )  # fmt: skip
        made.append(Opening(record=row, title=f"{name}{what}", region=code, charge_duty="watch_officer", severity=1,
                            at=told + 2 * MINUTE, happened_at=told))  # fmt: skip
    items = open_items(loop="incidents.incident", openings=made, by=officer, at=at)
    again = {item.pk: item.opened_at for item in items}
    move_all(
        [
            Making(item, "assess_here", officer, again[item.pk] + 5 * MINUTE, needs={"grade": "none"})
            for item in items
        ]
    )
    rest = items[2:]  # the youngest two are still being handled
    done = {"done": "现场处置完毕，秩序恢复"}
    move_all([Making(item, "end", officer, again[item.pk] + 2 * HOUR, needs=done) for item in rest])


def _reported(
    number: int, given: tuple[str, str, str, str, dict[str, int], str, int], dice: random.Random,
    homes: list[tuple[str, str]], at: datetime,
) -> None:  # fmt: skip
    cls, kind, what, grade, figures, far, minutes = given
    officer, leader = _person(3).by, _person(13).by
    code, name = homes[(number * 37) % len(homes)]
    told = at - _how_long_ago(far, number)
    item = events.receive(
        description=what, event_class=cls, kind=kind, region=code, spot=f"{name}", via="110", by=officer, at=told,
        occurred_at=told - dice.randrange(4, 30) * MINUTE, **cast(dict[str, Any], figures),
    )  # fmt: skip
    if far == "received":
        return
    events.assess_up(item=item, grade=grade, by=officer, at=told + 6 * MINUTE)
    if far in ("missed", "to_report"):
        return
    sent = told + minutes * MINUTE
    reporting.send_first(item=item, by=leader, at=sent)
    move(item=item, name="note", done="属地和行业部门已到场处置", by=officer, at=sent + 20 * MINUTE)
    reporting.enter_receipt(
        item=item, receiver="district_duty", receipt=f"收文{number + 101}", by=officer, at=sent + HOUR
    )
    if far == "ended":
        reporting.send_final(item=item, by=leader, at=sent + 8 * HOUR)


def _how_long_ago(far: str, number: int) -> timedelta:
    return {
        "ended": timedelta(days=3 + number * 4),
        "reported": timedelta(hours=5 + number % 3),
        "missed": timedelta(hours=9),
        "to_report": timedelta(minutes=40),
        "received": timedelta(minutes=4),
    }[far]


def _roster(at: datetime) -> None:
    """Three shifts: yesterday's handed over, today's running, tomorrow's on the roster."""
    local = timezone.localtime(at)
    today = local.replace(hour=8, minute=30, second=0, microsecond=0)
    today -= timedelta(days=int(local < today))
    teams = ((13, 1, 3, 4, 17, 18, 19), (14, 2, 5, 6, 20, 21, 22), (13, 1, 3, 4, 23, 24, 25))
    made: list[WorkItem] = []
    for offset, team in zip((-1, 0, 1), teams, strict=True):
        start = today + timedelta(days=offset)
        people = [_person(number) for number in team]
        posts = ("leader", "chief", "officer", "officer_2", "standby", "standby_2", "technician")
        made.append(
            watch.plan_shift(
                start_at=start, end_at=start + timedelta(days=1), region=DISTRICT, by=_person(1).by,
                at=today - timedelta(days=3), **cast(dict[str, Any], dict(zip(posts, people, strict=True))),
            )
        )  # fmt: skip
    before, running, _after = made
    move(item=before, name="begin", by=_person(3).by, at=today - timedelta(days=1))
    boxes = {f"box_{name}": name != "fax" for name in BOXES}
    watch.hand_over(item=before, by=_person(3).by, at=today, words="传真机故障，已报修；其余正常。", **boxes)
    watch.take_over(item=before, by=_person(5).by, at=today + 4 * MINUTE)
    running.refresh_from_db()


def _checks(at: datetime) -> None:
    officer = _person(4).by
    call = at - 30 * HOUR
    items = watch.draw_checks(region=DISTRICT, count=6, call_at=call, by=officer, at=call - HOUR)
    for number, item in enumerate(items[:5]):
        when = call + number * 3 * MINUTE
        if number == 3:
            watch.fail(item=item, rings=8, failure="no_answer", by=officer, at=when)
        elif number == 4:
            watch.fail(item=item, rings=2, failure="uninformed", by=officer, at=when)
            move(
                item=item,
                name="explain",
                explanation="新到岗人员不熟悉，已培训",
                by=officer,
                at=when + 9 * HOUR,
            )
        else:
            watch.pass_check(item=item, rings=2, answered_by="值班员", by=officer, at=when)
