"""Rescue forces: taken in, counted by scope, found by distance, asked, and heard."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from anlan.domains.resources import queries, rules
from anlan.domains.resources.actions import checking, forces, sheets
from anlan.domains.resources.models import ContactCheck, Force
from anlan.kernel.core.errors import Refused
from anlan.kernel.indicators.queries import indicator
from anlan.kernel.indicators.spec import Cut, Period
from anlan.kernel.ledger.models import Entry
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.loop.sweep import sweep
from anlan.kernel.messaging.actions import answer
from anlan.kernel.messaging.models import Message
from anlan.kernel.orgs.models import Organisation, Person
from tests.people import DISTRICT, HARBOUR, NOON, District, add_duty, add_kind, add_person, district

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
BOAT = {
    "name": "蓝湾救援队", "kind": "social", "region": HARBOUR, "people": 42, "contact_a": "周航", "phone_a": "139 0000 1111",
    "contact_b": "吴桥", "phone_b": "13900002222", "skills": "水域救援、flood", "equipment": "冲锋舟 4 艘\n救生衣 60 件",
    "base": "码头路9号", "lon": 113.91, "lat": 22.65, "agreement": "道路救援联动协议", "agreement_to": NOON.date() + 40 * DAY,
}  # fmt: skip


@pytest.fixture
def here() -> District:
    made = district()
    add_kind("resource_keeper")
    return made


@pytest.fixture
def keeper(here: District) -> Person:
    person = add_person("Kira", here.bureau)
    add_duty(person, "resource_keeper", DISTRICT)
    return person


def boat(keeper: Person, **more: object) -> Force:
    return forces.add_force(given=forces.Given(**(BOAT | more)), by=keeper.by, at=NOON)


def asked(force: Force) -> WorkItem:
    return ContactCheck.objects.get(force=force).item


def message_to(name: str) -> Message:
    return Message.objects.filter(person__name=name, kind=checking.KIND).latest("created_at")


@pytest.mark.feature("M437")
class TestAForce:
    def test_stands_in_the_register_with_contacts_skills_equipment_and_place(self, keeper: Person) -> None:
        force = boat(keeper)
        assert (force.skills, force.equipment[0]) == (
            ["flood", "water"],
            {"name": "冲锋舟", "count": 4, "unit": "艘"},
        )
        assert force.contact_a.phone == "13900001111"
        assert force.place is not None
        assert force.place.kind_id == "rescue_force"  # the map counts and finds it like any other place
        (entry,) = Entry.objects.filter(code="resources.force_added")
        assert "13900001111" not in str(entry.facts)

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [({"name": " "}, "name"), ({"kind": "army"}, "kind"), ({"people": 0}, "people"), ({"phone_a": "12"}, "phone_a"),
         ({"contact_a": ""}, "contact_a"), ({"contact_b": "周航"}, "contact_b"), ({"skills": "飞行"}, "skills"),
         ({"equipment": "许多艇"}, "equipment"), ({"lat": None}, "lon"), ({"scope": "all"}, "scope")],
    )  # fmt: skip
    def test_is_refused_at_the_field_that_is_wrong(self, keeper: Person, wrong: dict, field: str) -> None:
        with pytest.raises(Refused) as refused:
            boat(keeper, **wrong)
        assert refused.value.field == field
        assert not Force.objects.exists()

    def test_is_kept_by_its_keepers_only_and_stands_there_once(self, here: District, keeper: Person) -> None:
        with pytest.raises(Refused) as refused:
            boat(here.owner)
        assert refused.value.code == rules.NOT_KEEPER
        boat(keeper)
        with pytest.raises(Refused) as refused:
            boat(keeper)
        assert refused.value.code == rules.KNOWN

    def test_whose_contact_changes_has_not_answered_yet(self, keeper: Person) -> None:
        force = boat(keeper)
        Force.objects.update(answered_at=NOON)
        same = forces.Given(**(BOAT | {"phone_a": "139****1111"}))
        assert forces.change_force(force=force, given=same, by=keeper.by, at=NOON) == []
        other = forces.Given(**(BOAT | {"phone_a": "13900003333"}))
        assert forces.change_force(force=force, given=other, by=keeper.by, at=NOON) == ["contact_a"]
        assert Force.objects.get().answered_at is None

    def test_is_found_by_distance_with_how_its_contact_stands(self, here: District, keeper: Person) -> None:
        boat(keeper)
        boat(keeper, name="远山救援队", lon=114.6, lat=22.65)
        found = queries.in_reach(here.owner, lon=113.9, lat=22.65, at=NOON, km=30)
        assert [(line.force.name, line.standing, line.agreement) for line in found] == [
            ("蓝湾救援队", "never", "ending")
        ]
        assert found[0].km == pytest.approx(1.03, abs=0.02)
        assert queries.in_reach(here.manager, lon=113.9, lat=22.65, at=NOON, km=30) == []

    @examples(
        st.lists(
            st.tuples(st.from_regex(r"[一-龥]{1,8}", fullmatch=True), st.integers(0, 999999)), max_size=6
        )
    )
    def test_has_equipment_that_reads_back_as_it_was_written(self, lines: list) -> None:
        told = [{"name": name, "count": count, "unit": ""} for name, count in lines]
        assert rules.equipment_of(rules.equipment_words(told)) == told


@pytest.mark.feature("M437")
class TestAContact:
    def test_is_asked_in_the_morning_and_answers_with_one_tap(self, here: District, keeper: Person) -> None:
        force = boat(keeper)
        assert checking.ask_due(region=DISTRICT, at=NOON) == 1
        assert checking.ask_due(region=DISTRICT, at=NOON) == 0
        answer(message_id=message_to("周航").pk, kind="received", via="sms", at=NOON + DAY / 2)
        force.refresh_from_db()
        assert (asked(force).state, force.answered_at) == ("verified", NOON + DAY / 2)
        assert queries.line_of(force, at=NOON + 30 * DAY).standing == "fresh"
        assert queries.line_of(force, at=NOON + 31 * DAY).standing == "stale"
        assert checking.ask_due(region=DISTRICT, at=NOON + 29 * DAY) == 0
        assert checking.ask_due(region=DISTRICT, at=NOON + 31 * DAY) == 1

    def test_that_is_silent_is_asked_at_b_then_rung_by_the_keeper_who_enters_the_change(
        self, keeper: Person
    ) -> None:
        force = boat(keeper)
        item = checking.ask(force=force, by=keeper.by, at=NOON)
        while sweep(exercise_id=None, at=NOON + DAY, limit=50):
            pass
        assert message_to("吴桥").person.name == "吴桥"
        assert not Message.objects.filter(person=keeper).exists()
        while sweep(exercise_id=None, at=NOON + 2 * DAY, limit=50):
            pass
        assert Message.objects.filter(person=keeper, subject_id=str(item.pk)).exists()
        checking.change(item=item, words="队长换成郑帆", by=keeper.by, at=NOON + 2 * DAY)
        assert (item.state, item.charge_duty) == ("changed", "resource_keeper")

    def test_b_answers_for_the_force_and_a_is_asked_no_more(self, keeper: Person) -> None:
        force = boat(keeper)
        item = checking.ask(force=force, by=keeper.by, at=NOON)
        while sweep(exercise_id=None, at=NOON + DAY, limit=50):
            pass
        answer(
            message_id=message_to("吴桥").pk, kind="need_help", via="page", note="人数为 38 人", at=NOON + DAY
        )
        item.refresh_from_db()
        assert item.state == "changed"
        assert item.steps.get(move="change").needs["words"] == "人数为 38 人"
        assert message_to("周航").state == "closed"

    def test_that_says_it_changed_without_a_word_is_asked_for_it_on_the_page_and_rung_otherwise(
        self, keeper: Person
    ) -> None:
        item = checking.ask(force=boat(keeper), by=keeper.by, at=NOON)
        given = {"message_id": message_to("周航").pk, "kind": "need_help", "at": NOON}
        with pytest.raises(Refused) as refused:
            answer(via="page", note=" ", **given)
        assert (refused.value.code, refused.value.field) == (rules.NO_WORDS, "note")
        answer(via="voice", **given)
        item.refresh_from_db()
        assert item.state == "changed"

    def test_nobody_reaches_is_shown_so_and_a_running_question_is_not_put_twice(self, keeper: Person) -> None:
        force = boat(keeper)
        item = checking.ask(force=force, by=keeper.by, at=NOON)
        with pytest.raises(Refused) as refused:
            checking.ask(force=force, by=keeper.by, at=NOON)
        assert refused.value.code == rules.ASKED_ALREADY
        checking.lose(item=item, reason="空号", by=keeper.by, at=NOON + DAY)
        assert queries.line_of(Force.objects.get(), at=NOON + DAY).standing == "never"

    def test_is_asked_no_more_when_the_force_leaves(self, keeper: Person) -> None:
        force = boat(keeper)
        item = checking.ask(force=force, by=keeper.by, at=NOON)
        checking.leave(force=force, why="解散", by=keeper.by, at=NOON + DAY)
        item.refresh_from_db()
        assert item.state == "withdrawn"
        assert message_to("周航").state == "closed"
        assert not Force.objects.get().place.active


@pytest.mark.feature("M437")
class TestNumbers:
    def read(self, code: str, at=NOON + DAY) -> Decimal | None:
        return indicator(code=code, cut=Cut(DISTRICT), period=Period(NOON - DAY, at), as_of=at + DAY).value

    def test_of_people_stand_apart_by_scope_and_follow_what_was_told_when(self, keeper: Person) -> None:
        force = boat(keeper)
        boat(keeper, name="区水务局防汛队", scope="flood_departments", people=300)
        told = forces.Given(**(BOAT | {"people": 50}))
        forces.change_force(force=force, given=told, by=keeper.by, at=NOON + 3 * DAY)
        assert (self.read("resources.teams"), self.read("resources.people")) == (1, 42)
        assert self.read("resources.flood_people") == 300
        assert self.read("resources.people", NOON + 4 * DAY) == 50

    def test_of_answers_count_whoever_was_heard_within_the_days(self, keeper: Person) -> None:
        item = checking.ask(force=boat(keeper), by=keeper.by, at=NOON)
        boat(keeper, name="远山救援队")
        checking.ring(item=item, answered_by="周航", by=keeper.by, at=NOON)
        assert self.read("resources.answered") == 50
        assert self.read("resources.answered", NOON + 40 * DAY) == 0


@pytest.mark.feature("M437")
def test_the_sheet_goes_out_and_comes_in_again_with_nothing_changed(here: District, keeper: Person) -> None:
    boat(keeper)
    names = [column.name for column in sheets.FORCES.columns]
    (row,) = (
        {**dict(zip(names, line, strict=True))} for line in sheets.give_forces(person=keeper.pk, filters={})
    )
    assert row["phone_a"] == "139****1111"
    given = {"by": keeper.by, "at": NOON, "act": uuid4()}
    assert sheets.take_forces([row], dry=False, **given).same == 1
    more = row | {"name": "山鹰救援队", "phone_a": "13900004444", "phone_b": "13900005555", "unit": ""}
    trial = sheets.take_forces([more, row | {"people": 0}], dry=True, **given)
    assert (trial.ids, list(trial.refused), Force.objects.count()) == ([], [1], 1)
    assert len(sheets.take_forces([more], dry=False, **given).ids) == 1
    assert Organisation.objects.filter(name="山鹰救援队", kind="rescue_force").exists()
