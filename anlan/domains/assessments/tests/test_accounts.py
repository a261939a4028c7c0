"""述职述安 with its panel; findings of duty inspections and the look back."""

from datetime import timedelta
from decimal import Decimal

import pytest

from anlan.domains.assessments.actions import accounts
from anlan.domains.assessments.models import Finding, SafetyAccount
from anlan.domains.assessments.queries import looking_back
from anlan.domains.assessments.tests.helpers import AT, duty_kinds
from anlan.kernel.core import attachments
from anlan.kernel.core.errors import Refused
from anlan.kernel.loop.actions import move
from anlan.kernel.loop.evidence import Given
from tests import people

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=1)


@pytest.fixture
def here():
    made = people.district()
    duty_kinds()
    made.keeper = people.add_person("考核甲", made.bureau)
    people.add_duty(made.keeper, "assessment_office", people.DISTRICT)
    made.panel = [people.add_person(name, made.bureau) for name in ("评委甲", "评委乙", "评委丙")]
    return made


def report() -> Given:
    file = attachments.keep(
        data=b"%PDF-1.4", media_type="application/pdf", name="述职报告.pdf", by="service:test"
    )
    return Given("file", file=file)


@pytest.mark.feature("M051")
def test_the_mean_of_the_whole_panel_closes_an_account_and_nobody_is_left_out(here):
    item = accounts.ask_account(leader=here.owner, year=2026, panel=here.panel, by=here.keeper.by, at=AT)
    account = SafetyAccount.objects.get(pk=item.pk)
    with pytest.raises(Refused) as early:
        accounts.score_account(account=account, score="90", by=here.panel[0].by, at=AT)
    assert early.value.code == "assessments.state"
    move(item=item, name="hand_in", by=here.owner.by, at=AT, evidence=[report()])
    for member, score in zip(here.panel[:2], ("95", "61.5"), strict=True):
        accounts.score_account(account=account, score=score, by=member.by, at=LATER)
    with pytest.raises(Refused) as waits:
        accounts.close_account(item=item, by=here.keeper.by, at=LATER)
    assert waits.value.facts["names"] == "评委丙"
    accounts.score_account(account=account, score="0", by=here.panel[2].by, at=LATER)
    accounts.close_account(item=item, by=here.keeper.by, at=LATER)
    account.refresh_from_db()
    assert account.mean == Decimal("52.17")


def test_a_leader_is_not_on_the_own_panel_and_a_member_scores_once_within_a_hundred(here):
    with pytest.raises(Refused) as own:
        accounts.ask_account(leader=here.owner, year=2026, panel=[here.owner], by=here.keeper.by, at=AT)
    assert own.value.code == "assessments.no_panel"
    item = accounts.ask_account(leader=here.owner, year=2026, panel=here.panel, by=here.keeper.by, at=AT)
    move(item=item, name="hand_in", by=here.owner.by, at=AT, evidence=[report()])
    account = SafetyAccount.objects.get(pk=item.pk)

    def score(by, given):
        with pytest.raises(Refused) as refused:
            accounts.score_account(account=account, score=given, by=by, at=LATER)
        return refused.value.code

    assert score(here.colleague.by, "80") == "assessments.not_panel"
    assert score(here.panel[0].by, "101") == "assessments.bad_score"
    assert score(here.panel[0].by, "gut") == "assessments.bad_score"
    accounts.score_account(account=account, score="80", by=here.panel[0].by, at=LATER)
    assert score(here.panel[0].by, "90") == "assessments.scored_already"


@pytest.mark.feature("M053")
@pytest.mark.feature("M491")
def test_a_finding_is_looked_back_upon_by_another_and_comes_back_until_it_is_mended(here):
    item = accounts.give_finding(
        unit=here.street, words="三防责任人未公示", kind="special", by=here.keeper.by, at=AT
    )
    with pytest.raises(Refused) as stranger:
        accounts.answer_finding(
            item=item, measure="已公示", by=here.outsider.by, at=LATER, evidence=[report()]
        )
    assert stranger.value.code == "assessments.not_unit"
    accounts.answer_finding(item=item, measure="已公示", by=here.owner.by, at=LATER, evidence=[report()])
    accounts.not_mended(item=item, by=here.keeper.by, at=LATER, reason="公示牌内容过期")
    accounts.answer_finding(
        item=item, measure="更新公示牌", by=here.colleague.by, at=LATER, evidence=[report()]
    )
    move(item=item, name="look_back", by=here.keeper.by, at=LATER)
    assert (item.state, Finding.objects.get(pk=item.pk).measure) == ("mended", "更新公示牌")


def test_a_finding_of_the_small_hours_is_of_that_day(here):
    night = AT.replace(hour=17)  # one in the morning of the next day in Shanghai
    item = accounts.give_finding(unit=here.street, words="缺页", kind="duty", by=here.keeper.by, at=night)
    assert Finding.objects.get(pk=item.pk).inspected_on == AT.date() + timedelta(days=1)


def test_a_finding_not_mended_in_time_stands_against_the_unit(here):
    accounts.give_finding(unit=here.street, words="三防责任人未公示", kind="duty", by=here.keeper.by, at=AT)
    asked = {
        "organisations": [here.street.pk],
        "start": AT - timedelta(days=1),
        "end": AT + timedelta(days=60),
        "exercise_id": None,
    }
    assert list(looking_back.findings(as_of=AT + timedelta(days=3), **asked)) == []
    (trace,) = looking_back.findings(as_of=AT + timedelta(days=30), **asked)
    assert trace.organisation == here.street.pk
    assert not trace.bars
