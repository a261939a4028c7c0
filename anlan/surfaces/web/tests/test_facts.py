"""Counted records on pages: entered, corrected, opened from the number that takes them, held against each other."""

from datetime import timedelta

import pytest

from anlan.kernel.core import clock
from anlan.kernel.indicators.models import Count, ScopeNote
from anlan.surfaces.web.tests.test_numbers import as_
from tests.people import DISTRICT, HARBOUR, HILL, District, add_duty, district

pytestmark = pytest.mark.django_db
YESTERDAY = f"{clock.real_now() - timedelta(days=1):%Y-%m-%d}"
MONTH_AGO = f"{clock.real_now() - timedelta(days=30):%Y-%m-%d}"
SPAN = {"period": "dates", "from": MONTH_AGO, "to": YESTERDAY}


@pytest.fixture
def here() -> District:
    return district()


def enter(here: District, fact: str, value: str, **more: str):
    given = {
        "fact": f"statistics.{fact}", "value": value, "region": HARBOUR, "first": MONTH_AGO, "last": YESTERDAY,
        "source": "街道台账", "scope": "", **more,
    }  # fmt: skip
    return as_(here.owner).post("/numbers/facts/new/", given)


def test_a_fact_is_entered_and_the_number_opens_to_it_and_it_to_the_ledger(here: District) -> None:
    assert enter(here, "fires", "3").status_code == 302
    row = Count.objects.get()
    page = as_(here.owner).get("/numbers/statistics.fires/", {"region": HARBOUR, **SPAN})
    assert (page.context["line"].reading.value, page.context["line"].reading.base) == (3, 1)
    assert "街道台账" in page.content.decode()
    (shown,) = page.context["rows"]
    assert shown.url == f"/numbers/facts/{row.pk}/"
    entries = as_(here.owner).get(shown.entries)
    assert [entry.code for entry, _what, _by in entries.context["rows"]] == ["indicators.counted"]
    assert as_(here.outsider).get(shown.entries).status_code == 404


def test_a_second_value_is_a_correction_with_its_reason(here: District) -> None:
    enter(here, "fires", "3")
    again = enter(here, "fires", "4")
    assert again.status_code == 422
    assert "4" in again.content.decode().split('id="value"')[1][:120]  # what was typed stays
    row = Count.objects.get()
    client = as_(here.owner)
    refused = client.post(f"/numbers/facts/{row.pk}/", {"value": "4", "reason": ""})
    assert refused.status_code == 422
    answer = client.post(f"/numbers/facts/{row.pk}/", {"value": "4", "reason": "漏登一起"})
    assert answer.status_code == 302
    page = client.get(answer.url)
    assert [each.value for each, _by in page.context["history"]] == [4, 3]
    assert client.get(f"/numbers/facts/{row.pk}/").context["row"].gone
    lists = client.get("/numbers/facts/", {"fact": "statistics.fires"})
    assert [each.gone for each in lists.context["rows"]] == [False, True]


@pytest.mark.parametrize(
    ("more", "field"),
    [({"first": "x"}, "first"), ({"source": " "}, "source"), ({"value": "viel"}, "value"), ({"last": "2990-01-01"}, "last")],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_its_field(here: District, more: dict[str, str], field: str) -> None:
    answer = enter(here, "fires", "3", **more) if "value" not in more else enter(here, "fires", more["value"])
    assert (answer.status_code, answer.context["refusal"].field) == (422, field)
    assert not Count.objects.exists()


def test_another_region_s_facts_are_not_there(here: District) -> None:
    assert enter(here, "fires", "3", region=HILL).status_code == 422
    enter(here, "fires", "3")
    pk = Count.objects.get().pk
    assert as_(here.outsider).get(f"/numbers/facts/{pk}/").status_code == 404
    assert as_(here.outsider).get("/numbers/facts/").context["rows"] == []
    assert as_(here.outsider).get("/numbers/scopes/", {"region": HARBOUR}).status_code == 404


def test_a_part_larger_than_its_whole_is_said_until_somebody_explains_it(here: District) -> None:
    enter(here, "complaints_due", "5")
    enter(here, "complaints_met", "8", scope="含往年转来")
    client = as_(here.owner)
    page = client.get("/numbers/scopes/", {"region": HARBOUR})
    ((_span, (found,)),) = page.context["findings"]
    assert "含往年转来" in page.content.decode()
    said = {"region": HARBOUR, "key": found.key}
    assert client.post("/numbers/scopes/", {**said, "note": " "}).status_code == 422
    assert client.post("/numbers/scopes/", {**said, "note": "含往年转来的3宗"}).status_code == 302
    assert ScopeNote.objects.get().region_id == HARBOUR
    after = client.get("/numbers/scopes/", {"region": HARBOUR})
    assert after.context["findings"] == []
    assert [note.note for note, _by in after.context["notes"]] == ["含往年转来的3宗"]


def test_the_pages_stand_in_both_languages_with_their_empty_states(here: District) -> None:
    client = as_(here.owner)
    for path in ("/numbers/facts/", "/numbers/facts/new/", "/numbers/scopes/", "/numbers/statistics.fires/"):
        assert client.get(path).status_code == 200
    assert b"Nothing was entered" in client.get("/numbers/facts/").content
    assert b"Nobody has entered it" in client.get("/numbers/statistics.fires/").content
    chinese = as_(here.owner)
    page = chinese.get("/numbers/facts/", headers={"accept-language": "zh-hans"}).content.decode()
    assert "还没有录入" in page
    assert DISTRICT not in page


def test_streets_that_count_different_things_are_not_added_up_in_silence(here: District) -> None:
    add_duty(here.colleague, "watch_chief", DISTRICT)
    pages = as_(here.colleague)
    given = {"fact": "statistics.teams", "first": MONTH_AGO, "last": YESTERDAY, "source": "街道台账"}
    entered = [(HARBOUR, "12", "三防队伍"), (HILL, "30", "各类应急救援队伍")]
    for region, value, scope in entered:
        told = given | {"region": region, "value": value, "scope": scope}
        assert pages.post("/numbers/facts/new/", told).status_code == 302
    for region in (HARBOUR, HILL):  # the declared words, each in a language of its own, are one scope
        language = "zh-hans" if region == HILL else "en"
        told = given | {"fact": "statistics.drills", "region": region, "value": "3", "scope": ""}
        pages.post("/numbers/facts/new/", told, headers={"accept-language": language})
    page = pages.get("/numbers/scopes/", {"region": DISTRICT})
    ((_span, (finding,)),) = page.context["findings"]
    assert finding.words == "Rescue teams is added up of 2 scopes: 三防队伍; 各类应急救援队伍."
    assert [fact["value"] for fact in finding.facts] == ["12", "30"]
    pages.post("/numbers/scopes/", {"region": DISTRICT, "key": finding.key, "note": "两街道分工不同"})
    assert pages.get("/numbers/scopes/", {"region": DISTRICT}).context["findings"] == []


def test_an_entered_number_beside_the_register_s_says_that_there_are_two_scopes(here: District) -> None:
    enter(here, "accidents", "12")
    page = as_(here.owner).get("/numbers/", SPAN | {"group": "15"})
    told = [(line.reading.value, line.counted) for line in page.context["lines"] if line.apart]
    assert told == [(0, False), (12, True)]
    assert "counted from the register" in page.content.decode() and "街道台账" in page.content.decode()
