"""The auditor finds entries by code, person, time and place, and sees what was cut."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import translation

from anlan.kernel.ledger import queries
from anlan.kernel.ledger.facts import hide
from anlan.kernel.ledger.models import Entry
from anlan.kernel.ledger.queries import describe, entries_of, entries_of_act, search
from anlan.kernel.ledger.tests.helpers import OFFICER, SUBJECT, write, write_many

pytestmark = pytest.mark.django_db


def test_the_entries_of_a_subject_come_in_order():
    first = write()
    write(subject=("snow.stretch", "18"))
    last = write(code="snow.cleared")
    assert list(entries_of(SUBJECT)) == [first, last]


def test_the_entries_of_one_act_come_together():
    act = uuid4()
    written = [write(act=act), *write_many(2, act=act)]
    write()
    assert list(entries_of_act(act)) == written


def test_the_newest_stands_first():
    first, last = write(), write()
    assert search().entries == [last, first]


def test_a_search_is_cut_by_code_author_and_subject():
    wanted = write(code="snow.cleared", by="service:sweep", subject=("snow.stretch", "18"))
    write()
    for cut in ({"codes": ["snow.cl"]}, {"by": "service:sweep"}, {"subject": ("snow.stretch", "18")}):
        assert search(**cut).entries == [wanted]


def test_a_search_is_cut_by_the_time_of_recording():
    entry = write()
    moment = entry.recorded_at
    assert search(since=moment, until=moment + timedelta(seconds=1)).count == 1
    assert search(until=moment).count == 0


def test_a_reader_sees_the_regions_of_his_subtrees_and_no_settings():
    street = write(region="440399001000")
    write(region="440399002000")
    write(region="")
    assert search(regions=["440399001"]).entries == [street]
    assert search(regions=[]).entries == []
    assert search(regions=None).count == 3


def test_pages_follow_one_another_without_a_gap():
    written = write_many(7)
    seen, before = [], None
    while True:
        found = search(limit=3, before=before)
        seen += found.entries
        before = found.next
        if before is None:
            break
    assert seen == written[::-1]


def test_a_count_stops_visibly(monkeypatch):
    monkeypatch.setattr(queries, "MOST_COUNTED", 4)
    write_many(7)
    found = search(limit=2)
    assert (found.count, found.count_cut) == (4, True)
    assert not search(by="person:nobody").count_cut


def test_an_entry_is_told_as_a_sentence():
    entry = write(facts={"depth_cm": 12, "road": "北环"})
    assert describe(entry) == "Snow of 12 cm seen on 北环"


def test_a_sentence_hides_personal_data_and_names_people():
    entry = write(facts={"depth_cm": hide("139"), "road": [OFFICER, "北环"]})
    read = Entry.objects.get(pk=entry.pk)
    with translation.override("zh-hans"):
        assert describe(read, names=lambda by: "秦远") == "Snow of （个人信息） cm seen on 秦远、北环"


def test_an_old_entry_that_lacks_a_fact_is_still_told():
    assert describe(write(facts={"road": "北环"})) == "Snow of 〔depth_cm〕 cm seen on 北环"
