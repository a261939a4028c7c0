"""Comparing lists: matched, doubtful, missing, and why. The order of rows and doubled rows change nothing."""

import random
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.domains.enterprises.rules import matching
from anlan.domains.enterprises.rules.matching import Firm, Row

RULESET = Path(__file__).resolve().parents[1] / "rulesets" / "enterprises.toml"
RULE = next(
    row["value"]
    for row in tomllib.loads(RULESET.read_text(encoding="utf-8"))["rule"]
    if row["rule"] == "enterprises.matching"
)
FIRMS = [
    Firm("a", "安澜海风家具有限公司", "914403990000000011", "安澜区凤岭街道木工路8号", 113.90, 22.70),
    Firm("b", "安澜区白浪电镀厂", "", "新渡街道镀锌巷3号", 113.95, 22.72),
    Firm("c", "安澜海风家居商行", "914403990000000022", "望潮街道灯塔路1号"),
]
pytestmark = pytest.mark.feature("M067")


def verdicts(rows: list[Row]) -> list[tuple[str, str, str]]:
    return [(found.verdict, found.firm, found.row.name) for found in matching.compare(rows, FIRMS, rule=RULE)]


def test_an_equal_credit_code_settles_it_whatever_the_name_says() -> None:
    (found,) = matching.compare([Row("power", "海风新名", "914403990000000011")], FIRMS, rule=RULE)
    assert (found.verdict, found.firm, found.score) == ("matched", "a", 100)
    assert found.reasons[0].by == "uscc"


def test_name_and_address_written_otherwise_are_still_the_firm() -> None:
    (found,) = matching.compare(
        [Row("power", "广东省安澜区 白浪（电镀）厂", "", "安澜区新渡街道镀锌巷３号")], FIRMS, rule=RULE
    )
    assert (found.verdict, found.firm) == ("matched", "b")
    assert {why.by for why in found.reasons} == {"name", "address"}


def test_a_like_name_elsewhere_is_doubtful_and_names_its_candidates() -> None:
    (found,) = matching.compare([Row("patrol", "海风家具", "", "望潮街道")], FIRMS, rule=RULE)
    assert (found.verdict, found.firm) == ("doubtful", "")
    assert found.candidates[0].firm == "a"


def test_a_firm_that_nobody_knows_is_missing() -> None:
    assert verdicts([Row("power", "石榴五金加工点", "", "岭背街道后山")]) == [
        ("missing", "", "石榴五金加工点")
    ]


def test_two_credit_codes_that_differ_are_two_firms() -> None:
    rows = [Row("business_register", "安澜海风家具有限公司", "914403990000000099", "安澜区凤岭街道木工路8号")]
    assert verdicts(rows)[0][0] != "matched"


def test_position_speaks_where_names_are_nearly_alike() -> None:
    near = Row("patrol", "白浪电镀", "", "", 113.9501, 22.7201)
    (found,) = matching.compare([near], FIRMS, rule=RULE)
    assert "position" in {why.by for why in found.reasons}


def test_what_no_list_shows_is_named_too() -> None:
    found = matching.compare([Row("power", "白浪电镀厂", "", "新渡街道镀锌巷3号")], FIRMS, rule=RULE)
    assert matching.missing_from(found, FIRMS) == ["a", "c"]


NAMES = ("海风家具", "安澜海风家具有限公司", "白浪电镀厂", "石榴五金", "石榴五金店", "")
ROWS = st.builds(
    Row,
    source=st.sampled_from(["business_register", "power", "patrol"]),
    name=st.sampled_from(NAMES),
    uscc=st.sampled_from(["", "", "914403990000000011", "914403990000000033"]),
    address=st.sampled_from(["", "凤岭街道木工路8号", "安澜区凤岭街道木工路８号", "岭背街道后山"]),
    lon=st.sampled_from([113.9, 113.99]),
    lat=st.just(22.7),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(ROWS, max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_doubled_rows_change_nothing(rows: list[Row], chance: random.Random) -> None:
    shaken = [*rows, *chance.sample(rows, len(rows) // 2)]
    chance.shuffle(shaken)
    once, twice = (
        [(f.verdict, f.firm, f.score, f.reasons, f.candidates, f.sources, f.row) for f in matching.compare(each, FIRMS, rule=RULE)]
        for each in (rows, shaken)
    )  # fmt: skip
    assert once == twice


@settings(max_examples=100, deadline=None)
@given(st.lists(ROWS, max_size=10))
def test_every_row_stands_in_exactly_one_finding(rows: list[Row]) -> None:
    keyed = [Row(r.source, r.name, r.uscc, r.address, r.lon, r.lat, key=str(n)) for n, r in enumerate(rows)]
    keys = [key for found in matching.compare(keyed, FIRMS, rule=RULE) for key in found.keys]
    assert sorted(keys) == sorted(str(n) for n in range(len(rows)))


def test_a_pair_that_too_many_share_is_not_walked_and_the_rare_one_still_finds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(matching, "BUDGET", 20)
    firms = [
        Firm(f"{n:03}", f"{chr(0x4E00 + n)}{chr(0x5E00 + n)}科技发展", address="工业路1号")
        for n in range(300)
    ]
    known = matching._Known(firms)
    name, nowhere = matching.plain(matching.plain_name(firms[7].name)), matching.plain("工业路1号")
    looked = known.near(Row("power"), name, nowhere, least=45)
    assert looked[0] == 7 and len(looked) <= matching.WEIGHED
    common = matching.plain("科技发展")
    assert known._sharing(common, 45) == [], "none of three hundred is told from the others by this"


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.text("海风白浪家具电镀厂五金", min_size=2, max_size=8), min_size=1, max_size=30, unique=True),
    st.data(),
)
def test_under_the_budget_no_like_name_is_passed_over(names: list[str], data: st.DataObject) -> None:
    known = matching._Known([Firm(f"{n:02}", name) for n, name in enumerate(names)])
    asked = matching.plain(
        matching.plain_name(data.draw(st.sampled_from(names)) + data.draw(st.sampled_from(["", "厂", "家"])))
    )
    like = {n for n, (name, _address) in enumerate(known.names) if matching.alike(asked, name) >= 45}
    assert like <= set(known._sharing(asked, 45)) | set(known.by_name.get(asked.text, ()))
