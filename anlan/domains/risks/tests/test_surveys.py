"""Surveys against a declared base, the yearly assessment of a region, letters that name a risk."""

import io
from datetime import timedelta

import pytest
from django.core.cache import cache
from docx import Document
from hypothesis import given
from hypothesis import strategies as st

from anlan.domains.risks import rules
from anlan.domains.risks.actions import surveys
from anlan.domains.risks.models import Assessment, Base, Letter, Survey
from anlan.domains.risks.queries.surveys import collected_in, declared_in
from anlan.domains.risks.tests.ground import a_firm, a_point
from anlan.kernel.core.errors import Refused
from anlan.kernel.loop.actions import move
from anlan.kernel.loop.evidence import Given
from anlan.kernel.orgs.models import Person
from anlan.kernel.papers.queries import bytes_of
from tests.people import DISTRICT, HARBOUR, NOON, District, add_duty, add_person, district

DAY = timedelta(days=1)
WEIGHTS = {"4": 0.02, "3": 0.10, "2": 0.40}


def people(here: District) -> tuple[Person, Person]:
    section, chief = add_person("Sun", here.bureau), add_person("Chen", here.bureau)
    add_duty(section, "safety_section", DISTRICT)
    add_duty(chief, "bureau_chief", DISTRICT)
    return section, chief


@pytest.mark.django_db
@pytest.mark.feature("M111")
class TestASurvey:
    def begun(self, here: District, section: Person, base: int = 4):
        return surveys.begin_survey(
            name="2026年安全生产风险普查", base=base, source="普查方案", due_at=NOON + 60 * DAY, region=HARBOUR,
            by=section.by, at=NOON,
        )  # fmt: skip

    def test_declares_its_base_and_is_handed_in_when_enough_is_collected(self) -> None:
        here = district()
        section, _chief = people(here)
        item = self.begun(here, section)
        assert (Base.objects.get().number, item.charge_duty) == (4, "street_safety_officer")
        firm = a_firm(here)
        for number in range(3):
            a_point(firm, f"FX-{number}")
        with pytest.raises(Refused) as refused:
            surveys.hand_in(item=item, by=here.owner.by, at=NOON + DAY)
        assert (refused.value.code, refused.value.facts["points"]) == ("risks.survey_too_few", 3)
        a_point(firm, "FX-3")
        surveys.hand_in(item=item, by=here.owner.by, at=NOON + DAY)
        assert (item.state, Survey.objects.get().collected, collected_in(HARBOUR)) == ("handed_in", 4, 4)

    def test_is_accepted_after_a_sample_that_is_large_and_right_enough(self) -> None:
        here = district()
        section, _chief = people(here)
        item = self.begun(here, section, base=1)
        a_point(a_firm(here))
        surveys.hand_in(item=item, by=here.owner.by, at=NOON)
        for sampled, wrong, field in ((9, 0, "sampled"), (10, 11, "wrong"), (20, 3, "wrong")):
            with pytest.raises(Refused) as refused:
                surveys.accept_survey(item=item, sampled=sampled, wrong=wrong, by=section.by, at=NOON)
            assert refused.value.field == field
        surveys.accept_survey(item=item, sampled=20, wrong=2, by=section.by, at=NOON)
        assert item.state == "accepted"

    def test_runs_once_at_a_time_in_a_region(self) -> None:
        here = district()
        section, _chief = people(here)
        self.begun(here, section)
        with pytest.raises(Refused) as refused:
            self.begun(here, section)
        assert refused.value.code == "risks.survey_running"

    def test_shows_each_region_against_what_it_declared(self) -> None:
        here = district()
        section, _chief = people(here)
        self.begun(here, section, base=4)
        a_point(a_firm(here))
        rows = {row.region.pk: row for row in declared_in([DISTRICT[:6]])}
        assert (rows[HARBOUR].points, rows[HARBOUR].share) == (1, 25)
        assert (rows[DISTRICT].points, rows[DISTRICT].base, rows[DISTRICT].share) == (1, None, None)


@pytest.mark.django_db
@pytest.mark.feature("M180")
class TestTheAssessmentOfARegion:
    def test_keeps_its_figures_is_reviewed_and_signed_by_another_hand(self) -> None:
        cache.clear()
        here = district()
        section, chief = people(here)
        firm = a_firm(here)
        for number, level in enumerate((4, 3, 2, 1)):
            a_point(firm, f"FX-{number}", assessed_level=level)
        item = surveys.draft_assessment(year=2026, region=DISTRICT, by=section.by, at=NOON)
        row = Assessment.objects.get()
        assert (row.figures["total"], row.figures["streets"]["临港街道"]["4"], row.proposed) == (4, 1, 4)
        with pytest.raises(Refused) as refused:
            surveys.draft_assessment(year=2026, region=DISTRICT, by=section.by, at=NOON)
        assert refused.value.field == "year"
        surveys.review(item=item, experts="周工、郑教授", opinion="数据可信。", by=section.by, at=NOON + DAY)
        given = {"level": "3", "measures": "压降重大风险点。", "reason": "重大风险点集中于一处"}
        with pytest.raises(Refused):
            surveys.issue_assessment(item=item, by=section.by, at=NOON + DAY, **given)
        a_point(firm, "FX-9", assessed_level=4)  # what comes later does not change what was kept
        surveys.issue_assessment(item=item, by=chief.by, at=NOON + 2 * DAY, **given)
        row.refresh_from_db()
        assert (item.state, row.level, row.figures["total"]) == ("issued", 3, 4)
        document = Document(io.BytesIO(bytes_of(row.paper)))
        text = "\n".join(p.text for p in document.paragraphs)
        assert "综合风险等级为：较大风险" in text and "系统按各级风险点占比提出：重大风险" in text
        assert [cell.text for cell in document.tables[0].rows[1].cells] == ["临港街道", "1", "1", "1", "1"]


@given(st.dictionaries(st.integers(0, 4), st.integers(0, 500), max_size=5))
def test_a_region_is_never_proposed_higher_than_its_gravest_point(points: dict[int, int]) -> None:
    found = rules.grade_of(points, WEIGHTS)
    there = [level for level, number in points.items() if number and level]
    assert found <= max(there, default=0) or found == 1
    assert (found == 0) == (not there)


@pytest.mark.django_db
@pytest.mark.feature("M363")
class TestALetter:
    def sent(self, here: District, section: Person):
        return surveys.send_letter(
            to=here.street, topic="强降雨期间在建工地", text="近期降雨集中。", asks="暂停深基坑作业；排查边坡。",
            answer_by=NOON + 7 * DAY, by=section.by, at=NOON,
        )  # fmt: skip

    def test_is_numbered_signed_for_answered_and_closed(self) -> None:
        here = district()
        section, _chief = people(here)
        item = self.sent(here, section)
        row = Letter.objects.get()
        assert row.paper.number == "安澜区应急管理局安险函〔2026〕1号"
        assert "关于强降雨期间在建工地的安全风险提示函" in row.paper.title
        move(item=item, name="receive", by=here.owner.by, at=NOON + DAY / 24)
        item.refresh_from_db()
        assert item.due_at == NOON + 7 * DAY
        surveys.answer(
            item=item, by=here.owner.by, at=NOON + DAY, evidence=[Given("text", text="已停工三处")]
        )
        row.refresh_from_db()
        assert row.answer == "已停工三处"
        item.refresh_from_db()
        with pytest.raises(Refused):
            move(item=item, name="close", by=here.owner.by, at=NOON + 2 * DAY)
        move(item=item, name="close", by=section.by, at=NOON + 2 * DAY)
        assert item.state == "closed"

    def test_not_signed_for_within_a_day_rings_the_section(self) -> None:
        here = district()
        section, _chief = people(here)
        item = self.sent(here, section)
        assert item.due_at == NOON + DAY
        with pytest.raises(Refused) as refused:
            surveys.send_letter(
                to=here.street, topic="x", text="x", asks="x", answer_by=NOON, by=section.by, at=NOON
            )
        assert refused.value.field == "answer_by"
