"""Assessments of the streets, an account of safety, a finding, a veto, a vetting list: all of it invented."""

import random
from datetime import UTC, date, datetime, time, timedelta

from fpdf import FPDF

from anlan.domains.assessments.actions import accounts, publishing, schemes, sheets, vetoes, vetting
from anlan.domains.assessments.actions.sheets import Given
from anlan.domains.assessments.models import Round, SafetyAccount, Scheme, Sheet
from anlan.kernel.core import attachments, clock
from anlan.kernel.core.models import Attachment
from anlan.kernel.core.workdays import LOCAL, local_day
from anlan.kernel.loop.actions import move
from anlan.kernel.loop.evidence import Given as Proven
from anlan.kernel.orgs.models import Organisation, Person
from anlan.surfaces.cli.demo.district import BY, key
from anlan.surfaces.cli.demo.files import DISTRICT

SEED = 14
OFFICE, SECOND, KEEPER, CHIEF = "watch-17", "watch-18", "watch-19", "watch-10"
SAID = (
    "例会每月一次，有纪要",
    "责任清单已上墙公示",
    "带队检查四次",
    "消防责任书签订到社区",
    "“五进”活动六场",
)
ENTRIES = (
    ("K1", "6月迟报内涝信息一次（演示）"),
    ("J1", "“敲门行动”做法被市里推广（演示）"),
    ("K2", "5月被市通报一次（演示）"),
)
POINTS = (("P1", 3), ("P2", 1), ("P3", 1), ("M2", 1))
NAMES = (
    "演示甲，{0}，副主任\n演示乙，{0}，科员\n演示丙，{1}，主任\n"
    "演示丁，{1}，一级科员\n{2}\n演示戊，区演示中心，干事"
)


def is_there() -> bool:
    return Round.objects.filter(region=DISTRICT, exercise=None).exists()


def write() -> None:
    """All of it, once; about a second."""
    if is_there():
        return
    at, dice = clock.real_now(), random.Random(SEED)  # noqa: S311 — a demo, no secret
    taken = {row.code: row for row in (_take(text, at) for text in schemes.shipped())}
    file = _scan("安全生产责任清单落实情况（演示）")
    last = _closed(taken["safety_annual"], file, dice, at)
    _running(taken["disaster_duty"], dice, at)
    _points(taken["enforcement_points"], dice, at)
    _others(last, file, at)
    _vetting(at)


def _take(text: str, at: datetime) -> Scheme:
    return schemes.take_scheme(text=text, region=DISTRICT, by=BY, at=at - timedelta(days=60))


def _in(of: Round, dice: random.Random) -> datetime:
    """A moment within a round's days."""
    return datetime.combine(of.last, time(2), UTC) - timedelta(days=dice.choice((3, 5, 40)))


def _person(name: str) -> Person:
    return Person.objects.get(pk=key("person", name))


def _own(sheet: Sheet) -> Person:
    """Somebody of the street who scores it."""
    return _person(f"{sheet.unit.region_id}-street_deputy-0")


def _sheets(of: Round) -> list[Sheet]:
    rows = Sheet.objects.filter(round=of).select_related("item").order_by("item__region_id")
    return [sheets.sheet_of(sheet.item) for sheet in rows]


def _half(at: datetime) -> tuple[date, date]:
    """The last half year that is over."""
    day = local_day(at)
    if day.month > 6:
        return date(day.year, 1, 1), date(day.year, 6, 30)
    return date(day.year - 1, 7, 1), date(day.year - 1, 12, 31)


def _closed(scheme: Scheme, file: Attachment, dice: random.Random, at: datetime) -> Round:
    """The last half year: checked and published; one street objects, one result was corrected."""
    first, last = _half(at)
    then = at - timedelta(days=2)
    title = f"{last.year}年半年安全生产和消防工作考核"
    of = schemes.open_round(scheme=scheme, first=first, last=last, by=BY, at=then, title=title)
    for sheet in _sheets(of):
        _score(sheet, dice, at=then)
        sheets.prove(
            sheet=sheet, code="C1", file=file, title="职责清单落实情况（盖章扫描件）", why_late="补交存档件",
            happened_at=_in(of, dice), by=_own(sheet).by, at=then,
        )  # fmt: skip
        sheets.submit(item=sheet.item, by=_own(sheet).by, at=then)
        sheet = sheets.sheet_of(sheet.item)
        _score(sheet, dice, at=then + timedelta(hours=1), by=_person(OFFICE))
        if dice.random() < 0.4:
            clause, said = dice.choice(ENTRIES)
            sheets.enter(
                sheet=sheet,
                clause=clause,
                said=said,
                happened_at=_in(of, dice),
                by=_person(OFFICE).by,
                at=then,
            )
        sheets.check(item=sheet.item, by=_person(OFFICE).by, at=then + timedelta(hours=2))
    publishing.publish(of=of, by=_person(OFFICE).by, at=then + timedelta(hours=3))
    _object(_sheets(of)[1:3], at=at - timedelta(hours=5))
    return of


def _score(sheet: Sheet, dice: random.Random, *, at: datetime, by: Person | None = None) -> None:
    given = {}
    for item in sheet.round.scheme.items.filter(kind="judged"):
        points = dice.randrange(int(item.weight * 7), int(item.weight * 10)) / 10
        given[item.code] = Given(points=str(points), said=dice.choice(SAID))
    sheets.score(sheet=sheet, given=given, by=(by or _own(sheet)).by, at=at)


def _object(objecting: list[Sheet], *, at: datetime) -> None:
    waits, corrected = objecting
    publishing.object_to(item=waits.item, by=_own(waits).by, at=at, reason="宣传“五进”少计两场（演示）")
    publishing.object_to(item=corrected.item, by=_own(corrected).by, at=at, reason="责任书已补交（演示）")
    corrected = sheets.sheet_of(corrected.item)
    sheets.score(
        sheet=corrected, given={"C2": Given(points="14.5", said="责任书核实")}, by=_person(SECOND).by, at=at
    )
    publishing.correct(item=corrected.item, by=_person(SECOND).by, at=at, reason="核实责任书后更正")


def _running(scheme: Scheme, dice: random.Random, at: datetime) -> None:
    """This year's disaster duty: the streets are scoring themselves."""
    year = local_day(at).year
    of = schemes.open_round(
        scheme=scheme, first=date(year, 1, 1), last=date(year, 12, 31), by=BY, at=at - timedelta(days=3)
    )
    for sheet in _sheets(of)[:4]:
        _score(sheet, dice, at=at - timedelta(days=1))
        if dice.random() < 0.5:
            sheets.submit(item=sheet.item, by=_own(sheet).by, at=at - timedelta(hours=9))


def _points(scheme: Scheme, dice: random.Random, at: datetime) -> None:
    """积分制: four months of points."""
    first, last = date(local_day(at).year, 1, 1), date(local_day(at).year, 12, 31)
    begin = datetime.combine(first, time(), LOCAL)
    of = schemes.open_round(scheme=scheme, first=first, last=last, by=BY, at=at - timedelta(days=5))
    for sheet in _sheets(of):
        for back in (70, 10):
            clause, most = dice.choice(POINTS)
            when = max(at - timedelta(days=back), begin)
            sheets.enter(
                sheet=sheet, clause=clause, times=dice.randint(1, most), said="按月登记（演示）", happened_at=when,
                by=BY, at=at,
            )  # fmt: skip


def _others(of: Round, file: Attachment, at: datetime) -> None:
    """A leader's account before a panel, a finding that waits for the look back, a veto that waits for a hand."""
    street = _sheets(of)[0]
    leader = _own(street)
    panel = [_person(name) for name in (CHIEF, OFFICE, SECOND)]
    item = accounts.ask_account(
        leader=leader, year=local_day(at).year, panel=panel, by=BY, at=at - timedelta(days=6)
    )
    move(
        item=item,
        name="hand_in",
        by=leader.by,
        at=at - timedelta(days=2),
        evidence=[Proven("file", file=file)],
    )
    account = SafetyAccount.objects.get(pk=item.pk)
    for member, score in zip(panel[:2], ("91", "86.5"), strict=True):
        accounts.score_account(account=account, score=score, by=member.by, at=at - timedelta(days=1))
    office = _person(OFFICE).by
    found = accounts.give_finding(
        unit=street.unit,
        words="易涝点值守表未更新（演示）",
        kind="special",
        by=office,
        at=at - timedelta(days=9),
    )
    accounts.answer_finding(
        item=found, measure="已更新并公示，专人每周核对", by=leader.by, at=at - timedelta(days=3),
        evidence=[Proven("file", file=file)],
    )  # fmt: skip
    vetoes.propose_veto(
        unit=_sheets(of)[8].unit, of=of, clause="F2", words="一宗信息未按时上报，请核定是否属于谎报（演示）", by=office,
        at=at - timedelta(hours=20),
    )  # fmt: skip


def _vetting(at: datetime) -> None:
    streets = Organisation.objects.filter(kind="street", region__code__startswith=DISTRICT[:6]).order_by(
        "region_id"
    )
    named = vetting.read_lines(NAMES.format(*(unit.name for unit in streets[:3])))
    day = at.date()
    batch = vetting.open_batch(
        title="上半年提拔任用核查（演示）", purpose="promotion", asked_by="区演示组织部门", named=named,
        first=day - timedelta(days=1095), last=day, due_on=day + timedelta(days=5), region=DISTRICT,
        by=_person(KEEPER).by, at=at - timedelta(hours=30),
    )  # fmt: skip
    subject = batch.subjects.get(place=3)
    vetting.add_trace(
        subject=subject, happened_on=day - timedelta(days=200), words="述职评议意见一条（演示）",
        by=_person(KEEPER).by, at=at - timedelta(hours=29),
    )  # fmt: skip


def _scan(title: str) -> Attachment:
    """A page as a scanner would give it: typed lines and a seal, in the letters that every PDF has."""
    pdf = FPDF(format="A4")
    pdf.add_page()
    pdf.set_font("Helvetica", size=16)
    pdf.cell(0, 20, "DEMO SCAN", align="C", new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("Helvetica", size=11)
    for number in range(1, 13):
        pdf.cell(0, 9, f"{number}. " + "- " * 40, new_x="LMARGIN", new_y="NEXT")
    pdf.set_draw_color(190, 30, 30)
    pdf.set_line_width(1.4)
    pdf.circle(x=150, y=190, radius=22)
    return attachments.keep(
        data=bytes(pdf.output()), media_type="application/pdf", name=f"{title}.pdf", by=BY
    )
