from collections import Counter
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.domains.enforcement.actions import checking, drawing, officers
from anlan.domains.enforcement.models import Draw, PlanLine, Task
from anlan.domains.enforcement.queries import plans
from anlan.domains.enforcement.rules import drawing as rules
from anlan.domains.enforcement.rules.drawing import Lists
from anlan.domains.enforcement.tests.ground import DAY, add_firms, bureau, certify, plan_of
from anlan.kernel.core.errors import Refused
from anlan.kernel.ledger.models import Entry
from tests.people import DISTRICT, HARBOUR, NOON, add_duty, add_person

FIRMS = st.lists(st.uuids(version=4).map(str), min_size=1, max_size=30, unique=True)
OFFICERS = st.lists(st.uuids(version=4).map(str), min_size=4, max_size=9, unique=True)
SEEDS = st.text(min_size=1, max_size=20)


def lists(firms, officers, recused=(), limit=99) -> Lists:
    return Lists(tuple(firms), tuple(officers), frozenset(recused), limit)


@pytest.mark.feature("M380")
class TestTheRule:
    @settings(max_examples=100, deadline=None)
    @given(firms=FIRMS, people=OFFICERS, seed=SEEDS, data=st.data())
    def test_draws_the_same_from_the_same_seed_in_whatever_order_the_lists_stand(
        self, firms, people, seed, data
    ) -> None:
        count = data.draw(st.integers(1, len(firms)))
        mixed = lists(data.draw(st.permutations(firms)), data.draw(st.permutations(people)))
        drawn = rules.draw(lists(firms, people), seed=seed, count=count)
        assert drawn == rules.draw(mixed, seed=seed, count=count)
        assert mixed.digest() == lists(firms, people).digest()
        assert len({each.firm for each in drawn}) == count

    @settings(max_examples=100, deadline=None)
    @given(firms=FIRMS, people=OFFICERS, seed=SEEDS, data=st.data())
    def test_never_sends_one_officer_twice_nor_one_who_keeps_out(self, firms, people, seed, data) -> None:
        # Each firm may be barred to all but two.
        recused = {
            (each, firm)
            for firm in firms
            for each in data.draw(st.sets(st.sampled_from(people), max_size=len(people) - 2))
        }
        for each in rules.draw(lists(firms, people, recused), seed=seed, count=len(firms)):
            assert each.first != each.second
            assert not {(each.first, each.firm), (each.second, each.firm)} & recused

    @settings(max_examples=100, deadline=None)
    @given(firms=FIRMS, people=OFFICERS, seed=SEEDS)
    def test_shares_the_visits_evenly(self, firms, people, seed) -> None:
        drawn = rules.draw(lists(firms, people), seed=seed, count=len(firms))
        load = Counter(each for one in drawn for each in (one.first, one.second))
        visits = [load[each] for each in people]
        assert max(visits) - min(visits) <= 1

    @settings(max_examples=60, deadline=None)
    @given(firms=FIRMS, people=OFFICERS, seed=SEEDS, limit=st.integers(1, 3))
    def test_keeps_to_the_limit_of_a_pair_or_says_that_officers_are_lacking(
        self, firms, people, seed, limit
    ) -> None:
        try:
            drawn = rules.draw(lists(firms, people, limit=limit), seed=seed, count=len(firms))
        except Refused as refusal:
            assert refusal.code == rules.FEW_OFFICERS
            assert len(firms) > limit * len(people) * (len(people) - 1) // 2 - len(people)
            return
        pairs = Counter(frozenset((each.first, each.second)) for each in drawn)
        assert max(pairs.values()) <= limit

    @settings(max_examples=60, deadline=None)
    @given(
        firms=st.lists(st.uuids(version=4).map(str), min_size=3, max_size=20, unique=True),
        seed=SEEDS,
        data=st.data(),
    )
    def test_a_firm_taken_from_the_list_afterwards_changes_no_other_firms_place(
        self, firms, seed, data
    ) -> None:
        whole = rules.firms_by(lists(firms, ()), seed=seed, count=len(firms))
        gone = data.draw(st.sampled_from(firms))
        rest = rules.firms_by(lists([f for f in firms if f != gone], ()), seed=seed, count=len(firms) - 1)
        assert rest == [firm for firm in whole if firm != gone]

    def test_favours_no_firm(self) -> None:
        firms = [f"firm-{number}" for number in range(20)]
        seen = Counter(
            f for seed in range(2000) for f in rules.firms_by(lists(firms, ()), seed=str(seed), count=5)
        )
        # 500 expected, standard deviation 19.4: five of them on either side
        assert all(403 <= seen[firm] <= 597 for firm in firms)

    def test_refuses_more_than_there_are(self) -> None:
        for count, code in ((0, rules.BAD_COUNT), (3, rules.TOO_MANY)):
            with pytest.raises(Refused) as refused:
                rules.firms_by(lists(["a", "b"], ()), seed="x", count=count)
            assert refused.value.code == code


@pytest.mark.django_db
class TestADraw:
    @pytest.mark.feature("M106")
    def test_gives_each_firm_to_two_certified_officers_and_can_be_made_again(self) -> None:
        ours = bureau(many=5)
        uncertified = add_person("新人", ours.here.street)
        add_duty(uncertified, "enforcement_officer", HARBOUR, rank=9)
        certify(add_duty(add_person("过期", ours.here.street), "enforcement_officer", HARBOUR, rank=8).person, "粤B1",
                until=date(2026, 7, 2))  # fmt: skip
        plan_of(ours, add_firms(ours, 12))
        item = drawing.draw_checks(
            region=DISTRICT, count=6, seed="2026-07-03 体彩", by=ours.section.by, at=NOON
        )
        draw = Draw.objects.get(pk=item.pk)
        assert (len(draw.firms), len(draw.officers), draw.seed_said) == (12, 5, True)
        assert draw.tasks.count() == 6
        assert plans.prove(draw).holds
        entry = Entry.objects.get(code="enforcement.drawn")
        assert (entry.facts["lists_sm3"], len(entry.facts["drawn"])) == (draw.lists_sm3, 6)

    def test_that_was_tampered_with_proves_nothing(self) -> None:
        ours = bureau(many=5)
        plan_of(ours, add_firms(ours, 8))
        item = drawing.draw_checks(region=DISTRICT, count=3, by=ours.section.by, at=NOON)
        draw = Draw.objects.get(pk=item.pk)
        task = draw.tasks.first()
        other = next(
            pk for pk in draw.officers if pk not in (str(task.first_officer_id), str(task.second_officer_id))
        )
        Task.objects.filter(pk=task.pk).update(first_officer=other)
        assert not plans.prove(draw).tasks_same
        draw.firms = draw.firms[:-1]
        assert not plans.prove(draw).lists_same

    def test_leaves_out_key_firms_and_those_checked_or_drawn_already(self) -> None:
        ours = bureau(many=5)
        general = add_firms(ours, 6)
        item = plan_of(ours, general)
        PlanLine.objects.filter(organisation=general[0]).update(kind="key")
        checking.record_check(organisation=general[1], **ours.pair, by=ours.officers[0].by, at=NOON - DAY)
        drawing.draw_checks(region=DISTRICT, count=2, by=ours.section.by, at=NOON)
        second = Draw.objects.get(
            pk=drawing.draw_checks(region=DISTRICT, count=2, by=ours.section.by, at=NOON).pk
        )
        drawn = set(Task.objects.values_list("organisation_id", flat=True))
        assert len(drawn) == 4
        assert not {general[0].pk, general[1].pk} & drawn
        assert len(second.firms) == 2
        with pytest.raises(Refused) as refused:
            drawing.draw_checks(region=DISTRICT, count=1, by=ours.section.by, at=NOON)
        assert refused.value.code == rules.NO_FIRMS
        assert item.state == "in_force"

    def test_keeps_an_officer_out_of_a_firm_of_interest(self) -> None:
        ours = bureau(many=3)
        firm = add_firms(ours, 1)[0]
        plan_of(ours, [firm])
        officers.recuse(person=ours.officers[0], organisation=firm, why="配偶任职", since=date(2026, 1, 1),
                        by="service:test", at=NOON)  # fmt: skip
        drawing.draw_checks(region=DISTRICT, count=1, by=ours.section.by, at=NOON)
        task = Task.objects.get()
        assert ours.officers[0].pk not in (task.first_officer_id, task.second_officer_id)

    def test_is_half_a_draw_until_its_result_is_published(self) -> None:
        ours = bureau(many=4)
        plan_of(ours, add_firms(ours, 3))
        item = drawing.draw_checks(region=DISTRICT, count=1, by=ours.section.by, at=NOON)
        assert item.due_at is not None
        drawing.publish(item=item, published_where="局网站", by=ours.chief.by, at=NOON + DAY)
        item.refresh_from_db()
        assert item.state == "published"
