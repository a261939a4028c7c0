"""The loop's doors, shown on dangers: a long life, several hands, a second pair of eyes."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from anlan.domains.dangers.actions import report_danger
from anlan.kernel.core import attachments
from anlan.kernel.core.errors import Refused
from anlan.kernel.ledger.models import Entry
from anlan.kernel.loop.actions import Making, Telephone, move, move_all
from anlan.kernel.loop.evidence import Given
from anlan.kernel.loop.handing import ask_extension, delegate, grant_extension
from anlan.kernel.loop.models import Confirmation, Evidence, Step, WorkItem
from anlan.kernel.loop.queries import item_for, my_worklist, open_moves, visible_items
from anlan.kernel.messaging.models import Message
from tests.people import DISTRICT, HARBOUR, NOON, QUAY, District, add_duty, add_person, add_place, district

pytestmark = pytest.mark.django_db


def photo(data: bytes = b"before") -> Given:
    return Given("photo", file=attachments.keep(data=data, media_type="image/jpeg", by="service:test"))


def found(here: District, **more: object) -> WorkItem:
    return report_danger(
        description="安全出口堵塞", category="exit", region=QUAY, by=here.colleague.by, at=NOON,
        organisation=here.firm, **more,
    )  # fmt: skip


def ready_for_recheck(here: District) -> WorkItem:
    item = found(here)
    move(item=item, name="rectify", by=here.manager.by, at=NOON + timedelta(hours=2), evidence=[photo()])
    return item


class TestAMove:
    def test_writes_state_step_and_entry_together(self) -> None:
        here = district()
        item = ready_for_recheck(here)
        step = move(item=item, name="accept", by=here.owner.by, at=NOON + timedelta(hours=3), how="visit")
        item.refresh_from_db()
        assert (item.state, item.closed_at, item.next_at) == ("closed_off", NOON + timedelta(hours=3), None)
        assert (step.source, step.target, step.needs) == ("recheck", "closed_off", {"how": "visit"})
        entry = Entry.objects.filter(code="loop.moved", subject_id=str(item.pk)).latest("recorded_at")
        assert (entry.facts["move"], entry.by, entry.act) == ("accept", here.owner.by, step.act)

    def test_that_comes_second_is_told_that_somebody_was_faster(self) -> None:
        here = district()
        item = ready_for_recheck(here)
        move(item=item, name="accept", by=here.owner.by, at=NOON, how="visit")
        with pytest.raises(Refused) as refusal:
            move(item=item, name="accept", by=here.colleague.by, at=NOON, how="visit")
        assert refusal.value.code == "loop.changed"

    def test_is_refused_to_the_firm_that_did_the_work(self) -> None:
        here = district()
        item = ready_for_recheck(here)
        with pytest.raises(Refused) as refusal:
            move(item=item, name="accept", by=here.manager.by, at=NOON, how="photo")
        assert refusal.value.code == "loop.not_yours"
        item.refresh_from_db()
        assert item.state == "recheck"

    def test_without_its_photo_is_refused_and_nothing_is_written(self) -> None:
        here = district()
        item = found(here)
        steps = Step.objects.count()
        with pytest.raises(Refused) as refusal:
            move(item=item, name="rectify", by=here.manager.by, at=NOON)
        assert refusal.value.field == "photo"
        assert Step.objects.count() == steps

    def test_with_a_time_in_the_future_is_refused(self) -> None:
        here = district()
        with pytest.raises(Refused) as refusal:
            move(
                item=found(here),
                name="rectify",
                by=here.manager.by,
                at=NOON,
                happened_at=NOON + timedelta(hours=1),
                evidence=[photo()],
            )
        assert refusal.value.field == "happened_at"

    def test_recorded_long_after_it_happened_is_marked_late(self) -> None:
        here = district()
        item = found(here)
        late = NOON + timedelta(days=1)
        step = move(
            item=item,
            name="rectify",
            by=here.manager.by,
            at=late,
            happened_at=NOON + timedelta(hours=1),
            evidence=[photo()],
        )
        assert (step.late_entry, step.happened_at, step.at) == (True, NOON + timedelta(hours=1), late)

    def test_sends_a_word_to_whoever_is_now_in_charge(self) -> None:
        here = district()
        ready_for_recheck(here)
        assert Message.objects.filter(person=here.owner, kind="loop.charged").exists()

    def test_back_from_the_end_opens_the_item_again_with_a_clock(self) -> None:
        here = district()
        item = ready_for_recheck(here)
        move(item=item, name="accept", by=here.owner.by, at=NOON, how="visit")
        move(item=item, name="reopen", by=here.owner.by, at=NOON, reason="valve shut", rectify_by="later")
        item.refresh_from_db()
        assert item.closed_at is None
        assert item.due_at is not None


class TestEvidence:
    def test_used_before_is_flagged_and_not_refused(self) -> None:
        here = district()
        ready_for_recheck(here)
        other = found(here)
        move(item=other, name="rectify", by=here.manager.by, at=NOON, evidence=[photo(b"before")])
        assert Evidence.objects.get(step__item=other).flags == ["reused_photo"]

    def test_from_far_away_or_from_before_is_flagged(self) -> None:
        here = district()
        item = found(here, place=add_place("gate", QUAY, lon=113.9, lat=22.65))
        piece = photo(b"elsewhere")
        given = Given("photo", file=piece.file, lon=113.91, lat=22.65, taken_at=NOON - timedelta(days=3))
        move(item=item, name="rectify", by=here.manager.by, at=NOON, evidence=[given])
        assert Evidence.objects.get(step__item=item).flags == ["older_than_item", "far_away"]


class TestManyMoves:
    def test_of_one_batch_stand_although_one_is_refused(self) -> None:
        here = district()
        items = [found(here) for _ in range(3)]
        makings = [
            Making(item, "rectify", here.manager.by, NOON, evidence=[photo(bytes([n]))])
            for n, item in enumerate(items)
        ]
        makings[1] = Making(items[1], "accept", here.owner.by, NOON, needs={"how": "visit"})
        done = move_all(makings)
        assert [type(step).__name__ for step in done] == ["Step", "Refused", "Step"]
        assert [WorkItem.objects.get(pk=item.pk).state for item in items] == [
            "recheck",
            "rectifying",
            "recheck",
        ]

    def test_of_a_thousand_take_a_constant_number_of_statements(
        self, django_assert_max_num_queries: object
    ) -> None:
        here = district()
        items = [found(here) for _ in range(40)]
        makings = [Making(item, "withdraw", here.owner.by, NOON, reason="x") for item in items]
        with django_assert_max_num_queries(40 * 2 + 12):  # type: ignore[operator]
            move_all(makings)


class TestAWordOnTheTelephone:
    def approved(self, here: District, recorder: str) -> Step:
        chief = add_person("Chief", here.bureau)
        add_duty(chief, "street_safety_officer", DISTRICT)
        item = found(here)
        request = ask_extension(
            item=item,
            until=NOON + timedelta(days=30),
            why="parts",
            of="street_safety_officer",
            by=here.manager.by,
            at=NOON,
        )
        return grant_extension(
            item=request,
            by=chief.by,
            at=NOON,
            entered_by=recorder,
            telephone=Telephone("199-0000-0001", "同意"),
        )

    def test_counts_at_once_and_waits_for_the_leaders_hand(self) -> None:
        here = district()
        add_duty(here.outsider, "watch_officer", DISTRICT)
        step = self.approved(here, here.outsider.by)
        waiting = Confirmation.objects.get(step=step).item
        assert (step.item.state, waiting.state) == ("granted", "waiting")
        assert waiting.due_at == NOON + timedelta(hours=24)
        assert waiting.charge_person.name == "Chief"
        move(item=waiting, name="confirm", by=waiting.charge_person.by, at=NOON + timedelta(hours=5))
        assert waiting.state == "confirmed"

    def test_keeps_the_number_sealed_and_shows_it_masked(self) -> None:
        here = district()
        add_duty(here.outsider, "watch_officer", DISTRICT)
        step = Step.objects.get(pk=self.approved(here, here.outsider.by).pk)
        assert (step.telephone_from, step.telephone_masked) == ("199-0000-0001", "199****0001")
        with connection.cursor() as cursor:
            cursor.execute("SELECT telephone_from FROM loop_step WHERE id = %s", [step.pk])
            assert b"0001" not in bytes(cursor.fetchone()[0])

    def test_is_written_down_only_by_somebody_on_watch(self) -> None:
        here = district()
        with pytest.raises(Refused) as refusal:
            self.approved(here, here.owner.by)
        assert refusal.value.code == "loop.not_on_watch"

    def test_without_number_or_words_is_refused(self) -> None:
        here = district()
        item = ready_for_recheck(here)
        with pytest.raises(Refused) as refusal:
            move(
                item=item,
                name="accept",
                by=here.owner.by,
                at=NOON,
                how="visit",
                entered_by=here.colleague.by,
                telephone=Telephone("", ""),
            )
        assert refusal.value.field == "telephone"

    def test_written_down_by_the_proposer_alone_on_watch_is_marked(self) -> None:
        here = district()
        add_duty(here.manager, "watch_officer", DISTRICT)
        assert self.approved(here, here.manager.by).single_handed

    def test_is_not_the_proposers_to_write_down_while_another_is_on_watch(self) -> None:
        here = district()
        add_duty(here.manager, "watch_officer", DISTRICT)
        add_duty(here.colleague, "watch_officer", DISTRICT)
        with pytest.raises(Refused) as refusal:
            self.approved(here, here.manager.by)
        assert refusal.value.code == "loop.second_recorder"


class TestMoreTime:
    def test_granted_moves_the_due_date_and_is_not_granted_by_who_asked(self) -> None:
        here = district()
        item = found(here)
        until = NOON + timedelta(days=30)
        request = ask_extension(
            item=item, until=until, why="parts", of="street_safety_officer", by=here.manager.by, at=NOON
        )
        with pytest.raises(Refused):
            grant_extension(item=request, by=here.manager.by, at=NOON)
        grant_extension(item=request, by=here.owner.by, at=NOON)
        item.refresh_from_db()
        assert item.due_at == until
        assert item.next_at == until - timedelta(days=1)

    def test_asked_for_is_void_when_the_matter_is_settled(self) -> None:
        here = district()
        item = found(here)
        until = NOON + timedelta(days=30)
        request = ask_extension(
            item=item, until=until, why="parts", of="street_safety_officer", by=here.manager.by, at=NOON
        )
        move(item=item, name="rectify", by=here.manager.by, at=NOON, evidence=[photo()])
        move(item=item, name="accept", by=here.owner.by, at=NOON, how="visit")
        request.refresh_from_db()
        assert request.state == "void"

    def test_to_an_earlier_date_is_refused(self) -> None:
        here = district()
        with pytest.raises(Refused) as refusal:
            ask_extension(
                item=found(here), until=NOON, why="x", of="street_safety_officer", by=here.manager.by, at=NOON
            )
        assert refusal.value.field == "until"


class TestWhoSees:
    def test_the_owner_and_not_the_outsider(self) -> None:
        here = district()
        item = found(here)
        assert item_for(here.owner, item.pk, at=NOON) == item
        with pytest.raises(Refused) as refusal:
            item_for(here.outsider, item.pk, at=NOON)
        assert refusal.value.code == "loop.not_found"

    def test_the_firm_sees_its_own_and_no_others(self) -> None:
        here = district()
        mine, other = (
            found(here),
            report_danger(description="y", category="exit", region=QUAY, by=here.owner.by, at=NOON),
        )
        assert set(visible_items(here.manager, at=NOON)) == {mine}
        assert set(visible_items(here.owner, at=NOON)) == {mine, other}

    def test_the_firm_goes_on_seeing_its_matter_while_others_recheck_it(self) -> None:
        here = district()
        item = ready_for_recheck(here)
        assert item_for(here.manager, item.pk, at=NOON) == item
        assert item not in my_worklist(here.manager, at=NOON)
        assert item in my_worklist(here.owner, at=NOON)

    def test_a_worklist_is_sorted_by_what_runs_out_first(self) -> None:
        here = district()
        first = report_danger(description="a", category="exit", region=HARBOUR, by="service:test", at=NOON)
        second = report_danger(
            description="b", category="exit", region=HARBOUR, by="service:test", at=NOON + timedelta(hours=1)
        )
        assert list(my_worklist(here.owner, at=NOON)) == [first, second]

    def test_only_the_moves_that_are_ones_own_are_offered(self) -> None:
        here = district()
        item = ready_for_recheck(here)
        assert [m.name for m in open_moves(item, here.owner, at=NOON)] == ["accept", "send_back"]
        assert open_moves(item, here.manager, at=NOON) == []

    def test_who_was_handed_it_is_in_charge(self) -> None:
        here = district()
        item = found(here)
        delegate(item=item, to=here.outsider, why="holiday", by=here.manager.by, at=NOON)
        move(item=item, name="rectify", by=here.outsider.by, at=NOON, evidence=[photo()])
        assert item.state == "recheck"


@pytest.mark.django_db(transaction=True)
def test_of_eight_hands_at_once_one_makes_the_move() -> None:
    here = district()
    item = ready_for_recheck(here)
    outcomes: list[str] = []

    def accept() -> None:
        try:
            move(item=WorkItem.objects.get(pk=item.pk), name="accept", by=here.owner.by, at=NOON, how="visit")
            outcomes.append("done")
        except Refused as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    hands = [threading.Thread(target=accept) for _ in range(8)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert sorted(outcomes) == ["done"] + ["loop.changed"] * 7
    assert Step.objects.filter(item=item, move="accept").count() == 1
