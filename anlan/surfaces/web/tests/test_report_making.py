"""A report that the background writes: the page waits calmly, goes on by itself, and says why where nothing came."""

from threading import Event

import pytest
from django.urls import reverse
from django.utils import timezone

from anlan.domains.bulletins.actions import making
from anlan.domains.bulletins.models import Drafting, Report
from anlan.kernel.core import clock
from anlan.surfaces.web.tests.test_bulletins import browser, staff
from tests.people import District, district

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> District:
    monkeypatch.setattr(making, "SMALL", -1)  # a house so great that nothing is read at once
    return district()


def test_it_is_asked_for_waited_for_and_opened(here: District) -> None:
    _writer, pages = staff(here, "Olga", "safety_section")
    day = timezone.localdate(clock.real_now())
    asked = {"template": "monthly_analysis", "day": f"{day:%F}"}
    answer = pages.post(reverse("web:report_new"), asked)
    row = Drafting.objects.get()
    url = reverse("web:report_making", args=[row.pk])
    assert (answer.status_code, answer["Location"]) == (302, url)
    Drafting.objects.update(tries=1, steps=7)
    waits = pages.get(url).content.decode()
    assert 'hx-trigger="every 1s"' in waits and "正在取数" in waits
    assert f"第7步，共{row.of}步" in waits
    reports = reverse("web:reports")
    assert url in pages.get(reports).content.decode(), "whoever left finds it again"
    assert url not in browser(here.owner.account).get(reports).content.decode()
    assert browser(here.owner.account).get(url).status_code == 404
    assert making.work_once(Event())
    report = Report.objects.get()
    there = reverse("web:report", args=[report.pk])
    soft = pages.get(url, headers=HTMX)
    assert (soft.status_code, soft["HX-Redirect"]) == (204, there)
    opened = pages.get(url, follow=True)
    assert opened.redirect_chain[-1][0] == there and "每个数字都能点开" in opened.content.decode()


def test_a_draft_whose_numbers_take_long_is_read_again_by_the_background(here: District) -> None:
    writer, pages = staff(here, "Olga", "safety_section")
    now = clock.real_now()
    making.ask(template="monthly_analysis", region=writer.organisation.region_id, day=timezone.localdate(now),
               by=writer.by, at=now)  # fmt: skip
    making.work_once(Event())
    report = Report.objects.get()
    again = reverse("web:report_again", args=[report.pk])
    page = pages.get(again).content.decode()
    assert "由后台完成" in page and "as_of" not in page
    answer = pages.post(again)
    row = Drafting.objects.get(again=report)
    assert answer["Location"] == reverse("web:report_making", args=[row.pk])
    making.work_once(Event())
    assert "已重新取数" in pages.get(answer["Location"], follow=True).content.decode()


def test_what_was_refused_says_why_and_asks_no_more(here: District) -> None:
    writer, pages = staff(here, "Olga", "safety_section")
    now = clock.real_now()
    row = making.ask(template="monthly_analysis", region=writer.organisation.region_id, day=timezone.localdate(now),
                     by=writer.by, at=now)  # fmt: skip
    Drafting.objects.update(tries=making.TRIES)
    making.work_once(Event())
    page = pages.get(reverse("web:report_making", args=[row.pk])).content.decode()
    assert "已尝试3次" in page and "every 1s" not in page
