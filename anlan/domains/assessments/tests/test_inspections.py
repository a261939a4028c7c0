"""督查 of streets: planned with the others in sight; what can be one visit is one, or somebody says why not."""

from datetime import date, timedelta

import pytest

from anlan.domains.assessments.actions import accounts, inspections
from anlan.domains.assessments.models import Finding, Inspection
from anlan.domains.assessments.rules import inspections as rules
from anlan.domains.assessments.tests.helpers import AT, duty_kinds
from anlan.kernel.core.errors import Refused
from anlan.kernel.indicators.queries import indicator
from anlan.kernel.indicators.spec import Cut, Period
from anlan.kernel.loop.sweep import sweep
from tests import people

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def here():
    made = people.district()
    duty_kinds()
    offices = {}
    for name in ("水务局", "住建局"):
        unit = people.Organisation.objects.create(kind="member_unit", name=name, region_id=people.DISTRICT)
        offices[name] = people.add_person(f"{name}科长", unit)
        people.add_duty(offices[name], "unit_head", people.DISTRICT)
    made.water, made.works = offices.values()
    made.keeper = people.add_person("考核甲", made.bureau)
    people.add_duty(made.keeper, "assessment_office", people.DISTRICT)
    return made


def plan(here, who, first: date = date(2026, 7, 8), **more):
    given = {
        "unit": here.street, "subject": "汛前准备", "first": first, "last": first, "by": who.by, "at": AT,
    }  # fmt: skip
    return inspections.plan_inspection(**(given | more))


def refused(act, **given) -> tuple[str, str]:
    with pytest.raises(Refused) as found:
        act(**given)
    assert "{" not in str(found.value)
    return found.value.code, found.value.field


@pytest.mark.feature("M332", "M053")
def test_whoever_would_go_alone_sees_the_others_and_goes_along_or_says_why_not(here):
    item = plan(here, here.water)
    with pytest.raises(Refused) as found:
        plan(here, here.works, first=date(2026, 7, 13), subject="在建工地")
    assert (found.value.code, found.value.field) == (rules.UNDECIDED, "alone_why")
    assert "水务局 07-08" in str(found.value)
    joined = plan(here, here.works, first=date(2026, 7, 13), subject="在建工地", join=item.pk)
    assert joined == item
    row = Inspection.objects.get()
    assert [str(unit) for unit in row.partners.all()] == ["住建局"]
    assert item.steps.get(move="join").needs["subject"] == "在建工地"
    alone = plan(here, here.keeper, subject="责任落实", alone_why="上级交办，限三日内报")
    assert Inspection.objects.get(pk=alone.pk).others == 1
    span = Period(AT - DAY, AT + 30 * DAY)
    read = indicator(
        code="assessments.inspections_merged", cut=Cut(people.DISTRICT), period=span, as_of=AT + 30 * DAY
    )
    assert (read.value, read.base, list(read.rows)) == (50, 2, [item.pk])


def test_far_enough_apart_or_at_another_unit_nothing_is_asked(here):
    plan(here, here.water)
    plan(here, here.works, first=date(2026, 7, 16))
    plan(here, here.works, unit=here.outsider.organisation)
    assert not Inspection.objects.exclude(others=0).exists()


@pytest.mark.feature("M053", "M491")
def test_it_is_held_counted_and_what_it_found_is_looked_back_upon(here):
    item = plan(here, here.water)
    inspections.hold(item=item, said="泵闸值守到位，台账缺两页", by=here.water.by, at=AT + 5 * DAY)
    row = Inspection.objects.get()
    assert (item.state, row.said) == ("held", "泵闸值守到位，台账缺两页")
    finding = accounts.give_finding(
        unit=row.unit, words="台账缺页", kind="special", inspection=row, by=here.keeper.by, at=AT + 5 * DAY
    )
    assert Finding.objects.get(pk=finding.pk).inspected_on == date(2026, 7, 8)
    span = Period(AT, AT + 30 * DAY)
    read = indicator(
        code="assessments.inspections", cut=Cut(people.HARBOUR), period=span, as_of=AT + 30 * DAY
    )
    assert (read.value, list(read.rows)) == (1, [item.pk])


def test_one_that_nobody_held_is_told_to_the_office_after_its_day(here):
    item = plan(here, here.water)
    assert item.due_at.date() == date(2026, 7, 8)  # midnight in Shanghai
    sweep(exercise_id=None, at=AT + 10 * DAY, limit=50)
    assert item.steps.count() == 1


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"unit": None}, rules.NO_UNIT, "unit"),
        ({"subject": " "}, rules.NO_SUBJECT, "subject"),
        ({"last": date(2026, 7, 1)}, rules.BACKWARDS, "last"),
        ({"first": date(2026, 6, 1)}, rules.OVER, "last"),
    ],
)
def test_a_faulty_plan_names_its_field(here, given, code, field):
    assert refused(plan, here=here, who=here.water, **given) == (code, field)


def test_only_departments_plan_and_never_for_themselves(here):
    assert refused(plan, here=here, who=here.owner)[0] == rules.NOT_PLANNER
    own = here.water.organisation
    assert refused(plan, here=here, who=here.water, unit=own)[0] == rules.OWN_UNIT
    item = plan(here, here.water)
    given = {"item": item, "subject": "又一项", "at": AT}
    assert refused(inspections.go_along, by=here.water.by, **given)[0] == rules.THERE_ALREADY
