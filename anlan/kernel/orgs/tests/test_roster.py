"""Lists of people as offices send them."""

import pytest

from anlan.kernel.core.errors import Refused
from anlan.kernel.ledger.models import Entry
from anlan.kernel.orgs.models import Duty, DutyKind, Organisation, Person
from anlan.kernel.orgs.roster import Taken, load_duty_kinds, take_on
from tests.people import HARBOUR, NOON, QUAY, add_place, district

pytestmark = pytest.mark.django_db
USCC = "91110000600037341L"


def row(**other: str) -> dict[str, str]:
    return {
        "单位": "临港街道办事处", "姓名": "王码头", "职务": "专干", "电话": "154 0000-0001", "岗责": "patroller", "区划代码": QUAY,
        **other,
    }  # fmt: skip


def take(*rows: dict[str, str], dry: bool = False) -> Taken:
    return take_on(rows, digest="d" * 64, by="service:terminal", at=NOON, dry=dry)


@pytest.fixture(autouse=True)
def _here(db: None) -> None:
    district()


def test_a_row_becomes_a_person_with_a_duty_and_one_entry() -> None:
    taken = take(row(), row(岗责="community_clerk", 次序="1"))
    assert (taken.people, taken.duties, taken.bad) == (1, 2, [])
    person = Person.objects.get(name="王码头")
    assert (person.phone, person.organisation.name) == ("15400000001", "临港街道办事处")
    assert set(person.duties.values_list("kind_id", "rank")) == {("patroller", 0), ("community_clerk", 1)}
    entry = Entry.objects.get(code="orgs.people_added")
    assert (entry.facts["people"], entry.facts["duties"], entry.facts["rows"]) == (1, 2, [2, 3])


def test_the_same_file_twice_adds_nothing_and_writes_nothing() -> None:
    take(row())
    again = take(row())
    assert (again.people, again.duties, again.known) == (0, 0, 1)
    assert Entry.objects.filter(code="orgs.people_added").count() == 1


def test_a_dry_run_counts_and_writes_nothing() -> None:
    taken = take(row(单位="新单位", organisation_kind="member_unit"), dry=True)
    assert (taken.people, taken.duties, taken.organisations) == (1, 1, 1)
    assert not Person.objects.filter(name="王码头").exists()
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    ("column", "value", "at_fault"),
    [
        ("姓名", "", "name"),
        ("电话", "1.54E+10", "phone"),
        ("电话", "", "phone"),
        ("邮箱", "nobody", "email"),
        ("岗责", "king", "duty"),
        ("区划代码", "440399999999", "region"),
        ("区划代码", "", "region"),
        ("场所编码", "X1", "place"),
        ("次序", "first", "rank"),
        ("次序", "²", "rank"),
        ("统一社会信用代码", "91110000600037341M", "uscc"),
        ("单位", "无此单位", "organisation"),
        ("单位类型", "club", "organisation_kind"),
        ("姓名", "长" * 61, "name"),
    ],
)
def test_a_bad_row_comes_back_with_its_column_and_the_good_ones_stay(
    column: str, value: str, at_fault: str
) -> None:
    taken = take(row(), row(**{"姓名": "李二", column: value}))
    assert [(bad.row, bad.column) for bad in taken.bad] == [(3, at_fault)]
    assert taken.bad[0].why
    assert Person.objects.filter(name="王码头").count() == 1
    assert not Person.objects.filter(name="李二").exists()


def test_an_unknown_organisation_is_taken_on_only_when_its_kind_is_said() -> None:
    taken = take(row(单位="海风二厂", 单位类型="enterprise", 统一社会信用代码=USCC))
    assert taken.organisations == 1
    assert Organisation.objects.get(uscc=USCC).kind == "enterprise"


def test_a_duty_at_a_place_lies_in_the_region_of_the_place() -> None:
    place = add_place("一号积涝点", QUAY)
    type(place).objects.filter(pk=place.pk).update(code="WL01")
    take(row(区划代码="", 场所编码="WL01", 岗责="waterlogging_keeper"))
    duty = Duty.objects.get(person__name="王码头")
    assert (duty.place_id, duty.region_id) == (place.pk, QUAY)


def test_a_file_without_a_needed_column_is_refused_whole() -> None:
    with pytest.raises(Refused) as refusal:
        take({"姓名": "王", "电话": "15400000001"})
    assert refusal.value.code == "orgs.import_no_column"


def test_a_thousand_people_are_taken_on_in_chunks_of_one_act() -> None:
    taken = take(*(row(姓名=f"人{n}", 电话=f"154{n:08d}", 区划代码=HARBOUR) for n in range(1500)))
    assert (taken.people, taken.duties) == (1500, 1500)
    entries = Entry.objects.filter(code="orgs.people_added")
    assert entries.count() == 2
    assert len({entry.act for entry in entries}) == 1


def test_kinds_of_duty_are_loaded_and_corrected_from_a_file() -> None:
    good = {
        "code": "boatman",
        "label": "船老大",
        "label_en": "Boatman",
        "closes_on": "on_post",
        "rung_by_hand": "1",
    }
    taken = load_duty_kinds(
        [good, {**good, "code": "x", "closes_on": "never"}], digest="d", by="service:terminal", at=NOON
    )
    assert [(bad.row, bad.column) for bad in taken.bad] == [(3, "closes_on")]
    kind = DutyKind.objects.get(code="boatman")
    assert (kind.closes_on, kind.rung_by_hand) == ("on_post", True)
    load_duty_kinds([{**good, "label_en": "Skipper"}], digest="d", by="service:terminal", at=NOON)
    assert DutyKind.objects.get(code="boatman").label_en == "Skipper"
