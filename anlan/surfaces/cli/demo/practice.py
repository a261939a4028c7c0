"""What a bureau has when it has worked for a while: accidents of former years, a campaign against accidents,
inspections of streets, ledgers of duties of firms, a case that others learn from. All invented.
"""

from datetime import datetime, timedelta

from anlan.domains.accidents.actions import prevent, warn
from anlan.domains.accidents.actions.taking import PastGiven, enter_past
from anlan.domains.accidents.models import Accident, Prevention
from anlan.domains.assessments.actions import accounts, inspections
from anlan.domains.assessments.models import Inspection
from anlan.domains.dangers.public import campaigns_at
from anlan.domains.enforcement.actions import executing
from anlan.domains.enforcement.models import Case, Publication
from anlan.domains.enterprises.actions import duties
from anlan.domains.enterprises.models import DutyPost, Enterprise
from anlan.domains.knowledge import actions as knowledge
from anlan.domains.knowledge.models import Example
from anlan.kernel.core import clock
from anlan.kernel.core.workdays import local_day
from anlan.kernel.loop.actions import move
from anlan.kernel.orgs.models import Organisation, Person
from anlan.surfaces.cli.demo.district import BY, key
from anlan.surfaces.cli.demo.files import DISTRICT, table

DAY = timedelta(days=1)
PAST = (  # day of the year, type, sector, body, what, dead, badly hurt
    (40, "fall_height", "E", "housing", "屋面作业坠落", 1, 0), (96, "machine", "C", "emergency", "注塑机挤压", 0, 1),
    (151, "electric", "C", "emergency", "检修触电", 1, 0), (203, "lifting", "E", "housing", "吊物坠落", 1, 0),
    (260, "collapse", "E", "small_works", "围墙坍塌", 2, 0), (301, "site_vehicle", "G", "transport", "倒车碾压", 1, 0),
)  # fmt: skip
HEADLINE = "电气线路私拉乱接，逾期不改受罚"
STORY = "检查发现某公司车间临时线路未穿管、未设漏电保护，责令限期整改；复查时仍未改正，依法立案处罚。"
LESSON = "临时用电要有审批、有保护、有人管；限期整改到期前应先自查，整改不了要提前说明。"
STREETS = ("汛前准备", "责任制落实", "有限空间作业监管")


def is_there() -> bool:
    return Inspection.objects.filter(item__exercise=None).exists()


def write() -> None:
    """All of it, once; half a second."""
    if is_there():
        return
    at = clock.real_now()
    _accidents(at)
    _prevention(at)
    _inspections(at)
    _ledgers(at)
    _case(at)


def _who(name: str) -> Person:
    return Person.objects.select_related("organisation").get(pk=key("person", name))


def _accidents(at: datetime) -> None:
    """A former year as the city's register has it, so that last year has something to stand against too."""
    homes = [row["community_code"] for row in table("regions")]
    for number, (day, sort, sector, body, what, dead, hurt) in enumerate(PAST):
        when = at.replace(year=at.year - 2, month=1, day=1) + day * DAY
        enter_past(
            PastGiven(
                source="市事故统计系统（演示）", number=f"{when.year}-{number + 1:02d}", description=what,
                type_code=sort, sector=sector, body=body, region=homes[(number * 31) % len(homes)], occurred=when,
                spot="作业现场",
                determination="determined", determined_on=when + 12 * DAY, figures={"dead": dead, "badly_hurt": hurt},
                unit_name="安澜某公司（演示）",
            ),
            by=BY, at=at,
        )  # fmt: skip


def _prevention(at: datetime) -> None:
    """A running campaign is given the accidents it is to keep down; one street was warned."""
    office = _who("watch-15").by
    running = campaigns_at(DISTRICT, at=at)
    if not running or Prevention.objects.exists():
        return
    item = prevent(
        campaign=running[0].pk, region=DISTRICT, types=["fall_height", "struck"], sectors=["E"], most_accidents=3,
        most_dead=3, by=office, at=at - 3 * DAY,
    )  # fmt: skip
    street = Accident.objects.filter(type_code="fall_height").order_by("-occurred_at").first()
    if street is not None:
        warn(
            item=item, street=f"{street.item.region_id[:9]}000", how="talk",
            reason="高处坠落同比上升，小散工程巡查不到位（演示）", by=office, at=at - DAY,
        )  # fmt: skip


def _inspections(at: datetime) -> None:
    """One with two departments together, one alone with its reason, one held with a finding."""
    office = _who("watch-17")
    streets = list(
        Organisation.objects.filter(kind="street", region__code__startswith=DISTRICT[:6]).order_by(
            "region_id"
        )
    )
    others = list(Organisation.objects.filter(kind="member_unit", active=True).order_by("name")[:2])
    if len(others) < 2 or len(streets) < 3:
        return
    first, past, by = local_day(at) + 5 * DAY, local_day(at) - 12 * DAY, office.by
    item = inspections.plan_inspection(
        unit=streets[0], office=others[0], subject=STREETS[0], first=first, last=first, by=by, at=at - DAY
    )
    inspections.go_along(item=item, office=others[1], subject=STREETS[2], by=by, at=at - DAY)
    inspections.plan_inspection(
        unit=streets[0], subject=STREETS[1], first=first, last=first + DAY, by=by, at=at - DAY,
        alone_why="上级交办，限三日内报送（演示）",
    )  # fmt: skip
    done = inspections.plan_inspection(
        unit=streets[2],
        office=others[0],
        subject=STREETS[2],
        first=past,
        last=past + DAY,
        by=by,
        at=at - 20 * DAY,
    )
    inspections.hold(
        item=done, said="作业审批齐全，监护人培训记录不全（演示）", by=office.by, at=at - 11 * DAY
    )
    accounts.give_finding(
        unit=streets[2], words="监护人培训记录不全（演示）", kind="special", by=office.by, at=at - 11 * DAY,
        inspection=Inspection.objects.get(pk=done.pk),
    )  # fmt: skip


def _ledgers(at: datetime) -> None:
    """Ledgers of duties of five firms: one whole, the others with gaps."""
    firms = Enterprise.objects.select_related("organisation").filter(status="operating").order_by("pk")[:5]
    for number, firm in enumerate(firms):
        duties.take_list(firm=firm, by=BY, at=at - 30 * DAY)
        posts = list(DutyPost.objects.filter(enterprise=firm, ended_on=None).order_by("place"))
        for place, post in enumerate(posts if number == 0 else posts[: 2 + number]):
            signed = local_day(at) - 25 * DAY if place % 3 or number == 0 else None
            duties.hold(
                post=post, name=f"演示{'甲乙丙丁戊己庚辛'[place % 8]}{number}", by=BY, at=at - 25 * DAY,
                since=local_day(at) - 26 * DAY, signed_on=signed,
            )  # fmt: skip


def _case(at: datetime) -> None:
    """A concluded case becomes one that others learn from: an officer writes it, the section shares it."""
    case = (
        Case.objects.filter(item__state="executed", organisation__isnull=False)
        .exclude(number="")
        .order_by("item__opened_at")
        .first()
    )
    section = _who("watch-9")
    if case is None or Example.objects.exists():
        return
    for row in Publication.objects.filter(case=case.pk, item__closed_at=None).select_related("item"):
        move(
            item=row.item,
            name="keep_back",
            reason="小微企业首违，不予公示（演示）",
            by=section.by,
            at=at - 2 * DAY,
        )
    officer = case.first_officer
    if officer is None:
        return
    executing.conclude(item=case.item, by=section.by, at=at - DAY)
    item = knowledge.draft(
        number=case.number, headline=HEADLINE, story=STORY, lesson=LESSON, by=officer.by, at=at - DAY
    )
    move(item=item, name="propose", by=officer.by, at=at - DAY)
    knowledge.share(item=item, by=section.by, at=at)
