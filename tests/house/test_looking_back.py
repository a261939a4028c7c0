"""What two registers know against units reaches whoever looks back: an opinion on a name, and a proposed veto."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from anlan.domains.accidents.actions import determine, file_accident
from anlan.domains.assessments.actions import vetoes, vetting
from anlan.domains.assessments.models import Veto
from anlan.domains.assessments.tests.helpers import AT, TEXT, Office, office
from anlan.domains.enforcement.actions.taking import PenaltyGiven, enter_penalties
from tests import people

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ACCIDENT = "较大生产安全事故（已认定）：死亡3人、重伤0人。平台坍塌"
PENALTY = "行政处罚（立案）：罚款50000元。未按规定培训"


@pytest.fixture
def made() -> Office:
    """A round of streets and firms; an accident of the firm at the quay, determined, and a penalty against the firm."""
    made = office(text=TEXT.replace('kinds = ["street"]', 'kinds = ["street", "enterprise"]'))
    here = made.here
    people.add_kind("accident_office")
    clerk, head = (people.add_person(name, here.bureau) for name in ("冯专员", "卫专员"))
    for person in (clerk, head):
        people.add_duty(person, "accident_office", people.DISTRICT)
    item = file_accident(
        description="平台坍塌", type_code="collapse", sector="C", body="emergency", region=people.QUAY, dead=3,
        organisation=here.firm, by=clerk.by, at=AT - 40 * DAY,
    )  # fmt: skip
    determine(item=item, grade="serious", by=head.by, at=AT - 39 * DAY)
    given = PenaltyGiven("case", date(2026, 6, 13), people.QUAY, here.firm.name, "未按规定培训", here.firm, "1", "平台",
                         amount=Decimal(50_000))  # fmt: skip
    enter_penalties([given], by="service:test", at=AT - 10 * DAY)
    return made


@pytest.mark.feature("M346")
def test_an_opinion_sees_the_accidents_and_penalties_of_unit_and_of_the_street_somebody_answered_for(made):
    here = made.here
    keeper = people.add_person("核查甲", here.bureau)
    people.add_duty(keeper, "vetting_keeper", people.DISTRICT)
    leads = people.add_person("钱挂点", here.bureau)
    people.add_duty(leads, "street_principal", people.HARBOUR)
    left = people.add_duty(
        people.add_person("孙离任", here.bureau), "street_principal", people.HARBOUR, rank=1
    )
    left.valid_to = AT - 200 * DAY
    left.save()
    names = (
        "海风家具厂\n石矶街道办事处\n钱挂点，安澜区应急管理局\n孙离任，安澜区应急管理局\nAlma，临港街道办事处"
    )
    batch = vetting.open_batch(
        title="评优", purpose="award", asked_by="组织部门", named=vetting.read_lines(names), first=date(2026, 1, 1),
        last=date(2026, 7, 3), due_on=date(2026, 7, 10), region=people.DISTRICT, by=keeper.by, at=AT,
    )  # fmt: skip
    rows = vetting.read_batch(batch=batch, by=keeper.by, at=AT)
    assert [(row.subject.name, [trace.words for trace in row.traces]) for row in rows] == [
        ("海风家具厂", [ACCIDENT, PENALTY]),
        ("石矶街道办事处", []),
        ("钱挂点", [ACCIDENT]),
        ("孙离任", []),
        ("Alma", [ACCIDENT]),
    ]
    assert [trace.bars for trace in rows[0].traces] == [True, False]


@pytest.mark.feature("M253")
def test_a_veto_is_proposed_for_a_grave_accident_and_shows_the_penalty_beside_it(made):
    items = vetoes.propose_vetoes(of=made.round, at=AT)
    rows = {str(veto.unit): veto for veto in Veto.objects.filter(pk__in=[item.pk for item in items])}
    assert set(rows) == {"海风家具厂", "临港街道办事处"}
    firm = rows["海风家具厂"]
    assert firm.words == ACCIDENT
    assert [(each["source"], each["words"], each["bars"]) for each in firm.traces] == [
        ("accidents.determined", ACCIDENT, "grave"), ("enforcement.penalties", PENALTY, ""),
    ]  # fmt: skip
    assert [each["source"] for each in rows["临港街道办事处"].traces] == ["accidents.determined"]
