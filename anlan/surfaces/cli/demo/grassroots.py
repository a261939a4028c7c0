"""Service stations and their work books, standards on their way, crews at work: all of it invented."""

import random
from datetime import date, datetime, timedelta

from django.db import transaction

from anlan.domains.contractors import actions as crews
from anlan.domains.contractors.actions import FixtureGiven
from anlan.domains.contractors.models import Job
from anlan.domains.grassroots import actions
from anlan.domains.grassroots.models import Activity, Attainment, Station
from anlan.domains.grassroots.rules import WORKS
from anlan.kernel.core import attachments, clock
from anlan.kernel.loop.actions import move
from anlan.kernel.loop.evidence import Given
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.orgs.models import Duty, Organisation, Person
from anlan.surfaces.cli.demo.district import BY, SINCE, key
from anlan.surfaces.cli.demo.files import DISTRICT, table

STATIONS = 50  # practice.md §5: fifty service stations in parks
SEED = 9
DAYS = 150
TEN, FIRST = "village_ten_haves", "street_first_level"
WORK = (("屋面彩钢瓦更换", ("height",)), ("冷却塔检修", ("height", "electricity")), ("管道焊接改造", ("hot",)),
        ("污水池清淤", ("confined_space",)), ("配电房改造", ("electricity",)), ("设备吊装", ("lifting",)),
        ("外墙清洗", ("height",)), ("围墙修补", ()))  # fmt: skip
CREWS = ("顺达安装队（演示）", "恒固防水队（演示）", "立新机电队（演示）", "平安清洗队（演示）")
# How far each of the first jobs has come, so that every state is there.
AS_FAR_AS = ("noticed", "educated", "working", "checked", "stopped", "finished", "turned_away", "called_off")


def is_there() -> bool:
    return Job.objects.filter(item__exercise=None, item__region__code__startswith=DISTRICT[:6]).exists()


def write() -> None:
    """All of it, once. A few seconds."""
    if is_there():
        return
    dice = random.Random(SEED)  # noqa: S311 — a demo, no secret
    at = clock.real_now()
    homes = [row["community_code"] for row in table("regions")][:: 140 // STATIONS][:STATIONS]
    _stations(homes, dice, at)
    _fixtures(homes, dice, at)
    _standards(at)
    _crews(dice, at)


def _stations(homes: list[str], dice: random.Random, at: datetime) -> None:
    names = {row["community_code"]: row["community"].removesuffix("社区") for row in table("regions")}
    with transaction.atomic():
        for number, home in enumerate(homes, start=1):
            if not Station.objects.filter(code=f"FWZ-{number:02d}").exists():
                actions.open_station(
                    code=f"FWZ-{number:02d}", name=f"{names[home]}工业园应急管理服务站（演示）", region=home,
                    park=f"{names[home]}工业园", opened_on=date(2024, 3, 1) + timedelta(days=number), by=BY, at=at,
                )  # fmt: skip
        keepers = [
            Duty(
                id=key("duty", "station", home), person_id=key("person", f"{home}-patroller-0"),
                kind_id="station_keeper", region_id=home, valid_from=SINCE, verified_at=at,
            )
            for home in homes
        ]  # fmt: skip
        Duty.objects.bulk_create(keepers, ignore_conflicts=True)
        Activity.objects.bulk_create(_lines(dice, at))


def _lines(dice: random.Random, at: datetime) -> list[Activity]:
    """About a dozen lines a month and station would be real; four are enough to read."""
    found = []
    for station in Station.objects.filter(code__startswith="FWZ-").order_by("code"):
        for back in range(0, DAYS, 8):
            work = dice.choice(tuple(WORKS))
            when = at - timedelta(days=back, hours=dice.randrange(1, 9))
            came = (
                dice.randrange(20, 120)
                if work == "training"
                else dice.randrange(5, 30)
                if work == "drill"
                else 0
            )
            found.append(
                Activity(
                    station=station, work=work, times=dice.randrange(20, 200) if work == "leaflets" else 1,
                    attendances=came, happened_at=when, recorded_at=when + timedelta(hours=1), by=BY,
                )
            )  # fmt: skip
    return found


def _fixtures(homes: list[str], dice: random.Random, at: datetime) -> None:
    given = []
    for number, home in enumerate(homes * 3):
        steps = {"bought": at - timedelta(days=200 - number)}
        if dice.random() < 0.75:
            steps["installed"] = steps["bought"] + timedelta(days=20)
            if dice.random() < 0.6:
                steps["connected"] = steps["installed"] + timedelta(days=10)
        kind = ("terminal", "board", "terminal")[number // len(homes)]
        given.append(FixtureGiven(kind, f"{kind[0].upper()}-{number:03d}", "工业园（演示）", home, steps))
    crews.add_fixtures(given, by=BY, at=at)


def _standards(at: datetime) -> None:
    """Some communities have their ten things, some are on the way; two streets of ten stand at level one."""
    communities = list(table("regions"))[::9]
    streets = [f"440399{number:03d}000" for number in range(1, 11)]
    for number, row in enumerate(communities):
        _standard(TEN, row["community_code"], row["street_code"].ljust(12, "0"), number % 4, at)
    for number, street in enumerate(streets[:5]):
        _standard(FIRST, street, street, min(number, 3), at)


def _standard(standard: str, region: str, street: str, far: int, at: datetime) -> None:
    """`far`: 0 half-way, 1 waits for the street, 2 waits for the district, 3 reached."""
    if Attainment.objects.filter(standard=standard, item__region_id=region).exists():
        return
    start = at - timedelta(days=90)
    officer, second = (
        Person.objects.get(pk=key("person", f"{street}-street_safety_officer-{n}")) for n in (0, 1)
    )
    item = actions.begin(
        standard=standard, region=region, due_at=at + timedelta(days=60), by=officer.by, at=start
    )
    items = Attainment.objects.get(pk=item.pk).items
    for number in range(1, (len(items) if far else len(items) // 2) + 1):
        photo = _photo(f"{item.pk}/{number}")
        actions.tick(
            item=item, number=number, by=officer.by, at=start + timedelta(days=number), evidence=[photo]
        )
    if far >= 1:
        actions.apply(item=item, by=officer.by, at=at - timedelta(days=20))
    if far >= 2:
        move(item=item, name="pass_street", by=second.by, at=at - timedelta(days=12))
    if far >= 3:
        move(item=item, name="accept", by=_section(), at=at - timedelta(days=5))


def _section() -> str:
    held = Duty.objects.filter(kind_id="safety_section", region_id=DISTRICT, valid_to=None).select_related(
        "person"
    )
    return held.order_by("rank", "pk")[0].person.by


def _photo(seed: str) -> Given:
    """A stand-in picture: one grey point, different bytes each so that none counts as used twice."""
    data = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x99\x99\x99\x00\x00\x00,"
    data += b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
    return Given("photo", file=attachments.keep(data=data + seed.encode(), media_type="image/gif", by=BY))


def _crews(dice: random.Random, at: datetime) -> None:
    hosts = list(
        Organisation.objects.filter(kind="enterprise", region__code__startswith=DISTRICT[:6]).order_by("pk")[
            :24
        ]
    )
    for number, host in enumerate(hosts):
        what, works = WORK[number % len(WORK)]
        street = host.region_id[:9] + "000"
        officer, second = (
            Person.objects.get(pk=key("person", f"{street}-street_safety_officer-{n}")) for n in (0, 1)
        )
        start = at - timedelta(days=2, hours=dice.randrange(12))
        item = crews.notice(
            host=host, contractor=dice.choice(CREWS), description=what, leader="刘队长", workers=dice.randrange(2, 6),
            start_at=start + timedelta(hours=4), end_at=start + timedelta(days=5), works=works, by=officer.by, at=start,
        )  # fmt: skip
        _carry(item, AS_FAR_AS[number % len(AS_FAR_AS)], officer.by, second.by, start)


def _carry(item: WorkItem, far: str, by: str, other: str, start: datetime) -> None:
    """Bring a job as far as it is to be seen."""
    if far == "turned_away":
        move(item=item, name="turn_away", by=other, reason="未办理保险", at=start)
    if far == "called_off":
        move(item=item, name="call_off", by=by, reason="改期", at=start)
    if far in ("turned_away", "called_off", "noticed"):
        return
    job = Job.objects.get(pk=item.pk)
    names = "\n".join(f"工人{n + 1}（演示）" for n in range(job.workers))
    crews.educate(
        item=item, names=names, video="外来作业施工前教育", by=by, at=start, evidence=[_photo(f"{item.pk}")]
    )
    for number, work in enumerate(job.works):
        crews.show_permit(
            item=item, work=work, number=f"ZY-{item.pk.hex[-6:]}-{number}", holder="刘队长", valid_to=job.end_at, by=by,
            at=start,
        )  # fmt: skip
    if far == "educated":
        return
    crews.admit(item=item, by=other, at=start + timedelta(hours=3))
    if far == "checked":
        crews.check(item=item, result="fine", by=other, at=start + timedelta(hours=6))
    if far == "stopped":
        crews.check(
            item=item, result="wrong", note="作业人员未系安全带", by=other, at=start + timedelta(hours=6)
        )
        move(item=item, name="stop", by=other, reason="高处作业无防护", at=start + timedelta(hours=6))
    if far == "finished":
        move(item=item, name="finish", by=by, at=start + timedelta(hours=30))
