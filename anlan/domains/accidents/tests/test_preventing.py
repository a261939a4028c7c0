"""事故预防控制专项行动: goals by accidents of a sector and type beside the campaign's own checks; a worse street is warned."""

from datetime import date

import pytest
from django.apps import apps

from anlan.domains.accidents import actions
from anlan.domains.accidents.models import Prevention, Warned
from anlan.domains.accidents.queries.preventing import progress
from anlan.domains.accidents.rules import preventing
from anlan.domains.accidents.tests.ground import DAY, Office, read
from anlan.kernel.core.errors import Refused
from anlan.kernel.loop.actions import move, open_item
from anlan.kernel.messaging.models import Message
from tests.people import DISTRICT, HARBOUR, HILL, NOON, TERRACE, add_duty, add_person

pytestmark = pytest.mark.django_db
Campaign, Danger = (
    apps.get_model("dangers", name) for name in ("Campaign", "Danger")
)  # neighbours' rows by name
YEAR_AGO = NOON.replace(year=2025)


def campaign():
    row = Campaign(name="高坠事故预防百日行动", starts_on=date(2026, 6, 20), ends_on=date(2026, 9, 27))
    open_item(
        loop="dangers.campaign",
        record=row,
        title=row.name,
        region=DISTRICT,
        by="service:test",
        at=NOON - 13 * DAY,
    )
    return row


def prevention(office: Office, **more) -> Prevention:
    given = {
        "campaign": str(campaign().pk), "region": DISTRICT, "types": ["fall_height"], "sectors": ["E"],
        "most_accidents": "1", "most_dead": "2", "by": office.clerk.by, "at": NOON - 12 * DAY,
    }  # fmt: skip
    item = actions.prevent(**(given | more))
    return Prevention.objects.select_related("item", "campaign__item").get(pk=item.pk)


def refused(act, **given) -> tuple[str, str]:
    with pytest.raises(Refused) as caught:
        act(**given)
    assert "{" not in str(caught.value)
    return caught.value.code, caught.value.field


@pytest.mark.feature("M031")
def test_goals_count_the_accidents_of_its_kind_in_its_days_beside_its_checks_and_last_year(
    office: Office,
) -> None:
    row = prevention(office)
    office.filed()
    office.filed(at=NOON - 20 * DAY)  # before its first day
    office.filed(type_code="fire")  # of another type
    office.filed(sector="C")  # of another sector
    office.filed(region=TERRACE, organisation=None, unit_name="工地")
    office.filed(at=YEAR_AGO, dead=2)
    danger = Danger(
        source="patrol",
        description="临边无防护",
        category="height",
        found_by="service:test",
        campaign=row.campaign,
    )
    open_item(loop="dangers.danger", record=danger, title="x", region=TERRACE, by="service:test", at=NOON)
    known = progress(row, end=NOON + DAY, as_of=NOON + DAY)
    assert [(goal.code, goal.most, goal.now, goal.then, goal.kept) for goal in known.goals] == [
        ("accidents", 1, 2, 1, False), ("dead", 2, 2, 2, True),
    ]  # fmt: skip
    assert {line.region: (line.now, line.then, line.found, line.worse) for line in known.streets} == {
        HARBOUR: (1, 1, 0, False), HILL: (1, 0, 1, True),
    }  # fmt: skip
    reading = read("accidents.prevention_goals", end=NOON + DAY, as_of=NOON + DAY)
    assert (reading.value, reading.base, list(reading.rows)) == (50, 2, [row.pk])
    assert read("accidents.prevention_goals", end=NOON, as_of=NOON).value == 100  # nothing had happened yet


@pytest.mark.feature("M031")
def test_a_street_is_warned_with_a_reason_and_whoever_leads_it_is_told(office: Office) -> None:
    row = prevention(office)
    leads = add_person("街道书记", office.here.street)
    add_duty(leads, "street_principal", HARBOUR)
    given = {
        "item": row.item,
        "street": HARBOUR,
        "how": "talk",
        "reason": "事故上升，排查不力",
        "by": office.head.by,
        "at": NOON,
    }
    assert refused(actions.warn, **(given | {"street": DISTRICT})) == (preventing.NOT_STREET, "street")
    assert refused(actions.warn, **(given | {"how": "shout"})) == (preventing.BAD_HOW, "how")
    assert refused(actions.warn, **(given | {"reason": ""}))[0] == "loop.needs_reason"
    actions.warn(**given)
    assert [(each.street_id, each.how, each.why) for each in Warned.objects.all()] == [
        (HARBOUR, "talk", "事故上升，排查不力")
    ]
    assert Message.objects.get(kind=actions.WARNING_KIND).person == leads
    actions.set_anew(item=row.item, most_accidents=3, reason="区域扩大", by=office.head.by, at=NOON)
    row.refresh_from_db()
    assert (row.most_accidents, row.most_dead) == (3, None)
    move(item=row.item, name="end", by=office.head.by, at=NOON + 90 * DAY, conclusion="起数下降")
    row.item.refresh_from_db()
    assert row.item.state == "ended"


def test_it_needs_a_running_campaign_of_the_region_a_goal_and_words_of_the_lists_and_is_set_once(
    office: Office,
) -> None:
    row = prevention(office)
    assert row.item.due_at == row.campaign.ends_at
    given = {
        "campaign": row.campaign_id,
        "region": DISTRICT,
        "most_dead": 1,
        "by": office.clerk.by,
        "at": NOON,
    }
    assert refused(actions.prevent, **given) == (preventing.THERE, "campaign")
    assert refused(actions.prevent, **(given | {"most_dead": ""})) == (preventing.NO_GOAL, "most_accidents")
    assert refused(actions.prevent, **(given | {"most_dead": "-1"})) == (preventing.BAD_GOAL, "most_dead")
    assert refused(actions.prevent, **(given | {"types": ["moon"]})) == (preventing.UNKNOWN, "types")
    assert refused(actions.prevent, **(given | {"campaign": "x"})) == (preventing.NO_CAMPAIGN, "campaign")
    assert (
        refused(actions.prevent, **(given | {"by": office.here.owner.by}))[0]
        == "accidents.prevention_not_yours"
    )
