"""A rule is set anew by a new row, by whom it concerns, from today, with a reason; the old rows stay."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.kernel.core import clock, rulesets
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.models import RuleValue
from anlan.kernel.core.ruleset_shapes import check, shape_of
from anlan.kernel.domain import rulebook
from anlan.kernel.domain.rulebook import Wanted
from anlan.kernel.ledger.models import Entry
from anlan.kernel.orgs.models import Account
from tests import people

RAIN = "sensing.rain_marks"
MARKS = [{"colour": "yellow", "hours": 6, "mm": 25}, {"colour": "red", "hours": 3, "mm": 90}]


@pytest.fixture
def here(db):
    made = people.district()
    people.add_kind("flood_office_head")
    people.add_duty(made.owner, "flood_office_head", people.DISTRICT)
    return made


@pytest.fixture
def system(here):
    return f"account:{Account.objects.create_user('sys', admin_role='system').pk}"


def today() -> date:
    return clock.real_now().astimezone(rulebook._LOCAL).date()


def wanted(**more) -> Wanted:
    return Wanted(
        **{"rule": RAIN, "region": "440399", "value": MARKS, "valid_from": today(), "unit": "mm"} | more
    )


def put(row: Wanted, by: str, why: str = "汛期前会商"):
    return rulebook.set_value(row, why=why, by=by, at=clock.real_now())


@pytest.mark.feature("M224")
def test_a_new_value_is_a_new_row_and_the_old_day_keeps_its_value(here) -> None:
    now, before = clock.real_now(), RuleValue.objects.count()
    old = rulesets.value_of(RAIN, region="440399", at=now)
    row = put(wanted(), here.owner.by)
    assert RuleValue.objects.count() == before + 1
    assert rulesets.value_of(RAIN, region="440399001", at=now) == MARKS
    assert rulesets.value_of(RAIN, region="440399001", at=now - timedelta(days=2)) == old
    entry = Entry.objects.get(code="rules.set")
    assert entry.subject_id == str(row.pk)
    assert entry.facts["reason"] == "汛期前会商"


def test_the_same_value_may_come_back(here) -> None:
    put(wanted(), here.owner.by)
    put(wanted(value=MARKS[:1]), here.owner.by)
    put(wanted(), here.owner.by)
    assert rulesets.value_of(RAIN, region="440399", at=clock.real_now()) == MARKS


def test_the_keeper_of_the_subject_sets_it_for_the_own_region_only(here) -> None:
    for row in (wanted(region=""), wanted(region="44"), wanted(rule="dangers.assign_minutes", value=60)):
        with pytest.raises(Refused) as refusal:
            put(row, here.owner.by)
        assert refusal.value.code == "rules.not_yours"
    with pytest.raises(Refused):
        put(wanted(region="440399004"), here.outsider.by)


def test_the_system_administrator_sets_it_everywhere_and_no_other_administrator_does(here, system) -> None:
    assert put(wanted(region=""), system).region == ""
    other = Account.objects.create_user("aud", admin_role="audit")
    with pytest.raises(Refused):
        put(wanted(region=""), f"account:{other.pk}")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"value": [{"colour": "yellow", "hours": 6, "mm": "viel"}]}, "value.1.mm"),
        ({"value": [{"colour": "yellow", "hours": 6, "mm": -3}]}, "value.1.mm"),
        ({"value": [{"colour": "violet", "hours": 6, "mm": 30}]}, "value.1.colour"),
        ({"value": [{"colour": "yellow", "mm": 30}]}, "value.1.hours"),
        ({"value": [{"colour": "yellow", "hours": 6, "mm": 30, "cm": 3}]}, "value.1.cm"),
        ({"value": [{"colour": "yellow", "hours": 7, "mm": 30}]}, "value.1.hours"),
        ({"value": []}, "value"),
        ({"tag": "X"}, "tag"),
        ({"region": "44039"}, "region"),
        ({"region": "440398"}, "region"),
        ({"valid_from": date(2020, 1, 1)}, "valid_from"),
        ({"valid_to": date(2020, 1, 1)}, "valid_to"),
        ({"law": "法" * 301}, "law"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_its_place(here, system, change, field) -> None:
    before = RuleValue.objects.count()
    with pytest.raises(Refused) as refusal:
        put(wanted(**change), system)
    assert refusal.value.field == field, str(refusal.value)
    assert RuleValue.objects.count() == before


def test_without_a_reason_or_a_difference_nothing_is_added(here, system) -> None:
    with pytest.raises(Refused) as silent:
        put(wanted(), system, why="  ")
    put(wanted(), system)
    with pytest.raises(Refused) as again:
        put(wanted(), system)
    assert (silent.value.code, again.value.code) == ("rules.no_reason", "rules.same")


def test_a_row_of_a_file_is_held_to_the_same(db, tmp_path: Path) -> None:
    text = '[[rule]]\nrule = "t.x"\nvalue = 3\nvalid_from = 2020-01-01\ntag = "M"\n'
    (tmp_path / "a.toml").write_text(
        text + text.replace("value = 3", 'region = "44"\nvalue = "drei"'), "utf-8"
    )
    with pytest.raises(Refused, match=r"a\.toml.*value.*drei"):
        rulesets.load_files([tmp_path / "a.toml"])


def test_every_shipped_row_passes_the_check_of_its_own_rule(db) -> None:
    people.rulesets.load_files(people.ruleset_files())
    for rule in RuleValue.objects.values_list("rule", flat=True).distinct():
        rows = rulebook.rows_of(rule)
        for row in rows:
            rulesets.check_value(rule, row.value, [r.value for r in rows])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150)
@given(st.lists(JSON, min_size=1, max_size=3), JSON)
def test_a_value_is_accepted_or_refused_with_a_field_and_never_fails(models, value) -> None:
    try:
        check(shape_of(models), value)
    except Refused as refusal:
        assert refusal.field.startswith("value")
        assert str(refusal)


def test_another_process_sees_a_row_within_its_next_piece_of_work(here, system) -> None:
    now = clock.real_now()
    rulesets.value_of(RAIN, region="440399", at=now)
    RuleValue.objects.create(  # as another process would: our cache is not told
        rule=RAIN, region="440399", value=MARKS, valid_from=today(), tag="M", origin="page", digest="x", by=system,
        recorded_at=now,
    )  # fmt: skip
    assert rulesets.value_of(RAIN, region="440399", at=now) != MARKS
    rulesets.keep_fresh(every_s=0)
    assert rulesets.value_of(RAIN, region="440399", at=now) == MARKS
