"""Coming in by link, once; being in a world; parts of the page."""

from datetime import UTC, datetime, timedelta

from django.test import Client
from django.urls import reverse
from django.utils import translation

from anlan.kernel.core import clock
from anlan.kernel.orgs.actions import make_sign_in_link
from anlan.surfaces.web import times
from anlan.surfaces.web.scales import roman
from anlan.surfaces.web.templatetags import anlan as tags

AT = datetime(2026, 7, 3, 6, 5, tzinfo=UTC)


def test_a_preview_of_the_link_does_not_use_it_up_and_a_second_use_is_refused(district):
    token = make_sign_in_link(person=district.owner, by="service:test", at=clock.real_now())
    address = reverse("web:link", args=[token])
    assert Client().get(address).status_code == 200
    assert Client().get(address).status_code == 200
    first = Client()
    assert first.post(address).status_code == 302
    assert first.get("/").status_code == 200
    assert Client().post(address).status_code == 422


def test_a_date_is_said_in_the_language_of_the_page():
    with translation.override("zh-hans"):
        assert times.when(AT) == "2026年7月3日 14:05"
        assert times.when(AT, AT + timedelta(hours=1)) == "14:05"
        assert times.when(AT, AT + timedelta(days=1)) == "7月3日 14:05"
        assert times.span(timedelta(minutes=130)) == "2 小时 10 分"
    with translation.override("en"):
        assert times.when(AT) == "3 July 2026 14:05"


def test_a_clock_says_what_is_left_and_counts_up_when_late():
    with translation.override("zh-hans"):
        left = times.left(AT, AT - timedelta(minutes=12), AT - timedelta(minutes=48))
        assert (left.text, left.late, left.full) == ("还剩 12 分", False, 0.75)
        assert times.left(AT, AT + timedelta(minutes=3)).text == "超时 3 分"


def test_the_four_scales_do_not_look_alike():
    with translation.override("zh-hans"):
        assert 'class="lv lv-orange"' in tags.signal("orange")
        assert "is-unissued" in tags.reached("orange")
        level = tags.response_level("Ⅲ")
        assert "Ⅲ" in level
        assert "lv-" not in level
        assert "risk-major" in tags.risk("major")
        assert "lv-" not in tags.grade("major")
    assert roman(3) == "Ⅲ"
