"""Joint checks with the fire service; the roster, whose turn it is to move, and scores that rows propose."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from hypothesis import given
from hypothesis import strategies as st

from anlan.domains.patrols import actions, rules
from anlan.domains.patrols.actions import joint, scores
from anlan.domains.patrols.models import JointCheck, Score
from anlan.domains.patrols.queries.officers import joint_checks, last_scores, officers_in
from anlan.domains.patrols.queries.performance import worked
from anlan.domains.patrols.tests.ground import DAY, Danger, Enterprise, begun, photo, workshop
from anlan.kernel.core.errors import Refused
from anlan.kernel.loop.actions import move
from anlan.kernel.loop.evidence import Given
from anlan.kernel.loop.sweep import sweep
from anlan.kernel.orgs.models import Duty
from tests.people import DISTRICT, HARBOUR, NOON, QUAY, District, add_person, district

HazardUnit = apps.get_model("enterprises", "HazardUnit")
WEIGHTS = {"visits": 40, "visits_a_month": 20, "near": 20, "on_time": 40, "failed_look": 5}


def installation(here: District, grade: str = "2"):
    firm = Enterprise.objects.get(organisation=here.firm)
    return HazardUnit.objects.create(enterprise=firm, name="液氨罐区", kind="storage", grade=grade)


@pytest.mark.django_db
@pytest.mark.feature("M265")
class TestAJointCheck:
    def test_is_due_once_a_half_year_for_each_installation(self) -> None:
        here = district()
        workshop(here)
        installation(here)
        installation(here, grade="none")
        assert joint.open_joint_checks(region=DISTRICT, at=NOON) == 1
        assert joint.open_joint_checks(region=DISTRICT, at=NOON + 20 * DAY) == 0
        row = JointCheck.objects.select_related("item").get()
        assert (row.half, row.organisation, row.due_at.date()) == ("2026H2", here.firm, date(2026, 12, 31))
        assert joint.open_joint_checks(region=DISTRICT, at=NOON + 200 * DAY) == 1

    def test_held_with_the_fire_service_turns_what_was_found_into_dangers(self) -> None:
        here = district()
        workshop(here)
        installation(here)
        joint.open_joint_checks(region=DISTRICT, at=NOON)
        item = JointCheck.objects.get().item
        given = {"by": here.colleague.by, "at": NOON + DAY}
        with pytest.raises(Refused) as refused:
            joint.hold(
                item=item, fire_team="", fire_officer="", evidence=[Given("photo", file=photo(here))], **given
            )
        assert refused.value.field == "fire_team"
        joint.hold(
            item=item, fire_team="临港消防救援站", fire_officer="冯站长", found="喷淋阀门关闭\n围堰破损\n",
            evidence=[Given("photo", file=photo(here))], **given,
        )  # fmt: skip
        assert {d.description for d in Danger.objects.all()} == {"喷淋阀门关闭", "围堰破损"}
        assert {(d.source, d.organisation_id) for d in Danger.objects.all()} == {
            ("enforcement", here.firm.pk)
        }
        assert joint_checks(here.owner, half="2026H2", at=NOON + DAY) == {"all": 1, "held": 1, "found": 2}
        assert joint_checks(here.outsider, half="2026H2", at=NOON + DAY) == {"all": 0, "held": 0, "found": 0}


@pytest.mark.django_db
class TestTheRoster:
    def test_names_who_has_a_community_since_when_and_whose_turn_it_is(self) -> None:
        here = district()
        old = add_person("Ou", here.street)
        Duty.objects.create(person=old, kind_id="patroller", region_id=QUAY, valid_from=NOON - 800 * DAY)
        found = {officer.person.name: officer for officer in officers_in([HARBOUR], at=NOON)}
        assert (found["Ou"].months, found["Ou"].to_rotate, found["Alma"].to_rotate) == (26, True, False)
        assert officers_in([], at=NOON) == []
        assert officers_in(["440399004000"], at=NOON) == []

    def test_scores_of_the_last_month_are_proposed_once_from_its_rows(self) -> None:
        here = district()
        site = workshop(here)
        visit = actions.begin(begun(site, lists=()), person=here.owner, at=NOON)
        actions.finish(
            visit=visit, written=actions.Written(sign_how="refused", witness="Bo"), ended_at=NOON + DAY / 24,
            base=1, by=here.owner.by, at=NOON + DAY / 24,
        )  # fmt: skip
        august = NOON + 40 * DAY
        span = {"start": NOON - 2 * DAY, "end": NOON + 20 * DAY, "as_of": august}
        assert worked(here.owner, **span) == rules.Worked(1, 1, 0, 0, 0)
        assert scores.propose_scores(region=DISTRICT, at=august) == 1
        assert scores.propose_scores(region=DISTRICT, at=august + DAY) == 0
        row = Score.objects.select_related("item").get()
        assert (row.month, row.proposed, row.item.charge_person) == (
            date(2026, 7, 1),
            Decimal("56.8"),
            here.owner,
        )

    def test_a_score_is_shown_first_and_stands_when_nobody_objects(self) -> None:
        here = district()
        scores.propose_scores(region=DISTRICT, at=NOON)
        item = Score.objects.get().item
        with pytest.raises(Refused):  # whoever is scored does not sign
            scores.sign(item=item, points=100, reason="我很好", by=here.manager.by, at=NOON)
        while sweep(exercise_id=None, at=NOON + 4 * DAY, limit=100):
            pass
        item.refresh_from_db()
        assert item.state == "signed"
        ((row, stands),) = last_scores([here.owner.pk])[here.owner.pk]
        assert stands == row.proposed

    def test_an_objection_is_answered_by_a_person_with_a_reason(self) -> None:
        here = district()
        scores.propose_scores(region=DISTRICT, at=NOON)
        item = Score.objects.get().item
        move(item=item, name="object", reason="借调防汛两周", by=here.owner.by, at=NOON)
        item.refresh_from_db()
        with pytest.raises(Refused) as refused:
            scores.sign(item=item, points=101, reason="x", by=here.colleague.by, at=NOON)
        assert refused.value.field == "points"
        scores.sign(item=item, points="88.5", reason="借调期间不计", by=here.colleague.by, at=NOON)
        assert last_scores([here.owner.pk])[here.owner.pk][0][1] == Decimal("88.5")


@given(
    st.builds(
        rules.Worked,
        visits=st.integers(0, 99),
        near=st.integers(0, 99),
        due=st.integers(0, 99),
        on_time=st.integers(0, 99),
        failed_looks=st.integers(0, 30),
    )
)
def test_a_score_lies_between_none_and_a_hundred_and_is_the_sum_of_its_lines(worked: rules.Worked) -> None:
    lines, total = rules.score_of(worked, WEIGHTS)
    assert 0 <= total <= 100
    assert total == round(min(max(sum(line.points for line in lines), 0), 100), 1)


@pytest.mark.django_db
@pytest.mark.feature("M349")
def test_a_check_led_by_a_principal_of_the_street_is_a_visit_of_its_own_kind() -> None:
    here = district()
    site = workshop(here)
    visit = actions.begin(begun(site, lists=(), kind="led"), person=here.owner, at=NOON)
    actions.finish(
        visit=visit, written=actions.Written(companions=("陈主任",), sign_how="refused", witness="Bo"),
        ended_at=NOON + timedelta(hours=1), base=1, by=here.owner.by, at=NOON + timedelta(hours=1),
    )  # fmt: skip
    visit.refresh_from_db()
    assert (visit.kind, visit.companions) == ("led", ["陈主任"])


@pytest.mark.django_db
@pytest.mark.feature("M055")
def test_the_duties_of_principals_have_a_checklist_with_its_source(here: District) -> None:
    assert here.firm is not None
    lists = apps.get_model("patrols", "Checklist").objects
    items = lists.get(code="principal_duty", retired_at=None).items.all()
    assert sum("第二十一条" in item.article for item in items) == 7
