from datetime import date, timedelta
from decimal import Decimal

import pytest

from anlan.domains.grassroots import actions, queries, rules
from anlan.domains.grassroots.models import Attainment
from anlan.kernel.core import attachments
from anlan.kernel.core.errors import Refused
from anlan.kernel.indicators.queries import indicator
from anlan.kernel.indicators.spec import Cut, Period
from anlan.kernel.ledger.models import Entry
from anlan.kernel.loop.actions import move
from anlan.kernel.loop.evidence import Given
from anlan.kernel.loop.models import WorkItem
from tests.people import DISTRICT, HARBOUR, NOON, QUAY, TERRACE, District, add_duty, add_person, district

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TEN = "village_ten_haves"


def photo(text: str) -> Given:
    return Given(
        "photo", file=attachments.keep(data=text.encode(), media_type="image/jpeg", by="service:test")
    )


def clerk(here: District):
    person = add_person("Dora", here.street)
    add_duty(person, "community_clerk", QUAY)
    return person


def head(here: District):
    person = add_person("Emil", here.bureau)
    add_duty(person, "safety_section", DISTRICT)
    return person


def begun(by: str, standard: str = TEN, region: str = QUAY) -> WorkItem:
    return actions.begin(standard=standard, region=region, due_at=NOON + 90 * DAY, by=by, at=NOON)


def all_ticked(item: WorkItem, by: str) -> None:
    for number in range(1, len(Attainment.objects.get(pk=item.pk).items) + 1):
        actions.tick(item=item, number=number, by=by, at=NOON + DAY, evidence=[photo(f"{item.pk} {number}")])


def reached(here: District, by: str, standard: str = TEN) -> WorkItem:
    item = begun(by, standard)
    all_ticked(item, by)
    actions.apply(item=item, by=by, at=NOON + 2 * DAY)
    move(item=item, name="pass_street", by=here.owner.by, at=NOON + 3 * DAY)
    move(item=item, name="accept", by=head(here).by, at=NOON + 4 * DAY)
    return item


@pytest.mark.feature("M063")
class TestAStandard:
    def test_is_reached_item_by_item_checked_by_the_street_and_accepted_by_the_district(self) -> None:
        here = district()
        item = reached(here, clerk(here).by)
        assert (item.state, item.closed_at) == ("attained", NOON + 4 * DAY)

    @pytest.mark.feature("M305", "M306")
    def test_of_a_model_community_goes_the_same_way(self) -> None:
        here = district()
        item = reached(here, clerk(here).by, "model_community")
        assert (item.state, item.title) == ("attained", "码头社区：综合减灾示范社区")

    def test_is_not_checked_before_every_item_is_in_place(self) -> None:
        here = district()
        by = clerk(here).by
        item = begun(by)
        all_ticked(item, by)
        actions.untick(item=item, number=2, reason="喇叭坏了", by=by, at=NOON + 2 * DAY)
        with pytest.raises(Refused) as refused:
            actions.apply(item=item, by=by, at=NOON + 2 * DAY)
        assert refused.value.code == rules.NOT_ALL
        assert refused.value.facts["missing"] == "有大喇叭"

    def test_is_not_accepted_by_whoever_passed_it_for_the_street(self) -> None:
        here = district()
        by = clerk(here).by
        add_duty(here.owner, "safety_section", DISTRICT)
        item = begun(by)
        all_ticked(item, by)
        actions.apply(item=item, by=by, at=NOON + 2 * DAY)
        move(item=item, name="pass_street", by=here.owner.by, at=NOON + 3 * DAY)
        with pytest.raises(Refused):
            move(item=item, name="accept", by=here.owner.by, at=NOON + 4 * DAY)

    def test_keeps_the_list_it_began_with(self) -> None:
        here = district()
        item = begun(clerk(here).by)
        assert [line.name for line in queries.lines(Attainment.objects.get(pk=item.pk))][:2] == [
            "有组织体系",
            "有大喇叭",
        ]

    def test_of_a_community_is_not_for_a_street(self) -> None:
        here = district()
        with pytest.raises(Refused) as refused:
            begun(here.owner.by, region=HARBOUR)
        assert refused.value.code == rules.WRONG_LEVEL

    def test_runs_once_at_a_time_in_one_place(self) -> None:
        here = district()
        begun(here.owner.by)
        with pytest.raises(Refused) as refused:
            begun(here.owner.by)
        assert refused.value.code == rules.RUNNING

    def test_an_item_beyond_the_list_is_refused(self) -> None:
        here = district()
        by = clerk(here).by
        item = begun(by)
        with pytest.raises(Refused) as refused:
            actions.tick(item=item, number=11, by=by, at=NOON, evidence=[photo("x")])
        assert refused.value.code == rules.NO_ITEM


@pytest.mark.feature("M495")
class TestTheShareOfStreets:
    def read(self, code: str, end=NOON + 10 * DAY) -> tuple[Decimal | None, int]:
        reading = indicator(
            code=code, cut=Cut(region=DISTRICT), period=Period(NOON - DAY, end), as_of=NOON + 20 * DAY
        )
        return reading.value, reading.base

    def test_counts_what_stands_at_the_end_of_the_period(self) -> None:
        here = district()
        item = begun(here.owner.by, "street_first_level", HARBOUR)
        all_ticked(item, here.owner.by)
        actions.apply(item=item, by=here.owner.by, at=NOON + 2 * DAY)
        move(item=item, name="pass_street", by=here.colleague.by, at=NOON + 3 * DAY)
        by = head(here).by
        move(item=item, name="accept", by=by, at=NOON + 4 * DAY)
        assert self.read("grassroots.first_level") == (Decimal(50), 2)
        assert self.read("grassroots.first_level", end=NOON + 4 * DAY) == (Decimal(0), 2)
        move(item=item, name="reopen", by=by, reason="值班室改作他用", at=NOON + 6 * DAY)
        assert self.read("grassroots.first_level") == (Decimal(0), 2)
        assert self.read("grassroots.first_level", end=NOON + 5 * DAY) == (Decimal(50), 2)

    def test_of_the_ten_things_counts_communities(self) -> None:
        here = district()
        reached(here, clerk(here).by)
        assert self.read("grassroots.ten_haves") == (Decimal(50), 2)


@pytest.mark.feature("M447")
class TestAServiceStation:
    def station(self):
        return actions.open_station(
            code="S1",
            name="码头园区服务站",
            region=QUAY,
            opened_on=date(2025, 1, 1),
            by="service:test",
            at=NOON,
        )

    def write(self, station, **more):
        given = {
            "work": "training", "times": 1, "attendances": 30, "day": date(2026, 7, 1), "by": "service:test", "at": NOON,
        }  # fmt: skip
        return actions.write_activity(station=station, **(given | more))

    def total(self, code: str) -> Decimal | None:
        period = Period(NOON - 10 * DAY, NOON + DAY)
        return indicator(code=code, cut=Cut(region=QUAY), period=period, as_of=NOON + DAY).value

    def test_writes_its_work_once_and_the_numbers_read_it(self) -> None:
        district()
        station = self.station()
        self.write(station)
        self.write(station, work="drill", times=2, attendances=0)
        assert (self.total("grassroots.trained"), self.total("grassroots.drills")) == (30, 2)

    def test_takes_a_wrong_line_back_by_a_later_one_that_says_why(self) -> None:
        district()
        station = self.station()
        line = self.write(station)
        actions.take_back(line=line, note="重复登记", by="service:test", at=NOON)
        assert self.total("grassroots.trained") == 0
        assert Entry.objects.filter(code="grassroots.activity").count() == 2

    def test_writes_nothing_for_a_day_that_has_not_come(self) -> None:
        district()
        with pytest.raises(Refused) as refused:
            self.write(self.station(), day=date(2026, 7, 4))
        assert refused.value.code == rules.FUTURE_DAY

    def test_shows_to_those_who_have_its_region_only(self) -> None:
        here = district()
        station = self.station()
        assert list(queries.stations_for(here.owner, at=NOON)) == [station]
        assert list(queries.stations_for(here.outsider, at=NOON)) == []
        assert TERRACE != QUAY

    def test_is_written_by_its_keeper_and_the_street_only(self) -> None:
        here = district()
        station = self.station()
        with pytest.raises(Refused) as refused:
            self.write(station, by=here.outsider.by)
        assert refused.value.code == rules.NOT_KEEPER
        self.write(station, by=here.owner.by)
