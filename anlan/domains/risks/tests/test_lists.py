"""The lists of points: counted to one limit in common, the gravest first, page by page."""

import pytest

from anlan.domains.risks.queries import lists
from anlan.domains.risks.queries.lists import Asked
from anlan.domains.risks.tests.ground import a_firm, a_point, another_firm
from anlan.kernel.places.models import Region
from tests.people import NOON, District, district

pytestmark = pytest.mark.django_db
LEVELS = (4, 4, 4, 3, 3, 2, 1)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> District:
    monkeypatch.setattr(lists, "PAGE", 2)
    made = district()
    firm = a_firm(made)
    for number, level in enumerate(LEVELS):
        a_point(firm, f"FX-{number}", assessed_level=level, name="叉车道" if number % 2 else "喷漆间")
    return made


def listed(asked: Asked, here: District) -> list[int]:
    """The levels of all rows, page after page."""
    first = lists.points(asked, here.owner, at=NOON)
    found = [lists.points(asked, here.owner, at=NOON, page=n + 1) for n in range(first.pages)]
    assert all(len(page.rows) == 2 for page in found[:-1])
    rows = [row for page in found for row in page.rows]
    assert len({row.pk for row in rows}) == len(rows)
    return [row.current_level for row in rows]


def test_every_row_stands_on_one_page_the_gravest_first(here: District) -> None:
    assert listed(Asked(), here) == list(LEVELS)
    assert listed(Asked(words="车"), here) == [4, 3, 2]
    assert listed(Asked(level=3), here) == [3, 3]
    found = lists.points(Asked(), here.owner, at=NOON)
    assert (found.counts, found.total, found.more, found.cut) == (
        {4: 3, 3: 2, 2: 1, 1: 1, 0: 0},
        7,
        False,
        None,
    )


def test_counting_ends_at_one_limit_for_all_levels(here: District, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "COUNTED_TO", 4)
    found = lists.points(Asked(), here.owner, at=NOON)
    assert (found.counts, found.more, found.cut, found.pages) == ({4: 3, 3: 2}, True, 3, 2)
    assert listed(Asked(), here) == [4, 4, 4, 3]
    assert lists.points(Asked(level=3), here.owner, at=NOON).counts == {3: 2}


def test_a_page_that_is_not_there_is_the_nearest_one(here: District) -> None:
    pages = [lists.points(Asked(), here.owner, at=NOON, page=page).page for page in (-3, 0, 99)]
    assert pages == [1, 1, 4]


def test_nothing_found_is_one_empty_page(here: District) -> None:
    found = lists.points(Asked(words="没有的词"), here.owner, at=NOON)
    assert (found.rows, found.total, found.page, found.pages) == ([], 0, 1, 1)
    assert lists.points(Asked(), here.outsider, at=NOON).total == 0


@pytest.mark.parametrize(
    ("word", "asked"),
    [
        ("粉尘", "'粉尘'"),
        ("车", "'车':*"),
        ("1号炉", "'号炉'"),
        ("1号", "'1'"),
        ("号1", "'1':*"),
        ("fx-1", "'fx'"),
        ("-", ""),
    ],
)
def test_the_index_is_asked_for_what_says_most_of_a_word(word: str, asked: str) -> None:
    assert lists._indexed(word) == asked


def test_a_digit_before_a_character_is_found(here: District) -> None:
    a_point(a_firm(here), "FX-20", name="1号喷漆间")
    a_point(a_firm(here), "FX-21", name="12号喷漆间")
    assert lists.points(Asked(words="1号"), here.owner, at=NOON).total == 1
    assert lists.points(Asked(words="号喷"), here.owner, at=NOON).total == 2


def test_a_reach_over_all_there_is_asks_for_no_region_and_one_row_outside_asks_again(here: District) -> None:
    """The index is not asked to gather every row of the house, and a neighbour's row is not shown for that."""
    reach = {code[:6] for code in Region.objects.values_list("code", flat=True)}
    assert len(reach) == 1  # the test district is all there is
    assert lists._reach([*reach]) == ""
    assert lists._reach([]) == "'R:none'"
    city = Region.objects.create(code="440300000000", name="市", level="city", prefix="4403")
    assert lists._reach([*reach]) == ""  # nothing lies there
    other = another_firm("91440300MA5EXAMP2X", region=city.code)
    a_point(other, "FX-9", assessed_level=4)
    assert lists._reach([*reach]) == f"('R:{reach.pop()}':*)"
    assert listed(Asked(), here) == list(LEVELS)
