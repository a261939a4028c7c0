"""Sets of data: counted, and brought up to date before they are too old."""

from datetime import timedelta

import pytest

from anlan.domains.resources import queries, rules
from anlan.domains.resources.actions import refreshing
from anlan.domains.resources.models import Refresh
from anlan.kernel.core import rulesets
from anlan.kernel.core.errors import Refused
from anlan.kernel.domain.registry import all_domains
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.orgs.models import Duty, Person
from anlan.kernel.places.regions import prefix_of
from tests.people import (
    DISTRICT,
    HARBOUR,
    NOON,
    QUAY,
    TERRACE,
    District,
    add_duty,
    add_kind,
    add_person,
    add_place,
    district,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SHELTERS = "places.shelter"


@pytest.fixture
def here() -> District:
    made = district()
    for code in ("resource_keeper", "flood_office_head"):
        add_kind(code)
    Duty.objects.update(verified_at=NOON)
    return made


@pytest.fixture
def keeper(here: District) -> Person:
    person = add_person("Kira", here.bureau)
    add_duty(person, "resource_keeper", DISTRICT)
    Duty.objects.update(verified_at=NOON)
    return person


def shelter(name: str = "码头小学", region: str = QUAY, at=NOON) -> None:
    place = add_place(name, region, kind="shelter")
    place.created_at = at
    place.save(update_fields=["created_at"])


def standing(code: str, at=NOON, region: str = DISTRICT) -> queries.Standing:
    data = next(each for each in queries.datasets(region=DISTRICT, at=at) if each.code == code)
    return queries.standing_of(data, within=queries.region_filter(data, [prefix_of(region)]), at=at)


@pytest.mark.feature("M181")
class TestSets:
    def test_are_every_line_of_the_rule_every_kind_of_place_and_every_record_that_is_declared(
        self, here: District
    ) -> None:
        shelter()
        codes = [each.code for each in queries.datasets(region=DISTRICT, at=NOON)]
        assert {"enterprises.enterprise", "resources.force", SHELTERS} <= set(codes)
        declared = {record.loop.name for domain in all_domains() for record in domain.records}
        assert declared <= set(codes)
        assert len(codes) == len(set(codes))

    def test_count_the_rows_of_a_region_and_know_the_last_change(self, here: District) -> None:
        shelter()
        shelter("梯田小学", TERRACE, NOON + DAY)
        whole, part = standing(SHELTERS, NOON + 2 * DAY), standing(SHELTERS, NOON + 2 * DAY, HARBOUR)
        assert (whole.count, whole.changed_at, part.count, part.changed_at) == (2, NOON + DAY, 1, NOON)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"model": "moon.Rock"},
            {"region": "moon"},
            {"changed": "phase"},
            {"only": "full=True"},
            {"days": "x"},
        ],
    )
    def test_of_a_rule_must_name_a_register_and_fields_that_there_are(
        self, here: District, wrong: dict
    ) -> None:
        lines = rulesets.value_of("resources.datasets", region=DISTRICT, at=NOON)
        queries.check_datasets_rule(lines)
        with pytest.raises(Refused) as refused:
            queries.check_datasets_rule([lines[0] | wrong])
        assert refused.value.code == rules.BAD_DATASETS


@pytest.mark.feature("M181")
class TestASetThatIsTooOld:
    def matter(self, at=NOON + 181 * DAY) -> WorkItem:
        refreshing.find_old(region=DISTRICT, at=at)
        return Refresh.objects.get(code=SHELTERS).item

    def test_becomes_a_matter_of_its_keeper_once(self, keeper: Person) -> None:
        shelter()
        assert not standing(SHELTERS, NOON + 180 * DAY).late
        item = self.matter()
        assert (item.charge_duty, item.due_at) == ("resource_keeper", NOON + 188 * DAY)
        refreshing.find_old(region=DISTRICT, at=NOON + 182 * DAY)
        assert Refresh.objects.filter(code=SHELTERS).count() == 1

    def test_closes_by_itself_when_a_row_of_it_changes(self, keeper: Person) -> None:
        shelter()
        item = self.matter()
        shelter("渔村小学", at=NOON + 182 * DAY)
        refreshing.find_old(region=DISTRICT, at=NOON + 183 * DAY)
        item.refresh_from_db()
        assert item.state == "refreshed"

    def test_that_was_looked_through_is_good_for_as_long_again_and_says_how(self, keeper: Person) -> None:
        shelter()
        item = self.matter()
        at = NOON + 182 * DAY
        with pytest.raises(Refused):
            refreshing.look_through(item=item, checked="", by=keeper.by, at=at)
        refreshing.look_through(item=item, checked="逐处电话核对", by=keeper.by, at=at)
        assert (standing(SHELTERS, at).looked_at, standing(SHELTERS, at).due_at) == (at, at + 180 * DAY)
        refreshing.find_old(region=DISTRICT, at=at + 10 * DAY)
        assert Refresh.objects.filter(code=SHELTERS).count() == 1
