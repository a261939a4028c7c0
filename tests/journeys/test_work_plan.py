"""A document is looked through in the browser, corrected by hand, landed; the form shows how often a unit was asked."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from tests import people

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
TEXT = """围绕全年目标，提出如下要点。
一、压实责任
（一）健全体系
1.修订成员单位职责（牵头单位：应急管理局；完成时限：2099年3月底前）
2.检查企业1680家次（牵头单位：应急管理局；配合单位：临港街道；完成时限：2099年11月底前）
（三）深化治理
3.整治燃气隐患不少于120处（牵头单位：临港街道；完成时限：2099年9月底前）
三、强化宣传
4.宣传不少于30场。一是进企业。二是进学校。"""


@pytest.mark.parametrize(("size", "language"), [("desktop", "zh-hans"), ("phone", "en")])
def test_a_document_is_looked_through_and_landed(
    open_page: Callable[..., Any], see: Callable[..., None], live_server: Any, size: str, language: str
) -> None:
    here = people.district()
    keeper = people.add_person("Olga", here.bureau, account=True)
    people.add_duty(keeper, "work_plan_office", people.DISTRICT)
    page = open_page(size, language)
    client = Client()
    client.force_login(keeper.account, backend="django.contrib.auth.backends.ModelBackend")
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    page.goto(f"{live_server.url}/plans/new/")
    see(page, f"plan-new-{size}-{language}")
    page.locator("form details > summary").click()
    page.locator("#text").fill(TEXT)
    page.locator("#title").fill("2099年应急管理工作要点")
    page.locator("#year").fill("2099")
    page.locator("form button.act-main").click()
    page.locator("#doubts li").nth(1).wait_for()
    see(page, f"plan-draft-{size}-{language}")
    line = page.locator("li.is-doubtful").first
    line.locator("details.fix summary").click()
    line.locator("input[name=mark]").fill("（二）")
    line.locator("button[value=point]").click()
    page.locator("#doubts li").nth(0).wait_for()
    page.locator("#doubts button[value=right]").first.click()
    page.locator("#doubts.is-clear").wait_for()
    see(page, f"plan-draft-settled-{size}-{language}")
    page.locator(".draft-acts button.act-main").click()
    page.locator("ol.outline li#p1").wait_for()
    see(page, f"plan-landed-{size}-{language}")
    page.goto(f"{live_server.url}/asked/new/follow_up/")
    page.locator("#unit").select_option(str(here.street.pk))
    page.locator("#burden .burden-head").wait_for()
    see(page, f"asked-new-{size}-{language}")
