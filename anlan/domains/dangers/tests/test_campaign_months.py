"""A campaign's tasks and months, figures entered by street, penalties of major dangers, what was found out, the city."""

from datetime import date

import pytest

from anlan.domains.dangers import actions
from anlan.domains.dangers.actions import crackdown, months
from anlan.domains.dangers.actions import listing as acts
from anlan.domains.dangers.models import Campaign, CampaignMonth, Candidate, Danger, Listing, Unlawful
from anlan.domains.dangers.queries import progress_of
from anlan.domains.dangers.queries.campaigns import bulletin_of
from anlan.domains.dangers.queries.projects import early_of, penalty_share, unlawful_by_street
from anlan.kernel.core.errors import Refused
from anlan.kernel.loop.actions import move
from anlan.kernel.loop.evidence import Given
from anlan.kernel.loop.models import WorkItem
from tests.people import DISTRICT, HARBOUR, HILL, NOON, QUAY
from tests.workshop import DAY, FIVE, Workshop, collector, decided, photo, workshop

pytestmark = pytest.mark.django_db
JULY = {"first": date(2026, 7, 1), "last": date(2026, 7, 2)}


def campaign(shop: Workshop, **more: object) -> Campaign:
    given = {
        "name": "粉尘涉爆专项", "region": DISTRICT, "starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31),
        "by": shop.section.by, "at": NOON,
    }  # fmt: skip
    item = actions.start_campaign(**(given | more))
    return Campaign.objects.select_related("item__region").get(pk=item.pk)


@pytest.mark.feature("M057")
def test_a_three_year_action_has_its_tasks_by_year_each_with_a_lead_and_a_clock() -> None:
    shop = workshop()
    row = campaign(shop, name="安全生产专项整治三年行动", ends_on=date(2028, 12, 31))
    given = {"campaign": row, "by": shop.section.by, "at": NOON}
    task = actions.add_task(
        text="攻坚年：重大隐患动态清零", year=2026, due_by=NOON + 90 * DAY, lead=shop.here.street, **given
    )
    actions.add_task(text="巩固年：建立长效机制", year=2027, due_by=NOON + 400 * DAY, **given)
    assert (task.charge_org, task.due_at, task.arises_from_id) == (shop.here.street, NOON + 90 * DAY, row.pk)
    assert list(row.tasks.order_by("year").values_list("year", flat=True)) == [2026, 2027]
    move(
        item=task,
        name="do",
        by=shop.here.colleague.by,
        at=NOON + DAY,
        evidence=[Given("text", text="已清零")],
    )
    assert task.state == "done"
    with pytest.raises(Refused) as refused:
        actions.add_task(text="过期", year=2026, due_by=NOON, **given)
    assert refused.value.code == "dangers.past_term"


@pytest.mark.feature("M260")
class TestAMonth:
    def test_is_opened_once_for_each_campaign_that_wants_it(self) -> None:
        shop = workshop()
        campaign(shop, monthly=True)
        campaign(shop, name="不按月的行动")
        assert months.months_round(region=DISTRICT, at=NOON) == 1
        assert months.months_round(region=DISTRICT, at=NOON + DAY) == 0
        assert CampaignMonth.objects.get().month == date(2026, 7, 1)

    def test_is_complete_with_bulletin_meeting_and_inspection(self) -> None:
        shop = workshop()
        row = campaign(shop, monthly=True)
        item = actions.open_month(campaign=row, month=NOON, by=shop.section.by, at=NOON)
        by = shop.section.by
        with pytest.raises(Refused) as refused:
            months.complete(item=item, by=by, at=NOON)
        assert refused.value.facts["lacks"] == "通报、例会、督查"
        months.bulletin(item=item, by=by, at=NOON)
        months.meet(item=item, held_at=NOON, concluded="通报三个街道", by=by, at=NOON)
        assert item.state == "open"
        months.inspect(
            item=item, held_at=NOON, inspected="督查临港街道，两家企业未整改", by=by, at=NOON + DAY
        )
        item.refresh_from_db()
        done = CampaignMonth.objects.get()
        assert (item.state, done.lacks()) == ("complete", [])
        assert done.bulletin is not None and "2026年7月" in done.bulletin.title


class TestFigures:
    def enter(
        self, shop: Workshop, row: Campaign, name: str, value: object, street: str = HARBOUR, **more: object
    ):
        given = {"source": "执法月报", "by": shop.section.by, "at": NOON} | JULY | more
        return actions.enter_figure(campaign=row, street=street, name=name, value=value, **given)

    @pytest.mark.feature("M055")
    def test_of_enforcement_on_principals_stand_in_the_campaign_by_street(self) -> None:
        shop = workshop()
        row = campaign(
            shop, name="主要负责人履职专项执法", tags=["principal_duty"], targets={"enforcement_visits": 60}
        )
        self.enter(shop, row, "enforcement_visits", 42)
        self.enter(shop, row, "cases", 5)
        self.enter(shop, row, "fines", "86,500")
        self.enter(shop, row, "enforcement_visits", 8, HILL)
        figures = progress_of(row, start=row.starts_at, end=NOON + DAY)
        assert (figures[HARBOUR]["enforcement_visits"], figures[HARBOUR]["cases"]) == (42, 5)
        assert (figures[HARBOUR]["fines"], figures[HILL]["enforcement_visits"]) == (86500, 8)
        said = bulletin_of(row, month=NOON, at=NOON + DAY)
        assert (said["enforcement_visits"], said["cases"], said["fines"]) == (50, 5, "8.65")

    def test_wrong_ones_are_taken_away_by_later_ones_that_name_them(self) -> None:
        shop = workshop()
        row = campaign(shop)
        wrong = self.enter(shop, row, "cases", 50)
        self.enter(shop, row, "cases", 5, corrects=wrong, why="多打一个零")
        assert progress_of(row, start=row.starts_at, end=NOON + DAY)[HARBOUR]["cases"] == 5
        with pytest.raises(Refused) as refused:
            self.enter(shop, row, "cases", 6, corrects=wrong, why="再改")
        assert refused.value.code == "dangers.figure_corrected"

    def test_need_a_street_a_source_and_somebody_of_there(self) -> None:
        shop = workshop()
        row = campaign(shop)
        for more, code in (
            ({"name": "steps"}, "dangers.no_figure"),
            ({"value": "-1"}, "dangers.bad_figure"),
            ({"source": " "}, "dangers.no_source"),
            ({"street": QUAY}, "dangers.not_street"),
            ({"by": shop.here.outsider.by}, "dangers.figure_not_yours"),
            ({"first": date(2026, 7, 3)}, "dangers.bad_span"),
        ):
            given = {"name": "cases", "value": 1} | more
            with pytest.raises(Refused) as refused:
                self.enter(shop, row, given.pop("name"), given.pop("value"), **given)
            assert refused.value.code == code


@pytest.mark.feature("M387")
def test_the_share_of_major_dangers_with_a_penalty_counts_rows() -> None:
    shop = workshop()
    first = collector(shop, source="enforcement")
    decided(shop, first)
    second = collector(shop, source="enforcement", spot="二车间")
    question = Candidate.objects.get(danger_id=second.pk).item
    actions.decide_major(
        item=question, second_officer=str(shop.second.pk), clause="gm-12-3", reason="无控爆",
        by=shop.here.colleague.by, at=NOON + DAY,
    )  # fmt: skip
    span = {"region": DISTRICT, "start": NOON - DAY, "end": NOON + 2 * DAY, "as_of": NOON + 9 * DAY}
    assert penalty_share(**span) == ({first.pk, second.pk}, set())
    given = {"decided_on": date(2026, 7, 5), "by": shop.here.colleague.by, "at": NOON + 2 * DAY}
    row = actions.note_penalty(item=first, number="安应急罚〔2026〕8号", amount=50000, **given)
    assert actions.note_penalty(item=first, number="安应急罚〔2026〕8号", **given).pk == row.pk
    found, penalised = penalty_share(**span)
    assert (len(found), penalised) == (2, {first.pk})
    assert penalty_share(**(span | {"region": HILL})) == (set(), set())
    ordinary = actions.report_danger(
        description="通道堆物", category="exit", region=QUAY, by=shop.here.owner.by, at=NOON
    )
    with pytest.raises(Refused) as refused:
        actions.note_penalty(item=ordinary, number="x", **given)
    assert refused.value.code == "dangers.not_penalisable"


@pytest.mark.feature("M394")
class TestWhatWasFoundOut:
    def find(self, shop: Workshop, **more: object) -> WorkItem:
        given = {"goods": "fireworks", "what": "store", "place": "后街18号仓库", "quantity": "36", "region": QUAY,
                 "by": shop.here.owner.by, "at": NOON, "persons": 2}  # fmt: skip
        return actions.find_unlawful(**(given | more))

    def test_of_fireworks_is_counted_by_street_and_act(self) -> None:
        shop = workshop()
        item = self.find(shop)
        self.find(shop, what="sell", quantity=4, persons=1)
        self.find(shop, goods="fuel")
        empty = self.find(shop, place="误报")
        move(item=empty, name="unfounded", by=shop.here.colleague.by, reason="空纸箱", at=NOON)
        crackdown.hand_over(
            item=item, handed_to="police", document="移送〔2026〕3号", by=shop.here.owner.by, at=NOON + DAY
        )
        span = {"start": NOON - DAY, "end": NOON + DAY, "at": NOON + DAY}
        (line,) = unlawful_by_street(shop.here.owner, goods="fireworks", **span)
        assert (line["code"], line["n"], line["much"], line["persons"], line["handed"]) == (
            HARBOUR,
            2,
            40,
            3,
            1,
        )
        assert line["acts"] == {"store": 1, "sell": 1}
        assert unlawful_by_street(shop.here.outsider, **span) == []

    def test_is_handed_over_and_settled_with_its_result(self) -> None:
        shop = workshop()
        item = self.find(shop)
        crackdown.hand_over(item=item, handed_to="police", document="移送3号", by=shop.here.owner.by, at=NOON)
        item.refresh_from_db()
        crackdown.settle(item=item, result="没收36箱，集中销毁", by=shop.section.by, at=NOON + DAY)
        row = Unlawful.objects.get()
        assert (row.handed_to, row.result, row.amount()) == ("police", "没收36箱，集中销毁", "36箱")
        with pytest.raises(Refused) as refused:
            self.find(shop, quantity=0)
        assert refused.value.field == "quantity"


@pytest.mark.feature("M499")
def test_how_early_danger_was_seen_told_and_answered_is_counted_from_steps() -> None:
    shop = workshop()
    span = {"start": NOON - DAY, "end": NOON + DAY, "at": NOON + DAY, "within": DAY / 12}
    collector(shop)
    actions.report_danger(
        description="烟火识别：车间冒烟",
        category="electrical",
        source="video",
        region=QUAY,
        by=shop.here.owner.by,
        at=NOON,
    )
    before = early_of(shop.here.owner, **span)
    assert (dict(before.by_source), before.found) == ({"patrol": 1, "video": 1}, 2)
    assert (before.candidates, before.told, before.told_minutes, before.answered) == (1, 1, 0.0, 0)
    question = Candidate.objects.get().item
    move(item=question, name="answer", by=shop.here.colleague.by, at=NOON + DAY / 24)
    after = early_of(shop.here.owner, **span)
    assert (after.answered, after.answered_minutes, after.in_time) == (1, 60.0, 1)
    assert early_of(shop.here.outsider, **span).found == 0


class TestAListingByTheCity:
    def listed(self, shop: Workshop) -> tuple[WorkItem, WorkItem]:
        item = collector(shop)
        decided(shop, item)
        given = {"item": item, "level": "city", "by": shop.section.by, "at": NOON + DAY}
        with pytest.raises(Refused) as refused:
            actions.list_danger(**given)
        assert (refused.value.code, refused.value.field) == ("dangers.no_document", "document")
        return item, actions.list_danger(document="市安办督〔2026〕9号", rectify_by=NOON + 30 * DAY, **given)

    def made(self, name: str, entry: WorkItem, by: str, at: object, **more: object) -> None:
        acts.ACTS[name](item=entry, by=by, at=at, **more)
        entry.refresh_from_db()

    def test_is_accepted_and_taken_off_by_the_citys_reply_only(self) -> None:
        shop = workshop()
        item, entry = self.listed(shop)
        self.made("apply", entry, shop.here.manager.by, NOON + 2 * DAY, evidence=[photo(b"new")], **FIVE)
        self.made("precheck", entry, shop.here.colleague.by, NOON + 3 * DAY, reason="已装隔爆阀")
        for name, more in (("accept", {"expert": "周工", "reason": "好"}), ("delist", {})):
            with pytest.raises(Refused):
                self.made(name, entry, shop.section.by, NOON + 4 * DAY, **more)
        self.made("precheck_district", entry, shop.section.by, NOON + 4 * DAY, reason="区级核验合格，报市")
        with pytest.raises(Refused) as refused:
            self.made("accept_city", entry, shop.section.by, NOON + 9 * DAY, expert="市专家")
        assert refused.value.field == "reply"
        self.made(
            "accept_city",
            entry,
            shop.section.by,
            NOON + 9 * DAY,
            reply="市安办复〔2026〕4号",
            expert="市专家",
        )
        with pytest.raises(Refused):  # what the city listed the district does not take off by itself
            self.made("delist", entry, shop.section.by, NOON + 10 * DAY)
        self.made("delist_city", entry, shop.section.by, NOON + 10 * DAY, reply="市安办摘〔2026〕4号")
        row = Listing.objects.get()
        assert (entry.state, row.document, row.reply) == (
            "delisted",
            "市安办督〔2026〕9号",
            "市安办摘〔2026〕4号",
        )
        actions.accept(item=item, how="visit", by=shop.here.colleague.by, at=NOON + 11 * DAY)
        assert Danger.objects.get(pk=item.pk).item.state == "closed_off"

    def test_goes_back_to_the_firm_where_the_city_says_no(self) -> None:
        shop = workshop()
        _item, entry = self.listed(shop)
        self.made("apply", entry, shop.here.manager.by, NOON + 2 * DAY, evidence=[photo(b"new")], **FIVE)
        self.made("precheck", entry, shop.here.colleague.by, NOON + 3 * DAY, reason="已装")
        self.made("precheck_district", entry, shop.section.by, NOON + 4 * DAY, reason="报市")
        self.made(
            "reject_city",
            entry,
            shop.section.by,
            NOON + 9 * DAY,
            reply="市安办复〔2026〕5号",
            reason="未接地",
        )
        assert (entry.state, entry.charge_org) == ("listed", shop.here.firm)
