"""The demo's registers, schemes, campaign months, letters, surveys, joint checks and terminals: all of it invented."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from anlan.domains.contractors import actions as crews
from anlan.domains.contractors.models import Fixture
from anlan.domains.dangers import actions as dangers
from anlan.domains.dangers.actions import crackdown, months, schemes
from anlan.domains.dangers.models import Campaign, Danger
from anlan.domains.enterprises.actions import creating, registers
from anlan.domains.enterprises.models import Enterprise, HazardUnit, Line
from anlan.domains.patrols.actions import joint, rotation, scores, training
from anlan.domains.patrols.models import Rotation
from anlan.domains.risks.actions import surveys
from anlan.kernel.core import clock
from anlan.kernel.loop.actions import move
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.orgs.models import Duty, Organisation, Person
from anlan.surfaces.cli.demo.district import BY, key
from anlan.surfaces.cli.demo.files import DISTRICT
from anlan.surfaces.cli.demo.grassroots import _photo

DAY = timedelta(days=1)
FENGLING, QINGPING = "440399005", "440399009"
TELLING = 12  # terminals that tell something today; the others are silent


def is_there() -> bool:
    return Line.objects.filter(by=BY).exists()


def write() -> int:
    """All of it, once; returns the lines written. A few seconds."""
    if is_there():
        return 0
    at = clock.real_now()
    lines = _registers(at)
    _creations(at)
    _schemes(at)
    _campaign(at)
    _letters(at)
    joint.open_joint_checks(region=DISTRICT, at=at, limit=12)
    scores.propose_scores(region=FENGLING, at=at, limit=10)
    _officers(at)
    _terminals(at)
    return lines


def _of(street: str, *, tag: str = "", most: int) -> list[Enterprise]:
    rows = Enterprise.objects.filter(
        organisation__region__code__startswith=street, status="operating", origin="demo"
    )
    rows = rows.filter(tags__kind=tag, tags__until=None) if tag else rows
    return list(rows.select_related("organisation").distinct().order_by("pk")[:most])


def _person(kind: str, region: str) -> Person:
    """Who holds a duty in a region, or above it."""
    held = Duty.objects.filter(
        kind_id=kind, valid_to=None, region_id__in=(region, f"{region[:9]}000", DISTRICT)
    )
    return held.select_related("person").order_by("-region_id", "rank", "pk")[0].person


def _officers(at: datetime) -> None:
    """Courses of a street's patrollers, what is owed of them, grounds whose time is over: one passed on, one kept."""
    street = _person("street_safety_officer", f"{FENGLING}000")
    posts = Duty.objects.filter(kind_id="patroller", region__code__startswith=FENGLING, valid_to=None)
    people = [post.person for post in posts.select_related("person__organisation").order_by("pk")[:8]]
    for number, person in enumerate(people):
        given = training.Course(
            name=("年度业务培训（演示）", "粉尘涉爆专题（演示）")[number % 2], kind=("yearly", "special")[number % 2],
            held_on=localdate(at) - (20 + 9 * number) * DAY, hours=(40, 24, 16)[number % 3],
            result="passed" if number % 3 < 2 else "attended", organiser="区应急管理局（演示）",
            valid_until=localdate(at) + (30 + 90 * number) * DAY if number % 2 else None,
            certificate=f"AQY-{number + 1:03d}" if number % 2 else "",
        )  # fmt: skip
        training.enter(given, person=person, by=street.by, at=at)
    training.open_training(region=FENGLING, at=at, limit=20)
    rotation.propose_rotations(region=FENGLING, at=at, limit=6)
    waiting = (
        Rotation.objects.filter(item__closed_at=None).select_related("item", "duty__region").order_by("pk")
    )
    for row in waiting[:1]:
        rotation.keep(item=row.item, months=6, reason="片区重点企业整改未完（演示）", by=street.by, at=at)


# ---- registers ----------------
def _registers(at: datetime) -> int:
    today = localdate(at)
    written = 0
    with transaction.atomic():
        for number, firm in enumerate(_of(QINGPING, tag="hazchem", most=12), start=1):
            written += _chemical(firm, number, today, at)
        for number, firm in enumerate(_of(FENGLING, most=20), start=1):
            facts = {
                "signer": "法定代表人",
                "with_whom": "凤岭街道办事处",
                "as_what": ("firm", "tenant")[number % 2],
            }
            written += _line(firm, "fire_pledge", f"消责〔2026〕{number:03d}", facts, today - (300 + number) * DAY, at,
                             until=today + (65 - 9 * number) * DAY)  # fmt: skip
        written += _devices(today, at)
        for number, firm in enumerate(_of("440399007", tag="tailings", most=3), start=1):
            for point, (what, state) in enumerate(
                (("video", "online"), ("displacement", "offline")), start=1
            ):
                facts = {"what": what, "state": state, "note": ""}
                written += _line(firm, "mine_point", f"JC-{number}-{point}", facts, today - 90 * DAY, at)
        for number, firm in enumerate(_of("440399001", most=4), start=1):
            facts = {
                "parent": "某央企集团（演示）",
                "with_street": "临港街道",
                "liaison": "罗经理",
                "helps_with": "潜水泵、抢险队",
            }
            written += _line(
                firm, "state_owned", f"联动-{number}", facts, today - 200 * DAY, at, until=today + 500 * DAY
            )
        for number, firm in enumerate(_of("440399003", most=5), start=1):
            facts = {"cameras": str(4 * number), "algorithms": "烟火、未戴安全帽", "line": "5G专网",
                     "state": ("online", "offline")[number % 2]}  # fmt: skip
            written += _line(firm, "smart_site", f"AI-{number:02d}", facts, today - 60 * DAY, at)
        written += _installations(today, at)
    return written


def _devices(today: date, at: datetime) -> int:
    """Detectors and one-key alarms of multi-tenant buildings, some of them out of order."""
    written = 0
    for number, firm in enumerate(_of("440399", tag="multi_tenant", most=6), start=1):
        for kind, state in (
            ("smoke_detector", "working"),
            ("one_key_alarm", ("working", "broken")[number % 2]),
        ):
            facts = {"kind": kind, "count": str(6 * number), "state": state, "spot": "疏散楼梯间"}
            written += _line(firm, "fire_device", f"XF-{number}-{kind[:3]}", facts, today - 120 * DAY, at)
    return written


def _chemical(firm: Enterprise, number: int, today: date, at: datetime) -> int:
    """Licences by several offices, a vehicle, a reaction: what one office enters the others read."""
    links = (("make", "emergency"), ("trade", "emergency"), ("use", "emergency"), ("carry", "transport"),
             ("dispose", "environment"), ("store", "port"))  # fmt: skip
    written = 0
    for step, (link, authority) in enumerate(links[number % 3 : number % 3 + 3]):
        facts: dict[str, Any] = {"link": link, "authority": authority, "goods": "溶剂、涂料（演示）"}
        written += _line(firm, "licence", f"许-{number:02d}-{step}", facts, today - 700 * DAY, at,
                         until=today + (400 - 45 * number - 30 * step) * DAY)  # fmt: skip
    facts = {"kind": "罐式车", "goods": "溶剂", "load_t": str(8 + number), "tracked": number % 4 != 0}
    written += _line(
        firm, "vehicle", f"粤Z{number:04d}演", facts, today - 400 * DAY, at, until=today + 90 * DAY
    )
    if number <= 5:
        facts = {"product": "树脂（演示）", "reaction": "聚合", "grade": str(1 + number % 4), "key_process": True,
                 "assessor": "评估机构（演示）", "advice": ("done", "going")[number % 2]}  # fmt: skip
        written += _line(firm, "reaction", f"评估-{number:02d}", facts, today - 250 * DAY, at)
    return written


def _installations(today: date, at: datetime) -> int:
    written = 0
    units = HazardUnit.objects.filter(grade__in=("1", "2", "3", "4"), active=True, enterprise__origin="demo")
    for number, unit in enumerate(units.select_related("enterprise__organisation").order_by("pk")[:8]):
        papers = ("identification", "features", "safety_sheets", "plan", "assessment", "responsible", "signs")
        for step, paper in enumerate(papers[: 7 - number % 4]):
            facts = {"paper": paper, "title": "（演示）"}
            written += _line(
                unit.enterprise, "installation_paper", f"D-{step}", facts, today - 300 * DAY, at, unit=unit
            )
        for system, condition in (("cut_off", "in_use"), ("sis", ("in_use", "bypassed")[number % 2])):
            facts = {"system": system, "condition": condition, "note": ""}
            written += _line(
                unit.enterprise, "safeguard", f"{system}-1", facts, today - 30 * DAY, at, unit=unit
            )
    return written


def _line(
    firm: Enterprise,
    register: str,
    number: str,
    facts: dict[str, Any],
    since: date,
    at: datetime,
    **more: Any,
) -> int:
    _row, fresh = registers.write_line(
        firm=firm, register=register, number=number, facts=facts, since=since, by=BY, at=at, **more
    )
    return int(fresh)


def _creations(at: datetime) -> None:
    """Three firms on their way to a grade: set out, scored, reviewed."""
    for far, firm in enumerate(_of(FENGLING, tag="dust", most=3)):
        start = at - 60 * DAY
        own = Person.objects.filter(organisation=firm.pk, active=True).order_by("pk")[0].by
        item = creating.begin(firm=firm, grade="3", due_at=at + 90 * DAY, by=own, at=start)
        if far >= 1:
            creating.self_assess(item=item, score=74, by=own, at=start + 20 * DAY)
        if far >= 2:
            officer = _person("street_safety_officer", f"{FENGLING}000").by
            creating.review(item=item, score=71, reviewer="评审单位（演示）", by=officer, at=start + 40 * DAY)


# ---- dangers ----------------
def _schemes(at: datetime) -> None:
    """Four schemes: drafted, under way, a stage late, done."""
    rows = Danger.objects.filter(item__state="rectifying", item__exercise=None, rectify_by__gt=at + 8 * DAY)
    for far, danger in enumerate(rows.select_related("item").order_by("pk")[:4]):
        officer = _person("street_safety_officer", danger.item.region_id)
        first, last = localdate(at), localdate(danger.rectify_by)
        item = dangers.draft_scheme(
            item=danger.item, cause="设备老化，缺少维护（演示）", policy="停用、更换、验收", responsible="生产主管",
            stages=f"{first} 停用并挂牌 班组长\n{first + 3 * DAY} 更换部件 维修组\n{last} 验收 生产主管",
            funds=20_000 * (far + 1), by=BY, at=at,
        )  # fmt: skip
        if far:
            move(item=item, name="approve", by=officer.by, at=at)
        for place in range(1, min(far, 3) + 1 if far > 1 else 1):
            photo = [_photo(f"scheme/{item.pk}/{place}")]
            schemes.reach(item=item, place=place, by=officer.by, at=at, evidence=photo)
    for number, goods in enumerate(("fireworks", "fireworks", "fuel", "fireworks")):
        region = f"44039900{number + 1}001"
        officer = _person("street_safety_officer", region)
        item = dangers.find_unlawful(
            goods=goods, what=("store", "sell")[number % 2], place=f"出租仓库{number + 1}号（演示）",
            quantity=12 * (number + 1),
            persons=1, region=region, by=officer.by, at=at - (9 - number) * DAY,
        )  # fmt: skip
        if number < 2:
            crackdown.hand_over(
                item=item,
                handed_to="police",
                document=f"移送〔2026〕{number + 1}号",
                by=officer.by,
                at=at - 5 * DAY,
            )


def _campaign(at: datetime) -> None:
    """Tasks by year, the last month complete but for its inspection, figures of enforcement by street."""
    row = (
        Campaign.objects.filter(item__closed_at=None, item__exercise=None)
        .select_related("item")
        .order_by("pk")
        .first()
    )
    if row is None:
        return
    section = _person("safety_section", DISTRICT)
    for place, text in enumerate(("重大隐患动态清零", "重点企业全覆盖检查", "建立长效机制")):
        dangers.add_task(
            campaign=row,
            text=text,
            year=localdate(at).year + place // 2,
            due_by=at + (40 + 90 * place) * DAY,
            by=section.by,
            at=at,
        )
    month = dangers.open_month(campaign=row, month=at, by=section.by, at=at)
    months.meet(item=month, held_at=at - DAY, concluded="通报整改率靠后的街道（演示）", by=section.by, at=at)
    last = localdate(at).replace(day=1) - DAY
    for place in range(1, 6):
        for name, value in (
            ("enforcement_visits", 18 + 5 * place),
            ("cases", place),
            ("fines", 12_000 * place),
        ):
            dangers.enter_figure(
                campaign=row, street=f"44039900{place}000", name=name, value=value, last=last,
                first=last.replace(day=1),
                source="执法月报（演示）", by=BY, at=at,
            )  # fmt: skip


# ---- risks, terminals ----------------
def _letters(at: datetime) -> None:
    section = _person("safety_section", DISTRICT)
    for number, (street, topic) in enumerate((("001", "强降雨期间在建工地"), ("005", "夏季粉尘涉爆企业"))):
        to = Organisation.objects.filter(kind="street", region_id=f"440399{street}000").order_by("pk").first()
        if to is None:
            continue
        item = surveys.send_letter(
            to=to, topic=topic, text="近期风险升高（演示）。", asks="排查整改并回复。", by=section.by,
            answer_by=at + 7 * DAY,
            at=at - number * DAY,
        )  # fmt: skip
        if number:
            _sign(item, at)
    surveys.begin_survey(
        name="2026年安全生产风险普查（演示）", base=1_200, source="普查方案（演示）", due_at=at + 60 * DAY,
        region=f"{FENGLING}000", by=section.by, at=at,
    )  # fmt: skip


def _sign(item: WorkItem, at: datetime) -> None:
    officer = Person.objects.get(pk=key("person", f"{item.region_id[:9]}000-street_safety_officer-0"))
    if officer.organisation_id == item.charge_org_id:
        move(item=item, name="receive", by=officer.by, at=at)


def _terminals(at: datetime) -> None:
    codes = Fixture.objects.filter(kind="terminal", steps__what="connected").order_by("code").distinct()
    worries = ("", "", "no_helmet", "", "smoke", "")
    for number, code in enumerate(codes.values_list("code", flat=True)[:TELLING]):
        crews.pulse(
            code=code,
            people=number % 5,
            worry=worries[number % 6],
            at=at,
            happened_at=at - timedelta(minutes=2 * number),
        )
