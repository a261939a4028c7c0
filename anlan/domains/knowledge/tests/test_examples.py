"""A closed case becomes one that others learn from: nobody is named in it, and two people stand for it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.domains.knowledge import actions
from anlan.domains.knowledge.models import Example
from anlan.domains.knowledge.queries import examples
from anlan.domains.knowledge.rules.sharing import betrayed, without
from anlan.domains.knowledge.tests.town import Town, case, rows, town
from anlan.kernel.core.errors import Refused
from anlan.kernel.loop.actions import move
from anlan.kernel.loop.models import WorkItem
from tests import people

pytestmark = pytest.mark.feature("M020")
STORY = "检查发现某公司除尘系统未采取控爆措施，责令限期整改后复查仍未改正。"
LESSON = "干式除尘要有泄爆或隔爆装置，整改要有专人盯到底。"


@pytest.fixture
def there(db: None) -> Town:
    return town()


@pytest.fixture
def closed(there: Town) -> Any:
    made = case("海风家具厂未采取控爆措施案", people.QUAY, there.mill)
    rows("enforcement.Case").filter(pk=made.pk).update(
        number="安应急罚〔2026〕7号", firm_name="海风家具厂", second_officer=there.here.colleague
    )
    rows("enforcement.Penalty").filter(item=made.item).delete()
    rows("enforcement.Penalty").create(
        item=made.item, procedure="case", respondent="person", name="欧阳明", kind="fine", amount=30000,
        law="安全生产法", article="101", tier="ordinary", decided_at=people.NOON, recorded_at=people.NOON, by="service:test",
    )  # fmt: skip
    WorkItem.objects.filter(pk=made.item.pk).update(state="concluded", closed_at=people.NOON)
    return made


def draft(there: Town, **more: str) -> WorkItem:
    parts = {
        "number": "安应急罚〔2026〕7号",
        "headline": "控爆措施缺失，逾期不改受罚",
        "story": STORY,
        "lesson": LESSON,
    }
    return actions.draft(**parts | more, by=there.here.colleague.by, at=people.NOON)


class TestNames:
    @pytest.mark.parametrize(
        "what", ["海风家具厂", "海风 家具厂", "欧阳明", "Bo", "13912345678", "440301199001011234"]
    )
    def test_that_point_to_somebody_are_refused_with_their_part(
        self, there: Town, closed: Any, what: str
    ) -> None:
        with pytest.raises(Refused) as refused:
            draft(there, story=f"{STORY}{what}。")
        assert (refused.value.code, refused.value.facts["field"]) == ("knowledge.personal", "story")

    def test_are_left_out_of_what_the_case_itself_says(self, there: Town, closed: Any) -> None:
        row = Example.objects.get(item=draft(there))
        said = dict(row.facts)
        assert said["About what"] == "某某未采取控爆措施案"
        assert said["Basis"] == "安全生产法 101"
        assert "30000" in said["Penalty"]
        assert not betrayed(
            f"{row.headline}{row.story}{row.lesson}{row.facts}", ["海风家具厂", "欧阳明", "Bo"]
        )

    @settings(max_examples=80)
    @given(st.text(max_size=40), st.text(alphabet="海风家具厂甲乙", min_size=2, max_size=6))
    def test_no_text_keeps_a_name_that_was_taken_out(self, text: str, name: str) -> None:
        assert name not in without(text + name, [name])
        assert betrayed(text + " ".join(name), [name])


def test_a_name_is_known_in_half_width_brackets_and_not_inside_another_word() -> None:
    assert without("海风(深圳)家具厂未整改", ["海风（深圳）家具厂"]) == "某某未整改"
    assert without("海风（深圳）家具厂未整改", ["海风（深圳）家具厂"]) == "某某未整改"
    assert not betrayed("the robot", ["Bo"])
    assert betrayed("told BO so", ["Bo"]) == "Bo"


class TestTheWay:
    def test_only_a_closed_case_of_ones_own_regions_becomes_one_and_once(
        self, there: Town, closed: Any
    ) -> None:
        with pytest.raises(Refused) as refused:
            draft(there, number="安应急罚〔2026〕8号")
        assert (refused.value.code, refused.value.facts["field"]) == ("knowledge.no_case", "number")
        with pytest.raises(Refused):
            actions.draft(number="安应急罚〔2026〕7号", headline="甲", story=STORY, lesson=LESSON,
                          by=there.here.outsider.by, at=people.NOON)  # fmt: skip
        draft(there)
        with pytest.raises(Refused) as refused:
            draft(there)
        assert refused.value.code == "knowledge.there"

    def test_somebody_else_shares_it_and_it_can_be_taken_out(self, there: Town, closed: Any) -> None:
        chief = people.add_person("林局长", there.here.bureau)
        people.add_duty(chief, "bureau_chief", people.DISTRICT)
        item = draft(there)
        move(item=item, name="propose", by=there.here.colleague.by, at=people.NOON)
        item.refresh_from_db()
        assert list(examples.shared()) == []
        with pytest.raises(Refused):
            actions.share(item=item, by=there.here.colleague.by, at=people.NOON)
        actions.share(item=item, by=chief.by, at=people.NOON)
        assert [row.headline for row in examples.shared()] == ["控爆措施缺失，逾期不改受罚"]
        item.refresh_from_db()
        actions.withdraw(item=item, by=chief.by, at=people.NOON, reason="当事人申请复议")
        assert list(examples.shared()) == []
        assert draft(there).pk != item.pk

    def test_names_are_looked_for_again_when_it_is_shared(self, there: Town, closed: Any) -> None:
        chief = people.add_person("林局长", there.here.bureau)
        people.add_duty(chief, "bureau_chief", people.DISTRICT)
        item = draft(there, story=f"{STORY}操作工周安未持证。")
        move(item=item, name="propose", by=there.here.colleague.by, at=people.NOON)
        rows("enforcement.Penalty").create(
            item=closed.item, procedure="case", respondent="person", name="周安", kind="fine", amount=1,
            law="安全生产法", article="97", decided_at=people.NOON, recorded_at=people.NOON, by="service:test",
        )  # fmt: skip
        item.refresh_from_db()
        with pytest.raises(Refused) as refused:
            actions.share(item=item, by=chief.by, at=people.NOON)
        assert refused.value.facts["what"] == "周安"

    def test_a_sent_back_one_is_written_anew(self, there: Town, closed: Any) -> None:
        chief = people.add_person("林局长", there.here.bureau)
        people.add_duty(chief, "bureau_chief", people.DISTRICT)
        item = draft(there)
        move(item=item, name="propose", by=there.here.colleague.by, at=people.NOON)
        item.refresh_from_db()
        move(item=item, name="return", by=chief.by, at=people.NOON, reason="写明复查经过")
        item.refresh_from_db()
        actions.revise(
            item=item,
            headline="逾期不改受罚",
            story=STORY,
            lesson=LESSON,
            by=there.here.colleague.by,
            at=people.NOON,
        )
        item.refresh_from_db()
        assert item.title == "逾期不改受罚"
