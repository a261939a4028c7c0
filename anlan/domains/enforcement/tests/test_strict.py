"""四个一律、五个一批: a person says under which measure a matter falls; a month counts them by street, with rows."""

from decimal import Decimal

import pytest

from anlan.domains.enforcement.actions import strict
from anlan.domains.enforcement.actions.taking import PenaltyGiven, enter_penalties
from anlan.domains.enforcement.models import StrictMark
from anlan.domains.enforcement.public import by_street
from anlan.domains.enforcement.queries import strict as reads
from anlan.domains.enforcement.tests.ground import DAY, Bureau, Campaign, bureau
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused
from anlan.kernel.indicators.queries import indicator
from anlan.kernel.indicators.spec import Cut, Period, Reading
from anlan.kernel.loop.actions import open_item
from anlan.kernel.loop.models import WorkItem
from tests.people import DISTRICT, HARBOUR, HILL, NOON, QUAY, TERRACE

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours() -> Bureau:
    return bureau()


def case(ours: Bureau, number: str, *, region: str = QUAY, **more) -> WorkItem:
    given = PenaltyGiven("case", NOON - DAY, region, "甲厂", "无培训", None, number, "平台", **more)
    return enter_penalties([given], by=ours.section.by, at=NOON)[0]


def read(code: str, *, region: str = DISTRICT, as_of=NOON + 9 * DAY) -> Reading:
    period = Period(NOON - 3 * DAY, NOON + 9 * DAY)
    return indicator(code=f"enforcement.{code}", cut=Cut(region), period=period, as_of=as_of)


def refused(act, **given) -> str:
    with pytest.raises(Refused) as caught:
        act(**given)
    assert "{" not in str(caught.value)
    return caught.value.code


@pytest.mark.feature("M273")
class TestTheTwoLists:
    def test_are_rows_of_the_rules_and_claim_no_clause(self, ours: Bureau) -> None:
        known = reads.measures(region=DISTRICT, at=NOON)
        assert [each.name for each in known if each.kind == "four"] == [
            "停产整顿",
            "关闭取缔",
            "从重（上限）处罚",
            "厉行问责",
        ]
        assert [each.code for each in known if each.kind == "five"] == [
            "expose",
            "punish",
            "joint",
            "ban",
            "shut",
        ]
        rows = [rulesets.row_of(rule, region=DISTRICT, at=NOON) for rule in reads.LISTS.values()]
        assert [(row.article, row.tag) for row in rows] == [("", "P"), ("", "M")]

    def test_what_a_matter_holds_points_to_a_measure_and_a_person_says_so(self, ours: Bureau) -> None:
        item = case(ours, "1", kind="suspension", person_amount=Decimal(20_000))
        known = reads.measures(region=DISTRICT, at=NOON)
        assert [each.code for each in reads.pointed_to(item, known)] == ["stop", "account"]
        marking = {"item": item, "measure": "stop", "by": ours.officers[0].by, "at": NOON}
        strict.mark(**marking, why="拒不整改")
        assert [each.code for each in reads.pointed_to(item, known)] == ["account"]
        assert refused(strict.mark, **marking) == strict.THERE
        assert refused(strict.mark, **(marking | {"measure": "made-up"})) == strict.NOT_LISTED
        assert refused(strict.mark, **(marking | {"by": ours.here.outsider.by})) == strict.NOT_YOURS

    def test_a_month_counts_them_by_street_and_each_opens_to_its_matters(self, ours: Bureau) -> None:
        first, second = case(ours, "1"), case(ours, "2", region=TERRACE)
        by = {"by": ours.section.by, "at": NOON}
        strict.mark(item=first, measure="stop", **by)
        strict.mark(item=first, measure="expose", **by)
        row = strict.mark(item=second, measure="stop", **by)
        marked = reads.marked(region=DISTRICT, start=NOON - DAY, end=NOON + DAY, as_of=NOON, exercise_id=None)
        assert reads.by_street(marked) == {HARBOUR: {"stop": 1, "expose": 1}, HILL: {"stop": 1}}
        assert (read("four_all").value, set(read("four_all").rows)) == (2, {first.pk, second.pk})
        assert (read("five_batches").value, read("four_all", region=HILL).value) == (1, 1)
        assert refused(strict.take_back, row=row, why=" ", by=ours.section.by, at=NOON) == strict.NO_WHY
        strict.take_back(row=row, why="复核后不属于", by=ours.section.by, at=NOON + DAY)
        assert (read("four_all").value, read("four_all", as_of=NOON).value) == (1, 2)
        assert StrictMark.objects.get(pk=row.pk).taken_back_why == "复核后不属于"
        strict.mark(item=second, measure="stop", **by)  # may be marked again


def test_a_campaign_counts_visits_cases_and_fines_by_street(ours: Bureau) -> None:
    row = Campaign(name="百日", starts_on=NOON.date(), ends_on=NOON.date())
    open_item(
        loop="dangers.campaign", record=row, title="百日", region=DISTRICT, by="service:test", at=NOON - DAY
    )
    case(ours, "1", amount=Decimal(30_000), person_amount=Decimal(5_000), campaign=row.pk)
    case(ours, "2", region=TERRACE, amount=Decimal(1_000), campaign=row.pk)
    case(ours, "3", amount=Decimal(9_000))
    from_then = by_street(row.pk, NOON - 3 * DAY, NOON + DAY, None)
    assert from_then == {
        HARBOUR: {"enforcement_visits": 0, "cases": 1, "fines": 35_000},
        HILL: {"enforcement_visits": 0, "cases": 1, "fines": 1_000},
    }
    assert by_street(row.pk, NOON, NOON + DAY, None) == {}
