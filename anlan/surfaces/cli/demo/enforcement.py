"""Enforcement of the demo: certificates, the year's plan, a published draw, past visits and penalties in bulk, and a
case in every state. All of it invented; no fine is ever put on a real place."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from anlan.domains.enforcement.actions import (
    casework,
    checking,
    drawing,
    executing,
    measures,
    planning,
    pointing,
    referring,
    taking,
)
from anlan.domains.enforcement.actions.checking import Found
from anlan.domains.enforcement.actions.planning import LineGiven
from anlan.domains.enforcement.actions.taking import CheckGiven, PenaltyGiven
from anlan.domains.enforcement.models import Check, OfficerCertificate
from anlan.domains.enforcement.rules.cases import Given
from anlan.kernel.core import clock
from anlan.kernel.core.workdays import LOCAL, local_day
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.orgs.models import Duty, Organisation, Person
from anlan.kernel.orgs.queries import who_answers
from anlan.surfaces.cli.demo.district import BY
from anlan.surfaces.cli.demo.files import DISTRICT

SEED = 13
# A twentieth of a year's 5,000 visits, 690 cases and 1,330 spot penalties, as the year stands after some months.
FIRMS, VISITS, CASES, SPOTS = 84, 126, 17, 33
DAY = timedelta(days=1)
FIRST_DRAW, LAST_DRAW = 8 * DAY, DAY / 12  # ago: one is published, the other waits for it
CAUSES = ("未如实记录安全生产教育培训", "除尘系统未按规定清理粉尘", "有限空间作业未审批", "未设置安全警示标志",
    "特种作业人员未持证上岗",
          "未建立隐患排查治理制度")  # fmt: skip
UNIT = Given("unit", "fine", "aqscf-97", Decimal(40_000))
LARGE = Given("unit", "fine", "aqscf-101-late", Decimal(150_000))
PERSON = Given("person", "fine", "aqscf-94", Decimal(30_000), name="（演示）主要负责人")
SOURCE = "执法平台（演示）"


@dataclass
class Cast:
    """Two officers of a street, the section, the chief, and a firm of theirs."""

    firm: Organisation
    first: Person
    second: Person
    section: Person
    chief: Person

    @property
    def pair(self) -> dict[str, Any]:
        return {"first_officer": self.first, "second_officer": self.second}


def is_there() -> bool:
    return OfficerCertificate.objects.exists()


def write() -> int:
    """All of it, once; returns how many visits there are. About two seconds."""
    if is_there():
        return 0
    at = clock.real_now()
    firms = list(
        Organisation.objects.filter(kind="enterprise", active=True).exclude(uscc="").order_by("code")
    )
    section, chief = (_people(kind, DISTRICT, at) for kind in ("safety_section", "bureau_chief"))
    if len(firms) < FIRMS or not section or not chief:
        return 0
    dice = random.Random(SEED)  # noqa: S311 - the same demo every time
    with transaction.atomic():
        _certificates(at)
        planned = dice.sample(firms, FIRMS)
        _plans(planned, section[0], chief[0], at)
        _past(planned, firms, section[0], dice, at)
        _draw(section[0], at)
    casts = [cast for firm in firms[: len(PLAYS)] if (cast := _cast(firm, section[0], chief[0], at))]
    for number, play in enumerate(PLAYS):
        with transaction.atomic():
            play(casts[number % len(casts)], at)
    with transaction.atomic():
        yesterday = (at - DAY).astimezone(LOCAL)
        pointing.show_month(
            region=DISTRICT, month=yesterday.replace(day=1) - 2 * DAY, by=section[0].by, at=yesterday
        )
    return Check.objects.count()


def _people(kind: str, region: str, at: datetime) -> list[Person]:
    ids = [answerer.person_id for answerer in who_answers(duty=kind, where=region, at=at)]
    known = Person.objects.in_bulk(ids)
    return [known[pk] for pk in ids]


def _cast(firm: Organisation, section: Person, chief: Person, at: datetime) -> Cast | None:
    officers = _people("enforcement_officer", firm.region_id, at)
    return Cast(firm, officers[0], officers[1], section, chief) if len(officers) > 1 else None


def _certificates(at: datetime) -> None:
    """Everybody with the duty has a certificate; two of them run out soon."""
    holders = (
        Duty.objects.filter(kind="enforcement_officer").order_by("pk").values_list("person_id", flat=True)
    )
    OfficerCertificate.objects.bulk_create(
        [
            OfficerCertificate(
                person_id=pk, number=f"粤演示{number:05d}", issued_by="省人民政府（演示）", valid_from=date(2023, 1, 1),
                valid_to=(at + (40 if number < 2 else 700) * DAY).date(), by=BY, recorded_at=at - 200 * DAY,
            )
            for number, pk in enumerate(dict.fromkeys(holders))
        ]
    )  # fmt: skip


def _year(at: datetime) -> datetime:
    """The first working day of the year that a time lies in; in the first days of one that is still to come."""
    return datetime(local_day(at).year, 1, 4, 9, tzinfo=LOCAL)


def _plans(firms: Sequence[Organisation], section: Person, chief: Person, at: datetime) -> None:
    """This year's plan; in the first days of January last week's draw is still of the one before."""
    years = {local_day(drawn).year: drawn for drawn in (at - LAST_DRAW, at - FIRST_DRAW)}
    for drawn in years.values():
        start = min(_year(drawn), drawn - DAY)
        item = planning.draft_plan(year=local_day(drawn).year, region=DISTRICT, by=section.by, at=start)
        lines = [
            LineGiven(firm, "key" if number % 5 == 0 else "general") for number, firm in enumerate(firms)
        ]
        planning.add_lines(item=item, given=lines, by=section.by, at=start)
        planning.approve(item=item, approval="安府函（演示）1号", by=chief.by, at=start)


def _past(
    planned: Sequence[Organisation],
    firms: Sequence[Organisation],
    section: Person,
    dice: random.Random,
    at: datetime,
) -> None:
    """Visits and penalties of the year so far, as another system recorded them: done, paid, some still unpaid."""
    span = max(1, (at - _year(at)).days)
    half = planned[: FIRMS * 7 // 12]
    chosen = [dice.choice(half) if number % 6 else dice.choice(firms) for number in range(VISITS)]
    visits = [
        CheckGiven(
            (at - dice.randrange(1, span + 1) * DAY), firm.region_id, firm.name, firm, number=f"J{number:04d}",
            kind=dice.choice(("general", "key", "campaign", "unannounced")), source=SOURCE, found=dice.randrange(0, 4),
            partners=("生态环境局",) if number % 25 == 0 else (),
        )
        for number, firm in enumerate(chosen)
    ]  # fmt: skip
    taking.enter_checks(visits, by=section.by, at=at)
    taking.enter_penalties(_penalties(chosen, dice, span, at), by=section.by, at=at)


def _penalties(
    firms: Sequence[Organisation], dice: random.Random, span: int, at: datetime
) -> list[PenaltyGiven]:
    found = []
    for number in range(CASES + SPOTS):
        case, firm = number < CASES, firms[number]
        decided = at - dice.randrange(1, span + 1) * DAY
        amount = Decimal(dice.randrange(10, 60) * 1000 if case else dice.choice((0, 1000, 2000, 3000)))
        found.append(
            PenaltyGiven(
                "case" if case else "spot", decided, firm.region_id, firm.name, dice.choice(CAUSES), firm,
                number=f"{'A' if case else 'D'}{number:04d}", source=SOURCE, opened=decided - dice.randrange(20,
                    60) * DAY,
                amount=amount, person_amount=Decimal(20_000) if case and number % 9 == 0 else None,
                paid=None if number % 8 == 0 else amount + (20_000 if case and number % 9 == 0 else 0),
                kind="fine" if amount else "warning",
            )
        )  # fmt: skip
    return found


def _draw(section: Person, at: datetime) -> None:
    """One published draw of last week, one of today that waits to be published."""
    week = at - FIRST_DRAW
    item = drawing.draw_checks(
        region=DISTRICT,
        count=6,
        seed="演示摇号 3 17 22 28 31 05",
        partners="生态环境局",
        by=section.by,
        at=week,
    )
    drawing.publish(
        item=item, published_where="区政府网站“双随机、一公开”专栏（演示）", by=section.by, at=week + DAY
    )
    drawing.draw_checks(region=DISTRICT, count=4, by=section.by, at=at - LAST_DRAW)


# ---- one matter in every state ----------------
def _checked(cast: Cast, at: datetime) -> WorkItem:
    found = [Found("除尘风管积尘未清理", "dust", spot="打磨车间"), Found("疏散通道堆放成品", "exit")]
    return checking.record_check(
        organisation=cast.firm, **cast.pair, kind="campaign", findings=found, prevention="paper", sign_how="signed",
        by=cast.first.by, at=at,
    )  # fmt: skip


def _case(cast: Cast, at: datetime, cause: int = 0) -> WorkItem:
    return casework.open_case(
        organisation=cast.firm, cause=CAUSES[cause], **cast.pair, by=cast.first.by, at=at
    )


def _opened(cast: Cast, at: datetime, cause: int = 0) -> WorkItem:
    item = _case(cast, at, cause)
    casework.approve(item=item, by=cast.section.by, at=at)
    return item


def _noticed(cast: Cast, at: datetime, *penalties: Given) -> WorkItem:
    item = _opened(cast, at, 1)
    casework.notify(item=item, penalties=penalties or (UNIT,), by=cast.first.by, at=at + DAY)
    return item


def _decided(cast: Cast, at: datetime, *penalties: Given) -> WorkItem:
    item = _noticed(cast, at, *penalties)
    if len(penalties) > 1:
        casework.review(item=item, reason="程序合法，集体讨论同意", by=cast.section.by, at=at + 2 * DAY)
    casework.decide(item=item, penalties=penalties or (UNIT,), by=cast.chief.by, at=at + 14 * DAY)
    return item


def _proposed(cast: Cast, at: datetime) -> None:
    casework.open_case(check=_checked(cast, at - DAY), cause=CAUSES[1], **cast.pair, by=cast.first.by, at=at)


def _late(cast: Cast, at: datetime) -> None:
    """Opened a hundred days ago and not decided: the one that is late."""
    _opened(cast, at - 100 * DAY, 2)


def _served(cast: Cast, at: datetime) -> None:
    """Firm and person in one case, served, the firm's part paid."""
    item = _decided(cast, at - 30 * DAY, UNIT, PERSON)
    executing.serve(item=item, receipt="送达回证（演示）", by=cast.first.by, at=at - 15 * DAY)
    executing.pay(item=item, amount=40_000, receipt="缴款书（演示）", by=cast.first.by, at=at - 4 * DAY)
    referring.refer(
        offence="涉嫌危险作业罪（演示）",
        to="区公安分局",
        case=item,
        persons=1,
        by=cast.first.by,
        at=at - 2 * DAY,
    )


def _executed(cast: Cast, at: datetime) -> None:
    item = _decided(cast, at - 40 * DAY)
    executing.serve(item=item, receipt="送达回证（演示）", by=cast.first.by, at=at - 25 * DAY)
    executing.pay(item=item, amount=40_000, by=cast.first.by, at=at - 20 * DAY)


def _sealed(cast: Cast, at: datetime) -> None:
    measures.impose(
        kind="seal",
        what="喷漆房及烘干设备",
        check=_checked(cast, at - 3 * DAY),
        **cast.pair,
        by=cast.first.by,
        at=at - 3 * DAY,
    )


PLAYS = (
    _proposed,
    lambda cast, at: _opened(cast, at - 20 * DAY, 3),
    lambda cast, at: _noticed(cast, at - 4 * DAY, LARGE),
    lambda cast, at: _decided(cast, at - 15 * DAY),
    _served,
    _executed,
    lambda cast, at: _executed(cast, at - 60 * DAY),  # old enough to be concluded
    _late,
    _sealed,
)
