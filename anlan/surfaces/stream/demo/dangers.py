"""Hidden dangers of the demo: every state present, three of them late, one marked candidate major this afternoon."""

import struct
import zlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from anlan.domains.dangers import actions
from anlan.domains.dangers.models import Candidate
from anlan.kernel.core import attachments
from anlan.kernel.loop.actions import move
from anlan.kernel.loop.evidence import Given
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.orgs.models import Organisation, Person
from anlan.surfaces.stream.demo.watch import attempt
from anlan.surfaces.stream.demo.world import BY, World, plays_along

# What was found, its category, and how far it has come; days are before the night.
FOUND = (
    ("二楼安全出口被纸箱堵塞", "exit", "fixed", 6),
    ("疏散通道堆放成品", "exit", "fixed", 3),
    ("应急照明灯损坏 3 盏", "fire_equipment", "fixed", 2),
    ("灭火器压力不足 6 具", "fire_equipment", "closed", 12),
    ("配电箱无漏电保护", "electrical", "closed", 11),
    ("电线私拉乱接", "electrical", "closed", 10),
    ("除尘风管积尘未清", "dust", "closed", 9),
    ("危险化学品未分类存放", "chemicals", "closed", 8),
    ("冲压机防护罩缺失", "machinery", "closed", 7),
    ("安全教育培训记录不全", "management", "closed", 6),
    ("消防栓被货架遮挡", "fire_equipment", "closed", 5),
    ("仓库顶棚漏雨", "building", "recheck", 6),
    ("烘干房温控器失灵", "electrical", "recheck", 5),
    ("叉车通道未划线", "management", "recheck", 4),
    ("气瓶未固定", "chemicals", "recheck", 4),
    ("有限空间未设警示标识", "confined_space", "sent_back", 6),
    ("货梯门联锁失效", "machinery", "reopened", 6),
    ("低位配电房未设挡水板", "electrical", "rectifying", 12),  # late
    ("地下停车场排水泵故障", "building", "rectifying", 10),  # late
    ("抛光间未设独立除尘", "dust", "rectifying", 9),  # late
    ("应急预案未修订", "management", "rectifying", 5),
    ("员工未佩戴防护用品", "management", "rectifying", 4),
    ("消防通道停放车辆", "exit", "rectifying", 3),
    ("砂轮机托架间隙过大", "machinery", "rectifying", 2),
    ("食堂燃气报警器失效", "fire_equipment", "rectifying", 1),
    ("围墙外侧有裂缝", "building", "found", 0),
    ("路边井盖破损", "other", "found", 0),
    ("举报：夜间违规动火", "other", "withdrawn", 2),
    ("涂料仓库防爆电器缺失", "chemicals", "ordinary", 3),
    ("抛光车间无泄爆措施", "dust", "major", 2),
    ("地下车库充电区无喷淋", "fire_equipment", "candidate", 0),
)


def seed(world: World) -> None:
    """Report them all and bring each as far as it has come; each in its own transactions, as people would."""
    firms = list(Organisation.objects.filter(kind="enterprise", code__startswith="firm_").order_by("code"))
    for number, (text, category, state, days) in enumerate(FOUND):
        firm = firms[number % len(firms)]
        attempt(_one, world, number, firm, text, category, state, days)


def act(world: World) -> None:
    """The street's officers answer the candidate of this afternoon, and two of them decide."""
    rows = Candidate.objects.filter(item__exercise=world.id, item__closed_at=None).select_related(
        "item", "danger__item"
    )
    for row in rows:
        street = row.item.region_id[:9] + "000"
        first, second = (world.holder("enforcement_officer", street, rank) for rank in (0, 1))
        if first is None or second is None or plays_along(first):
            continue
        age = world.at - row.item.opened_at
        if row.item.state == "asked" and age > timedelta(minutes=55):
            attempt(move, item=row.item, name="answer", by=first.by, at=world.at)
        elif row.item.state == "answered" and age > timedelta(minutes=150):
            attempt(_decide, row.item, "decide_ordinary", first, second, world.at)


def _one(
    world: World, number: int, firm: Organisation, text: str, category: str, state: str, days: int
) -> None:
    finder = world.holder("patroller", firm.region_id)
    manager = Person.objects.filter(organisation=firm).order_by("pk").first()
    if finder is None or manager is None:
        return
    at = world.exercise.sim_start - timedelta(days=days, minutes=40 + 7 * number % 60)
    item = actions.report_danger(
        description=text,
        category=category,
        region=firm.region_id,
        by=finder.by,
        at=at,
        spot="生产现场",
        organisation=None if state in ("found", "withdrawn") else firm,
        candidate_major=state in ("candidate", "major", "ordinary"),
        evidence=_photos(number, 2 if state == "fixed" else 1, at),
        fixed=state == "fixed",
        exercise_id=world.id,
    )
    if state == "withdrawn":
        move(
            item=item,
            name="withdraw",
            by=finder.by,
            at=at + timedelta(hours=5),
            reason="现场核实，举报不属实",
        )
    if state in ("major", "ordinary"):
        _judge(world, item, firm, state, at)
    if state in ("recheck", "closed", "sent_back", "reopened"):
        _mend(item, number, state, finder, manager, at)


def _mend(item: WorkItem, number: int, state: str, finder: Person, manager: Person, at: datetime) -> None:
    """The firm puts it right after two days; the patroller looks a day later."""
    mended, looked = at + timedelta(days=2), at + timedelta(days=3)
    actions.rectify(item=item, by=manager.by, at=mended, evidence=_photos(1000 + number, 1, mended))
    again: dict[str, Any] = {"rectify_by": looked + timedelta(days=7), "by": finder.by}
    if state in ("closed", "reopened"):
        actions.accept(item=item, how="visit", by=finder.by, at=looked)
    if state == "sent_back":
        actions.send_back(item=item, at=looked, reason="警示标识不规范，重新设置", **again)
    if state == "reopened":
        actions.reopen(item=item, at=looked + timedelta(days=1), reason="回头看：联锁又被短接", **again)


def _judge(world: World, item: WorkItem, firm: Organisation, state: str, at: datetime) -> None:
    """Two officers decide the same day."""
    street = firm.region_id[:9] + "000"
    first, second = (world.holder("enforcement_officer", street, rank) for rank in (0, 1))
    candidate = Candidate.objects.filter(danger_id=item.pk).select_related("item").first()
    if first is None or second is None or candidate is None:
        return
    move(item=candidate.item, name="answer", by=first.by, at=at + timedelta(minutes=35))
    _decide(candidate.item, f"decide_{state}", first, second, at + timedelta(hours=3))


def _decide(item: WorkItem, name: str, first: Person, second: Person, at: datetime) -> None:
    if name == "decide_major":
        clause = "工贸企业重大事故隐患判定标准：粉尘防爆（演示）"
        why = "现场核查，泄爆、隔爆措施缺失"
        actions.decide_major(
            item=item, second_officer=str(second.pk), clause=clause, by=first.by, at=at, reason=why
        )
    else:
        why = "现场核查，未达到判定标准"
        actions.decide_ordinary(item=item, second_officer=str(second.pk), by=first.by, at=at, reason=why)


def _photos(number: int, count: int, at: datetime) -> Sequence[Given]:
    """Drawn pictures, each another one: the platform would flag a photo that was used before."""
    found = []
    for part in range(count):
        data = picture(number * 10 + part)
        kept = attachments.keep(data=data, media_type="image/png", name=f"demo-{number}-{part}.png", by=BY)
        found.append(Given("photo", file=kept, taken_at=at))
    return found


def picture(number: int) -> bytes:
    """A small PNG of soft bands, unlike every other number's; no photograph of any real place."""
    rng = np.random.default_rng(number)
    across, up = np.meshgrid(np.arange(160), np.arange(120))
    waves = np.sin(across / rng.uniform(9, 30) + rng.uniform(0, 6)) + np.cos(up / rng.uniform(9, 30))
    grey = (120 + 45 * waves).clip(0, 255).astype(np.uint8)
    grey[:, : number % 150 + 4] -= 20
    raw = b"".join(b"\0" + row.tobytes() for row in grey)
    head = struct.pack(">IIBBBBB", 160, 120, 8, 0, 0, 0, 0)
    pieces = ((b"IHDR", head), (b"IDAT", zlib.compress(raw)), (b"IEND", b""))
    body = b"".join(
        struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in pieces
    )
    return b"\x89PNG\r\n\x1a\n" + body
