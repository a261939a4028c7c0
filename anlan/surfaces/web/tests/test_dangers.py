"""Pages of dangers: two photos and one tap, papers, listing, more time, second looks, campaigns, the gate sheet."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from anlan.domains.dangers import actions
from anlan.domains.dangers.models import Campaign, Danger, Draw, Listing
from anlan.kernel.core import clock
from anlan.kernel.loop.actions import move
from anlan.kernel.loop.models import Evidence, Extension, WorkItem
from anlan.kernel.orgs.models import Person
from anlan.kernel.papers.models import Paper
from tests import people
from tests.people import DISTRICT, QUAY
from tests.workshop import Workshop, collector, decided, workshop

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def photo(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"\x89PNG\r\n\x1a\n" + name.encode(), content_type="image/png")


@pytest.fixture
def shop() -> Workshop:
    return workshop()


@pytest.fixture
def danger(shop: Workshop) -> WorkItem:
    return actions.report_danger(
        description="安全出口堵塞", category="exit", region=QUAY, organisation=shop.here.firm, by=shop.here.owner.by,
        at=clock.real_now() - DAY, site=shop.site.pk,
    )  # fmt: skip


def told(answer) -> str:
    return answer.content.decode()


class TestTheFormOfTwoPhotos:
    def test_asks_for_nothing_but_two_photos_and_a_kind(self, shop, signed_in) -> None:
        browser = signed_in(shop.here.owner)
        page = told(browser.get(reverse("web:danger_quick")))
        assert 'name="before"' in page
        answer = browser.post(
            reverse("web:danger_quick"),
            {"before": photo("a.png"), "after": photo("b.png"), "category": "exit", "region": QUAY},
        )
        danger = Danger.objects.get()
        assert answer.status_code == 302
        assert (danger.item.state, danger.description) == ("closed_off", "出口通道堵塞")
        assert Evidence.objects.filter(kind="photo").count() == 2

    def test_with_one_photo_is_refused_and_says_so(self, shop, signed_in) -> None:
        answer = signed_in(shop.here.owner).post(
            reverse("web:danger_quick"), {"before": photo("a.png"), "category": "exit", "region": QUAY}
        )
        assert answer.status_code == 422
        assert Danger.objects.count() == 0

    def test_keeps_when_a_photo_was_taken_and_flags_an_old_one_later(self, shop, danger, signed_in) -> None:
        signed_in(shop.here.manager).post(
            reverse("web:move", args=["dangers", "danger", danger.pk, "rectify"]),
            {"photo": photo("x.png"), "photo_taken": (danger.opened_at - DAY).isoformat()},
        )
        assert Evidence.objects.get(step__move="rectify").flags == ["older_than_item"]
        page = signed_in(shop.here.owner).get(reverse("web:record", args=["dangers", "danger", danger.pk]))
        assert "照片" in told(page)

    def test_takes_where_one_stands_with_the_photo_and_notes_one_from_afar(
        self, shop, danger, signed_in
    ) -> None:
        browser = signed_in(shop.here.manager)
        url = reverse("web:move", args=["dangers", "danger", danger.pk, "rectify"])
        assert "data-here" in told(browser.get(url))
        browser.post(url, {"photo": photo("x.png"), "lon": "113.95", "lat": "22.65"})
        proofs = Evidence.objects.filter(step__move="rectify").order_by("kind")
        assert [(each.kind, each.lon, each.flags) for each in proofs] == [
            ("photo", 113.95, ["far_away"]), ("position", 113.95, ["far_away"]),
        ]  # fmt: skip
        page = told(
            signed_in(shop.here.owner).get(reverse("web:record", args=["dangers", "danger", danger.pk]))
        )
        assert "拍摄地点离现场较远" in page


class TestPapers:
    def test_a_patroller_gives_a_notice_and_downloads_it(self, shop, danger, signed_in) -> None:
        browser = signed_in(shop.here.owner)
        page = told(browser.get(reverse("web:record", args=["dangers", "danger", danger.pk])))
        assert 'value="danger_notice"' in page
        assert 'value="rectification_order"' not in page
        browser.post(reverse("web:danger_paper", args=[danger.pk]), {"kind": "danger_notice"})
        paper = Paper.objects.get()
        file = browser.get(reverse("web:paper", args=[paper.pk]))
        assert file.content[:2] == b"PK"
        assert signed_in(shop.here.manager).get(reverse("web:paper", args=[paper.pk])).status_code == 200
        assert signed_in(shop.here.outsider).get(reverse("web:paper", args=[paper.pk])).status_code == 404

    def test_a_paper_that_is_not_theirs_to_give_is_refused_on_the_page(self, shop, danger, signed_in) -> None:
        browser = signed_in(shop.here.owner)
        answer = browser.post(
            reverse("web:danger_paper", args=[danger.pk]), {"kind": "rectification_order"}, follow=True
        )
        assert Paper.objects.count() == 0
        assert "告知单" in told(answer)


def test_a_firm_asks_for_more_time_and_the_street_grants_it(shop, danger, signed_in) -> None:
    due = danger.due_at
    form = {"until": f"{due + 10 * DAY:%Y-%m-%dT%H:%M}", "why": "配件未到"}
    answer = signed_in(shop.here.manager).post(reverse("web:danger_more_time", args=[danger.pk]), form)
    assert answer.status_code == 302
    request = Extension.objects.get().item
    signed_in(shop.here.colleague).post(reverse("web:move", args=["loop", "extension", request.pk, "grant"]))
    danger.refresh_from_db()
    assert danger.due_at > due + 9 * DAY


class TestTheList:
    def lines(self, browser, **asked) -> int:
        return told(browser.get(reverse("web:dangers"), asked)).count("data-open")

    def test_is_cut_by_grade_kind_source_street_campaign_and_words(self, shop, danger, signed_in) -> None:
        collector(shop)
        browser = signed_in(shop.section)
        assert self.lines(browser) == 2
        assert self.lines(browser, grade="candidate_major") == 1
        assert self.lines(browser, category="exit") == 1
        assert self.lines(browser, source="video") == 0
        assert self.lines(browser, street=people.HILL) == 0
        assert self.lines(browser, q="控爆") == 1
        assert self.lines(browser, campaign="no key") == 2
        assert self.lines(browser, campaign=str(danger.pk)) == 0

    def test_puts_the_gravest_first_when_asked(self, shop, danger, signed_in) -> None:
        collector(shop)
        page = told(signed_in(shop.section).get(reverse("web:dangers"), {"sort": "order"}))
        assert page.index("控爆") < page.index("安全出口")

    def test_of_late_ones_shows_whom_each_has_climbed_to(self, shop, signed_in) -> None:
        item = actions.report_danger(
            description="旧隐患", category="exit", region=QUAY, organisation=shop.here.firm, by=shop.here.owner.by,
            at=clock.real_now() - 20 * DAY,
        )  # fmt: skip
        WorkItem.objects.filter(pk=item.pk).update(escalated_to="bureau_chief")
        page = told(signed_in(shop.section).get(reverse("web:dangers_late")))
        assert "旧隐患" in page
        browser = signed_in(shop.section)
        browser.post(reverse("web:danger_paper", args=[item.pk]), {"kind": "follow_up_order"})
        assert Paper.objects.get().kind == "dangers.follow_up_order"


class TestAListing:
    def test_is_made_from_the_page_and_offers_only_steps_of_its_level(self, shop, signed_in) -> None:
        item = collector(shop)
        decided(shop, item)
        browser = signed_in(shop.section)
        url = reverse("web:danger_list", args=[item.pk])
        assert browser.get(url).status_code == 200
        browser.post(url, {"level": "district", "decision": "停用除尘系统"})
        entry = Listing.objects.get().item
        WorkItem.objects.filter(pk=entry.pk).update(state="applied", charge_duty="street_safety_officer")
        page = told(
            signed_in(shop.here.colleague).get(reverse("web:record", args=["dangers", "listing", entry.pk]))
        )
        assert "/precheck/" in page
        assert "/accept_street/" not in page

    def test_by_somebody_who_may_not_is_refused_beside_the_form(self, shop, danger, signed_in) -> None:
        answer = signed_in(shop.here.manager).post(
            reverse("web:danger_list", args=[danger.pk]), {"level": "district"}
        )
        assert answer.status_code == 422


def test_two_officers_are_offered_clauses_and_may_write_another(shop, signed_in) -> None:
    item = collector(shop)
    question = Danger.objects.get(pk=item.pk).candidates.get().item
    move(item=question, name="answer", by=shop.here.colleague.by, at=clock.real_now())
    page = told(
        signed_in(shop.here.colleague).get(
            reverse("web:move", args=["dangers", "candidate", question.pk, "decide_major"])
        )
    )
    assert "gm-12-3" in page
    assert "<datalist" in page


@pytest.mark.feature("M071")
def test_the_gate_sheet_lists_the_open_dangers_of_a_site_with_the_code_of_its_door(
    shop, danger, signed_in
) -> None:
    url = reverse("web:danger_gate", args=[shop.site.pk])
    for person in (shop.here.manager, shop.here.owner):
        page = told(signed_in(person).get(url))
        assert "安全出口堵塞" in page
        assert "<svg" in page
    assert signed_in(shop.here.outsider).get(url).status_code == 404


def test_order_is_set_on_the_page(shop, danger, signed_in) -> None:
    signed_in(shop.here.owner).post(
        reverse("web:danger_order", args=[danger.pk]), {"harm": "3", "difficulty": "3", "spread": "3"}
    )
    assert Danger.objects.get(pk=danger.pk).order == 30


@pytest.mark.feature("M109")
class TestCampaigns:
    def opened(self, shop: Workshop, browser) -> Campaign:
        now = clock.real_now()
        form = {
            "name": "有限空间专项治理", "starts_on": f"{now - 9 * DAY:%Y-%m-%dT00:00}",
            "ends_on": f"{now + 30 * DAY:%Y-%m-%dT00:00}", "kind_exit": "on", "target_found": "40",
            "region": DISTRICT,
        }  # fmt: skip
        answer = browser.post(reverse("web:record_new", args=["dangers", "campaign"]), form)
        assert answer.status_code == 302, told(answer)
        return Campaign.objects.get()

    def test_are_opened_counted_and_summed_up_in_a_month_bulletin(self, shop, signed_in) -> None:
        browser = signed_in(shop.section)
        campaign = self.opened(shop, browser)
        assert campaign.targets == {"found": 40}
        actions.report_danger(
            description="堵塞", category="exit", region=QUAY, organisation=shop.here.firm, by=shop.here.owner.by,
            at=clock.real_now(),
        )  # fmt: skip
        assert "有限空间专项治理" in told(browser.get(reverse("web:campaigns")))
        url = reverse("web:campaign", args=[campaign.pk])
        assert "临港街道" in told(browser.get(url))
        browser.post(reverse("web:campaign_bulletin", args=[campaign.pk]))
        paper = Paper.objects.get()
        assert browser.get(reverse("web:paper", args=[paper.pk])).status_code == 200
        assert signed_in(shop.here.owner).get(url).status_code == 200
        assert signed_in(shop.here.owner).post(
            reverse("web:campaign_bulletin", args=[campaign.pk])
        ).status_code == 404  # fmt: skip
        assert signed_in(shop.here.manager).get(url).status_code == 404


def test_second_looks_are_drawn_once_a_month_by_the_section(shop, signed_in) -> None:
    browser = signed_in(shop.section)
    browser.post(reverse("web:second_looks"), {"seed": "七月"})
    browser.post(reverse("web:second_looks"), {"seed": "八月"})
    assert [draw.seed for draw in Draw.objects.all()] == ["七月"]
    assert signed_in(shop.here.manager).post(reverse("web:second_looks")).status_code == 404
    assert "七月" in told(browser.get(reverse("web:second_looks")))


def test_firms_with_the_same_item_again_are_listed(shop, danger, signed_in) -> None:
    actions.report_danger(
        description="又堵", category="exit", region=QUAY, organisation=shop.here.firm, by=shop.here.owner.by,
        at=clock.real_now(),
    )  # fmt: skip
    assert "海风家具厂" in told(signed_in(shop.here.owner).get(reverse("web:dangers_again")))
    person: Person = shop.here.manager
    assert signed_in(person).get(reverse("web:dangers_again")).status_code == 404
