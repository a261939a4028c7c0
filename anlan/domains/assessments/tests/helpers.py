"""An office of assessments, a bureau chief, two streets' people, and a scheme with one number and one judgement."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from anlan.domains.assessments.actions import schemes, sheets
from anlan.domains.assessments.actions.sheets import Given
from anlan.domains.assessments.models import Round, Scheme, Sheet
from anlan.kernel.indicators.counting import count
from anlan.kernel.indicators.spans import Span
from anlan.kernel.orgs.models import Person
from tests import people

FIRST, LAST = date(2026, 1, 1), date(2026, 6, 30)
AT = people.NOON
TEXT = """
code = "half"
version = 1
title = "半年考核"
kinds = ["street"]
missing = "spread"
most_deducted = 10
veto_grade = "不合格"
[[grade]]
at_least = 80
name = "优秀"
[[grade]]
at_least = 0
name = "不合格"
[[item]]
code = "A1"
label = "信息报送及时率"
weight = 60
rule = "proportional"
indicator = "test.in_time"
target = 100
zero = 50
[[item]]
code = "B1"
label = "责任清单落实"
weight = 40
rule = "judged"
[[clause]]
code = "K1"
kind = "deduction"
label = "迟报一次"
points = 2
[[clause]]
code = "J1"
kind = "bonus"
label = "经验推广"
points = 1
[[veto]]
code = "F1"
label = "较大以上责任事故"
"""


@dataclass
class Office:
    """Who acts."""

    here: people.District
    keeper: Person
    second: Person
    chief: Person
    scheme: Scheme
    round: Round

    def sheet(self, region: str = people.HARBOUR) -> Sheet:
        return sheets.sheet_of(Sheet.objects.get(round=self.round, unit__region=region).item)


def duty_kinds() -> None:
    for code in ("assessment_office", "vetting_keeper"):
        people.add_kind(code)


def office(*, at: datetime = AT, text: str = TEXT) -> Office:
    """A round opened for both streets, with the number of each counted: 90 and 70 per cent."""
    here = people.district()
    duty_kinds()
    keeper, second, chief = (
        people.add_person(name, here.bureau, account=True) for name in ("考核甲", "考核乙", "局长")
    )
    for person, kind in (
        (keeper, "assessment_office"),
        (second, "assessment_office"),
        (chief, "bureau_chief"),
    ):
        people.add_duty(person, kind, people.DISTRICT)
    for region, value in ((people.HARBOUR, 90), (people.HILL, 70)):
        count(code="test.in_time", value=value, unit="%", scope="首报", region=region, span=Span("since", FIRST, LAST),
              source="值班台账", by="service:test", at=at)  # fmt: skip
    scheme = schemes.take_scheme(text=text, region=people.DISTRICT, by=keeper.by, at=at)
    opened = schemes.open_round(scheme=scheme, first=FIRST, last=LAST, by=keeper.by, at=at)
    return Office(here, keeper, second, chief, scheme, opened)


def through(made: Office, region: str, by: Person, points: int, *, at: datetime = AT) -> Sheet:
    """A sheet scored by its unit, handed in, and checked by the office with the same points."""
    sheet = made.sheet(region)
    sheets.score(sheet=sheet, given={"B1": Given(points=str(points))}, by=by.by, at=at)
    sheets.submit(item=sheet.item, by=by.by, at=at)
    sheet = made.sheet(region)
    sheets.score(
        sheet=sheet, given={"B1": Given(points=str(points))}, by=made.keeper.by, at=at + timedelta(minutes=1)
    )
    sheets.check(item=sheet.item, by=made.keeper.by, at=at + timedelta(minutes=2))
    return made.sheet(region)
