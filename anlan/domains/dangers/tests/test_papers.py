"""The paper that is offered depends on who gives it; campaigns have their figures by rows."""

import io

import pytest
from docx import Document

from anlan.domains.dangers import actions
from anlan.domains.dangers.models import Campaign, Danger
from anlan.domains.dangers.queries import clauses_for, papers_offered, progress_of, visible_campaigns
from anlan.kernel.core.errors import Refused
from anlan.kernel.loop.models import WorkItem
from anlan.kernel.papers.queries import bytes_of
from tests.people import DISTRICT, HARBOUR, NOON, QUAY, District
from tests.workshop import DAY, collector, photo, workshop

pytestmark = pytest.mark.django_db


def found(here: District, category: str = "exit", **more: object) -> WorkItem:
    given = {
        "description": "安全出口堵塞",
        "region": QUAY,
        "organisation": here.firm,
        "by": here.owner.by,
        "at": NOON,
    }
    return actions.report_danger(category=category, **(given | more))


class TestPapers:
    def test_a_patroller_gives_a_notice_and_never_an_order(self) -> None:
        shop = workshop()
        item = found(shop.here)
        danger = Danger.objects.select_related("item").get(pk=item.pk)
        assert papers_offered(danger, shop.here.owner, at=NOON) == ("danger_notice",)
        paper = actions.issue_paper(items=[item], kind="danger_notice", by=shop.here.owner.by, at=NOON)
        assert paper.number == "临港街道办事处隐告〔2026〕1号"
        text = "\n".join(p.text for p in Document(io.BytesIO(bytes_of(paper))).paragraphs)
        assert "安全出口堵塞" in text
        assert "Alma" in text
        with pytest.raises(Refused) as refusal:
            actions.issue_paper(items=[item], kind="rectification_order", by=shop.here.owner.by, at=NOON)
        assert refusal.value.code == "dangers.not_your_paper"

    def test_an_order_has_two_certified_officers(self) -> None:
        shop = workshop()
        item = found(shop.here)
        given = {"items": [item], "kind": "rectification_order", "by": shop.here.colleague.by, "at": NOON}
        for second, code in (
            ("", "dangers.second_officer"),
            (str(shop.here.owner.pk), "dangers.second_officer"),
            (str(shop.here.colleague.pk), "dangers.same_officer"),
        ):
            with pytest.raises(Refused) as refusal:
                actions.issue_paper(second_officer=second, **given)
            assert refusal.value.code == code
        paper = actions.issue_paper(second_officer=str(shop.second.pk), **given)
        assert paper.values["officers"] == "Bo、Dora"

    def test_a_follow_up_order_is_the_bureaus_and_for_what_is_late(self) -> None:
        shop = workshop()
        item = found(shop.here)
        late = NOON + 7 * DAY
        for at in (NOON, late + 2 * DAY):
            with pytest.raises(Refused) as refusal:
                actions.issue_paper(items=[item], kind="follow_up_order", by=shop.section.by, at=at)
            assert refusal.value.code == "dangers.not_overdue"
        paper = actions.issue_paper(
            items=[item], kind="follow_up_order", by=shop.section.by, at=late + 4 * DAY
        )
        assert paper.values["late"] == 4
        assert list(Danger.objects.get().papers.all()) == [paper]


class TestCandidateClauses:
    def test_are_those_in_force_for_the_kind_the_tags_of_the_firm_first(self) -> None:
        shop = workshop()
        offered = clauses_for(category="dust", organisation_id=shop.here.firm.pk, region=QUAY, at=NOON)
        assert offered[0]["code"].startswith("gm-12-")
        assert {row["tag"] for row in offered} <= {"C", "P", "M"}
        assert all(row["law"] and row["article"] for row in offered)

    def test_follow_the_day(self) -> None:
        shop = workshop()
        codes = {
            at: {row["code"].split("-")[0] for row in clauses_for(category="chemicals", organisation_id=None, region=QUAY, at=at)}
            for at in (NOON, NOON + 120 * DAY)
        }  # fmt: skip
        del shop
        assert "hz17" in codes[NOON]
        assert "aq" not in codes[NOON]
        assert "hz17" not in codes[NOON + 120 * DAY]
        assert "aq" in codes[NOON + 120 * DAY]


@pytest.mark.feature("M075", "M072")
class TestTheOrder:
    def test_puts_major_ones_first_then_harm_spread_difficulty(self) -> None:
        shop = workshop()
        paper = found(shop.here, "management")
        exit_ = found(shop.here, "exit")
        mark = collector(shop)
        order = list(Danger.objects.order_by("-order").values_list("pk", flat=True))
        assert order == [mark.pk, exit_.pk, paper.pk]
        actions.rank(item=paper, harm=3, difficulty=3, spread=3, by=shop.here.owner.by, at=NOON)
        assert list(Danger.objects.order_by("-order").values_list("pk", flat=True)) == [
            mark.pk,
            paper.pk,
            exit_.pk,
        ]
        with pytest.raises(Refused):
            actions.rank(item=paper, harm=4, difficulty=1, spread=1, by=shop.here.owner.by, at=NOON)


@pytest.mark.feature("M109", "M132")
class TestACampaign:
    def started(self, shop, **more: object) -> Campaign:
        given = {
            "name": "粉尘涉爆专项整治",
            "region": DISTRICT,
            "starts_on": NOON.date(),
            "ends_on": (NOON + 60 * DAY).date(),
        }
        item = actions.start_campaign(
            **(given | {"categories": "dust，", "targets": {"found": 40}} | more), by=shop.section.by, at=NOON
        )
        return Campaign.objects.get(pk=item.pk)

    def test_counts_dangers_of_its_kind_by_street_and_says_so_in_a_bulletin(self) -> None:
        shop = workshop()
        campaign = self.started(shop)
        item = found(shop.here, "dust")
        found(shop.here, "exit")
        actions.rectify(item=item, by=shop.here.manager.by, at=NOON + DAY, evidence=[photo(b"x")])
        actions.accept(item=item, how="visit", by=shop.here.owner.by, at=NOON + DAY)
        found(shop.here, "dust")
        figures = progress_of(campaign, start=campaign.starts_at, end=NOON + 2 * DAY)
        nothing = dict.fromkeys(("visits", "major", "enforcement_visits", "cases", "fines"), 0)
        assert figures == {HARBOUR: nothing | {"found": 2, "rectified": 1}}
        paper = actions.issue_bulletin(item=campaign.item, month=NOON, by=shop.section.by, at=NOON + 2 * DAY)
        document = Document(io.BytesIO(bytes_of(paper)))
        assert [cell.text for cell in document.tables[0].rows[-1].cells] == [
            "合计",
            "0",
            "0",
            "2",
            "0",
            "1",
            "50.0%",
        ]
        assert paper.title == "粉尘涉爆专项整治2026年7月工作通报"

    def test_of_the_district_is_seen_by_its_streets_and_not_by_firms(self) -> None:
        shop = workshop()
        self.started(shop)
        seen = [
            visible_campaigns(p, at=NOON).count() for p in (shop.here.owner, shop.section, shop.here.manager)
        ]
        assert seen == [1, 1, 0]

    def test_does_not_end_before_it_begins(self) -> None:
        shop = workshop()
        with pytest.raises(Refused) as refusal:
            self.started(shop, ends_on=(NOON - DAY).date())
        assert refusal.value.field == "ends_on"

    def test_reminds_and_climbs_when_its_last_day_is_over(self) -> None:
        shop = workshop()
        campaign = self.started(shop)
        assert campaign.item.due_at == campaign.ends_at


def test_a_danger_sent_twice_by_a_phone_is_one_danger() -> None:
    shop = workshop()
    key = shop.site.pk
    first, second = (found(shop.here, key=key) for _ in range(2))
    assert first.pk == second.pk
    assert Danger.objects.count() == 1
