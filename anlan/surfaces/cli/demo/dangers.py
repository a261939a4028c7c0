"""Dangers of the demo: campaigns, a year of closed ones in bulk, and every state of every loop, three things late.

A year of the district has 62,000 dangers; the small demo keeps some hundreds, so that a newcomer waits seconds.
"""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from anlan.domains.dangers import actions
from anlan.domains.dangers.actions import listing, looking
from anlan.domains.dangers.models import Campaign, Danger, SecondLook, Term
from anlan.kernel.core import clock
from anlan.kernel.core.bulk import insert_rows
from anlan.kernel.core.ids import new_id
from anlan.kernel.ledger.actions import Row, record_all
from anlan.kernel.loop.actions import move
from anlan.kernel.loop.evidence import Given
from anlan.kernel.loop.models import Step, WorkItem
from anlan.kernel.orgs.models import Person
from anlan.surfaces.cli.demo.casts import Cast, casts_of, people_of
from anlan.surfaces.cli.demo.files import DISTRICT, table
from anlan.surfaces.cli.demo.pictures import photos

SEED = 7
HISTORY = {"small": 600, "district": 61_000}
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
FIVE = {"five_measures": "更换并增设控爆措施", "five_responsible": "生产副总", "five_funds": "18万元",
        "five_time_limit": "三十日内", "five_plan": "停用并清空，专人值守"}  # fmt: skip
WRONG = (
    ("exit", "安全出口堆放成品", 5), ("fire_equipment", "灭火器压力不足", 5), ("electrical", "配电箱前堆物", 4),
    ("management", "安全培训记录不全", 4), ("machinery", "传动部位防护罩缺失", 3), ("chemicals", "化学品未分类存放", 3),
    ("dust", "除尘风管积尘", 3), ("confined_space", "有限空间无警示标志", 2), ("building", "仓库顶棚渗水", 1),
)  # fmt: skip


def is_there() -> bool:
    return Campaign.objects.filter(code="demo").exists()


def write(scale: str = "small") -> int:
    """Campaigns, history and live ones, once; returns how many dangers there are. About ten seconds."""
    if is_there():
        return 0
    at = clock.real_now()
    casts = casts_of(at)
    if not casts:
        return 0
    running = _campaigns(casts[0].section, at)
    dice = random.Random(SEED)  # noqa: S311 - the same demo every time
    _history(casts, running, HISTORY[scale], dice, at)
    for number, play in enumerate(PLAYS):
        play(casts[number % len(casts)], at - timedelta(minutes=13 * number), number)
    _looks(casts[0], at)
    _measures(casts[0], at)
    return Danger.objects.count()


# ---- campaigns ----------------
def _campaigns(section: Person, at: datetime) -> dict[str, UUID]:
    """Those of the mission list. Returns kind of danger → the campaign that it counts for by itself."""
    by_category: dict[str, UUID] = {}
    for row in table("campaigns"):
        first = (at + int(row["from_day"]) * DAY).date()
        last = (at + int(row["to_day"]) * DAY).date()
        targets = {name: int(row[name]) for name in ("visits", "found") if row[name]}
        item = actions.start_campaign(
            name=row["name"], region=DISTRICT, starts_on=first, ends_on=last, code="demo", aim=row["aim"],
            tags=row["tags"], categories=row["categories"], parts=row["parts"], targets=targets, by=section.by,
            at=at + min(int(row["from_day"]), 0) * DAY,
        )  # fmt: skip
        if int(row["to_day"]) < -10:
            move(
                item=item,
                name="end",
                by=section.by,
                at=at + (int(row["to_day"]) + 3) * DAY,
                reason="按期完成，成果转入日常监管",
            )
        elif row["categories"] and int(row["from_day"]) < 0:
            by_category.setdefault(row["categories"].split(",")[0], item.pk)
    return by_category


# ---- a year of closed ones, in bulk ----------------
def _history(
    casts: Sequence[Cast], running: dict[str, UUID], many: int, dice: random.Random, at: datetime
) -> None:
    for start in range(0, many, 2000):
        _chunk(casts, running, min(2000, many - start), dice, at)


def _chunk(
    casts: Sequence[Cast], running: dict[str, UUID], many: int, dice: random.Random, at: datetime
) -> None:
    items: list[WorkItem] = []
    rows: list[Danger] = []
    steps: list[Step] = []
    terms: list[Term] = []
    weights = [weight for _category, _text, weight in WRONG]
    for _number in range(many):
        cast = dice.choice(casts)
        category, text, _weight = dice.choices(WRONG, weights)[0]
        found = at - dice.uniform(20, 360) * DAY
        item, danger = _closed(cast, category, text, found, dice)
        if category in running and (at - found).days < 150:
            danger.campaign_id = running[category]
        items.append(item)
        rows.append(danger)
        terms.append(Term(item=item, due_at=found + 7 * DAY, set_at=found, by=cast.patroller.by))
        steps += _steps(item, cast, found, dice)
        item.closed_at = item.state_since = steps[-1].at
    with transaction.atomic():
        for made in (items, rows, steps, terms):
            insert_rows(made)
        record_all([_entry(step) for step in steps])


def _entry(step: Step) -> Row:
    facts = {"loop": "dangers.danger", "move": step.move, "from": step.source, "to": step.target}
    return Row(
        code="loop.moved", subject=("loop.item", step.item_id), facts=facts, by=step.by, at=step.at,
        region=step.item.region_id,
    )  # fmt: skip


def _closed(
    cast: Cast, category: str, text: str, found: datetime, dice: random.Random
) -> tuple[WorkItem, Danger]:
    item = WorkItem(
        loop="dangers.danger", state="closed_off", title=f"{cast.firm}：{text}", severity=1,
        region_id=cast.firm.region_id, charge_duty="patroller", charge_org=cast.firm, opened_at=found,
        opened_by=cast.patroller.by, state_since=found,
    )  # fmt: skip
    source = dice.choices(("patrol", "self_check", "enforcement", "public", "video"), (70, 15, 8, 5, 2))[0]
    danger = Danger(
        item=item, source=source, description=text, category=category, organisation=cast.firm, document="danger_notice",
        found_by=cast.patroller.by, rectify_by=found + 7 * DAY, harm=2, difficulty=1, spread=1, order=15,
    )  # fmt: skip
    return item, danger


def _steps(item: WorkItem, cast: Cast, found: datetime, dice: random.Random) -> list[Step]:
    """Found, given to the firm, put right and accepted; one in twelve is late."""
    mended = found + (dice.uniform(8, 15) if dice.random() < 1 / 12 else dice.uniform(0.5, 5)) * DAY
    way = (
        ("open", "", "found", cast.patroller, found),
        ("assign", "found", "rectifying", cast.patroller, found),
        ("rectify", "rectifying", "recheck", cast.manager, mended),
        ("accept", "recheck", "closed_off", cast.patroller, mended + dice.uniform(0.2, 1.5) * DAY),
    )
    act = new_id()
    return [
        Step(item=item, act=act, move=name, source=source, target=target, by=person.by, at=when, happened_at=when)
        for name, source, target, person, when in way
    ]  # fmt: skip


# ---- live ones, through the doors ----------------
def _report(cast: Cast, at: datetime, number: int, days: float, **more: Any) -> WorkItem:
    category, text, _weight = WRONG[number % len(WRONG)]
    given: dict[str, Any] = {
        "description": text, "category": category, "organisation": cast.firm, "region": cast.firm.region_id,
        "by": cast.patroller.by, "at": at - days * DAY, "evidence": photos(number, 1), "spot": "生产现场",
    }  # fmt: skip
    return actions.report_danger(**(given | more))


def _found(cast: Cast, at: datetime, number: int) -> None:
    _report(
        cast,
        at,
        number,
        0.2,
        organisation=None,
        description="路边井盖破损",
        category="other",
        source="public",
    )


def _withdrawn(cast: Cast, at: datetime, number: int) -> None:
    item = _report(cast, at, number, 3, organisation=None, description="举报夜间违规动火", source="public")
    actions.withdraw(item=item, by=cast.patroller.by, at=at - 2 * DAY, reason="现场核实，举报不属实")


def _rectifying(cast: Cast, at: datetime, number: int) -> None:
    _report(cast, at, number, 1 + number % 5, source=("self_check", "video", "alarm", "patrol")[number % 4])


def _late(cast: Cast, at: datetime, number: int) -> None:
    _report(cast, at, number, 12 + number % 4)


def _waiting_for_time(cast: Cast, at: datetime, number: int) -> None:
    item = _report(cast, at, number, 4)
    actions.ask_more_time(item=item, until=at + 12 * DAY, why="配件未到货", by=cast.manager.by, at=at - HOUR)


def _on_spot(cast: Cast, at: datetime, number: int) -> None:
    _report(cast, at, number, number % 7, fixed=True, category="exit", description="安全出口被纸箱堵塞",
            evidence=photos(number, 2))  # fmt: skip


def _recheck(cast: Cast, at: datetime, number: int) -> WorkItem:
    item = _report(cast, at, number, 4)
    actions.rectify(item=item, by=cast.manager.by, at=at - 2 * DAY, evidence=photos(500 + number, 1))
    return item


def _sent_back(cast: Cast, at: datetime, number: int) -> None:
    item = _recheck(cast, at, number)
    actions.send_back(
        item=item, rectify_by=at + 5 * DAY, by=cast.patroller.by, at=at - DAY, reason="整改不到位"
    )


def _noticed(cast: Cast, at: datetime, number: int) -> None:
    item = _report(cast, at, number, 2)
    actions.issue_paper(items=[item], kind="danger_notice", by=cast.patroller.by, at=at - 2 * DAY)


def _followed_up(cast: Cast, at: datetime, number: int) -> None:
    item = _report(cast, at, number, 15)
    actions.issue_paper(items=[item], kind="follow_up_order", by=cast.section.by, at=at - DAY)


def _candidate(cast: Cast, at: datetime, number: int, days: float = 0.05) -> tuple[WorkItem, WorkItem]:
    item = _report(
        cast, at, number, days, category="dust", description="干式除尘器未采取控爆措施", risk_point=cast.point,
        candidate_major=True, clauses=["gm-12-3"],
    )  # fmt: skip
    return item, Danger.objects.get(pk=item.pk).candidates.select_related("item").get().item


def _asked(cast: Cast, at: datetime, number: int) -> None:
    _candidate(cast, at, number)


def _answered(cast: Cast, at: datetime, number: int) -> None:
    _item, question = _candidate(cast, at, number, 0.1)
    move(item=question, name="answer", by=cast.officers[0].by, at=at - HOUR)


def _ordinary(cast: Cast, at: datetime, number: int) -> None:
    _item, question = _candidate(cast, at, number, 3)
    actions.decide_ordinary(item=question, second_officer=str(cast.officers[1].pk), by=cast.officers[0].by,
                            at=at - 2.8 * DAY, reason="现场核查，未达到判定标准")  # fmt: skip


def _major(cast: Cast, at: datetime, number: int, days: float) -> WorkItem:
    item, question = _candidate(cast, at, number, days)
    start = at - days * DAY
    move(item=question, name="answer", by=cast.officers[0].by, at=start + HOUR)
    actions.decide_major(
        item=question, second_officer=str(cast.officers[1].pk), clause="gm-12-3 干式除尘系统未采取控爆措施（第12条）",
        by=cast.officers[0].by, at=start + 3 * HOUR, reason="现场核查，无泄爆、隔爆措施",
    )  # fmt: skip
    item.refresh_from_db()
    return item


def _listed(cast: Cast, at: datetime, number: int, *, steps: int = 0) -> None:
    """As far along the listing as `steps` says: published, applied, pre-checked, accepted, delisted, closed off."""
    item = _major(cast, at, number, 40)
    start = at - 39 * DAY
    entry = actions.list_danger(item=item, level="district", by=cast.section.by, at=start, rectify_by=at + 10 * DAY,
                                decision="停用除尘系统，限期整改")  # fmt: skip
    photo = {"evidence": photos(900 + number, 1), **FIVE}
    way: tuple[tuple[str, Person, int, dict[str, Any]], ...] = (
        ("publish", cast.chief, 2, {"public_text": "除尘系统未采取控爆措施，限期整改"}),
        ("apply", cast.manager, 25, photo),
        ("precheck", cast.officers[0], 28, {"reason": "泄爆、隔爆装置已安装"}),
        ("accept", cast.section, 33, {"expert": "周工（演示）", "reason": "专家验收合格"}),
        ("delist", cast.section, 35, {}),
    )
    for name, person, day, more in way[:steps]:
        listing.ACTS[name](item=entry, by=person.by, at=start + day * DAY, **more)
        entry.refresh_from_db()
    if steps > len(way):
        item.refresh_from_db()
        actions.accept(item=item, how="visit", by=cast.officers[1].by, at=start + 36 * DAY)


def _at_step(steps: int) -> Any:
    def play(cast: Cast, at: datetime, number: int) -> None:
        _listed(cast, at, number, steps=steps)

    return play


def _by_street(cast: Cast, at: datetime, number: int) -> None:
    item = _major(cast, at, number, 12)
    actions.list_danger(item=item, level="street", by=cast.street.by, at=at - 11 * DAY, rectify_by=at - DAY)


def _by_city(cast: Cast, at: datetime, number: int) -> None:
    """Listed by the city, checked by the street and the district, and laid before the city."""
    item = _major(cast, at, number, 40)
    start = at - 39 * DAY
    entry = actions.list_danger(
        item=item, level="city", by=cast.section.by, at=start, rectify_by=at + 5 * DAY,
        document="安市安办〔演示〕12号", decision="市级挂牌，限期整改",
    )  # fmt: skip
    photo = {"evidence": photos(950 + number, 1), **FIVE}
    way: tuple[tuple[str, Person, int, dict[str, Any]], ...] = (
        ("apply", cast.manager, 25, photo),
        ("precheck", cast.officers[0], 28, {"reason": "泄爆、隔爆装置已安装"}),
        ("precheck_district", cast.section, 33, {"reason": "区级核查合格，报市级验收"}),
    )
    for name, person, day, more in way:
        listing.ACTS[name](item=entry, by=person.by, at=start + day * DAY, **more)
        entry.refresh_from_db()


PLAYS: tuple[Any, ...] = (
    _asked, _answered, _ordinary, *(_at_step(steps) for steps in range(7)), _by_street, _by_city, _found, _withdrawn,
    _late, _late, _late,
    _waiting_for_time, _recheck, _recheck, _sent_back, _noticed, _followed_up, *[_on_spot] * 6, *[_rectifying] * 14,
)  # fmt: skip


# ---- second looks ----------------
def _looks(cast: Cast, at: datetime) -> None:
    """One draw whose looks are due now, another whose looks lie ahead; one passed, one failed, the rest open."""
    for back in (125, 60):
        actions.draw_second_looks(
            region=DISTRICT, start=at - back * DAY, end=at - (back - 30) * DAY, seed=f"demo-{back}", by=cast.section.by,
            at=at - (back - 31) * DAY,
        )  # fmt: skip
    ready = SecondLook.objects.filter(look_from__lte=at - DAY).select_related("item", "danger").order_by("pk")
    for number, look in enumerate(ready[:2]):
        seen: dict[str, Any] = {
            "item": look.item,
            "by": _other(look, at).by,
            "at": at - HOUR,
            "evidence": photos(700 + number, 1),
        }
        if number:
            looking.look_failed(rectify_by=at + 6 * DAY, reason="回头看：又恢复原状", **seen)
        else:
            looking.look_passed(**seen)


def _other(look: SecondLook, at: datetime) -> Person:
    return people_of("street_safety_officer", look.item.region_id, at)[0]


def _measures(cast: Cast, at: datetime) -> None:
    """The second of the two lists: one planned, one made, one dropped."""
    given: dict[str, Any] = {
        "region": DISTRICT,
        "by": cast.section.by,
        "at": at - 40 * DAY,
        "due_by": at + 20 * DAY,
    }
    actions.plan_measure(
        text="粉尘涉爆企业清扫记录统一格式", kind="standard", answers="积尘反复出现", **given
    )
    made = actions.plan_measure(text="有限空间作业提前一日报备制度", kind="rule", **given)
    words = [Given("text", text="已印发执行（演示）")]
    move(item=made, name="make", by=cast.section.by, at=at - 9 * DAY, evidence=words)
    dropped = actions.plan_measure(text="仓储企业夜间巡查机制", kind="mechanism", **given)
    move(item=dropped, name="drop", by=cast.section.by, at=at - 5 * DAY, reason="并入专项行动")
