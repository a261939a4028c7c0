"""The pages of the rules: read by staff, set anew by those who may, without a word of JSON."""

import pytest
from django.test import Client
from django.urls import reverse

from anlan.kernel.core import clock, rulesets
from anlan.kernel.core.models import RuleValue
from anlan.kernel.domain import rulebook
from anlan.kernel.orgs.models import Account
from anlan.surfaces.web import rule_forms
from anlan.surfaces.web.rule_words import Words
from tests import people

pytestmark = pytest.mark.django_db
RAIN = "sensing.rain_marks"


@pytest.fixture
def system(district):
    browser = Client()
    account = Account.objects.create_user("sys", admin_role="system")
    browser.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def fields(node, found=None):
    """What a browser would send of a form that nobody touched."""
    found = {} if found is None else found
    for part in [*node.parts, *[cell for _, cells in node.rows for cell in cells]]:
        fields(part, found)
    if node.name and node.kind not in ("record", "matrix", "table"):
        if node.kind != "flag":
            found[node.name] = node.value
        elif node.on:
            found[node.name] = "on"
    return found


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_rule_that_is_shipped_can_be_sent_back_as_it_came(district, language, settings) -> None:
    wrong = []
    for rule in RuleValue.objects.values_list("rule", flat=True).distinct():
        rows = rulebook.rows_of(rule)
        shape = rule_forms.arranged(rulebook.shape_among(rows))
        for row in rows:
            node = rule_forms.node(shape, row.value, words=Words())
            if rule_forms.read(shape, fields(node)) != row.value:
                wrong.append(rule)
    assert wrong == []


@pytest.mark.feature("M224")
def test_the_list_shows_value_region_law_and_tag(district, signed_in) -> None:
    page = signed_in(district.owner).get(reverse("web:rules"), {"domain": "sensing"}).content.decode()
    assert "降雨阈值" in page
    assert "广东省气象灾害预警信号" in page
    assert "预警信号种类" not in page


def test_a_new_value_stands_on_top_of_the_history(system) -> None:
    rows = rulebook.rows_of(RAIN)
    node = rule_forms.node(rule_forms.arranged(rulebook.shape_among(rows)), rows[0].value, words=Words())
    sent = {
        **fields(node),
        "value.1.mm": "27.5",
        "region": "440399",
        "valid_from": "",
        "tag": "M",
        "reason": "试行",
    }
    answer = system.post(reverse("web:rule_new", args=[RAIN]), sent)
    assert answer.status_code == 302
    assert rulesets.value_of(RAIN, region="440399", at=clock.real_now())[0]["mm"] == 27.5
    page = system.get(reverse("web:rule", args=[RAIN])).content.decode()
    assert "试行" in page
    assert "27.5" in page


def test_a_refusal_keeps_what_was_typed(system) -> None:
    sent = {
        "value.1.colour": "red",
        "value.1.hours": "3",
        "value.1.mm": "viel",
        "region": "440399",
        "tag": "M",
    }
    answer = system.post(reverse("web:rule_new", args=[RAIN]), {**sent, "reason": "因为汛期"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "viel" in page
    assert "因为汛期" in page


def test_staff_without_the_duty_read_and_have_no_form(district, signed_in) -> None:
    browser = signed_in(district.owner)
    assert browser.get(reverse("web:rule", args=[RAIN])).status_code == 200
    assert browser.get(reverse("web:rule_new", args=[RAIN])).status_code == 404
    assert browser.get(reverse("web:rule", args=["no.such"])).status_code == 404
    people.add_kind("flood_office_head")
    people.add_duty(district.owner, "flood_office_head", people.HARBOUR)
    assert browser.get(reverse("web:rule_new", args=[RAIN])).status_code == 200
