"""The demo district's work plan, follow-up, committees, matrix, leaders' lists and funds: all of it invented."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from anlan.domains.workplan import actions, queries
from anlan.domains.workplan.models import Committee, Plan
from anlan.domains.workplan.rules.reading import proposed
from anlan.kernel.core import attachments, clock
from anlan.kernel.loop.actions import Making, move, move_all
from anlan.kernel.loop.evidence import Given
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.orgs.models import Duty, Organisation, Person
from anlan.surfaces.cli.demo import standing
from anlan.surfaces.cli.demo.district import BY, key
from anlan.surfaces.cli.demo.files import DISTRICT

DAY = timedelta(days=1)
TEXT = """全区应急管理工作以防范化解重大安全风险为主线，围绕下列目标开展（演示文本，虚构）。
一、压实安全生产责任
（一）健全责任体系
1.修订区安委会及专业委员会成员单位职责，明确新兴行业监管部门（牵头单位：应急局；配合单位：住建局、交通局；完成时限：{y}年3月底前）
2.各街道开展安全生产述职，每半年不少于1次（牵头单位：应急局；完成时限：{y}年12月底前）
（二）深化治本攻坚
3.排查重大事故隐患，全年检查企业1680家次（牵头单位：应急局；配合单位：消防局；完成时限：{y}年11月底前；完成标志：检查台账）
4.整治燃气安全隐患，新建小区管道检查不少于120处（牵头单位：住建局；完成时限：{y}年9月底前）
5.在建工地起重机械检测420项（牵头单位：住建局；完成时限：{y}年6月底前）
二、提升防灾减灾能力
（一）做好三防工作
6.汛前完成33处积涝点治理，落实“一点一策”（牵头单位：水务局；配合单位：各街道；完成时限：{y}年4月15日前）
7.检修泵站、水闸58座（牵头单位：水务局；完成时限：{y}年3月底前）
8.边坡和地质灾害点巡查全覆盖，更新责任人（牵头单位：规自局；完成时限：{y}年5月底前）
（二）夯实基层基础
9.组织全区防汛综合演练不少于2场（牵头单位：应急局；配合单位：临港街道、望潮街道；完成时限：{y}年5月底前）
10.培训灾害信息员140人（牵头单位：民政局；完成时限：{y}年10月底前）
三、强化宣传教育
11.开展安全生产月活动，宣传不少于30场（牵头单位：宣传部；完成时限：{y}年6月底前）
13.学校安全教育覆盖率100%（牵头单位：教育局；完成时限：{y}年12月底前）
四、加强应急保障
14.更新应急物资储备目录，补齐防汛物资（牵头单位：发改局；完成时限：{y}年4月底前）
15.建成街道应急视频会议系统10个（牵头单位：政数局；完成时限：{y}年12月底前）
"""
FAR = (100, 50, 60, 100, 100, 100, 100, 90, 100, 75, 100, 60, 80, 40)  # how far each task was told to be
WAITING = (0, 4, 10)  # claimed, and nobody has confirmed it yet


def is_there() -> bool:
    return Plan.objects.filter(exercise=None, region_id=DISTRICT, title__endswith="（演示）").exists()


def write() -> None:
    """All of it, once. About two seconds."""
    if is_there():
        return
    at = clock.real_now()
    office = _office()
    standing.write(office[0], at)
    _plan(office, at)
    _asked(office, at)


def _office() -> list[Person]:
    """The two who keep the plan, in the order of their rank."""
    held = Duty.objects.filter(kind="work_plan_office", region_id=DISTRICT, valid_to=None).order_by("rank")
    return [duty.person for duty in held.select_related("person")]


# ---- the plan ----------------
def _plan(office: Sequence[Person], at: datetime) -> None:
    year = timezone.localdate(at).year
    start = at - 200 * DAY
    plan = actions.take_plan(
        text=TEXT.format(y=year),
        title=f"安澜区{year}年应急管理工作要点（演示）",
        year=year,
        region=DISTRICT,
        by=BY,
        at=start,
    )
    actions.sign_off(plan=plan, by=office[0].by, at=start + DAY)
    plan.refresh_from_db()
    known = standing.units_here()
    given = []
    for point in plan.points.order_by("place").select_related("plan"):
        said = proposed(point.text, year=year)
        lead = standing.named(said.lead, known)
        if lead is not None:
            day = datetime.combine(said.due or timezone.localdate(at), time(18))
            due = max(timezone.make_aware(day), start + 30 * DAY)
            bound = "检查企业" in point.text
            given.append(
                actions.TaskGiven(
                    point=point, lead=lead, measure=point.title, due_at=due, unit=said.unit, evidence=said.proof,
                    target=Decimal(400) if bound else said.target, indicator="dangers.found" if bound else "",
                )
            )  # fmt: skip
    items = actions.hand_out_many(given, by=office[0].by, at=start + 2 * DAY)
    _go_on(items, office, start + 3 * DAY, at)
    actions.ask_month(region=DISTRICT, at=at)


def _go_on(items: Sequence[WorkItem], office: Sequence[Person], start: datetime, at: datetime) -> None:
    """Signed for, told, some claimed and confirmed, one not even signed for."""
    proof = attachments.keep(
        data=b"%PDF-1.4 demo", media_type="application/pdf", name="佐证材料（演示）.pdf", by=BY
    )
    for place, (item, far) in enumerate(list(zip(items, FAR, strict=False))[:-1]):
        holder = _holder(item)
        if holder is None:
            continue
        move(item=item, name="sign_for", by=holder, at=start)
        if not item.workplan_task.indicator and far < 100:
            actions.tell(item=item, done=far, said="按计划推进", by=holder, at=at - 40 * DAY)
        if far == 100:
            done_at = min(at, max(start + DAY, (item.due_at or at) - 5 * DAY))
            move(item=item, name="claim", by=holder, at=done_at, evidence=[Given("file", file=proof)])
            if place not in WAITING:
                move(item=item, name="confirm", by=office[1].by, at=min(at, done_at + DAY))


def _holder(item: WorkItem) -> str | None:
    return f"person:{item.charge_person_id}" if item.charge_person_id else None


# ---- follow-up, instructions, meetings ----------------
ASKED = (
    ("follow_up", "水务", "望潮下穿通道排水泵检修逾期，请限期完成", 120, 10, "closed_off"),
    ("follow_up", "住建", "三处在建工地临边防护整改逾期", 20, 9, "answered"),
    ("follow_up", "临港街道", "码头社区积涝点警示牌未更换", 9, 7, "signed_for"),
    ("follow_up", "凤岭街道", "家具厂粉尘隐患整改销号滞后", 12, 7, "signed_for"),
    ("follow_up", "交通", "隧道应急照明检查情况未报送", 1, 7, "issued"),
    ("assignment", "市场监管", "群众反映电梯困人，请核查处理并反馈", 15, 10, "closed_off"),
    ("assignment", "城管", "户外广告牌安全检查", 3, 10, "signed_for"),
    ("command_order", "消防", "前置舟艇两艘至望潮片区待命", 60, 0.2, "closed_off"),
    ("command_order", "水务", "立即开启排涝泵站全部机组", 60, 0.1, "closed_off"),
)  # fmt: skip
CONCLUDED = "会议要求各单位按分工限期落实，结果报区安委办（演示）。"
SAID = (
    "请应急局牵头研究落实",
    "举一反三，全面排查",
    "加快推进，月底报结果",
    "请住建、水务速核",
    "阅。抓好落实",
)


def _asked(office: Sequence[Person], at: datetime) -> None:
    known = standing.units_here()
    for kind, name, text, ago, days, state in ASKED:
        unit = standing.named(name, known)
        if unit is not None:
            sent = at - ago * DAY
            item = actions.ask(
                kind=kind,
                unit=unit,
                text=text,
                wanted="书面反馈并附佐证",
                due_at=sent + days * DAY,
                by=office[0].by,
                at=sent,
            )
            _answer(item, state, office[1], sent, days)
    leader = Person.objects.get(pk=key("person", "commander-0"))
    for n in range(10):
        sent = at - (12 * n + 2) * DAY
        item = actions.ask(
            kind="instruction", unit=known[(n * 5) % len(known)], text=SAID[n % 5], leader=leader,
            due_at=sent + 7 * DAY,
            source=f"区府办收文第{300 + n}号（演示）", by=office[n % 2].by, at=sent,
        )  # fmt: skip
        _answer(
            item,
            "closed_off" if n > 2 else ("signed_for", "issued", "answered")[n],
            office[(n + 1) % 2],
            sent,
            6,
        )
    _meetings(office, known, leader, at)


def _answer(item: WorkItem, state: str, other: Person, sent: datetime, days: float) -> None:
    """As far as the state says."""
    holder = _holder(item)
    if state == "issued" or holder is None:
        return
    step = days * DAY / 6
    move(item=item, name="sign_for", by=holder, at=sent + step)
    if state != "signed_for":
        move(item=item, name="answer", by=holder, at=sent + 3 * step, said="已办理，情况见附件（演示）")
    if state == "closed_off":
        move(item=item, name="close_off", by=other.by, at=sent + 4 * step)


def _meetings(office: Sequence[Person], units: Sequence[Organisation], leader: Person, at: datetime) -> None:
    committees = {row.code: row for row in Committee.objects.filter(region_id=DISTRICT)}
    for n, (title, kind, body) in enumerate(
        (("区安委会三季度全体会议（演示）", "committee", "awh"), ("防汛调度会（演示）", "dispatch", ""),
         ("建筑施工专委会形势分析会（演示）", "analysis", "zwh-02"))
    ):  # fmt: skip
        held = at - (20 + 30 * n) * DAY
        rows = [
            actions.AskedGiven(
                unit=units[(7 * n + k * 3) % len(units)], text=text, due_at=held + 25 * DAY, advice=k == 2
            )
            for k, text in enumerate(("梳理本领域风险清单并报送", "完成责任人更新", "建议建立联席会商机制"))
        ]
        meeting = actions.hold_meeting(
            title=title, kind=kind, region=DISTRICT, held_at=held, by=office[0].by, asked=rows, chair=leader,
            at=held + timedelta(hours=3), committee=committees.get(body), conclusion=CONCLUDED,
        )  # fmt: skip
        items = [row.item for row in meeting.asked.select_related("item")][: 1 + n]
        steps = (("sign_for", 1), ("answer", 4), ("close_off", 6))
        for name, days in steps:
            move_all(
                [
                    Making(item, name, office[1].by if name == "close_off" else holder, held + days * DAY,
                           needs={"said": "已完成（演示）"} if name == "answer" else {})
                    for item in items
                    if (holder := _asked_of(item)) is not None
                ]
            )  # fmt: skip


def _asked_of(item: WorkItem) -> str | None:
    found = queries.liaison_of(item.charge_org, at=item.opened_at) if item.charge_org else None
    return f"person:{found}" if found else None
