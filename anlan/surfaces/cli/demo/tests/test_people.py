"""The people of the demo district add up to what the bureau's table says."""

from collections import Counter

from stdnum.cn import uscc

from anlan.surfaces.cli.demo import files, people, units


def test_there_are_3183_flood_duty_holders_street_by_street():
    table = {row["name"]: row for row in files.table("streets")}
    found = Counter(one.street for one in people.holders())
    assert sum(found.values()) == 3183
    assert found == {
        "临港": 470, "望潮": 590, "新渡": 485, "石矶": 455, "凤岭": 300,
        "榕溪": 215, "岭背": 186, "白鹭": 172, "青坪": 165, "云涌": 145,
    }  # fmt: skip
    assert found.keys() == table.keys()


def test_every_kind_has_as_many_holders_in_each_street_as_the_table():
    found = Counter((one.posts[0].kind, one.street) for one in people.holders())
    for street in files.street_names():
        found["deputy_commander", street] += found.pop(("executive_deputy_commander", street), 0)
    assert +found == +Counter({(kind, s): n for kind, row in people.counts().items() for s, n in row.items()})


def test_second_duties_are_on_the_same_persons():
    assert sum(len(one.seconds) for one in people.holders()) == 430


def test_nobody_shares_a_key_or_a_number_and_no_number_can_be_rung():
    everybody = people.everybody()
    assert len({one.key for one in everybody}) == len({one.phone for one in everybody}) == len(everybody)
    assert all(one.phone.startswith("154") and len(one.phone) == 11 for one in everybody)


def test_every_superior_is_somebody():
    keys = {one.key for one in people.everybody()}
    assert {one.superior for one in people.everybody() if one.superior} <= keys


def test_560_patrollers_stand_beside_the_flood_duty_holders():
    patrollers = [one for one in people.everybody() if one.posts[0].kind == "patroller"]
    assert len(patrollers) == 560
    assert not any(one.street for one in patrollers)


def test_52_units_make_the_flood_headquarters():
    assert len(units.member_units()) + len(units.streets()) == 52


def test_credit_codes_pass_the_check_in_a_region_that_does_not_exist():
    codes = [unit.uscc for unit in units.enterprises()]
    assert all(uscc.is_valid(code) and code[2:8] == "440399" for code in codes)
    assert len(set(codes)) == len(codes)
