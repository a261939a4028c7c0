"""核查意见: only named keepers reach it, each reading is written down, and the ledger knows no name."""

import json
from datetime import date, timedelta

import pytest

from anlan.domains.assessments.actions import vetting
from anlan.domains.assessments.models import VettingOpinion, VettingReading, VettingTrace
from anlan.domains.assessments.queries import vetting as reads
from anlan.domains.assessments.tests.helpers import AT, duty_kinds
from anlan.kernel.core.errors import Refused
from anlan.kernel.domain.looking_back import LookBack, Trace
from anlan.kernel.domain.registry import domain_of
from anlan.kernel.indicators.queries import indicator
from anlan.kernel.indicators.spec import Cut, Period
from anlan.kernel.ledger.models import Entry
from anlan.kernel.messaging.models import Message
from tests import people

pytestmark = pytest.mark.django_db
NAMES = "卞藏名，临港街道办事处，副主任\n石矶街道办事处\n郝无事\t临港街道办事处\t科员\n"


@pytest.fixture
def here(monkeypatch):
    made = people.district()
    duty_kinds()
    made.keeper = people.add_person("核查甲", made.bureau)
    people.add_duty(made.keeper, "vetting_keeper", people.DISTRICT)
    trace = Trace(made.street.pk, made.street.pk, AT - timedelta(days=30), "责任事故一起")
    look = LookBack("test.accidents", "事故", lambda **asked: [trace])
    monkeypatch.setattr(vetting, "all_domains", lambda: [type("D", (), {"looks_back": (look,)})])
    return made


def batch(here, **given):
    asked = {
        "title": "上半年提拔任用", "purpose": "promotion", "asked_by": "组织部门", "named": vetting.read_lines(NAMES),
        "first": date(2023, 7, 1), "last": date(2026, 7, 3), "due_on": date(2026, 7, 10), "region": people.DISTRICT,
        "by": here.keeper.by, "at": AT,
    }  # fmt: skip
    return vetting.open_batch(**(asked | given))


@pytest.mark.feature("M346")
def test_a_batch_is_looked_back_upon_and_each_name_gets_a_signed_opinion(here):
    made = batch(here)
    rows = vetting.read_batch(batch=made, by=here.keeper.by, at=AT)
    assert [(row.subject.name, row.subject.unit) for row in rows] == [
        ("卞藏名", here.street), ("石矶街道办事处", here.outsider.organisation), ("郝无事", here.street),
    ]  # fmt: skip
    assert [[trace.words for trace in row.traces] for row in rows] == [["责任事故一起"], [], ["责任事故一起"]]
    first = rows[0].subject
    with pytest.raises(Refused) as silent:
        vetting.sign_opinion(subject=first, opinion="objection", by=here.keeper.by, at=AT)
    assert silent.value.code == "assessments.opinion_no_words"
    vetting.sign_opinion(subject=first, opinion="objection", words="分管期间事故", by=here.keeper.by, at=AT)
    assert vetting.sign_clear(batch=made, by=here.keeper.by, at=AT) == 1
    assert reads.progress_of(made) == (3, 2)
    vetting.sign_opinion(subject=rows[2].subject, opinion="none", by=here.keeper.by, at=AT)
    span = Period(AT - timedelta(days=1), AT + timedelta(days=1))
    numbers = {
        code: indicator(code=f"assessments.{code}", cut=Cut(people.DISTRICT), period=span, as_of=AT)
        for code in ("vetting_given", "vetting_objections")
    }
    assert (numbers["vetting_given"].value, numbers["vetting_objections"].value) == (3, 1)
    assert [list(reading.rows) for reading in numbers.values()] == [[], []]  # a number that opens to no name


def test_looking_again_writes_nothing_twice_and_a_line_by_hand_stands_beside(here):
    made = batch(here)
    assert vetting.look_back_upon(made, at=AT) == 0
    subject = made.subjects.first()
    vetting.add_trace(
        subject=subject, happened_on=date(2025, 3, 1), words="纪检函告", by=here.keeper.by, at=AT
    )
    assert VettingTrace.objects.filter(subject=subject).count() == 2


@pytest.mark.parametrize("who", ["owner", "chief", "assessor", "deputy", "street_keeper"])
def test_whoever_is_not_the_named_keeper_finds_nothing(here, who):
    made = batch(here)
    chief, assessor, deputy = (people.add_person(name, here.bureau) for name in ("局长", "考核甲", "代理人"))
    people.add_duty(chief, "bureau_chief", people.DISTRICT)
    people.add_duty(assessor, "assessment_office", people.DISTRICT)
    people.add_duty(here.outsider, "vetting_keeper", people.HILL)
    people.Person.objects.filter(pk=deputy.pk).update(superior=here.keeper)
    by = {
        "owner": here.owner,
        "chief": chief,
        "assessor": assessor,
        "deputy": deputy,
        "street_keeper": here.outsider,
    }[who].by
    assert not reads.batches_for(by, at=AT).filter(pk=made.pk).exists()
    subject = made.subjects.first()
    acts = (
        lambda: vetting.read_batch(batch=made, by=by, at=AT),
        lambda: vetting.sign_opinion(subject=subject, opinion="none", by=by, at=AT),
        lambda: vetting.sign_clear(batch=made, by=by, at=AT),
        lambda: vetting.add_trace(subject=subject, happened_on=AT.date(), words="x", by=by, at=AT),
        lambda: batch(here, by=by),
    )
    for act in acts:
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.code == "assessments.not_vetting"
    assert not VettingReading.objects.filter(by=by).exists()


def test_every_reading_is_a_row_and_an_entry_and_neither_holds_a_name(here):
    made = batch(here)
    vetting.read_batch(batch=made, by=here.keeper.by, at=AT)
    vetting.read_batch(batch=made, by=here.keeper.by, at=AT + timedelta(minutes=5))
    assert list(VettingReading.objects.values_list("names", "by")) == [(3, here.keeper.by)] * 2
    entries = Entry.objects.filter(code__startswith="assessments.vetting")
    assert entries.filter(code="assessments.vetting_read").count() == 2
    told = json.dumps(list(entries.values_list("facts", flat=True)), ensure_ascii=False)
    assert not [word for word in ("卞藏名", "副主任", "责任事故", "上半年提拔", "组织部门") if word in told]
    assert set(entries.values_list("region", flat=True)) == {""}


def test_nobody_signs_an_opinion_on_themselves(here):
    people.add_duty(here.owner, "vetting_keeper", people.DISTRICT)
    made = batch(here, named=[vetting.Named("Alma", "临港街道办事处")])
    subject = made.subjects.get()
    assert subject.person == here.owner
    with pytest.raises(Refused) as refused:
        vetting.sign_opinion(subject=subject, opinion="none", by=here.owner.by, at=AT)
    assert refused.value.code == "assessments.vetting_self"
    VettingTrace.objects.all().delete()
    assert vetting.sign_clear(batch=made, by=here.owner.by, at=AT) == 0
    assert not VettingOpinion.objects.exists()


def test_its_keepers_are_reminded_each_morning_while_names_wait_and_are_told_no_name(here):
    made = batch(here)
    (due,) = domain_of("assessments").rounds
    morning = AT + timedelta(days=4)  # three days before the day
    assert due.run(region=people.DISTRICT, at=morning) == 0
    for day in (5, 6):
        at = AT + timedelta(days=day)
        assert [due.run(region=people.DISTRICT, at=at) for _turn in range(2)] == [1, 0]
    told = Message.objects.filter(kind="assessments.vetting_due")
    assert [row.person for row in told] == [here.keeper] * 2
    assert told[0].text == "须于2026-07-10前办结：3人中还有3人没有签署意见。"
    assert not [word for word in ("卞藏名", "提拔") if word in told[0].text + told[0].title]
    for subject in made.subjects.all():
        vetting.sign_opinion(subject=subject, opinion="none", by=here.keeper.by, at=AT)
    assert due.run(region=people.DISTRICT, at=AT + timedelta(days=8)) == 0


@pytest.mark.parametrize(
    ("given", "field"),
    [({"purpose": "marriage"}, "purpose"), ({"named": []}, "names"), ({"last": date(2020, 1, 1)}, "last")],
)
def test_a_faulty_request_names_its_field(here, given, field):
    with pytest.raises(Refused) as refused:
        batch(here, **given)
    assert refused.value.facts["field"] == field
