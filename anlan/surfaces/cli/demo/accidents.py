"""Two years of accidents of a district that does not exist, every state among them."""

import random
from datetime import datetime, timedelta

from anlan.domains.accidents import actions
from anlan.domains.accidents.models import Accident
from anlan.domains.incidents.models import Incident
from anlan.kernel.core import attachments, clock
from anlan.kernel.loop.actions import move
from anlan.kernel.loop.evidence import Given
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.orgs.models import Person
from anlan.surfaces.cli.demo.district import BY, key
from anlan.surfaces.cli.demo.files import DISTRICT, table

SEED = 15
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
# type, sector, body, what, dead, badly hurt
SORTS = (
    ("fall_height", "E", "housing", "外墙作业人员坠落", 1, 0), ("struck", "E", "small_works", "拆除作业物体打击", 1, 0),
    ("machine", "C", "emergency", "冲床挤压", 0, 1), ("electric", "E", "small_works", "装修工人触电", 1, 0),
    ("suffocation", "N", "city", "清淤作业窒息", 1, 0), ("site_vehicle", "G", "transport", "叉车碾压", 1, 0),
    ("lifting", "E", "water", "吊装钢筋滑落", 1, 0), ("burn", "C", "emergency", "电镀槽灼烫", 0, 1),
    ("fall_height", "K", "other", "高空清洗坠落", 1, 0), ("collapse", "E", "province", "基坑支护坍塌", 2, 0),
)  # fmt: skip
# How far each of this year's has come.
FAR = ("evaluated", "replied", "submitted_late", "investigating", "extended", "written_off", "filed")
MEASURES = "停用并更换防坠器\n全员复训\n公布事故教训"


def is_there() -> bool:
    return Accident.objects.filter(item__exercise=None, item__region__code__startswith=DISTRICT[:6]).exists()


def write() -> None:
    """Ten of last year, determined; this year's as far as they have come; one out of an event of the watch."""
    if is_there():
        return
    dice = random.Random(SEED)  # noqa: S311 — a demo, no secret
    at = clock.real_now()
    homes = [row["community_code"] for row in table("regions")]
    for number, sort in enumerate(SORTS):
        item = _file(sort, homes[(number * 29) % len(homes)], at - (370 + 25 * number) * DAY, dice)
        move_on(item, "determined", at - (369 + 25 * number) * DAY)
    for number, far in enumerate(FAR):
        when = at - _how_long_ago(far) * DAY
        item = _file(SORTS[(number * 3 + 1) % len(SORTS)], homes[(number * 43 + 5) % len(homes)], when, dice)
        move_on(item, far, when)
    _out_of_an_event(at)


def _how_long_ago(far: str) -> int:
    return {"evaluated": 340, "replied": 150, "submitted_late": 85, "investigating": 40, "extended": 90,
            "written_off": 60, "filed": 2}[far]  # fmt: skip


def _office(number: int = 15) -> str:
    return Person.objects.get(pk=key("person", f"watch-{number}")).by


def _file(
    sort: tuple[str, str, str, str, int, int], home: str, when: datetime, dice: random.Random
) -> WorkItem:
    type_code, sector, body, what, dead, hurt = sort
    return actions.file_accident(
        description=what, type_code=type_code, sector=sector, body=body, region=home, occurred_at=when,
        unit_name=f"安澜{dice.choice(('恒固', '立新', '顺达', '平安'))}公司（演示）", spot="作业现场", dead=dead,
        badly_hurt=hurt, by=_office(), at=when + 3 * HOUR,
    )  # fmt: skip


def move_on(item: WorkItem, far: str, when: datetime) -> None:
    """Bring an accident as far as it is to be seen."""
    office, head = _office(15), _office(16)
    if far == "filed":
        move(
            item=item,
            name="handle_first",
            done="封控现场，固定证据，约谈单位负责人",
            by=office,
            at=when + 5 * HOUR,
        )
        return
    if far == "written_off":
        move(
            item=item,
            name="write_off",
            reason="经查为突发疾病死亡，不属于生产安全事故",
            by=head,
            at=when + 20 * DAY,
        )
        return
    grade = Accident.objects.get(pk=item.pk).grade
    actions.determine(
        item=item, grade=grade, by=head, at=when + 5 * DAY if far != "determined" else when + DAY
    )
    if far == "extended":
        actions.extend(
            item=item,
            until=when + 110 * DAY,
            reason="技术鉴定未完成，区政府批准延期",
            by=head,
            at=when + 55 * DAY,
        )
    if far in ("determined", "investigating", "extended"):
        return
    actions.submit(item=item, by=office, at=when + 55 * DAY, evidence=[_paper(f"{item.pk}/report")])
    move(
        item=item, name="review", conclusion="原因查明，责任认定清楚，建议批复", by=office, at=when + 60 * DAY
    )
    if far != "submitted_late":
        _replied(item, far, when, office, head)


def _replied(item: WorkItem, far: str, when: datetime, office: str, head: str) -> None:
    """The reply with its measures, and what became of them."""
    actions.reply(
        item=item, number="安府复〔演示〕7号", measures=MEASURES, by=office, at=when + 66 * DAY,
        evidence=[_paper(f"{item.pk}/reply")],
    )  # fmt: skip
    move(item=item, name="publish", where="区政府门户网站", by=office, at=when + 70 * DAY)
    for number in range(1, 4 if far == "evaluated" else 3):
        result = "part" if far == "replied" and number == 2 else "done"
        actions.look(item=item, measure=number, result=result, by=office, at=when + (120 + number) * DAY)
    if far == "evaluated":
        actions.evaluate(item=item, conclusion="整改措施全部落实", by=head, at=when + 300 * DAY)


def _out_of_an_event(at: datetime) -> None:
    """The heaviest event that goes on becomes an accident: its figures are followed, nobody types them again."""
    event = Incident.objects.filter(
        item__state="reported", event_class="accident", kind="construction"
    ).first()
    if event is None:
        return
    actions.file_accident(
        description="塔吊顶升作业倾覆", type_code="lifting", sector="E", body="housing", region=event.item.region_id,
        incident=event.pk, unit_name="安澜建工总包（演示）", by=_office(), at=at - 3 * HOUR,
    )  # fmt: skip


def _paper(seed: str) -> Given:
    data = b"%PDF-1.4\n% demo " + seed.encode() + b"\n%%EOF\n"
    return Given(
        "file", file=attachments.keep(data=data, media_type="application/pdf", name="演示.pdf", by=BY)
    )
