import pytest

from anlan.kernel.places.regions import ancestors, contains, level_of, prefix_of, street_of


@pytest.mark.parametrize(
    ("code", "prefix", "level"),
    [
        ("440000000000", "44", "province"),
        ("440300000000", "4403", "city"),
        ("440399000000", "440399", "county"),
        ("440399010000", "440399010", "street"),
        ("440399010005", "440399010005", "community"),
    ],
)
def test_a_code_knows_its_level_by_its_zeros(code: str, prefix: str, level: str) -> None:
    assert (prefix_of(code), level_of(code)) == (prefix, level)


def test_ancestors_come_nearest_first() -> None:
    assert ancestors("440399001001") == [
        "440399001001", "440399001000", "440399000000", "440300000000", "440000000000",
    ]  # fmt: skip


def test_a_street_contains_its_communities_and_not_its_neighbours() -> None:
    assert contains("440399001000", "440399001007")
    assert not contains("440399001000", "440399010007")


def test_the_street_of_a_community_is_found_and_a_county_stays_itself() -> None:
    assert street_of("440399001007") == "440399001000"
    assert street_of("440399000000") == "440399000000"
