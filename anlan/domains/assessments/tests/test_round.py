"""A round from its opening to its end: self-score, check by another, publication, objection, correction, veto."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from anlan.domains.assessments.actions import publishing, schemes, sheets, vetoes
from anlan.domains.assessments.actions.sheets import Given
from anlan.domains.assessments.models import Result, ResultLine, Sheet, Veto
from anlan.domains.assessments.queries.results import table_of
from anlan.domains.assessments.queries.sheets import LOCAL, points_by_month, standing
from anlan.domains.assessments.tests.helpers import AT, FIRST, LAST, TEXT, Office, office, through
from anlan.kernel.core import attachments
from anlan.kernel.core.errors import Refused
from anlan.kernel.domain import registry
from anlan.kernel.domain.looking_back import LookBack, Trace
from anlan.kernel.indicators.counting import correct as correct_count
from anlan.kernel.indicators.models import Count
from anlan.kernel.indicators.queries import indicator
from anlan.kernel.indicators.spans import Span
from anlan.kernel.indicators.spec import Cut, Period
from anlan.kernel.loop.sweep import sweep
from tests import people

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=1)


@pytest.fixture
def made() -> Office:
    return office()


def refused(act, **given) -> str:
    with pytest.raises(Refused) as found:
        act(**given)
    return found.value.code


def published(made: Office) -> None:
    through(made, people.HARBOUR, made.here.owner, 30)
    through(made, people.HILL, made.here.outsider, 40)
    publishing.publish(of=made.round, by=made.keeper.by, at=LATER)


@pytest.mark.feature("M052")
def test_a_changed_scheme_is_a_new_version_and_the_old_one_stays(made):
    again = schemes.take_scheme(text=TEXT, region=people.DISTRICT, by=made.keeper.by, at=LATER)
    assert again.pk == made.scheme.pk
    changed = TEXT.replace("weight = 60", "weight = 50")
    assert (
        refused(schemes.take_scheme, text=changed, region=people.DISTRICT, by=made.keeper.by, at=LATER)
        == "assessments.version_held"
    )
    newer = changed.replace("version = 1", "version = 2")
    second = schemes.take_scheme(text=newer, region=people.DISTRICT, by=made.keeper.by, at=LATER)
    assert [item.weight for item in made.scheme.items.all()] == [60, 40]
    assert [item.weight for item in second.items.all()] == [50, 40]


def test_only_the_office_takes_a_scheme_in_and_opens_it_once(made):
    by = made.here.owner.by
    assert (
        refused(schemes.take_scheme, text=TEXT, region=people.DISTRICT, by=by, at=AT)
        == "assessments.not_office"
    )
    given = {"scheme": made.scheme, "first": FIRST, "last": LAST, "at": AT}
    assert refused(schemes.open_round, by=made.keeper.by, **given) == "assessments.opened_already"


def test_a_unit_is_scored_by_its_own_people_only(made):
    given = {"B1": Given(points="30")}
    assert (
        refused(sheets.score, sheet=made.sheet(), given=given, by=made.here.outsider.by, at=AT)
        == "assessments.not_unit"
    )
    assert (
        refused(sheets.submit, item=made.sheet().item, by=made.here.owner.by, at=AT) == "assessments.unscored"
    )


@pytest.mark.parametrize("points", ["41", "-1", "much", "NaN"])
def test_points_beyond_the_weight_are_refused_with_the_item_named(made, points):
    with pytest.raises(Refused) as found:
        sheets.score(sheet=made.sheet(), given={"B1": Given(points=points)}, by=made.here.owner.by, at=AT)
    assert (found.value.code, found.value.facts["field"]) == ("assessments.bad_points", "points-B1")


def test_the_self_scorer_and_colleagues_of_the_unit_never_check(made):
    people.add_duty(made.here.owner, "assessment_office", people.DISTRICT)
    people.add_duty(made.here.colleague, "assessment_office", people.DISTRICT)
    sheet = made.sheet()
    sheets.score(sheet=sheet, given={"B1": Given(points="30")}, by=made.here.owner.by, at=AT)
    sheets.submit(item=sheet.item, by=made.here.owner.by, at=AT)
    for person in (made.here.owner, made.here.colleague):
        given = {"sheet": made.sheet(), "given": {"B1": Given(points="30")}, "by": person.by, "at": LATER}
        assert refused(sheets.score, **given) == "assessments.own_score"
        assert (
            refused(sheets.check, item=made.sheet().item, by=person.by, at=LATER) == "assessments.own_score"
        )


def test_a_sheet_sent_back_is_in_the_hands_of_the_unit_again(made):
    sheet = made.sheet()
    sheets.score(sheet=sheet, given={"B1": Given(points="30")}, by=made.here.owner.by, at=AT)
    sheets.submit(item=sheet.item, by=made.here.owner.by, at=AT)
    sheets.send_back(item=made.sheet().item, by=made.keeper.by, at=LATER, reason="缺扫描件")
    # Bo holds no duty of the unit's head: the organisation itself is in charge again.
    sheets.submit(item=made.sheet().item, by=made.here.colleague.by, at=LATER)
    assert made.sheet().item.state == "checking"


@pytest.mark.feature("M345")
def test_published_results_open_to_the_row_behind_every_point(made):
    published(made)
    result = Result.objects.get(sheet=made.sheet())
    # A1: (90 − 50) ÷ 50 = 80 % of 60 = 48;  B1: 30 of 40
    assert (result.total, result.grade) == (Decimal("78.00"), "不合格")
    lines = {line.item.code: line for line in ResultLine.objects.filter(result=result).select_related("item")}
    assert (lines["A1"].value, lines["A1"].share, lines["A1"].points) == (90, 80, 48)
    assert lines["A1"].count == Count.objects.get(code="test.in_time", region=people.HARBOUR)
    assert (lines["B1"].points, lines["B1"].mark.role) == (30, "check")


def test_a_number_of_the_platform_is_frozen_with_its_rows(made):
    text = TEXT.replace('indicator = "test.in_time"', 'indicator = "dangers.found"').replace(
        "version = 1", "version = 2"
    )
    scheme = schemes.take_scheme(text=text, region=people.DISTRICT, by=made.keeper.by, at=AT)
    made.round = schemes.open_round(scheme=scheme, first=FIRST, last=LAST, by=made.keeper.by, at=AT)
    published(made)
    line = ResultLine.objects.get(result__sheet=made.sheet(), item__code="A1")
    assert line.freeze is not None
    assert (line.freeze.code, line.freeze.value) == ("dangers.found", 0)


def test_nothing_is_published_while_a_sheet_is_unchecked(made):
    through(made, people.HARBOUR, made.here.owner, 30)
    with pytest.raises(Refused) as found:
        publishing.publish(of=made.round, by=made.keeper.by, at=LATER)
    assert found.value.code == "assessments.not_checked"
    assert "石矶街道办事处" in str(found.value)
    assert not Result.objects.exists()


def test_an_item_without_a_number_says_so_and_its_weight_goes_to_the_others(made):
    Count.objects.all().delete()
    published(made)
    result = Result.objects.get(sheet=made.sheet())
    line = ResultLine.objects.get(result=result, item__code="A1")
    assert (line.value, line.share, line.points) == (None, None, None)
    assert result.total == Decimal("75.00")  # 30 of 40, spread over 100


def test_points_off_and_on_stand_until_they_are_taken_back_and_never_move_after_publication(made):
    sheet = made.sheet()
    entry = sheets.enter(sheet=sheet, clause="K1", said="6月3日迟报", times=2, by=made.keeper.by, at=AT)
    sheets.enter(sheet=sheet, clause="J1", said="市局推广", by=made.keeper.by, at=AT)
    total = standing(sheet, as_of=LATER).total
    assert (total.deducted, total.bonus) == (4, 1)
    sheets.take_back(entry=entry, why="系网络故障", by=made.second.by, at=LATER)
    assert standing(sheet, as_of=LATER).total.deducted == 0
    assert standing(sheet, as_of=AT).total.deducted == 4
    published(made)
    given = {"sheet": made.sheet(), "clause": "K1", "said": "又一次", "by": made.keeper.by, "at": LATER}
    assert refused(sheets.enter, **given) == "assessments.state"
    assert refused(sheets.enter, **{**given, "clause": "K9"}) == "assessments.bad_clause"


@pytest.mark.feature("M375")
def test_points_stand_by_month_and_street(made):
    sheet = made.sheet()
    for month, clause in ((5, "J1"), (6, "K1"), (6, "J1")):
        sheets.enter(
            sheet=sheet,
            clause=clause,
            said="宗",
            happened_at=AT.replace(month=month),
            by=made.keeper.by,
            at=AT,
        )
    months, table = points_by_month(made.round, as_of=AT)
    assert months == ["2026-05", "2026-06"]
    assert table[sheet.pk] == {"2026-05": 1, "2026-06": -1}


@pytest.mark.feature("M251")
def test_an_objection_is_decided_by_another_and_the_correction_is_a_further_result(made):
    published(made)
    publishing.object_to(item=made.sheet().item, by=made.here.owner.by, at=LATER, reason="少计一项")
    first = Result.objects.get(sheet=made.sheet())
    correct_count(
        row=Count.objects.get(code="test.in_time", region=people.HARBOUR),
        value=100,
        why="漏计两件",
        by="service:test",
        at=LATER,
    )
    sheets.score(
        sheet=made.sheet(), given={"B1": Given(points="35", said="补交责任书")}, by=made.second.by, at=LATER
    )
    given = {"item": made.sheet().item, "at": LATER, "reason": "更正"}
    assert refused(publishing.correct, by=made.keeper.by, **given) == "loop.second_person"  # she checked it
    publishing.correct(by=made.second.by, **given)
    first.refresh_from_db()
    assert first.total == Decimal("78.00")
    last = Result.objects.get(sheet=made.sheet(), number=2)
    assert (last.total, last.why) == (Decimal("95.00"), "更正")
    assert made.sheet().item.state == "final"


@pytest.mark.parametrize(
    ("published_on", "last_day"),
    [
        (datetime(2026, 7, 3, 10, tzinfo=LOCAL), date(2026, 7, 8)),  # a Friday: Monday, Tuesday, Wednesday
        (datetime(2026, 9, 30, 16, tzinfo=LOCAL), date(2026, 10, 10)),  # before the seven days of October
    ],
)
def test_units_have_three_working_days_to_object_however_long_the_holidays(made, published_on, last_day):
    for region, who in ((people.HARBOUR, made.here.owner), (people.HILL, made.here.outsider)):
        through(made, region, who, 30, at=published_on - timedelta(hours=2))
    publishing.publish(of=made.round, by=made.keeper.by, at=published_on)
    made.round.refresh_from_db()
    until = made.round.object_until
    assert (until.astimezone(LOCAL).date(), until.astimezone(LOCAL).hour) == (last_day, 18)
    assert made.sheet().item.due_at == until
    sweep(exercise_id=None, at=until - timedelta(minutes=1), limit=100)
    assert made.sheet().item.state == "published"
    sweep(exercise_id=None, at=until + timedelta(minutes=1), limit=100)
    assert made.sheet().item.state == "final"


def test_the_table_is_ordered_by_the_last_results(made):
    published(made)
    rows = table_of(made.round, as_of=LATER)["street"]
    # Hill: (70 − 50) ÷ 50 = 40 % of 60 = 24, and 40 of 40
    assert [(str(row.sheet.unit), row.place, row.result.total) for row in rows] == [
        ("临港街道办事处", 1, Decimal("78.00")), ("石矶街道办事处", 2, Decimal("64.00")),
    ]  # fmt: skip


def test_evidence_recorded_long_after_is_marked_late(made):
    file = attachments.keep(
        data=b"%PDF-1.4", media_type="application/pdf", name="责任书.pdf", by="service:test"
    )
    given = {
        "sheet": made.sheet(),
        "code": "B1",
        "file": file,
        "title": "",
        "by": made.here.owner.by,
        "at": AT,
    }
    on_time = sheets.prove(happened_at=AT - timedelta(days=6), **given)
    late = sheets.prove(happened_at=AT - timedelta(days=40), why_late="当时未存档", **given)
    assert (on_time.late, late.late, late.title) == (False, True, "责任书.pdf")


@pytest.mark.feature("M253")
def test_a_veto_is_proposed_by_the_platform_signed_by_a_person_and_takes_grade_and_place(made, monkeypatch):
    published(made)
    unit = made.sheet().unit
    grave = Trace(unit.pk, unit.pk, AT - timedelta(days=9), "较大事故一起", bars=True)
    look = LookBack("test.accidents", "事故", lambda **asked: [grave])
    domain = registry.domain_of("assessments")
    monkeypatch.setattr(vetoes, "all_domains", lambda: [type("D", (), {"looks_back": (look,)}), domain])
    (item,) = vetoes.propose_vetoes(of=made.round, at=LATER)
    assert vetoes.propose_vetoes(of=made.round, at=LATER) == []
    assert Veto.objects.get(pk=item.pk).traces[0]["source"] == "test.accidents"
    assert Result.objects.filter(sheet=made.sheet()).count() == 1  # a proposal changes nothing
    assert refused(vetoes.sign, item=item, by=made.keeper.by, at=LATER) == "loop.not_yours"
    vetoes.sign(item=item, by=made.chief.by, at=LATER)
    rows = table_of(made.round, as_of=LATER)["street"]
    assert [(str(row.sheet.unit), row.place) for row in rows] == [
        ("石矶街道办事处", 1),
        ("临港街道办事处", None),
    ]
    assert rows[1].result.grade == "不合格"


def test_a_veto_without_evidence_is_refused_and_whoever_proposed_it_does_not_sign(made):
    unit = made.sheet().unit
    given = {"unit": unit, "of": made.round, "clause": "F1", "by": made.chief.by, "at": AT}
    assert refused(vetoes.propose_veto, words=" ", **given) == "assessments.veto_no_evidence"
    item = vetoes.propose_veto(words="事故调查报告", **given)
    assert refused(vetoes.sign, item=item, by=made.chief.by, at=AT) == "loop.second_person"


def test_the_score_can_be_read_by_unit_and_by_region(made):
    published(made)
    period = Span("since", FIRST, LAST).period(LOCAL)
    unit = indicator(code="assessments.score", cut=Cut(unit=made.sheet().unit_id), period=period, as_of=LATER)
    both = indicator(code="assessments.score", cut=Cut(region=people.DISTRICT), period=period, as_of=LATER)
    assert (unit.value, both.value, both.base) == (Decimal("78.00"), Decimal("71.00"), 2)
    assert set(both.rows) == set(Sheet.objects.values_list("pk", flat=True))


def test_the_score_is_of_the_span_in_which_the_round_ends_and_of_no_other(made):
    published(made)
    day = timedelta(days=1)
    for first, last, base in (
        (FIRST, LAST, 2),
        (LAST + day, LAST + 30 * day, 0),
        (LAST - 30 * day, LAST - day, 0),
    ):
        span = Span("since", first, last).period(LOCAL)
        # As it comes back from the database: sixteen o'clock of the day before, in UTC.
        for period in (span, Period(span.start.astimezone(UTC), span.end.astimezone(UTC))):
            cut = Cut(region=people.DISTRICT)
            assert indicator(code="assessments.score", cut=cut, period=period, as_of=LATER).base == base


@pytest.mark.feature("M250")
def test_disaster_duty_is_assessed_by_its_own_scheme_with_the_numbers_of_the_platform(made):
    text = next(text for text in schemes.shipped() if 'code = "disaster_duty"' in text)
    scheme = schemes.take_scheme(text=text, region=people.DISTRICT, by=made.keeper.by, at=AT)
    made.round = schemes.open_round(scheme=scheme, first=FIRST, last=LAST, by=made.keeper.by, at=AT)
    sheet = made.sheet()
    given = {"B1": Given(points="20"), "B2": Given(points="25")}
    sheets.score(sheet=sheet, given=given, by=made.here.owner.by, at=AT)
    lines = {line.item.code: line for line in standing(sheet, as_of=LATER).lines}
    assert lines["A1"].valued.reading.indicator.code == "warnings.answered_in_time"
    assert lines["A2"].valued.reading.indicator.code == "responses.tasks_on_time"
    # No call-out and no response in these days: both say so, their weight goes to the other two.
    assert (lines["A1"].share, lines["A2"].share) == (None, None)
    total = standing(sheet, as_of=LATER).total
    assert (total.total, total.grade) == (Decimal("90.00"), "落实到位")
