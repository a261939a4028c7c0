from datetime import timedelta
from decimal import Decimal

import pytest

from anlan.domains.dangers import actions
from anlan.domains.dangers.models import Candidate, Danger
from anlan.domains.dangers.queries import visible_dangers
from anlan.kernel.core import attachments
from anlan.kernel.core.errors import Refused
from anlan.kernel.indicators.queries import indicator
from anlan.kernel.indicators.spec import Cut, Period
from anlan.kernel.loop.actions import move
from anlan.kernel.loop.evidence import Given
from anlan.kernel.loop.handing import ask_extension, grant_extension
from anlan.kernel.loop.models import Evidence, WorkItem
from anlan.kernel.messaging.models import Message
from tests.people import DISTRICT, HARBOUR, HILL, NOON, QUAY, District, add_duty, add_person, district

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def photo(data: bytes) -> Given:
    return Given("photo", file=attachments.keep(data=data, media_type="image/jpeg", by="service:test"))


def photo_at(data: bytes, **more: object) -> Given:
    file = attachments.keep(data=data, media_type="image/jpeg", by="service:test")
    return Given("photo", file=file, **more)


def report(here: District, **more: object) -> WorkItem:
    given = {
        "description": "安全出口堵塞",
        "category": "exit",
        "organisation": here.firm,
        "by": here.owner.by,
    }
    return actions.report_danger(region=QUAY, at=NOON, **(given | more))


def mend(here: District, item: WorkItem, at=NOON + DAY) -> None:
    actions.rectify(item=item, by=here.manager.by, at=at, evidence=[photo(str(at).encode())])
    actions.accept(item=item, how="photo", by=here.owner.by, at=at)


@pytest.mark.feature("M030", "M077")
class TestAnOrdinaryDanger:
    def test_found_by_a_patroller_goes_to_the_firm_at_once_with_a_date(self) -> None:
        here = district()
        item = report(here)
        danger = Danger.objects.get(pk=item.pk)
        assert (item.state, item.charge_org) == ("rectifying", here.firm)
        assert item.due_at == danger.rectify_by == NOON + 7 * DAY
        assert danger.document == "danger_notice"
        assert Message.objects.get(person=here.manager).kind == "loop.charged"

    def test_reported_without_a_firm_waits_for_the_street(self) -> None:
        here = district()
        item = report(here, organisation=None)
        assert (item.state, item.charge_duty) == ("found", "street_safety_officer")
        actions.assign(
            item=item, organisation=here.firm, rectify_by=NOON + 3 * DAY, by=here.colleague.by, at=NOON
        )
        assert (item.state, item.due_at) == ("rectifying", NOON + 3 * DAY)

    def test_keeps_the_photo_it_was_found_with(self) -> None:
        here = district()
        item = report(here, organisation=None, evidence=[photo(b"found")])
        assert [row.step.move for row in Evidence.objects.filter(step__item=item)] == ["open"]

    def test_put_right_on_the_spot_is_one_act_with_two_photos(self) -> None:
        here = district()
        item = report(here, fixed=True, evidence=[photo(b"before"), photo(b"after")])
        assert item.state == "closed_off"
        with pytest.raises(Refused) as refusal:
            report(here, fixed=True, evidence=[photo(b"one")])
        assert refusal.value.field == "photo"
        assert Danger.objects.count() == 1

    def test_goes_its_whole_way_and_back(self) -> None:
        here = district()
        item = report(here)
        actions.rectify(item=item, by=here.manager.by, at=NOON + DAY, evidence=[photo(b"a")])
        actions.send_back(
            item=item, rectify_by=NOON + 3 * DAY, reason="不到位", by=here.owner.by, at=NOON + DAY
        )
        assert (item.state, item.charge_org_id, item.due_at) == ("rectifying", here.firm.pk, NOON + 3 * DAY)
        mend(here, item, NOON + 2 * DAY)
        assert item.state == "closed_off"
        actions.reopen(
            item=item,
            rectify_by=NOON + 95 * DAY,
            reason="回头看：又堵",
            by=here.colleague.by,
            at=NOON + 90 * DAY,
        )
        item.refresh_from_db()
        assert (item.state, item.closed_at) == ("rectifying", None)

    @pytest.mark.feature("M076")
    def test_open_for_more_than_seven_days_needs_the_five_in_place(self) -> None:
        here = district()
        item = report(here)
        with pytest.raises(Refused) as refusal:
            actions.rectify(item=item, by=here.manager.by, at=NOON + 8 * DAY, evidence=[photo(b"a")])
        assert refusal.value.code == "dangers.five_missing"
        five = {f"five_{name}": "有" for name in ("measures", "responsible", "funds", "time_limit", "plan")}
        actions.rectify(item=item, by=here.manager.by, at=NOON + 8 * DAY, evidence=[photo(b"a")], **five)
        assert Danger.objects.get(pk=item.pk).five_in_place["plan"] == "有"


class TestACandidate:
    def test_starts_at_once_firm_asked_to_stop_street_called(self) -> None:
        here = district()
        item = report(here, candidate_major=True, category="dust")
        question = Candidate.objects.get(danger_id=item.pk).item
        assert (question.state, question.charge_duty, question.due_at) == (
            "asked", "enforcement_officer", NOON + timedelta(hours=2),
        )  # fmt: skip
        assert Message.objects.get(kind="dangers.stop").person == here.manager
        assert item.severity == 2

    def test_is_decided_by_two_officers_and_rechecked_by_another_than_the_finder(self) -> None:
        here = district()
        item = report(here, candidate_major=True, category="dust")
        question = Candidate.objects.get(danger_id=item.pk).item
        with pytest.raises(Refused) as refusal:
            actions.decide_major(
                item=question,
                second_officer=str(here.colleague.pk),
                clause="x",
                reason="x",
                by=here.colleague.by,
                at=NOON,
            )
        assert refusal.value.field == "second_officer"
        move(item=question, name="answer", by=here.colleague.by, at=NOON + timedelta(hours=1))
        second = add_person("Dora", here.street)
        add_duty(second, "enforcement_officer", HARBOUR, rank=1)
        actions.decide_major(
            item=question,
            second_officer=str(second.pk),
            clause="令10 第12条",
            reason="无控爆",
            by=here.colleague.by,
            at=NOON + timedelta(hours=3),
        )
        assert Danger.objects.get(pk=item.pk).grade == "major"
        item.refresh_from_db()
        five = {f"five_{name}": "有" for name in ("measures", "responsible", "funds", "time_limit", "plan")}
        actions.rectify(item=item, by=here.manager.by, at=NOON + DAY, evidence=[photo(b"a")], **five)
        with pytest.raises(Refused) as refusal:
            actions.accept(item=item, how="visit", by=here.owner.by, at=NOON + DAY)
        assert refusal.value.code == "dangers.own_recheck"
        actions.accept(item=item, how="visit", by=here.colleague.by, at=NOON + DAY)
        assert item.state == "closed_off"


def test_an_outsider_sees_none_of_them() -> None:
    here = district()
    report(here)
    assert [
        visible_dangers(person, at=NOON).count() for person in (here.owner, here.manager, here.outsider)
    ] == [1, 1, 0]


@pytest.mark.feature("M074")
class TestTheNumbers:
    def read(self, code: str, *, as_of=NOON + 30 * DAY, region: str = DISTRICT):
        return indicator(code=code, cut=Cut(region), period=Period(NOON, NOON + 20 * DAY), as_of=as_of)

    def test_count_a_recheck_passed_by_the_due_date(self) -> None:
        here = district()
        in_time, late, never = report(here), report(here), report(here)
        mend(here, in_time, NOON + 6 * DAY)
        five = {f"five_{name}": "有" for name in ("measures", "responsible", "funds", "time_limit", "plan")}
        actions.rectify(item=late, by=here.manager.by, at=NOON + 9 * DAY, evidence=[photo(b"late")], **five)
        actions.accept(item=late, how="visit", by=here.owner.by, at=NOON + 9 * DAY)
        reading = self.read("dangers.on_time")
        assert (reading.value, reading.base) == (Decimal("33.3"), 3)
        assert set(reading.rows) == {in_time.pk, late.pk, never.pk}
        assert list(self.read("dangers.overdue_now").rows) == [never.pk]

    def test_know_what_was_known_on_a_day(self) -> None:
        here = district()
        item = report(here)
        mend(here, item, NOON + 6 * DAY)
        assert self.read("dangers.on_time", as_of=NOON + 5 * DAY).value == Decimal("0.0")
        assert self.read("dangers.on_time").value == Decimal("100.0")

    def test_take_a_granted_extension_as_the_date(self) -> None:
        here = district()
        item = report(here)
        request = ask_extension(
            item=item,
            until=NOON + 15 * DAY,
            why="配件",
            of="street_safety_officer",
            by=here.manager.by,
            at=NOON,
        )
        grant_extension(item=request, by=here.colleague.by, at=NOON)
        five = {f"five_{name}": "有" for name in ("measures", "responsible", "funds", "time_limit", "plan")}
        actions.rectify(item=item, by=here.manager.by, at=NOON + 12 * DAY, evidence=[photo(b"x")], **five)
        actions.accept(item=item, how="photo", by=here.owner.by, at=NOON + 12 * DAY)
        assert self.read("dangers.on_time").value == Decimal("100.0")

    def test_are_cut_by_region_and_empty_where_nothing_was_due(self) -> None:
        here = district()
        report(here)
        reading = self.read("dangers.on_time", region=HILL)
        assert (reading.value, reading.base) == (None, 0)


class TestEvidence:
    def doubts(self, *given: Given, at=NOON + DAY, **more: object) -> list[list[str]]:
        here = district()
        item = report(here, lon=113.9, lat=22.65, **more)
        actions.rectify(item=item, by=here.manager.by, at=at, evidence=list(given))
        return [row.flags for row in Evidence.objects.filter(step__move="rectify").order_by("pk")]

    def test_taken_more_than_300_metres_from_the_danger_is_flagged_and_taken_in(self) -> None:
        far, near = {"lon": 113.904, "lat": 22.65}, {"lon": 113.9025, "lat": 22.65}  # 410 m and 257 m
        assert self.doubts(photo_at(b"a", **far), photo_at(b"b", **near)) == [["far_away"], []]

    def test_older_than_the_danger_is_flagged_and_taken_in(self) -> None:
        old, new = {"taken_at": NOON - DAY}, {"taken_at": NOON + DAY}
        assert self.doubts(photo_at(b"a", **old), photo_at(b"b", **new)) == [["older_than_item"], []]

    def test_used_elsewhere_is_flagged_and_taken_in(self) -> None:
        assert self.doubts(photo(b"same"), photo(b"new"), evidence=[photo(b"same")]) == [["reused_photo"], []]
