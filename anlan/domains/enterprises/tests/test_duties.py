"""The ledger of responsibilities: posts from the list, signatures, assessments, what it lacks, sheets and the share."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.domains.enterprises.actions import duties, registering
from anlan.domains.enterprises.actions.duty_sheet import take
from anlan.domains.enterprises.models import DutyHolder, DutyLedger, DutyPost, DutyReview, History
from anlan.domains.enterprises.queries import duties as known
from anlan.domains.enterprises.rules import duties as rules
from anlan.domains.enterprises.tests.firms import Archive, archive, code, elsewhere
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.ids import new_id
from anlan.kernel.indicators.queries import indicator
from anlan.kernel.indicators.spec import Cut, Period
from anlan.kernel.orgs.models import Organisation
from tests.people import DISTRICT, HARBOUR, HILL, NOON

DAY = timedelta(days=1)
LAST_YEAR = date(2025, 1, 6)


def kinds(it: Archive) -> set[str]:
    return {gap["kind"] for gap in DutyLedger.objects.get(enterprise=it.firm).gaps}


def whole(it: Archive) -> None:
    """Every post held, signed, assessed and trained."""
    duties.take_list(firm=it.firm, by=it.here.manager.by, at=NOON)
    for place, post in enumerate(DutyPost.objects.filter(enterprise=it.firm)):
        row = duties.hold(
            post=post,
            name=f"工人{place}",
            since=LAST_YEAR,
            signed_on=LAST_YEAR,
            by=it.here.manager.by,
            at=NOON,
        )
        duties.review(row=row, year=2025, result="good", hours=12, by=it.here.manager.by, at=NOON)


@pytest.mark.django_db
class TestALedger:
    @pytest.mark.feature("M173")
    def test_takes_the_posts_of_its_kind_of_firm_with_what_they_answer_for(self) -> None:
        it = archive()
        given = {"firm": it.firm, "by": it.here.manager.by, "at": NOON}
        assert duties.take_list(**given) == 7  # sixty people at making furniture
        registering.set_tag(firm=it.firm, kind="dust", by=it.here.owner.by, at=NOON)
        assert duties.take_list(**given) == 1
        assert duties.take_list(**given) == 0
        post = DutyPost.objects.get(enterprise=it.firm, code="principal")
        assert (len(post.duties), "第二十一条" in post.law, bool(post.criteria)) == (7, True, True)
        assert kinds(it) == {"vacant"}

    @pytest.mark.feature("M173")
    def test_shows_what_it_lacks_until_it_lacks_nothing(self) -> None:
        it = archive()
        whole(it)
        ledger = DutyLedger.objects.get(enterprise=it.firm)
        assert (ledger.rate, ledger.gaps) == (100, [])
        post = DutyPost.objects.get(enterprise=it.firm, code="worker")
        duties.set_post(
            firm=it.firm,
            post=post,
            name=post.name,
            duties="遵守操作规程\n报告隐患",
            by=it.here.manager.by,
            at=NOON,
        )
        assert kinds(it) == {"unsigned"}  # what one signed was another text
        row = DutyHolder.objects.get(post=post)
        duties.sign(row=row, by=row.person.by, at=NOON)
        assert DutyLedger.objects.get(enterprise=it.firm).rate == 100
        duties.end_holder(row=DutyHolder.objects.get(pk=row.pk), by=it.here.manager.by, at=NOON)
        assert kinds(it) == {"vacant"}
        duties.end_post(post=post, why="岗位撤销", by=it.here.manager.by, at=NOON)
        assert kinds(it) == {"missing"}  # the list asks for it all the same
        assert [row.value for row in History.objects.filter(kind="duties").order_by("at", "pk")][-1] != "100"

    @pytest.mark.feature("M173")
    def test_of_last_year_is_looked_at_anew_when_a_year_begins(self) -> None:
        it = archive()
        whole(it)
        spring = NOON + 240 * DAY
        assert duties.renew_ledgers(region=DISTRICT, at=spring) == 1
        assert duties.renew_ledgers(region=DISTRICT, at=spring) == 0
        assert kinds(it) == {"unassessed", "untrained"}

    def test_is_written_by_the_firm_and_its_officers_and_nobody_assesses_themself(self) -> None:
        it = archive()
        with pytest.raises(Refused):
            duties.take_list(firm=it.firm, by=it.here.outsider.by, at=NOON)
        post = duties.set_post(
            firm=it.firm, name="仓库管理员", duties="先进先出", by=it.here.manager.by, at=NOON
        )
        row = duties.hold(post=post, name="Fang", by=it.here.manager.by, at=NOON)
        given = {"row": row, "year": 2026, "result": "good", "at": NOON}
        for more, field in (
            ({"by": it.here.manager.by}, ""),
            ({"by": it.here.owner.by, "year": "2031"}, "year"),
            ({"by": it.here.owner.by, "result": "super"}, "result"),
            ({"by": it.here.owner.by, "hours": "many"}, "hours"),
        ):
            with pytest.raises(Refused) as refused:
                duties.review(**(given | more))
            assert refused.value.field == field
        with pytest.raises(Refused) as refused:
            duties.sign(row=row, on=NOON.date() + DAY, by=it.here.manager.by, at=NOON)
        assert refused.value.field == "signed_on"


@pytest.mark.django_db
@pytest.mark.feature("M173")
def test_the_share_complete_is_counted_by_street_and_sector_and_opens_to_its_firms() -> None:
    it = archive()
    elsewhere(it.here)
    whole(it)
    later = NOON + DAY
    asked = {"period": Period(NOON - DAY, later), "as_of": later, "code": "enterprises.duty_whole"}
    here, all_of_it = indicator(cut=Cut(HARBOUR), **asked), indicator(cut=Cut(DISTRICT), **asked)
    assert (here.value, here.base, all_of_it.value, all_of_it.base) == (100, 1, 50, 2)
    assert indicator(cut=Cut(DISTRICT, sector="C21"), **asked).base == 1
    section = it.here.bureau.people.get(name="孟科长") if hasattr(it.here.bureau, "people") else None
    assert section is None or known.shares(section, at=later, by="street")
    shares = {share.key: share for share in known.shares(it.here.owner, at=later, by="street")}
    assert (shares[HARBOUR].rate, shares[HARBOUR].begun, HILL[:9] + "000" in shares) == (100, 1, False)
    assert [firm.pk for firm in known.firms_for(it.here.outsider, at=later, view="none")] != []


@pytest.mark.django_db
@pytest.mark.feature("M173")
def test_a_sheet_brings_posts_persons_signatures_and_assessments_once() -> None:
    it = archive()
    Organisation.objects.filter(pk=it.firm.pk).update(uscc=code(7))
    rows = [
        {"uscc": code(7), "post": "主要负责人", "person": "方总", "since": LAST_YEAR, "signed_on": LAST_YEAR, "year": 2025,
         "result": "good", "hours": 16},
        {"uscc": code(7), "post": "叉车工", "person": "", "duties": "持证驾驶"},
        {"uscc": code(7), "post": "门卫", "person": "老何"},
        {"uscc": code(8), "post": "主要负责人", "person": "甲"},
        {"uscc": code(7), "post": "主要负责人", "person": "", "year": 2025, "result": "good"},
    ]  # fmt: skip
    told = {"by": it.here.owner.by, "at": NOON, "act": new_id()}
    assert not take(rows[:2], dry=True, **told).ids and not DutyPost.objects.exists()
    taken = take(rows, dry=False, **told)
    assert (len(taken.ids), {place: field for place, (field, _) in taken.refused.items()}) == (
        2, {2: "duties", 3: "uscc", 4: "person"},
    )  # fmt: skip
    assert len(DutyPost.objects.get(code="principal").duties) == 7
    assert take(rows[:2], dry=False, **told).same == 2
    assert DutyReview.objects.count() == 1
    given = list(known.give(person=None, filters={}))
    assert [row[2:4] for row in given] == [("主要负责人", "方总"), ("叉车工", "")]


NAMES = st.sampled_from(["甲", "乙"])
HELD = st.builds(
    rules.Held, name=NAMES, since=st.dates(date(2023, 1, 1), date(2026, 7, 1)), signed=st.booleans(),
    reviewed=st.frozensets(st.sampled_from([2024, 2025])), hours=st.just({2025: 12.0}),
)  # fmt: skip
POSTS = st.lists(
    st.builds(rules.Post, code=st.just(""), name=NAMES, held=st.lists(HELD, max_size=2).map(tuple)),
    max_size=4,
)


@given(POSTS)
def test_a_ledger_is_complete_exactly_where_it_lacks_nothing(posts: list[rules.Post]) -> None:
    state = rules.state_of(posts, [], today=date(2026, 7, 3))
    assert (state.rate == 100) == (bool(posts) and not state.gaps)
    assert 0 <= state.rate <= 100
