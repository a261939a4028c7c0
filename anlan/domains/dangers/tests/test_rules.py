from datetime import timedelta

import pytest

from anlan.domains.dangers import rules
from anlan.domains.dangers.loop import CANDIDATE, DANGER
from anlan.kernel.core.errors import Refused
from tests.people import NOON

FULL = dict.fromkeys(rules.FIVE, "x")


def test_the_loops_are_sound() -> None:
    assert DANGER.problems() == CANDIDATE.problems() == []


def test_no_state_but_the_closed_ones_is_a_dead_end() -> None:
    for loop in (DANGER, CANDIDATE):
        left = {state for move in loop.moves for state in move.sources}
        assert loop.states.keys() - left <= loop.closed


@pytest.mark.parametrize(
    ("grade", "days", "asked"), [("ordinary", 7, False), ("ordinary", 8, True), ("major", 0, True)]
)
def test_the_five_are_asked_for_major_ones_and_after_seven_days(grade: str, days: int, asked: bool) -> None:
    rules.check_five(grade=grade, age=timedelta(days=days), five=FULL)
    if asked:
        with pytest.raises(Refused) as refusal:
            rules.check_five(grade=grade, age=timedelta(days=days), five=FULL | {"funds": " "})
        assert refusal.value.facts["missing"] == "funds"
    else:
        rules.check_five(grade=grade, age=timedelta(days=days), five={})


def check(**over: object) -> None:
    given = {
        "grade": "ordinary",
        "category": "dust",
        "how": "visit",
        "hands": {"person:a"},
        "by": "person:a",
        "by_photo": ["exit"],
    }
    rules.check_recheck(**(given | over))


def test_the_finder_may_recheck_an_ordinary_danger_on_the_spot() -> None:
    check()


def test_a_photo_suffices_only_for_listed_kinds() -> None:
    check(how="photo", category="exit")
    with pytest.raises(Refused) as refusal:
        check(how="photo")
    assert refusal.value.code == "dangers.not_by_photo"


def test_a_major_danger_is_rechecked_by_another_person_and_never_by_photo() -> None:
    check(grade="major", by="person:b")
    for over in ({"by": "person:a"}, {"by": "person:b", "how": "photo", "category": "exit"}):
        with pytest.raises(Refused):
            check(grade="major", **over)


def test_a_candidate_is_not_closed_before_two_officers_decided() -> None:
    with pytest.raises(Refused) as refusal:
        check(grade="candidate_major", by="person:b")
    assert refusal.value.code == "dangers.still_deciding"


def test_a_date_in_the_past_is_refused() -> None:
    with pytest.raises(Refused):
        rules.check_term(NOON, at=NOON)


def test_a_patroller_gives_a_notice_and_an_officer_an_order() -> None:
    assert rules.document_for({"patroller"}) == "danger_notice"
    assert rules.document_for({"patroller", "enforcement_officer"}) == "rectification_order"
